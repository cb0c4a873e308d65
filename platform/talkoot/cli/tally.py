"""``talkoot tally``, on a machine without database or network, and ``talkoot publish-tally``."""

import asyncio
import hashlib
import secrets
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import click
import msgspec
import numpy as np
import numpy.typing as npt

from talkoot.base.clock import system_clock
from talkoot.base.errors import NotAllowed
from talkoot.base.ids import ElectionId
from talkoot.cli.media import FILE, contents, signed_by_files, trustee_keys
from talkoot.voting.results import (
    TABLES,
    TRANSCRIPT,
    Tables,
    Tallied,
    Transcript,
    box_read,
    open_with,
    said_of_unique,
    share_of,
    tallied,
)
from talkoot.voting.sealing import Opener, TrusteeKey, tally_key

FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.argument("folder", type=FOLDER)
@click.option(
    "--medium", "media", type=FILE, multiple=True, required=True, help="A trustee's key file."
)
@click.option(
    "--passphrase-file", type=FILE, multiple=True, help="Its passphrase (default: ask for it)."
)
@click.option("--out", type=FOLDER, required=True, help="A new folder for the public files.")
def tally(folder: Path, media: Sequence[Path], passphrase_file: Sequence[Path], out: Path) -> None:
    """Count the ballot box in FOLDER with the trustees' keys, and write its public files.

    Needs no database and no network. Of each voter's ballots one stands; names are dropped, the
    order is shuffled, and only then are ballots opened. What is written depends on the ballots
    alone, in whatever order they were cast, and on who was present.
    """
    if out.exists() and any(out.iterdir()):
        raise NotAllowed(f"{out} is there already: the public files need a folder of their own")
    done = counted_box(folder, trustee_keys(media, passphrase_file))
    out.mkdir(parents=True, exist_ok=True)
    for file in done.files:
        (out / file.name).write_bytes(file.body)
    click.echo("\n".join([*_lines(done.transcript), _unique_in_words(done.tables)]))
    click.echo(f"  SHA-256 of {done.files[-1].name}: {done.files[-1].sha256.hex()}")


def counted_box(folder: Path, keys: Sequence[TrusteeKey]) -> Tallied:
    """Count a box with trustees' keys.

    Raises :class:`BadBox`, :class:`NotEnoughShares`, and :class:`BrokenLog` for entries that are
    not what they were recorded as.
    """
    box = box_read(folder)
    opener = Opener(tally_key(box.setup, keys))
    return tallied(
        box,
        open_=open_with(opener, box.epochs()),
        shuffle=shuffled,
        trustees=[key.name for key in keys],
    )


def shuffled(order: npt.NDArray[np.int64]) -> None:
    """Put numbers into a random order that the operating system draws, every order as likely.

    They go by 128 random bits each: that two of 10 million draw the same happens once in 10^24
    times. Shuffling by swaps asks the system a million times, which takes ten times as long.
    """
    drawn = np.frombuffer(secrets.token_bytes(16 * len(order)), dtype=np.uint64).reshape(-1, 2)
    order[:] = order[np.lexsort((drawn[:, 0], drawn[:, 1]))]


def _lines(transcript: Transcript) -> list[str]:
    sums = transcript.accounting
    spoiled = ", ".join(f"{number} {reason}" for reason, number in transcript.spoiled.items())
    counted = (
        f"  {sums.entries} entries: {sums.counted} counted, {sums.superseded} superseded,"
        f" {sums.spoiled} spoiled{f' ({spoiled})' if spoiled else ''},"
        f" {sums.ineligible} ineligible, {sums.quarantined} in quarantine"
    )
    return [f"election {transcript.election}, opened by {', '.join(transcript.trustees)}", counted]


def _unique_in_words(tables: Tables) -> str:
    share = share_of(tables.unique, tables.ballots)
    return f"  {tables.unique} of {tables.ballots} ballots ({int(100 * share)} %) are like no other"


@click.command("publish-tally")
@click.argument("election", type=click.UUID)
@click.argument("folder", type=FOLDER)
@click.option(
    "--unique-ballots",
    type=click.IntRange(min=0),
    help="So many ballots are like no other, and are published: needed where they are over 30 %.",
)
@signed_by_files
def publish_tally(  # noqa: PLR0917 - click names every argument
    election: UUID,
    folder: Path,
    unique_ballots: int | None,
    key: Sequence[Path],
    key_passphrase_file: Sequence[Path],
    reason: str,
) -> None:
    """Publish the files of a ceremony in FOLDER as the result of ELECTION.

    They are kept only where they fit what the database itself recorded: the entries, the ballots
    that stand, and the sums. Two officials sign the hash of the transcript with their key files;
    where more than 30 % of the ballots are like no other, they sign their number as well.
    """
    payload = _payload(folder, unique_ballots)
    keys = (key, key_passphrase_file)
    transcript = asyncio.run(_published(ElectionId(election), folder, payload, keys, reason))
    click.echo("\n".join(_lines(transcript)))
    click.echo("  published")


def _payload(folder: Path, confirmed: int | None) -> dict[str, str | int]:
    """Give what both sign beside the act itself. Raises :class:`NotAllowed`."""
    try:
        tables = msgspec.json.decode(contents(folder / TABLES), type=Tables)
    except msgspec.DecodeError as err:
        raise NotAllowed(f"{folder / TABLES} is not of a ceremony: {err}") from err
    transcript = hashlib.sha256(contents(folder / TRANSCRIPT)).hexdigest()
    more = said_of_unique(tables.unique, tables.ballots, confirmed)
    return {"transcript": transcript, **more}


async def _published(
    election_id: ElectionId,
    folder: Path,
    payload: dict[str, str | int],
    keys: tuple[Sequence[Path], Sequence[Path]],
    reason: str,
) -> Transcript:
    from talkoot.cli.context import opened_desk  # the count itself must need no database
    from talkoot.cli.signing import act_signed
    from talkoot.voting import board, log
    from talkoot.voting.results import RESULT, tally_kept

    at = system_clock()
    async with opened_desk() as (database, settings), database.writing() as session:
        election = await log.election_of(session, election_id)
        kind = log.ActKind.TALLY
        await act_signed(
            session, settings, election, kind, payload, keys=keys, reason=reason, at=at
        )
        transcript = await tally_kept(session, election, folder, at)
        records = {
            board.Kind.TRANSCRIPT: contents(folder / TRANSCRIPT),
            board.Kind.RESULT: contents(folder / RESULT),
        }
        await board.ceremonies_recorded(session, election_id, records)
    return transcript
