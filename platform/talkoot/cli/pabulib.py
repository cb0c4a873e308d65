"""Elections from and to Pabulib's ``.pb`` files, through the same doors as any other election."""

import asyncio
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import click
from rich.console import Console
from rich.progress import Progress

from talkoot.base.clock import system_clock
from talkoot.base.db import Database, WriteSession
from talkoot.base.errors import BadFile, NotAllowed
from talkoot.base.ids import ElectionId, SubmissionId
from talkoot.base.settings import Settings
from talkoot.cli.context import opened_desk
from talkoot.cli.imported import municipality_from, round_from, window_of
from talkoot.cli.rule_options import RuleWords, rule_options
from talkoot.rounds import (
    Agreement,
    Municipality,
    municipalities,
    municipality_kept,
    municipality_of,
    round_kept,
    round_of,
    rounds_of,
)
from talkoot.voting import log
from talkoot.voting.ballot import Ballot, BallotDefinition, Channel, Method
from talkoot.voting.intake import Cast, Door, Recorded
from talkoot.voting.log import ElectionState, TwoPersons
from talkoot.voting.pabulib import (
    PbElection,
    ballots_from,
    definition_from,
    read_pb,
    refused_by_limits,
)
from talkoot.voting.results import pb_of, recounted
from talkoot.voting.roll import AnchorScheme, create_keys, keys_for, voter_key

IMPORTERS = TwoPersons("import-pb", "the publisher of the file")
AT_ONCE = 512
REASONS_SHOWN = 3
WORDS_MAX = 400
DAY = click.DateTime(["%Y-%m-%d"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """How to import: under which rule, when voting is (``None``: as the file says), and what."""

    rule: RuleWords
    opens: datetime | None
    closes: datetime | None
    votes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of a file."""

    file: str
    ballots: int
    seconds: float
    words: str
    imported: bool


@click.command("import-pb")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--votes", is_flag=True, help="Cast the file's ballots through the real intake.")
@click.option("--opens", type=DAY, help="First day of voting, UTC (default: as the file says).")
@click.option("--closes", type=DAY, help="Last day of voting, UTC (default: as the file says).")
@rule_options
def import_pb(
    rule: RuleWords,
    *,
    files: tuple[Path, ...],
    votes: bool,
    opens: datetime | None,
    closes: datetime | None,
) -> None:
    """Import elections from .pb and .pb.gz FILES: municipality, round, projects, frozen ballot.

    Prints a line a file: its ballots, seconds, and what became of it. A file that cannot be
    imported is refused with line and reason; the others go on, and the exit status is 1.
    """
    how = Import(
        rule=rule,
        opens=None if opens is None else opens.replace(tzinfo=UTC),
        closes=None if closes is None else closes.replace(tzinfo=UTC) + timedelta(days=1),
        votes=votes,
    )
    verdicts = asyncio.run(_imported(files, how))
    if not all(verdict.imported for verdict in verdicts):
        sys.exit(1)


async def _imported(files: Sequence[Path], how: Import) -> list[Verdict]:
    verdicts = []
    width = max(len(file.name) for file in files)
    async with opened_desk() as (database, settings), Door(database) as door:
        click.echo(f"{'file':{width}}  ballots  seconds  verdict")
        with Progress(console=Console(stderr=True), transient=True) as bars:
            task = bars.add_task("Importing", total=len(files))
            for file in files:
                verdict = await _one(_House(database, settings, door), file, how)
                bars.console.print(end="")
                click.echo(
                    f"{verdict.file:{width}}  {verdict.ballots:>7}  {verdict.seconds:>7.2f}"
                    f"  {verdict.words}"
                )
                verdicts.append(verdict)
                bars.advance(task)
    return verdicts


@dataclass(frozen=True, slots=True)
class _House:
    database: Database
    settings: Settings
    door: Door


async def _one(house: _House, file: Path, how: Import) -> Verdict:
    begun = time.perf_counter()
    ballots = 0
    try:
        pb = read_pb(await asyncio.to_thread(_bytes, file), engine=house.settings.engine)
        ballots = pb.ballots
        words = await _kept(house, pb, how)
        imported = True
    except (BadFile, NotAllowed) as err:
        words, imported = f"refused: {err}", False
    return Verdict(
        file=file.name,
        ballots=ballots,
        seconds=time.perf_counter() - begun,
        words=words[:WORDS_MAX],
        imported=imported,
    )


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as err:
        raise BadFile(err.strerror or str(err)) from err


async def _kept(house: _House, pb: PbElection, how: Import) -> str:
    """Keep the election, cast its ballots if asked, and say what was done."""
    election_id = ElectionId(uuid4())
    definition = definition_from(pb, election_id, how.rule.for_file(pb))
    opens_at, closes_at = window_of(pb, opens=how.opens, closes=how.closes)
    async with house.database.writing() as session:
        municipality = await _municipality(session, pb, definition)
        taken = [round_.slug for round_ in await rounds_of(session, municipality.id)]
        round_ = round_from(
            pb, definition, municipality, opens_at=opens_at, closes_at=closes_at, taken=taken
        )
        agreement = Agreement(first=IMPORTERS.first, second=IMPORTERS.second, at=opens_at)
        await round_kept(session, round_, agreement=agreement)
        election = await log.frozen(
            session,
            definition,
            round_id=round_.id,
            opens_at=opens_at,
            closes_at=closes_at,
            grace_s=round_.grace_s,
            persons=IMPORTERS,
            at=system_clock(),
        )
        if how.votes:
            at = system_clock()
            election = await log.opened(session, election_id, persons=IMPORTERS, at=at)
        create_keys(house.settings.keys_folder, election_id)
    words = f"imported as {municipality.slug}/{round_.slug}, election {election_id}"
    return f"{words}; {await _cast(house, pb, election)}" if how.votes else words


async def _municipality(
    session: WriteSession, pb: PbElection, definition: BallotDefinition
) -> Municipality:
    new = municipality_from(pb, definition)
    for found in await municipalities(session):
        if found.slug == new.slug:
            return found
    await municipality_kept(session, new)
    return new


async def _cast(house: _House, pb: PbElection, election: log.Election) -> str:
    refused = refused_by_limits(pb, election.definition)
    lines = {refusal.line for refusal in refused}
    casts = list(_casts(house, pb, election, lines))
    for first in range(0, len(casts), AT_ONCE):
        some = casts[first : first + AT_ONCE]
        answers = await asyncio.gather(*(house.door.cast(cast, election.opens_at) for cast in some))
        for answer in answers:
            if not isinstance(answer, Recorded):
                raise BadFile(f"the door did not record a ballot: {answer}")
    words = f"{len(casts)} ballots recorded"
    if refused:
        shown = "; ".join(f"line {r.line}: {r.words}" for r in refused[:REASONS_SHOWN])
        words += f", {len(refused)} refused by the file's own limits ({shown})"
    return words


def _casts(
    house: _House, pb: PbElection, election: log.Election, refused: set[int]
) -> Iterator[Cast]:
    keys = keys_for(house.settings.keys_folder, election.id)
    ballots: Sequence[Ballot] = ballots_from(pb, election.definition)
    voters = pb.votes.column("voter_id")
    for ballot, voter, line in zip(ballots, voters, pb.votes.lines, strict=True):
        if line not in refused:
            yield Cast(
                election_id=election.id,
                submission_id=SubmissionId(uuid4()),
                voter_key=voter_key(keys, election.id, AnchorScheme.REGISTER_ROW, voter),
                method=Method.CODE,
                channel=Channel.WEB,
                definition_hash=election.definition.hash,
                marks=ballot.marks,
            )


@click.command("export-pb")
@click.argument("election", type=click.UUID)
@click.option("--out", type=click.Path(path_type=Path), help="File to write (default: the screen).")
def export_pb(election: UUID, out: Path | None) -> None:
    """Write a closed ELECTION as a .pb file: its projects, and its ballots sorted by content."""
    words = asyncio.run(_exported(ElectionId(election)))
    if out is None:
        click.echo(words, nl=False)
    else:
        out.write_bytes(words.encode())
        click.echo(f"{out}: {len(words.encode())} bytes")


async def _exported(election_id: ElectionId) -> str:
    async with opened_desk() as (database, settings), database.writing() as session:
        election = await log.election_of(session, election_id)
        if election.state not in {ElectionState.CLOSED, ElectionState.COUNTED}:
            raise NotAllowed(f"the election is {election.state}; nothing is shown before it closes")
        round_ = await round_of(session, election.round_id)
        municipality = await municipality_of(session, round_.municipality_id)
        count = await recounted(session, election_id, engine=settings.engine)
        return pb_of(election, municipality, count)
