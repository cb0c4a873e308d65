"""The boards publish themselves: in time, in batches, one process at a board, whatever breaks."""

import asyncio
import logging
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from talkoot.base.db import Database
from talkoot.base.ids import ElectionId
from talkoot.base.settings import Settings
from talkoot.voting import log
from talkoot.voting.board import (
    BATCH_MIN,
    create_board_key,
    last_note,
    size_of,
    started,
    waiting_count,
)
from talkoot.web.app import self_contained
from talkoot.web.publishing import EVERY, LOOK_S, Publisher
from tests.voting.board.made_up import cast
from tests.voting.log.made_up import NOON, PERSONS, an_open_election
from tests.web.town import Hand

LATER = NOON + EVERY
SECOND = timedelta(seconds=1)


async def a_board(desk: Database, keys: Path, ballots: int = 0) -> ElectionId:
    """Begin the board of an open election with its key in the folder, and let ballots wait."""
    election = await an_open_election(desk)
    key = create_board_key(keys, election.id)
    async with desk.writing() as session:
        await started(session, election.id, key.verifier)
    await voted(desk, election.id, ballots)
    return election.id


async def voted(desk: Database, election: ElectionId, ballots: int) -> None:
    async with desk.writing() as session:
        await cast(session, election, ballots)


async def board_now(desk: Database, election: ElectionId) -> tuple[int, int]:
    """How many leaves there are, and how many ballots wait."""
    async with desk.writing() as session:
        return await size_of(session, election), await waiting_count(session, election)


async def test_ten_are_published_every_ten_minutes_and_all_that_wait_at_the_close(
    desk: Database, tmp_path: Path
) -> None:
    id_ = await a_board(desk, tmp_path, BATCH_MIN - 1)
    publisher = Publisher(desk, tmp_path, Hand(NOON))
    assert await publisher.turn(NOON) == []
    await voted(desk, id_, 1)
    assert [each.size for each in await publisher.turn(NOON)] == [BATCH_MIN]
    await voted(desk, id_, BATCH_MIN)
    assert await publisher.turn(LATER - SECOND) == [], "the next batch must rest ten minutes"
    assert [each.size for each in await publisher.turn(LATER)] == [2 * BATCH_MIN]
    await voted(desk, id_, 3)
    assert await publisher.turn(LATER + EVERY) == [], "three voters could be told apart"
    assert await board_now(desk, id_) == (2 * BATCH_MIN, 3)
    async with desk.writing() as session:
        await log.closed(session, id_, persons=PERSONS, at=NOON)
    at_once = await publisher.turn(LATER + SECOND)
    assert [each.size for each in at_once] == [2 * BATCH_MIN + 3]
    assert await publisher.turn(LATER + 2 * SECOND) == []


async def test_turnout_is_counted_once_an_hour_while_voting_is_open(
    desk: Database, tmp_path: Path
) -> None:
    id_ = await a_board(desk, tmp_path)
    publisher = Publisher(desk, tmp_path, Hand(NOON))
    for minutes in (0, 20, 59, 61):
        await publisher.turn(NOON + timedelta(minutes=minutes))
    async with desk.writing() as session:
        await log.closed(session, id_, persons=PERSONS, at=NOON)
    await publisher.turn(NOON + timedelta(hours=3))
    async with desk.reading() as session:
        kept = await session.scalars(text("select taken_at from turnout order by hour"))
        assert kept.all() == [NOON, NOON + timedelta(minutes=61)]


async def test_each_batch_is_in_the_order_of_hashes_and_not_in_that_of_casting(
    desk: Database, tmp_path: Path
) -> None:
    """Control: in the order of casting, of two batches of forty neither is sorted."""
    id_ = await a_board(desk, tmp_path)
    publisher, cast_in = Publisher(desk, tmp_path, Hand(NOON)), []
    for turn in range(2):
        async with desk.writing() as session:
            cast_in.append([bytes(each) for each in await cast(session, id_, 40)])
        await publisher.turn(NOON + turn * EVERY)
    query = text("select content from board_leaf where election_id = :id order by index")
    async with desk.writing() as session:
        leaves = [bytes(each) for each in await session.scalars(query, {"id": id_})]
    assert leaves == sorted(cast_in[0]) + sorted(cast_in[1])
    assert all(order != sorted(order) for order in cast_in)


async def test_of_two_processes_one_publishes_a_board(desk: Database, tmp_path: Path) -> None:
    await a_board(desk, tmp_path, BATCH_MIN)
    workers = [Publisher(desk, tmp_path, Hand(NOON)) for _ in range(4)]
    signed = await asyncio.gather(*(each.turn(NOON) for each in workers))
    assert sorted(len(each) for each in signed) == [0, 0, 0, 1]


async def test_a_board_that_another_process_is_at_is_left_alone(
    desk: Database, tmp_path: Path
) -> None:
    id_ = await a_board(desk, tmp_path, BATCH_MIN)
    publisher = Publisher(desk, tmp_path, Hand(NOON))
    taken = text("select pg_advisory_xact_lock(hashtextextended('publisher ' || :id, 0))")
    async with desk.writing() as session:
        await session.execute(taken, {"id": str(id_)})
        assert await publisher.turn(NOON) == []
    assert len(await publisher.turn(NOON)) == 1


async def test_a_fault_is_logged_the_other_boards_grow_and_the_next_turn_tries_again(
    desk: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "talkoot.board")
    boards = sorted([await a_board(desk, tmp_path, BATCH_MIN) for _ in range(2)])
    publisher = Publisher(desk, tmp_path, Hand(NOON))
    file = tmp_path / f"{boards[0]}.board"
    away = file.rename(tmp_path / "away")
    assert len(await publisher.turn(NOON)) == 1
    assert await board_now(desk, boards[0]) == (0, BATCH_MIN), "nothing is half published"
    assert f"the board of {boards[0]} is not published: there is no key" in caplog.text
    away.rename(file)
    assert len(await publisher.turn(NOON)) == 1
    assert f"the board of {boards[0]}: {BATCH_MIN} leaves are signed" in caplog.text


async def test_a_database_that_is_away_is_tried_again(
    desk: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await a_board(desk, tmp_path, BATCH_MIN)
    clock, stop = Hand(NOON), asyncio.Event()
    nowhere = Database("postgresql://nobody@127.0.0.1:1/none")
    publisher = Publisher(nowhere, tmp_path, clock)
    turns: list[datetime] = []

    async def pause(stop: asyncio.Event, seconds: float) -> None:
        assert seconds == LOOK_S
        turns.append(clock.at)
        clock.at += timedelta(seconds=seconds)
        if len(turns) == 3:
            stop.set()

    await publisher.run(stop, pause)
    await nowhere.close()
    assert len(turns) == 3
    assert caplog.text.count("the boards cannot be read: the database cannot be reached") == 3


async def test_who_serves_pages_with_the_officials_log_in_publishes_too(
    desk: Database, tmp_path: Path
) -> None:
    """Control: without that log-in the board stands still."""
    settings = Settings(home=tmp_path)
    id_ = await a_board(desk, settings.keys_folder, BATCH_MIN)
    url = desk.write_engine.url.render_as_string(hide_password=False)
    for desk_url, leaves in (("", 0), (url, BATCH_MIN)):
        app = self_contained(settings, url, desk_url=desk_url, clock=Hand(NOON))
        async with app.router.lifespan_context(app):
            await asyncio.sleep(0)  # lets the first turn begin; the end waits for its end
        assert await board_now(desk, id_) == (leaves, BATCH_MIN - leaves)
    async with desk.writing() as session:
        assert await last_note(session, id_) is not None
