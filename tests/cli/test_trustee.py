"""A trustee's key on two media: made, checked, and what is said where one is lost or wrong."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from talkoot import cli
from talkoot.cli.trustee import KEY_FILE, PUBLIC_FILE
from talkoot.voting.sealing import trustee_from_json, unlocked

PASSPHRASE = "kahvi ja pulla ja sima"  # noqa: S105 - of keys made for this test


@pytest.fixture
def media(tmp_path: Path) -> tuple[Path, Path]:
    for name in ("blue", "red"):
        (tmp_path / name).mkdir()
    (tmp_path / "passphrase").write_text(PASSPHRASE + "\n", encoding="utf-8")
    return tmp_path / "blue", tmp_path / "red"


def talkoot(words: str, *media: Path, typed: str | None = None, name: str = "") -> Result:
    arguments = ["trustee", words, *([name] if name else [])]
    for medium in media:
        arguments += ["--medium", str(medium)]
    if typed is None:
        arguments += ["--passphrase-file", str(media[0].parent / "passphrase")]
    return CliRunner().invoke(cli.talkoot, arguments, input=typed)


def made(media: tuple[Path, Path]) -> Result:
    answer = talkoot("new", *media, name="Aino Aalto")
    assert answer.exit_code == 0, answer.output
    return answer


def test_a_key_is_made_on_two_media_and_both_open_it(media: tuple[Path, Path]) -> None:
    assert "The key of Aino Aalto is on both media" in made(media).output
    one, other = ((medium / KEY_FILE).read_bytes() for medium in media)
    assert one == other
    key = unlocked(one, PASSPHRASE)
    assert trustee_from_json((media[0] / PUBLIC_FILE).read_bytes()) == key.public
    assert (media[0] / KEY_FILE).stat().st_mode & 0o077 == 0
    checked = talkoot("check", *media)
    assert checked.exit_code == 0
    assert "Both media agree" in checked.output


def test_the_passphrase_is_asked_for_twice_and_never_shown(media: tuple[Path, Path]) -> None:
    other = "toinen salasana"
    typed = f"{PASSPHRASE}\n{other}\n{PASSPHRASE}\n{PASSPHRASE}\n"
    answer = talkoot("new", *media, typed=typed, name="Aino")
    assert answer.exit_code == 0
    assert "do not match" in answer.output
    assert PASSPHRASE not in answer.output
    assert unlocked((media[1] / KEY_FILE).read_bytes(), PASSPHRASE).name == "Aino"
    assert talkoot("check", *media, typed=PASSPHRASE + "\n").exit_code == 0


def test_new_shows_the_fingerprint_that_check_shows(media: tuple[Path, Path]) -> None:
    lines = [*made(media).output.splitlines(), *talkoot("check", *media).output.splitlines()]
    assert len({line for line in lines if line.startswith("Fingerprint")}) == 1


def test_one_medium_is_not_two(media: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(media[0])
    inside = media[0] / "folder"
    inside.mkdir()
    for second in (media[0], tmp_path / "link", inside):
        answer = talkoot("new", media[0], second, name="Aino")
        assert "are one medium" in str(answer.exception)
    assert "give --medium twice" in talkoot("new", media[0], name="Aino").output
    assert not (media[0] / KEY_FILE).exists()


def test_two_folders_of_one_disk_are_allowed_with_a_warning(media: tuple[Path, Path]) -> None:
    assert "Both folders are on one medium" in made(media).stderr


def test_no_key_is_written_over(media: tuple[Path, Path]) -> None:
    made(media)
    before = (media[0] / KEY_FILE).read_bytes()
    assert "nothing is ever written over a key" in str(
        talkoot("new", *media, name="Aino").exception
    )
    assert (media[0] / KEY_FILE).read_bytes() == before


def test_a_short_passphrase_and_an_empty_name_make_no_key(media: tuple[Path, Path]) -> None:
    assert "12 symbols" in str(talkoot("new", *media, typed="short\nshort\n", name="A").exception)
    assert "a trustee has a name" in talkoot("new", *media, name=" ").output
    assert not (media[0] / KEY_FILE).exists()


def test_t18_a_lost_medium_is_named_and_the_other_still_opens(media: tuple[Path, Path]) -> None:
    made(media)
    (media[0] / KEY_FILE).unlink()
    answer = talkoot("check", *media)
    assert "The passphrase opens the key of Aino Aalto" in answer.output
    assert f"{media[0]} holds no {KEY_FILE}" in str(answer.exception)
    (media[1] / KEY_FILE).unlink()
    assert "copy 1 is lost; copy 2 is lost" in str(talkoot("check", *media).exception)


def test_t18_a_damaged_medium_is_named(media: tuple[Path, Path]) -> None:
    made(media)
    (media[1] / KEY_FILE).write_bytes(b"{")
    assert f"{media[1]}: this is no trustee's key file" in str(talkoot("check", *media).exception)


def test_t18_another_key_or_public_half_on_one_medium_is_named(
    media: tuple[Path, Path], tmp_path: Path
) -> None:
    made(media)
    others = tmp_path / "green", tmp_path / "grey"
    for folder in others:
        folder.mkdir()
    made(others)
    (media[1] / PUBLIC_FILE).write_bytes((others[0] / PUBLIC_FILE).read_bytes())
    answer = talkoot("check", *media)
    assert f"{media[1]} lacks the public half, or has another one" in str(answer.exception)
    (media[1] / KEY_FILE).write_bytes((others[0] / KEY_FILE).read_bytes())
    assert f"{media[1]} holds another key" in str(talkoot("check", *media).exception)


def test_a_wrong_passphrase_is_said_of_each_medium(media: tuple[Path, Path]) -> None:
    made(media)
    answer = talkoot("check", *media, typed="some other words\n")
    assert str(answer.exception).count("the passphrase does not open the key of Aino Aalto") == 2
