"""A ``.pb`` file read and counted by the csv module in a few lines, apart from our own reader."""

import csv
import gzip
import io
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from talkoot.base.ids import ProjectId
from talkoot.voting.allocation.problem import AllocationProblem
from talkoot.voting.allocation.reference import Outcome, reference
from talkoot.voting.ballot import AllocationRule
from talkoot.voting.tally import profile_from_counts

Row = dict[str, str]
Marks = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class PlainFile:
    """META as a mapping, projects as rows, and each voter's marks as they stand in the file."""

    meta: Row
    projects: list[Row]
    votes: dict[str, Marks]

    def fault(self, marks: Marks) -> bool:
        """Whether the file's own limits refuse a ballot."""
        names = [project for project, _ in marks]
        total = sum(value for _, value in marks)
        known = {row["project_id"] for row in self.projects}
        return not (
            len(set(names)) == len(names)
            and set(names) <= known
            and int(self.meta.get("min_length", "1")) <= len(names)
            and len(names) <= int(self.meta.get("max_length", str(len(known))))
            and ("points" not in self.meta["kind"] or total <= int(self.meta["max_sum_points"]))
        )

    @property
    def lawful(self) -> dict[str, Marks]:
        """The ballots that the limits allow."""
        return {voter: marks for voter, marks in self.votes.items() if not self.fault(marks)}

    def counts(self) -> tuple[dict[str, int], dict[str, int]]:
        """Votes and points of each project over the lawful ballots, one after another."""
        votes = {row["project_id"]: 0 for row in self.projects}
        score = dict(votes)
        for marks in self.lawful.values():
            for project, value in marks:
                votes[project] += 1
                score[project] += value
        return votes, score

    def expected(self, rule: AllocationRule) -> Outcome:
        """The winners by the slow exact rules over the lawful ballots."""
        place = {row["project_id"]: at for at, row in enumerate(self.projects)}
        choices = Counter(
            tuple(sorted((place[project], value) for project, value in marks))
            for marks in self.lawful.values()
        )
        ids = tuple(ProjectId(row["project_id"]) for row in self.projects)
        costs = tuple(cents(row["cost"]) for row in self.projects)
        problem = AllocationProblem(
            profile=profile_from_counts(choices, ids),
            costs=costs,
            budget=cents(self.meta["budget"]),
        )
        return reference(problem, rule)


def cents(amount: str) -> int:
    """Read an amount of money; exact, or an error."""
    whole = Fraction(amount) * 100
    assert whole.denominator == 1, amount
    return int(whole)


def plain_file(path: Path) -> PlainFile:
    """Read a file of approvals or points in today's dialect."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8-sig")
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=";") if row]
    projects, votes = rows.index(["PROJECTS"]), rows.index(["VOTES"])
    meta = {row[0]: row[1] for row in rows[2:projects]}
    meta["kind"] = "points" if meta["vote_type"] == "cumulative" else "approvals"
    return PlainFile(
        meta=meta,
        projects=_dicts(rows[projects + 1 : votes]),
        votes={row["voter_id"]: _marks(row, meta["kind"]) for row in _dicts(rows[votes + 1 :])},
    )


def _dicts(rows: list[list[str]]) -> list[Row]:
    return [dict(zip(rows[0], row, strict=False)) for row in rows[1:]]


def _marks(row: Row, kind: str) -> Marks:
    names = row["vote"].split(",") if row["vote"] else []
    values = row["points"].split(",") if kind == "points" and names else ["1"] * len(names)
    return tuple((name, int(value)) for name, value in zip(names, values, strict=True))
