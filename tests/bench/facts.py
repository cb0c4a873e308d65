"""What an exact peer decided about the shared elections: facts on file, with versions."""

from dataclasses import dataclass, field
from pathlib import Path

import msgspec

FACTS = Path(__file__).resolve().parents[1] / "data" / "exact_winners.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """What was decided about one election.

    ``decided`` gives the winners in order, their numbers joined by commas, by words such as
    ``mes-cost``, ``mes-cost+greedy``, ``mes-cost+add1/infeasible``; ``mes-cost@22001`` is equal
    shares where every voter has 22,001 currency units more than the budget gives.
    """

    ballots: int
    projects: int
    decided: dict[str, str]

    def winners(self, words: str) -> tuple[str, ...]:
        """The winners by a rule's words. Raises ``KeyError`` where that was not recorded."""
        return split(self.decided[words])


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that was recorded, and by whom. Ties were broken by the project's number as text."""

    by: str = ""
    elections: dict[str, Decisions] = field(default_factory=dict)
    differing: dict[str, Decisions] = field(default_factory=dict)
    """Small made elections (``tests/data/peers``) where it decides otherwise than we do."""


def split(numbers: str) -> tuple[str, ...]:
    """Project numbers out of one text: no number holds a comma, for ballots are lists of them."""
    return tuple(numbers.split(",")) if numbers else ()


def facts(file: Path = FACTS) -> Facts:
    """Read what is recorded; nothing where there is no file yet."""
    if not file.is_file():
        return Facts()
    return msgspec.json.decode(file.read_bytes(), type=Facts)


def keep(found: Facts, file: Path = FACTS) -> None:
    """Write it down, elections by name, a rule a line."""
    ordered = Facts(
        by=found.by,
        elections=dict(sorted(found.elections.items())),
        differing=dict(sorted(found.differing.items())),
    )
    file.write_bytes(msgspec.json.format(msgspec.json.encode(ordered), indent=1) + b"\n")
