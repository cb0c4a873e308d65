"""Money is whole cents (hundredths of the currency's unit); ``float`` does not exist."""

from decimal import Decimal, InvalidOperation
from typing import NewType

Cents = NewType("Cents", int)

CENTS_PER_UNIT = 100


def cents_from_text(value: str) -> Cents:
    """Read an amount such as ``120000``, ``969245.38`` or ``100000.0``.

    Raises ``ValueError`` for what is no amount, is negative, or has parts of a cent.
    """
    try:
        amount = Decimal(value.strip())
    except InvalidOperation as err:
        raise ValueError(f"{value!r} is not an amount of money") from err
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"{value!r} is not an amount of money")
    cents = amount * CENTS_PER_UNIT
    if cents != cents.to_integral_value():
        raise ValueError(f"{value!r} has parts of a cent")
    return Cents(int(cents))


def decimal_of(amount: Cents) -> Decimal:
    """Give the amount in currency units, exactly, with two decimals; for formatting only."""
    return Decimal(amount).scaleb(-2)
