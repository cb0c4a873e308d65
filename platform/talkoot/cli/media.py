"""Trustees' keys from the media that they bring, and the passphrases that open them."""

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from talkoot.base.errors import NotAllowed
from talkoot.voting.sealing import TrusteeKey, public_of_file, unlocked

FILE = click.Path(path_type=Path, dir_okay=False)


def contents(file: Path) -> bytes:
    """Read a file of a ceremony. Raises :class:`NotAllowed` naming it where it cannot be read."""
    try:
        return file.read_bytes()
    except OSError as err:
        raise NotAllowed(f"{file}: {err.strerror or err}") from err


def trustee_keys(media: Sequence[Path], passphrase_files: Sequence[Path]) -> tuple[TrusteeKey, ...]:
    """Open the keys on these media.

    ``passphrase_files`` are as many, in the same order; without any each is asked for. Raises
    :class:`NotAllowed`, and :class:`BadKeyFile` for a file that does not open.
    """
    if passphrase_files and len(passphrase_files) != len(media):
        raise click.UsageError("give a --passphrase-file for every --medium, or for none")
    keys = []
    for place, medium in enumerate(media):
        content = contents(medium)
        if passphrase_files:
            passphrase = contents(passphrase_files[place]).decode().rstrip("\r\n")
        else:
            name = public_of_file(content).name
            passphrase = click.prompt(f"Passphrase of {name}", hide_input=True, err=True)
        keys.append(unlocked(content, passphrase))
    return tuple(keys)


def signed_by_files(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command take two officials' key files, their passphrases and a reason."""
    for option in (
        click.option("--reason", required=True, help="Why, as it will be published."),
        click.option(
            "--key-passphrase-file",
            type=FILE,
            multiple=True,
            help="The key's passphrase (default: ask for it).",
        ),
        click.option(
            "--key", type=FILE, multiple=True, required=True, help="An official's passkey file."
        ),
    ):
        command = option(command)
    return command
