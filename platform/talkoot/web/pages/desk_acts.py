"""One election at the desk: propose an act, sign it as the first or the second person."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.errors import NotAllowed, NotFound
from talkoot.base.ids import ElectionId
from talkoot.people import (
    Ending,
    Proposal,
    ProposalId,
    assertion_in,
    check_waits,
    proposal_ended,
    proposal_for_update,
    proposal_signed,
    proposed,
    second_signature_of,
    signature_of,
    waits,
)
from talkoot.rounds import Round, round_of, rounds_of
from talkoot.voting.log import Election, election_of
from talkoot.web.access import EVERY_PHASE
from talkoot.web.forms import Form, form_of
from talkoot.web.house import House, house_of
from talkoot.web.pages.desk_brought import Counter, NotBrought, brought
from talkoot.web.pages.desk_deeds import SIGNERS, challenge_of, done, roles_for, step_of
from talkoot.web.pages.desk_election import PROPOSERS, ElectionDeskPage, found_for
from talkoot.web.pages.desk_freeze import draft_shown
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

NOT_NOW = 409


async def _here(
    session: ReadSession, seat: Seat, election_id: ElectionId
) -> tuple[Round, Election]:
    """Give an election with its round. Raises ``NotFound`` for one of another municipality."""
    election = await election_of(session, election_id)
    rounds = await rounds_of(session, seat.municipality.id)
    round_ = next((each for each in rounds if each.id == election.round_id), None)
    if round_ is None:
        raise NotFound(f"there is no election {election_id} in {seat.municipality.slug}")
    return round_, election


async def _shown(
    request: Request, election_id: ElectionId, fault: tuple[str, ...] = ()
) -> Response:
    house, seat = house_of(request), seat_of(request)
    async with desk_of(house).writing() as session:
        round_, election = await _here(session, seat, election_id)
        found = await found_for(session, seat, house, round_, election)
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
            await _proposed(session, seat, election_id, form, house)
    except NotBrought as err:
        return await _shown(request, election_id, err.words)
    except NotAllowed:
        fault = seat.voice.gettext(
            "Nothing was proposed. An act needs a reason, must fit how far the election is, and "
            "only one at a time can wait."
        )
        return await _shown(request, election_id, (fault,))
    return RedirectResponse(seat.path("elections", str(election_id)), status_code=SEE_OTHER)


async def _proposed(
    session: WriteSession, seat: Seat, election_id: ElectionId, form: Form, house: House
) -> None:
    round_, election = await _here(session, seat, election_id)
    kind = form.one("kind", "")
    step_of(election, kind)
    counter = Counter(
        voice=seat.voice,
        round_=round_,
        areas=frozenset(area.code for area in seat.municipality.areas),
        settings=house.settings,
        at=house.now(),
    )
    found = await brought(session, election, kind, form, counter)
    await proposed(
        session,
        municipality_id=seat.municipality.id,
        election_id=election.id,
        kind=kind,
        state=election.state.value,
        definition_hash=election.definition.hash,
        reason=form.one("reason", "").replace("\r\n", "\n"),
        payload=found.payload,
        carried=found.carried,
        by=seat.official.id,
        at=house.now(),
    )


async def sign_act(request: Request) -> Response:
    """Take a signature; with the second one, do the act in the same transaction."""
    house, seat = house_of(request), seat_of(request)
    answer = (await form_of(request)).one(ANSWER, "")
    proposal: Proposal | None = None
    try:
        async with desk_of(house).writing() as session:
            proposal = await proposal_for_update(session, seat.municipality.id, _id_in(request))
            await _signed(session, seat, proposal, answer, house)
    except NotAllowed:
        if proposal is None:
            raise
        fault = seat.voice.gettext(
            "Your signature was not accepted, and nothing was done. Two different people must "
            "sign in time, each with a passkey of their own, and the election must not have "
            "changed meanwhile."
        )
        return await _refused(request, proposal, fault)
    return RedirectResponse(await _page_of(house, seat, proposal), status_code=SEE_OTHER)


async def _refused(request: Request, proposal: Proposal, fault: str) -> Response:
    """Show the page on which somebody tried to sign, with what was wrong."""
    if proposal.round_id is not None:
        async with desk_of(house_of(request)).reading() as session:
            round_ = await round_of(session, proposal.round_id)
        return await draft_shown(request, round_.slug, (fault,))
    return await _shown(request, proposal.election_id, (fault,))


async def _page_of(house: House, seat: Seat, proposal: Proposal) -> str:
    """Give the address of the page that shows a proposal: its election's, or its round's."""
    if proposal.round_id is None:
        return seat.path("elections", str(proposal.election_id))
    async with desk_of(house).reading() as session:
        round_ = await round_of(session, proposal.round_id)
    return seat.path("drafts", round_.slug)


async def _signed(
    session: WriteSession, seat: Seat, proposal: Proposal, answer: str, house: House
) -> None:
    check_waits(proposal, house.now())
    assertion, challenge = assertion_in(answer), challenge_of(proposal)
    roles = await roles_for(session, proposal)
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
        await done(session, proposal, both, municipality=seat.municipality, house=house)
        await proposal_ended(session, proposal, Ending.DONE, at=house.now())


async def withdraw_act(request: Request) -> Response:
    """Withdraw a proposal that waits."""
    house, seat = house_of(request), seat_of(request)
    async with desk_of(house).writing() as session:
        proposal = await proposal_for_update(session, seat.municipality.id, _id_in(request))
        if waits(proposal, house.now()):
            await proposal_ended(session, proposal, Ending.WITHDRAWN, at=house.now())
    return RedirectResponse(await _page_of(house, seat, proposal), status_code=SEE_OTHER)


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
