"""The public board as static files, a ballot's proof, and the door for witnesses' signatures."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from talkoot.base.bytes import DIGEST_BYTES, Digest
from talkoot.base.errors import NotAllowed
from talkoot.voting.board import board_file, named_by, proof_for, witnessed
from talkoot.web.access import EVERY_PHASE, Access, guarded
from talkoot.web.api.problems import problem_for
from talkoot.web.errors import Trouble
from talkoot.web.house import house_of
from talkoot.web.pages.files import FOR_EVER
from talkoot.web.place import election_id_in

SOON = "public, max-age=10"
"""For what grows: the checkpoint and the keys."""
NOTE_BYTES_MAX = 4_096
"""A checkpoint with the lines of a dozen witnesses."""

_TEXT = "text/plain; charset=utf-8"


class ProofDocument(msgspec.Struct, frozen=True, kw_only=True):
    """That a ballot is leaf ``index`` of the tree that ``checkpoint`` signs; hashes in hex."""

    entry_hash: str
    index: int
    path: tuple[str, ...]
    checkpoint: str


async def give_board_file(request: Request) -> Response:
    """Give a file of the board."""
    async with house_of(request).database.reading() as session:
        file = await board_file(session, election_id_in(request), request.path_params["name"])
    plain = file.name == "checkpoint"
    json = file.name == "keys.json"
    kind = _TEXT if plain else "application/json" if json else "application/octet-stream"
    headers = {"cache-control": FOR_EVER if file.lasting else SOON}
    return Response(file.body, media_type=kind, headers=headers)


async def give_proof(request: Request) -> Response:
    """Prove that a ballot is on the board, under its newest checkpoint."""
    name = named_by(request.path_params["entry"])
    if name is None or len(name) != DIGEST_BYTES:
        return problem_for(Trouble.NOT_FOUND)
    async with house_of(request).database.reading() as session:
        proof = await proof_for(session, election_id_in(request), Digest(name))
    if proof is None:
        return problem_for(Trouble.NOT_FOUND)
    document = ProofDocument(
        entry_hash=proof.entry.hex(),
        index=proof.index,
        path=tuple(step.hex() for step in proof.path),
        checkpoint=proof.checkpoint.decode(),
    )
    return Response(msgspec.json.encode(document), media_type="application/json")


async def take_cosignature(request: Request) -> Response:
    """Keep a known witness's signature: 201 where it is new, 200 where it was there before."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > NOTE_BYTES_MAX:
            return problem_for(Trouble.TOO_LARGE)
    try:
        async with house_of(request).database.writing() as session:
            new = await witnessed(session, election_id_in(request), bytes(body))
    except NotAllowed as err:
        return problem_for(Trouble.INVALID_REQUEST, detail=str(err))
    return Response(status_code=201 if new else 200)


_BOARD = "/api/elections/{election}/public/board"
ROUTES = [
    guarded(Route(f"{_BOARD}/proofs/{{entry}}", give_proof), Access.PUBLIC, phases=EVERY_PHASE),
    guarded(
        Route(f"{_BOARD}/cosignatures", take_cosignature, methods=["POST"]),
        Access.PUBLIC,
        phases=EVERY_PHASE,
    ),
    guarded(Route(f"{_BOARD}/{{name:path}}", give_board_file), Access.PUBLIC, phases=EVERY_PHASE),
]
