"""How votes are counted and money is shared out, sentence by sentence."""

from collections.abc import Iterator
from enum import StrEnum
from typing import assert_never

from talkoot.voting.ballot import (
    AllocationRule,
    BallotDefinition,
    Comparison,
    Completion,
    Endowment,
    Fit,
    Leftover,
    Rule,
    Stop,
    TieRule,
)
from talkoot.web.voice import Voice


def counting(voice: Voice, rule: AllocationRule, currency: str) -> tuple[str, ...]:
    """Say how the votes are counted and the money shared out, sentence by sentence."""
    return tuple(_counting(voice, rule, currency))


def _counting(voice: Voice, rule: AllocationRule, currency: str) -> Iterator[str]:
    match rule.rule:
        case Rule.GREEDY:
            yield voice.gettext("The project with the most votes is taken first.")
            yield _fitting(voice, rule.fit)
        case Rule.GREEDY_PER_COST:
            yield voice.gettext("The project with the most votes for its cost is taken first.")
            yield _fitting(voice, rule.fit)
        case Rule.MES_COST | Rule.MES_CARDINALITY | Rule.MES_VALUES:
            yield voice.gettext("Every voter has an equal share of the money.")
            yield voice.gettext(
                "A project is carried out when the shares of the people who chose it are enough to "
                "pay for it. They share its cost as evenly as they can."
            )
            yield from _completing(voice, rule.completion, currency)
        case Rule.PHRAGMEN:
            yield voice.gettext(
                "Every voter receives money at the same slow pace. As soon as the people who chose "
                "a project can pay for it together, it is carried out."
            )
        case Rule.COUNT_ONLY:
            yield voice.gettext("The votes are counted. No money is shared out.")
            return
        case _:
            assert_never(rule.rule)
    yield from _taking_part(voice, rule)
    yield _tie(voice, rule.tie)


def _fitting(voice: Voice, fit: Fit) -> str:
    match fit:
        case Fit.SKIP:
            return voice.gettext("A project that no longer fits the money left is passed over.")
        case Fit.STOP:
            return voice.gettext("The first project that no longer fits the money left ends it.")
        case _:
            assert_never(fit)


def _taking_part(voice: Voice, rule: AllocationRule) -> Iterator[str]:
    """Say what keeps a project out, and whether another outcome may stand."""
    if rule.min_support:
        yield voice.ngettext(
            "A project needs at least %(n)s vote to take part.",
            "A project needs at least %(n)s votes to take part.",
            rule.min_support,
        )
    if rule.support_for_cost:
        yield voice.gettext(
            "A project takes part only if its share of the voters is at least its share of the "
            "budget divided by %(number)s.",
            number=voice.number(rule.support_for_cost),
        )
    if rule.comparison is Comparison.GREEDY:
        yield voice.gettext(
            "If more people get more of their choices when the projects are simply taken by votes, "
            "they are taken by votes."
        )


def _completing(voice: Voice, completion: Completion, currency: str) -> Iterator[str]:
    if completion in {Completion.ADD1, Completion.ADD1U}:
        yield voice.gettext(
            "When no further project can be paid for in this way, every share is raised by "
            "%(money)s at a time and the count starts again, for as long as the budget allows.",
            money=voice.money(100, currency),
        )
    if completion in {Completion.GREEDY, Completion.ADD1U}:
        yield voice.gettext(
            "The money that is left then goes to the projects with the most votes that still fit."
        )


def _tie(voice: Voice, tie: TieRule) -> str:
    match tie:
        case TieRule.LISTED:
            return voice.gettext(
                "If projects are exactly equal, the one that comes first in the published list "
                "goes first."
            )
        case TieRule.CHEAPER:
            return voice.gettext("If projects are exactly equal, the cheaper one goes first.")
        case TieRule.POPULAR:
            return voice.gettext(
                "If projects are exactly equal, the one with more votes goes first."
            )
        case TieRule.LOT:
            return voice.gettext("If projects are exactly equal, a published lot decides.")
        case _:
            assert_never(tie)


def exactly_counted(voice: Voice, definition: BallotDefinition) -> Iterator[str]:
    """Say the rest of what decides, for those who want to follow the count to its end."""
    rule = definition.allocation
    if rule.rule in _FIRST:
        yield _first(voice, rule.rule)
        if rule.endowment is Endowment.FLOOR:
            yield voice.gettext(
                "A share is rounded down to a multiple of %(money)s.",
                money=voice.money(100, definition.currency),
            )
        if rule.completion in {Completion.ADD1, Completion.ADD1U}:
            yield _stopping(voice, rule.stop)
    if rule.lot_seed:
        yield voice.gettext("The lot is drawn from these words: %(seed)s", seed=rule.lot_seed)
    if len(definition.pots) > 1:
        yield from _pots(voice, rule.leftover)


_FIRST = {Rule.MES_COST, Rule.MES_CARDINALITY, Rule.MES_VALUES}


def _first(voice: Voice, rule: Rule) -> str:
    """Say which of the projects that can be paid for comes first in equal shares."""
    match rule:
        case Rule.MES_COST:
            return voice.gettext(
                "Of the projects that can be paid for, the one that has the most votes of people "
                "who can still pay comes first."
            )
        case Rule.MES_CARDINALITY:
            return voice.gettext(
                "Of the projects that can be paid for, the one that costs each person least comes "
                "first."
            )
        case _:
            return voice.gettext(
                "Of the projects that can be paid for, the one that costs least for each point "
                "comes first."
            )


def _stopping(voice: Voice, stop: Stop) -> str:
    match stop:
        case Stop.EXHAUSTIVE:
            return voice.gettext("The shares are raised until no further project fits the budget.")
        case Stop.INFEASIBLE:
            return voice.gettext(
                "The shares are raised until just before the projects would cost more than the "
                "budget."
            )
        case _:
            assert_never(stop)


def _pots(voice: Voice, leftover: Leftover) -> Iterator[str]:
    yield voice.gettext(
        "Each area’s own money is shared out by the ballots that choose a project of that area."
    )
    match leftover:
        case Leftover.KEPT:
            yield voice.gettext("Money that an area leaves over is not used.")
        case Leftover.CITY:
            yield voice.gettext(
                "Money that an area leaves over goes to the money of the whole municipality, which "
                "is shared out last."
            )
        case _:
            assert_never(leftover)


def parameters(rule: AllocationRule) -> str:
    """Give the whole rule in the words of the programme, for a recount."""
    found: dict[str, StrEnum | str | int] = {
        "rule": rule.rule,
        "completion": rule.completion,
        "stop": rule.stop,
        "endowment": rule.endowment,
        "tie": rule.tie,
        "fit": rule.fit,
        "min-support": rule.min_support,
        "support-for-cost": rule.support_for_cost,
        "comparison": rule.comparison,
        "leftover": rule.leftover,
    }
    return " ".join(f"{name}={value}" for name, value in found.items())
