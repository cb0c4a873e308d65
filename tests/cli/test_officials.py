"""The commands about officials: invite, list, disable, and a passkey in a file that signs."""

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio
from click.testing import CliRunner, Result

from talkoot.base.clock import system_clock
from talkoot.base.db import Database
from talkoot.base.db.embedded import Login, Server
from talkoot.base.errors import NotAllowed, NotFound
from talkoot.base.officials import OfficialId, OfficialRole
from talkoot.cli import talkoot
from talkoot.people import (
    asserted,
    invited_by,
    key_file_opened,
    passkeys_of,
    signatures_of,
)
from tests.people.made_up import HOME, MANAGER, PARTY, an_official, towns

PASSPHRASE = "kolme kuusta mäellä"  # noqa: S105 - opens what this test makes


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The command line on a database with two towns."""

    database: Database
    folder: Path

    async def says(self, *words: str) -> Result:
        """Run a command in a thread: it brings its own event loop."""
        return await asyncio.to_thread(CliRunner().invoke, talkoot, ["official", *words])

    async def done(self, *words: str) -> str:
        """Run a command that must succeed."""
        result = await self.says(*words)
        assert result.exit_code == 0, (result.output, result.exception)
        return result.stdout

    async def invited(self, name: str, mail: str) -> tuple[OfficialId, str]:
        """Invite somebody new; give the id and the link."""
        printed = await self.done(
            "invite", "koe", "--name", name, "--mail", mail, "--role", "election-manager"
        )
        link = re.search(r"http\S+", printed)
        assert link
        return OfficialId(UUID(printed.split()[0])), link[0]


@pytest_asyncio.fixture
async def office(
    server: Server,
    database_name: str,
    desk: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Office:
    """Two towns, and settings that lead to them."""
    url = server.url(login=Login.DESK, database=database_name)
    monkeypatch.setenv("TALKOOT_DATABASE_URL", url)
    monkeypatch.setenv("TALKOOT_HOME", str(tmp_path))
    async with desk.writing() as session:
        await towns(session)
    return Office(database=desk, folder=tmp_path)


async def test_an_invitation_is_a_link_whose_secret_no_server_log_sees(office: Office) -> None:
    official_id, link = await office.invited("Aino Esimerkki", "Aino@koe.example")
    way, _, token = link.partition("#")
    assert way == "http://localhost:8000/fi/desk/invitation"
    async with office.database.writing() as session:
        found = await invited_by(session, token, at=system_clock())
    assert (found.id, found.mail) == (official_id, "aino@koe.example")
    assert found.roles == frozenset({MANAGER})


async def test_a_second_invitation_ends_the_first(office: Office) -> None:
    _, first = await office.invited("Aino", "aino@koe.example")
    printed = await office.done("invite", "koe", "--mail", "aino@koe.example")
    second = printed.rpartition("#")[2].strip()
    async with office.database.writing() as session:
        assert (await invited_by(session, second, at=system_clock())).name == "Aino"
        with pytest.raises(NotAllowed):
            await invited_by(session, first.partition("#")[2], at=system_clock())


async def test_inviting_changes_nobody_who_is_on_file(office: Office) -> None:
    await office.invited("Aino", "aino@koe.example")
    more = await office.says("invite", "koe", "--mail", "aino@koe.example", "--role", "auditor")
    assert more.exit_code == 2
    assert "on file" in more.output
    nameless = await office.says("invite", "koe", "--mail", "otto@koe.example")
    assert isinstance(nameless.exception, NotAllowed)
    nowhere = await office.says("invite", "xyz", "--mail", "otto@koe.example")
    assert isinstance(nowhere.exception, NotFound)


async def test_officials_are_listed_and_disabled(office: Office) -> None:
    official_id, _ = await office.invited("Aino", "aino@koe.example")
    listed = await office.done("list", "koe")
    assert f"{official_id}  Aino <aino@koe.example>  election-manager  0 passkeys" in listed
    assert "disabled" not in listed
    assert await office.done("disable", str(official_id)) == "Aino is disabled\n"
    assert "disabled" in await office.done("list", "koe")
    assert await office.done("list", "toinen") == ""


async def test_a_passkey_file_is_on_the_list_as_one_and_signs(office: Office) -> None:
    official_id, _ = await office.invited("Aino", "aino@koe.example")
    words, path = office.folder / "passphrase", office.folder / "aino.passkey.json"
    words.write_text(f"{PASSPHRASE}\n", encoding="utf-8")
    made = ("passkey-file", str(official_id), str(path), "--passphrase-file", str(words))
    assert "is a passkey of Aino" in await office.done(*made)
    assert "1 passkeys (1 in files)" in await office.done("list", "koe")
    key = key_file_opened(path, PASSPHRASE)
    async with office.database.writing() as session:
        _, other = await an_official(session, "Otto")
        pair = await signatures_of(
            session,
            HOME,
            bytes(32),
            [asserted(each, bytes(32), PARTY) for each in (key, other)],
            roles={OfficialRole.ELECTION_MANAGER},
            party=PARTY,
        )
    assert pair[0].official_id == official_id
    again = await office.says(*made)
    assert isinstance(again.exception, NotAllowed)


async def test_a_passkey_file_that_cannot_be_put_on_the_list_is_not_made(office: Office) -> None:
    official_id, _ = await office.invited("Aino", "aino@koe.example")
    await office.done("disable", str(official_id))
    words, path = office.folder / "passphrase", office.folder / "aino.passkey.json"
    words.write_text(PASSPHRASE, encoding="utf-8")
    made = await office.says(
        "passkey-file", str(official_id), str(path), "--passphrase-file", str(words)
    )
    assert isinstance(made.exception, NotAllowed)
    async with office.database.writing() as session:
        assert await passkeys_of(session, official_id) == ()
    assert not path.exists()
