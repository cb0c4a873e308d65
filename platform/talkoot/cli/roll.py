"""The roll and its letters: importing persons, issuing codes, and the second person's yes."""

import asyncio
import csv
import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import click
from rich.console import Console
from rich.progress import Progress

from talkoot.base.clock import system_clock
from talkoot.base.db import ReadSession
from talkoot.base.errors import NotAllowed
from talkoot.base.ids import ElectionId
from talkoot.cli.context import opened_desk
from talkoot.rounds import Municipality, Round, municipality_of, round_of
from talkoot.voting import log, roll
from talkoot.voting.log import Election

SHOWN_FAULTS = 1000
"""More faults than anyone reads come from one cause; the count is said in any case."""

_election = click.argument("election", type=click.UUID)
_by = click.option("--by", required=True, help="The person who answers for this.")


@click.command()
@_election
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_roll(election: UUID, file: Path) -> None:
    """Put the persons of a CSV file on the roll of an election: all of them, or none.

    The first line names the columns anchor, birth_year, area and language, in any order. On the
    roll of a sealed election this is done once; two sign for every later change.
    """
    report = asyncio.run(_imported(ElectionId(election), file))
    for fault in report.faults[:SHOWN_FAULTS]:
        click.echo(f"line {fault.line}: {fault.reason}", err=True)
    if report.faults:
        raise NotAllowed(f"nothing was imported: {len(report.faults)} faults in {file}")
    click.echo(
        f"{report.rows} rows: {report.added} persons added, {report.changed} changed, "
        f"{report.unchanged} unchanged"
    )


async def _imported(election_id: ElectionId, file: Path) -> roll.RollReport:
    body = await asyncio.to_thread(file.read_bytes)
    async with opened_desk() as (database, _), database.writing() as session:
        election, _, municipality = await _place_of(session, election_id)
        await _check_first(session, election)
        return await roll.import_roll(
            session,
            body,
            election_id=election_id,
            areas=frozenset(area.code for area in municipality.areas),
            at=system_clock(),
        )


async def _check_first(session: ReadSession, election: Election) -> None:
    """Raise :class:`NotAllowed` where two have to sign for a change of the roll."""
    if election.assurance is log.Assurance.PLAIN:
        return
    first = await roll.roll_is_empty(session, election.id)
    if not first or election.state is not log.ElectionState.FROZEN:
        raise NotAllowed("two officials sign for each change of this roll: propose it at the desk")


@click.command()
@_election
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The PDF to make. Beside it comes a list of which letter is for whom.",
)
@_by
@click.option("--limit", type=click.IntRange(min=1), help="At most so many letters.")
@click.option(
    "--anchor",
    "anchors",
    multiple=True,
    help="A person who needs a new letter; the old code stops at once. May be repeated.",
)
def letters(
    election: UUID, out: Path, by: str, limit: int | None, anchors: tuple[str, ...]
) -> None:
    """Issue codes to everybody without one and print their letters.

    The codes work once somebody else has activated the batch. The PDF holds them in clear and
    nothing else does: destroy it when the letters are printed.
    """
    if limit is not None and anchors:
        raise click.UsageError("--limit is for those without a code, --anchor for named persons")
    listed = out.with_suffix(".csv")
    if taken := [path for path in (out, listed) if path.exists()]:
        raise NotAllowed(f"{taken[0]} is there already: letters never replace a file")
    batch = asyncio.run(_issued(ElectionId(election), out, by=by, limit=limit, anchors=anchors))
    click.echo(f"{len(batch.codes)} letters are in {out}, whom each is for in {listed}.")
    click.echo("The codes work once another person has said:")
    click.echo(f"  talkoot activate-letters {batch.id} --by NAME")


async def _issued(
    election_id: ElectionId, out: Path, *, by: str, limit: int | None, anchors: Sequence[str]
) -> roll.IssuedBatch:
    """Issue, print, and only then commit: codes that no letter holds would be codes lost."""
    async with opened_desk() as (database, settings):
        keys = roll.keys_for(settings.keys_folder, election_id)
        with (
            _shown() as bars,
            _appearing(out) as pdf,
            _appearing(out.with_suffix(".csv")) as listed,
        ):
            async with roll.CodeHasher() as hasher, database.writing() as session:
                head = await _head(session, election_id, address=settings.address)
                named = await roll.persons_with(session, election_id, anchors)
                task = bars.add_task("Codes", total=None)
                batch = await roll.issue_codes(
                    session,
                    election_id=election_id,
                    keys=keys,
                    hasher=hasher,
                    by=by,
                    at=system_clock(),
                    persons=named or None,
                    limit=limit,
                    progress=lambda done, total: bars.update(task, completed=done, total=total),
                )
                _printed(batch, head, pdf=pdf, listed=listed, bars=bars)
    return batch


@click.command()
@click.argument("batch", type=click.UUID)
@_by
def activate_letters(batch: UUID, by: str) -> None:
    """Make the codes of a batch of letters work; by somebody else than issued them."""
    asyncio.run(_activated(roll.BatchId(batch), by))
    click.echo(f"the codes of batch {batch} work from now on")


async def _activated(batch_id: roll.BatchId, by: str) -> None:
    async with opened_desk() as (database, _), database.writing() as session:
        await roll.activate(session, batch_id, by=by, at=system_clock())


async def _place_of(
    session: ReadSession, election_id: ElectionId
) -> tuple[Election, Round, Municipality]:
    election = await log.election_of(session, election_id)
    round_ = await round_of(session, election.round_id)
    return election, round_, await municipality_of(session, round_.municipality_id)


async def _head(session: ReadSession, election_id: ElectionId, *, address: str) -> roll.LetterHead:
    election, round_, municipality = await _place_of(session, election_id)
    return roll.LetterHead(
        municipality=municipality.name,
        municipality_slug=municipality.slug,
        title=round_.title,
        round_slug=round_.slug,
        address=address,
        opens_at=election.opens_at,
        closes_at=election.closes_at,
        timezone=municipality.timezone,
        phone=municipality.contact.phone,
        email=municipality.contact.email,
    )


def _shown() -> Progress:
    return Progress(console=Console(stderr=True), transient=True)


def _printed(
    batch: roll.IssuedBatch, head: roll.LetterHead, *, pdf: Path, listed: Path, bars: Progress
) -> None:
    task = bars.add_task("Letters", total=len(batch.codes))
    told = roll.letters_pdf(
        batch.codes, head, progress=lambda done: bars.update(task, completed=done)
    )
    pdf.write_bytes(told)
    listed.write_text(_addressees(batch), encoding="utf-8")


def _addressees(batch: roll.IssuedBatch) -> str:
    """Say which letter is for whom, for whoever prints the addresses. No code is in it."""
    table = io.StringIO()
    writer = csv.writer(table, delimiter=";", lineterminator="\n")
    writer.writerow(("letter", "anchor", "language"))
    for issued in batch.codes:
        to = issued.recipient
        writer.writerow((issued.number, to.anchor, to.language.value))
    return table.getvalue()


@contextmanager
def _appearing(path: Path) -> Iterator[Path]:
    """Give a file of this account alone, which takes its name when all has gone well."""
    half = path.with_name(f".{path.name}.{os.getpid()}")
    half.touch(mode=0o600, exist_ok=False)
    try:
        yield half
        os.link(half, path)
    except FileExistsError as err:
        raise NotAllowed(f"{path} is there already: letters never replace a file") from err
    finally:
        half.unlink(missing_ok=True)
