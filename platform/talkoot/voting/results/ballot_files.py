"""The counted ballots as CSV and JSON: no order but that of their content, and nothing of anyone.

Pure. The same ballots give the same bytes. A value is 1 for an approval, the points or score given;
of a ranking of l projects the first has l, the last 1.
"""

import csv
import io
from collections.abc import Iterator

import msgspec

from talkoot.voting.ballot import BallotDefinition, Purpose
from talkoot.voting.tally import Profile

BALLOTS_CSV, BALLOTS_JSON = "ballots.csv", "ballots.json"
_FORMULA = ("=", "+", "-", "@")
"""A cell that begins so is a formula to a spreadsheet: such a one gets an apostrophe before it."""


def csv_of(profile: Profile, purpose: Purpose = Purpose.BINDING) -> bytes:
    """A line a ballot, after the heading: its projects, and their values, as lists with commas.

    Of an unverified poll every line says so, in a column of its own.
    """
    out = io.StringIO(newline="")
    sheet = csv.writer(out, lineterminator="\n")
    kind = [purpose.label] if purpose.label else []
    sheet.writerow(["projects", "values", *(["kind"] if kind else [])])
    for marks, ballots in _groups(profile):
        projects = ",".join(project for project, _ in marks)
        cell = f"'{projects}" if projects.startswith(_FORMULA) else projects
        line = io.StringIO(newline="")
        values = ",".join(str(value) for _, value in marks)
        csv.writer(line, lineterminator="\n").writerow([cell, values, *kind])
        out.write(line.getvalue() * ballots)
    return out.getvalue().encode()


def json_of(definition: BallotDefinition, profile: Profile) -> bytes:
    """Equal ballots once, with how many there are."""
    groups = [{"ballots": ballots, "marks": marks} for marks, ballots in _groups(profile)]
    value = {
        "format": "talkoot-ballots/1",
        "election": str(definition.election_id),
        "definition_hash": definition.hash.hex(),
        "vote_type": definition.vote_type.value,
        "ballots": profile.ballots,
        "groups": groups,
    }
    if definition.purpose is not Purpose.BINDING:
        value["purpose"] = definition.purpose.value
    return msgspec.json.encode(value) + b"\n"


def _groups(profile: Profile) -> Iterator[tuple[list[tuple[str, int]], int]]:
    """Each different ballot, as project numbers and values, and how many there are."""
    bounds, weights = profile.indptr.tolist(), profile.weights.tolist()
    items, values, projects = profile.items.tolist(), profile.values.tolist(), profile.projects
    for group, ballots in enumerate(weights):
        some = slice(bounds[group], bounds[group + 1])
        marks = [(projects[at], value) for at, value in zip(items[some], values[some], strict=True)]
        yield marks, ballots
