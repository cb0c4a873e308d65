"""Every project's fate in a sentence, and how ties were broken."""

from typing import assert_never

from talkoot.voting.results import Fate, ProjectResult, Result
from talkoot.web.voice import Voice


def fate_in_words(voice: Voice, project: ProjectResult, result: Result) -> str:
    """Say what became of a project."""

    def money(amount: int) -> str:
        return voice.money(amount, result.currency)

    match project.fate:
        case Fate.FUNDED:
            return voice.gettext("Will be carried out.")
        case Fate.FUNDED_BY_COMPLETION:
            return voice.gettext(
                "Will be carried out: it had the most votes of those that the remaining money "
                "could still pay for."
            )
        case Fate.NOT_ENOUGH_LEFT:
            return voice.gettext(
                "Not carried out: when its turn came, %(missing)s was missing.",
                missing=money(project.missing),
            )
        case Fate.TOO_LITTLE_SUPPORT:
            return voice.gettext(
                "Not carried out: the shares of the people who chose it were %(missing)s short of "
                "its cost.",
                missing=money(project.missing),
            )
        case Fate.DEARER_THAN_BUDGET:
            return voice.gettext(
                "Not carried out: it costs %(missing)s more than the whole budget.",
                missing=money(project.missing),
            )
        case Fate.NO_VOTES:
            return voice.gettext("Not carried out: nobody chose it.")
        case Fate.STOPPED_BEFORE:
            return voice.gettext(
                "Not carried out: the money ran out at another project before its turn came."
            )
        case Fate.COUNTED:
            return ""
        case _:
            assert_never(project.fate)


def tie_in_words(voice: Voice, project: ProjectResult, names: dict[str, str]) -> str:
    """Say with which projects it was exactly equal when it was selected; empty where with none."""
    if not project.tied_with:
        return ""
    others = ", ".join(f"“{names.get(number, number)}”" for number in project.tied_with)
    return voice.gettext(
        "It was exactly equal with %(others)s; the published tie rule decided.", others=others
    )


def headline_of(voice: Voice, result: Result) -> str:
    """Say the result in one or two sentences."""
    people = voice.ngettext("%(n)s person voted.", "%(n)s people voted.", result.accounting.counted)
    if all(project.fate is Fate.COUNTED for project in result.projects):
        return people
    funded = voice.ngettext(
        "%(n)s of %(total)s projects is carried out, for %(spent)s of %(budget)s.",
        "%(n)s of %(total)s projects are carried out, for %(spent)s of %(budget)s.",
        len(result.winners),
        total=voice.number(len(result.projects)),
        spent=voice.money(result.spent, result.currency),
        budget=voice.money(result.budget, result.currency),
    )
    return f"{funded} {people}"


def accounting_in_words(voice: Voice, result: Result) -> str:
    """Say the accounting identity: every ballot recorded is counted, replaced or spoiled."""
    found = result.accounting
    return voice.gettext(
        "%(entries)s ballots were recorded. %(counted)s of them were counted, %(superseded)s were "
        "replaced by a later ballot of the same person, and %(spoiled)s could not be counted. "
        "Together these make up all the ballots recorded.",
        entries=voice.number(found.entries),
        counted=voice.number(found.counted),
        superseded=voice.number(found.superseded),
        spoiled=voice.number(found.spoiled),
    )
