"""Real elections, decided by the count and again by the reader: the same winners in one order."""

from pathlib import Path

import pytest

from talkoot.voting.allocation import allocated
from talkoot.voting.ballot import (
    AllocationRule,
    Comparison,
    Completion,
    Endowment,
    Rule,
    Stop,
    TieRule,
)
from talkoot.voting.pabulib import problem_from, read_pb
from tests.shared_data import FOLDER, pabulib_folder
from tests.verify.posed import CENTS, read_again

OURS = sorted((Path(__file__).resolve().parents[1] / "data").rglob("*.pb"))
REAL = sorted(FOLDER.glob("*.pb*"))
SMALL_BYTES = 60_000
"""Of a file as it lies there: so many are decided in every run, the others with --full."""
WITHIN_A_MINUTE = (
    "Netherlands_Amsterdam_604",
    "Netherlands_Assen_2024",
    "Poland_Gdynia_2020_Grabowek__large",
    "Poland_Gdynia_2023_Green_Budget",
    "Poland_Gdynia_2024",
    "Poland_Katowice_2020_Ligota-Panewniki",
    "Poland_Krakow_2018_Debniki",
    "Poland_Lodz_2024_Stoki-Sikawa-Podgorze",
    "Poland_Poznan_2023_1_",
    "Poland_Swiecie_2023",
    "Poland_Warszawa_2017_Goclaw",
    "Poland_Warszawa_2026_Sady_Zoliborskie",
    "Poland_Wieliczka_2023_Green_Budget",
    "Poland_Zabrze_2020",
    "Switzerland_Zurich_",
    "US_Stanford_",
    "Worldwide_Mechanical_Turk_",
    "poland_warszawa_2017_goclaw",
)
"""Real elections whose steps of Add1 the reader takes so fast; of others one takes hours."""
PLAIN = (Rule.GREEDY, Rule.GREEDY_PER_COST, Rule.MES_COST, Rule.MES_CARDINALITY, Rule.PHRAGMEN)
RULES = (
    *(AllocationRule(rule=rule, tie=TieRule.CHEAPER) for rule in PLAIN),
    AllocationRule(
        rule=Rule.MES_COST,
        completion=Completion.GREEDY,
        tie=TieRule.POPULAR,
        comparison=Comparison.GREEDY,
    ),
)
ADD1 = (
    AllocationRule(rule=Rule.MES_COST, completion=Completion.ADD1, tie=TieRule.CHEAPER),
    AllocationRule(
        rule=Rule.MES_COST,
        completion=Completion.ADD1U,
        stop=Stop.INFEASIBLE,
        endowment=Endowment.FLOOR,
        tie=TieRule.CHEAPER,
        comparison=Comparison.GREEDY,
    ),
)


def agree(file: Path, rules: tuple[AllocationRule, ...]) -> None:
    problem = problem_from(read_pb(file.read_bytes()))
    if CENTS % problem.unit:
        pytest.skip(f"{file.name} has prices in parts of a cent, which no public folder holds")
    for rule in rules:
        ours = allocated(problem, rule)
        assert read_again(problem, rule) == (list(ours.winners), ours.steps), rule


def parted(files: list[Path], most: int) -> list[object]:
    """The files as parameters, the large ones only in the full run."""
    return [
        pytest.param(
            file, id=file.name, marks=[pytest.mark.full] if file.stat().st_size > most else []
        )
        for file in files
    ]


def test_the_folder_of_real_elections_is_here() -> None:
    assert list(pabulib_folder().iterdir())


@pytest.mark.parametrize("file", parted([*OURS, *REAL], SMALL_BYTES))
def test_the_reader_decides_a_real_election_as_the_count_does(file: Path) -> None:
    agree(file, RULES)


@pytest.mark.parametrize("file", [*parted(OURS, SMALL_BYTES), *parted(REAL, 0)])
def test_the_reader_takes_the_steps_of_add1_as_the_count_does(file: Path) -> None:
    if file in REAL and not file.name.startswith(WITHIN_A_MINUTE):
        pytest.skip("its steps of Add1 are left out: too many for the reader in a minute")
    agree(file, ADD1)
