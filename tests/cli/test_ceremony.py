"""A sealed election by its commands, as people run them: sealed, rehearsed, exported, counted."""

import asyncio
import json
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from subprocess import CompletedProcess
from uuid import UUID

import pytest
from sqlalchemy import text

from talkoot.base.db import Database
from talkoot.base.db.embedded import Login, Server
from talkoot.base.errors import NotAllowed
from talkoot.base.officials import OfficialRole
from talkoot.base.passkeys import KeyKind
from talkoot.people import Passkey, key_file_made, official_kept, passkey_added
from talkoot.rounds import round_of
from talkoot.voting.board import waiting_count
from talkoot.voting.intake import Door, Recorded
from talkoot.voting.log import ActKind, Election, frozen_sealed, sealing_kept, sealing_of
from talkoot.voting.sealing import locked
from tests.cli.processes import talkoot
from tests.voting.log.made_up import NOON, OPENS, a_cast
from tests.voting.log.sealed import a_freeze, signed
from tests.voting.log.sealed import done as done_by_two
from tests.voting.results.made_up import a_definition, a_town_with_an_open_election
from tests.voting.sealing_of import TRUSTEES, a_setup

PASSPHRASE = "yli kaksitoista merkkiä"  # noqa: S105 - it guards nothing


@pytest.fixture
def media(tmp_path: Path) -> list[Path]:
    """Every trustee's key file."""
    files = []
    for key in TRUSTEES:
        file = tmp_path / f"{key.name}.json"
        file.write_bytes(locked(key, PASSPHRASE))
        files.append(file)
    (tmp_path / "passphrase").write_text(PASSPHRASE + "\n")
    return files


def brought(media: list[Path]) -> list[str]:
    """These media on the command line, each with its passphrase."""
    words: list[str] = []
    for file in media:
        words += ["--medium", str(file), "--passphrase-file", str(file.parent / "passphrase")]
    return words


async def run(url: str, tmp_path: Path, *words: str) -> CompletedProcess[str]:
    return await asyncio.to_thread(talkoot, tmp_path / "home", *words, TALKOOT_DATABASE_URL=url)


async def a_frozen_one(desk: Database) -> Election:
    """A sealed election of a town, frozen by two."""
    plain = await a_town_with_an_open_election(desk, a_definition(election_id=UUID(int=99)))
    definition = a_definition()
    request = a_freeze(definition)
    async with desk.writing() as session:
        return await frozen_sealed(
            session,
            definition,
            request,
            round_id=plain.round_id,
            signed=signed(request),
            at=OPENS - timedelta(days=7),
        )


async def officials(desk: Database, election: Election, folder: Path) -> list[str]:
    """Two officials with key files, as they sign on the command line."""
    words = ["--reason", "As the council decided."]
    for name in ("Aino Esimerkki", "Otto Esimerkki"):
        file = folder / f"{name}.key"
        key = key_file_made(file, PASSPHRASE)
        async with desk.writing() as session:
            town = (await round_of(session, election.round_id)).municipality_id
            owner = await official_kept(
                session,
                municipality_id=town,
                name=name,
                mail=f"{name.partition(' ')[0].lower()}@example.org",
                roles=[OfficialRole.ELECTION_MANAGER],
            )
            passkey = Passkey(
                credential_id=key.credential_id,
                official_id=owner.id,
                public_key=key.public_key,
                key_kind=KeyKind.FILE,
                words=name,
                sign_count=0,
                added_at=OPENS,
            )
            await passkey_added(session, passkey)
        words += ["--key", str(file), "--key-passphrase-file", str(folder / "passphrase")]
    return words


async def test_an_election_is_sealed_once_and_every_group_of_trustees_rehearses(
    server: Server, database_name: str, desk: Database, tmp_path: Path, media: list[Path]
) -> None:
    url = server.url(login=Login.DESK, database=database_name)
    election = await a_frozen_one(desk)
    id_ = str(election.id)
    signing = await officials(desk, election, tmp_path)
    board = await run(url, tmp_path, "board", "start", id_)
    assert board.returncode == 0, board.stderr
    trustees = [word for file in media for word in ("--trustee", str(file))]
    early = await run(url, tmp_path, "rehearse", id_, *brought(media), *signing)
    assert "sealed to nobody yet" in early.stderr
    done = await run(url, tmp_path, "seal", id_, *trustees, "--threshold", "2")
    assert done.returncode == 0, done.stderr
    assert "any 2 of Aila, Börje, Cilla open it" in done.stdout
    again = await run(url, tmp_path, "seal", id_, *trustees, "--threshold", "2")
    assert "sealed to its trustees already" in again.stderr
    registrar = tmp_path / "home" / "keys" / f"{id_}.registrar"
    assert registrar.stat().st_mode & 0o777 == 0o600
    async with desk.writing() as session:
        setup = await sealing_of(session, election.id)
    assert setup is not None
    assert bytes.fromhex(registrar.read_text()) not in setup.canonical
    missing = await run(url, tmp_path, "rehearse", id_, *brought(media[1:]), *signing)
    assert missing.returncode == 1
    assert "missing: Aila" in missing.stderr
    with pytest.raises(NotAllowed, match="no rehearsal has passed"):
        async with desk.writing() as session:
            await done_by_two(session, election.id, ActKind.OPEN)
    rehearsal = await run(url, tmp_path, "rehearse", id_, *brought(media), *signing)
    assert rehearsal.returncode == 0, rehearsal.stderr
    assert "3 groups opened the dummy ballot, and 3 that are too small did not" in rehearsal.stdout
    async with desk.writing() as session:
        leaves = text("select kind from board_leaf order by index")
        assert (await session.scalars(leaves)).all() == ["definition", "act", "sealing", "act"]
        await done_by_two(session, election.id, ActKind.OPEN)


async def test_a_box_goes_out_is_counted_without_a_database_and_comes_back(  # noqa: PLR0917
    server: Server,
    database_name: str,
    database: Database,
    desk: Database,
    tmp_path: Path,
    media: list[Path],
) -> None:
    url = server.url(login=Login.DESK, database=database_name)
    election = await a_frozen_one(desk)
    signing = await officials(desk, election, tmp_path)
    async with desk.writing() as session:
        await sealing_kept(session, a_setup(election.definition))
        for kind in (ActKind.REHEARSE, ActKind.OPEN):
            await done_by_two(session, election.id, kind)
    async with Door(database) as door:
        for projects in ("12", "1", "23", "135"):
            assert isinstance(await door.cast(a_cast(election, projects=projects), NOON), Recorded)
    id_, box, public = str(election.id), str(tmp_path / "box"), str(tmp_path / "public")
    assert (await run(url, tmp_path, "board", "start", id_)).returncode == 0
    early = await run(url, tmp_path, "export-log", id_, box)
    assert "nothing is shown before it closes" in early.stderr
    async with desk.writing() as session:
        assert await waiting_count(session, election.id) == 4
        for kind in (ActKind.CLOSE, ActKind.RECONCILE):
            await done_by_two(session, election.id, kind)
    waiting = await run(url, tmp_path, "export-log", id_, box)
    assert "ballots wait for the board" in waiting.stderr
    assert (await run(url, tmp_path, "board", "publish", id_)).returncode == 0
    out = await run(url, tmp_path, "export-log", id_, box)
    assert out.returncode == 0, out.stderr
    assert "CONFIDENTIAL" in out.stderr
    nowhere = "postgresql://nobody@127.0.0.1:1/none"
    few = await run(nowhere, tmp_path, "tally", box, *brought(media[:1]), "--out", public)
    assert "2 trustees are needed and 1 are here" in few.stderr
    done = await run(nowhere, tmp_path, "tally", box, *brought(media[1:]), "--out", public)
    assert done.returncode == 0, done.stderr
    assert "4 entries: 4 counted, 0 superseded, 0 spoiled" in done.stdout
    transcript = json.loads((tmp_path / "public" / "transcript.json").read_text())
    assert transcript["trustees"] == ["Börje", "Cilla"]
    # Four ballots, each like no other: above 30 % those who sign have to say so (T15).
    assert "4 of 4 ballots (100 %) are like no other" in done.stdout
    unsaid = await run(url, tmp_path, "publish-tally", id_, public, *signing)
    assert "say so by --unique-ballots 4" in unsaid.stderr
    saying = (*signing, "--unique-ballots", "4")
    back = await run(url, tmp_path, "publish-tally", id_, public, *saying)
    assert back.returncode == 0, back.stderr
    async with desk.writing() as session:
        leaves = await session.execute(text("select kind, content from board_leaf order by index"))
        found = [(kind, content) for kind, content in leaves]
        said = await session.scalar(text("select payload from act where kind = 'tally'"))
    assert said["unique_ballots"] == 4
    named = sha256((tmp_path / "public" / "transcript.json").read_bytes()).digest()
    kinds = [kind for kind, _ in found]
    assert sorted(kinds[:6]) == ["act", "act", "act", "definition", "devices", "sealing"]
    assert kinds[6:10] == ["ballot"] * 4
    assert found[10] == ("transcript", named)
    assert kinds[11:] == ["result", "act", "act", "act", "rows"]
    twice = await run(url, tmp_path, "publish-tally", id_, public, *saying)
    assert twice.returncode == 1
