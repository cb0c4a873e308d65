"""The format's words for rules: META ``rule`` and the keys that go with it, there and back.

The words are those of the format's own checker. Its equal shares are those of the towns: cost
utilities, whole currency units to start with, Add1 until the first infeasible step, and of equal
projects the cheaper one, then the one with more votes. For greedy the format says nothing of ties;
the cheaper one is what towns did in 13 of 18 such cases.
"""

from math import ceil

from talkoot.base.errors import BadFile
from talkoot.voting.ballot import (
    AllocationRule,
    BallotDefinition,
    Comparison,
    Completion,
    Endowment,
    Fit,
    Rule,
    Stop,
    TieRule,
)
from talkoot.voting.pabulib.election import PbElection
from talkoot.voting.pabulib.numbers import amount_from

THRESHOLD = "min_project_score_threshold"
EXCLUSIVE = "greedy-exclusive"
UNKNOWN = "unknown"

_SHARES = AllocationRule(
    rule=Rule.MES_COST, endowment=Endowment.FLOOR, tie=TieRule.CHEAPER, stop=Stop.INFEASIBLE
)

_GREEDY = {"greedy": Fit.SKIP, "greedy-no-skip": Fit.STOP, "greedy-threshold": Fit.SKIP}
_COMPLETIONS = {"equalshares": Completion.NONE, "equalshares/add1": Completion.ADD1}
_COMPARED = "-comparison"


def rule_from(pb: PbElection) -> AllocationRule:
    """Give the rule that a file says it was counted by.

    Which projects exclude each other, a file with *greedy-exclusive* tells in words at the most: it
    has to be said beside the rule. Raises :class:`BadFile` for a word that names no rule of ours
    (*greedy-custom*, *unknown*), and for a threshold that is no number.
    """
    word = pb.meta.get("rule", UNKNOWN).lower()
    if word in _GREEDY or word == EXCLUSIVE:
        return AllocationRule(
            rule=Rule.GREEDY,
            fit=_GREEDY.get(word, Fit.SKIP),
            min_support=_threshold(pb),
            tie=TieRule.CHEAPER,
        )
    base = word.removesuffix(_COMPARED)
    if base not in _COMPLETIONS:
        raise BadFile(f"the file's rule {word!r} is not one that can be counted by")
    return AllocationRule(
        rule=_SHARES.rule,
        completion=_COMPLETIONS[base],
        stop=_SHARES.stop,
        endowment=_SHARES.endowment,
        tie=_SHARES.tie,
        comparison=Comparison.NONE if word == base else Comparison.GREEDY,
    )


def _threshold(pb: PbElection) -> int:
    """The least score of a project that takes part: at least, so a part of a point counts whole."""
    cell = pb.meta.get(THRESHOLD)
    try:
        return ceil(amount_from(cell)) if cell else 0
    except ValueError as err:
        raise BadFile(f"{THRESHOLD}: {err}") from err


def rule_words(definition: BallotDefinition) -> list[tuple[str, str]]:
    """Give META's lines for a definition's rule: its word, and the threshold if there is one.

    The word is given only where it means exactly this rule with all its parameters. Pots, pledges
    and support in proportion to cost have no words, nor have groups with anything but plain greedy.
    """
    word = _word(definition)
    least = definition.allocation.min_support
    if word != UNKNOWN and least:
        return [("rule", word), (THRESHOLD, str(least))]
    return [("rule", word)]


def _word(definition: BallotDefinition) -> str:
    rule = definition.allocation
    exclusive = any(project.exclusive is not None for project in definition.projects)
    pledged = any(project.pledged for project in definition.projects)
    if definition.pots or pledged or rule.support_for_cost:
        return UNKNOWN
    if rule.rule is Rule.GREEDY and rule.completion is Completion.NONE:
        return _greedy_word(rule, exclusive=exclusive)
    return UNKNOWN if exclusive or rule.min_support else _shares_word(rule)


def _greedy_word(rule: AllocationRule, *, exclusive: bool) -> str:
    if exclusive:
        return EXCLUSIVE if rule.fit is Fit.SKIP and not rule.min_support else UNKNOWN
    if rule.fit is Fit.STOP:
        return "greedy-no-skip"
    return "greedy-threshold" if rule.min_support else "greedy"


def _shares_word(rule: AllocationRule) -> str:
    same = (rule.rule, rule.endowment, rule.tie) == (_SHARES.rule, _SHARES.endowment, _SHARES.tie)
    if not same:
        return UNKNOWN
    compared = "" if rule.comparison is Comparison.NONE else _COMPARED
    if rule.completion is Completion.NONE:
        return "equalshares" + compared
    if rule.completion is Completion.ADD1 and rule.stop is Stop.INFEASIBLE:
        return "equalshares/add1" + compared
    return UNKNOWN
