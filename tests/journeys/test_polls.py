"""The workshop's two polls, fed as ballots through the door, come out with exactly its counts."""

import asyncio
import csv
from pathlib import Path
from uuid import uuid4

import pytest

from talkoot.base.clock import system_clock
from talkoot.base.db import Database
from talkoot.base.i18n import text_from
from talkoot.base.ids import ElectionId, MunicipalityId, ProjectId, RoundId, SubmissionId, VoterKey
from talkoot.base.money import Cents
from talkoot.cli.demo.people import poll_ballots
from talkoot.rounds import (
    GRACE_S,
    Contact,
    Kind,
    Municipality,
    Phase,
    PhaseKind,
    Project,
    Round,
    municipality_kept,
    round_kept,
)
from talkoot.voting import log
from talkoot.voting.ballot import (
    AllocationRule,
    Channel,
    Limits,
    Mark,
    Method,
    Recast,
    Rule,
    VoteType,
)
from talkoot.voting.intake import Cast, Door, Recorded
from talkoot.voting.log import ElectionRules, TwoPersons
from talkoot.voting.results import Result, published

PERSONS = TwoPersons("Aino", "Otto")
POLLS = Path("shared") / "data" / "workshop" / "polls.csv"
MADE_UP = (7, 1, 0, 4, 7)


def workshop(repository: Path) -> dict[str, list[tuple[str, int]]]:
    """The polls of the workshop: name -> options and their votes, in order."""
    path = repository.parent / POLLS
    if not path.exists():
        pytest.skip("the workshop's polls are not at hand: ../shared/data/workshop/polls.csv")
    polls: dict[str, list[tuple[str, int]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            polls.setdefault(row["poll"], []).append((row["option_fi"], int(row["votes"])))
    return polls


async def polled(
    database: Database, desk: Database, options: list[str], counts: list[int]
) -> Result:
    """Run a poll from beginning to end: frozen, opened, voted, closed, counted, published."""
    election = await opened(desk, options)
    definition = election.definition
    async with Door(database) as door:
        answers = await asyncio.gather(
            *(
                door.cast(
                    Cast(
                        election_id=election.id,
                        submission_id=SubmissionId(uuid4()),
                        voter_key=VoterKey(uuid4().bytes),
                        method=Method.CODE,
                        channel=Channel.WEB,
                        definition_hash=definition.hash,
                        marks=tuple(Mark(project=project) for project in ballot),
                    ),
                    election.opens_at,
                )
                for ballot in poll_ballots(counts)
            )
        )
    assert all(isinstance(answer, Recorded) for answer in answers)
    async with desk.writing() as session:
        await log.closed(session, election.id, persons=PERSONS, at=system_clock())
    async with desk.writing() as session:
        count = await published(session, election.id, persons=PERSONS, at=system_clock())
    return count.result


async def opened(desk: Database, options: list[str]) -> log.Election:
    town = a_town()
    poll = a_poll(town, options)
    rules = ElectionRules(
        vote_type=VoteType.APPROVAL,
        limits=Limits(),
        budget=Cents(0),
        allocation=AllocationRule(rule=Rule.COUNT_ONLY),
        recast=Recast.FIRST_COUNTS,
    )
    definition = log.definition_of(poll, town, ElectionId(uuid4()), rules)
    (phase,) = poll.phases
    async with desk.writing() as session:
        await municipality_kept(session, town)
        await round_kept(session, poll)
        await log.frozen(
            session,
            definition,
            round_id=poll.id,
            opens_at=phase.starts_at,
            closes_at=phase.ends_at,
            grace_s=GRACE_S,
            persons=PERSONS,
            at=phase.starts_at,
        )
        return await log.opened(
            session, definition.election_id, persons=PERSONS, at=phase.starts_at
        )


def a_town() -> Municipality:
    return Municipality(
        id=MunicipalityId(uuid4()),
        slug=f"town-{uuid4().hex[:8]}",
        name=text_from("Kunta"),
        intro=text_from("Kunta."),
        contact=Contact(name="", role=text_from("-"), email="", phone=""),
        timezone="Europe/Helsinki",
        areas=(),
    )


def a_poll(town: Municipality, options: list[str]) -> Round:
    at = system_clock()
    return Round(
        id=RoundId(uuid4()),
        municipality_id=town.id,
        slug="poll",
        kind=Kind.POLL,
        title=text_from("Kysely"),
        theme=text_from("Kysymys"),
        intro=text_from("Valitse."),
        rules=(),
        grace_s=GRACE_S,
        phases=(Phase(kind=PhaseKind.VOTING, starts_at=at, ends_at=at.replace(year=at.year + 1)),),
        projects=tuple(
            Project(
                id=uuid4(),
                number=ProjectId(str(place + 1)),
                place=place,
                area=None,
                name=text_from(option),
                summary={},
                text={},
                cost=Cents(0),
                picture=None,
                picture_alt={},
            )
            for place, option in enumerate(options)
        ),
    )


async def test_both_polls_of_the_workshop_come_out_exactly(
    database: Database, desk: Database, repository: Path
) -> None:
    polls = workshop(repository)
    assert len(polls) == 2
    for options in polls.values():
        names, counts = [name for name, _ in options], [votes for _, votes in options]
        result = await polled(database, desk, names, counts)
        assert [(p.name["fi"], p.votes) for p in result.projects] == options
        assert result.accounting.counted == max(counts)


async def test_a_made_up_poll_comes_out_exactly(database: Database, desk: Database) -> None:
    result = await polled(database, desk, [f"Vaihtoehto {n}" for n in MADE_UP], list(MADE_UP))
    assert tuple(project.votes for project in result.projects) == MADE_UP
    assert result.accounting.counted == max(MADE_UP)
    assert not result.winners
