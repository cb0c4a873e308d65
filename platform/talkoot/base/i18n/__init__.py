"""Languages, texts that people write in several of them, and the catalogues of the interface."""

from talkoot.base.i18n.catalogue import CATALOGUES, DOMAIN, translator
from talkoot.base.i18n.formats import day, day_and_time, decimal, money, number, percent
from talkoot.base.i18n.languages import FALLBACKS, Language, Text, said, text_from

__all__ = [
    "CATALOGUES",
    "DOMAIN",
    "FALLBACKS",
    "Language",
    "Text",
    "day",
    "day_and_time",
    "decimal",
    "money",
    "number",
    "percent",
    "said",
    "text_from",
    "translator",
]
