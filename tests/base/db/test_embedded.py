"""A server of our own: joined, restarted, and out of the way of closed folders."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from talkoot.base.db import embedded
from talkoot.base.db.embedded import Account, Durability, Login, NoPostgres, Server


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="talkoot-home-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


async def ask(server: Server, question: str, login: Login | None = None) -> str:
    engine = create_async_engine(server.url(login=login), poolclass=NullPool)
    async with engine.connect() as connection:
        answer = str(await connection.scalar(text(question)))
    await engine.dispose()
    return answer


async def test_a_second_start_joins_the_running_server(home: Path) -> None:
    first = embedded.start(home)
    second = embedded.start(home)
    assert first.pid is not None
    assert second.pid is None
    second.stop()
    assert await ask(first, "show synchronous_commit") == "on"
    assert await ask(second, "select current_user", Login.APP) == "talkoot_app"
    first.stop()


async def test_a_killed_server_starts_again_with_its_data(home: Path) -> None:
    first = embedded.start(home)
    engine = create_async_engine(first.url(), poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.execute(text("create table kept as select 7 as number"))
    await engine.dispose()
    first.kill()
    again = embedded.start(home)
    assert await ask(again, "select number from kept") == "7"
    again.stop()


def test_a_running_database_is_not_removed(home: Path) -> None:
    server = embedded.start(home, durability=Durability.MEMORY)
    with pytest.raises(NoPostgres, match="running"):
        embedded.remove(home)
    server.stop()
    embedded.remove(home)
    assert not (home / "postgres").exists()


async def test_a_long_path_gets_a_socket_elsewhere(home: Path) -> None:
    deep = home / ("a-rather-long-name-" * 5)
    server = embedded.start(deep, durability=Durability.MEMORY)
    assert len(str(server.socket)) < embedded.SOCKET_PATH_MAX
    assert await ask(server, "select 1") == "1"
    server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to step down to another account")
async def test_root_behind_a_closed_folder_keeps_its_data_elsewhere_and_says_where(
    home: Path,
) -> None:
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    server = embedded.start(closed / "home", durability=Durability.MEMORY)
    place = embedded.place_of(closed / "home", embedded.service_account())
    assert (closed / "home" / "postgres-is-in.txt").read_bytes().decode().strip() == str(place)
    assert place.is_relative_to(embedded.STATE_FOLDER)
    assert await ask(server, "select 1") == "1"
    server.stop()
    embedded.remove(closed / "home")
    assert not place.exists()


def test_an_account_enters_only_where_every_folder_lets_it(tmp_path: Path) -> None:
    inner = tmp_path / "outer" / "inner"
    inner.mkdir(parents=True)
    (tmp_path / "outer").chmod(0o700)
    assert not Account(uid=65_533, gid=65_533).may_enter(inner)
    assert Account(uid=None, gid=None).may_enter(inner)
