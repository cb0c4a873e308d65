"""A million sealed ballots, from the close to the published result: ``make bench ONLY=sealed``.

The commands of a ceremony run as people run them, each in a process of its own: what came in the
last ten minutes goes on the board, the box is exported (and the rows written anew) and counted with
two trustees' keys; then it is published. An epoch holds a thousand ballots, as a busy door's do.
Nobody is on the roll, and the two who sign are left out: a signature takes milliseconds.
"""

import asyncio
import os
import resource
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import numpy as np
from sqlalchemy import text

from talkoot.base.db import Database, migrate
from talkoot.base.db.embedded import Login
from talkoot.base.ids import ElectionId
from talkoot.voting.log import closed, election_of, epochs_kept, sealing_kept
from talkoot.voting.results import tally_kept
from talkoot.voting.sealing import (
    EpochPosition,
    Opener,
    SealedEpoch,
    SealingEpoch,
    locked,
    new_epoch,
    sealed_ballot,
)
from tests.bench.environments import ROOT
from tests.bench.harness import Row, give, tell
from tests.bench.server import a_server, desk_of
from tests.voting.log.made_up import NOON, PERSONS
from tests.voting.results.made_up import a_town_with_an_open_election
from tests.voting.results.many import U8, a_large_definition, entries_copied
from tests.voting.sealing_of import THRESHOLD, TRUSTEES, a_setup, opened_by_trustees

BALLOTS = 1_000_000
OF_AN_EPOCH = 1_000
OF_TEN_MINUTES = 10_000
"""Ballots that wait for the board when it is published: a thousand a minute."""
LATER = NOON + timedelta(days=9)
PASSPHRASE = "a passphrase of a measurement"  # noqa: S105 - it guards nothing
RATE_BALLOTS = 100_000
AT_ONCE = 50_000
SAID = {
    "board": "the last ballots go on the board, which is read again and signed",
    "export": "the rows are written anew and the box is exported",
    "tally": "the box is read, settled, shuffled, opened, counted and written as public files",
    "publish": "the public files come back and are compared with what is recorded",
}
"""What is done in each step."""
MIB = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a command took: wall seconds, and its highest memory in MiB."""

    seconds: float
    highest: int


class Sealer:
    """Seals made ballots, a thousand to an epoch, as a door would."""

    def __init__(self, election_id: ElectionId, tally_public: bytes) -> None:
        self.position = EpochPosition(
            election_id=election_id, device=secrets.token_bytes(16), epoch=0
        )
        self.tally_public = tally_public
        self.epochs: list[SealedEpoch] = []
        self.seconds = 0.0

    def sealed(self, ballots: U8) -> U8:
        """Seal these."""
        begun = time.perf_counter()
        whats: list[bytes] = []
        for start in range(0, len(ballots), OF_AN_EPOCH):
            epoch = self._begun()
            numbers = np.frombuffer(secrets.token_bytes(8 * OF_AN_EPOCH), dtype=np.uint64).tolist()
            some = ballots[start : start + OF_AN_EPOCH]
            whats += [
                sealed_ballot(epoch, number, ballot.tobytes(), secrets.token_bytes(16))
                for number, ballot in zip(numbers, some, strict=False)
            ]
        self.seconds += time.perf_counter() - begun
        return np.frombuffer(b"".join(whats), dtype=np.uint8).reshape(len(ballots), -1)

    def _begun(self) -> SealingEpoch:
        epoch = new_epoch(self.tally_public, self.position)
        self.epochs.append(epoch.sealed)
        return epoch


async def recorded(desk: Database, ballots: int) -> tuple[str, Sealer]:
    """Record so many sealed ballots; gives the election's id."""
    definition = a_large_definition()
    election = await a_town_with_an_open_election(desk, definition)
    setup = a_setup(definition)
    sealer = Sealer(election.id, setup.tally_public)
    async with desk.writing() as session:
        await session.execute(text("set constraints all immediate"))  # not all in one commit
        await sealing_kept(session, setup)
        await entries_copied(session, election, ballots, 1, seal=sealer.sealed)
        await epochs_kept(session, sealer.epochs)
    rate(sealer, opening_seconds(sealer, Opener(opened_by_trustees(setup))))
    return str(election.id), sealer


def opening_seconds(sealer: Sealer, opener: Opener) -> float:
    """The wall seconds in which so many ballots open, their epochs' keys included."""
    some = Sealer(sealer.position.election_id, sealer.tally_public)
    whats = some.sealed(np.zeros((RATE_BALLOTS, 64), dtype=np.uint8))
    begun = time.perf_counter()
    found = opener.opened_whats(
        whats.tobytes(), whats.shape[1], {epoch.id: epoch for epoch in some.epochs}
    )
    assert not found.failures
    return time.perf_counter() - begun


def rate(sealer: Sealer, opening_s: float) -> None:
    """Give how many are sealed and opened in a second."""
    note = (
        f"wall seconds to open {RATE_BALLOTS:,} ballots, {OF_AN_EPOCH} to an epoch:"
        f" {RATE_BALLOTS / opening_s:,.0f} a second; sealing"
        f" {len(sealer.epochs) * OF_AN_EPOCH / sealer.seconds:,.0f} a second"
    )
    give(Row(name="sealed/opening", ours_s=opening_s, runs=1, n=RATE_BALLOTS, note=note))


def done(*words: str, url: str, home: Path) -> Done:
    """Run a command of ours."""
    environment = {**os.environ, "TALKOOT_DATABASE_URL": url, "TALKOOT_HOME": str(home)}
    environment.pop(
        "PYTHONDONTWRITEBYTECODE", None
    )  # modules are compiled once, as people have them
    command = [sys.executable, "-c", "from talkoot.cli import main; main()", *words]
    begun = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=sys.stderr)
    _, status, usage = os.wait4(process.pid, 0)
    took = time.perf_counter() - begun
    if status:
        raise RuntimeError(f"talkoot {words[0]} ended with {status}")
    return Done(seconds=took, highest=usage.ru_maxrss // MIB)


async def waits(url: str, first: int, number: int) -> None:
    """Let so many ballots wait for the board, as the door does when it records them."""
    query = text(
        "insert into board_waiting (election_id, entry_hash) select election_id, entry_hash"
        " from entry order by submission_id offset :first limit :number"
    )
    desk = desk_of(url)
    try:
        async with desk.writing() as session:
            for at in range(first, first + number, AT_ONCE):
                some = min(AT_ONCE, first + number - at)
                await session.execute(query, {"first": at, "number": some})
    finally:
        await desk.close()


def on_the_board(election: str, url: str, folder: Path, ballots: int) -> None:
    """Publish what waits twice while voting is open: nearly all at once, and ten minutes' worth.

    The last ten minutes' worth waits on when this ends.
    """
    done("board", "start", election, url=url, home=folder)
    few = min(OF_TEN_MINUTES, ballots // 4)
    batches = {"board-at-once": ballots - 2 * few, "board-ten-minutes": few}
    size = 0
    for name, number in batches.items():
        asyncio.run(waits(url, size, number))
        size += number
        step = done("board", "publish", election, url=url, home=folder)
        note = (
            f"wall seconds of a process that appends {number:,} ballots to a board, reads all"
            f" {size:,} leaves again and signs; its highest memory {step.highest} MiB"
        )
        give(Row(name=f"sealed/{name}", ours_s=step.seconds, runs=1, n=number, note=note))
    asyncio.run(waits(url, size, few))


def ceremony(election: str, url: str, folder: Path, ballots: int) -> None:
    """Close, publish the board, export, count and publish; give each and all together."""
    media: list[str] = []
    (folder / "passphrase").write_text(PASSPHRASE)
    for key in TRUSTEES[:THRESHOLD]:
        (folder / key.name).write_bytes(locked(key, PASSPHRASE))
        media += ["--medium", str(folder / key.name)]
        media += ["--passphrase-file", str(folder / "passphrase")]
    box, public = folder / "box", folder / "public"
    out = ("--out", str(public))
    begun = time.perf_counter()
    asyncio.run(shut(url, ElectionId(UUID(election))))
    steps = {
        "board": done("board", "publish", election, url=url, home=folder),
        "export": done("export-log", election, str(box), url=url, home=folder),
        "tally": done("tally", str(box), *media, *out, url="postgresql:///none", home=folder),
        "publish": Done(
            seconds=seconds_of(kept(url, ElectionId(UUID(election)), public)),
            highest=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // MIB,
        ),
    }
    whole = time.perf_counter() - begun
    for name, step in steps.items():
        note = f"{SAID[name]}, wall seconds; the process's highest memory {step.highest} MiB"
        give(Row(name=f"sealed/{name}", ours_s=step.seconds, runs=1, n=ballots, note=note))
    most = max(step.highest for step in steps.values())
    note = f"from the close to the published result, wall seconds; at most {most} MiB in a process"
    give(Row(name="sealed/whole", ours_s=whole, runs=1, n=ballots, note=note))


def seconds_of(work: Coroutine[None, None, None]) -> float:
    """The wall seconds of something that waits for a database."""
    begun = time.perf_counter()
    asyncio.run(work)
    return time.perf_counter() - begun


async def shut(url: str, election_id: ElectionId) -> None:
    """Close the election: nothing more is recorded."""
    desk = desk_of(url)
    try:
        async with desk.writing() as session:
            await closed(session, election_id, persons=PERSONS, at=LATER)
    finally:
        await desk.close()


async def kept(url: str, election_id: ElectionId, public: Path) -> None:
    """Publish, as the command does once two have signed."""
    desk = desk_of(url)
    try:
        async with desk.writing() as session:
            await tally_kept(session, await election_of(session, election_id), public, LATER)
    finally:
        await desk.close()


def main() -> None:
    """Give the rates, and the whole way."""
    ballots = next((int(word) for word in sys.argv[1:] if word.isdigit()), BALLOTS)
    with a_server() as server, tempfile.TemporaryDirectory() as folder:
        migrate.upgrade(server.url())
        url = server.url(login=Login.DESK)
        tell(f"sealing and recording {ballots:,} ballots")

        async def prepared() -> str:
            desk = desk_of(url)
            try:
                return (await recorded(desk, ballots))[0]
            finally:
                await desk.close()

        election = asyncio.run(prepared())
        tell("putting them on the board")
        on_the_board(election, url, Path(folder), ballots)
        tell("closing, exporting, counting and publishing")
        ceremony(election, url, Path(folder), ballots)


if __name__ == "__main__":
    main()
