"""Every project's fate in sentences with its numbers, and how ties were broken."""

from collections.abc import Iterator, Mapping
from typing import assert_never

from talkoot.voting.results import Fate, ProjectResult, Result, Step
from talkoot.web.pictures import Paying, is_scored, paying_of
from talkoot.web.voice import Voice

Names = Mapping[str, str]
"""The projects' names in the reader's language, by their numbers."""


def fate_in_words(voice: Voice, project: ProjectResult, result: Result, names: Names) -> str:
    """Say what became of a project, and by how much."""
    funded = project.turn is not None
    said = _funded(voice, project, result) if funded else _not_funded(voice, project, result, names)
    return " ".join((*said, *_pledged(voice, project, result)))


def _pledged(voice: Voice, project: ProjectResult, result: Result) -> Iterator[str]:
    if project.pledged:
        yield voice.gettext(
            "Others have promised %(money)s of its cost.",
            money=voice.money(project.pledged, result.currency),
        )


def step_of(project: ProjectResult, result: Result) -> Step | None:
    """Give the step in which a project was funded; ``None`` where an old result does not tell."""
    steps = [step for step in result.rounds if step.number == project.number]
    return steps[0] if steps else None


def _funded(voice: Voice, project: ProjectResult, result: Result) -> Iterator[str]:
    step = step_of(project, result)
    if project.fate is Fate.FUNDED_BY_COMPLETION:
        yield voice.gettext(
            "Will be carried out: it had the most votes of those that the remaining money "
            "could still pay for."
        )
    elif step is None:
        yield voice.gettext("Will be carried out.")
    elif not step.cost:
        yield voice.gettext("Will be carried out: it takes no money from the budget.")
    elif step.phase == "comparison" or paying_of(result) is Paying.NOBODY:
        yield voice.gettext(
            "Will be carried out: when its turn came, there was enough money. After it %(left)s "
            "was left.",
            left=voice.money(step.left, result.currency),
        )
    else:
        yield from _paid(voice, step, result)


def _paid(voice: Voice, step: Step, result: Result) -> Iterator[str]:
    price = voice.money(step.price_cents or 0, result.currency)
    if paying_of(result) is Paying.INCOME:
        yield voice.gettext(
            "Will be carried out: when every voter had received %(money)s, the people who chose it "
            "could pay for it together.",
            money=price,
        )
        return
    if is_scored(result):
        yield voice.ngettext(
            "Will be carried out: the money came out of %(n)s person’s share of the "
            "budget, %(price)s for each point.",
            "Will be carried out: the money came out of %(n)s people’s shares of the "
            "budget, %(price)s for each point.",
            step.payers,
            price=price,
        )
    else:
        yield voice.ngettext(
            "Will be carried out: the money came out of %(n)s person’s share of the "
            "budget, %(price)s at the most.",
            "Will be carried out: the money came out of %(n)s people’s shares of the "
            "budget, %(price)s from each at the most.",
            step.payers,
            price=price,
        )
    if step.short:
        yield voice.ngettext(
            "%(n)s of them gave all that was left of their share.",
            "%(n)s of them gave all that was left of their shares.",
            step.short,
        )


def _not_funded(  # noqa: C901 - one branch a fate: the match is the table
    voice: Voice, project: ProjectResult, result: Result, names: Names
) -> Iterator[str]:
    def money(amount: int) -> str:
        return voice.money(amount, result.currency)

    def named(number: str | None) -> str:
        return names.get(number or "", number or "")

    match project.fate:
        case Fate.FUNDED | Fate.FUNDED_BY_COMPLETION | Fate.COUNTED:
            return
        case Fate.NOT_ENOUGH_LEFT:
            yield voice.gettext(
                "Not carried out: when its turn came, %(left)s was left of the %(needed)s needed.",
                left=money(project.price - project.missing),
                needed=money(project.price),
            )
            yield from _behind(voice, project, result)
            yield from _dropped_out(voice, project, result, names)
        case Fate.TOO_LITTLE_SUPPORT:
            yield from _too_little(voice, project, result, names)
        case Fate.DEARER_THAN_BUDGET if project.pot is not None:
            yield voice.gettext(
                "Not carried out: it costs %(missing)s more than all the money of its area.",
                missing=money(project.missing),
            )
        case Fate.DEARER_THAN_BUDGET:
            yield voice.gettext(
                "Not carried out: it costs %(missing)s more than the whole budget.",
                missing=money(project.missing),
            )
        case Fate.NO_VOTES:
            yield voice.gettext("Not carried out: nobody chose it.")
        case Fate.BELOW_MIN_SUPPORT:
            yield _below_the_least(voice, result)
        case Fate.NOT_ELIGIBLE:
            yield voice.gettext(
                "Not carried out: it got too few votes for its cost and could not take part."
            )
        case Fate.EXCLUDED:
            yield voice.gettext(
                "Not carried out: “%(name)s” is carried out, and only one of the two can be.",
                name=named(project.blocked_by),
            )
        case Fate.STOPPED_BEFORE if project.blocked_by:
            yield voice.gettext(
                "Not carried out: the money ran out at “%(name)s” before its turn came.",
                name=named(project.blocked_by),
            )
        case Fate.STOPPED_BEFORE:
            yield voice.gettext(
                "Not carried out: the money ran out at another project before its turn came."
            )
        case _:
            assert_never(project.fate)
    yield from _missed_by(voice, project, result, names)


def _too_little(
    voice: Voice, project: ProjectResult, result: Result, names: Names
) -> Iterator[str]:
    """Say what the supporters had; an old result tells only what was missing."""
    if project.money_behind is None:
        yield voice.gettext(
            "Not carried out: the shares of the people who chose it were %(missing)s short of "
            "its cost.",
            missing=voice.money(project.missing, result.currency),
        )
        return
    yield voice.ngettext(
        "Not carried out: the %(n)s person who chose it had %(had)s left of the %(needed)s needed.",
        "Not carried out: the %(n)s people who chose it had %(had)s left of the %(needed)s needed.",
        project.supporters or 0,
        had=voice.money(project.money_behind, result.currency),
        needed=voice.money(project.price, result.currency),
    )
    yield from _dropped_out(voice, project, result, names)


def _dropped_out(
    voice: Voice, project: ProjectResult, result: Result, names: Names
) -> Iterator[str]:
    """Say which step left too little in the shares of the supporters, where there was one."""
    last = _last_affordable(project, result)
    if last is not None:
        turn, step = last
        yield voice.gettext(
            "They had enough until some of them paid for “%(name)s” in step %(step)s.",
            name=names.get(step.number, step.number),
            step=voice.number(turn),
        )


def _last_affordable(project: ProjectResult, result: Result) -> tuple[int, Step] | None:
    """Give the step, and its number from 1, after which a project could no longer be paid for."""
    if not project.out_after:
        return None
    steps = [pair for pair in enumerate(result.rounds, 1) if pair[1].pot == project.pot]
    return steps[project.out_after - 1] if project.out_after <= len(steps) else None


def _behind(voice: Voice, project: ProjectResult, result: Result) -> Iterator[str]:
    """Say what the shares came to, where shares came before votes."""
    if project.money_behind is not None:
        yield voice.ngettext(
            "Before that, the share of the %(n)s person who chose it came to %(had)s.",
            "Before that, the shares of the %(n)s people who chose it came to %(had)s.",
            project.supporters or 0,
            had=voice.money(project.money_behind, result.currency),
        )


def _below_the_least(voice: Voice, result: Result) -> str:
    if is_scored(result):
        return voice.ngettext(
            "Not carried out: a project needed at least %(n)s point to take part.",
            "Not carried out: a project needed at least %(n)s points to take part.",
            result.min_support,
        )
    return voice.ngettext(
        "Not carried out: a project needed at least %(n)s vote to take part.",
        "Not carried out: a project needed at least %(n)s votes to take part.",
        result.min_support,
    )


def _missed_by(voice: Voice, project: ProjectResult, result: Result, names: Names) -> Iterator[str]:
    """Say by how many votes a project missed, and what it would then have come before."""
    votes, ahead = project.missing_votes, project.blocked_by
    if not votes:
        return
    if is_scored(result) and project.fate is not Fate.NOT_ELIGIBLE:
        yield voice.ngettext("It missed by %(n)s point.", "It missed by %(n)s points.", votes)
    else:
        yield voice.ngettext("It missed by %(n)s vote.", "It missed by %(n)s votes.", votes)
    if ahead and project.fate is Fate.NOT_ENOUGH_LEFT:
        yield voice.gettext(
            "With them it would have come before “%(name)s”.", name=names.get(ahead, ahead)
        )


def tie_in_words(voice: Voice, project: ProjectResult, result: Result, names: Names) -> str:
    """Say with which projects it was exactly equal when it was selected; empty where with none."""
    if not project.tied_with:
        return ""
    others = ", ".join(
        voice.gettext("“%(name)s”", name=names.get(number, number)) for number in project.tied_with
    )
    step = step_of(project, result)
    match "" if step is None else step.tie_by:
        case "cheaper":
            return voice.gettext(
                "It was exactly equal with %(others)s; it came first because it is cheaper.",
                others=others,
            )
        case "votes":
            return voice.gettext(
                "It was exactly equal with %(others)s; it came first because it has more votes.",
                others=others,
            )
        case "lot":
            return voice.gettext(
                "It was exactly equal with %(others)s; the published lot decided.", others=others
            )
        case "listed":
            return voice.gettext(
                "It was exactly equal with %(others)s; it came first in the published list.",
                others=others,
            )
        case _:
            return voice.gettext(
                "It was exactly equal with %(others)s; the published tie rule decided.",
                others=others,
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


def accounting_in_words(voice: Voice, result: Result) -> Iterator[str]:
    """Say the accounting identity: every ballot recorded is counted, replaced or spoiled."""
    found = result.accounting
    yield voice.gettext(
        "%(entries)s ballots were recorded. %(counted)s of them were counted, %(superseded)s were "
        "replaced by a later ballot of the same person, and %(spoiled)s could not be counted. "
        "Together these make up all the ballots recorded.",
        entries=voice.number(found.entries),
        counted=voice.number(found.counted),
        superseded=voice.number(found.superseded),
        spoiled=voice.number(found.spoiled),
    )
    if result.blank:
        yield voice.ngettext(
            "%(n)s of the counted ballots was blank.",
            "%(n)s of the counted ballots were blank.",
            result.blank,
        )
