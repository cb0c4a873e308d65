"""From a closed election's entries to a published result that anyone can recount."""

from talkoot.voting.results.count import Count, counted
from talkoot.voting.results.files import BALLOTS, RESULT, pb_of
from talkoot.voting.results.publish import published, recounted
from talkoot.voting.results.store import (
    PublicFile,
    PublicFileName,
    public_file,
    public_files_of,
    published_at,
    result_of,
)
from talkoot.voting.results.values import Accounting, Fate, ProjectResult, Result

__all__ = [
    "BALLOTS",
    "RESULT",
    "Accounting",
    "Count",
    "Fate",
    "ProjectResult",
    "PublicFile",
    "PublicFileName",
    "Result",
    "counted",
    "pb_of",
    "public_file",
    "public_files_of",
    "published",
    "published_at",
    "recounted",
    "result_of",
]
