"""T11 in this room: what lies in a database and beside it opens nothing without trustees."""

from contextlib import suppress
from random import Random

from talkoot.voting.sealing import (
    CannotOpen,
    NotEnoughShares,
    Opener,
    PrivateKey,
    SealingSetup,
    TrusteeKey,
    tally_key,
)
from tests.voting.sealing.made import Sealed, cast, epoch_at, made

BALLOTS = [number.to_bytes(40, "big") for number in range(1000)]


def opened_by(
    setup: SealingSetup, secrets: list[PrivateKey], sealed: Sealed, keys: list[TrusteeKey]
) -> int:
    """How many ballots come open with these secrets: each key as it is, and the wraps by keys."""
    epoch = epoch_at(sealed)
    stream = b"".join(cast(epoch, BALLOTS, seed=11))
    tried = list(secrets)
    with suppress(NotEnoughShares):
        tried.append(tally_key(setup, keys))
    best = 0
    for secret in tried:
        opened = Opener(secret).opened_whats(
            stream, len(stream) // len(BALLOTS), {epoch.id: epoch.sealed}
        )
        best = max(best, len(BALLOTS) - len(opened.failures))
    return best


def test_t11_a_thief_of_database_and_secrets_opens_no_ballot() -> None:
    sealed = made(3, 5)
    guesses = [PrivateKey(seed=Random(seed).randbytes(32)) for seed in range(20)]
    assert opened_by(sealed.setup, [sealed.registrar, *guesses], sealed, []) == 0


def test_t11_nor_with_all_but_one_of_the_trustees_needed() -> None:
    sealed = made(3, 5)
    own = [key.private for key in sealed.keys[:2]]
    assert opened_by(sealed.setup, own, sealed, list(sealed.keys[:2])) == 0


def test_t11_nor_with_every_trustee_once_the_wraps_are_destroyed() -> None:
    sealed = made(3, 5)
    bare = sealed.setup.without_wraps()
    assert opened_by(bare, [], sealed, list(sealed.keys)) == 0


def test_t11_with_the_trustees_needed_all_open() -> None:
    """The control: the same search, with what it lacked."""
    sealed = made(3, 5)
    assert opened_by(sealed.setup, [], sealed, list(sealed.keys[2:])) == len(BALLOTS)


def test_t11_the_registrars_key_opens_no_epoch_and_the_tally_key_no_who() -> None:
    sealed = made(3, 5)
    epoch = epoch_at(sealed).sealed
    for key, opens in ((sealed.registrar, False), (tally_key(sealed.setup, sealed.keys), True)):
        try:
            Opener(key).epoch_key(epoch)
            assert opens
        except CannotOpen:
            assert not opens
