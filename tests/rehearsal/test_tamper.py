"""T16, the short form of `make tamper`: a superuser's manipulations are named, each of them."""

import pytest

from talkoot.base.db.embedded import Server
from tests.rehearsal import tamper
from tests.rehearsal.tables import Rows

SOME = 40


async def test_t16_what_a_superuser_manipulates_in_the_database_is_named(
    server: Server, database_name: str
) -> None:
    done = await tamper.run(server.url(database=database_name), SOME, "short")
    assert done.tried.total() == SOME
    assert not done.missed


async def test_where_nobody_compares_and_nobody_reads_nothing_is_named(
    server: Server, database_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: with reader and comparison switched off every manipulation passes."""
    monkeypatch.setattr(tamper, "named", lambda *_: ([], []))
    done = await tamper.run(server.url(database=database_name), SOME, "short")
    assert len(done.missed) == SOME


async def test_the_comparison_alone_does_not_find_what_the_reader_finds(
    server: Server, database_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A superuser who makes all rows agree is found out by signatures and by what others kept."""

    def rows_alone(rows: Rows, _: object) -> tuple[list[str], list[str]]:
        return [], rows.differences()

    monkeypatch.setattr(tamper, "named", rows_alone)
    done = await tamper.run(server.url(database=database_name), SOME, "short")
    assert done.missed
