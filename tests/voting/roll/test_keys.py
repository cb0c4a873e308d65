"""Keys: files of one account, made once, and the voter keys that come of them."""

import os
import stat
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talkoot.base.errors import BadFile, NotAllowed
from talkoot.base.ids import ElectionId
from talkoot.voting.roll import (
    AnchorScheme,
    ElectionKeys,
    NoKeys,
    create_keys,
    keys_for,
    voter_key,
)
from talkoot.voting.roll.keys import pseudonym

ELECTION = ElectionId(UUID(bytes=bytes(range(16))))
ZERO = ElectionKeys(pseudonym=bytes(32), code_pepper=bytes(32))


def test_the_published_vector_holds() -> None:
    found = pseudonym(ZERO, ELECTION, AnchorScheme.FINNISH_IDENTITY_CODE, "131052-308T")
    assert found.hex() == "1779c12d9b4b8adad753942299801960e393f3cc9100a0a1973e71bca0ee6e40"
    key = voter_key(ZERO, ELECTION, AnchorScheme.FINNISH_IDENTITY_CODE, "131052-308T")
    assert key.hex() == "1779c12d9b4b8adad753942299801960"


@given(st.tuples(st.text(), st.text()), st.tuples(st.text(), st.text()))
def test_two_persons_never_share_a_key(one: tuple[str, str], other: tuple[str, str]) -> None:
    """Where scheme ends and anchor begins is part of what is hashed."""
    equal = pseudonym(ZERO, ELECTION, *one) == pseudonym(ZERO, ELECTION, *other)
    normal = [[unicodedata.normalize("NFC", x) for x in pair] for pair in (one, other)]
    assert equal == (normal[0] == normal[1])


def test_keys_of_two_elections_cannot_be_joined() -> None:
    other = ElectionId(UUID(int=1))
    assert voter_key(ZERO, ELECTION, "register-row", "1") != voter_key(
        ZERO, other, "register-row", "1"
    )


def test_keys_are_kept_for_this_account_alone(tmp_path: Path) -> None:
    folder = tmp_path / "home" / "keys"
    old = os.umask(0)
    try:
        made = create_keys(folder, ELECTION)
    finally:
        os.umask(old)
    assert keys_for(folder, ELECTION) == made
    assert made.pseudonym != made.code_pepper
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    (file,) = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_an_open_folder_is_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    create_keys(tmp_path, ELECTION)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_keys_are_never_replaced(tmp_path: Path) -> None:
    made = create_keys(tmp_path, ELECTION)
    with pytest.raises(NotAllowed, match="already"):
        create_keys(tmp_path, ELECTION)
    assert keys_for(tmp_path, ELECTION) == made


def test_of_many_who_create_at_once_one_succeeds_and_nothing_half_is_left(tmp_path: Path) -> None:
    def attempt(_: int) -> ElectionKeys | None:
        try:
            return create_keys(tmp_path, ELECTION)
        except NotAllowed:
            return None

    with ThreadPoolExecutor(8) as threads:
        made = [keys for keys in threads.map(attempt, range(40)) if keys is not None]
    assert made == [keys_for(tmp_path, ELECTION)]
    assert len(list(tmp_path.iterdir())) == 1


def test_missing_keys_say_so(tmp_path: Path) -> None:
    with pytest.raises(NoKeys, match="no keys"):
        keys_for(tmp_path, ElectionId(uuid4()))


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_keys_that_others_can_read_are_not_used(tmp_path: Path, mode: int) -> None:
    create_keys(tmp_path, ELECTION)
    (tmp_path / f"{ELECTION}.keys").chmod(mode)
    with pytest.raises(NotAllowed, match="0600"):
        keys_for(tmp_path, ELECTION)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "pseudonym 00\ncode_pepper 00\n",
        "pseudonym " + "00" * 32,
        f"code_pepper {'00' * 32}\npseudonym {'00' * 32}\n",
        f"pseudonym {'xy' * 32}\ncode_pepper {'00' * 32}\n",
        f"pseudonym {'00' * 32} 1\ncode_pepper {'00' * 32}\n",
        "pseudonym ä",
    ],
)
def test_a_damaged_file_is_refused(tmp_path: Path, words: str) -> None:
    path = tmp_path / f"{ELECTION}.keys"
    path.write_text(words, encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(BadFile, match="does not hold"):
        keys_for(tmp_path, ELECTION)


def test_keys_do_not_show_in_a_trace() -> None:
    keys = ElectionKeys(pseudonym=b"\xaa" * 32, code_pepper=b"\xbb" * 32)
    assert "aa" not in repr(keys).replace("code_pepper", "")
    assert repr(keys) == "ElectionKeys()"
