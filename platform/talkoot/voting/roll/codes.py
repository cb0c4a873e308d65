"""One-time codes: twelve random symbols and two that check them, as ``XXXXX-XXXX-XXXXX``.

Thirty-one symbols, a prime number: without ``0 1 I L O``, which people take for one another. The
two check symbols make the sum of all symbols, and the sum of each symbol times its place (from 1),
zero modulo 31. So every single wrong symbol, every swap of two and every error in two symbols is
noticed before the code is looked up, and of strings typed at random one in 961 passes.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

Code = NewType("Code", str)
"""A well-formed code: 14 symbols of the alphabet, check symbols included, without separators."""

Selector = NewType("Selector", str)
"""The first five symbols: they find the code's row, and are no secret."""

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
FIELD = len(ALPHABET)
DATA_SYMBOLS = 12
CHECK_SYMBOLS = 2
CODE_SYMBOLS = DATA_SYMBOLS + CHECK_SYMBOLS
SELECTOR_SYMBOLS = 5
GROUPS = (5, 4, 5)
SEPARATOR = "-"
TYPED_MAX = 100
"""Longer input is not a code, whatever it holds."""

_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)}
_MINUS_SIGN = "\N{MINUS SIGN}"
_LOWER = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")


class Mistype(StrEnum):
    """How typed text fails to be a code. None of these is a guess: nothing was looked up."""

    FOREIGN_SYMBOL = "foreign-symbol"
    WRONG_LENGTH = "wrong-length"
    CHECK_SYMBOLS = "check-symbols"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistyped:
    """Text that is no code. ``symbol``: the first that no code holds, if that is the fault."""

    kind: Mistype
    symbol: str = ""


def with_check(symbols: str) -> str:
    """Give the symbols followed by their two check symbols.

    Works for up to 28 symbols (places must differ modulo 31). Raises ``ValueError`` otherwise, or
    for a symbol outside the alphabet.
    """
    length = len(symbols) + CHECK_SYMBOLS
    if not CHECK_SYMBOLS < length < FIELD:
        raise ValueError(f"{len(symbols)} symbols cannot be checked")
    plain, weighted = _sums(symbols)
    last = ((length - 1) * plain - weighted) % FIELD
    before = (-plain - last) % FIELD
    return symbols + ALPHABET[before] + ALPHABET[last]


def agrees(symbols: str) -> bool:
    """Tell whether the last two symbols check the others. Raises ``ValueError`` as above."""
    return _sums(symbols) == (0, 0)


def _sums(symbols: str) -> tuple[int, int]:
    try:
        values = [_VALUE[symbol] for symbol in symbols]
    except KeyError as err:
        raise ValueError(f"{err.args[0]!r} is not in the alphabet") from err
    weighted = sum(place * value for place, value in enumerate(values, start=1))
    return sum(values) % FIELD, weighted % FIELD


def generated(randbelow: Callable[[int], int]) -> Code:
    """Draw a code. ``randbelow(n)`` gives 0..n-1, each as likely: ``secrets.randbelow``."""
    drawn = "".join(ALPHABET[randbelow(FIELD)] for _ in range(DATA_SYMBOLS))
    return Code(with_check(drawn))


def read(typed: str) -> Code | Mistyped:
    """Read what a person typed. Case, spaces and dashes are free; nothing else is corrected."""
    if len(typed) > TYPED_MAX:
        return Mistyped(kind=Mistype.WRONG_LENGTH)
    # Not str.upper(): it turns letters of other alphabets ("ß", "ſ") into ours.
    symbols = "".join(s for s in typed if not _separates(s)).translate(_LOWER)
    for symbol in symbols:
        if symbol not in _VALUE:
            return Mistyped(kind=Mistype.FOREIGN_SYMBOL, symbol=symbol)
    if len(symbols) != CODE_SYMBOLS:
        return Mistyped(kind=Mistype.WRONG_LENGTH)
    if not agrees(symbols):
        return Mistyped(kind=Mistype.CHECK_SYMBOLS)
    return Code(symbols)


def _separates(symbol: str) -> bool:
    """Spaces, dashes of every kind, marks nobody sees: telephones and copying put in their own."""
    return symbol.isspace() or symbol == _MINUS_SIGN or unicodedata.category(symbol) in {"Pd", "Cf"}


def grouped(code: Code) -> str:
    """Give the code as it is printed: ``XXXXX-XXXX-XXXXX``."""
    first, second, _ = GROUPS
    return SEPARATOR.join((code[:first], code[first : first + second], code[first + second :]))


def selector_of(code: Code) -> Selector:
    """Give the part that finds the row."""
    return Selector(code[:SELECTOR_SYMBOLS])


def secret_of(code: Code) -> str:
    """Give the part that is hashed: everything after the selector."""
    return code[SELECTOR_SYMBOLS:]
