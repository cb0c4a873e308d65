"""What pictures are made of: shapes with the names of looks, which the style sheet colours.

A template writes them as SVG. Lengths are whole units of the picture's own; a narrow picture's
unit is a pixel of a small phone, so that words in it can be read there.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import ClassVar


class Anchor(StrEnum):
    """Which end of the words is at the given place."""

    START = "start"
    END = "end"
    MIDDLE = "middle"


class Breadth(Enum):
    """The two widths in which every picture is drawn, in units; the style sheet shows one."""

    WIDE = 1000
    NARROW = 358

    @property
    def look(self) -> str:
        """The class of such a picture."""
        return self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rect:
    """A rectangle."""

    tag: ClassVar[str] = "rect"
    x: int
    y: int
    width: int
    height: int
    look: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """An outline, in the words of SVG."""

    tag: ClassVar[str] = "path"
    d: str
    look: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A line of words; ``y`` is its base line."""

    tag: ClassVar[str] = "text"
    x: int
    y: int
    words: str
    look: str = "word"
    anchor: Anchor = Anchor.START


Shape = Rect | Path | Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """One picture at one breadth."""

    id: str
    breadth: Breadth
    height: int
    shapes: tuple[Shape, ...]

    @property
    def width(self) -> int:
        """Its width, in units."""
        return self.breadth.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture in both breadths, what it shows in words, and the numbers that are in it."""

    title: str
    description: str
    drawings: tuple[Drawing, ...]


FONT = 16
"""Units: the size of words. The style sheet says the same."""
_WIDTH_OF_A_SYMBOL = 52
"""Hundredths of the font's size: an average symbol of a broad sans serif."""


def fitted(words: str, width: int) -> str:
    """Cut words off so that they fit into so many units; whatever is cut stands in the table."""
    most = max(width * 100 // (FONT * _WIDTH_OF_A_SYMBOL), 1)
    if len(words) <= most:
        return words
    return words[: most - 1].rstrip(" ,.:;–-") + "…"


def width_of(words: str) -> int:
    """Give about how many units a line of words takes."""
    return len(words) * FONT * _WIDTH_OF_A_SYMBOL // 100


def spread(amounts: list[int], whole: int, length: int) -> list[int]:
    """Give where each of some amounts ends, laid end to end on a length that stands for the whole.

    Rounding the ends and not the lengths keeps them together: the last ends where their sum does.
    """
    ends, total = [], 0
    for amount in amounts:
        total += amount
        ends.append(total * length // max(whole, 1))
    return ends
