"""Numbers in ``.pb`` cells, exact and bounded."""

import re
from fractions import Fraction

_AMOUNT = re.compile(r"\d{1,18}(?:[.,]\d{1,9})?", re.ASCII)
_SHOWN = 40
_WHOLE = re.compile(r"([+-]?\d{1,15})(?:[.,]0{1,9})?", re.ASCII)


def amount_from(cell: str) -> Fraction:
    """Read money such as ``4000``, ``4000.0`` or ``969245,38``, exactly.

    Raises ``ValueError`` for anything else: signs, blanks inside, exponents, more than 18 digits.
    """
    text = cell.strip()
    if _AMOUNT.fullmatch(text) is None:
        raise ValueError(f"{_shown(text)} is not an amount of money")
    return Fraction(text.replace(",", "."))


def whole_from(cell: str) -> int:
    """Read a whole number, also when written ``5.0``. Raises ``ValueError`` for anything else."""
    found = _WHOLE.fullmatch(cell.strip())
    if found is None:
        raise ValueError(f"{_shown(cell.strip())} is not a whole number")
    return int(found[1])


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "...")
