"""The languages of the interface, and texts that are written once per language."""

from collections.abc import Mapping
from enum import StrEnum


class Language(StrEnum):
    """A language of the interface, by its code in the address of a page."""

    FINNISH = "fi"
    SWEDISH = "sv"
    ENGLISH = "en"
    NORTHERN_SAMI = "se"


Text = Mapping[str, str]
"""A text that people wrote: language code -> words. Never empty."""

FALLBACKS: Mapping[Language, tuple[Language, ...]] = {
    Language.FINNISH: (Language.SWEDISH, Language.ENGLISH, Language.NORTHERN_SAMI),
    Language.SWEDISH: (Language.FINNISH, Language.ENGLISH, Language.NORTHERN_SAMI),
    Language.ENGLISH: (Language.FINNISH, Language.SWEDISH, Language.NORTHERN_SAMI),
    Language.NORTHERN_SAMI: (Language.FINNISH, Language.SWEDISH, Language.ENGLISH),
}
"""Where a text is missing, the next best language for the reader."""


def said(text: Text, language: Language) -> tuple[str, Language]:
    """Give the words and the language they are in, so that a page can mark it for speech.

    A text in none of the four languages (an imported election) is given as it stands.
    """
    for candidate in (language, *FALLBACKS[language]):
        if words := text.get(candidate.value):
            return words, candidate
    return next(iter(text.values()), ""), language


def text_from(words: str, *languages: Language) -> Text:
    """Give the same words in each of these languages (all four where none is named)."""
    return {language.value: words for language in languages or tuple(Language)}
