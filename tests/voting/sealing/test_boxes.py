"""Boxes: the key pair is X-Wing's, and a *who* opens only at its place."""

from dataclasses import replace

import pytest

from talkoot.voting.sealing import (
    PUBLIC_KEY_BYTES,
    CannotOpen,
    PrivateKey,
    new_private_key,
    opened_who,
    sealed_box,
    sealed_who,
)
from tests.voting.sealing.made import OTHER_DEVICE, OTHER_ELECTION, PLACE, made


def test_a_key_pair_is_the_one_of_the_published_vector() -> None:
    # draft-connolly-cfrg-xwing-kem, appendix C, first vector: the seed, and both ends of pk.
    seed = bytes.fromhex("7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26")
    public = PrivateKey(seed=seed).public
    assert len(public) == PUBLIC_KEY_BYTES == 1216
    assert public.hex().startswith(
        "e2236b35a8c24b39b10aa1323a96a919a2ced88400633a7b07131713fc14b2b5"
    )


def test_what_is_in_a_box_comes_out_with_the_right_key_and_place_only() -> None:
    key = new_private_key()
    box = sealed_box(key.public, b"content", b"place")
    assert key.opened(box, b"place") == b"content"
    for wrong, info in ((key, b"other"), (new_private_key(), b"place")):
        with pytest.raises(CannotOpen):
            wrong.opened(box, info)
    for damaged in (box[:-1], box[1:], b"", box[:-1] + bytes([box[-1] ^ 1])):
        with pytest.raises(CannotOpen):
            key.opened(damaged, b"place")


def test_a_who_opens_at_its_place_only() -> None:
    registrar = made(2, 3).registrar
    who = sealed_who(registrar.public, PLACE, 4, b"proof")
    assert opened_who(registrar, PLACE, 4, who) == b"proof"
    elsewhere = [
        (replace(PLACE, election_id=OTHER_ELECTION), 4),
        (replace(PLACE, device=OTHER_DEVICE), 4),
        (replace(PLACE, epoch=8), 4),
        (PLACE, 5),
    ]
    for position, seq in elsewhere:
        with pytest.raises(CannotOpen):
            opened_who(registrar, position, seq, who)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_seed_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        PrivateKey(seed=bytes(length))


@pytest.mark.parametrize("length", [0, PUBLIC_KEY_BYTES - 1, PUBLIC_KEY_BYTES + 1])
def test_a_public_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="1216 bytes"):
        sealed_box(bytes(length), b"", b"")
