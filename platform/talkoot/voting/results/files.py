"""The public files of a result: what anyone needs to count again, and nothing about anyone."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import msgspec

from talkoot.base.i18n import Language, said
from talkoot.rounds import Municipality
from talkoot.voting.ballot import BallotDefinition
from talkoot.voting.log import Election
from talkoot.voting.pabulib import PbHead, pb_text
from talkoot.voting.results.count import Count
from talkoot.voting.results.store import PublicFile

BALLOTS = "ballots.pb"
RESULT = "result.json"


def public_files(
    election: Election, municipality: Municipality, count: Count
) -> Iterator[PublicFile]:
    """Give the ballots, sorted by content, in Pabulib's format, and the result as JSON.

    The same ballots give the same bytes, whatever order they were cast in.
    """
    return files_of(election.definition, head_of(election, municipality), count)


def files_of(definition: BallotDefinition, head: PbHead, count: Count) -> Iterator[PublicFile]:
    """Give the same files where no database is at hand: ``head`` is all that they need of it."""
    pb = pb_text(definition, count.profile, count.allocation.winners, head)
    yield PublicFile(name=BALLOTS, media_type="text/plain; charset=utf-8", body=pb.encode())
    pretty = msgspec.json.format(msgspec.json.encode(count.result), indent=2)
    yield PublicFile(name=RESULT, media_type="application/json", body=pretty + b"\n")


def head_of(election: Election, municipality: Municipality) -> PbHead:
    """Give what a file says of an election besides its definition."""
    zone = ZoneInfo(municipality.timezone)
    unit, _language = said(municipality.name, Language.ENGLISH)
    return PbHead(
        country=municipality.country,
        unit=unit,
        instance=str(election.opens_at.astimezone(zone).year),
        begin=election.opens_at.astimezone(zone).date(),
        end=election.closes_at.astimezone(zone).date(),
    )


def pb_of(election: Election, municipality: Municipality, count: Count) -> str:
    """Give a counted election as the text of a ``.pb`` file."""
    head = head_of(election, municipality)
    return pb_text(election.definition, count.profile, count.allocation.winners, head)
