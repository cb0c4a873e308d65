"""``talkoot witness``: watch a board from anywhere, and sign only what continues what was seen."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import click

from talkoot.base.bytes import Digest
from talkoot.base.clock import system_clock
from talkoot.base.errors import BadFile, BrokenLog, TalkootError, Unavailable
from talkoot.voting.board import (
    TILE_HEIGHT,
    TILE_WIDTH,
    BadNote,
    Checkpoint,
    Note,
    Span,
    Tile,
    Use,
    VerifierKey,
    consistency_ranges,
    cosigned,
    extends,
    is_signed,
    key_in,
    new_key,
    proof_of,
)

WAIT_S = 30
ANSWER_BYTES_MAX = 64 * 1024
"""The largest answer that is asked for is a tile of 8 kB."""


class Forked(BrokenLog):
    """The board shows another history than before: the witness refuses to sign it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a witness last signed of a board, and the key that signs the board."""

    log_key: str
    size: int
    root: str

    @classmethod
    def read(cls, file: Path) -> Self | None:
        """Read the state; ``None`` before the first signature. Raises :class:`BadFile`."""
        try:
            return cls(**json.loads(file.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (TypeError, ValueError) as err:
            raise BadFile(f"{file} is no state of a witness") from err

    def keep(self, file: Path) -> None:
        """Replace the state, whole or not at all."""
        half = file.with_name(f".{file.name}.new")
        state = {"log_key": self.log_key, "size": self.size, "root": self.root}
        half.write_text(json.dumps(state) + "\n", encoding="utf-8")
        half.replace(file)


class Board:
    """A board at an address: the public folder of an election, or its ``board`` itself."""

    def __init__(self, url: str) -> None:
        if urlsplit(url).scheme not in {"http", "https"}:
            raise BadFile("a board is at an address that begins with https:// or http://")
        base = url.rstrip("/")
        self.base = base if base.endswith("/board") else f"{base}/board"

    def get(self, name: str) -> bytes:
        """Fetch a file. Raises :class:`Unavailable`."""
        return self._asked(urllib.request.Request(f"{self.base}/{name}"))  # noqa: S310 - the scheme was checked

    def give(self, note: bytes) -> None:
        """Hand in a signature. Raises :class:`Unavailable`."""
        to = f"{self.base}/cosignatures"
        headers = {"content-type": "text/plain"}
        self._asked(urllib.request.Request(to, data=note, headers=headers))  # noqa: S310 - as above

    def _asked(self, request: urllib.request.Request) -> bytes:
        try:
            with urllib.request.urlopen(request, timeout=WAIT_S) as answer:  # noqa: S310 - as above
                return bytes(answer.read(ANSWER_BYTES_MAX))
        except (urllib.error.URLError, OSError) as err:
            raise Unavailable(f"{request.full_url}: {err}") from err

    def proof(self, old: int, new: int) -> list[Digest]:
        """Make the proof that ``new`` leaves begin with ``old``, from the tiles."""
        kept: dict[tuple[int, Tile], bytes] = {}

        def read(span: Span) -> Sequence[bytes]:
            number = span.start // TILE_WIDTH
            width = min(TILE_WIDTH, (new >> TILE_HEIGHT * span.level) - number * TILE_WIDTH)
            tile = Tile(number, width)
            key = (span.level, tile)
            if key not in kept:
                kept[key] = self.get(f"tile/{span.level}/{tile.name}")
            at = span.start - number * TILE_WIDTH
            cut = [kept[key][32 * n : 32 * n + 32] for n in range(at, at + span.count)]
            if any(len(each) != 32 for each in cut):  # noqa: PLR2004 - bytes of SHA-256
                raise Forked("a tile is shorter than the checkpoint says")
            return cut

        return proof_of(consistency_ranges(old, new), read)


def judged(board: Board, seen: Seen | None, log_key: VerifierKey) -> tuple[Note, Checkpoint]:
    """Give the board's checkpoint if it continues what was seen.

    Raises :class:`Forked` where it does not, or where another key signed it.
    """
    note = Note.read(board.get("checkpoint"))
    now = Checkpoint.read(note.text)
    if now.origin != log_key.name or not is_signed(note, log_key):
        raise Forked("the checkpoint is not signed by the key of this board")
    if seen is None:
        return note, now
    before = bytes.fromhex(seen.root)
    if now.size < seen.size:
        raise Forked(f"the board shrank from {seen.size} leaves to {now.size}")
    path = [] if now.size == seen.size else board.proof(seen.size, now.size)
    if not extends(seen.size, before, now.size, now.root, path):
        raise Forked(f"these {now.size} leaves do not begin with the {seen.size} seen before")
    return note, now


class _Watching(click.Group):
    """``talkoot witness URL`` is short for ``talkoot witness watch URL``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the word in where an address stands first."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = ["watch", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Watching)
def witness() -> None:
    """Witness a board: sign what continues what was seen before, and refuse every fork."""


@witness.command()
@click.option("--key", required=True, type=click.Path(path_type=Path), help="The file to make.")
@click.option("--name", required=True, help="Who witnesses, such as a host name of yours.")
def new(key: Path, name: str) -> None:
    """Draw a witness's key and print its public part for the election's officials."""
    click.echo(str(new_key(key, name, Use.WITNESS).verifier))


@witness.command()
@click.argument("url")
@click.option("--key", required=True, type=click.Path(path_type=Path), help="The witness's key.")
@click.option("--state", required=True, type=click.Path(path_type=Path), help="What was seen.")
@click.option("--log-key", help="The board's key, as published; needed the first time.")
@click.option("--every", default=600, type=click.IntRange(min=1), help="Seconds between looks.")
@click.option("--once", is_flag=True, help="Look once.")
def watch(url: str, *, key: Path, state: Path, log_key: str | None, every: int, once: bool) -> None:
    """Look at the board at URL, sign what continues what was seen, and hand the signature in.

    A fork ends it with status 1 and leaves the state as evidence. What is no checkpoint at all, and
    a board that does not answer, is said and looked at again.
    """
    board = Board(url)
    if once:
        _said(_looked(board, key, state, log_key))
    else:
        _watched(board, key, state, log_key, pause=lambda: time.sleep(every))


def _watched(
    board: Board, key: Path, state: Path, log_key: str | None, *, pause: Callable[[], None]
) -> None:
    """Look again and again. Raises :class:`Forked`, and nothing for what may pass."""
    while True:
        try:
            _said(_looked(board, key, state, log_key))
        except (Unavailable, BadNote) as err:
            click.echo(f"talkoot: {err}", err=True)
        pause()


def _said(now: Checkpoint) -> None:
    click.echo(f"signed {now.size} leaves, root {now.root.hex()}")


def _looked(board: Board, key: Path, state: Path, log_key: str | None) -> Checkpoint:
    signer = key_in(key)
    if signer.use is not Use.WITNESS:
        raise BadFile(f"{key} is not a witness's key")
    seen = Seen.read(state)
    if seen is None and log_key is None:
        raise TalkootError("name the board's key by --log-key the first time")
    words = log_key if seen is None else seen.log_key
    if words is None or (log_key is not None and words != log_key):
        raise Forked("the board's key is another than before")
    note, now = judged(board, seen, VerifierKey.read(words))
    # Kept before it is signed: whatever breaks now, no other history of this size is ever signed.
    Seen(log_key=words, size=now.size, root=now.root.hex()).keep(state)
    line = cosigned(note, signer, at=int(system_clock().timestamp()))
    board.give(Note(note.text, (*note.lines[:1], line)).octets)
    return now
