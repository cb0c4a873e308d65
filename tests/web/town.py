"""A small town on a real database, an application for it, and visitors with a browser's manners."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from uuid import UUID, uuid4

import httpx2
from starlette.applications import Starlette

from talkoot.base.db import Database, WriteSession
from talkoot.base.i18n import Text, text_from
from talkoot.base.ids import AreaCode, ElectionId, MunicipalityId, ProjectId, RoundId
from talkoot.base.money import Cents
from talkoot.base.settings import Settings
from talkoot.rounds import (
    Area,
    Contact,
    Kind,
    Municipality,
    Phase,
    PhaseKind,
    Project,
    Round,
    municipality_kept,
    picture_kept,
    round_kept,
)
from talkoot.voting import log
from talkoot.voting.ballot import (
    AllocationRule,
    BallotDefinition,
    Completion,
    Limits,
    Recast,
    Rule,
    VoteType,
)
from talkoot.voting.intake import Door
from talkoot.voting.log import ElectionRules, TwoPersons
from talkoot.voting.results import published
from talkoot.voting.roll import (
    CodeCost,
    CodeHasher,
    activate,
    create_keys,
    grouped,
    import_roll,
    issue_codes,
    with_check,
)
from talkoot.web.app import application

BASE = "http://127.0.0.1:8000"
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OPENS = AT - timedelta(days=1)
CLOSES = AT + timedelta(days=20)
PERSONS = TwoPersons("Anna", "Bertta")
ROUND = "/fi/koe/kierros"
PICTURE = "f" * 64
COSTS = (4_000_00, 2_500_00, 3_100_00, 900_00, 7_000_00, 5_000_00)
MARKER = "M4RK3R"
"""Part of every project's number, so that a page that names a project is found out."""


class Hand:
    """A clock whose hand the test moves."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        """Give the time that it shows."""
        return self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A town with one round, its application, and codes to vote with."""

    app: Starlette
    settings: Settings
    database: Database
    desk: Database
    clock: Hand
    election: log.Election
    codes: tuple[str, ...]

    def visitor(self, *, address: str = "192.0.2.7") -> "Visitor":
        """Give somebody with a browser of their own."""
        transport = httpx2.ASGITransport(app=self.app, client=(address, 40_000))
        return Visitor(client=httpx2.AsyncClient(transport=transport, base_url=BASE))

    async def recorded(self) -> int:
        """Count what is in the log."""
        async with self.desk.writing() as session:
            return await log.recorded_count(session, self.election.id)

    async def counted(self) -> None:
        """Close the election and publish its result."""
        async with self.desk.writing() as session:
            await log.closed(session, self.election.id, persons=PERSONS, at=self.clock.at)
        async with self.desk.writing() as session:
            await published(session, self.election.id, persons=PERSONS, at=self.clock.at)


@dataclass(slots=True)
class Visitor:
    """A browser: it keeps cookies, sends forms as browsers do, and follows nothing by itself."""

    client: httpx2.AsyncClient
    pages: list[str] = field(default_factory=list)

    async def get(self, path: str, **headers: str) -> httpx2.Response:
        """Open an address."""
        return await self.client.get(path, headers=_named(headers))

    async def send(
        self, path: str, fields: Sequence[tuple[str, str]], **headers: str
    ) -> httpx2.Response:
        """Send a form from a page of ours; headers given replace the browser's own."""
        body = httpx2.QueryParams(list(fields))
        sent = {
            "sec-fetch-site": "same-origin",
            "content-type": "application/x-www-form-urlencoded",
            **_named(headers),
        }
        return await self.client.post(path, content=str(body).encode(), headers=sent)

    async def signed_in(self, code: str, *, path: str = ROUND) -> "Opened":
        """Sign in by a code and open the ballot."""
        answer = await self.send(f"{path}/sign-in", [("code", code)])
        assert answer.status_code == 303, answer.text
        return await self.ballot(path=path)

    async def ballot(self, *, path: str = ROUND) -> "Opened":
        """Open the ballot page."""
        answer = await self.get(f"{path}/ballot")
        assert answer.status_code == 200, answer.text
        return Opened(fields=form_of(answer.text, "ballot"), html=answer.text)

    async def cast(
        self, opened: "Opened", chosen: Sequence[str], *, path: str = ROUND
    ) -> httpx2.Response:
        """Cast a ballot from an opened page."""
        return await self.send(f"{path}/cast", opened.choosing(*chosen))

    async def posted(
        self, path: str, document: object, token: str = "", **headers: str
    ) -> httpx2.Response:
        """Send JSON to the API."""
        sent = {"authorization": f"Bearer {token}"} if token else {}
        return await self.client.post(path, json=document, headers=sent | _named(headers))


@dataclass(frozen=True, slots=True)
class Opened:
    """A ballot page that stands open: the fields that travel, and its text."""

    fields: tuple[tuple[str, str], ...]
    html: str

    def choosing(self, *numbers: str) -> list[tuple[str, str]]:
        """Give the form's fields with these projects ticked."""
        return [*self.fields, *(("project", number) for number in numbers)]

    def replaced(self, **fields: str) -> "Opened":
        """Give the page with other values in some of its fields."""
        changed = tuple((name, fields.get(name, value)) for name, value in self.fields)
        return Opened(fields=changed, html=self.html)


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


class _Form(HTMLParser):
    """Collects the hidden fields of one form."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self.form = form
        self.inside = False
        self.fields: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note hidden fields while inside."""
        found = dict(attrs)
        if tag == "form":
            self.inside = found.get("id") == self.form
        if tag == "input" and self.inside and found.get("type") == "hidden":
            self.fields.append((found.get("name") or "", found.get("value") or ""))

    def handle_endtag(self, tag: str) -> None:
        """Leave the form at its end."""
        if tag == "form":
            self.inside = False


def form_of(html: str, form: str) -> tuple[tuple[str, str], ...]:
    """Give the hidden fields of the form with this id."""
    parser = _Form(form)
    parser.feed(html)
    return tuple(parser.fields)


def number(at: int) -> str:
    """Give the number of a project, by its place from 1."""
    return f"{MARKER}-{at}"


def said_in(words: str) -> Text:
    """Give a text that says in which language it is."""
    return {language: f"{words} {language}" for language in ("fi", "sv", "en", "se")}


MUNICIPALITY = Municipality(
    id=MunicipalityId(UUID(int=1)),
    slug="koe",
    name=said_in("Koekylä"),
    intro=text_from("Tervetuloa"),
    contact=Contact(
        name="Maija Malli", role=text_from("Neuvoja"), email="m@koe.example", phone="+358 1"
    ),
    timezone="Europe/Helsinki",
    areas=(
        Area(code=AreaCode("keskus"), parent=None, name=said_in("Keskus"), population=100),
        Area(
            code=AreaCode("satama"), parent=AreaCode("keskus"), name=said_in("Satama"), population=9
        ),
        Area(code=AreaCode("saari"), parent=None, name=said_in("Saari"), population=9),
    ),
)
AREAS = (AreaCode("satama"), AreaCode("saari"), None)


def a_round(kind: Kind = Kind.BUDGET) -> Round:
    """Give a round of six projects."""
    return Round(
        id=RoundId(uuid4()),
        municipality_id=MUNICIPALITY.id,
        slug="kierros",
        kind=kind,
        title=said_in("Kierros"),
        theme=text_from("Mitä tehdään?"),
        intro=text_from("Valitse."),
        rules=(text_from("Kaikki saavat äänestää."),),
        grace_s=300,
        phases=(
            Phase(kind=PhaseKind.VOTING, starts_at=OPENS, ends_at=CLOSES),
            Phase(kind=PhaseKind.RESULTS, starts_at=CLOSES, ends_at=CLOSES + timedelta(days=99)),
        ),
        projects=tuple(
            Project(
                id=uuid4(),
                number=ProjectId(number(at)),
                place=at - 1,
                area=AREAS[at % 3],
                name=said_in(f"Hanke <{at}>"),
                summary={"fi": f"Tiivistelmä {at}"},
                text=said_in(f"Kuvaus {at}"),
                cost=Cents(cost),
                picture=PICTURE if at == 1 else None,
                picture_alt=said_in("Kuva"),
            )
            for at, cost in enumerate(COSTS, start=1)
        ),
    )


def rules(
    vote_type: VoteType = VoteType.APPROVAL,
    *,
    limits: Limits | None = None,
    recast: Recast = Recast.LAST_COUNTS,
    rule: Rule = Rule.MES_COST,
) -> ElectionRules:
    """Give the rules of a round: approve up to three, and shares of 12 000 euros."""
    completion = Completion.ADD1U if rule is Rule.MES_COST else Completion.NONE
    return ElectionRules(
        vote_type=vote_type,
        limits=limits or Limits(max_choices=3),
        budget=Cents(12_000_00),
        allocation=AllocationRule(rule=rule, completion=completion),
        recast=recast,
    )


async def opened_plain(
    session: WriteSession, round_: Round, definition: BallotDefinition
) -> log.Election:
    """Freeze and open a plain election of the round."""
    await log.frozen(
        session,
        definition,
        round_id=round_.id,
        opens_at=OPENS,
        closes_at=CLOSES,
        grace_s=300,
        persons=PERSONS,
        at=OPENS,
    )
    return await log.opened(session, definition.election_id, persons=PERSONS, at=OPENS)


Opening = Callable[[WriteSession, Round, BallotDefinition], Awaitable[log.Election]]
"""Freezes and opens the election of a round."""


@asynccontextmanager
async def a_town(
    database: Database,
    desk: Database,
    home: Path,
    agreed: ElectionRules,
    *,
    kind: Kind = Kind.BUDGET,
    public_url: str = BASE,
    round_: Round | None = None,
    opening: Opening = opened_plain,
    municipality: Municipality = MUNICIPALITY,
) -> AsyncIterator[Town]:
    """Build the town, open its election, and give codes to three voters."""
    settings = Settings(home=home, public_url=public_url)
    clock = Hand(AT)
    round_ = round_ or a_round(kind)
    async with CodeHasher(CodeCost(memory_kib=8, passes=1)) as hasher:
        election = await _election(desk, municipality, round_, agreed, opening)
        codes = await _codes(desk, settings, election.id, hasher)
        async with Door(database) as door:
            yield Town(
                app=application(settings, database, door, hasher, clock),
                settings=settings,
                database=database,
                desk=desk,
                clock=clock,
                election=election,
                codes=codes,
            )


async def _election(
    desk: Database,
    municipality: Municipality,
    round_: Round,
    agreed: ElectionRules,
    opening: Opening,
) -> log.Election:
    async with desk.writing() as session:
        await municipality_kept(session, municipality)
        await picture_kept(session, PICTURE, "image/svg+xml", b"<svg/>")
        await round_kept(session, round_)
        definition = log.definition_of(round_, municipality, ElectionId(uuid4()), agreed)
        return await opening(session, round_, definition)


async def _codes(
    desk: Database, settings: Settings, election_id: ElectionId, hasher: CodeHasher
) -> tuple[str, ...]:
    keys = create_keys(settings.keys_folder, election_id)
    rows = "anchor;birth_year;area;language\n" + "".join(
        f"V{at};1980;satama;fi\n" for at in range(3)
    )
    async with desk.writing() as session:
        areas = {area.code for area in MUNICIPALITY.areas}
        await import_roll(session, rows.encode(), election_id=election_id, areas=areas, at=OPENS)
        batch = await issue_codes(
            session, election_id=election_id, keys=keys, hasher=hasher, by="Anna", at=OPENS
        )
        await activate(session, batch.id, by="Bertta", at=OPENS)
    return tuple(grouped(issued.code) for issued in batch.codes)


def guesses(many: int) -> list[str]:
    """Give well-formed codes that belong to nobody, each of another selector."""
    alphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
    return [with_check(alphabet[at] * 12) for at in range(many)]
