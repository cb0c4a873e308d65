"""Acts on the command line: signed by two key files, and keys destroyed for good."""

import asyncio
import json
from pathlib import Path

import pytest
from sqlalchemy import text

from talkoot.base.db import Database
from talkoot.base.db.embedded import Login, Server
from talkoot.voting.log import (
    ActKind,
    ElectionState,
    acts_of,
    definition_json,
    election_of,
    sealing_kept,
)
from talkoot.voting.roll import create_keys
from tests.cli.test_ceremony import PASSPHRASE, a_frozen_one, officials, run
from tests.voting.log.sealed import done
from tests.voting.sealing_of import a_setup


async def appeals_end(desk: Database, at: str) -> None:
    """Move the end of appeals, as nobody could but for the test."""
    statement = f"update election set appeals_until = {at} where assurance = 'sealed'"  # noqa: S608
    async with desk.writing() as session:
        await session.execute(text(statement))


@pytest.mark.parametrize("backup", ["2999-01-01T00:00:00", None])
async def test_two_key_files_close_an_election_and_at_last_destroy_its_keys(
    server: Server, database_name: str, desk: Database, tmp_path: Path, backup: str | None
) -> None:
    url = server.url(login=Login.DESK, database=database_name)
    (tmp_path / "passphrase").write_text(PASSPHRASE, encoding="utf-8")
    election = await a_frozen_one(desk)
    signing, id_ = await officials(desk, election, tmp_path), str(election.id)
    secrets = tmp_path / "home" / "keys"
    create_keys(secrets, election.id)
    async with desk.writing() as session:
        await sealing_kept(session, a_setup(election.definition))
        await done(session, election.id, ActKind.REHEARSE)
    alone = [word for word in signing if "Otto" not in word][:4] + signing[4:6]
    refused = await run(url, tmp_path, "act", id_, "open", *alone)
    assert refused.returncode == 1, refused.stdout
    assert "two persons must sign" in refused.stderr
    for kind in ("open", "close", "reconcile"):
        acted = await run(url, tmp_path, "act", id_, kind, *signing)
        assert acted.returncode == 0, acted.stderr
    async with desk.writing() as session:
        for step in (ActKind.TALLY, ActKind.FINAL):
            await done(session, election.id, step)
    await appeals_end(desk, "timestamptz '2999-01-01'")
    early = await run(url, tmp_path, "destroy", id_, *signing)
    assert "the time for appeals has not passed" in early.stderr
    await appeals_end(desk, "closes_at + interval '1 second'")
    if backup is not None:
        words = ("--taken", "2026-01-01T00:00:00", "--expires", backup, "--place", "x", "--by", "y")
        declared = await run(url, tmp_path, "declare-backup", *words)
        assert declared.returncode == 0, declared.stderr
    last = await run(url, tmp_path, "destroy", id_, *signing)
    async with desk.writing() as session:
        state = (await election_of(session, election.id)).state
    if backup is None:
        assert "its keys are destroyed" in last.stdout, last.stderr
        assert (state, list(secrets.iterdir())) == (ElectionState.KEYS_DESTROYED, [])
    else:
        assert "a declared backup has not expired" in last.stderr
        assert (state, len(list(secrets.iterdir()))) == (ElectionState.FINAL, 1)


async def test_two_key_files_amend_a_frozen_ballot_and_what_changes_is_said_first(
    server: Server, database_name: str, desk: Database, tmp_path: Path
) -> None:
    url = server.url(login=Login.DESK, database=database_name)
    (tmp_path / "passphrase").write_text(PASSPHRASE, encoding="utf-8")
    election = await a_frozen_one(desk)
    signing, id_ = await officials(desk, election, tmp_path), str(election.id)
    file = tmp_path / "definition.json"
    plain = definition_json(election.definition)
    plain["budget"] += 100
    body = json.dumps(plain | {"hash": "as it was"})
    await asyncio.to_thread(file.write_text, body, encoding="utf-8")
    for words, reason in (
        (("--yes", *signing[:6]), "two persons must sign"),
        (signing, "Aborted"),  # nobody is there to say yes
        (("--yes", *signing), ""),
    ):
        ended = await run(url, tmp_path, "amend", id_, str(file), *words)
        assert (reason in ended.stderr, ended.returncode == 0) == (True, not reason), ended.stderr
        assert "The budget was" in ended.stdout
    async with desk.writing() as session:
        found, acts = await election_of(session, election.id), await acts_of(session, election.id)
    assert found.definition.budget == election.definition.budget + 100
    assert [(act.request.kind, act.earlier is None) for act in acts] == [
        (ActKind.FREEZE, True),
        (ActKind.AMEND, False),
    ]
