"""One election at the desk: propose an act, sign it as the first or the second person."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.errors import NotAllowed, NotFound
from talkoot.base.ids import ElectionId
from talkoot.base.officials import OfficialRole
from talkoot.base.passkeys import KeyKind
from talkoot.people import (
    REASON_MAX,
    Ending,
    Passkey,
    Proposal,
    ProposalId,
    assertion_in,
    assertion_options,
    check_waits,
    passkeys_of,
    proposal_ended,
    proposal_for_update,
    proposal_signed,
    proposals_of,
    proposed,
    second_signature_of,
    signature_of,
    waits,
)
from talkoot.rounds import Round, rounds_of
from talkoot.voting.log import ActKind, Assurance, Election, election_of
from talkoot.web.access import EVERY_PHASE
from talkoot.web.forms import form_of
from talkoot.web.frame import Frame, Step
from talkoot.web.house import House, house_of
from talkoot.web.pages.desk import line_of, role_in_words
from talkoot.web.pages.desk_deeds import (
    SIGNERS,
    challenge_of,
    deed_in_words,
    deeds_for,
    devices_waiting,
    done,
    lacking,
    lacking_in_words,
    payload_for,
    step_of,
    what_follows,
)
from talkoot.web.pages.desk_gate import (
    EVERY_ROLE,
    SEE_OTHER,
    Seat,
    desk_of,
    desk_route,
    party_of,
    seat_of,
)
from talkoot.web.pages.desk_sign_in import ANSWER
from talkoot.web.place import election_id_in
from talkoot.web.templating import shown
from talkoot.web.voice import Said, Voice

PROPOSERS = frozenset({OfficialRole.ELECTION_MANAGER})
NOT_NOW = 409


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Somebody who has signed, in which role, and with what."""

    name: str
    role: str
    in_file: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalLine:
    """A proposed act. ``options`` (JSON for the browser) is empty where the reader cannot sign."""

    heading: str
    follows: str
    reason: str
    when: str
    until: str
    ending: str
    signers: tuple[Signer, ...]
    options: str
    sign: str
    withdraw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedChoice:
    """An act of this state. ``lacking`` says what has to hold before it can be proposed."""

    kind: str
    name: str
    follows: str
    lacking: tuple[str, ...]
    asks_until: bool
    devices: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectionDeskPage:
    """One election, what waits, what can be proposed, and what was proposed before."""

    frame: Frame
    form_token: str
    title: Said
    back: str
    line: tuple[Step, ...]
    times: str
    hash: str
    sealed: bool
    fault: str
    waiting: ProposalLine | None
    choices: tuple[DeedChoice, ...]
    propose: str
    reason_max: int
    earlier: tuple[ProposalLine, ...]

    @classmethod
    def of(cls, seat: Seat, found: "_Found", house: House, *, fault: str = "") -> Self:
        """Show an election to an official."""
        voice, election, at = seat.voice, found.election, house.now()
        lines = [(each, _line(seat, found, each, house)) for each in found.proposals]
        waiting = next((line for each, line in lines if waits(each, at)), None)
        may = bool(seat.official.roles & PROPOSERS) and waiting is None
        return cls(
            frame=seat.frame("elections", str(election.id)),
            form_token=seat.form_token,
            title=voice.said(found.round_.title),
            back=seat.path(),
            line=line_of(voice, election),
            times=f"{voice.moment(election.opens_at)} – {voice.moment(election.closes_at)}",
            hash=election.definition.hash.hex(),
            fault=fault,
            waiting=waiting,
            choices=found.choices if may else (),
            sealed=election.assurance is Assurance.SEALED,
            propose=seat.path("elections", str(election.id), "propose"),
            reason_max=REASON_MAX,
            earlier=tuple(line for each, line in lines if not waits(each, at)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """An election of the official's own municipality, with all that its page tells."""

    round_: Round
    election: Election
    proposals: tuple[Proposal, ...]
    keys: tuple[Passkey, ...]
    choices: tuple[DeedChoice, ...]


async def _choices(
    session: ReadSession, seat: Seat, election: Election, at: datetime
) -> tuple[DeedChoice, ...]:
    voice = seat.voice
    return tuple(
        [
            DeedChoice(
                kind=kind.value,
                name=deed_in_words(voice, kind.value),
                follows=what_follows(voice, kind.value),
                lacking=tuple(
                    lacking_in_words(voice, need)
                    for need in await lacking(session, election, kind, at)
                ),
                asks_until=kind is ActKind.EXTEND,
                devices=await devices_waiting(session, election)
                if kind is ActKind.LOST_KIOSK
                else (),
            )
            for kind in deeds_for(election)
        ]
    )


def _line(seat: Seat, found: _Found, proposal: Proposal, house: House) -> ProposalLine:
    voice = seat.voice
    signable = _may_sign(seat, found.election, proposal, house.now())
    options = assertion_options(challenge_of(proposal), party_of(house), found.keys)
    return ProposalLine(
        heading=deed_in_words(voice, proposal.kind),
        follows=what_follows(voice, proposal.kind),
        reason=proposal.reason,
        when=voice.moment(proposal.proposed_at),
        until=voice.moment(proposal.expires_at),
        ending=_ending(voice, proposal, house.now()),
        signers=tuple(
            Signer(
                name=each.name,
                role=role_in_words(voice, each.role),
                in_file=each.key_kind is KeyKind.FILE,
            )
            for each in proposal.signatures
        ),
        options=msgspec.json.encode(options).decode() if signable else "",
        sign=seat.path("proposals", str(proposal.id), "sign"),
        withdraw=(
            seat.path("proposals", str(proposal.id), "withdraw")
            if waits(proposal, house.now()) and seat.official.roles & PROPOSERS
            else ""
        ),
    )


def _may_sign(seat: Seat, election: Election, proposal: Proposal, at: datetime) -> bool:
    if not waits(proposal, at) or proposal.kind not in deeds_for(election):
        return False
    fits = bool(seat.official.roles & step_of(election, proposal.kind).roles)
    return fits and seat.official.id not in {each.official_id for each in proposal.signatures}


def _ending(voice: Voice, proposal: Proposal, at: datetime) -> str:
    match proposal.ending:
        case Ending.DONE:
            return voice.gettext("Done")
        case Ending.WITHDRAWN:
            return voice.gettext("Withdrawn")
        case Ending.EXPIRED:
            return voice.gettext("Expired")
        case None:
            return "" if waits(proposal, at) else voice.gettext("Expired")


async def _found_at(request: Request, session: ReadSession, election_id: ElectionId) -> _Found:
    """Give an election with its round. Raises ``NotFound`` for one of another municipality."""
    seat = seat_of(request)
    election = await election_of(session, election_id)
    rounds = await rounds_of(session, seat.municipality.id)
    round_ = next((each for each in rounds if each.id == election.round_id), None)
    if round_ is None:
        raise NotFound(f"there is no election {election_id} in {seat.municipality.slug}")
    return _Found(
        round_=round_,
        election=election,
        proposals=await proposals_of(session, [election.id]),
        keys=await passkeys_of(session, seat.official.id),
        choices=await _choices(session, seat, election, house_of(request).now()),
    )


async def _shown(request: Request, election_id: ElectionId, fault: str = "") -> Response:
    house, seat = house_of(request), seat_of(request)
    async with desk_of(house).writing() as session:
        found = await _found_at(request, session, election_id)
    page = ElectionDeskPage.of(seat, found, house, fault=fault)
    return shown("desk/election.html", page, status=NOT_NOW if fault else 200)


async def show_election_at_desk(request: Request) -> Response:
    """Show an election of one's own municipality."""
    return await _shown(request, election_id_in(request))


async def propose_act(request: Request) -> Response:
    """Propose an act with a reason; the proposer signs it on the page that follows."""
    house, seat, form = house_of(request), seat_of(request), await form_of(request)
    election_id = election_id_in(request)
    try:
        async with desk_of(house).writing() as session:
            election = (await _found_at(request, session, election_id)).election
            kind = form.one("kind", "")
            step_of(election, kind)
            zone = seat.municipality.timezone
            payload = await payload_for(session, election, kind, form, zone)
            await proposed(
                session,
                municipality_id=seat.municipality.id,
                election_id=election.id,
                kind=kind,
                state=election.state.value,
                definition_hash=election.definition.hash,
                reason=form.one("reason", "").replace("\r\n", "\n"),
                payload=payload,
                by=seat.official.id,
                at=house.now(),
            )
    except NotAllowed:
        fault = seat.voice.gettext(
            "Nothing was proposed. An act needs a reason, must fit how far the election is, and "
            "only one at a time can wait."
        )
        return await _shown(request, election_id, fault)
    return RedirectResponse(seat.path("elections", str(election_id)), status_code=SEE_OTHER)


async def sign_act(request: Request) -> Response:
    """Take a signature; with the second one, do the act in the same transaction."""
    house, seat = house_of(request), seat_of(request)
    answer = (await form_of(request)).one(ANSWER, "")
    election_id: ElectionId | None = None
    try:
        async with desk_of(house).writing() as session:
            proposal = await proposal_for_update(session, seat.municipality.id, _id_in(request))
            election_id = proposal.election_id
            await _signed(session, seat, proposal, answer, house)
    except NotAllowed:
        if election_id is None:
            raise
        fault = seat.voice.gettext(
            "Your signature was not accepted, and nothing was done. Two different people must "
            "sign in time, each with a passkey of their own, and the election must not have "
            "changed meanwhile."
        )
        return await _shown(request, election_id, fault)
    return RedirectResponse(seat.path("elections", str(election_id)), status_code=SEE_OTHER)


async def _signed(
    session: WriteSession, seat: Seat, proposal: Proposal, answer: str, house: House
) -> None:
    check_waits(proposal, house.now())
    assertion, challenge = assertion_in(answer), challenge_of(proposal)
    election = await election_of(session, proposal.election_id)
    roles = step_of(election, proposal.kind).roles
    party, town = party_of(house), seat.municipality.id
    if not proposal.signatures:
        signature = await signature_of(
            session, town, challenge, assertion, roles=roles, party=party
        )
    else:
        signature = await second_signature_of(
            session,
            town,
            challenge,
            proposal.signatures[0],
            assertion,
            roles=roles,
            party=party,
        )
    if signature.official_id != seat.official.id:
        raise NotAllowed("the passkey is another person's than the one who is signed in")
    await proposal_signed(session, proposal, signature, at=house.now())
    if proposal.signatures:
        both = (proposal.signatures[0], signature)
        await done(session, proposal, both, party=party, at=house.now())
        await proposal_ended(session, proposal, Ending.DONE, at=house.now())


async def withdraw_act(request: Request) -> Response:
    """Withdraw a proposal that waits."""
    house, seat = house_of(request), seat_of(request)
    async with desk_of(house).writing() as session:
        proposal = await proposal_for_update(session, seat.municipality.id, _id_in(request))
        if waits(proposal, house.now()):
            await proposal_ended(session, proposal, Ending.WITHDRAWN, at=house.now())
    path = seat.path("elections", str(proposal.election_id))
    return RedirectResponse(path, status_code=SEE_OTHER)


def _id_in(request: Request) -> ProposalId:
    given = request.path_params["proposal"]
    try:
        return ProposalId(UUID(given))
    except ValueError as err:
        raise NotFound(f"there is no proposal {given!r}") from err


_ELECTION = "/{language}/desk/elections/{election}"
_PROPOSAL = "/{language}/desk/proposals/{proposal}"
ROUTES = [
    desk_route(_ELECTION, show_election_at_desk, "GET", roles=EVERY_ROLE, phases=EVERY_PHASE),
    desk_route(f"{_ELECTION}/propose", propose_act, "POST", roles=PROPOSERS, phases=EVERY_PHASE),
    desk_route(f"{_PROPOSAL}/sign", sign_act, "POST", roles=SIGNERS, phases=EVERY_PHASE),
    desk_route(f"{_PROPOSAL}/withdraw", withdraw_act, "POST", roles=PROPOSERS, phases=EVERY_PHASE),
]
