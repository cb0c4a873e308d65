"""Whatever is cast, in whatever order and batches, what stands is what the pure rule says."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from talkoot.base.db import Database
from talkoot.base.ids import VoterKey
from talkoot.voting.ballot import Channel, Entry, Method, Recast
from talkoot.voting.dedup.reference import standing_entries
from talkoot.voting.intake import AlreadyRecorded, Cast, Door, Outcome, Recorded, Refusal, Refused
from talkoot.voting.log import Election, recorded_count, standing_hashes
from tests.voting.log.made_up import NOON, a_cast, a_voter, an_open_election, entries_of

VOTERS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One ballot sent; ``repeats`` sends it so many times more, with the others beside it."""

    voter: int
    project: str
    method: Method
    channel: Channel
    door: int
    repeats: int


steps = st.builds(
    Step,
    voter=st.integers(0, VOTERS - 1),
    project=st.sampled_from(["1", "2", "3"]),
    method=st.sampled_from(Method),
    channel=st.sampled_from(Channel),
    door=st.integers(0, 1),
    repeats=st.sampled_from([0, 0, 0, 1, 2]),
)
groups = st.lists(st.lists(steps, max_size=6), max_size=4)
"""The steps of a group are sent at once, the groups one after another."""


def casts_of(step: Step, election: Election) -> list[Cast]:
    cast = a_cast(
        election,
        voter=a_voter(step.voter),
        submission=uuid4(),
        projects=[step.project],
        method=step.method,
        channel=step.channel,
    )
    return [cast] * (1 + step.repeats)


async def sent(
    doors: tuple[Door, Door], election: Election, together: list[Step]
) -> list[tuple[Cast, Outcome]]:
    pairs = [(doors[step.door], cast) for step in together for cast in casts_of(step, election)]
    outcomes = await asyncio.gather(*(door.cast(cast, NOON) for door, cast in pairs))
    return [(cast, outcome) for (_, cast), outcome in zip(pairs, outcomes, strict=True)]


def by_voter(entries: list[Entry]) -> dict[VoterKey, list[Entry]]:
    grouped: dict[VoterKey, list[Entry]] = defaultdict(list)
    for entry in entries:
        grouped[entry.voter_key].append(entry)
    return grouped


def each_submission_has_one_entry(
    answers: list[tuple[Cast, Outcome]], entries: list[Entry]
) -> None:
    """Every acknowledged hash is that submission's entry, and it was Recorded exactly once."""
    hashes = {entry.submission_id: entry.hash for entry in entries}
    recorded = [c.submission_id for c, outcome in answers if isinstance(outcome, Recorded)]
    assert sorted(recorded) == sorted(hashes)
    for cast, outcome in answers:
        if isinstance(outcome, Recorded | AlreadyRecorded):
            assert outcome.entry_hash == hashes[cast.submission_id]


@given(groups)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_what_stands_is_the_greatest_sort_key_where_the_last_counts(
    database: Database, desk: Database, several: list[list[Step]]
) -> None:
    election = await an_open_election(desk)
    async with Door(database) as one, Door(database) as two:
        answers = [pair for some in several for pair in await sent((one, two), election, some)]
    entries = await entries_of(desk, election.id)
    async with desk.writing() as session:
        assert await standing_hashes(session, election.id) == standing_entries(entries)
    each_submission_has_one_entry(answers, entries)
    for mine in by_voter(entries).values():
        assert sorted(entry.round for entry in mine) == list(range(1, len(mine) + 1))


@given(groups)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_each_voter_has_one_entry_where_the_first_counts(
    database: Database, desk: Database, several: list[list[Step]]
) -> None:
    election = await an_open_election(desk, recast=Recast.FIRST_COUNTS)
    async with Door(database) as one, Door(database) as two:
        answers = [pair for some in several for pair in await sent((one, two), election, some)]
    entries = await entries_of(desk, election.id)
    async with desk.writing() as session:
        assert await standing_hashes(session, election.id) == standing_entries(entries)
        assert await recorded_count(session, election.id) == len(by_voter(entries))
    assert set(by_voter(entries)) == {cast.voter_key for cast, _ in answers}
    each_submission_has_one_entry(answers, entries)
    recorded = {entry.submission_id for entry in entries}
    for cast, outcome in answers:
        if cast.submission_id not in recorded:
            assert outcome == Refused(reason=Refusal.ALREADY_VOTED)
