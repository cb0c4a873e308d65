"""From a closed election's entries to a published result that anyone can recount."""

from talkoot.voting.results.values import Accounting, Fate, ProjectResult, Result

__all__ = ["Accounting", "Fate", "ProjectResult", "Result"]
