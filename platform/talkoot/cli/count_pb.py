"""``talkoot count-pb``: count Pabulib files without a database."""

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import click

from talkoot.base.errors import BadFile
from talkoot.cli.rule_options import allocation_rule, rule_options
from talkoot.voting.allocation import Allocation, AllocationProblem, allocated
from talkoot.voting.ballot import AllocationRule
from talkoot.voting.pabulib import PbElection, problem_from, read_pb


@click.command("count-pb")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@rule_options
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line and file.")
def count_pb(
    *,
    files: tuple[Path, ...],
    rule: str,
    completion: str,
    stop: str,
    endowment: str,
    tie: str,
    as_json: bool,
) -> None:
    """Count .pb and .pb.gz FILES by a published rule, exactly.

    A file that cannot be counted gets its reason and line; the others are still counted, and the
    exit status is 1.
    """
    chosen = allocation_rule(
        rule=rule, completion=completion, stop=stop, endowment=endowment, tie=tie
    )
    failed = False
    for file in files:
        try:
            counted = _counted(file, chosen)
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


def _counted(file: Path, rule: AllocationRule) -> _Counted:
    begun = time.perf_counter()
    try:
        pb = read_pb(file.read_bytes())
    except OSError as err:
        raise BadFile(err.strerror or str(err)) from err
    problem = problem_from(pb)
    allocation = allocated(problem, rule)
    seconds = time.perf_counter() - begun
    return _Counted(
        file=file, pb=pb, problem=problem, rule=rule, allocation=allocation, seconds=seconds
    )


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
    }
    return "{" + ", ".join(f'"{key}": {value}' for key, value in cells.items()) + "}"


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
        f"  {len(allocation.winners)} funded for {total}, {allocation.steps} steps",
        f"  {allocation.ties_broken} ties broken, {counted.seconds:.3f} s",
    )
    remarks = (f"  line {remark.line}: {remark.words}" for remark in pb.remarks)
    return "\n".join((*head, *_winners(counted), *remarks)) + "\n"


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
