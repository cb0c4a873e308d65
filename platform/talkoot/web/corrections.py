"""What an amendment changed, sentence by sentence, for residents and for who signs it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import assert_never

from talkoot.base.i18n import Language, Text
from talkoot.voting.ballot import Change, ChangeKind, Outline, changes_between
from talkoot.voting.log import Amendment
from talkoot.web.voice import OWN_NAMES, Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A correction of the frozen ballot, as everyone reads it."""

    when: str
    reason: str
    persons: str
    changes: tuple[str, ...]


def corrections_in_words(voice: Voice, amendments: Iterable[Amendment]) -> tuple[Correction, ...]:
    """Tell the corrections of a ballot, the first one first."""
    return tuple(
        Correction(
            when=voice.day(each.at),
            reason=each.reason,
            persons=", ".join(each.persons),
            changes=changes_in_words(voice, each.before, each.after),
        )
        for each in amendments
    )


def changes_in_words(voice: Voice, before: Outline, after: Outline) -> tuple[str, ...]:
    """Say what changed from one ballot to the next; nothing where both are the same."""
    return tuple(
        sentence
        for change in changes_between(before, after)
        for sentence in _said(voice, change, after.currency)
    )


def _said(  # noqa: C901 - one branch a kind: the match is the table
    voice: Voice, change: Change, currency: str
) -> Iterator[str]:
    before, after = [
        voice.money(cents, currency) for cents in (change.cents_before, change.cents_after)
    ]
    name = _name(voice, change)
    match change.kind:
        case ChangeKind.TITLE:
            for language, was, now in _texts(change.text_before, change.text_after):
                yield voice.gettext(
                    "The title (%(language)s) was “%(before)s” and is “%(after)s”.",
                    language=language,
                    before=was,
                    after=now,
                )
        case ChangeKind.NAME:
            for language, was, now in _texts(change.text_before, change.text_after):
                yield voice.gettext(
                    "Project %(number)s: the name (%(language)s) was “%(before)s” and is "
                    "“%(after)s”.",
                    number=change.project.id if change.project else "",
                    language=language,
                    before=was,
                    after=now,
                )
        case ChangeKind.BUDGET:
            yield voice.gettext(
                "The budget was %(before)s and is %(after)s.", before=before, after=after
            )
        case ChangeKind.COST:
            yield voice.gettext(
                "%(name)s: the cost was %(before)s and is %(after)s.",
                name=name,
                before=before,
                after=after,
            )
        case ChangeKind.ADDED:
            yield voice.gettext("%(name)s was added. It costs %(cost)s.", name=name, cost=after)
        case ChangeKind.REMOVED:
            yield voice.gettext("%(name)s was taken off. It cost %(cost)s.", name=name, cost=before)
        case ChangeKind.PROJECT:
            yield voice.gettext("%(name)s: its area, group or pledge changed.", name=name)
        case ChangeKind.ORDER:
            yield voice.gettext("The order of the projects changed.")
        case ChangeKind.RULES:
            yield voice.gettext("The rules of voting or counting changed.")
        case _:
            assert_never(change.kind)


def _name(voice: Voice, change: Change) -> str:
    project = change.project
    return "" if project is None else f"{project.id}: {voice.said(project.name).words}"


def _texts(before: Text | None, after: Text | None) -> Iterator[tuple[str, str, str]]:
    """Give each language in which a text differs: its name in itself, and both texts."""
    was, now = before or {}, after or {}
    for code in dict.fromkeys((*was, *now)):
        if was.get(code) != now.get(code):
            known = code in set(Language)
            name = OWN_NAMES[Language(code)] if known else code
            yield name, was.get(code, ""), now.get(code, "")
