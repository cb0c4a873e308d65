"""How long reading and counting take, and how much faster the rules are than their slow twins.

``python -m tests.bench.bench_count [--long]``: processor seconds, so that a busy machine changes
little. The comparison with the twins runs in the same process on small elections; ``--long`` adds
the large Add1 runs.
"""

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from talkoot.voting.allocation import AllocationProblem, allocated
from talkoot.voting.allocation.reference import reference
from talkoot.voting.ballot import AllocationRule, Completion, Rule
from talkoot.voting.pabulib import problem_from, read_pb

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "pabulib"

SMALL = (
    "Netherlands_Assen_2024.pb",
    "Poland_Swiecie_2023.pb",
    "Poland_Wieliczka_2023_Green_Budget.pb",
)
LARGE = (
    "Poland_Gdynia_2024.pb.gz",
    "Netherlands_Amsterdam_309.pb.gz",
    "Poland_Lodz_2022.pb.gz",
    "Poland_Wroclaw_2015_150_-_500.pb.gz",
    "Poland_Warszawa_2023_Mokotow.pb.gz",
    "Poland_Warszawa_2026.pb.gz",
    "Hungary_Budapest_2024.pb.gz",
)
LONG_ADD1 = LARGE[-3:]

PLAIN = tuple(
    AllocationRule(rule=rule)
    for rule in (
        Rule.GREEDY,
        Rule.GREEDY_PER_COST,
        Rule.MES_COST,
        Rule.MES_CARDINALITY,
        Rule.PHRAGMEN,
    )
)
ADD1 = AllocationRule(rule=Rule.MES_COST, completion=Completion.ADD1)


def seconds(work: Callable[[], object]) -> float:
    """Processor seconds of one call."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def opened(name: str) -> tuple[AllocationProblem, float]:
    """Read a file and pose its problem; gives the seconds of both together."""
    begun = time.process_time()
    problem = problem_from(read_pb((FOLDER / name).read_bytes()))
    return problem, time.process_time() - begun


def words(rule: AllocationRule) -> str:
    """A rule's name in the table."""
    return f"{rule.rule}" + ("" if rule.completion is Completion.NONE else f"+{rule.completion}")


def against_twins(name: str) -> None:
    """Print kernel, twin and their ratio for every rule."""
    problem, reading = opened(name)
    click.echo(f"{name}: read {reading:.3f} s")
    for rule in (*PLAIN, ADD1):
        fast = seconds(partial(allocated, problem, rule))
        slow = seconds(partial(reference, problem, rule))
        ratio = slow / fast if fast else 0
        click.echo(f"  {words(rule):<18} {fast:9.4f} s   twin {slow:9.3f} s   {ratio:8.0f} x")


def alone(name: str, *, long: bool) -> None:
    """Print the seconds of every rule on a large election."""
    problem, reading = opened(name)
    profile = problem.profile
    click.echo(
        f"{name}: {profile.ballots} ballots, {profile.groups} different, read {reading:.3f} s"
    )
    rules = (*PLAIN, ADD1) if long or name not in LONG_ADD1 else PLAIN
    for rule in rules:
        click.echo(f"  {words(rule):<18} {seconds(partial(allocated, problem, rule)):9.4f} s")


def main() -> int:
    """Run everything that the machine has the files for."""
    if not FOLDER.is_dir():
        click.echo("the folder of Pabulib files (../shared/data/pabulib) is not here")
        return 1
    for name in SMALL:
        against_twins(name)
    for name in LARGE:
        alone(name, long="--long" in sys.argv[1:])
    return 0


if __name__ == "__main__":
    sys.exit(main())
