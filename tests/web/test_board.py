"""The board over HTTP: files for ever, a proof, and signatures of known witnesses alone."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from talkoot.base.db import Database
from talkoot.base.ids import ElectionId
from talkoot.voting.board import (
    Checkpoint,
    Kind,
    Leaf,
    Note,
    SigningKey,
    Use,
    cosigned,
    published,
    witnesses_named,
)
from talkoot.voting.board.tree import includes, leaf_hash
from tests.voting.board.made_up import a_board, cast
from tests.voting.log.made_up import NOON
from tests.web.town import Town

WITNESS = SigningKey("paper.example", Use.WITNESS, Ed25519PrivateKey.generate())


async def a_public_board(desk: Database) -> tuple[ElectionId, list[bytes]]:
    async with desk.writing() as session:
        id_, key = await a_board(session)
        hashes = await cast(session, id_, 300)
        await witnesses_named(session, id_, [WITNESS.verifier], quorum=1)
        await published(session, id_, at=NOON, signer=key)
    return id_, [bytes(each) for each in hashes]


async def test_tiles_are_for_ever_and_the_checkpoint_is_not(town: Town, desk: Database) -> None:
    id_, _ = await a_public_board(desk)
    base = f"/api/elections/{id_}/public/board"
    async with town.visitor().client as web:
        tile = await web.get(f"{base}/tile/0/001.p/44")
        note = await web.get(f"{base}/checkpoint")
        missing = await web.get(f"{base}/tile/0/001.p/45")
        keys = await web.get(f"{base}/keys.json")
    assert (tile.status_code, len(tile.content)) == (200, 44 * 32)
    assert "immutable" in tile.headers["cache-control"]
    assert "immutable" not in note.headers["cache-control"]
    assert missing.status_code == 404
    assert keys.json()["witnesses"] == [str(WITNESS.verifier)]


async def test_the_proof_of_a_ballot_holds(town: Town, desk: Database) -> None:
    id_, hashes = await a_public_board(desk)
    base = f"/api/elections/{id_}/public/board/proofs"
    async with town.visitor().client as web:
        proof = (await web.get(f"{base}/{hashes[7].hex()}")).json()
        unknown = await web.get(f"{base}/{bytes(32).hex()}")
    signed = Checkpoint.read(Note.read(proof["checkpoint"].encode()).text)
    path = [bytes.fromhex(step) for step in proof["path"]]
    leaf = leaf_hash(Leaf(Kind.BALLOT, hashes[7]).octets)
    assert includes(leaf, proof["index"], signed.size, path, signed.root)
    assert unknown.status_code == 404


async def test_only_a_known_witness_of_a_checkpoint_of_ours_is_kept(
    town: Town, desk: Database
) -> None:
    id_, _ = await a_public_board(desk)
    base = f"/api/elections/{id_}/public/board"
    async with town.visitor().client as web:
        note = Note.read((await web.get(f"{base}/checkpoint")).content)
        stranger = SigningKey("stranger", Use.WITNESS, Ed25519PrivateKey.generate())

        async def gives(text: str, key: SigningKey) -> int:
            line = cosigned(Note(text, ()), key, at=1_800_000_000)
            body = Note(text, (line,)).octets
            return (await web.post(f"{base}/cosignatures", content=body)).status_code

        other = Checkpoint(f"talkoot/{id_}", 300, leaf_hash(b"a fork")).text
        assert await gives(note.text, stranger) == 422
        assert await gives(other, WITNESS) == 404
        assert await gives(note.text, WITNESS) == 201
        assert await gives(note.text, WITNESS) == 200
        long = await web.post(f"{base}/cosignatures", content=b"x" * 5_000)
        assert long.status_code == 413
        shown = (await web.get(f"{base}/checkpoint")).text
    assert shown.count("paper.example") == 1
