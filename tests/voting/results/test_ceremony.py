"""The ceremony: a box without secrets, a count without a network, and files that fit or nothing."""

import random
import socket
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import msgspec
import numpy as np
import pytest

from talkoot.base.db import Database
from talkoot.base.errors import NotAllowed
from talkoot.cli.export_log import exported
from talkoot.cli.tally import counted_box
from talkoot.voting.intake import Cast, Door, Recorded
from talkoot.voting.log import Election, counted, election_of
from talkoot.voting.results import (
    BALLOTS,
    RESULT,
    TRANSCRIPT,
    BadBox,
    Tallied,
    public_files_of,
    published,
    result_of,
    tally_kept,
    tree_root,
)
from talkoot.voting.sealing import NotEnoughShares, TrusteeKey
from tests.voting.log.made_up import NOON, PERSONS, a_cast, a_voter
from tests.voting.results.made_up import a_definition, a_town_with_an_open_election
from tests.voting.results.test_publish import LATER, closed_by_two
from tests.voting.sealing_of import THRESHOLD, TRUSTEES, a_sealed_town_election

CASTS = 120
ENOUGH = TRUSTEES[:THRESHOLD]


def casts_for(election: Election, rnd: random.Random) -> list[Cast]:
    """Some voters twice; every ballot made of one to three projects."""
    return [
        a_cast(
            election,
            voter=a_voter(number % 100),
            submission=UUID(int=rnd.getrandbits(128)),
            projects=rnd.sample("12345", rnd.randint(1, 3)),
        )
        for number in range(CASTS)
    ]


async def cast_all(database: Database, casts: Sequence[Cast]) -> None:
    async with Door(database) as door:
        for cast in casts:
            assert isinstance(await door.cast(cast, NOON), Recorded)


async def closed_box(database: Database, desk: Database, folder: Path) -> Election:
    election = await a_sealed_town_election(desk, a_definition())
    await cast_all(database, casts_for(election, random.Random(4)))
    await closed_by_two(desk, election)
    async with desk.writing() as session:
        await exported(session, election.id, folder)
        return await election_of(session, election.id)


def written(done: Tallied, folder: Path) -> Path:
    folder.mkdir()
    for file in done.files:
        (folder / file.name).write_bytes(file.body)
    return folder


def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_socket(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", no_socket)


def count_offline(folder: Path, keys: Sequence[TrusteeKey] = ENOUGH) -> Tallied:
    with pytest.MonkeyPatch.context() as monkeypatch:
        offline(monkeypatch)
        return counted_box(folder, keys)


async def test_a_box_is_counted_without_a_network_and_published_where_it_fits(
    database: Database, desk: Database, tmp_path: Path
) -> None:
    election = await closed_box(database, desk, tmp_path / "box")
    done = count_offline(tmp_path / "box")
    sums = done.transcript.accounting
    assert (sums.entries, sums.counted, sums.superseded, sums.spoiled) == (CASTS, 100, 20, 0)
    assert sums.holds
    again = count_offline(tmp_path / "box", TRUSTEES[1:])
    assert [file.body for file in again.files[:-1]] == [file.body for file in done.files[:-1]]
    out = written(done, tmp_path / "out")
    async with desk.writing() as session:
        await counted(session, election.id, persons=PERSONS, at=LATER)
        await tally_kept(session, election, out, LATER)
    async with desk.writing() as session:
        assert await result_of(session, election.id) == done.count.result
        names = {file.name: file.sha256 for file in await public_files_of(session, election.id)}
    assert {name: names[name] for name in done.transcript.files} == done.transcript.files
    assert TRANSCRIPT in names


async def test_a_sealed_election_gives_the_bytes_of_a_plain_one_with_the_same_ballots(
    database: Database, desk: Database, tmp_path: Path
) -> None:
    definition = a_definition()
    plain = await a_town_with_an_open_election(desk, definition)
    await cast_all(database, casts_for(plain, random.Random(4)))
    await closed_by_two(desk, plain)
    async with desk.writing() as session:
        count = await published(session, plain.id, persons=PERSONS, at=LATER)
    other = a_definition(election_id=UUID(int=6))
    sealed = await a_sealed_town_election(desk, other)
    await cast_all(database, casts_for(sealed, random.Random(4)))
    await closed_by_two(desk, sealed)
    async with desk.writing() as session:
        await exported(session, sealed.id, tmp_path / "box")
    done = count_offline(tmp_path / "box")
    assert count.profile == done.count.profile
    body = {file.name: file.body for file in done.files}[RESULT]
    ours = msgspec.json.decode(body) | {"election_id": "", "definition_hash": ""}
    theirs = msgspec.to_builtins(count.result) | {"election_id": "", "definition_hash": ""}
    assert ours == msgspec.json.decode(msgspec.json.encode(theirs))


async def test_too_few_trustees_count_nothing(
    database: Database, desk: Database, tmp_path: Path
) -> None:
    await closed_box(database, desk, tmp_path / "box")
    with pytest.raises(NotEnoughShares, match="2 trustees are needed and 1 are here"):
        count_offline(tmp_path / "box", TRUSTEES[:1])


@pytest.mark.parametrize("name", ["entries.copy", "epochs.copy", "sealing.json", "definition.json"])
async def test_a_box_that_was_altered_on_its_way_is_refused_by_name(
    database: Database, desk: Database, tmp_path: Path, name: str
) -> None:
    await closed_box(database, desk, tmp_path / "box")
    file = tmp_path / "box" / name
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(BadBox, match=name):
        count_offline(tmp_path / "box")


@pytest.mark.parametrize("name", [BALLOTS, RESULT, TRANSCRIPT, "ballots.csv"])
async def test_files_that_do_not_fit_together_are_not_published(
    database: Database, desk: Database, tmp_path: Path, name: str
) -> None:
    election = await closed_box(database, desk, tmp_path / "box")
    out = written(count_offline(tmp_path / "box"), tmp_path / "out")
    content = (out / name).read_bytes()
    (out / name).write_bytes(content.replace(b"1", b"2", 1))
    with pytest.raises(NotAllowed):
        async with desk.writing() as session:
            await tally_kept(session, election, out, LATER)


async def test_what_stands_in_the_database_must_be_what_was_counted(
    database: Database, desk: Database, tmp_path: Path
) -> None:
    election = await closed_box(database, desk, tmp_path / "box")
    done = count_offline(tmp_path / "box")
    changed = msgspec.structs.replace(done.transcript, standing="00" * 32)
    out = written(done, tmp_path / "out")
    (out / TRANSCRIPT).write_bytes(msgspec.json.encode(changed))
    with pytest.raises(NotAllowed, match="other ballots stand"):
        async with desk.writing() as session:
            await tally_kept(session, election, out, LATER)


async def test_nothing_leaves_before_the_election_is_closed(
    database: Database, desk: Database, tmp_path: Path
) -> None:
    election = await a_sealed_town_election(desk, a_definition())
    await cast_all(database, casts_for(election, random.Random(4))[:3])
    with pytest.raises(NotAllowed, match="nothing is shown before it closes"):
        async with desk.writing() as session:
            await exported(session, election.id, tmp_path / "box")
    assert not (tmp_path / "box").exists()


async def test_a_box_holds_no_choice_and_no_key(
    database: Database, desk: Database, tmp_path: Path
) -> None:
    await closed_box(database, desk, tmp_path / "box")
    found = b"".join(file.read_bytes() for file in (tmp_path / "box").iterdir())
    for key in TRUSTEES:
        assert key.private.seed not in found
    one_mark = (1).to_bytes(4, "big") + bytes(4) + (1).to_bytes(8, "big")
    assert one_mark not in found


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 5, 8, 13])
def test_the_root_is_that_of_rfc_9162(size: int) -> None:
    leaves = np.arange(size * 32, dtype=np.int64).astype(np.uint8).reshape(-1, 32)
    assert tree_root(leaves) == recursive_root([bytes(leaf) for leaf in leaves])


def recursive_root(leaves: list[bytes]) -> bytes:
    """RFC 9162, 2.1.1, word by word."""
    from hashlib import sha256

    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return sha256(b"\0" + leaves[0]).digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    both = recursive_root(leaves[:half]) + recursive_root(leaves[half:])
    return sha256(b"\1" + both).digest()
