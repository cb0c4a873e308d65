"""A municipality's own colours, taken only if everyone can read what is written on them.

Contrast as WCAG 2.2, success criteria 1.4.3 and 1.4.11 (https://www.w3.org/TR/WCAG22/).
"""

import re
from dataclasses import dataclass
from typing import Final

from talkoot.base.errors import TalkootError

TEXT_CONTRAST: Final = 4.5
MARK_CONTRAST: Final = 3.0

_PAPER = "#fffdf9"
_INK = "#1d2621"
_LINEAR_UP_TO = 0.04045
"""Of a colour part in sRGB (IEC 61966-2-1)."""
_HEX = re.compile(r"#[0-9a-f]{6}", re.ASCII)


class BadColour(TalkootError):
    """A colour that is none, or that somebody could not read. The text gives the contrast."""


def luminance(colour: str) -> float:
    """Give the relative luminance of ``#rrggbb``, 0 black to 1 white."""
    if not _HEX.fullmatch(colour):
        raise BadColour(f"{colour!r} is no colour such as '#17402f'")
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= _LINEAR_UP_TO else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Give the contrast of two colours, 1 (none) to 21 (black on white)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    """``main``: heads, buttons and links, written on and written with. ``accent``: what stands out.

    Raises :class:`BadColour` unless white paper on ``main`` and ``main`` on paper can be read,
    and ink on ``accent`` can be, and the two can be told apart.
    """

    main: str
    accent: str

    @property
    def pale(self) -> str:
        """A ground for panels: as much of ``main`` in paper, up to a tenth, as lets it be read."""
        shares = (_mixed(self.main, tenths) for tenths in (0.1, 0.08, 0.06, 0.04, 0.02))
        readable = (mix for mix in shares if contrast(self.main, mix) >= TEXT_CONTRAST)
        return next(readable, _PAPER)

    @property
    def line(self) -> str:
        """A line around panels: a third of ``main`` in paper."""
        return _mixed(self.main, 1 / 3)

    def __post_init__(self) -> None:
        """Judge the three pairs that pages put together."""
        _judged(self.main, _PAPER, TEXT_CONTRAST, "text on the main colour")
        _judged(self.accent, _INK, TEXT_CONTRAST, "text on the accent colour")
        _judged(self.accent, self.main, MARK_CONTRAST, "the accent beside the main colour")


def _mixed(colour: str, share: float) -> str:
    """Mix a share of a colour into paper, part by part in sRGB."""
    pairs = ((int(colour[at : at + 2], 16), int(_PAPER[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(own * share + paper * (1 - share)):02x}" for own, paper in pairs)


def _judged(one: str, other: str, least: float, what: str) -> None:
    found = contrast(one, other)
    if found < least:
        raise BadColour(f"{what}: contrast {found:.1f}, and at least {least} is needed")
