"""A Pabulib file as a municipality and a round of ours."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from talkoot.base.errors import BadFile
from talkoot.base.i18n import Text
from talkoot.base.ids import AreaCode, MunicipalityId, RoundId
from talkoot.rounds import (
    GRACE_S,
    Area,
    Contact,
    Kind,
    Municipality,
    Phase,
    PhaseKind,
    Project,
    Round,
)
from talkoot.voting.ballot import BallotDefinition
from talkoot.voting.pabulib import PbElection

RESULTS_FOR = timedelta(days=730)
SLUG_MAX = 80
WHOLE_TOWN = AreaCode("all")
"""The one area of an imported municipality: every row of a roll names an area."""

_PLAIN = str.maketrans({"ł": "l", "đ": "d", "ŋ": "n", "ŧ": "t", "ø": "o", "æ": "ae", "ı": "i"})


def slug_of(words: str) -> str:
    """Give words as a part of an address: lower-case letters, digits and hyphens."""
    spelled = unicodedata.normalize("NFKD", words.casefold().translate(_PLAIN))
    plain = spelled.encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:SLUG_MAX] or "round"


UNKNOWN_COUNTRY = "Worldwide"
"""Pabulib's own word for elections that belong to no country."""


def municipality_from(pb: PbElection, definition: BallotDefinition) -> Municipality:
    """Give the municipality that the file names as its unit: one area, and no contact.

    Raises :class:`BadFile` where the file names no unit.
    """
    unit = pb.meta.get("unit", "")
    if not unit:
        raise BadFile("META has no unit, so nothing says which municipality this is")
    name = _text(definition, unit)
    return Municipality(
        id=MunicipalityId(uuid4()),
        slug=slug_of(unit),
        name=name,
        intro=_text(definition, pb.meta.get("country", unit)),
        contact=Contact(name="", role=_text(definition, "-"), email="", phone=""),
        timezone="UTC",
        country=pb.meta.get("country") or UNKNOWN_COUNTRY,
        areas=(Area(code=WHOLE_TOWN, parent=None, name=name, population=0),),
    )


def round_from(
    pb: PbElection,
    definition: BallotDefinition,
    municipality: Municipality,
    *,
    opens_at: datetime,
    closes_at: datetime,
    taken: Sequence[str],
) -> Round:
    """Give the file's election as a round; ``taken`` are slugs that its name must not have."""
    nothing: Text = _text(definition, "")
    names = (pb.meta.get(key, "") for key in ("instance", "district", "subunit"))
    return Round(
        id=RoundId(uuid4()),
        municipality_id=municipality.id,
        slug=_free(slug_of(" ".join(name for name in names if name)), taken),
        kind=Kind.BUDGET,
        title=definition.title,
        theme=definition.title,
        intro=_text(definition, pb.meta.get("comment", "")),
        rules=(),
        grace_s=GRACE_S,
        phases=(
            Phase(kind=PhaseKind.VOTING, starts_at=opens_at, ends_at=closes_at),
            Phase(kind=PhaseKind.RESULTS, starts_at=closes_at, ends_at=closes_at + RESULTS_FOR),
        ),
        projects=tuple(
            Project(
                id=uuid4(),
                number=project.id,
                place=place,
                area=None,
                name=project.name,
                summary=nothing,
                text=_text(definition, pb.projects[place].columns.get("description", "")),
                cost=project.cost,
                picture=None,
                picture_alt=nothing,
            )
            for place, project in enumerate(definition.projects)
        ),
    )


def window_of(
    pb: PbElection, *, opens: datetime | None = None, closes: datetime | None = None
) -> tuple[datetime, datetime]:
    """Give the time of voting in UTC: as named, else from the file's first day to its last's end.

    Raises :class:`BadFile` for a day that neither says, and where the end is not after the start.
    """
    opens_at = opens or _midnight(pb, "date_begin", date(1, 1, 1))
    closes_at = closes or _midnight(pb, "date_end", date(1, 12, 31)) + timedelta(days=1)
    if closes_at <= opens_at:
        raise BadFile(f"voting would end on {closes_at:%Y-%m-%d}, not after {opens_at:%Y-%m-%d}")
    return opens_at, closes_at


def _midnight(pb: PbElection, key: str, default: date) -> datetime:
    """The start of the day that META names."""
    if not pb.meta.get(key):
        raise BadFile(f"META has no {key}: name the days with --opens and --closes")
    return datetime.combine(_day(pb.meta[key], default), datetime.min.time(), tzinfo=UTC)


def _day(words: str, default: date) -> date:
    """Read ``DD.MM.YYYY``, or ``YYYY`` with the default's day and month."""
    found = re.fullmatch(r"(?:(\d{1,2})\.(\d{1,2})\.)?(\d{4})", words.strip())
    day, month, year = found.groups() if found else ("", "", "0")
    try:
        return default.replace(
            year=int(year), month=int(month or default.month), day=int(day or default.day)
        )
    except ValueError as err:
        raise BadFile(f"{words!r} is not a date such as 31.12.2026 or 2026") from err


def _free(slug: str, taken: Sequence[str]) -> str:
    number = 1
    name = slug
    while name in taken:
        number += 1
        name = f"{slug}-{number}"
    return name


def _text(definition: BallotDefinition, words: str) -> Text:
    """Words in the language that the definition gives the file's title."""
    return dict.fromkeys(definition.title, words)
