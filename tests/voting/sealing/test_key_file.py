"""A trustee's key at rest: opens by its passphrase, from either medium, and says what is wrong."""

import pytest

from talkoot.voting.sealing import (
    BadKeyFile,
    key_from_either,
    locked,
    new_trustee,
    public_of_file,
    same_key,
    unlocked,
)

PASSPHRASE = "kahvi ja pulla ja sima"  # noqa: S105 - of a key made for this test
KEY = new_trustee("Åke")
FILE = locked(KEY, PASSPHRASE)


def test_a_key_comes_back_with_its_passphrase() -> None:
    assert unlocked(FILE, PASSPHRASE) == KEY
    assert public_of_file(FILE) == KEY.public


def test_a_passphrase_may_be_typed_in_either_form_of_unicode() -> None:
    assert unlocked(locked(KEY, "A\u030aland kahvi kahvi"), "\u00c5land kahvi kahvi") == KEY


def test_another_passphrase_opens_nothing() -> None:
    with pytest.raises(BadKeyFile, match="the passphrase does not open the key of Åke"):
        unlocked(FILE, PASSPHRASE + "!")


def test_a_short_passphrase_is_refused() -> None:
    with pytest.raises(BadKeyFile, match="12 symbols"):
        locked(KEY, "short")


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("Åke", "Ake", "was altered"),
        ("talkoot trustee key 1", "talkoot trustee key 9", "but 'talkoot trustee key 9'"),
        ('"name"', '"nome"', "no trustee's key file"),
        ('"salt": "', '"salt": "AAAA', "damaged"),
    ],
)
def test_an_altered_file_is_refused_in_words(old: str, new: str, why: str) -> None:
    altered = FILE.decode().replace(old, new, 1)
    assert altered != FILE.decode()
    with pytest.raises(BadKeyFile, match=why):
        unlocked(altered.encode(), PASSPHRASE)


def test_t18_where_one_medium_is_lost_or_damaged_the_other_opens() -> None:
    for copies in ([None, FILE], [FILE, None], [b"\xff", FILE], [FILE[:-40], FILE]):
        assert key_from_either(copies, PASSPHRASE) == KEY


def test_t18_where_both_media_are_lost_or_damaged_each_is_named() -> None:
    with pytest.raises(BadKeyFile) as raised:
        key_from_either([None, b"{}"], PASSPHRASE)
    assert "copy 1 is lost; copy 2: this is no trustee's key file" in str(raised.value)
    with pytest.raises(BadKeyFile, match="no copy was given"):
        key_from_either([], PASSPHRASE)


def test_two_files_are_compared() -> None:
    assert same_key(FILE, FILE)
    assert not same_key(FILE, locked(KEY, PASSPHRASE))


def test_t11_the_key_stands_nowhere_in_the_file() -> None:
    for form in (KEY.private.seed, KEY.private.seed.hex().encode()):
        assert form not in FILE
