"""Money, numbers and times as each language writes them, from exact values."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal, format_percent

from talkoot.base.i18n.languages import Language
from talkoot.base.money import CENTS_PER_UNIT, Cents, decimal_of


def money(amount: Cents, currency: str, language: Language) -> str:
    """Write an amount; whole units without decimals: ``120 000 €``, ``€120,000``."""
    whole = amount % CENTS_PER_UNIT == 0
    value = format_currency(
        decimal_of(amount),
        currency,
        locale=language.value,
        decimal_quantization=False,
        currency_digits=not whole,
        format=None if not whole else _whole_pattern(language),
    )
    return str(value)


def _whole_pattern(language: Language) -> str:
    return "¤#,##0" if language is Language.ENGLISH else "#,##0\N{NO-BREAK SPACE}¤"


def number(value: int, language: Language) -> str:
    """Write a whole number with the language's grouping."""
    return str(format_decimal(value, locale=language.value))


def decimal(value: Fraction, places: int, language: Language) -> str:
    """Write a number that is not negative with so many decimals at the most, halves rounded up."""
    return str(format_decimal(_rounded(value, places), "#,##0.###", language.value))


def percent(part: Fraction, language: Language) -> str:
    """Write a share that is not negative in percent with one decimal at the most."""
    return str(format_percent(_rounded(part, 3), locale=language.value, decimal_quantization=False))


def _rounded(value: Fraction, places: int) -> Decimal:
    scaled = value * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole).scaleb(-places)


_DAY = {
    Language.FINNISH: "d. MMMM y",
    Language.SWEDISH: "d MMMM y",
    Language.ENGLISH: "d MMMM y",
    Language.NORTHERN_SAMI: "d.M.y",
}
_TIME = {
    Language.FINNISH: "'klo' H.mm",
    Language.SWEDISH: "'kl.' H.mm",
    Language.ENGLISH: "'at' H:mm",
    Language.NORTHERN_SAMI: "'dii.' H:mm",
}


def day(moment: datetime, timezone: str, language: Language) -> str:
    """Write a date in the municipality's own time: ``1. maaliskuuta 2026``."""
    local = moment.astimezone(ZoneInfo(timezone))
    return str(format_date(local.date(), format=_DAY[language], locale=language.value))


def day_and_time(moment: datetime, timezone: str, language: Language) -> str:
    """Write a date and a time of day in the municipality's own time."""
    local = moment.astimezone(ZoneInfo(timezone))
    pattern = f"{_DAY[language]} {_TIME[language]}"
    return str(format_datetime(local, format=pattern, locale=language.value))
