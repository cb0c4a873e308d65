"""Polls fed as ballots, from roll to published result, come out with exactly their counts."""

import asyncio
import csv
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import pytest

from talkoot.base.db import Database
from talkoot.base.i18n import text_from
from talkoot.base.ids import AreaCode, ElectionId, ProjectId, SubmissionId, VoterKey
from talkoot.base.money import Cents
from talkoot.cli.demo.content import RoundFile, rounds_file
from talkoot.cli.demo.people import poll_ballots
from talkoot.rounds import Kind
from talkoot.voting.ballot import (
    DEFAULT_RANKS,
    AllocationRule,
    BallotDefinition,
    Channel,
    Limits,
    Mark,
    Method,
    ProjectOnBallot,
    Recast,
    Rule,
    VoteType,
)
from talkoot.voting.intake import Cast, Door, Recorded
from talkoot.voting.log import Election, closed
from talkoot.voting.results import Accounting, Fate, Result, published
from talkoot.voting.roll import (
    CodeCost,
    CodeHasher,
    Origin,
    SignedIn,
    activate,
    create_keys,
    import_roll,
    issue_codes,
    sign_in,
)
from tests.voting.log.made_up import CLOSES, NOON, PERSONS
from tests.voting.results.made_up import a_town_with_an_open_election

POLLS = Path("shared") / "data" / "workshop" / "polls.csv"
AREA = AreaCode("all")
CHEAP = CodeCost(memory_kib=8, passes=1)
Poll = list[tuple[str, int]]


def workshop(repository: Path) -> dict[str, Poll]:
    """The polls of the workshop: name -> options and their votes, in order."""
    path = repository.parent / POLLS
    if not path.exists():
        pytest.skip("the workshop's polls are not at hand: ../shared/data/workshop/polls.csv")
    polls: dict[str, Poll] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            polls.setdefault(row["poll"], []).append((row["option_fi"], int(row["votes"])))
    return polls


def a_poll(options: Sequence[str]) -> BallotDefinition:
    return BallotDefinition(
        election_id=ElectionId(uuid4()),
        title=text_from("Kysely"),
        vote_type=VoteType.APPROVAL,
        limits=Limits(max_choices=len(options)),
        projects=tuple(
            ProjectOnBallot(id=ProjectId(str(number)), name=text_from(option), cost=Cents(0))
            for number, option in enumerate(options, 1)
        ),
        areas=(),
        budget=Cents(0),
        currency="EUR",
        allocation=AllocationRule(rule=Rule.COUNT_ONLY),
        recast=Recast.FIRST_COUNTS,
        ranks=DEFAULT_RANKS,
    )


async def polled(database: Database, desk: Database, keys_folder: Path, poll: Poll) -> Result:
    """Run a poll from beginning to end: roll, codes, sign-in, door, close, count."""
    election = await a_town_with_an_open_election(
        desk, a_poll([option for option, _ in poll]), kind=Kind.POLL
    )
    ballots = poll_ballots([votes for _, votes in poll])
    voters = await signed_in(database, desk, keys_folder, election, len(ballots))
    async with Door(database) as door:
        answers = await asyncio.gather(
            *(
                door.cast(a_cast(election, voter, ballot), NOON)
                for voter, ballot in zip(voters, ballots, strict=True)
            )
        )
    assert all(isinstance(answer, Recorded) for answer in answers)
    async with desk.writing() as session:
        await closed(session, election.id, persons=PERSONS, at=CLOSES)
    async with desk.writing() as session:
        return (await published(session, election.id, persons=PERSONS, at=CLOSES)).result


async def signed_in(
    database: Database, desk: Database, keys_folder: Path, election: Election, number: int
) -> list[VoterKey]:
    """Put so many persons on the roll, give each a code, and let each sign in with it."""
    keys = create_keys(keys_folder, election.id)
    rows = "".join(f"V{n};1970;{AREA};fi\n" for n in range(number))
    async with CodeHasher(CHEAP) as hasher:
        async with desk.writing() as session:
            report = await import_roll(
                session,
                f"anchor;birth_year;area;language\n{rows}".encode(),
                election_id=election.id,
                areas={AREA},
                at=NOON,
            )
            assert report.added == number
            batch = await issue_codes(
                session, election_id=election.id, keys=keys, hasher=hasher, by="Aino", at=NOON
            )
            await activate(session, batch.id, by="Väinö", at=NOON)
        found = []
        for issued in batch.codes:
            async with database.writing() as session:
                answer = await sign_in(
                    session,
                    issued.code,
                    election_id=election.id,
                    origin=Origin(network="home"),
                    keys=keys,
                    hasher=hasher,
                    at=NOON,
                )
            assert isinstance(answer, SignedIn)
            found.append(answer.voter_key)
    assert len(set(found)) == number
    return found


def a_cast(election: Election, voter: VoterKey, chosen: Sequence[ProjectId]) -> Cast:
    return Cast(
        election_id=election.id,
        submission_id=SubmissionId(uuid4()),
        voter_key=voter,
        method=Method.CODE,
        channel=Channel.WEB,
        definition_hash=election.definition.hash,
        marks=tuple(Mark(project=project) for project in chosen),
    )


def comes_out_exactly(result: Result, poll: Poll) -> None:
    voters = max(votes for _, votes in poll)
    assert [(project.name["fi"], project.votes) for project in result.projects] == poll
    assert {project.fate for project in result.projects} == {Fate.COUNTED}
    assert not result.winners
    assert result.accounting == Accounting(entries=voters, counted=voters, superseded=0, spoiled=0)


async def test_both_polls_of_the_workshop_come_out_exactly(
    database: Database, desk: Database, repository: Path, tmp_path: Path
) -> None:
    polls = workshop(repository)
    assert len(polls) == 2
    for poll in polls.values():
        comes_out_exactly(await polled(database, desk, tmp_path / "keys", poll), poll)


@pytest.mark.parametrize(
    "file", [one for one in rounds_file() if one.kind == Kind.POLL], ids=lambda file: file.slug
)
async def test_the_demonstrations_polls_come_out_exactly(
    database: Database, desk: Database, tmp_path: Path, file: RoundFile
) -> None:
    names = [option.name["fi"] for option in file.options]
    poll = list(zip(names, file.counts, strict=True))
    comes_out_exactly(await polled(database, desk, tmp_path / "keys", poll), poll)


async def test_a_poll_with_an_option_that_nobody_chose_comes_out_exactly(
    database: Database, desk: Database, tmp_path: Path
) -> None:
    poll = [(f"Vaihtoehto {n}", votes) for n, votes in enumerate((7, 1, 0, 4, 7))]
    comes_out_exactly(await polled(database, desk, tmp_path / "keys", poll), poll)
