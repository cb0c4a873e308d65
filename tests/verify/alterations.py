"""Seeded alterations of a public folder: something altered, deleted, inserted or swapped."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.verify.board import Files, NoteKey, plain, tree
from tests.verify.made import Made

BOARD = "board/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alteration:
    """A folder after an alteration, and the alteration in words."""

    words: str
    files: Files


Way = Callable[[Random, Files], str]
"""Alters the files in place and says how."""


def alterations(made: Made, number: int, seed: str) -> Iterator[Alteration]:
    """Give so many alterations, each of the untouched folder and each different from it."""
    random, given = Random(seed), 0
    while given < number:
        files = dict(made.files)
        words = random.choice(WAYS)(random, files)
        if meaning(files) == meaning(made.files):
            continue
        given += 1
        yield Alteration(words=words, files=files)


def meaning(files: Files) -> dict[str, object]:
    """What the files say: of JSON that nothing binds to its bytes, the content alone."""
    loose = ("definition.json", "sealing.json", "board/keys.json")
    return {name: _content(body) if name in loose else body for name, body in files.items()}


def _content(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return body


def _some(random: Random, files: Files, under: str = "") -> str:
    return random.choice(sorted(name for name in files if name.startswith(under)))


def a_byte_altered(random: Random, files: Files) -> str:
    name = _some(random, files)
    at, body = random.randrange(max(len(files[name]), 1)), files[name]
    files[name] = body[:at] + bytes([body[at] ^ 1 << random.randrange(8)]) + body[at + 1 :]
    return f"one bit of {name} at {at} flipped"


def a_piece_deleted(random: Random, files: Files) -> str:
    name = _some(random, files)
    at, body = random.randrange(len(files[name])), files[name]
    files[name] = body[:at] + body[at + random.randint(1, 40) :]
    return f"a piece of {name} at {at} deleted"


def a_piece_inserted(random: Random, files: Files) -> str:
    name = _some(random, files)
    at, body = random.randrange(len(files[name]) + 1), files[name]
    files[name] = body[:at] + random.randbytes(random.randint(1, 40)) + body[at:]
    return f"a piece inserted into {name} at {at}"


def a_file_deleted(random: Random, files: Files) -> str:
    name = _some(random, files)
    del files[name]
    return f"{name} deleted"


def a_file_inserted(random: Random, files: Files) -> str:
    like = _some(random, files)
    name = like + random.choice([".old", "2", "/more"])
    files[name] = files[like]
    return f"{name} inserted"


def two_files_swapped(random: Random, files: Files) -> str:
    one, other = random.sample(sorted(files), 2)
    files[one], files[other] = files[other], files[one]
    return f"{one} and {other} swapped"


def two_lines_swapped(random: Random, files: Files) -> str:
    name = random.choice(["result/ballots.pb", "result/ballots.csv"])
    lines = files[name].split(b"\n")
    one, other = random.sample(range(len(lines) - 1), 2)
    lines[one], lines[other] = lines[other], lines[one]
    files[name] = b"\n".join(lines)
    return f"lines {one} and {other} of {name} swapped"


def a_figure_altered(random: Random, files: Files) -> str:
    """A value of a JSON file, whatever it is, is another one; the file stays well formed."""
    name = _some(random, {n: b"" for n, body in files.items() if body[:1] == b"{"})
    found = json.loads(files[name])
    places = list(places_of(found))
    inside, key = random.choice(places)
    old = inside[key]
    match old:
        case bool() | None:
            inside[key] = 1
        case int():
            inside[key] = old + random.choice([-1, 1, 1000])
        case str():
            inside[key] = old[:-1] + ("b" if old.endswith("a") else "a")
        case _:
            del inside[key]
    files[name] = json.dumps(found).encode()
    return f"{key} of {name} altered"


def places_of(found: dict[str, Any] | list[Any]) -> Iterator[tuple[Any, Any]]:
    inside: Any = found
    for key in list(found) if isinstance(found, dict) else range(len(found)):
        yield inside, key
        if isinstance(inside[key], dict | list):
            yield from places_of(inside[key])


def leaves_of_all(files: Files) -> list[bytes]:
    """The leaves of a board of any size below 256,000."""
    names = sorted(name for name in files if "tile/entries" in name)
    return [leaf for name in names for leaf in leaves_of({name: files[name]})]


def leaves_of(files: Files) -> list[bytes]:
    """The leaves of a board of at most 256."""
    name = next(name for name in files if "tile/entries" in name)
    body, leaves = files[name], list[bytes]()
    while body:
        end = 2 + int.from_bytes(body[:2], "big")
        leaves.append(body[2:end])
        body = body[end:]
    return leaves


def _board_of(files: Files, leaves: list[bytes], *, signed: NoteKey | None) -> None:
    """Write a board of other leaves in which all agrees; signed anew by the log alone, or not."""
    for name in [name for name in files if name.startswith("board/tile/")]:
        del files[name]
    width, checkpoint = len(leaves), files["board/checkpoint"].decode()
    bundle = b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves)
    files[f"board/tile/entries/000.p/{width}"] = bundle
    files[f"board/tile/0/000.p/{width}"] = b"".join(tree([leaf]) for leaf in leaves)
    text, _, lines = checkpoint.partition("\n\n")
    said = f"{text.splitlines()[0]}\n{width}\n{plain(tree(leaves))}\n"
    if signed is not None:
        first, _, rest = lines.partition("\n")
        assert first.split()[1] == signed.name
        lines = signed.line(said) + rest
    files["board/checkpoint"] = f"{said}\n{lines}".encode()


def the_board_rewritten(signed: NoteKey | None) -> Way:
    """Leaves are deleted, inserted, swapped or altered, and all of the tree is made to fit."""

    def way(random: Random, files: Files) -> str:
        leaves = leaves_of(files)
        at, other = random.sample(range(len(leaves)), 2)
        how = random.choice(["altered", "deleted", "inserted", "swapped"])
        match how:
            case "altered":
                leaves[at] = leaves[at][:-1] + bytes([leaves[at][-1] ^ 1])
            case "deleted":
                del leaves[at]
            case "inserted":
                leaves.insert(at, leaves[at][:-32] + random.randbytes(32))
            case _:
                leaves[at], leaves[other] = leaves[other], leaves[at]
        _board_of(files, leaves, signed=signed)
        who = "nobody" if signed is None else "the log"
        return f"leaf {at} {how}, the tree made to fit, signed anew by {who}"

    return way


def a_line_of_the_checkpoint_deleted(random: Random, files: Files) -> str:
    lines = files["board/checkpoint"].decode().split("\n")
    at = random.randrange(len(lines) - 1)
    del lines[at]
    files["board/checkpoint"] = "\n".join(lines).encode()
    return f"line {at} of the checkpoint deleted"


WAYS: list[Way] = [
    a_byte_altered,
    a_byte_altered,
    a_piece_deleted,
    a_piece_inserted,
    a_file_deleted,
    a_file_inserted,
    two_files_swapped,
    two_lines_swapped,
    a_figure_altered,
    a_figure_altered,
    a_line_of_the_checkpoint_deleted,
    the_board_rewritten(None),
]
