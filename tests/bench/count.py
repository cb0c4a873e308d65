"""From PostgreSQL to the result: ``make bench ONLY=count``.

Entries are copied into the log of a server of our own, the election is closed, and a process of its
own counts again what is there: every row read, its hash recomputed, its ballot opened, settled and
tallied, the budget spent and explained. Beside it the same rows are read by the same binary COPY
and thrown away: what PostgreSQL takes by itself.
"""

import asyncio
import subprocess
import sys
from datetime import timedelta

from talkoot.base.db import migrate
from talkoot.base.db.embedded import Login, Server
from talkoot.voting.log import closed
from tests.bench.environments import ROOT
from tests.bench.harness import RUNS, Row, give, row_from, tell
from tests.bench.server import a_server, desk_of
from tests.voting.log.made_up import NOON, PERSONS
from tests.voting.results.made_up import a_town_with_an_open_election
from tests.voting.results.many import a_large_definition, entries_copied

SIZES = (100_000, 1_000_000)
LATER = NOON + timedelta(days=9)


async def recorded(url: str, n: int) -> str:
    """Record ``n`` entries of a new election and close it; gives its id."""
    desk = desk_of(url)
    try:
        election = await a_town_with_an_open_election(desk, a_large_definition())
        async with desk.writing() as session:
            await entries_copied(session, election, n, 1)
        async with desk.writing() as session:
            await closed(session, election.id, persons=PERSONS, at=LATER)
    finally:
        await desk.close()
    return str(election.id)


def counted(server: Server, n: int) -> list[Row]:
    """Measure one size, on a database of its own."""
    tell(f"recording {n:,} entries")
    url = server.url(login=Login.DESK)
    election = asyncio.run(recorded(url, n))
    tell(f"counting {n:,} entries")
    command = [sys.executable, "-m", "tests.bench.count_run", url, election, str(n)]
    answer = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return [row_from(line) for line in answer.stdout.splitlines()]


def main() -> None:
    """Give the rows of every size, and how the seconds grow."""
    ours: dict[int, float] = {}
    for n in SIZES:
        with a_server() as server:
            migrate.upgrade(server.url())
            for row in counted(server, n):
                give(row)
                if row.theirs_s is not None and row.ours_s is not None:
                    ours[n] = row.ours_s
    few, many = min(ours), max(ours)
    ratio = ours[many] / many / (ours[few] / few)
    note = f"a ballot among {many:,} against one among {few:,}"
    give(Row(name="count/slope", ratio=ratio, ours_s=ours[many], runs=RUNS, n=many, note=note))


if __name__ == "__main__":
    main()
