"""T11, the short form of `make thief`."""

from dataclasses import replace
from pathlib import Path

from talkoot.base.db.embedded import Server
from tests.rehearsal import thief

SOME = 40


async def test_t11_a_thief_opens_nothing_and_after_destruction_finds_nobody(
    server: Server, database_name: str, tmp_path: Path
) -> None:
    opened, found = await thief.run(server, tmp_path / "keys", database_name, SOME)
    assert thief.holds(opened, found, SOME)
    assert not thief.holds(replace(opened, by_keys=1), found, SOME)
    assert not thief.holds(opened, replace(found, from_backup=1), SOME)
