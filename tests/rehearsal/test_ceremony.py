"""`make rehearsal`, as a test: a sealed election by its commands, from end to end."""

from pathlib import Path

from talkoot.base.db.embedded import Server
from tests.rehearsal import ceremony


async def test_a_sealed_election_goes_from_the_freeze_to_the_destruction_of_its_keys(
    server: Server, database_name: str, tmp_path: Path
) -> None:
    figures = await ceremony.run(server, tmp_path, database_name)
    assert not ceremony.faults_of(figures)
