"""*What*: opens where it was sealed and nowhere else, and its length tells nothing."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from hypothesis import given
from hypothesis import strategies as st

from talkoot.base.bytes import u64
from talkoot.base.ids import SubmissionId
from talkoot.voting.ballot import Ballot, Mark, VoteType, ballot_bytes, padded_length
from talkoot.voting.sealing import (
    WHAT_OVERHEAD,
    EpochPosition,
    NotAWhat,
    OpeningFault,
    SealedEpoch,
    fingerprint_of,
    new_epoch,
    parts_of,
    sealed_ballot,
    sealed_box,
    stored_submission,
)
from tests.voting.ballot.made_up import definition
from tests.voting.sealing.made import (
    ELECTION,
    FINGERPRINT,
    OTHER_DEVICE,
    OTHER_ELECTION,
    PLACE,
    Sealed,
    cast,
    epoch_at,
    made,
)

BALLOT = b"ballot".ljust(40, b"\0")
EPOCH = epoch_at(made(2, 3))
(WHAT,) = cast(EPOCH, [BALLOT])
OPENER = made(2, 3).opener()


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A sealed ballot as somebody put it at another place, with the epoch they put there."""

    what: bytes
    epoch: SealedEpoch


def renamed(what: bytes, epoch: SealedEpoch) -> Moved:
    return Moved(what=epoch.id + what[16:], epoch=epoch)


def at(position: EpochPosition) -> Callable[[Sealed, bytes, SealedEpoch], Moved]:
    """Write another place beside the stored epoch, and its new name into the ballot."""
    return lambda _, what, epoch: renamed(what, replace(epoch, position=position))


def to_another_number(_: Sealed, what: bytes, epoch: SealedEpoch) -> Moved:
    number = parts_of(what).number ^ 1
    return Moved(what=what[:16] + u64(number) + what[24:], epoch=epoch)


def to_another_epoch_of_the_device(sealed: Sealed, what: bytes, _: SealedEpoch) -> Moved:
    return renamed(what, epoch_at(sealed).sealed)


MOVES = {
    "election": at(replace(PLACE, election_id=OTHER_ELECTION)),
    "device": at(replace(PLACE, device=OTHER_DEVICE)),
    "epoch": at(replace(PLACE, epoch=8)),
    "number": to_another_number,
    "another epoch": to_another_epoch_of_the_device,
}


@pytest.mark.parametrize("move", MOVES)
def test_t12_a_ballot_moved_to_another_place_does_not_open(move: str) -> None:
    sealed, opener, opened = made(2, 3), made(2, 3).opener(), 0
    for number in range(10):
        epoch = epoch_at(sealed)
        for what in cast(epoch, [BALLOT] * 20, seed=number):
            assert not opener.opened_whats(what, len(what), {epoch.id: epoch.sealed}).failures
            moved = MOVES[move](sealed, what, epoch.sealed)
            answer = opener.opened_whats(moved.what, len(what), {moved.epoch.id: moved.epoch})
            opened += not answer.failures
            assert bytes(answer.ballots) == b"\xff" * len(BALLOT)
    assert opened == 0


@pytest.mark.parametrize("place", ["election", "device", "epoch"])
def test_t12_even_who_knows_the_epochs_key_cannot_move_another_ones_ballot(place: str) -> None:
    sealed, opener = made(2, 3), made(2, 3).opener()
    epoch = epoch_at(sealed)
    (what,) = cast(epoch, [BALLOT])
    position = MOVES[place](sealed, what, epoch.sealed).epoch.position
    resealed = SealedEpoch(
        position=position,
        sealed_key=sealed_box(sealed.setup.tally_public, epoch.key, position.info),
    )
    moved = renamed(what, resealed)
    (failure,) = opener.opened_whats(moved.what, len(what), {resealed.id: resealed}).failures
    assert failure.fault is OpeningFault.NOT_AUTHENTIC


def test_t12_without_binding_every_moved_ballot_opens() -> None:
    """The control: the same ciphers, with nothing of the place in them."""
    sealed = made(2, 3)
    tally = sealed.opener()._tally
    epoch = epoch_at(sealed)
    unbound = sealed_box(sealed.setup.tally_public, epoch.key, b"")
    draw, opened = Random(12), 0
    for _ in range(1000):
        nonce = draw.randbytes(12)
        ciphertext = ChaCha20Poly1305(epoch.key).encrypt(nonce, BALLOT, None)
        # Whatever place is written beside it, these two lines are all that a count could do.
        key = tally.opened(unbound, b"")
        opened += ChaCha20Poly1305(key).decrypt(nonce, ciphertext, None) == BALLOT
    assert opened == 1000


def test_t12_the_associated_data_is_what_binds_the_number() -> None:
    epoch = epoch_at(made(2, 3))
    parts = parts_of(cast(epoch, [BALLOT])[0])
    nonce = bytes(4) + u64(parts.number)
    good = epoch.aad_head + u64(parts.number)
    assert epoch.cipher.decrypt(nonce, parts.ciphertext, good) == BALLOT
    with pytest.raises(InvalidTag):
        epoch.cipher.decrypt(nonce, parts.ciphertext, epoch.aad_head + u64(parts.number ^ 1))


def test_t14_all_sealed_ballots_of_an_election_have_one_length() -> None:
    d = definition(VoteType.SCORES)
    draw, epoch = Random(14), epoch_at(made(2, 3))
    ids = [project.id for project in d.projects]
    choices = [[], ids[: d.capacity]]
    choices += [draw.sample(ids, draw.randint(0, d.capacity)) for _ in range(498)]
    plain = [
        ballot_bytes(Ballot(marks=tuple(Mark(project=p) for p in chosen)), d) for chosen in choices
    ]
    assert {len(what) for what in cast(epoch, plain)} == {padded_length(d) + WHAT_OVERHEAD}


def test_t14_without_padding_the_length_tells_how_many_were_chosen() -> None:
    d, epoch = definition(VoteType.SCORES), epoch_at(made(2, 3))
    marks = [
        ballot_bytes(Ballot(marks=tuple(Mark(project=p.id) for p in d.projects[:n])), d)[
            : 4 + 12 * n
        ]
        for n in range(d.capacity + 1)
    ]
    assert len({len(what) for what in cast(epoch, marks)}) == d.capacity + 1


@given(
    st.binary(min_size=1, max_size=80),
    st.integers(0, 2**64 - 1),
    st.binary(min_size=16, max_size=16),
)
def test_what_goes_in_comes_out(ballot: bytes, number: int, fingerprint: bytes) -> None:
    sealed = made(2, 3)
    epoch = epoch_at(sealed)
    what = sealed_ballot(epoch, number, ballot, fingerprint)
    parts = parts_of(what)
    assert (parts.epoch_id, parts.number, parts.fingerprint) == (epoch.id, number, fingerprint)
    opened = sealed.opener().opened_whats(what, len(what), {epoch.id: epoch.sealed})
    assert (bytes(opened.ballots), opened.failures) == (ballot, ())


@given(st.integers(0, 1000), st.integers(1, 255))
def test_any_altered_byte_is_found(place: int, change: int) -> None:
    what = bytearray(WHAT)
    spot = place % len(what)
    what[spot] ^= change
    opened = OPENER.opened_whats(what, len(what), {EPOCH.id: EPOCH.sealed})
    # The fingerprint is compared with itself only and never opens anything: it is not sealed.
    assert bool(opened.failures) == (not 24 <= spot < 40)


def test_a_ballot_that_is_cut_short_is_named() -> None:
    with pytest.raises(NotAWhat):
        parts_of(bytes(WHAT_OVERHEAD - 1))
    with pytest.raises(ValueError, match="whole number"):
        OPENER.opened_whats(bytes(WHAT_OVERHEAD + 1), WHAT_OVERHEAD, {})


def test_a_repeat_has_the_same_fingerprint_and_another_choice_another() -> None:
    one, other = bytes(16), bytes([1]) + bytes(15)
    assert fingerprint_of(one, BALLOT) == fingerprint_of(one, BALLOT)
    assert len({fingerprint_of(s, b) for s in (one, other) for b in (BALLOT, BALLOT[:-1])}) == 4


def test_t11_from_what_is_stored_nobody_can_try_choices_against_the_fingerprint() -> None:
    drawn = SubmissionId(UUID(int=5))
    stored, kept = stored_submission(drawn), fingerprint_of(drawn.bytes, BALLOT)
    tries = [BALLOT, *(bytes([n]).ljust(40, b"\0") for n in range(200))]
    assert kept not in {fingerprint_of(stored.bytes, choice) for choice in tries}
    # The control: had the drawn id been stored, the first try would tell the choice.
    assert kept in {fingerprint_of(drawn.bytes, choice) for choice in tries}


def test_no_representation_shows_a_key() -> None:
    epoch = new_epoch(made(2, 3).setup.tally_public, PLACE)
    shown = repr(epoch) + repr(made(2, 3).keys) + repr(made(2, 3).registrar)
    for secret in (epoch.key, *(k.private.seed for k in made(2, 3).keys)):
        assert repr(secret) not in shown
        assert secret.hex() not in shown


@pytest.mark.parametrize("device", [b"", bytes(15), bytes(17)])
def test_a_device_has_sixteen_bytes(device: bytes) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        EpochPosition(election_id=ELECTION, device=device, epoch=0)


def test_a_fingerprint_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        sealed_ballot(EPOCH, 0, BALLOT, FINGERPRINT + b"x")
