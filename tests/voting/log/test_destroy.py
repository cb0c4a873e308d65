"""T11, second half: once keys are destroyed nothing maps a voter key to a person any more."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from talkoot.base.db import Database, WriteSession
from talkoot.base.ids import ElectionId, VoterKey
from talkoot.voting.log import ActKind, ElectionState, sealing_of
from talkoot.voting.log.destroy import voter_keys_destroyed
from talkoot.voting.roll import NoKeys, create_keys, keys_for, secrets_destroyed, voter_key
from tests.voting.log.sealed import an_election_that_is, devices_settled, done

PERSONS_ON_ROLL = 200
SCHEME = "register-row"


@dataclass(frozen=True, slots=True)
class Dump:
    """What a thief of the database, or of a backup of it, has in hand."""

    anchors: list[str]
    keys: set[bytes]


async def dump_of(session: WriteSession, election_id: ElectionId) -> Dump:
    """Read every row that could help."""
    asked = {"id": election_id}
    anchors = await session.scalars(
        text("select anchor from roll_person where election_id = :id"), asked
    )
    keys = await session.scalars(
        text(
            "select voter_key from entry where election_id = :id union all"
            " select voter_key from standing where election_id = :id union all"
            " select voter_key from roll_session where election_id = :id"
        ),
        asked,
    )
    return Dump(list(anchors), set(keys))


def mapped(dump: Dump, folder: Path, election_id: ElectionId) -> int:
    """How many persons of the roll a thief finds behind a voter key, with the secrets left."""
    try:
        secret = keys_for(folder, election_id)
    except NoKeys:
        return 0
    return sum(voter_key(secret, election_id, SCHEME, each) in dump.keys for each in dump.anchors)


async def voted(session: WriteSession, election_id: UUID, anchor: str, key: VoterKey) -> None:
    """Put a person on the roll, and an entry of theirs into the log, which stands."""
    row = {
        "id": election_id,
        "person": uuid4(),
        "submission": uuid4(),
        "anchor": anchor,
        "scheme": SCHEME,
        "key": key,
        "hash": sha256(key).digest(),
        "what": sha256(anchor.encode()).digest(),
        "token": sha256(b"token" + key).digest(),
    }
    for statement in (
        (
            "insert into roll_person (id, election_id, anchor_scheme, anchor, birth_year,"
            " area_code, language) values (:person, :id, :scheme, :anchor, 1980, '', 'fi')"
        ),
        (
            "insert into entry (election_id, submission_id, voter_key, entry_hash, definition_hash,"
            " channel, rank, round, beacon, what)"
            " values (:id, :submission, :key, :hash, :hash, 'web', 1, 1, 0, :what)"
        ),
        (
            "insert into standing (election_id, voter_key, entry_hash, rank, round, beacon, casts)"
            " values (:id, :key, :hash, 1, 1, 0, 1)"
        ),
        (
            "insert into roll_session (token_hash, election_id, voter_key, method, form_token,"
            " seen_at, expires_at) values (:token, :id, :key, 'code', :token, now(), now())"
        ),
    ):
        await session.execute(text(statement), row)


async def test_t11_after_destruction_no_key_is_mapped_to_a_person_even_from_the_newest_backup(
    desk: Database, tmp_path: Path
) -> None:
    async with desk.writing() as session:
        election = await an_election_that_is(session, ElectionState.OPEN)
        secret = create_keys(tmp_path, election.id)
        for number in range(PERSONS_ON_ROLL):
            anchor = f"row-{number}"
            key = voter_key(secret, election.id, SCHEME, anchor)
            await voted(session, election.id, anchor, key)
    (tmp_path / f"{election.id}.registrar").write_text("ab" * 32, encoding="ascii")
    kept_aside = tmp_path / "same blocks"
    kept_aside.hardlink_to(tmp_path / f"{election.id}.keys")
    before = kept_aside.read_bytes()
    async with desk.writing() as session:
        for kind in (ActKind.CLOSE, ActKind.RECONCILE):
            await done(session, election.id, kind)
        await devices_settled(session, election.id)
        for kind in (ActKind.TALLY, ActKind.FINAL):
            await done(session, election.id, kind)
        backup = await dump_of(session, election.id)
    # The control: before destruction every key leads to its person, by database and by backup.
    assert mapped(backup, tmp_path, election.id) == PERSONS_ON_ROLL

    async with desk.writing() as session:
        await done(session, election.id, ActKind.DESTROY)
        gone = secrets_destroyed(tmp_path, election.id)
    assert len(gone) == 2
    assert kept_aside.read_bytes() != before
    assert not list(tmp_path.glob(f"*{election.id}*"))  # noqa: ASYNC240  a test waits for nobody

    async with desk.writing() as session:
        after = await dump_of(session, election.id)
        setup = await sealing_of(session, election.id)
    assert after.keys == {bytes(16)}
    assert setup is not None
    assert all(wrap.box is None for wrap in setup.wraps)
    assert mapped(after, tmp_path, election.id) == 0
    assert mapped(backup, tmp_path, election.id) == 0
    assert secrets_destroyed(tmp_path, election.id) == ()


async def test_with_the_secret_kept_the_newest_backup_would_still_tell(
    desk: Database, tmp_path: Path
) -> None:
    """The control: rows alone taken out of the database do not keep the promise."""
    async with desk.writing() as session:
        election = await an_election_that_is(session, ElectionState.FINAL)
        secret = create_keys(tmp_path, election.id)
        await voted(session, election.id, "row-1", voter_key(secret, election.id, SCHEME, "row-1"))
        backup = await dump_of(session, election.id)
        await done(session, election.id, ActKind.DESTROY)
        after = await dump_of(session, election.id)
    assert mapped(after, tmp_path, election.id) == 0
    assert mapped(backup, tmp_path, election.id) == 1


@pytest.mark.parametrize("state", [ElectionState.OPEN, ElectionState.FINAL])
async def test_no_voter_key_goes_before_its_time(
    session: WriteSession, state: ElectionState
) -> None:
    election = await an_election_that_is(session, state)
    with pytest.raises(DBAPIError, match="keys are destroyed"):
        await voter_keys_destroyed(session, election.id)
