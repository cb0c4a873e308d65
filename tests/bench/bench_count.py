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
import pytest

from talkoot.voting.allocation import AllocationProblem, allocated
from talkoot.voting.allocation.reference import reference
from talkoot.voting.ballot import AllocationRule, Completion, Rule
from talkoot.voting.pabulib import problem_from, read_pb
from tests.shared_data import FOLDER, pabulib_folder

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


def opened(folder: Path, name: str) -> tuple[AllocationProblem, float]:
    """Read a file and pose its problem; gives the seconds of both together."""
    begun = time.process_time()
    problem = problem_from(read_pb((folder / name).read_bytes()))
    return problem, time.process_time() - begun


def words(rule: AllocationRule) -> str:
    """A rule's name in the table."""
    return f"{rule.rule}" + ("" if rule.completion is Completion.NONE else f"+{rule.completion}")


def against_twins(folder: Path, name: str) -> None:
    """Print kernel, twin and their ratio for every rule."""
    problem, reading = opened(folder, name)
    click.echo(f"{name}: read {reading:.3f} s")
    # The twin makes every step of Add1: only the smallest election can wait for it.
    for rule in (*PLAIN, ADD1) if name == SMALL[0] else PLAIN:
        fast = seconds(partial(allocated, problem, rule))
        slow = seconds(partial(reference, problem, rule))
        ratio = slow / fast if fast else 0
        click.echo(f"  {words(rule):<18} {fast:9.4f} s   twin {slow:9.3f} s   {ratio:8.0f} x")


def alone(folder: Path, name: str, *, long: bool) -> None:
    """Print the seconds of every rule on a large election."""
    problem, reading = opened(folder, name)
    profile = problem.profile
    click.echo(
        f"{name}: {profile.ballots} ballots, {profile.groups} different, read {reading:.3f} s"
    )
    rules = (*PLAIN, ADD1) if long or name not in LONG_ADD1 else PLAIN
    for rule in rules:
        click.echo(f"  {words(rule):<18} {seconds(partial(allocated, problem, rule)):9.4f} s")


def test_small_elections_against_their_slow_twins() -> None:
    folder = pabulib_folder()
    for name in SMALL:
        against_twins(folder, name)


def test_large_elections() -> None:
    folder = pabulib_folder()
    for name in LARGE:
        alone(folder, name, long=False)


@pytest.mark.full
def test_large_elections_with_add1() -> None:
    folder = pabulib_folder()
    for name in LONG_ADD1:
        alone(folder, name, long=True)


if __name__ == "__main__":
    for small in SMALL:
        against_twins(FOLDER, small)
    for large in LARGE:
        alone(FOLDER, large, long="--long" in sys.argv[1:])
