"""Sealed bytes of the past open for ever: recorded ones, and hashes worked out the slow way."""

import json
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from talkoot.base.ids import ElectionId, SubmissionId
from talkoot.voting.sealing import (
    EpochPosition,
    Opener,
    PrivateKey,
    SealedEpoch,
    fingerprint_of,
    parts_of,
    stored_submission,
    tally_key,
)
from tests.vectors import slow
from tests.voting.sealing.made import PLACE, cast, epoch_at, made

RECORDED = json.loads((Path(slow.FILE).parent / "sealing.json").read_text(encoding="utf-8"))
PLACE_FIELDS = [PLACE.election_id.bytes, PLACE.device, slow.u64(PLACE.epoch)]


def test_a_recorded_ballot_opens() -> None:
    recorded = {name: bytes.fromhex(value) for name, value in RECORDED.items()}
    position = EpochPosition(
        election_id=ElectionId(UUID(bytes=recorded["election"])),
        device=recorded["device"],
        epoch=int.from_bytes(recorded["epoch"], "big"),
    )
    tally = PrivateKey(seed=recorded["tally_seed"])
    epoch = SealedEpoch(position=position, sealed_key=recorded["sealed_key"])
    assert epoch.id == recorded["what"][:16]
    opener = Opener(tally)
    assert opener.epoch_key(epoch) == recorded["epoch_key"]
    opened = opener.opened_whats(recorded["what"], len(recorded["what"]), {epoch.id: epoch})
    assert (bytes(opened.ballots), opened.failures) == (recorded["ballot"], ())
    mark = fingerprint_of(recorded["submission"], recorded["ballot"])
    assert parts_of(recorded["what"]).fingerprint == mark
    stored = stored_submission(SubmissionId(UUID(bytes=recorded["submission"])))
    assert stored.bytes == recorded["stored_submission"]


def test_a_ballot_opens_by_the_words_of_the_documentation() -> None:
    sealed, ballot = made(2, 3), b"ballot".ljust(40, b"\0")
    epoch = epoch_at(sealed)
    (what,) = cast(epoch, [ballot])
    tally = tally_key(sealed.setup, sealed.keys)
    named = slow.sha256(slow.pre("epoch", [*PLACE_FIELDS, epoch.sealed_key]))
    assert what[:16] == named[:16]
    key = tally.opened(epoch.sealed_key, slow.pre("epoch", PLACE_FIELDS))
    number = what[16:24]
    bound = slow.pre("what", [*PLACE_FIELDS, number])
    assert ChaCha20Poly1305(key).decrypt(bytes(4) + number, what[40:], bound) == ballot


def test_the_setups_hash_is_the_one_of_the_documentation() -> None:
    setup = made(2, 3).setup
    trustees = [part for t in setup.trustees for part in (t.name.encode(), t.public)]
    wraps = []
    for wrap in setup.wraps:
        assert wrap.box is not None
        subset = slow.pre("share", [name.encode() for name in wrap.subset])
        wraps += [subset, slow.sha256(slow.pre("share", [wrap.box]))]
    fields = [
        setup.election_id.bytes,
        setup.tally_public,
        setup.registrar_public,
        slow.u64(2),
        slow.pre("sealing", trustees),
        slow.pre("sealing", wraps),
    ]
    assert setup.hash == slow.sha256(slow.pre("sealing", fields))
