"""A real election from its file to its published result, every ballot cast over HTTP."""

import csv
import io
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx2
import msgspec
import pytest
from pabulib.checker import Checker

from talkoot.base.db import Database
from talkoot.base.db.embedded import Login, Server
from talkoot.base.ids import ElectionId
from talkoot.voting.ballot import AllocationRule, Completion, Rule
from talkoot.voting.intake import Door
from talkoot.voting.log import election_of, recorded_count
from talkoot.voting.results import Result
from talkoot.voting.roll import (
    CodeCost,
    CodeHasher,
    PersonId,
    activate,
    issue_codes,
    keys_for,
    persons_with,
)
from talkoot.web.app import application, self_contained
from tests.journeys.plain import PlainFile, cents, plain_file
from tests.journeys.served import CommandLine, SetClock, served
from tests.journeys.voting import (
    Answer,
    Booth,
    Tally,
    all_by_api,
    all_by_forms,
    election_in,
    receipt_of,
)
from tests.shared_data import pabulib_file

OPENS, CLOSES = "2026-03-02", "2026-03-15"
NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
PERSONS = ("--first", "Aino", "--second", "Väinö")

# Two hashes for each of thousands of codes take minutes at the standard cost, by design. So the
# codes are issued, and checked by the server, at a cost that nobody should use; one voter's code
# is hashed at the standard cost and used at a second server, the one that `talkoot run` starts.
CHEAP = CodeCost(memory_kib=8, passes=1)

GREEDY = AllocationRule(rule=Rule.GREEDY)
SHARES = AllocationRule(rule=Rule.MES_COST, completion=Completion.ADD1U)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A file, the rule to count it by, how many of its ballots its own limits refuse, and how many
    of its voters use the pages.
    """

    name: str
    rule: AllocationRule
    refused: int = 0
    by_forms: int = 40

    @property
    def options(self) -> tuple[str, ...]:
        """The rule as options of the command line."""
        return ("--rule", self.rule.rule.value, "--completion", self.rule.completion.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """The town hall: the official's database, the web's, the command line and the key folder."""

    desk: Database
    web: Database
    web_url: str
    command: CommandLine
    home: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An election that is open: its address, id, fingerprint, and a code for each voter."""

    way: str
    id: ElectionId
    definition_hash: str
    codes: dict[str, str]
    standard: str
    """The voter whose code was hashed at the standard cost."""


@pytest.fixture
def hall(  # noqa: PLR0917 - pytest gives each by its name
    server: Server,
    database_name: str,
    database: Database,
    desk: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Hall:
    monkeypatch.setenv("TALKOOT_DATABASE_URL", server.url(login=Login.DESK, database=database_name))
    monkeypatch.setenv("TALKOOT_HOME", str(tmp_path))
    return Hall(
        desk=desk,
        web=database,
        web_url=server.url(login=Login.APP, database=database_name),
        command=CommandLine(),
        home=tmp_path,
    )


@pytest.mark.parametrize(
    "case",
    [
        Case(name="France_Toulouse_2022", rule=GREEDY),
        Case(name="Switzerland_Zurich_D10", rule=SHARES),
    ],
    ids=lambda case: case.name,
)
async def test_a_real_election_comes_out_as_a_plain_count_says(hall: Hall, case: Case) -> None:
    await journey(hall, pabulib_file(case.name), case)


@pytest.mark.parametrize(
    "case",
    [
        Case(name="village", rule=GREEDY, refused=3, by_forms=12),
        Case(name="village_points", rule=SHARES, refused=1, by_forms=12),
    ],
    ids=lambda case: case.name,
)
async def test_a_made_up_election_comes_out_as_a_plain_count_says(
    hall: Hall, repository: Path, case: Case
) -> None:
    await journey(hall, repository / "tests" / "data" / f"{case.name}.pb", case)


async def journey(hall: Hall, path: Path, case: Case) -> None:
    """Import, open, roll, codes, every ballot, close, count, publish, recount."""
    plain, watch = plain_file(path), Watch()
    assert len(plain.votes) - len(plain.lawful) == case.refused
    opened = await prepared(hall, path, plain, case)
    watch.lap("imported, opened, roll and codes")
    clock = SetClock(NOON)
    async with cheap_server(hall, clock) as address:
        booth = Booth(
            address=address, election=str(opened.id), definition_hash=opened.definition_hash
        )
        tally = await vote_all(hall, booth, opened, plain, clock, by_forms=case.by_forms)
        watch.lap(f"{len(plain.votes)} voters: {dict(tally.answers)}")
        everybody_was_answered(plain, tally)
        await close_with_a_latecomer(hall, booth, opened, len(tally.recorded))
        await hall.command.done("count", str(opened.id), *PERSONS)
        watch.lap("closed, counted and published")
        clock.shows = NOON + timedelta(days=7)
        async with booth.client() as client:
            result = await published_result(client, opened)
            body = await published_ballots(client, opened)
    the_count_is_the_files(result, plain, case)
    await anyone_can_recount(hall, body, result, case)
    watch.lap("compared and recounted")


async def prepared(hall: Hall, path: Path, plain: PlainFile, case: Case) -> Opened:
    """Everything before the first ballot, by the commands that an official would give."""
    told = await hall.command.done(
        "import-pb", str(path), "--opens", OPENS, "--closes", CLOSES, *case.options
    )
    way, id_ = election_in(told)
    election_id = ElectionId(UUID(id_))
    await hall.command.done("open", id_, *PERSONS)
    roll = hall.home / "roll.csv"
    roll.write_text(roll_of([*plain.votes, LATECOMER]), encoding="utf-8")
    told = await hall.command.done("import-roll", id_, str(roll))
    assert told.startswith(f"{len(plain.votes) + 1} rows: {len(plain.votes) + 1} persons added")
    standard = next(iter(plain.lawful))
    async with hall.desk.writing() as session:
        persons = await persons_with(session, election_id, [standard])
        definition_hash = (await election_of(session, election_id)).definition.hash.hex()
    codes = await codes_for(hall, election_id, CodeHasher(), persons)
    codes |= await codes_for(hall, election_id, CodeHasher(CHEAP), None)
    assert len(codes) == len(plain.votes) + 1
    return Opened(
        way=way, id=election_id, definition_hash=definition_hash, codes=codes, standard=standard
    )


LATECOMER = "came-too-late"


def roll_of(voters: list[str]) -> str:
    """The voters' numbers in the file as the anchors of a roll."""
    out = io.StringIO(newline="")
    sheet = csv.writer(out, delimiter=";", lineterminator="\n")
    sheet.writerow(("anchor", "birth_year", "area", "language"))
    sheet.writerows((voter, "1980", "all", "fi") for voter in voters)
    return out.getvalue()


async def codes_for(
    hall: Hall, election_id: ElectionId, hasher: CodeHasher, persons: tuple[PersonId, ...] | None
) -> dict[str, str]:
    """Issue codes and let a second person activate them."""
    keys = keys_for(hall.home / "keys", election_id)
    async with hasher, hall.desk.writing() as session:
        batch = await issue_codes(
            session,
            election_id=election_id,
            keys=keys,
            hasher=hasher,
            by="Aino",
            at=NOON,
            persons=persons,
        )
        await activate(session, batch.id, by="Väinö", at=NOON)
    return {issued.recipient.anchor: issued.code for issued in batch.codes}


@asynccontextmanager
async def cheap_server(hall: Hall, clock: SetClock) -> AsyncIterator[str]:
    """Serve the application with the cheap hasher."""
    async with Door(hall.web) as door, CodeHasher(CHEAP) as hasher:
        build = lambda settings: application(settings, hall.web, door, hasher, clock)  # noqa: E731
        async with served(hall.home, build) as address:
            yield address


async def vote_all(
    hall: Hall, booth: Booth, opened: Opened, plain: PlainFile, clock: SetClock, *, by_forms: int
) -> Tally:
    """Cast each ballot of the file: most by the API, some by the forms, one where all is real."""
    tally, total = Tally(), len(plain.votes)
    # A field that says 0 is as good as empty on the page, while a file's 0 names the project.
    seen = [voter for voter, marks in plain.lawful.items() if all(value for _, value in marks)]
    others = [voter for voter in seen if voter != opened.standard]
    sample = others[:: len(others) // by_forms][:by_forms]
    apart = {opened.standard, *sample}
    by_api = {voter: marks for voter, marks in plain.votes.items() if voter not in apart}
    await all_by_api(booth, opened.codes, by_api, tally, total)
    votes = {voter: plain.votes[voter] for voter in sample}
    await all_by_forms(booth, opened.way, opened.codes, votes, tally)
    build = lambda settings: self_contained(settings, hall.web_url, clock=clock)  # noqa: E731
    async with served(hall.home, build) as address:
        real = Booth(
            address=address, election=booth.election, definition_hash=booth.definition_hash
        )
        one = {opened.standard: plain.votes[opened.standard]}
        await all_by_api(real, opened.codes, one, tally, total)
    return tally


def everybody_was_answered(plain: PlainFile, tally: Tally) -> None:
    """Each lawful ballot has a receipt of its own, each other one was refused in words."""
    assert set(tally.recorded) == set(plain.lawful)
    receipts = [_receipt(answer) for answer in tally.recorded.values()]
    assert len(set(receipts)) == len(receipts)
    assert set(tally.refused) == set(plain.votes) - set(plain.lawful)
    for answer in tally.refused.values():
        assert answer.type == "urn:talkoot:problem:invalid-ballot"
        assert answer.faults
        assert all(fault.detail for fault in answer.faults)


def _receipt(answer: str) -> str:
    return answer if "-" in answer else receipt_of(answer)


async def close_with_a_latecomer(hall: Hall, booth: Booth, opened: Opened, recorded: int) -> None:
    """Two persons close; who signed in before and casts after is told that it is closed."""
    code = opened.codes[LATECOMER]
    async with booth.client() as client:
        status, session = await booth.signs_in(client, code)
        assert status == 201
        before = await client.get(f"/api/v1/elections/{opened.id}/results")
        assert before.status_code == 404
        told = await hall.command.done("close", str(opened.id), *PERSONS)
        assert f"closed with {recorded} ballots" in told
        closed = (409, "urn:talkoot:problem:closed")
        late = await booth.casts(client, session.token, str(uuid4()), ())
        assert _said(late) == closed
        assert _said(await booth.signs_in(client, code)) == closed
    async with hall.desk.writing() as session_:
        assert await recorded_count(session_, opened.id) == recorded


def _said(answer: tuple[int, Answer]) -> tuple[int, str]:
    return answer[0], answer[1].type


async def published_result(client: httpx2.AsyncClient, opened: Opened) -> Result:
    """Read the result by the API, and see that its page is there in four languages."""
    for language in ("fi", "sv", "en", "se"):
        page = await client.get(f"/{language}/{opened.way}/results")
        assert page.status_code == 200
    answer = await client.get(f"/api/v1/elections/{opened.id}/results")
    assert answer.status_code == 200
    return msgspec.json.decode(answer.content, type=Result)


async def published_ballots(client: httpx2.AsyncClient, opened: Opened) -> str:
    """Download the ballots as anyone can."""
    answer = await client.get(f"/en/{opened.way}/results/ballots.pb")
    assert answer.status_code == 200
    return answer.text


def the_count_is_the_files(result: Result, plain: PlainFile, case: Case) -> None:
    """Counts, winners and accounts against the plain count and the slow rules."""
    votes, score = plain.counts()
    assert {project.number: project.votes for project in result.projects} == votes
    assert {project.number: project.score for project in result.projects} == score
    expected = plain.expected(case.rule)
    assert tuple(project.number for project in result.winners) == expected.winners
    assert (result.spent, result.steps) == (expected.total_cost, expected.steps)
    assert result.budget == cents(plain.meta["budget"])
    accounts = result.accounting
    assert accounts.entries == accounts.counted + accounts.superseded + accounts.spoiled
    assert (accounts.entries, accounts.counted) == (len(plain.lawful), len(plain.lawful))
    if not case.refused:
        for row in plain.projects:
            assert votes[row["project_id"]] == int(row["votes"])


async def anyone_can_recount(hall: Hall, body: str, result: Result, case: Case) -> None:
    """The format's own checker has no complaint, and a recount comes to the same winners."""
    verdict = Checker().process_files([body])
    assert verdict[1]["results"].get("errors", {}) == {}
    file = hall.home / "ballots.pb"
    file.write_text(body, encoding="utf-8")
    told = json.loads(await hall.command.done("count-pb", str(file), *case.options, "--json"))
    assert told["winners"] == [project.number for project in result.winners]
    assert told["ballots"] == result.accounting.counted


class Watch:
    """Says how long each part took."""

    def __init__(self) -> None:
        self.begun = time.perf_counter()

    def lap(self, what: str) -> None:
        """Say what was done since the last lap."""
        now = time.perf_counter()
        print(f"  {now - self.begun:6.1f} s  {what}", flush=True)  # noqa: T201 - the figures
        self.begun = now
