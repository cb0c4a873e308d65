"""Rules, faults and ways of counting, each as a sentence in the reader's language."""

from collections.abc import Iterator
from typing import assert_never

from talkoot.rounds import Kind
from talkoot.voting.ballot import (
    AllocationRule,
    BallotDefinition,
    Completion,
    Fault,
    FaultKind,
    Recast,
    Rule,
    TieRule,
    VoteType,
)
from talkoot.web.voice import Voice


def how_many(voice: Voice, number: int, kind: Kind) -> str:
    """Say how many projects, or options of a poll, there are."""
    if kind is Kind.POLL:
        return voice.ngettext("%(n)s option", "%(n)s options", number)
    return voice.ngettext("%(n)s project", "%(n)s projects", number)


def choosing(voice: Voice, definition: BallotDefinition, kind: Kind) -> str:
    """Say how to mark the ballot."""
    limits = definition.limits
    match definition.vote_type:
        case VoteType.APPROVAL:
            return _approval(voice, limits.max_choices, kind)
        case VoteType.KNAPSACK:
            bound = definition.budget if limits.max_cost is None else limits.max_cost
            return voice.gettext(
                "Choose as many projects as you like, as long as they cost no more than "
                "%(money)s together.",
                money=voice.money(bound, definition.currency),
            )
        case VoteType.ONE:
            if kind is Kind.POLL:
                return voice.gettext("Choose one option.")
            return voice.gettext("Choose one project.")
        case VoteType.POINTS:
            return _points(voice, definition)
        case VoteType.SCORES:
            return _scores(voice, definition)
        case VoteType.RANKING:
            return voice.ngettext(
                "Put %(n)s project in first place.",
                "Put up to %(n)s projects in order. 1 is the one you like best.",
                definition.capacity,
            )
        case _:
            assert_never(definition.vote_type)


def _approval(voice: Voice, most: int | None, kind: Kind) -> str:
    if kind is Kind.POLL:
        if most is None:
            return voice.gettext("Choose as many options as you like.")
        return voice.ngettext("Choose %(n)s option.", "Choose up to %(n)s options.", most)
    if most is None:
        return voice.gettext("Choose as many projects as you like.")
    return voice.ngettext("Choose %(n)s project.", "Choose up to %(n)s projects.", most)


def _points(voice: Voice, definition: BallotDefinition) -> str:
    limits = definition.limits
    total = 0 if limits.max_sum is None else limits.max_sum
    if limits.max_value is None or limits.max_value >= total:
        return voice.ngettext(
            "You have %(n)s point to give.",
            "You have %(n)s points to share out among the projects.",
            total,
        )
    return voice.ngettext(
        "You have %(n)s point to give, at most %(most)s to one project.",
        "You have %(n)s points to share out among the projects, at most %(most)s to one project.",
        total,
        most=voice.number(limits.max_value),
    )


def _scores(voice: Voice, definition: BallotDefinition) -> str:
    limits = definition.limits
    return voice.gettext(
        "Give projects a score from %(least)s to %(most)s. You may leave projects without a score.",
        least=voice.number(limits.min_value),
        most=voice.number(limits.max_value or 0),
    )


def changing(voice: Voice, recast: Recast) -> str:
    """Say whether a vote can be changed."""
    match recast:
        case Recast.LAST_COUNTS:
            return voice.gettext(
                "You can change your vote as long as voting is open. "
                "Your last ballot is the one that counts."
            )
        case Recast.FIRST_COUNTS:
            return voice.gettext(
                "You can vote once. A ballot that has been cast cannot be changed."
            )
        case _:
            assert_never(recast)


def identifying(voice: Voice, definition: BallotDefinition) -> str:
    """Say which ballot counts where someone can vote in several ways; empty where all are equal."""
    by_channel = {rank.channel: set[int]() for rank in definition.ranks}
    for rank in definition.ranks:
        by_channel[rank.channel].add(rank.rank)
    if len({rank.rank for rank in definition.ranks}) <= 1:
        return ""
    if len({frozenset(ranks) for ranks in by_channel.values()}) == 1:
        return voice.gettext(
            "If you vote in several ways, the ballot for which you identified yourself most "
            "strongly counts. A code from a letter ranks below a library card, and a library card "
            "below a bank or mobile certificate."
        )
    return voice.gettext(
        "If you vote both online and at a kiosk, only one of your ballots counts, by the published "
        "order."
    )


def counting(voice: Voice, rule: AllocationRule, currency: str) -> tuple[str, ...]:
    """Say how the votes are counted and the money shared out, sentence by sentence."""
    return tuple(_counting(voice, rule, currency))


def _counting(voice: Voice, rule: AllocationRule, currency: str) -> Iterator[str]:
    match rule.rule:
        case Rule.GREEDY:
            yield voice.gettext("The project with the most votes is taken first.")
            yield voice.gettext("A project that no longer fits the money left is passed over.")
        case Rule.GREEDY_PER_COST:
            yield voice.gettext("The project with the most votes for its cost is taken first.")
            yield voice.gettext("A project that no longer fits the money left is passed over.")
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
    yield _tie(voice, rule.tie)


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


def fault_in_words(  # noqa: C901 - one branch a fault: the match is the table
    voice: Voice, fault: Fault, definition: BallotDefinition
) -> str:
    """Say what is wrong with a ballot, and what is allowed."""
    name = _name(voice, fault, definition)
    found, allowed = voice.number(fault.found), voice.number(fault.allowed)
    match fault.kind:
        case FaultKind.EMPTY:
            return voice.gettext("You have not chosen anything yet.")
        case FaultKind.TOO_FEW:
            return voice.gettext(
                "You have chosen %(found)s. Choose at least %(allowed)s.",
                found=found,
                allowed=allowed,
            )
        case FaultKind.TOO_MANY:
            return voice.gettext(
                "You have chosen %(found)s. You can choose at most %(allowed)s: leave some out.",
                found=found,
                allowed=allowed,
            )
        case FaultKind.UNKNOWN_PROJECT:
            return voice.gettext("“%(name)s” is not on this ballot.", name=name)
        case FaultKind.REPEATED_PROJECT:
            return voice.gettext("“%(name)s” is on your ballot more than once.", name=name)
        case FaultKind.OVER_BUDGET:
            return voice.gettext(
                "The projects you chose cost %(found)s together. They can cost at most "
                "%(allowed)s: leave some out.",
                found=voice.money(fault.found, definition.currency),
                allowed=voice.money(fault.allowed, definition.currency),
            )
        case FaultKind.VALUE_TOO_LOW:
            return voice.gettext(
                "“%(name)s”: the least you can give is %(allowed)s.", name=name, allowed=allowed
            )
        case FaultKind.VALUE_TOO_HIGH:
            return voice.gettext(
                "“%(name)s”: the most you can give is %(allowed)s.", name=name, allowed=allowed
            )
        case FaultKind.SUM_TOO_LOW:
            return voice.gettext(
                "You have given %(found)s points. Give at least %(allowed)s.",
                found=found,
                allowed=allowed,
            )
        case FaultKind.SUM_TOO_HIGH:
            return voice.gettext(
                "You have given %(found)s points. You have only %(allowed)s.",
                found=found,
                allowed=allowed,
            )
        case FaultKind.RANKING_HAS_GAPS:
            return voice.gettext("The places must be 1, 2, 3 and so on: none twice, none left out.")
        case _:
            assert_never(fault.kind)


def _name(voice: Voice, fault: Fault, definition: BallotDefinition) -> str:
    if fault.project is None:
        return ""
    at = definition.index.get(fault.project)
    return fault.project if at is None else voice.said(definition.projects[at].name).words
