"""The API of elections: definition, sign-in, casting and results. JSON in, JSON out."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID, uuid4

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from talkoot.base.bytes import Digest
from talkoot.base.ids import ProjectId, SubmissionId
from talkoot.rounds import municipalities, rounds_of
from talkoot.voting.ballot import Channel, Mark, Method, receipt_number
from talkoot.voting.intake import AlreadyRecorded, Cast, Outcome, Recorded, Refused
from talkoot.voting.log import PUBLISHED_STATES, Acceptance, accepts, elections_of_round
from talkoot.voting.results import result_of, turnout_shown
from talkoot.voting.roll import SignInRefused, VoterSession
from talkoot.web.access import EVERY_PHASE, WHILE_OPEN, Access, guarded
from talkoot.web.api.documents import DefinitionDocument, definition_document
from talkoot.web.api.problems import FaultDocument, problem_for
from talkoot.web.api.requests import json_in
from talkoot.web.errors import Trouble, trouble_of
from talkoot.web.house import house_of
from talkoot.web.pages.sign_in import signed_in_by
from talkoot.web.place import election_at, election_id_in, head_at
from talkoot.web.voters import token_in_header, voter_with

JSON = "application/json"
HASH_SYMBOLS = 64


class SignInRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A code from a letter, as it was typed."""

    code: Annotated[str, msgspec.Meta(max_length=200)]


class SignInDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A session: ``token`` is for ``Authorization: Bearer``, ``submission_id`` for one ballot."""

    token: str
    submission_id: UUID
    expires_at: datetime


class MarkRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mark. ``value`` is 1 for an approval, points, a score, or the place in a ranking."""

    project: Annotated[str, msgspec.Meta(max_length=64)]
    value: Annotated[int, msgspec.Meta(ge=0, le=10**9)] = 1


class BallotRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A ballot under the definition that the voter saw; sent twice it is recorded once."""

    submission_id: UUID
    definition_hash: Annotated[str, msgspec.Meta(pattern=f"^[0-9a-f]{{{HASH_SYMBOLS}}}$")]
    marks: Annotated[tuple[MarkRequest, ...], msgspec.Meta(max_length=2_000)]


class RecordedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """The ballot is durably stored. ``replaced`` is ``null`` where it was recorded before."""

    receipt: str
    entry_hash: str
    replaced: bool | None


class TurnoutDocument(msgspec.Struct, frozen=True, kw_only=True):
    """At ``at`` at least so many people had voted; by channel where that may be told."""

    at: datetime
    at_least: int
    channels: Mapping[Channel, int]


class ElectionLine(msgspec.Struct, frozen=True, kw_only=True):
    """An election of a municipality."""

    id: str
    round: str
    title: dict[str, str]
    state: str
    opens_at: datetime
    closes_at: datetime


class MunicipalityDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A municipality and its elections."""

    slug: str
    name: dict[str, str]
    elections: tuple[ElectionLine, ...]


async def list_municipalities(request: Request) -> Response:
    """List municipalities and their elections."""
    async with house_of(request).database.reading() as session:
        found: list[MunicipalityDocument] = []
        for municipality in await municipalities(session):
            lines = [
                ElectionLine(
                    id=str(election.id),
                    round=round_.slug,
                    title=dict(round_.title),
                    state=election.state.value,
                    opens_at=election.opens_at,
                    closes_at=election.closes_at,
                )
                for round_ in await rounds_of(session, municipality.id)
                for election in await elections_of_round(session, round_.id)
            ]
            found.append(
                MunicipalityDocument(
                    slug=municipality.slug, name=dict(municipality.name), elections=tuple(lines)
                )
            )
    return _json(found)


async def show_election(request: Request) -> Response:
    """Give the frozen definition and its hash."""
    async with house_of(request).database.reading() as session:
        election = await election_at(request, session)
    document: DefinitionDocument = definition_document(election)
    return _json(document)


async def sign_in(request: Request) -> Response:
    """Open a session by a code."""
    house = house_of(request)
    async with house.database.reading() as session:
        election = await head_at(request, session)
    wanted = await json_in(request, SignInRequest)
    if isinstance(wanted, Response):
        return wanted
    match accepts(election, house.now()):
        case Acceptance.NOT_OPEN_YET:
            return problem_for(Trouble.NOT_OPEN_YET)
        case Acceptance.CLOSED:
            return problem_for(Trouble.CLOSED)
        case Acceptance.OPEN:
            pass
    outcome = await signed_in_by(request, election.id, wanted.code)
    if isinstance(outcome, SignInRefused):
        return problem_for(trouble_of(outcome.reason), retry_after_s=outcome.retry_after_s)
    return _json(
        SignInDocument(token=outcome.token, submission_id=uuid4(), expires_at=outcome.expires_at),
        status=201,
    )


async def voters_only(request: Request) -> Response | None:
    """Let in whoever sends a living token of this election."""
    house = house_of(request)
    voter = await voter_with(house, token_in_header(request), election_id_in(request))
    if voter is None:
        answer = problem_for(Trouble.NOT_SIGNED_IN, detail="Send a living token of this election.")
        answer.headers["www-authenticate"] = "Bearer"
        return answer
    request.state.voter = voter
    return None


async def cast_ballot(request: Request) -> Response:
    """Record a ballot: 201 where it is new, 200 where this submission was recorded before."""
    voter = request.state.voter
    if not isinstance(voter, VoterSession):
        raise TypeError("this route is not behind the voters' gate")
    ballot = await json_in(request, BallotRequest)
    if isinstance(ballot, Response):
        return ballot
    house = house_of(request)
    return _outcome(await house.door.cast(_cast(voter, ballot), at=house.now()))


def _cast(voter: VoterSession, ballot: BallotRequest) -> Cast:
    return Cast(
        election_id=voter.election_id,
        submission_id=SubmissionId(ballot.submission_id),
        voter_key=voter.voter_key,
        method=Method(voter.proof.value),
        channel=Channel.WEB,
        definition_hash=Digest(bytes.fromhex(ballot.definition_hash)),
        marks=tuple(Mark(project=ProjectId(m.project), value=m.value) for m in ballot.marks),
    )


def _outcome(outcome: Outcome) -> Response:
    match outcome:
        case Recorded(entry_hash=entry_hash, replaced=replaced):
            return _json(_receipt(entry_hash, replaced=replaced), status=201)
        case AlreadyRecorded(entry_hash=entry_hash):
            return _json(_receipt(entry_hash, replaced=None))
        case Refused(reason=reason, faults=faults):
            documents = tuple(
                FaultDocument(
                    kind=fault.kind.value,
                    project=fault.project,
                    found=fault.found,
                    allowed=fault.allowed,
                    detail=fault.words,
                )
                for fault in faults
            )
            return problem_for(trouble_of(reason), faults=documents)


def _receipt(entry_hash: Digest, *, replaced: bool | None) -> RecordedDocument:
    return RecordedDocument(
        receipt=receipt_number(entry_hash), entry_hash=entry_hash.hex(), replaced=replaced
    )


async def show_results(request: Request) -> Response:
    """Give the published result. Before publication there is nothing of it to see."""
    async with house_of(request).database.reading() as session:
        election = await election_at(request, session)
        counted = election.state in PUBLISHED_STATES
        result = await result_of(session, election.id) if counted else None
    if result is None:
        return problem_for(Trouble.NO_RESULT_YET)
    return _json(result)


async def show_turnout(request: Request) -> Response:
    """Give how many had voted hours ago, in whole tens; ``null`` while nothing may be told."""
    house = house_of(request)
    async with house.database.reading() as session:
        head = await head_at(request, session)
        found = await turnout_shown(session, election_id_in(request), head.state, house.now())
    if found is None:
        return _json(None)
    return _json(TurnoutDocument(at=found.at, at_least=found.voters, channels=found.channels))


def _json(document: object, *, status: int = 200) -> Response:
    return Response(msgspec.json.encode(document), status_code=status, media_type=JSON)


_ELECTION = "/api/v1/elections/{election}"
ROUTES = [
    guarded(Route("/api/v1/municipalities", list_municipalities), Access.PUBLIC),
    guarded(Route(_ELECTION, show_election), Access.PUBLIC, phases=EVERY_PHASE),
    guarded(
        Route(f"{_ELECTION}/sign-in", sign_in, methods=["POST"]),
        Access.PUBLIC,
        phases=WHILE_OPEN,
    ),
    guarded(
        Route(f"{_ELECTION}/ballots", cast_ballot, methods=["POST"]),
        Access.VOTER,
        gate=voters_only,
        phases=WHILE_OPEN,
    ),
    guarded(Route(f"{_ELECTION}/results", show_results), Access.PUBLIC, phases=EVERY_PHASE),
    guarded(Route(f"{_ELECTION}/turnout", show_turnout), Access.PUBLIC, phases=EVERY_PHASE),
]
