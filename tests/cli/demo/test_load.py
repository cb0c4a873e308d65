"""The demonstration goes through the same doors as a real municipality, and comes out whole."""

from pathlib import Path

import pytest_asyncio

from talkoot.base.clock import system_clock
from talkoot.base.db import Database
from talkoot.base.i18n import Language
from talkoot.cli.demo import Loaded, load_demo
from talkoot.cli.demo.content import rounds_file
from talkoot.rounds import Kind, Round, municipality_called, round_called, rounds_of
from talkoot.voting import log
from talkoot.voting.log import ElectionState
from talkoot.voting.results import public_files_of, result_of
from talkoot.voting.roll import CodeHasher, Origin, SignedIn, keys_for, sign_in


@pytest_asyncio.fixture
async def loaded(desk: Database, tmp_path: Path) -> Loaded:
    told: list[tuple[str, int, int]] = []

    def progress(what: str, done: int, total: int) -> None:
        told.append((what, done, total))

    found = await load_demo(desk, tmp_path / "keys", at=system_clock(), progress=progress)
    assert all(0 <= done <= total for _, done, total in told)
    assert {what for what, done, total in told if done == total} == {what for what, *_ in told}
    return found


async def rounds(desk: Database) -> dict[str, Round]:
    async with desk.reading() as session:
        town = await municipality_called(session, "suvisalmi")
        return {round_.slug: round_ for round_ in await rounds_of(session, town.id)}


async def test_the_town_has_an_open_round_a_closed_one_and_the_two_polls(
    desk: Database, loaded: Loaded
) -> None:
    found = await rounds(desk)
    assert len(found) == 4
    assert len(found[loaded.open_round].projects) == 24
    states = {}
    async with desk.reading() as session:
        for slug, round_ in found.items():
            (election,) = await log.elections_of_round(session, round_.id)
            states[slug] = election.state
            texts = [round_.title, round_.theme, round_.intro, *(p.name for p in round_.projects)]
            assert all(set(text) == set(Language) for text in texts)
    assert states.pop(loaded.open_round) is ElectionState.OPEN
    assert set(states.values()) == {ElectionState.COUNTED}


async def test_a_code_of_the_open_round_signs_in(
    desk: Database, loaded: Loaded, tmp_path: Path
) -> None:
    at = system_clock()
    async with CodeHasher() as hasher, desk.writing() as session:
        town = await municipality_called(session, loaded.municipality)
        round_ = await round_called(session, town.id, loaded.open_round)
        (election,) = await log.elections_of_round(session, round_.id)
        assert log.accepts(election, at) is log.Acceptance.OPEN
        answer = await sign_in(
            session,
            loaded.codes[0],
            election_id=election.id,
            origin=Origin(network="127.0.0.0/24"),
            keys=keys_for(tmp_path / "keys", election.id),
            hasher=hasher,
            at=at,
        )
    assert isinstance(answer, SignedIn)
    assert len(set(loaded.codes)) == len(loaded.codes) >= 3


async def test_the_closed_round_has_a_result_that_adds_up(desk: Database, loaded: Loaded) -> None:
    found = await rounds(desk)
    async with desk.reading() as session:
        (election,) = await log.elections_of_round(session, found["ulos-yhdessa"].id)
        result = await result_of(session, election.id)
        files = await public_files_of(session, election.id)
    assert result is not None
    assert result.accounting.holds
    assert 0 < result.spent <= result.budget
    assert result.spent == sum(project.cost for project in result.winners)
    assert [file.name for file in files] == ["ballots.pb", "result.json"]
    assert loaded.open_round != "ulos-yhdessa"


async def test_the_polls_come_out_with_the_workshops_counts(desk: Database, loaded: Loaded) -> None:
    found = await rounds(desk)
    polls = {file.slug: file.counts for file in rounds_file() if file.kind == Kind.POLL}
    assert len(polls) == 2
    assert loaded.municipality == "suvisalmi"
    async with desk.reading() as session:
        for slug, counts in polls.items():
            (election,) = await log.elections_of_round(session, found[slug].id)
            result = await result_of(session, election.id)
            assert result is not None
            assert tuple(project.votes for project in result.projects) == counts
            assert not result.winners
