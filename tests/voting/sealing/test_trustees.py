"""Trustees: every qualified subset opens, none smaller does, and what is wrong is said in words."""

from dataclasses import replace
from itertools import combinations, permutations

import pytest

from talkoot.voting.sealing import (
    BadSetup,
    CannotOpen,
    NotEnoughShares,
    RehearsalFailed,
    SealingSetup,
    TrusteeKey,
    TrusteePublic,
    Wrap,
    new_private_key,
    new_setup,
    new_trustee,
    rehearsed,
    sealed_box,
    setup_from_json,
    setup_to_json,
    tally_key,
)
from talkoot.voting.sealing.setup import wrap_digest
from talkoot.voting.sealing.trustees import share_info, unwrapped
from tests.voting.sealing.made import ELECTION, NAMES, OTHER_ELECTION, Sealed, made

SIZES = [(t, n) for n in range(1, 6) for t in range(1, n + 1)] + [(4, 7)]


def names(keys: tuple[TrusteeKey, ...]) -> str:
    return ", ".join(key.name for key in keys)


@pytest.mark.parametrize(("threshold", "trustees"), SIZES)
def test_t18_every_qualified_subset_opens_and_none_smaller(threshold: int, trustees: int) -> None:
    sealed = made(threshold, trustees)
    for size in range(trustees + 1):
        for keys in combinations(sealed.keys, size):
            if size >= threshold:
                assert tally_key(sealed.setup, keys).public == sealed.setup.tally_public
            else:
                with pytest.raises(NotEnoughShares, match=f"{threshold} trustees are needed"):
                    tally_key(sealed.setup, keys)


@pytest.mark.parametrize(("threshold", "trustees", "subsets"), [(2, 3, 3), (3, 5, 10), (4, 7, 35)])
def test_t18_a_rehearsal_tries_every_subset(threshold: int, trustees: int, subsets: int) -> None:
    sealed = made(threshold, trustees)
    rehearsal = rehearsed(sealed.setup, sealed.keys)
    assert len(rehearsal.opened) == subsets
    assert len(rehearsal.refused) == len([*combinations(NAMES[:trustees], threshold - 1)])
    assert rehearsal.setup_hash == sealed.setup.hash


def test_t18_with_a_lost_key_the_others_still_open() -> None:
    sealed = made(3, 5)
    assert tally_key(sealed.setup, sealed.keys[1:4]).public == sealed.setup.tally_public


def test_t18_where_all_are_needed_one_lost_key_loses_the_election() -> None:
    """The control: n of n."""
    sealed = made(3, 3)
    for lost in range(3):
        left = [key for number, key in enumerate(sealed.keys) if number != lost]
        with pytest.raises(NotEnoughShares, match=f"any 1 of {NAMES[lost]} must come"):
            tally_key(sealed.setup, left)


def test_t18_who_is_missing_is_named() -> None:
    sealed = made(3, 5)
    with pytest.raises(NotEnoughShares) as raised:
        tally_key(sealed.setup, sealed.keys[:2])
    assert "3 trustees are needed and 2 are here" in str(raised.value)
    assert "any 1 of Cecilia, Daavid, Elle must come" in str(raised.value)


def test_t18_a_key_of_another_ceremony_is_named() -> None:
    sealed = made(2, 3)
    wrong = new_trustee(NAMES[0])
    with pytest.raises(NotEnoughShares, match=f"{NAMES[0]}'s key is not the one"):
        tally_key(sealed.setup, [wrong, sealed.keys[1]])
    with pytest.raises(NotEnoughShares, match="Nobody is no trustee"):
        tally_key(sealed.setup, [new_trustee("Nobody"), sealed.keys[1]])


def test_t18_a_wrong_key_among_enough_right_ones_does_no_harm() -> None:
    sealed = made(2, 3)
    keys = [new_trustee(NAMES[0]), new_trustee("Nobody"), *sealed.keys[1:]]
    assert tally_key(sealed.setup, keys).public == sealed.setup.tally_public


def test_t18_the_same_trustee_twice_is_one() -> None:
    sealed = made(2, 3)
    with pytest.raises(NotEnoughShares, match="2 trustees are needed and 1 are here"):
        tally_key(sealed.setup, [sealed.keys[0], sealed.keys[0]])


def test_t18_a_wrap_opens_in_its_own_order_only_and_the_fault_is_named() -> None:
    sealed = made(3, 5)
    wrap, keys = sealed.setup.wraps[0], sealed.keys[:3]
    for order in permutations(keys):
        if order == keys:
            assert unwrapped(sealed.setup, wrap, order).public == sealed.setup.tally_public
        else:
            stopped = next(o.name for o, k in zip(order, keys, strict=True) if o is not k)
            with pytest.raises(CannotOpen, match=f"{names(keys)} does not open with {stopped}'s"):
                unwrapped(sealed.setup, wrap, order)


def test_t18_the_order_in_which_people_come_does_not_matter() -> None:
    sealed = made(3, 5)
    for order in permutations(sealed.keys[:3]):
        assert tally_key(sealed.setup, order).public == sealed.setup.tally_public


def with_wrap(setup: SealingSetup, number: int, box: bytes) -> SealingSetup:
    wraps = list(setup.wraps)
    wraps[number] = Wrap(subset=wraps[number].subset, digest=wrap_digest(box), box=box)
    return replace(setup, wraps=tuple(wraps))


def flipped(box: bytes | None) -> bytes:
    assert box is not None
    return box[:-1] + bytes([box[-1] ^ 1])


def test_t18_a_corrupt_wrap_fails_the_rehearsal_and_is_named() -> None:
    sealed = made(2, 3)
    corrupt = with_wrap(sealed.setup, 1, flipped(sealed.setup.wraps[1].box))
    with pytest.raises(RehearsalFailed, match="Aino, Cecilia do not open the dummy ballot"):
        rehearsed(corrupt, sealed.keys)
    # In the real thing, three people can still open with the wraps that are whole.
    assert tally_key(corrupt, sealed.keys).public == sealed.setup.tally_public


def test_t18_a_wrap_that_needs_too_few_fails_the_rehearsal() -> None:
    sealed = made(2, 3)
    info = share_info(ELECTION, sealed.setup.wraps[0].subset)
    tally = tally_key(sealed.setup, sealed.keys)
    loose = with_wrap(sealed.setup, 0, sealed_box(sealed.keys[0].private.public, tally.seed, info))
    with pytest.raises(RehearsalFailed, match="Aino"):
        rehearsed(loose, sealed.keys)


def test_t18_a_wrap_of_another_key_fails_the_rehearsal() -> None:
    sealed, other = made(2, 3), made(2, 3, OTHER_ELECTION)
    foreign = replace(sealed.setup, tally_public=other.setup.tally_public)
    with pytest.raises(RehearsalFailed, match="another key than this election's"):
        rehearsed(foreign, sealed.keys)


def test_t18_a_rehearsal_without_one_trustee_is_none() -> None:
    sealed = made(2, 3)
    with pytest.raises(RehearsalFailed, match="missing: Cecilia"):
        rehearsed(sealed.setup, sealed.keys[:2])


def test_t18_wraps_of_another_election_do_not_open() -> None:
    sealed = made(2, 3)
    moved = replace(sealed.setup, election_id=OTHER_ELECTION)
    with pytest.raises(NotEnoughShares, match="does not open with Aino's key"):
        tally_key(moved, sealed.keys[:2])


def test_when_the_wraps_are_destroyed_the_hash_stays_and_nobody_opens() -> None:
    sealed = made(2, 3)
    bare = sealed.setup.without_wraps()
    assert bare.hash == sealed.setup.hash
    with pytest.raises(NotEnoughShares, match="destroyed or was left out"):
        tally_key(bare, sealed.keys)


def one_of_each() -> list[Sealed]:
    return [made(t, n) for t, n in SIZES]


def test_a_setup_comes_back_from_its_json() -> None:
    for sealed in one_of_each():
        for setup in (sealed.setup, sealed.setup.without_wraps()):
            assert setup_from_json(setup_to_json(setup)) == setup


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b'"threshold": 2', b'"threshold": 3', "one wrap for every qualified subset"),
        (b'"threshold": 2', b'"threshold": 0', "impossible"),
        (b'"threshold": 2', b'"threshold": "2"', "cannot be read"),
        (b'"threshold": 2,', b'"threshold": 2, "more": 1,', "cannot be read"),
        (b'"threshold": 2,', b"", "cannot be read"),
        (b'"Aino"', b'"Bj\xc3\xb6rn"', "two trustees have the same name"),
        (b'"Aino"', b'"Anna"', "its hash is not the one written in it"),
        (b'"Aino"', b'"\xff"', "cannot be read"),
        (b"00000001", b"00000002", "its hash is not the one written in it"),
    ],
)
def test_a_setup_that_was_altered_is_refused_in_words(old: bytes, new: bytes, why: str) -> None:
    good = setup_to_json(made(2, 3).setup)
    assert old in good
    with pytest.raises(BadSetup, match=why):
        setup_from_json(good.replace(old, new))


def test_a_wrap_that_is_not_the_one_written_down_is_refused() -> None:
    setup = made(2, 3).setup
    wrap = replace(setup.wraps[0], box=flipped(setup.wraps[0].box))
    with pytest.raises(BadSetup, match="the wrap for Aino, Björn was altered"):
        replace(setup, wraps=(wrap, *setup.wraps[1:]))


def publics(*named: str) -> list[TrusteePublic]:
    return [new_trustee(name).public for name in named]


@pytest.mark.parametrize(
    ("trustees", "threshold", "why"),
    [
        (publics("Aino", "Björn"), 3, "impossible"),
        (publics("Aino"), 0, "impossible"),
        (publics(*(f"T{number}" for number in range(8))), 4, "impossible"),
        (publics("Aino", "Aino"), 1, "same name"),
        (publics("A\u030aina", "\u00c5ina"), 1, "same name"),
        (publics("Aino", " "), 1, "lacks a name"),
        ([TrusteePublic(name="Aino", public=bytes(5))], 1, "lacks a name or a key"),
    ],
)
def test_trustees_who_could_not_hold_a_key_are_refused(
    trustees: list[TrusteePublic], threshold: int, why: str
) -> None:
    registrar = new_private_key().public
    with pytest.raises(BadSetup, match=why):
        new_setup(ELECTION, trustees=trustees, threshold=threshold, registrar_public=registrar)


def test_two_names_for_one_key_are_refused() -> None:
    (one,) = publics("Aino")
    with pytest.raises(BadSetup, match="same key"):
        new_setup(
            ELECTION,
            trustees=[one, replace(one, name="Björn")],
            threshold=1,
            registrar_public=one.public,
        )


def test_the_subset_is_part_of_what_a_wrap_is_bound_to() -> None:
    assert share_info(ELECTION, ("a", "b")) != share_info(ELECTION, ("a,b",))
