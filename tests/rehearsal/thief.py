"""`make thief`: what somebody learns who has the whole database and the application's secrets.

It ends with one line of figures, and with status 0 only if no ballot opens without the trustees,
all open with them, and no voter key leads to a person once keys are destroyed, backup or not.
"""

import asyncio
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from talkoot.base.db import Database, Role, migrate
from talkoot.base.db.embedded import Durability, Login, Server, start
from talkoot.voting.log import ActKind, ElectionState, epochs_of, sealing_of
from talkoot.voting.roll import create_keys, secrets_destroyed, voter_key
from talkoot.voting.sealing import PrivateKey, tally_key
from tests.faults.test_thief import cast_in_turn, casts_for, guessed, opened_by
from tests.voting.log.made_up import entries_of
from tests.voting.log.sealed import an_election_that_is, devices_settled, done
from tests.voting.log.test_destroy import SCHEME, dump_of, mapped, voted
from tests.voting.results.made_up import a_definition
from tests.voting.sealing_of import REGISTRAR, THRESHOLD, TRUSTEES, a_sealed_town_election

NUMBER = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """How many ballots the thief reads without trustees' keys, and with them (the control)."""

    by_keys: int
    by_guessing: int
    with_trustees: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """How many voter keys lead to persons: before destruction (the control), and after it."""

    before: int
    after: int
    from_backup: int


async def robbed(web: Database, desk: Database, number: int) -> Opened:
    """Cast so many sealed ballots, and try to open them with all that the town itself has."""
    definition = a_definition()
    election = await a_sealed_town_election(desk, definition)
    await cast_in_turn(web, casts_for(election, number))
    entries = await entries_of(desk, election.id)
    async with desk.writing() as session:
        setup = await sealing_of(session, election.id)
        epochs = list(await epochs_of(session, election.id))
    assert setup is not None
    stolen = [REGISTRAR, PrivateKey(seed=setup.hash), PrivateKey(seed=setup.tally_public[:32])]
    stolen += [PrivateKey(seed=entry.hash) for entry in entries[:3]]
    stored = [entry.submission_id.bytes for entry in entries]
    return Opened(
        by_keys=opened_by(stolen, entries, epochs),
        by_guessing=guessed(entries, definition, stored),
        with_trustees=opened_by([tally_key(setup, TRUSTEES[:THRESHOLD])], entries, epochs),
    )


async def robbed_later(desk: Database, folder: Path, number: int) -> Mapped:
    """Let so many persons vote, take a backup, destroy the keys, and look for the persons."""
    async with desk.writing() as session:
        election = await an_election_that_is(session, ElectionState.OPEN)
        secret = create_keys(folder, election.id)
        for place in range(number):
            anchor = f"row-{place}"
            key = voter_key(secret, election.id, SCHEME, anchor)
            await voted(session, election.id, anchor, key)
        for kind in (ActKind.CLOSE, ActKind.RECONCILE):
            await done(session, election.id, kind)
        await devices_settled(session, election.id)
        for kind in (ActKind.TALLY, ActKind.FINAL):
            await done(session, election.id, kind)
        backup = await dump_of(session, election.id)
    before = mapped(backup, folder, election.id)
    async with desk.writing() as session:
        await done(session, election.id, ActKind.DESTROY)
        secrets_destroyed(folder, election.id)
    async with desk.writing() as session:
        after = await dump_of(session, election.id)
    return Mapped(
        before=before,
        after=mapped(after, folder, election.id),
        from_backup=mapped(backup, folder, election.id),
    )


async def run(
    server: Server, folder: Path, database: str = "", number: int = NUMBER
) -> tuple[Opened, Mapped]:
    """Rob a migrated, empty database twice: while its keys are there, and afterwards."""
    named = {"database": database} if database else {}
    web = Database(server.url(login=Login.APP, **named), writer=Role.WEB)
    desk = Database(server.url(login=Login.DESK, **named), writer=Role.OFFICIAL)
    try:
        return await robbed(web, desk, number), await robbed_later(desk, folder, number)
    finally:
        await web.close()
        await desk.close()


def holds(opened: Opened, found: Mapped, number: int) -> bool:
    """Whether the thief has nothing, and both controls everything."""
    nothing = (opened.by_keys, opened.by_guessing, found.after, found.from_backup)
    return not any(nothing) and opened.with_trustees == found.before == number


def main() -> int:
    """Start a database, rob it, print."""
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="talkoot-thief-") as home:
        Path(home).chmod(0o755)
        server = start(Path(home), durability=Durability.MEMORY)
        folder = Path(home) / "keys"
        try:
            migrate.upgrade(server.url())
            opened, found = asyncio.run(run(server, folder))
        finally:
            server.stop()
    sys.stdout.write(
        f"thief: of {NUMBER} ballots {opened.by_keys} opened and {opened.by_guessing} guessed"
        f" without trustees, {opened.with_trustees} opened with them; of {NUMBER} voter keys"
        f" {found.before} led to persons before destruction, after it {found.after}, and"
        f" {found.from_backup} by the newest backup; {time.perf_counter() - begun:.0f} s\n"
    )
    return 0 if holds(opened, found, NUMBER) else 1


if __name__ == "__main__":
    sys.exit(main())
