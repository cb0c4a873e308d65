"""Turnout by area, without the small numbers that would tell what a few people did.

Everyone knows how many ballots stand altogether and how many are on the roll. So an area's line is
shown whole or left out whole, and what the lines left out come to together is as large as a line
must be: at least the least voted and at least the least did not, and there are two of them or
none. Until that holds, the smallest line that is shown is left out too. No choice is in this table,
and no table crosses areas with channels or projects: two published tables share but their totals.
"""

from collections.abc import Collection, Sequence

import msgspec

from talkoot.voting.results.channels import LEAST
from talkoot.voting.results.figures import AreaTable, AreaTurnout

TWO = 2
"""Of lines left out there are two at least: the total gives a single one away."""


class AreaVoters(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Counts that may be small: only :func:`area_table` decides what of them is shown.

    ``voters`` of the ``on_roll`` persons of an area have a ballot that stands.
    """

    area: str
    on_roll: int
    voters: int

    def __post_init__(self) -> None:
        """Raise ``ValueError`` where more have voted than there are."""
        if not 0 <= self.voters <= self.on_roll:
            raise ValueError(f"area {self.area!r}: {self.voters} of {self.on_roll} cannot be")


def area_table(counts: Collection[AreaVoters], *, least: int = LEAST) -> AreaTable | None:
    """Give what may be shown, by the areas' codes; ``None`` where that is no area's turnout."""
    rows = sorted(counts, key=lambda row: row.area)
    shown = [row for row in rows if _large([row], least)]
    while len(shown) < len(rows):
        left_out = [row for row in rows if row not in shown]
        if len(left_out) >= TWO and _large(left_out, least):
            break
        if not shown:
            return None
        shown.remove(min(shown, key=lambda row: (row.voters, row.area)))
    if not shown:
        return None
    return AreaTable(
        least=least,
        on_roll=sum(row.on_roll for row in rows),
        voters=sum(row.voters for row in rows),
        areas=tuple(
            AreaTurnout(area=row.area, on_roll=row.on_roll, voters=row.voters)
            if row in shown
            else AreaTurnout(area=row.area)
            for row in rows
        ),
    )


def _large(rows: Sequence[AreaVoters], least: int) -> bool:
    """Whether as many have voted, and as many have not, as may be told."""
    voters = sum(row.voters for row in rows)
    return min(voters, sum(row.on_roll for row in rows) - voters) >= least
