"""The demonstration goes through the same doors as a real municipality, and comes out whole."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest_asyncio
from sqlalchemy import func, select

from talkoot.base.db import Database, Role
from talkoot.base.db.embedded import Login, Server
from talkoot.base.i18n import Language, Text
from talkoot.cli.demo import Loaded, load_demo
from talkoot.cli.demo.content import rounds_file
from talkoot.rounds import Kind, Municipality, PhaseKind, Round, municipalities, phase_at, rounds_of
from talkoot.voting import board, log
from talkoot.voting.log import Acceptance, Election, ElectionState
from talkoot.voting.results import public_files_of, result_of
from talkoot.voting.roll import CodeHasher, Origin, SignedIn, keys_for, sign_in
from talkoot.voting.roll.tables import PersonRow
from talkoot.voting.sealing import rehearsed, unlocked
from tests.conftest import copied

AT = datetime(2026, 11, 24, 3, 30, tzinfo=UTC)
CLOSED = "ulos-yhdessa"


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """The loaded municipality, with each round's one election by the round's slug."""

    database: Database
    keys_folder: Path
    loaded: Loaded
    municipality: Municipality
    rounds: dict[str, Round]
    elections: dict[str, Election]


@pytest_asyncio.fixture(scope="module")
async def town(server: Server, template: str) -> AsyncIterator[Town]:
    """Loaded once: no test of this file changes it."""
    with tempfile.TemporaryDirectory() as folder:
        async with copied(server, template) as name:
            url = server.url(login=Login.DESK, database=name)
            database = Database(url, writer=Role.OFFICIAL)
            yield await loaded_town(database, Path(folder) / "keys")
            await database.close()


async def loaded_town(database: Database, keys_folder: Path) -> Town:
    told: dict[str, list[tuple[int, int]]] = {}

    def progress(what: str, done: int, total: int) -> None:
        told.setdefault(what, []).append((done, total))

    loaded = await load_demo(database, keys_folder, at=AT, progress=progress)
    for steps in told.values():
        assert steps == sorted(steps)
        assert steps[-1][0] == steps[-1][1] > 0
    async with database.reading() as session:
        (municipality,) = await municipalities(session)
        rounds = {one.slug: one for one in await rounds_of(session, municipality.id)}
        elections = {}
        for slug, round_ in rounds.items():
            (elections[slug],) = await log.elections_of_round(session, round_.id)
    return Town(
        database=database,
        keys_folder=keys_folder,
        loaded=loaded,
        municipality=municipality,
        rounds=rounds,
        elections=elections,
    )


async def test_there_are_two_open_rounds_a_closed_one_and_the_two_polls(town: Town) -> None:
    assert sorted(round_.kind for round_ in town.rounds.values()) == [
        *(Kind.BUDGET, Kind.BUDGET, Kind.BUDGET),
        *(Kind.POLL, Kind.POLL),
    ]
    open_ = town.loaded.open_round
    assert len(town.rounds[open_].projects) == 24
    states = {slug: election.state for slug, election in town.elections.items()}
    assert states.pop(open_) is ElectionState.OPEN
    assert states.pop(town.loaded.sealed_round) is ElectionState.OPEN
    assert set(states.values()) == {ElectionState.COUNTED}
    assert town.loaded.municipality == town.municipality.slug
    phase = phase_at(town.rounds[open_].phases, AT)
    assert phase is not None
    assert phase.kind is PhaseKind.VOTING
    assert log.accepts(town.elections[open_], AT) is Acceptance.OPEN


async def test_three_thousand_are_on_the_roll_of_each_budget_round(town: Town) -> None:
    for slug in (town.loaded.open_round, town.loaded.sealed_round, CLOSED):
        query = select(func.count()).where(PersonRow.election_id == town.elections[slug].id)
        async with town.database.writing() as session:
            assert await session.scalar(query) == 3_000


async def test_every_text_is_there_in_four_languages(town: Town) -> None:
    it = town.municipality
    texts: list[Text] = [it.name, it.intro, it.contact.role, *(area.name for area in it.areas)]
    for round_ in town.rounds.values():
        texts += [round_.title, round_.theme, round_.intro, *round_.rules]
        texts += [project.name for project in round_.projects]
        if round_.kind is Kind.BUDGET:
            texts += [t for p in round_.projects for t in (p.summary, p.text, p.picture_alt)]
    for election in town.elections.values():
        texts += [election.definition.title, *(p.name for p in election.definition.projects)]
    assert [text for text in texts if set(text) != set(Language)] == []
    assert [text for text in texts if not all(words.strip() for words in text.values())] == []


async def test_every_code_of_an_open_round_signs_in_somebody_who_has_not_voted(town: Town) -> None:
    for slug, codes in (
        (town.loaded.open_round, town.loaded.codes),
        (town.loaded.sealed_round, town.loaded.sealed_codes),
    ):
        assert await voters_of(town, town.elections[slug], codes) == 24


async def voters_of(town: Town, election: Election, codes: tuple[str, ...]) -> int:
    """Sign in by each of the codes; how many voters that is, none of whom has voted."""
    keys = keys_for(town.keys_folder, election.id)
    async with CodeHasher() as hasher:

        async def signed_in(code: str) -> SignedIn:
            async with town.database.writing() as session:
                answer = await sign_in(
                    session,
                    code,
                    election_id=election.id,
                    origin=Origin(network="home"),
                    keys=keys,
                    hasher=hasher,
                    at=AT,
                )
                assert isinstance(answer, SignedIn)
                assert await log.standing_of(session, election.id, answer.voter_key) is None
            return answer

        answers = [await signed_in(code) for code in codes]
    assert len({answer.voter_key for answer in answers}) == len(answers)
    return len(answers)


async def test_some_have_voted_in_the_open_round_and_none_of_it_is_published(town: Town) -> None:
    election = town.elections[town.loaded.open_round]
    async with town.database.writing() as session:
        assert 0 < await log.recorded_count(session, election.id) < 3_000
        assert await result_of(session, election.id) is None
        assert await public_files_of(session, election.id) == ()


async def test_the_closed_round_has_a_result_that_adds_up(town: Town) -> None:
    election = town.elections[CLOSED]
    assert AT - election.closes_at > timedelta(days=180)
    async with town.database.writing() as session:
        result = await result_of(session, election.id)
        files = await public_files_of(session, election.id)
        recorded = await log.recorded_count(session, election.id)
    assert result is not None
    assert result.accounting.holds
    assert result.accounting.counted == recorded > 1_000
    assert 0 < len(result.winners) < len(result.projects)
    assert result.spent == sum(project.cost for project in result.winners) <= result.budget
    assert [file.name for file in files] == ["ballots.pb", "result.json"]


async def test_the_polls_come_out_with_the_counts_of_their_file(town: Town) -> None:
    polls = {file.slug: file.counts for file in rounds_file() if file.kind == Kind.POLL}
    async with town.database.reading() as session:
        found = {slug: await result_of(session, town.elections[slug].id) for slug in polls}
    for slug, result in found.items():
        assert result is not None
        assert tuple(project.votes for project in result.projects) == polls[slug]
        assert result.accounting.counted == max(polls[slug])


async def test_the_secret_keys_are_files_that_nobody_else_can_read(town: Town) -> None:
    files = await asyncio.to_thread(lambda: list(town.keys_folder.iterdir()))
    assert {file.stem for file in files} == {str(e.id) for e in town.elections.values()}
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


async def test_the_sealed_round_is_sealed_rehearsed_and_opened_by_two_who_signed(
    town: Town,
) -> None:
    election = town.elections[town.loaded.sealed_round]
    async with town.database.writing() as session:
        setup = await log.sealing_of(session, election.id)
        acts = await log.acts_of(session, election.id)
        entries = [entry async for entry in log.all_entries(session, election.id)]
    assert election.assurance is log.Assurance.SEALED
    assert setup is not None
    assert (setup.threshold, len(setup.trustees)) == (2, 3)
    kinds = [act.request.kind for act in acts]
    assert kinds == [log.ActKind.FREEZE, log.ActKind.REHEARSE, log.ActKind.OPEN]
    assert len({len(entry.what) for entry in entries}) == 1


async def test_the_board_of_the_sealed_round_is_whole_and_one_ballot_more_makes_it_grow(
    town: Town,
) -> None:
    election = town.elections[town.loaded.sealed_round]
    key = board.board_key(town.keys_folder, election.id)
    async with town.database.writing() as session:
        assert await board.checked(session, election.id) == []
        signed = await board.published(session, election.id, at=AT, signer=key)
        waiting = await board.waiting_count(session, election.id)
        recorded = await log.recorded_count(session, election.id)
    assert signed is not None
    assert waiting == board.BATCH_MIN - 1
    assert signed.size == recorded - waiting + 6, "definition, sealing, devices and three acts"


async def test_what_did_not_win_last_year_has_its_second_chance(town: Town) -> None:
    async with town.database.reading() as session:
        result = await result_of(session, town.elections[CLOSED].id)
    assert result is not None
    lost = {p.number for p in result.projects} - {p.number for p in result.winners}
    assert {p.number for p in town.rounds[town.loaded.sealed_round].projects} == lost


async def test_the_demonstrations_key_files_open_the_ballots_and_say_what_they_are(
    town: Town,
) -> None:
    folder = town.keys_folder.with_name("demo-keys")
    files = await asyncio.to_thread(lambda: {f.name: f.read_bytes() for f in folder.iterdir()})
    modes = await asyncio.to_thread(lambda: {f.stat().st_mode & 0o777 for f in folder.iterdir()})
    assert modes == {0o600}
    assert files["README.txt"].startswith(b"DEMONSTRATION KEYS. Never use them for a real election")
    passphrase = files["passphrase.txt"].decode().strip()
    trustees = sorted(name for name in files if name.startswith("trustee-"))
    keys = [unlocked(files[name], passphrase) for name in trustees]
    async with town.database.reading() as session:
        setup = await log.sealing_of(session, town.elections[town.loaded.sealed_round].id)
    assert setup is not None
    assert len(rehearsed(setup, keys).opened) == 3
