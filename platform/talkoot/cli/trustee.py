"""``talkoot trustee``: a trustee draws a key on two media, and sees later that both open it."""

import os
from dataclasses import dataclass
from pathlib import Path

import click

from talkoot.base.errors import TalkootError
from talkoot.voting.sealing import (
    TrusteePublic,
    key_from_either,
    locked,
    new_trustee,
    public_fingerprint,
    public_of_file,
    same_key,
    trustee_from_json,
    trustee_to_json,
    unlocked,
)

KEY_FILE = "talkoot-trustee-key.json"
PUBLIC_FILE = "talkoot-trustee-public.json"

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_MAYBE_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_passphrase_file = click.option(
    "--passphrase-file",
    type=_FILE,
    help="Read the passphrase from the first line of a file and do not ask.",
)


class BadMedium(TalkootError):
    """A folder that cannot be a trustee's medium; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """One of a trustee's two media, and what was found on it (``None``: nothing)."""

    folder: Path
    content: bytes | None
    public: bytes | None


@click.group()
def trustee() -> None:
    """Make and check the key with which a trustee helps to open an election's ballots."""


@trustee.command()
@click.argument("name")
@click.option(
    "--medium",
    "media",
    type=_FOLDER,
    multiple=True,
    required=True,
    help="A folder on a medium of the trustee's own. Give two, on two media.",
)
@_passphrase_file
def new(name: str, media: tuple[Path, ...], passphrase_file: Path | None) -> None:
    """Draw a key for the trustee NAME, and write it, under a passphrase, to two media."""
    one, other = _two(media)
    for folder in (one, other):
        _must_be_free(folder)
    key = new_trustee(_named(name))
    passphrase = _passphrase(passphrase_file, confirm=True)
    content, public = locked(key, passphrase), trustee_to_json(key.public)
    for folder in (one, other):
        _write(folder / KEY_FILE, content)
        _write(folder / PUBLIC_FILE, public)
    for folder in (one, other):
        _must_open(_read(folder), passphrase, key.public)
    click.echo(f"The key of {key.name} is on both media, and both open it.")
    click.echo(f"Fingerprint of the public key: {public_fingerprint(key.public)}")
    click.echo(
        f"Hand over {PUBLIC_FILE} only. Keep the media at two places, the passphrase at none."
    )
    if one.stat().st_dev == other.stat().st_dev:
        click.echo("Both folders are on one medium: if it is lost, so is the key.", err=True)


@trustee.command()
@click.option(
    "--medium",
    "media",
    type=_MAYBE_FOLDER,
    multiple=True,
    required=True,
    help="The folder of a medium. Give both.",
)
@_passphrase_file
def check(media: tuple[Path, ...], passphrase_file: Path | None) -> None:
    """See that both media hold the same key, and that the passphrase opens it."""
    found = [_read(folder) for folder in _two(media)]
    passphrase = _passphrase(passphrase_file, confirm=False)
    key = key_from_either([medium.content for medium in found], passphrase)
    click.echo(f"The passphrase opens the key of {key.name}.")
    click.echo(f"Fingerprint of the public key: {public_fingerprint(key.public)}")
    faults = [fault for medium in found if (fault := _fault(medium, passphrase, key.public))]
    if not faults and not same_key(*(medium.content or b"" for medium in found)):
        faults = ["the media hold two files of the key; keep one of them, and copy it to the other"]
    if faults:
        raise BadMedium(f"{'; '.join(faults)}. Copy the whole medium to a new one today.")
    click.echo("Both media agree.")


def _two(media: tuple[Path, ...]) -> tuple[Path, Path]:
    if len(media) != 2:  # noqa: PLR2004 - two media is the rule, said in the words below
        raise click.UsageError("give --medium twice: a key on one medium is a key half lost")
    one, other = (folder.resolve() for folder in media)
    if one == other or one in other.parents or other in one.parents or _same(one, other):
        raise BadMedium(f"{media[0]} and {media[1]} are one medium; the key must be on two")
    return media[0], media[1]


def _same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)


def _named(name: str) -> str:
    stripped = name.strip()
    if not stripped:
        raise click.UsageError("a trustee has a name")
    return stripped


def _must_be_free(folder: Path) -> None:
    for name in (KEY_FILE, PUBLIC_FILE):
        if (folder / name).exists():
            raise BadMedium(f"{folder} holds a {name} already; nothing is ever written over a key")


def _passphrase(file: Path | None, *, confirm: bool) -> str:
    if file is not None:
        lines = file.read_text(encoding="utf-8").splitlines()
        return lines[0] if lines else ""
    asked: str = click.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm)
    return asked


def _write(path: Path, content: bytes) -> None:
    """Write a new file through to its medium, for its owner's eyes."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _read(folder: Path) -> Medium:
    return Medium(
        folder=folder,
        content=_content(folder / KEY_FILE),
        public=_content(folder / PUBLIC_FILE),
    )


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _must_open(medium: Medium, passphrase: str, public: TrusteePublic) -> None:
    fault = _fault(medium, passphrase, public)
    if fault:
        raise BadMedium(f"{fault}. Do not use this key; make another on other media.")


def _fault(medium: Medium, passphrase: str, public: TrusteePublic) -> str | None:
    """What is wrong with a medium that should hold this key; ``None`` where nothing is."""
    if medium.content is None:
        return f"{medium.folder} holds no {KEY_FILE}"
    try:
        if public_of_file(medium.content) != public:
            return f"{medium.folder} holds another key"
        unlocked(medium.content, passphrase)
        if medium.public is None or trustee_from_json(medium.public) != public:
            return f"{medium.folder} lacks the public half, or has another one"
    except TalkootError as err:
        return f"{medium.folder}: {err}"
    return None
