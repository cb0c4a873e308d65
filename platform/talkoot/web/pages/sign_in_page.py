"""The frozen page where a voter types the code from the letter."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self, assert_never

from talkoot.rounds import Municipality
from talkoot.voting.roll import Mistype, Mistyped
from talkoot.web.assets import static_address
from talkoot.web.errors import Trouble
from talkoot.web.forms import PROJECT, VALUE, Form
from talkoot.web.frame import Frame, frame_of, steps_of
from talkoot.web.pages.ballot_page import Hidden
from talkoot.web.place import Place, label_of
from talkoot.web.trouble import words_for
from talkoot.web.voice import Said, Voice

CODE = "code"
FORM = "sign-in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """The person to ask. Every field may be empty."""

    name: str
    role: Said
    email: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPage:
    """The sign-in form. ``carried`` are the choices of a ballot whose session had ended.

    ``typed`` is text that is no code, to be corrected; a code that is one is never shown again.
    """

    frame: Frame
    title: Said
    action: str
    heading: str
    fault: str
    advice: str
    typed: str
    carried: tuple[Hidden, ...]
    contact: Contact

    @classmethod
    def of(
        cls,
        place: Place,
        *,
        trouble: Trouble | None = None,
        mistyped: Mistyped | None = None,
        typed: str = "",
        retry_after_s: int | None = None,
        carried: tuple[Hidden, ...] = (),
    ) -> Self:
        """Show the form, with what was wrong with the code before."""
        voice = place.voice
        words = None if trouble is None else words_for(voice, trouble)
        advice = _advice(voice, words.advice if words else "", mistyped, retry_after_s)
        return cls(
            frame=frame_of(
                voice,
                place.municipality,
                *place.parts,
                "sign-in",
                form=FORM if carried else "",
                steps=steps_of(voice, "sign-in"),
                scripts=(static_address("sign_in.js"),),
                label=label_of(place),
            ),
            title=voice.said(place.round_.title),
            action=place.path("sign-in"),
            heading=voice.gettext("Vote with a code"),
            fault=words.heading if words else "",
            advice=advice,
            typed=typed if mistyped is not None else "",
            carried=carried,
            contact=contact_of(voice, place.municipality),
        )


def carried_from(form: Form) -> tuple[Hidden, ...]:
    """Give the fields of a ballot form that go along while its voter signs in again."""
    return tuple(
        Hidden(name=name, value=value)
        for name, value in form.fields
        if name in {PROJECT, "submission", "definition"} or name.startswith(VALUE)
    )


def contact_of(voice: Voice, municipality: Municipality) -> Contact:
    """Give the municipality's contact person in the reader's language."""
    contact = municipality.contact
    return Contact(
        name=contact.name,
        role=voice.said(contact.role),
        email=contact.email,
        phone=contact.phone,
    )


def _advice(voice: Voice, advice: str, mistyped: Mistyped | None, retry_after_s: int | None) -> str:
    sentences: Sequence[str] = [
        advice if mistyped is None else _mistyped(voice, mistyped),
        "" if retry_after_s is None else _wait(voice, retry_after_s),
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def _wait(voice: Voice, seconds: int) -> str:
    if seconds < 60:  # noqa: PLR2004 - seconds in a minute
        return voice.ngettext("Wait %(n)s second.", "Wait %(n)s seconds.", seconds)
    minutes = -(-seconds // 60)
    return voice.ngettext("Wait %(n)s minute.", "Wait %(n)s minutes.", minutes)


def _mistyped(voice: Voice, mistyped: Mistyped) -> str:
    match mistyped.kind:
        case Mistype.FOREIGN_SYMBOL:
            return voice.gettext(
                "A code has no “%(symbol)s” in it. Codes never use 0, 1, I, L or O, which are easy "
                "to mix up. Compare the code with your letter.",
                symbol=mistyped.symbol,
            )
        case Mistype.WRONG_LENGTH:
            return voice.gettext(
                "A code has 14 letters and digits. Check that none is missing and none too many."
            )
        case Mistype.CHECK_SYMBOLS:
            return voice.gettext(
                "One or two letters or digits are wrong. Compare the code with your letter."
            )
        case _:
            assert_never(mistyped.kind)
