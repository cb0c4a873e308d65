"""Texts that people wrote fall back to the next best language, and formats follow the reader's."""

from datetime import UTC, datetime

import pytest

from talkoot.base.i18n import FALLBACKS, Language, day, day_and_time, money, number, said, text_from
from talkoot.base.money import Cents

SPRING = datetime(2026, 3, 1, 7, 5, tzinfo=UTC)


def test_a_text_is_said_in_the_readers_language() -> None:
    assert said({"fi": "Laituri", "sv": "Brygga"}, Language.SWEDISH) == ("Brygga", Language.SWEDISH)


def test_a_missing_language_falls_back_and_says_to_which() -> None:
    assert said({"fi": "Laituri"}, Language.NORTHERN_SAMI) == ("Laituri", Language.FINNISH)
    assert said({"fi": "", "sv": "Brygga"}, Language.FINNISH) == ("Brygga", Language.SWEDISH)


def test_a_text_in_a_foreign_language_is_given_as_it_stands() -> None:
    assert said({"pl": "Pomost"}, Language.FINNISH) == ("Pomost", Language.FINNISH)


def test_every_language_falls_back_to_all_the_others() -> None:
    for language in Language:
        assert {language, *FALLBACKS[language]} == set(Language)


def test_the_same_words_can_stand_in_all_languages() -> None:
    assert text_from("Talkoot") == dict.fromkeys(("fi", "sv", "en", "se"), "Talkoot")


@pytest.mark.parametrize(
    ("language", "whole", "parts"),
    [
        (Language.FINNISH, "120\u00a0000\u00a0€", "969\u00a0245,38\u00a0€"),
        (Language.SWEDISH, "120\u00a0000\u00a0€", "969\u00a0245,38\u00a0€"),
        (Language.ENGLISH, "€120,000", "€969,245.38"),
        (Language.NORTHERN_SAMI, "120\u00a0000\u00a0€", "969\u00a0245,38\u00a0€"),
    ],
)
def test_money_is_written_as_the_language_writes_it(
    language: Language, whole: str, parts: str
) -> None:
    assert money(Cents(12_000_000), "EUR", language) == whole
    assert money(Cents(96_924_538), "EUR", language) == parts


def test_times_are_the_municipalitys_own() -> None:
    finnish = day_and_time(SPRING, "Europe/Helsinki", Language.FINNISH)
    assert finnish == "1. maaliskuuta 2026 klo 9.05"
    assert day(SPRING, "Europe/Helsinki", Language.ENGLISH) == "1 March 2026"
    assert number(1234567, Language.ENGLISH) == "1,234,567"
