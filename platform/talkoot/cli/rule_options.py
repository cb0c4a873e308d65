"""The options that name an allocation rule, the same words on every command."""

from collections.abc import Callable
from enum import StrEnum
from typing import ParamSpec

import click

from talkoot.voting.ballot import AllocationRule, Completion, Endowment, Rule, Stop, TieRule

P = ParamSpec("P")

_OPTIONS: tuple[tuple[str, type[StrEnum], StrEnum, str], ...] = (
    ("rule", Rule, Rule.GREEDY, "How the budget is spent."),
    ("completion", Completion, Completion.NONE, "What follows the Method of Equal Shares."),
    ("stop", Stop, Stop.EXHAUSTIVE, "When Add1 stops."),
    ("endowment", Endowment, Endowment.EXACT, "The money each voter starts with."),
    ("tie", TieRule, TieRule.LISTED, "Which of exactly equal projects comes first."),
)


def rule_options(command: Callable[P, None]) -> Callable[P, None]:
    """Add ``--rule``, ``--completion``, ``--stop``, ``--endowment`` and ``--tie``."""
    for name, words, default, help_ in reversed(_OPTIONS):
        choices = [word.value for word in words if word not in (Rule.COUNT_ONLY, TieRule.LOT)]
        command = click.option(
            f"--{name}",
            type=click.Choice(choices),
            default=default.value,
            show_default=True,
            help=help_,
        )(command)
    return command


def allocation_rule(
    *, rule: str, completion: str, stop: str, endowment: str, tie: str
) -> AllocationRule:
    """Give the rule that the options name.

    Raises ``click.UsageError`` for Add1 with a rule that gives voters no money.
    """
    chosen = AllocationRule(
        rule=Rule(rule),
        completion=Completion(completion),
        stop=Stop(stop),
        endowment=Endowment(endowment),
        tie=TieRule(tie),
    )
    shares = chosen.rule in {Rule.MES_COST, Rule.MES_CARDINALITY, Rule.MES_VALUES}
    if chosen.completion in {Completion.ADD1, Completion.ADD1U} and not shares:
        raise click.UsageError(
            f"--completion {completion} needs --rule mes-cost, mes-cardinality or mes-values"
        )
    return chosen
