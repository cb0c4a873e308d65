"""Is my ballot in the box? The answer for a receipt number.

A number is asked for by GET: the answer has an address of its own, which the receipt's QR code
holds, and can be read again. Who asks tells this server which ballot interests somebody; the page
says so, and no log keeps it.
"""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from talkoot.base.bytes import Digest
from talkoot.base.db import ReadSession
from talkoot.base.errors import BrokenLog
from talkoot.base.ids import ElectionId
from talkoot.rounds import municipality_of, round_of
from talkoot.voting.board import Fate, Found, board_for, found_for, holds, named_by, proof_for
from talkoot.voting.log import Assurance
from talkoot.web.access import EVERY_PHASE, Access, guarded
from talkoot.web.frame import path_to
from talkoot.web.house import house_of
from talkoot.web.pages.receipt_page import Box, ReceiptPage, written
from talkoot.web.place import RECEIPT, election_at, election_id_in, purpose_label, voice_of
from talkoot.web.templating import shown, shown_to_all

SEE_OTHER = 303
TYPED_MAX = 100
"""Symbols of a number that is shown again; the longest one has 64, with room for spaces."""
TEMPLATE = "receipt/receipt.html"


async def ask(request: Request) -> Response:
    """Ask for a number, or lead to the answer for the one that was typed."""
    typed = request.query_params.get("number", "")[:TYPED_MAX]
    name = named_by(typed)
    if name is not None:
        language, election = voice_of(request).language, str(election_id_in(request))
        path = path_to(language, RECEIPT, election, written(name))
        return RedirectResponse(path, status_code=SEE_OTHER)
    async with house_of(request).database.reading() as session:
        box = await box_at(request, session)
    if typed and box.sealed:
        return shown(TEMPLATE, ReceiptPage.asking_again(box, typed), status=422)
    return shown_to_all(TEMPLATE, ReceiptPage.asking(box))


async def answer(request: Request) -> Response:
    """Say what the board knows of the number in the address; 404 where it knows nothing."""
    typed = request.path_params["entry"][:TYPED_MAX]
    name = named_by(typed)
    async with house_of(request).database.reading() as session:
        box = await box_at(request, session)
        if not box.sealed:
            return shown(TEMPLATE, ReceiptPage.asking(box))
        if name is None:
            return shown(TEMPLATE, ReceiptPage.asking_again(box, typed), status=422)
        found = await found_for(session, box.election_id, name)
        if found.fate is Fate.ON_THE_BOARD:
            await _check_proved(session, box.election_id, found)
    page = ReceiptPage.answering(box, found, name)
    return shown(TEMPLATE, page, status=404 if found.fate is Fate.UNKNOWN else 200)


async def _check_proved(session: ReadSession, election_id: ElectionId, found: Found) -> None:
    """Check the proof here too, for readers whose browsers run no scripts.

    Raises :class:`BrokenLog` where what is on the board cannot be proved.
    """
    board = await board_for(session, election_id)
    proof = await proof_for(session, election_id, Digest(found.entry))
    if proof is None or not holds(proof, board.log_key):
        raise BrokenLog(f"the board of {election_id} does not prove leaf {found.index}")


async def box_at(request: Request, session: ReadSession) -> Box:
    """Give the election that the address names, with its municipality. Raises ``NotFound``."""
    voice = voice_of(request)
    election = await election_at(request, session)
    round_ = await round_of(session, election.round_id)
    municipality = await municipality_of(session, round_.municipality_id)
    return Box(
        voice=voice.within(municipality.timezone),
        municipality=municipality,
        round_=round_,
        election_id=election.id,
        sealed=election.assurance is Assurance.SEALED,
        site=house_of(request).settings.address,
        label=purpose_label(voice, election),
    )


_BASE = f"/{{language}}/{RECEIPT}/{{election}}"
ROUTES = [
    guarded(Route(_BASE, ask), Access.PUBLIC, phases=EVERY_PHASE),
    guarded(Route(f"{_BASE}/{{entry}}", answer), Access.PUBLIC, phases=EVERY_PHASE),
]
