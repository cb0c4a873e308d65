"""A passkey in a file: answers like an authenticator, opens by its passphrase alone."""

import json
import stat
from pathlib import Path

import pytest

from talkoot.base.errors import BadFile, NotAllowed
from talkoot.base.passkeys import relying_party, verified
from talkoot.people import asserted, key_file_made, key_file_opened
from tests.people.made_up import PARTY

PASSPHRASE = "kolme kuusta mäellä"  # noqa: S105 - opens what this test makes


def test_a_key_file_answers_a_challenge_as_an_authenticator_would(tmp_path: Path) -> None:
    path = tmp_path / "aino.passkey.json"
    made = key_file_made(path, PASSPHRASE)
    key = key_file_opened(path, PASSPHRASE)
    assert key.public_key == made.public_key
    assertion = asserted(key, bytes(32), PARTY)
    count = verified(
        assertion, made.public_key, challenge=bytes(32), rp_id=PARTY.id, origin=PARTY.origin
    )
    assert count == 0
    other = relying_party("https://osallistu.example.fi")
    with pytest.raises(NotAllowed):
        verified(
            assertion, made.public_key, challenge=bytes(32), rp_id=other.id, origin=other.origin
        )


def test_a_key_file_is_its_owners_and_holds_no_private_part_in_clear(tmp_path: Path) -> None:
    path = tmp_path / "aino.passkey.json"
    key = key_file_made(path, PASSPHRASE)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    scalar = key.private_key.private_numbers().private_value
    assert scalar.to_bytes(32, "big").hex() not in path.read_text()
    assert "private" not in repr(key)
    with pytest.raises(FileExistsError):
        key_file_made(path, PASSPHRASE)


def test_a_wrong_passphrase_and_a_changed_file_are_refused(tmp_path: Path) -> None:
    path, second = tmp_path / "a.json", tmp_path / "b.json"
    key_file_made(path, PASSPHRASE)
    key_file_made(second, PASSPHRASE)
    with pytest.raises(NotAllowed, match="passphrase"):
        key_file_opened(path, PASSPHRASE + "x")
    stored, other = json.loads(path.read_text()), json.loads(second.read_text())
    for name in ("credential_id", "public_key", "salt", "nonce", "sealed"):
        path.write_text(json.dumps({**stored, name: other[name]}))
        with pytest.raises(NotAllowed):
            key_file_opened(path, PASSPHRASE)
    path.write_text(json.dumps(stored))
    assert key_file_opened(path, PASSPHRASE).public_key


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": 1}', "\x00"])
def test_what_is_no_key_file_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x"
    path.write_text(text)
    with pytest.raises(BadFile, match="no passkey file"):
        key_file_opened(path, PASSPHRASE)
    with pytest.raises(BadFile, match="no passkey file"):
        key_file_opened(tmp_path / "nothing", PASSPHRASE)


def test_a_short_passphrase_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotAllowed, match="at least 12"):
        key_file_made(tmp_path / "x", "x" * 11)
