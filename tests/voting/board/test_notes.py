"""Notes are C2SP's, and a changed note is signed by nobody."""

import random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from talkoot.base.bytes import Digest
from talkoot.verify.proofs import signers
from talkoot.voting.board.notes import (
    BadNote,
    Checkpoint,
    Note,
    SigningKey,
    Use,
    VerifierKey,
    cosigned,
    is_signed,
    signed,
)

LOG = SigningKey("talkoot/one", Use.LOG, Ed25519PrivateKey.from_private_bytes(bytes(32)))
WITNESS = SigningKey(
    "witness.example", Use.WITNESS, Ed25519PrivateKey.from_private_bytes(bytes([7]) * 32)
)
CHECKPOINT = Checkpoint("talkoot/one", 7, Digest(bytes(range(32))))


def witnessed() -> Note:
    note = signed(CHECKPOINT, LOG)
    return Note(note.text, (*note.lines, cosigned(note, WITNESS, at=1_700_000_000)))


def test_a_signed_and_witnessed_note_is_read_as_it_was_written() -> None:
    note = Note.read(witnessed().octets)
    assert note == witnessed()
    assert Checkpoint.read(note.text) == CHECKPOINT
    assert is_signed(note, LOG.verifier)
    assert is_signed(note, WITNESS.verifier)


def test_the_independent_reader_finds_the_same_signers() -> None:
    keys = [str(LOG.verifier), str(WITNESS.verifier)]
    text, good = signers(witnessed().octets, keys)
    assert (text, good) == (CHECKPOINT.text, set(keys))


def test_a_key_is_read_as_it_was_written_and_a_mistyped_one_is_refused() -> None:
    words = str(WITNESS.verifier)
    assert VerifierKey.read(words) == WITNESS.verifier
    for wrong in (words[:-6] + "AAAAA=", words.replace("+", "-"), "", "a+b", words[1:]):
        with pytest.raises(BadNote):
            VerifierKey.read(wrong)


def test_a_published_key_of_another_log_has_the_id_that_it_was_published_with() -> None:
    known = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    assert str(VerifierKey.read(known)) == known


def test_a_witness_is_not_taken_for_the_log_nor_the_log_for_a_witness() -> None:
    as_log = VerifierKey(WITNESS.name, Use.LOG, WITNESS.verifier.public)
    as_witness = VerifierKey(LOG.name, Use.WITNESS, LOG.verifier.public)
    assert not is_signed(witnessed(), as_log)
    assert not is_signed(witnessed(), as_witness)


def test_no_changed_bit_of_a_note_leaves_both_signatures_in_place() -> None:
    octets = witnessed().octets
    rnd = random.Random(4)
    for _ in range(1_000):
        changed = bytearray(octets)
        changed[rnd.randrange(len(octets))] ^= 1 << rnd.randrange(8)
        try:
            note = Note.read(bytes(changed))
        except BadNote:
            continue
        assert not (is_signed(note, LOG.verifier) and is_signed(note, WITNESS.verifier))


@pytest.mark.parametrize(
    "text", ["", "a\n1\n", "a\n01\n" + "A" * 43 + "=\n", "a\n-1\n\n", "a\n1\nAAAA\n", "a\n1\n*\n"]
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        Checkpoint.read(text)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "x" * 201, "tab\t"])
def test_a_name_that_a_note_cannot_hold_is_refused(name: str) -> None:
    with pytest.raises(BadNote):
        VerifierKey(name, Use.LOG, bytes(32))
