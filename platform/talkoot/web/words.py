"""How to mark a ballot and what is wrong with one, as sentences in the reader's language."""

from typing import assert_never

from talkoot.rounds import Kind
from talkoot.voting.ballot import (
    BallotDefinition,
    Fault,
    FaultKind,
    Recast,
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
