"""What stands around every page: languages, the way home, styles, and the way out."""

from dataclasses import dataclass
from urllib.parse import quote

from talkoot.base.i18n import Language
from talkoot.rounds import Municipality
from talkoot.web.assets import STYLES
from talkoot.web.voice import OWN_NAMES, Said, Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """The same page in another language. ``action`` is set where only a form can lead there."""

    code: str
    name: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of voting, for the line that shows how far the voter has come."""

    name: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """The button by which a voter signs out."""

    action: str
    form_token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The frame of a page. ``form`` names the form that carries choices to another language.

    ``label``: what must be said of the election on every page, above all else; mostly nothing.
    ``my_page``: where the reader's account is, on the pages that are about no ballot.
    """

    language: str
    home: str
    home_name: Said
    tongues: tuple[Tongue, ...]
    styles: tuple[str, ...]
    form: str = ""
    leave: Leave | None = None
    steps: tuple[Step, ...] = ()
    scripts: tuple[str, ...] = ()
    label: str = ""
    my_page: str = ""


def path_to(language: Language, *parts: str) -> str:
    """Give the address of a page: ``/fi/suvisalmi/...``."""
    return "/" + "/".join([language.value, *(quote(part, safe="") for part in parts)])


ME = "me"
"""The word in the address of everything that is about the reader's own account."""


def my_page_of(voice: Voice, municipality: Municipality) -> str:
    """Give the address of the reader's own account; it is the same for everyone."""
    return path_to(voice.language, municipality.slug, ME)


def tongues_of(language: Language, *parts: str) -> tuple[Tongue, ...]:
    """Give the same page in each language."""
    return tuple(
        Tongue(
            code=each.value,
            name=OWN_NAMES[each],
            href=path_to(each, *parts) if parts else f"/{each.value}/",
            current=each is language,
        )
        for each in Language
    )


def frame_of(
    voice: Voice,
    municipality: Municipality | None,
    *parts: str,
    form: str = "",
    leave: Leave | None = None,
    steps: tuple[Step, ...] = (),
    scripts: tuple[str, ...] = (),
    label: str = "",
    my_page: str = "",
) -> Frame:
    """Give the frame of the page at ``parts`` below its language."""
    at_home = municipality is not None
    return Frame(
        language=voice.language.value,
        home=path_to(voice.language, municipality.slug) if municipality else f"/{voice.language}/",
        home_name=voice.said(municipality.name) if at_home and municipality else Said("Talkoot"),
        tongues=tongues_of(voice.language, *parts),
        styles=STYLES,
        form=form,
        leave=leave,
        steps=steps,
        scripts=scripts,
        label=label,
        my_page=my_page,
    )


ORDER = ("sign-in", "ballot", "review", "recorded")


def steps_of(voice: Voice, current: str) -> tuple[Step, ...]:
    """Give the four steps of voting, each ``done``, ``current`` or ``ahead``."""
    names = (
        voice.gettext("Sign in"),
        voice.gettext("Choose"),
        voice.gettext("Review"),
        voice.gettext("Done"),
    )
    here = ORDER.index(current)
    return tuple(
        Step(name=name, state="done" if at < here else "current" if at == here else "ahead")
        for at, name in enumerate(names)
    )
