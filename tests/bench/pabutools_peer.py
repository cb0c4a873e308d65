"""Decides elections with pabutools, in an environment of its own: JSON lines in, JSON lines out.

Run by that environment's Python, never imported by anything of ours. pabutools counts in exact
fractions here (its default) and breaks ties by the project's number as text (its default too).
Jobs, each an object on a line, each answered by an object on a line:

- ``{"job": "open", "file": NAME, "form": "list" | "multi"}`` reads a file: seconds and sizes;
- ``{"job": "decide", "rule": ..., "completion": "none" | "add1", "stop": ...}`` decides the file
  that is open: winners in order, steps of Add1 where they were counted, and processor seconds;
- ``{"job": "raised", "rule": ..., "steps": k}`` decides by equal shares where every voter has k
  currency units more;
- ``{"job": "percent", "rule": ...}`` raises the budget as pabutools does by default;
- ``{"job": "completed", "before": [...]}`` goes on greedily by votes after these winners.

A rule that pabutools does not have for these ballots is answered by ``{"error": WORDS}``.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable
from importlib.metadata import version
from typing import Any

from pabutools.election import (
    AbstractApprovalProfile,
    AbstractBallot,
    AbstractOrdinalBallot,
    AbstractProfile,
    AdditiveSatisfaction,
    Cardinality_Sat,
    Cost_Sat,
    Instance,
    Project,
    parse_pabulib,
)
from pabutools.fractions import frac
from pabutools.rules import (
    BudgetAllocation,
    exhaustion_by_budget_increase,
    greedy_utilitarian_welfare,
    method_of_equal_shares,
    sequential_phragmen,
)

Job = dict[str, Any]
"""A line as it came: only who sends it knows more, and it stops at this file."""
Answer = dict[str, str | int | float | list[str] | None]
Decided = tuple[BudgetAllocation, int | None]
Measure = type[AdditiveSatisfaction]

sys.setrecursionlimit(20_000)  # equal shares takes a frame of the stack for every winner


def value(ballot: AbstractBallot, project: Project) -> int:
    """What a ballot gives a project: points, or the places of a ranking counted from its end."""
    if project not in ballot:
        return 0
    if isinstance(ballot, AbstractOrdinalBallot):
        return int(len(ballot) - ballot.position(project))
    return int(ballot[project])


class ByValue(AdditiveSatisfaction):  # type: ignore[misc]  # pabutools has no types
    """The value that the ballot gives."""

    def __init__(
        self, instance: Instance, profile: AbstractProfile, ballot: AbstractBallot
    ) -> None:
        """Measure one ballot."""
        super().__init__(instance, profile, ballot, lambda _i, _p, b, p, _v: value(b, p))


class ByNumber(AdditiveSatisfaction):  # type: ignore[misc]  # as above
    """One for each project that the ballot gives anything."""

    def __init__(
        self, instance: Instance, profile: AbstractProfile, ballot: AbstractBallot
    ) -> None:
        """Measure one ballot."""
        super().__init__(instance, profile, ballot, lambda _i, _p, b, p, _v: int(value(b, p) > 0))


class ByCost(AdditiveSatisfaction):  # type: ignore[misc]  # as above
    """The value that the ballot gives times the project's cost."""

    def __init__(
        self, instance: Instance, profile: AbstractProfile, ballot: AbstractBallot
    ) -> None:
        """Measure one ballot."""
        super().__init__(instance, profile, ballot, lambda _i, _p, b, p, _v: value(b, p) * p.cost)


class Table:
    """The election that is open."""

    def __init__(self, file: str, form: str) -> None:
        """Read a file; the form ``multi`` puts equal ballots together."""
        begun = time.process_time()
        self.instance, profile = parse_pabulib(file)
        self.parse_s = time.process_time() - begun
        begun = time.process_time()
        self.profile = profile.as_multiprofile() if form == "multi" else profile
        self.grouping_s = time.process_time() - begun
        self.ballots = int(profile.num_ballots())
        approvals = isinstance(self.profile, AbstractApprovalProfile)
        # Its own measures for approvals, which it knows to be quick.
        self.by_cost: Measure = Cost_Sat if approvals else ByCost
        self.by_value: Measure = Cardinality_Sat if approvals else ByValue
        self.by_number: Measure = Cardinality_Sat if approvals else ByNumber
        self.approvals = approvals

    def sizes(self) -> Answer:
        """What was read, and the processor seconds that it took."""
        return {
            "ballots": self.ballots,
            "projects": len(self.instance),
            "different": len(self.profile),
            "approvals": self.approvals,
            "parse_s": self.parse_s,
            "grouping_s": self.grouping_s,
        }

    def measure(self, rule: str) -> Measure:
        """The measure of satisfaction that our rule of this name uses."""
        match rule:
            case "greedy" | "mes-cost":
                return self.by_cost
            case "mes-cardinality":
                return self.by_number
            case _:
                return self.by_value

    def greedy(self, sat: Measure, before: Iterable[Project] = ()) -> BudgetAllocation:
        """Greedy by satisfaction per cost: with cost as satisfaction that is by votes."""
        return greedy_utilitarian_welfare(
            self.instance, self.profile, sat_class=sat, initial_budget_allocation=list(before)
        )

    def shares(self, sat: Measure, increment: int | None = None) -> BudgetAllocation:
        """Equal shares; with an increment its own way of Add1, stopping when exhaustive."""
        step = None if increment is None else frac(increment, 1)
        return method_of_equal_shares(
            self.instance, self.profile, sat_class=sat, voter_budget_increment=step
        )

    def raised(self, sat: Measure, steps: int) -> BudgetAllocation:
        """Equal shares with so many currency units more for every voter, whatever it costs."""
        budget = self.instance.budget_limit
        self.instance.budget_limit = budget + steps * self.ballots
        try:
            return self.shares(sat)
        finally:
            self.instance.budget_limit = budget

    def until_infeasible(self, sat: Measure) -> Decided:
        """Add1 that stops only at the first infeasible outcome, or when nothing is left to buy.

        pabutools' own loop of this kind would not end where all that is supported fits.
        """
        measures = self.profile.as_sat_profile(sat_class=sat)
        wanted = [p for p in self.instance if any(one.sat_project(p) > 0 for one in measures)]
        steps, outcome = 0, self.raised(sat, 0)
        while any(project not in outcome for project in wanted):
            steps += 1
            following = self.raised(sat, steps)
            if not self.instance.is_feasible(following):
                break
            outcome = following
        return outcome, steps

    def by_percent(self, sat: Measure) -> BudgetAllocation:
        """Its completion by a larger budget, in its own steps of one percent."""
        return exhaustion_by_budget_increase(
            self.instance, self.profile, method_of_equal_shares, {"sat_class": sat}
        )

    def decided(self, rule: str, completion: str, stop: str) -> Decided:
        """The winners in order, and the steps of Add1 where they were counted."""
        if rule == "phragmen":
            return sequential_phragmen(self.instance, self.profile), None
        if not rule.startswith("mes-"):
            return self.greedy(self.measure(rule)), None
        sat = self.measure(rule)
        if completion == "none":
            return self.shares(sat), None
        if stop == "infeasible":
            return self.until_infeasible(sat)
        return self.shares(sat, increment=1), None

    def named(self, names: Iterable[str]) -> list[Project]:
        """Projects by their numbers."""
        by_name = {project.name: project for project in self.instance}
        return [by_name[name] for name in names]


def work_of(table: Table, job: Job) -> Callable[[], Decided]:
    """What a job asks for, ready to be timed."""
    rule = str(job.get("rule", "greedy"))
    match job["job"]:
        case "completed":
            before = table.named(job["before"])
            return lambda: (table.greedy(table.by_cost, before), None)
        case "raised":
            steps = int(job["steps"])
            return lambda: (table.raised(table.measure(rule), steps), None)
        case "percent":
            return lambda: (table.by_percent(table.measure(rule)), None)
        case _:
            return lambda: table.decided(rule, str(job["completion"]), str(job["stop"]))


def timed(work: Callable[[], Decided]) -> Answer:
    """Do it, and tell the winners and the processor seconds."""
    begun = time.process_time()
    try:
        outcome, steps = work()
    except ValueError as fault:  # the rule does not take ballots of this kind
        return {"error": str(fault)}
    seconds = time.process_time() - begun
    return {"winners": [p.name for p in outcome], "steps": steps, "seconds": seconds}


def main() -> None:
    """Answer jobs until there are none."""
    table: Table | None = None
    say({"pabutools": version("pabutools"), "gmpy2": version("gmpy2")})
    for line in sys.stdin:
        job: Job = json.loads(line)
        if job["job"] == "open":
            table = Table(str(job["file"]), str(job["form"]))
            say(table.sizes())
        elif table is not None:
            say(timed(work_of(table, job)))


def say(answer: Answer) -> None:
    """One line for whoever asked."""
    print(json.dumps(answer), flush=True)  # noqa: T201 - this is how it answers


if __name__ == "__main__":
    main()
