"""Every shared election under every rule and completion: the winners of an exact reference.

The references are what pabutools decided with exact fractions, recorded with its version in
``tests/data/exact_winners.json`` (``python -m tests.bench.record``), and the slow twin. What of
pabutools' answers is its own is told in ``docs/peers_differ.md``.
"""

from dataclasses import dataclass
from functools import lru_cache

import pytest

from talkoot.voting.allocation import AllocationProblem, allocated
from talkoot.voting.allocation.reference import reference
from talkoot.voting.ballot import AllocationRule, Completion, Rule, Stop
from talkoot.voting.pabulib import problem_from
from tests.bench.facts import facts
from tests.shared_data import pabulib_folder, real_election
from tests.voting.allocation.listed import listed_by_number, raised

FACTS = facts()
EQUAL_SHARES = (Rule.MES_COST, Rule.MES_CARDINALITY, Rule.MES_VALUES)
ADD1 = (Completion.ADD1, Completion.ADD1U)

LONG = frozenset(
    {
        "Hungary_Budapest_2024",
        "Poland_Warszawa_2023_Mokotow",
        "Poland_Warszawa_2026",
    }
)
"""Elections whose Add1 takes seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One election under one rule, by the words under which the answer is on file."""

    election: str
    words: str

    @property
    def rule(self) -> AllocationRule:
        """The rule that the words name."""
        base, _, stop = self.words.partition("/")
        base, _, _ = base.partition("@")
        rule, _, completion = base.partition("+")
        return AllocationRule(
            rule=Rule(rule),
            completion=Completion(completion or "none"),
            stop=Stop(stop or "exhaustive"),
        )

    @property
    def steps(self) -> int:
        """By how many currency units every voter's money is raised."""
        return int(self.words.partition("@")[2] or 0)

    @property
    def long(self) -> bool:
        """Whether it takes long."""
        return self.election in LONG and self.rule.completion in ADD1

    def __str__(self) -> str:
        """A name for the list of tests."""
        return f"{self.election}-{self.words}"


def cases() -> list[Case]:
    """All that is on file, election by election."""
    return [
        Case(election=name, words=words)
        for name, decisions in FACTS.elections.items()
        for words in decisions.decided
    ]


@lru_cache(maxsize=4)
def problem(name: str) -> AllocationProblem:
    """An election, read once for all its cases, which follow one another."""
    return listed_by_number(problem_from(real_election(name)))


def agrees(case: Case) -> None:
    expected = FACTS.elections[case.election].winners(case.words)
    here = raised(problem(case.election), case.steps)
    found = allocated(here, case.rule).winners
    if case.rule.rule is Rule.PHRAGMEN:  # pabutools gives its winners sorted by name
        found = tuple(sorted(found))
    assert found == expected


NOT_ASKED_YET = frozenset(
    {
        "Hungary_Budapest_2024",
        "Poland_Lodz_2022",
        "Poland_Warszawa_2026",
        "Poland_Wroclaw_2015_150_-_500",
    }
)
"""``python -m tests.bench.record`` asks about them and takes an hour. They are among the ten of
``test_real_elections``, whose winners were written down from exact peers."""


def test_every_shared_election_is_on_file() -> None:
    there = {file.name.partition(".pb")[0] for file in pabulib_folder().glob("*.pb*")}
    assert there - set(FACTS.elections) <= NOT_ASKED_YET


@pytest.mark.parametrize("case", [case for case in cases() if not case.long], ids=str)
def test_the_winners_are_those_of_an_exact_peer(case: Case) -> None:
    agrees(case)


@pytest.mark.full
@pytest.mark.parametrize("case", [case for case in cases() if case.long], ids=str)
def test_the_winners_of_a_long_run_are_those_of_an_exact_peer(case: Case) -> None:
    agrees(case)


def unfinished() -> list[Case]:
    """Runs of Add1 that the peer did not finish, so that only single steps are on file."""
    return [
        Case(election=name, words=f"{rule}+add1/{stop}")
        for name, decisions in FACTS.elections.items()
        for rule in EQUAL_SHARES
        for stop in Stop
        if rule in decisions.decided and f"{rule}+add1/{stop}" not in decisions.decided
    ]


def comes_out_at_its_last_step(case: Case) -> None:
    """Add1 gives the outcome of its last step, or of the one before where the last is too dear."""
    here, decisions = problem(case.election), FACTS.elections[case.election]
    outcome = allocated(here, case.rule)
    costs = dict(zip(here.profile.projects, here.costs, strict=True))
    at = outcome.steps
    last = decisions.winners(f"{case.rule.rule}@{at}")
    if sum(cost for project, cost in costs.items() if project in last) > here.budget:
        last = decisions.winners(f"{case.rule.rule}@{at - 1}")
    assert outcome.winners == last


@pytest.mark.parametrize("case", [c for c in unfinished() if c.election not in LONG], ids=str)
def test_add1_ends_with_equal_shares_at_its_last_endowment(case: Case) -> None:
    comes_out_at_its_last_step(case)


@pytest.mark.full
@pytest.mark.parametrize("case", [c for c in unfinished() if c.election in LONG], ids=str)
def test_a_long_add1_ends_with_equal_shares_at_its_last_endowment(case: Case) -> None:
    comes_out_at_its_last_step(case)


WITHOUT_STEPS = tuple(
    AllocationRule(rule=rule, completion=completion)
    for rule in (Rule.GREEDY, Rule.GREEDY_PER_COST, *EQUAL_SHARES)
    for completion in (Completion.NONE, Completion.GREEDY)
    if rule in EQUAL_SHARES or completion is Completion.NONE
)


def twin_agrees(name: str, most_cells: int, least_cells: int = 0) -> None:
    """Compare with the slow twin, where different ballots times projects are neither too many nor
    already compared.
    """
    here = problem(name)
    if not least_cells < here.profile.groups * len(here.costs) <= most_cells:
        pytest.skip("not of this size")
    for rule in WITHOUT_STEPS:
        assert allocated(here, rule).winners == reference(here, rule).winners


@pytest.mark.parametrize("name", FACTS.elections)
def test_a_small_election_comes_out_as_the_slow_twin_says(name: str) -> None:
    twin_agrees(name, 10_000)


@pytest.mark.full
@pytest.mark.parametrize("name", FACTS.elections)
def test_a_larger_election_comes_out_as_the_slow_twin_says(name: str) -> None:
    twin_agrees(name, 100_000, 10_000)
