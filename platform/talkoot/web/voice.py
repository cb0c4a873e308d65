"""How a page speaks: one language, one time zone, and texts that say which language they are in."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Self

from babel.numbers import get_decimal_symbol, get_group_symbol
from markupsafe import Markup, escape

from talkoot.base.i18n import (
    Language,
    Text,
    day,
    day_and_time,
    decimal,
    money,
    number,
    percent,
    said,
    translator,
)
from talkoot.base.money import Cents

HOME_TIMEZONE = "Europe/Helsinki"
"""For pages that belong to no municipality."""


@dataclass(frozen=True, slots=True)
class Said:
    """Words that people wrote. ``language`` is set where it is not the page's own.

    In a template it marks itself, so that a screen reader changes its voice.
    """

    words: str
    language: str | None = None

    def __html__(self) -> Markup:
        """Give the words as HTML, marked where they are in another language than the page."""
        if self.language is None:
            return escape(self.words)
        return Markup('<span lang="{}">{}</span>').format(self.language, self.words)

    def __bool__(self) -> bool:
        """Tell whether there are any words."""
        return bool(self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Speaks one language in one time zone."""

    language: Language
    timezone: str = HOME_TIMEZONE

    def gettext(self, message: str, **values: str | int) -> str:
        """Translate a sentence; ``%(name)s`` in it stands for a value."""
        return str(translator(self.language).gettext(message)) % values

    def ngettext(self, one: str, many: str, n: int, **values: str | int) -> str:
        """Translate a sentence that depends on a number; ``%(n)s`` is the number, written out."""
        form = str(translator(self.language).ngettext(one, many, n))
        return form % {"n": self.number(n), **values}

    def said(self, text: Text) -> Said:
        """Give a text that people wrote in the reader's language, or the next best."""
        words, language = said(text, self.language)
        return Said(words, None if language is self.language else language.value)

    def money(self, amount: int, currency: str) -> str:
        """Write an amount of cents."""
        return money(Cents(amount), currency, self.language)

    def number(self, value: int) -> str:
        """Write a whole number."""
        return number(value, self.language)

    def decimal(self, value: Fraction, places: int = 2) -> str:
        """Write a number with so many decimals at the most."""
        return decimal(value, places, self.language)

    def percent(self, part: Fraction) -> str:
        """Write a share of a whole in percent."""
        return percent(part, self.language)

    @property
    def group_symbol(self) -> str:
        """What stands between thousands."""
        return str(get_group_symbol(self.language.value))

    @property
    def decimal_symbol(self) -> str:
        """What stands between whole units and cents."""
        return str(get_decimal_symbol(self.language.value))

    def day(self, moment: datetime) -> str:
        """Write a date."""
        return day(moment, self.timezone, self.language)

    def moment(self, moment: datetime) -> str:
        """Write a date and a time of day."""
        return day_and_time(moment, self.timezone, self.language)

    def within(self, timezone: str) -> Self:
        """Give the same voice in a municipality's own time."""
        return type(self)(language=self.language, timezone=timezone)


OWN_NAMES = {
    Language.FINNISH: "Suomi",
    Language.SWEDISH: "Svenska",
    Language.ENGLISH: "English",
    Language.NORTHERN_SAMI: "Davvisámegiella",
}
"""Each language's name in itself."""


def preferred(accept_language: str) -> Language:
    """Give the best of our languages for an ``Accept-Language`` header; Finnish where none fits."""
    wishes: list[tuple[float, int, Language]] = []
    for place, part in enumerate(accept_language.split(",")):
        tag, _, parameters = part.strip().partition(";")
        code = tag.strip().lower().partition("-")[0]
        if code in set(Language):
            wishes.append((-_quality(parameters), place, Language(code)))
    refused = [wish for wish in wishes if wish[0] == 0]
    wishes = [wish for wish in wishes if wish not in refused]
    return min(wishes)[2] if wishes else Language.FINNISH


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
