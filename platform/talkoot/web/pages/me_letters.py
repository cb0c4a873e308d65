"""Letters about a resident's own account, and who takes them."""

import logging
from urllib.parse import urlsplit

from talkoot.base.errors import Unavailable
from talkoot.base.outbox import Letter, Outbox, Post
from talkoot.people.residents import LINK_LIFE, Mail, MailLink
from talkoot.web.house import House
from talkoot.web.residents import Town

_LOG = logging.getLogger("talkoot.mail")
LINK_MINUTES = int(LINK_LIFE.total_seconds()) // 60


def post_of(house: House) -> Post:
    """Give who takes letters: the folder ``outbox`` at home."""
    host = urlsplit(house.settings.address).hostname or "localhost"
    named = "localhost" if ":" in host else host.encode("idna").decode("ascii")
    return Outbox(folder=house.settings.home / "outbox", sender=f"no-reply@{named}")


async def posted(house: House, letter: Letter) -> None:
    """Hand a letter over. Raises :class:`Unavailable` where it can be kept nowhere."""
    try:
        await post_of(house).taken(letter, at=house.now())
    except OSError as err:
        raise Unavailable("a letter could be kept nowhere") from err
    _LOG.info("a letter waits in the outbox")


def sign_in_letter(house: House, town: Town, mail: Mail, link: MailLink) -> Letter:
    """Write the letter with a link to sign in."""
    voice, name = town.voice, town.name.words
    return Letter(
        to=mail,
        language=voice.language,
        subject=voice.gettext("Sign in: %(town)s", town=name),
        paragraphs=(
            voice.gettext(
                "Somebody, probably you, asked to sign in to participatory budgeting with this "
                "mail address: %(town)s.",
                town=name,
            ),
            _open(town),
            _address(house, town, link),
            _not_you(town),
        ),
    )


def new_mail_letter(house: House, town: Town, mail: Mail, link: MailLink) -> Letter:
    """Write the letter by which an account gets a new mail address."""
    voice, name = town.voice, town.name.words
    return Letter(
        to=mail,
        language=voice.language,
        subject=voice.gettext("Confirm your mail address: %(town)s", town=name),
        paragraphs=(
            voice.gettext(
                "Somebody, probably you, wants to use this mail address for an account in "
                "participatory budgeting: %(town)s.",
                town=name,
            ),
            _open(town),
            _address(house, town, link),
            _not_you(town),
        ),
    )


def old_mail_letter(town: Town, mail: Mail) -> Letter:
    """Write to the address that an account has left, so that nobody loses one unawares."""
    voice, name = town.voice, town.name.words
    contact = town.municipality.contact
    ways = ", ".join(part for part in (contact.name, contact.phone, contact.email) if part)
    return Letter(
        to=mail,
        language=voice.language,
        subject=voice.gettext("Your mail address was changed: %(town)s", town=name),
        paragraphs=(
            voice.gettext(
                "Your account now has another mail address, and links to sign in go there."
            ),
            voice.gettext("If it was not you who changed it, tell us at once: %(ways)s", ways=ways),
        ),
    )


def _open(town: Town) -> str:
    return town.voice.ngettext(
        "Open this link and press the button. It works once, for %(n)s minute:",
        "Open this link and press the button. It works once, for %(n)s minutes:",
        LINK_MINUTES,
    )


def _not_you(town: Town) -> str:
    return town.voice.gettext("If it was not you, do nothing: without the link nobody gets in.")


def _address(house: House, town: Town, link: MailLink) -> str:
    return f"{house.settings.address}{town.path('link')}?key={link.token}"
