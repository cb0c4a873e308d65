"""How fast the board grows, is read again and proves: ``python -m tests.bench.board 1000000``."""

import asyncio
import hashlib
import sys
import tempfile
import time
from pathlib import Path

import click
from sqlalchemy import text

from talkoot.base.bytes import Digest
from talkoot.base.db import Database, Role, migrate
from talkoot.base.db.embedded import Durability, Server, start
from talkoot.voting.board import Closing, ballots_waiting, checked, proof_for, published
from tests.voting.board.made_up import a_board
from tests.voting.log.made_up import NOON

AT_ONCE = 10_000
PROOFS = 500


async def measured(server: Server, count: int) -> None:
    """Let ballots wait, publish them, read all again, and prove some; print what each took."""
    database = Database(server.url(), writer=Role.OFFICIAL)
    hashes = [Digest(hashlib.sha256(b"%d" % at).digest()) for at in range(count)]
    async with database.writing() as session:
        id_, key = await a_board(session)
    async with database.writing() as session:
        await session.execute(text("reset role"))
        began = time.perf_counter()
        for at in range(0, count, AT_ONCE):
            await ballots_waiting(session, [(id_, each) for each in hashes[at : at + AT_ONCE]])
        click.echo(f"wait     {count} in {time.perf_counter() - began:.1f} s")
    async with database.writing() as session:
        began = time.perf_counter()
        await published(session, id_, at=NOON, signer=key, closing=Closing.CLOSED)
        click.echo(f"publish  {count} in {time.perf_counter() - began:.1f} s")
    async with database.writing() as session:
        began = time.perf_counter()
        faults = [each for each in await checked(session, id_) if "no entry has" not in each]
        click.echo(f"fsck     {count} in {time.perf_counter() - began:.1f} s, {len(faults)} faults")
        began = time.perf_counter()
        for each in hashes[:PROOFS]:
            assert await proof_for(session, id_, each) is not None
        click.echo(f"proofs   {PROOFS / (time.perf_counter() - began):.0f} a second")
    await database.close()


def main() -> None:
    """Measure on a server of our own, gone when it ends."""
    with tempfile.TemporaryDirectory(prefix="talkoot-board-") as folder:
        Path(folder).chmod(0o755)
        server = start(Path(folder), durability=Durability.MEMORY)
        try:
            migrate.upgrade(server.url())
            asyncio.run(measured(server, int(sys.argv[1])))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
