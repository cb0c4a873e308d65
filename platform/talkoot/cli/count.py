"""``talkoot count`` and ``talkoot export-shards``: from the log, or shards of it, to a result."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import click

from talkoot.base.clock import system_clock
from talkoot.base.errors import NotAllowed
from talkoot.base.ids import ElectionId
from talkoot.base.money import CENTS_PER_UNIT
from talkoot.cli.context import opened_desk, settings_now
from talkoot.cli.counting import Recount, Where, counter_named, recount_of_log, recount_of_shards
from talkoot.voting import log
from talkoot.voting.cluster import CONFIDENTIAL, Manifest, Scheduler, TlsFiles, exported, parts_for
from talkoot.voting.log import TwoPersons
from talkoot.voting.results import RESULT, published

DIFFERS = 3
"""The exit status where a recount is not what was published."""
FILE = click.Path(path_type=Path)
AT_LEAST_ONE = click.IntRange(min=1)


@click.command()
@click.argument("election", type=click.UUID, required=False)
@click.option(
    "--engine", type=click.Choice([where.value for where in Where]), help="Who counts the parts."
)
@click.option("--workers", type=AT_LEAST_ONE, help="Processes of --engine dask (default: CPUs).")
@click.option("--scheduler", help="A Dask scheduler that runs already, tls://HOST:PORT.")
@click.option("--tls-ca", type=FILE, help="The cluster's authority (PEM).")
@click.option("--tls-cert", type=FILE, help="Our certificate in the cluster (PEM).")
@click.option("--tls-key", type=FILE, help="Its key (PEM).")
@click.option("--shards", type=FILE, help="Count this folder of shards instead of the database.")
@click.option("--parts", type=AT_LEAST_ONE, help="Cut the log into so many parts.")
@click.option("--json", "as_json", is_flag=True, help="Print result.json, byte by byte.")
@click.option("--out", type=FILE, help="Write ballots.pb and result.json into this folder.")
@click.option("--first", help="Publish: the first of the two persons who answer for it.")
@click.option("--second", help="Publish: the second of them.")
def count(  # noqa: PLR0917 - click names every argument
    election: UUID | None,
    engine: str | None,
    workers: int | None,
    scheduler: str | None,
    tls_ca: Path | None,
    tls_cert: Path | None,
    tls_key: Path | None,
    shards: Path | None,
    parts: int | None,
    as_json: bool,  # noqa: FBT001 - click's flag
    out: Path | None,
    first: str | None,
    second: str | None,
) -> None:
    """Count a closed ELECTION.

    With --first and --second the result is published. Without them everything is counted again and
    nothing is kept; the exit status is 3 if that is not what was published. Of a folder of --shards
    the election need not be named.
    """
    if first is not None or second is not None:
        recounting = (engine, workers, scheduler, tls_ca, tls_cert, tls_key, shards, parts, out)
        _published(election, first, second, alone=not (any(recounting) or as_json))
        return
    chosen = Where(engine or (Where.DASK if scheduler or workers else Where.LOCAL))
    _fit_together(chosen, workers=workers, scheduler=scheduler, shards=shards, parts=parts)
    named = _scheduler(scheduler, (tls_ca, tls_cert, tls_key))
    counter, settings = counter_named(chosen, workers, named), settings_now()
    if shards is not None:
        id_ = None if election is None else ElectionId(election)
        recount = recount_of_shards(shards, id_, counter, settings)
    elif election is None:
        raise click.UsageError("name the ELECTION, or a folder of --shards")
    else:
        recount = recount_of_log(ElectionId(election), parts, counter, settings)
    _shown(recount, out, as_json=as_json)


def _fit_together(
    where: Where,
    *,
    workers: int | None,
    scheduler: str | None,
    shards: Path | None,
    parts: int | None,
) -> None:
    if where is Where.LOCAL and (workers is not None or scheduler is not None):
        raise click.UsageError("--workers and --scheduler go with --engine dask")
    if workers is not None and scheduler is not None:
        raise click.UsageError("a --scheduler has its own workers: leave out --workers")
    if shards is not None and parts is not None:
        raise click.UsageError("shards are cut already: leave out --parts")


def _scheduler(address: str | None, files: tuple[Path | None, ...]) -> Scheduler | None:
    if address is None:
        if any(files):
            raise click.UsageError("--tls-ca, --tls-cert and --tls-key go with --scheduler")
        return None
    match files:
        case (Path() as authority, Path() as certificate, Path() as key):
            tls = TlsFiles(authority=authority, certificate=certificate, key=key)
            return Scheduler(address=address, tls=tls)
        case _:
            raise click.UsageError("--scheduler needs --tls-ca, --tls-cert and --tls-key")


def _shown(recount: Recount, out: Path | None, *, as_json: bool) -> None:
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for file in recount.files:
            (out / file.name).write_bytes(file.body)
    if as_json:
        (result,) = (file.body for file in recount.files if file.name == RESULT)
        click.echo(result, nl=False)
    else:
        click.echo("\n".join(_lines(recount)))
    if recount.differing:
        names = " and ".join(recount.differing)
        click.echo(f"talkoot: this is not what was published: {names} differ", err=True)
        sys.exit(DIFFERS)


def _lines(recount: Recount) -> Iterator[str]:
    result = recount.count.result
    sums, funded = result.accounting, f"{len(result.winners)} of {len(result.projects)}"
    yield f"election {result.election_id}, ballot definition {recount.definition.short_hash}"
    replaced = f"{sums.superseded} superseded, {sums.spoiled} spoiled"
    yield f"  {sums.entries} entries: {sums.counted} counted, {replaced}"
    yield f"  rule {result.rule}: {funded} projects funded"
    for winner in result.winners:
        cost = f"{winner.cost // CENTS_PER_UNIT}.{winner.cost % CENTS_PER_UNIT:02}"
        yield f"  {winner.turn:>4}  {winner.number:<16} {cost:>14}  votes {winner.votes}"
    if recount.differing is None:
        yield "  nothing is published to compare with"
    elif not recount.differing:
        yield "  the same as published, byte by byte"


def _published(
    election: UUID | None, first: str | None, second: str | None, *, alone: bool
) -> None:
    if election is None or first is None or second is None:
        raise click.UsageError("to publish, name the ELECTION, --first and --second")
    if not alone:
        raise click.UsageError("with --first and --second goes nothing but the ELECTION")
    persons = TwoPersons(first, second)
    click.echo(asyncio.run(_published_by(ElectionId(election), persons)))


async def _published_by(id_: ElectionId, persons: TwoPersons) -> str:
    async with opened_desk() as (database, settings):
        async with database.writing() as session:
            counted = await published(
                session, id_, persons=persons, at=system_clock(), engine=settings.engine
            )
        result = counted.result
        return (
            f"{id_} is counted: {result.accounting.counted} ballots, "
            f"{len(result.winners)} of {len(result.projects)} projects funded"
        )


@click.command("export-shards")
@click.argument("election", type=click.UUID)
@click.argument("folder", type=FILE)
@click.option("--parts", type=AT_LEAST_ONE, help="Number of shards (default: by the entries).")
def export_shards(election: UUID, folder: Path, parts: int | None) -> None:
    """Write a closed ELECTION's log as shards into a new FOLDER. CONFIDENTIAL, like the log.

    Each shard holds every entry of its voters: their keys beside what they chose.
    """
    manifest = asyncio.run(_exported(ElectionId(election), folder, parts))
    size = sum(shard.bytes for shard in manifest.shards)
    click.echo(f"{folder}: {manifest.rows} entries in {manifest.parts} shards, {size} bytes")
    click.echo(CONFIDENTIAL, err=True)


async def _exported(election_id: ElectionId, folder: Path, parts: int | None) -> Manifest:
    async with opened_desk() as (database, _), database.writing() as session:
        number = parts or parts_for(await log.recorded_count(session, election_id))
        try:
            return await exported(session, election_id, folder, parts=number)
        except OSError as err:
            raise NotAllowed(f"{folder}: {err.strerror or err}") from err
