"""Elections counted as their files say: what came out is what the towns announced."""

from dataclasses import replace
from functools import cache

import pytest

from talkoot.voting.allocation import Allocation, AllocationProblem, FateKind, allocated
from talkoot.voting.ballot import AllocationRule, Comparison, Completion, Rule
from talkoot.voting.pabulib import PbElection, problem_from, rule_from
from tests.shared_data import pabulib_folder, real_election

BY_VOTES = (
    "Poland_Gdynia_2020_Grabowek__large",
    "Poland_Gdynia_2023_Green_Budget",
    "Poland_Gdynia_2024",
    "Poland_Katowice_2020_Ligota-Panewniki",
    "Poland_Katowice_2023",
    "Poland_Krakow_2024",
    "Poland_Lodz_2022",
    "Poland_Lodz_2024_Stoki-Sikawa-Podgorze",
    "Poland_Warszawa_2017_Goclaw",
    "Poland_Warszawa_2020_Wawer",
    "Poland_Warszawa_2022_Bielany",
    "Poland_Warszawa_2023_Mokotow",
    "Poland_Warszawa_2026",
    "Poland_Warszawa_2026_Sady_Zoliborskie",
    "Poland_Wroclaw_2015_150_-_500",
    "poland_warszawa_2017_goclaw",
)

DIFFERENT = {
    "poland_warszawa_2024_": "its comment says that some projects excluded each other, not which",
}
"""Files whose official winners are not those of their rule, and why."""

NO_RULE = {
    "Poland_Poznan_2023_1_-_Nowe_Winogrady_Polnoc_Nowe_Winogrady_Poludnie_Nowe_Winogrady_Wschod_"
    "Stare_Winogrady": "greedy-custom: a project that no longer fits is funded from a reserve",
    "Poland_Poznan_2026_large": "greedy-custom: the same",
}
"""Files with official winners and a rule that has no word of its own."""

EXCLUDING = {"Poland_Warszawa_2022_Bielany": ("201", "1932")}
"""Projects of which at most one could be funded, as the file's comment says in words."""

EQUAL_SHARES = (
    "Netherlands_Assen_2024",
    "Poland_Swiecie_2023",
    "Poland_Wieliczka_2023_Green_Budget",
)


@cache
def election(name: str) -> PbElection:
    return real_election(name)


def selected(pb: PbElection) -> set[str]:
    return {project.id for project in pb.projects if project.columns.get("selected") == "1"}


def posed(name: str) -> AllocationProblem:
    problem = problem_from(election(name))
    some = EXCLUDING.get(name, ())
    groups = tuple(0 if project in some else -1 for project in problem.profile.projects)
    return replace(problem, exclusive=groups)


def is_by_votes(name: str) -> bool:
    """Whether the file names a greedy rule and says what was selected."""
    pb = election(name)
    return pb.meta["rule"].startswith("greedy") and "selected" in pb.projects[0].columns


@pytest.mark.parametrize("name", BY_VOTES)
def test_an_election_by_votes_comes_out_as_announced(name: str) -> None:
    assert set(allocated(posed(name), rule_from(election(name))).winners) == selected(
        election(name)
    )


def test_the_table_of_differences_names_what_differs_and_nothing_else() -> None:
    files = {file.name.partition(".pb")[0] for file in pabulib_folder().glob("*.pb*")}
    assert {name for name in files if is_by_votes(name)} == {*BY_VOTES, *DIFFERENT, *NO_RULE}
    for name in DIFFERENT:
        outcome = allocated(posed(name), rule_from(election(name)))
        assert set(outcome.winners) != selected(election(name))
    for name in NO_RULE:
        with pytest.raises(Exception, match="greedy-custom"):
            rule_from(election(name))


def test_two_projects_on_one_square_are_told_apart_by_votes_and_the_other_says_why() -> None:
    outcome = allocated(
        posed("Poland_Warszawa_2022_Bielany"), rule_from(election("Poland_Warszawa_2022_Bielany"))
    )
    (fate,) = [fate for fate in outcome.fates if fate.project == "1932"]
    assert (fate.kind, fate.blocked_by) == (FateKind.EXCLUDED, "201")
    # It is the cheaper one: with as many votes as the other it would have come first.
    assert fate.missing_votes == 2291 - 1383


@pytest.mark.parametrize("name", EQUAL_SHARES)
def test_an_election_by_equal_shares_comes_out_as_announced(name: str) -> None:
    rule = rule_from(election(name))
    assert (rule.rule, rule.completion) == (Rule.MES_COST, Completion.ADD1)
    assert set(allocated(posed(name), rule).winners) == selected(election(name))


def wieliczka(rule: AllocationRule) -> Allocation:
    return allocated(posed("Poland_Wieliczka_2023_Green_Budget"), rule)


def test_wieliczka_compared_with_greedy_as_it_had_published() -> None:
    rule = rule_from(election("Poland_Wieliczka_2023_Green_Budget"))
    assert rule.comparison is Comparison.GREEDY
    outcome = wieliczka(rule)
    compared = outcome.pots[0].compared
    assert compared is not None
    assert (compared.greedy, compared.rule, compared.greedy_stands) == (873, 1615, False)
    greedy = wieliczka(AllocationRule(rule=Rule.GREEDY, tie=rule.tie))
    assert compared.rejected == greedy.winners
    assert outcome.winners == wieliczka(replace(rule, comparison=Comparison.NONE)).winners


def test_swiecie_barred_one_project_that_a_third_of_its_share_did_not_choose() -> None:
    pb = election("Poland_Swiecie_2023")
    outcome = allocated(posed("Poland_Swiecie_2023"), replace(rule_from(pb), support_for_cost=3))
    assert set(outcome.winners) == selected(pb)
    barred = [fate for fate in outcome.fates if fate.kind is FateKind.NOT_ELIGIBLE]
    assert len(barred) == 1
    place = [project.id for project in pb.projects].index(barred[0].project)
    votes, cost = problem_from(pb).tally.votes[place], pb.projects[place].cost
    missing = barred[0].missing_votes
    assert missing is not None
    assert 3 * votes * pb.budget < cost * pb.ballots
    assert 3 * (votes + missing - 1) * pb.budget < cost * pb.ballots
    assert 3 * (votes + missing) * pb.budget >= cost * pb.ballots
