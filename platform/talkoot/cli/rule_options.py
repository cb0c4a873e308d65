"""The options that name an allocation rule, the same words on every command."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Concatenate, ParamSpec

import click

from talkoot.voting.ballot import (
    AllocationRule,
    Comparison,
    Completion,
    Endowment,
    Fit,
    Rule,
    Stop,
    TieRule,
)
from talkoot.voting.pabulib import PbElection, rule_from

P = ParamSpec("P")

AS_FILE = "file"
"""The word for the rule that a file says it was counted by."""

EQUAL_SHARES = (Rule.MES_COST, Rule.MES_CARDINALITY, Rule.MES_VALUES)
LOTTERIES = (TieRule.LOT, TieRule.CHEAPER, TieRule.POPULAR)

_WORDS: tuple[tuple[str, type[StrEnum], StrEnum, str], ...] = (
    ("completion", Completion, Completion.NONE, "What follows the Method of Equal Shares."),
    ("stop", Stop, Stop.EXHAUSTIVE, "When Add1 stops."),
    ("endowment", Endowment, Endowment.EXACT, "The money each voter starts with."),
    ("tie", TieRule, TieRule.LISTED, "Which of exactly equal projects comes first."),
    ("fit", Fit, Fit.SKIP, "What greedy does at a project that no longer fits."),
    ("comparison", Comparison, Comparison.NONE, "What the outcome is compared with at the end."),
)
_NUMBERS = (
    ("min-support", "Votes (points) that a project needs to take part."),
    ("support-for-cost", "Bars a project with less of the voters than 1/N of its share of money."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleWords:
    """What the options name: a rule, or ``None`` for the one that each file names itself."""

    named: AllocationRule | None

    def for_file(self, pb: PbElection) -> AllocationRule:
        """Give the rule for a file. Raises :class:`BadFile` where it names none that we have."""
        return rule_from(pb) if self.named is None else self.named


def rule_options(command: Callable[Concatenate[RuleWords, P], None]) -> Callable[..., None]:
    """Add ``--rule`` and its fellows; the command is given what they name as its first argument."""

    @wraps(command)
    def with_words(*args: P.args, **kwargs: P.kwargs) -> None:
        words = {name: kwargs.pop(name) for name in _names()}
        command(_named({name: str(word) for name, word in words.items()}), *args, **kwargs)

    added: Callable[..., None] = with_words
    for option in reversed(_options()):
        added = option(added)
    return added


def _options() -> list[Callable[[Callable[..., None]], Callable[..., None]]]:
    rules = [rule.value for rule in Rule if rule is not Rule.COUNT_ONLY]
    return [
        _option("rule", click.Choice([*rules, AS_FILE]), Rule.GREEDY, "How the budget is spent."),
        *(
            _option(name, click.Choice([word.value for word in words]), default, told)
            for name, words, default, told in _WORDS
        ),
        *(_option(name, click.IntRange(min=0), 0, told) for name, told in _NUMBERS),
        _option("lot-seed", click.STRING, "", "The published words of the lot."),
    ]


def _option(
    name: str, kind: click.ParamType[object], default: str | int, told: str
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    plain = default.value if isinstance(default, StrEnum) else default
    shown = plain != ""
    return click.option(f"--{name}", type=kind, default=plain, show_default=shown, help=told)


def _names() -> list[str]:
    words = [name for name, *_ in _WORDS]
    numbers = [name.replace("-", "_") for name, _ in _NUMBERS]
    return ["rule", *words, *numbers, "lot_seed"]


def _named(words: dict[str, str]) -> RuleWords:
    """Give what the options name. Raises ``click.UsageError`` for what does not go together."""
    if words["rule"] == AS_FILE:
        plain = _allocation(words | {"rule": Rule.GREEDY})
        if plain != AllocationRule(rule=Rule.GREEDY):
            raise click.UsageError("--rule file takes all that it needs from the file")
        return RuleWords(named=None)
    return RuleWords(named=_allocation(words))


def _allocation(words: dict[str, str]) -> AllocationRule:
    rule, completion, tie = words["rule"], words["completion"], words["tie"]
    if completion in (Completion.ADD1, Completion.ADD1U) and rule not in EQUAL_SHARES:
        raise click.UsageError(f"--completion {completion} needs --rule {_either(EQUAL_SHARES)}")
    if words["lot_seed"] and tie not in LOTTERIES:
        raise click.UsageError(f"--lot-seed needs --tie {_either(LOTTERIES)}")
    if tie == TieRule.LOT and not words["lot_seed"]:
        raise click.UsageError("--tie lot needs --lot-seed")
    return AllocationRule(
        rule=Rule(rule),
        completion=Completion(completion),
        stop=Stop(words["stop"]),
        endowment=Endowment(words["endowment"]),
        tie=TieRule(tie),
        fit=Fit(words["fit"]),
        min_support=int(words["min_support"]),
        support_for_cost=int(words["support_for_cost"]),
        comparison=Comparison(words["comparison"]),
        lot_seed=words["lot_seed"],
    )


def _either(words: tuple[StrEnum, ...]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"
