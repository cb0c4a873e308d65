"""``talkoot count-pb``: count Pabulib files without a database."""

import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import click

from talkoot.base.engine import Engine
from talkoot.base.errors import BadFile
from talkoot.base.ids import ProjectId
from talkoot.base.settings import settings_from
from talkoot.cli.rule_options import RuleWords, rule_options
from talkoot.voting import pabulib, tally
from talkoot.voting.allocation import Allocation, AllocationProblem, allocated
from talkoot.voting.ballot import AllocationRule
from talkoot.voting.pabulib import EXCLUSIVE, PbElection, problem_from, read_pb


@click.command("count-pb")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@rule_options
@click.option(
    "--exclusive",
    "groups",
    multiple=True,
    metavar="ID,ID...",
    help="Of these projects at most one is funded (may be repeated).",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line and file.")
def count_pb(
    rule: RuleWords, *, files: tuple[Path, ...], groups: tuple[str, ...], as_json: bool
) -> None:
    """Count .pb and .pb.gz FILES by a published rule, or as each file says (--rule file), exactly.

    A file that cannot be counted gets its reason and line; the others are still counted, and the
    exit status is 1.
    """
    clubs = tuple(tuple(group.split(",")) for group in groups)
    engine = settings_from(os.environ).engine
    if engine is Engine.KERNELS:
        # Loading them is no part of the seconds of the first file.
        pabulib.warm()
        tally.warm()
    failed = False
    for file in files:
        try:
            counted = _counted(file, rule, clubs, engine)
        except BadFile as err:
            failed = True
            click.echo(_failed_json(file, err) if as_json else _failed(file, err))
        else:
            click.echo(_json(counted) if as_json else _table(counted))
    if failed:
        sys.exit(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counted:
    """A file with its outcome; ``seconds`` from reading the file to the outcome."""

    file: Path
    pb: PbElection
    problem: AllocationProblem
    rule: AllocationRule
    allocation: Allocation
    seconds: float


def _counted(
    file: Path, words: RuleWords, clubs: tuple[tuple[str, ...], ...], engine: Engine
) -> _Counted:
    begun = time.perf_counter()
    try:
        pb = read_pb(file.read_bytes(), engine=engine)
    except OSError as err:
        raise BadFile(err.strerror or str(err)) from err
    rule, problem = words.for_file(pb), _with_groups(problem_from(pb), clubs)
    if words.named is None and pb.meta["rule"].lower() == EXCLUSIVE and not clubs:
        raise BadFile("the file does not say which projects exclude each other: use --exclusive")
    allocation = allocated(problem, rule, engine=engine)
    seconds = time.perf_counter() - begun
    return _Counted(
        file=file, pb=pb, problem=problem, rule=rule, allocation=allocation, seconds=seconds
    )


def _with_groups(
    problem: AllocationProblem, clubs: tuple[tuple[str, ...], ...]
) -> AllocationProblem:
    """The problem with groups of which at most one project is funded."""
    places = {project: place for place, project in enumerate(problem.profile.projects)}
    exclusive = list(problem.exclusive)
    for number, club in enumerate(clubs):
        for name in club:
            place = places.get(ProjectId(name))
            if place is None:
                raise BadFile(f"--exclusive names {name!r}, which is no project of this file")
            if exclusive[place] >= 0:
                raise BadFile(f"--exclusive names {name!r} twice")
            exclusive[place] = number
    return replace(problem, exclusive=tuple(exclusive))


def _failed_json(file: Path, err: BadFile) -> str:
    return json.dumps({"file": str(file), "error": err.reason, "line": err.line})


def _failed(file: Path, err: BadFile) -> str:
    where = f", line {err.line}" if err.line else ""
    return f"{file}{where}: cannot be counted: {err.reason}\n"


def _json(counted: _Counted) -> str:
    """One line; the cost is a number with exactly the decimals it has."""
    total = Fraction(counted.allocation.total_cost, counted.problem.unit)
    cells = {
        "file": json.dumps(str(counted.file)),
        "ballots": str(counted.pb.ballots),
        "rule": json.dumps(counted.rule.rule),
        "completion": json.dumps(counted.rule.completion),
        "steps": str(counted.allocation.steps),
        "winners": json.dumps(counted.allocation.winners, ensure_ascii=False),
        "total_cost": _plain(total),
        "ties_broken": str(counted.allocation.ties_broken),
        "seconds": f"{counted.seconds:.6f}",
        **{name: json.dumps(value) for name, value in _parameters(counted.rule).items()},
        "ties": json.dumps(_ties(counted.allocation), ensure_ascii=False),
        "compared": json.dumps(_compared(counted.allocation), ensure_ascii=False),
    }
    return "{" + ", ".join(f'"{key}": {value}' for key, value in cells.items()) + "}"


def _parameters(rule: AllocationRule) -> dict[str, str | int]:
    """All that decides besides the rule and its completion, by the options' words."""
    return {
        "stop": rule.stop.value,
        "endowment": rule.endowment.value,
        "tie": rule.tie.value,
        "lot_seed": rule.lot_seed,
        "fit": rule.fit.value,
        "min_support": rule.min_support,
        "support_for_cost": rule.support_for_cost,
        "comparison": rule.comparison.value,
    }


def _ties(allocation: Allocation) -> list[dict[str, object]]:
    """The ties that were broken: who won, who was exactly equal, and what decided."""
    return [
        {"winner": one.winner, "equal": one.tied_with, "by": one.tie_by}
        for one in allocation.rounds
        if one.tied_with
    ]


def _compared(allocation: Allocation) -> dict[str, object] | None:
    """How many voters fare better under greedy and under the rule, and which outcome stands."""
    found = allocation.pots[0].compared
    if found is None:
        return None
    stands = "greedy" if found.greedy_stands else "rule"
    return {"greedy": found.greedy, "rule": found.rule, "stands": stands}


def _plain(amount: Fraction) -> str:
    """A whole number, or a decimal with exactly the digits it has. Money in files is decimal."""
    digits = 0
    while (amount * 10**digits).denominator != 1:
        digits += 1
    whole = str(int(amount * 10**digits)).rjust(digits + 1, "0")
    return f"{whole[:-digits]}.{whole[-digits:]}" if digits else whole


def _table(counted: _Counted) -> str:
    pb, rule, allocation = counted.pb, counted.rule, counted.allocation
    total = _plain(Fraction(allocation.total_cost, counted.problem.unit))
    head = (
        f"{counted.file}",
        f"  {pb.ballots} ballots, {len(pb.projects)} projects, budget {_plain(pb.budget)}",
        f"  rule {rule.rule}, completion {rule.completion}, stop {rule.stop}",
        f"  endowment {rule.endowment}, tie {rule.tie}",
        f"  fit {rule.fit}, minimum support {rule.min_support}",
        f"  support for cost {rule.support_for_cost}, comparison {rule.comparison}",
        f"  {len(allocation.winners)} funded for {total}, {allocation.steps} steps",
        f"  ties broken: {allocation.ties_broken}; {counted.seconds:.3f} s",
    )
    remarks = (f"  line {remark.line}: {remark.words}" for remark in pb.remarks)
    said = (*head, *_ties_told(allocation), *_comparison_told(allocation))
    return "\n".join((*said, *_winners(counted), *remarks)) + "\n"


def _ties_told(allocation: Allocation) -> Iterator[str]:
    for one in allocation.rounds:
        if one.tied_with:
            equal = ", ".join(one.tied_with)
            yield f"  {one.winner} was exactly equal to {equal}: {one.tie_by} decided"


def _comparison_told(allocation: Allocation) -> Iterator[str]:
    found = allocation.pots[0].compared
    if found is not None:
        stands = "greedy" if found.greedy_stands else "the rule"
        fare = f"{found.greedy} voters fare better by greedy, {found.rule} by the rule"
        yield f"  {fare}: {stands} stands"


def _winners(counted: _Counted) -> Iterator[str]:
    """One line a funded project, in order of selection."""
    place = {project.id: at for at, project in enumerate(counted.pb.projects)}
    for at, winner in enumerate(counted.allocation.winners, start=1):
        project = counted.pb.projects[place[winner]]
        votes = counted.problem.tally.votes[place[winner]]
        score = counted.problem.tally.score[place[winner]]
        points = f", score {score}" if score != votes else ""
        cost = _plain(project.cost)
        yield f"  {at:>4}  {winner:<16} {cost:>14}  votes {votes}{points}  {project.name[:60]}"
