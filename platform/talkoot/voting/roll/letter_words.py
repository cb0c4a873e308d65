"""What a letter says, in the voter's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from talkoot.base.errors import TalkootError
from talkoot.base.i18n import Language, Text, day_and_time, said, translator


class NoRoom(TalkootError):
    """A letter does not fit on its page: a title or an address is too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterHead:
    """What all letters of a round have in common.

    ``address`` is where residents find Talkoot, without a slash at the end; the slugs are those of
    the municipality's and the round's pages; times are in UTC and printed in ``timezone``.
    """

    municipality: Text
    municipality_slug: str
    title: Text
    round_slug: str
    address: str
    opens_at: datetime
    closes_at: datetime
    timezone: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One of the three steps: what to do, how, and an address where there is one to type."""

    title: str
    text: str
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterWords:
    """Every word of a letter but its number and its code."""

    municipality: str
    title: str
    when: str
    code_title: str
    square: str
    steps_title: str
    steps: tuple[Step, ...]
    keep_title: str
    keep: str
    help: str
    elsewhere: tuple[tuple[str, str], ...]


def sign_in_address(head: LetterHead, language: Language) -> str:
    """Give the address of the sign-in page."""
    return f"{head.address}/{language.value}/{head.municipality_slug}/{head.round_slug}/sign-in"


def _start_address(head: LetterHead, language: Language) -> str:
    """Give the address of the municipality's first page: short, for readers of the others."""
    return f"{head.address}/{language.value}/{head.municipality_slug}"


def number_words(number: int, language: Language) -> str:
    """Give the letter's number as it is printed, to find the address that belongs to it."""
    return _filled(translator(language).gettext("Letter %(number)s"), number=str(number))


def words_of(head: LetterHead, language: Language) -> LetterWords:
    """Give the words of the letters in a language."""
    catalogue = translator(language)
    return LetterWords(
        municipality=said(head.municipality, language)[0],
        title=said(head.title, language)[0],
        when=_filled(
            catalogue.gettext("You can vote from %(opens)s until %(closes)s."),
            opens=day_and_time(head.opens_at, head.timezone, language),
            closes=day_and_time(head.closes_at, head.timezone, language),
        ),
        code_title=catalogue.gettext("Your voting code"),
        square=catalogue.gettext(
            "The square on the right opens the voting page and gives the code for you."
        ),
        steps_title=catalogue.gettext("How to vote"),
        steps=_steps(head, language),
        keep_title=catalogue.gettext("Keep this letter to yourself"),
        keep=catalogue.gettext(
            "The code is yours alone: whoever has it can vote in your place. Nobody from the "
            "municipality will ever ask you for it."
        ),
        help=_help(head, language),
        elsewhere=tuple(
            (_own_name(other), _shown(_start_address(head, other)))
            for other in Language
            if other is not language
        ),
    )


def _steps(head: LetterHead, language: Language) -> tuple[Step, ...]:
    catalogue = translator(language)
    return (
        Step(
            title=catalogue.gettext("Open the voting page"),
            text=catalogue.gettext(
                "Point the camera of your phone at the square, or type this address into a browser:"
            ),
            address=_shown(sign_in_address(head, language)),
        ),
        Step(
            title=catalogue.gettext("Give your code"),
            text=catalogue.gettext(
                "The square has given it already. If you type it, small letters will do, and you "
                "may leave out the dashes. The code never holds 0, 1, I, L or O."
            ),
        ),
        Step(
            title=catalogue.gettext("Make your choices and confirm them"),
            text=catalogue.gettext("Your vote is recorded when you see the receipt."),
        ),
    )


def _help(head: LetterHead, language: Language) -> str:
    words = translator(language).gettext("Do you need help? %(contact)s")
    return _filled(words, contact=", ".join(filter(None, (head.phone, head.email))))


def _own_name(language: Language) -> str:
    """Say "In English" in each language itself: the message stands for the reader's own."""
    return translator(language).gettext("In English")


def _shown(address: str) -> str:
    """Leave out what browsers fill in by themselves."""
    return address.removeprefix("https://")


def _filled(words: str, **values: str) -> str:
    given: Mapping[str, str] = values
    return words % given
