"""The addresses and bytes of C2SP tlog-tiles. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from talkoot.voting.board.tree import TILE_HEIGHT, TILE_WIDTH

_NAME = re.compile(r"(?P<number>(?:x[0-9]{3}/)*[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?")
PARTS_MAX = 4


@dataclass(frozen=True, slots=True)
class Tile:
    """Tile ``number`` of a level, of ``width`` hashes: 256 unless it is the last one."""

    number: int
    width: int

    @property
    def name(self) -> str:
        """The tile's address below its level, such as ``x001/234.p/5``."""
        parts = [f"{self.number % 1000:03}"]
        rest = self.number // 1000
        while rest:
            parts.append(f"x{rest % 1000:03}")
            rest //= 1000
        partial = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return "/".join(reversed(parts)) + partial


def tile_named(name: str) -> Tile | None:
    """Read a tile's address; ``None`` where it is none, or not the one way to write it."""
    found = _NAME.fullmatch(name)
    if found is None or name.count("/") > PARTS_MAX:
        return None
    number = int("".join(found["number"].replace("x", "").split("/")))
    tile = Tile(number, int(found["width"] or TILE_WIDTH))
    return tile if tile.width <= TILE_WIDTH and tile.name == name else None


def tiles_of(size: int, level: int) -> Iterator[Tile]:
    """Give the tiles of a level in a tree of ``size`` leaves."""
    full, rest = divmod(size >> (TILE_HEIGHT * level), TILE_WIDTH)
    yield from (Tile(number, TILE_WIDTH) for number in range(full))
    if rest:
        yield Tile(full, rest)


def bundle(leaves: Iterable[bytes]) -> bytes:
    """Give the bytes of an entries tile: each leaf with its length before it in two bytes."""
    return b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves)
