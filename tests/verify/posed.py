"""An allocation problem of ours as a public definition, to be decided by the reader."""

from collections import Counter
from dataclasses import asdict
from typing import Any

from talkoot.verify import Choice, funded
from talkoot.voting.allocation import AllocationProblem
from talkoot.voting.ballot import AllocationRule

CENTS = 100


def definition_of(problem: AllocationProblem, rule: AllocationRule) -> dict[str, Any]:
    """Give what the reader needs of a definition. Money is brought to cents of the unit."""
    up, rest = divmod(CENTS, problem.unit)
    if rest:
        raise ValueError("a unit of currency is not made of whole cents here")
    areas = [pot.area for pot in problem.pots]
    return {
        "budget": problem.budget * up,
        "allocation": {name: getattr(word, "value", word) for name, word in asdict(rule).items()},
        "pots": [{"area": pot.area, "budget": pot.budget * up} for pot in problem.pots],
        "projects": [
            {
                "id": number,
                "cost": problem.worths[place] * up,
                "pledged": (problem.worths[place] - problem.costs[place]) * up,
                "exclusive": str(club) if (club := problem.exclusive[place]) >= 0 else None,
                "area": areas[problem.pot[place]] if areas else None,
            }
            for place, number in enumerate(problem.profile.projects)
        ],
    }


def read_again(problem: AllocationProblem, rule: AllocationRule) -> tuple[list[str], int]:
    """Give the winners in order and the steps that the reader finds."""
    ballots: Counter[Choice] = Counter(problem.profile.counts())
    places, steps = funded(definition_of(problem, rule), ballots)
    return [problem.profile.projects[place] for place in places], steps
