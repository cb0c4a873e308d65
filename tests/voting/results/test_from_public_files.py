"""The public files: the same for any order of the same ballots, and made again from themselves."""

import json
from collections.abc import Callable, Sequence
from random import Random

import msgspec
import pytest

from talkoot.voting.allocation import allocated, problem_of
from talkoot.voting.ballot import BallotDefinition, Entry, VoteType
from talkoot.voting.log import definition_from, definition_json
from talkoot.voting.pabulib import PbHead, pb_text
from talkoot.voting.results import (
    BALLOTS,
    BALLOTS_CSV,
    BALLOTS_JSON,
    RESULT,
    Count,
    counted,
    files_of,
    head_of,
    partition_from,
)
from talkoot.voting.results.ballot_files import csv_of, json_of
from talkoot.voting.tally import Choice, Profile, profile_from_counts
from tests.voting.results.recorded_elections import TOWN, an_election

ORDERS = 20
EVERY_TYPE = pytest.mark.parametrize("vote_type", list(VoteType))


def files_from(count: Count, definition: BallotDefinition, head: PbHead) -> dict[str, bytes]:
    files = {file.name: file.body for file in files_of(definition, head, count)}
    return {
        **files,
        BALLOTS_CSV: csv_of(count.profile),
        BALLOTS_JSON: json_of(definition, count.profile),
    }


def public(vote_type: VoteType) -> tuple[dict[str, bytes], BallotDefinition, PbHead]:
    """Give the public files of a small election."""
    election, entries = an_election(vote_type)
    definition, head = election.definition, head_of(election, TOWN)
    count = counted(partition_from(entries, definition), definition)
    return files_from(count, definition, head), definition, head


def profile_in(body: bytes, definition: BallotDefinition) -> Profile:
    """Read the ballots that anyone may fetch."""
    ids = tuple(project.id for project in definition.projects)
    groups = json.loads(body)["groups"]
    counts: dict[Choice, int] = {
        tuple(sorted((ids.index(project), value) for project, value in group["marks"])): group[
            "ballots"
        ]
        for group in groups
    }
    return profile_from_counts(counts, ids)


def in_order_of_arrival(entries: Sequence[Entry]) -> bytes:
    """What a count writes that does not sort: the ballots as they came, without a name."""
    return b"\n".join(entry.what for entry in entries)


def in_orders(vote_type: VoteType, written: Callable[[list[Entry]], bytes]) -> int:
    """Give how many different files twenty orders of the same entries make."""
    _, entries = an_election(vote_type)
    random, found = Random(9), set()
    for _ in range(ORDERS):
        random.shuffle(entries)
        found.add(written(entries))
    return len(found)


@EVERY_TYPE
def test_t9_twenty_orders_of_the_same_ballots_give_the_same_public_files(
    vote_type: VoteType,
) -> None:
    election, _ = an_election(vote_type)
    definition, head = election.definition, head_of(election, TOWN)

    def written(entries: list[Entry]) -> bytes:
        count = counted(partition_from(entries, definition), definition)
        return msgspec.msgpack.encode(files_from(count, definition, head))

    assert in_orders(vote_type, written) == 1
    # The control: without sorting each order has a file of its own, and the file tells the order.
    assert in_orders(vote_type, in_order_of_arrival) == ORDERS


@EVERY_TYPE
def test_t24_the_public_ballots_and_definition_make_the_published_bytes_again(
    vote_type: VoteType,
) -> None:
    files, own, head = public(vote_type)
    definition = definition_from(definition_json(own), own.hash)
    profile = profile_in(files[BALLOTS_JSON], definition)
    outcome = allocated(problem_of(profile, definition), definition.allocation)
    assert pb_text(definition, profile, outcome.winners, head).encode() == files[BALLOTS]
    assert csv_of(profile) == files[BALLOTS_CSV]
    assert json_of(definition, profile) == files[BALLOTS_JSON]
    said = json.loads(files[RESULT])["projects"]
    funded = sorted((one["turn"], one["number"]) for one in said if one["turn"] is not None)
    assert [number for _, number in funded] == list(outcome.winners)


def test_t24_one_ballot_more_or_less_makes_other_bytes() -> None:
    """The control."""
    files, definition, head = public(VoteType.APPROVAL)
    document = json.loads(files[BALLOTS_JSON])
    document["groups"][0]["ballots"] += 1
    profile = profile_in(json.dumps(document).encode(), definition)
    outcome = allocated(problem_of(profile, definition), definition.allocation)
    assert pb_text(definition, profile, outcome.winners, head).encode() != files[BALLOTS]
