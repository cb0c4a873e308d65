"""Journals of devices: each fault is named at its entry, and delivery changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from talkoot.base.bytes import Digest, Tag, pre
from talkoot.base.ids import ElectionId
from talkoot.voting.ballot import (
    JournalEntry,
    JournalFaultKind,
    JournalKind,
    JournalPlace,
    JournalReading,
    NotAnEntry,
    collected,
    entry_of_raw,
    forked_at,
    framed,
    frames_of,
    read_journal,
    signed_raw,
)

PLACE = JournalPlace(
    election_id=ElectionId(UUID(bytes=bytes(range(16)))), device=bytes(range(16, 32)), epoch=1
)
KEY, OTHER_KEY = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (0, 1))
PUBLIC = KEY.public_key().public_bytes_raw()
CONFIG, OTHER_CONFIG = Digest(bytes([7]) * 32), Digest(bytes([8]) * 32)
BALLOT, CLOSE = JournalKind.BALLOT, JournalKind.CLOSE


def chain(
    kinds: Sequence[JournalKind], place: JournalPlace = PLACE, mark: bytes = b"what"
) -> list[JournalEntry]:
    entries: list[JournalEntry] = []
    for seq, kind in enumerate(kinds):
        entries.append(
            JournalEntry(
                place=place,
                seq=seq,
                previous=entries[-1].hash if entries else place.genesis,
                kind=kind,
                config_hash=CONFIG,
                who=b"who",
                what=mark + bytes([seq % 256]),
            )
        )
    return entries


def raw(entry: JournalEntry, key: Ed25519PrivateKey = KEY) -> bytes:
    return signed_raw(entry, key.sign)


KINDS = [JournalKind.OPEN, *[BALLOT] * 6, CLOSE]
ENTRIES = chain(KINDS)
RAWS = [raw(entry) for entry in ENTRIES]


def reading_of(raws: Sequence[bytes], tail: bytes = b"") -> JournalReading:
    content = b"".join(framed(one) for one in raws) + tail
    return read_journal(content, place=PLACE, device_public=PUBLIC, configs={CONFIG})


def test_a_whole_journal_is_sound() -> None:
    reading = reading_of(RAWS)
    assert (reading.sound, reading.faults) == (tuple(ENTRIES), ())
    assert (reading.head, reading.length, reading.closed) == (ENTRIES[-1].hash, 8, True)
    assert reading.ballots == tuple(ENTRIES[1:7])


def test_a_journal_of_nothing_has_its_genesis_as_head() -> None:
    reading = reading_of([])
    assert (reading.head, reading.length, reading.closed) == (PLACE.genesis, 0, False)


def with_one(index: int, new: bytes) -> list[bytes]:
    return [*RAWS[:index], new, *RAWS[index + 1 :]]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A damaged journal: its entries, and where and what the first fault is."""

    raws: list[bytes]
    index: int
    kind: JournalFaultKind
    tail: bytes = b""


CASES = {
    "torn": Case(raws=RAWS, index=8, kind=JournalFaultKind.TORN, tail=framed(RAWS[1])[:-1]),
    "torn in the length": Case(raws=RAWS, index=8, kind=JournalFaultKind.TORN, tail=b"\0\0"),
    "rubbish": Case(raws=with_one(3, b"rubbish"), index=3, kind=JournalFaultKind.NOT_CANONICAL),
    "an unsigned entry": Case(
        raws=with_one(3, ENTRIES[3].canonical + bytes(64)),
        index=3,
        kind=JournalFaultKind.BAD_SIGNATURE,
    ),
    "an altered ballot": Case(
        raws=with_one(3, RAWS[3].replace(b"what\3", b"whot\3")),
        index=3,
        kind=JournalFaultKind.BAD_SIGNATURE,
    ),
    "signed by another device": Case(
        raws=with_one(3, raw(ENTRIES[3], OTHER_KEY)), index=3, kind=JournalFaultKind.BAD_SIGNATURE
    ),
    "of another device": Case(
        raws=with_one(3, raw(chain(KINDS, replace(PLACE, device=bytes(16)))[3])),
        index=3,
        kind=JournalFaultKind.OTHER_JOURNAL,
    ),
    "of another epoch": Case(
        raws=with_one(3, raw(chain(KINDS, replace(PLACE, epoch=2))[3])),
        index=3,
        kind=JournalFaultKind.OTHER_JOURNAL,
    ),
    "a missing entry": Case(raws=[*RAWS[:3], *RAWS[4:]], index=3, kind=JournalFaultKind.GAP),
    "a missing beginning": Case(raws=RAWS[1:], index=0, kind=JournalFaultKind.GAP),
    "an entry twice": Case(
        raws=[*RAWS[:4], RAWS[3], *RAWS[4:]], index=4, kind=JournalFaultKind.FORK
    ),
    "two in exchange": Case(
        raws=[*RAWS[:3], RAWS[4], RAWS[3], *RAWS[5:]], index=3, kind=JournalFaultKind.GAP
    ),
    "a rewritten ballot, signed": Case(
        raws=with_one(3, raw(replace(ENTRIES[3], what=b"other"))),
        index=4,
        kind=JournalFaultKind.BROKEN_CHAIN,
    ),
    "another beginning": Case(
        raws=[raw(replace(ENTRIES[0], previous=Digest(bytes(32))))],
        index=0,
        kind=JournalFaultKind.BROKEN_CHAIN,
    ),
    "a ballot after the close": Case(
        raws=[raw(entry) for entry in chain([*KINDS, BALLOT])],
        index=8,
        kind=JournalFaultKind.AFTER_CLOSE,
    ),
    "not opened": Case(
        raws=[raw(entry) for entry in chain([BALLOT])], index=0, kind=JournalFaultKind.NOT_OPENED
    ),
}


@pytest.mark.parametrize("about", CASES)
def test_t27_a_fault_is_named_at_its_entry_and_nothing_after_it_is_sound(about: str) -> None:
    case = CASES[about]
    reading = reading_of(case.raws, case.tail)
    first = reading.faults[0]
    assert (first.index, first.kind) == (case.index, case.kind)
    assert str(first).startswith(f"entry {case.index + 1} of the journal")
    assert reading.sound == tuple(entry_of_raw(one) for one in case.raws[: case.index])
    assert reading.length == case.index


def test_t22_a_ballot_on_another_definition_is_named_and_only_it_is_kept_out() -> None:
    entries = chain(KINDS[:4])
    entries[2] = replace(entries[2], config_hash=OTHER_CONFIG)
    entries[3] = replace(entries[3], previous=entries[2].hash)
    reading = reading_of([raw(entry) for entry in entries])
    (fault,) = reading.faults
    assert (fault.seq, fault.kind) == (2, JournalFaultKind.UNKNOWN_CONFIG)
    assert [entry.seq for entry in reading.sound] == [0, 1, 3]
    assert (reading.length, reading.head) == (4, entries[3].hash)


def test_a_cut_tail_is_seen_by_who_knows_the_head() -> None:
    reading = reading_of(RAWS[:5])
    assert (reading.faults, reading.closed) == ((), False)
    assert reading.head != ENTRIES[-1].hash


def test_t26_two_devices_with_one_key_are_found_where_they_part() -> None:
    clone = [*ENTRIES[:3], *chain(KINDS, mark=b"clone")[3:]]
    assert forked_at(ENTRIES, clone) == 3
    assert forked_at(ENTRIES, ENTRIES[:5]) is None
    both = collected([*RAWS, *(raw(entry) for entry in clone)])
    reading = read_journal(both, place=PLACE, device_public=PUBLIC, configs={CONFIG})
    assert JournalFaultKind.FORK in {fault.kind for fault in reading.faults}
    # Nothing is dropped in silence: every entry of both is still in the file.
    assert set(frames_of(both)) == {*RAWS, *(raw(entry) for entry in clone)}


def delivered(seed: int) -> bytes:
    """Send a journal over a bad network until it is all there; what the server has.

    Of the bodies 30 % come twice, 30 % get lost, one in five is cut; they wait and overtake.
    """
    draw, there, waiting = Random(seed), set[bytes](), list[bytes]()
    while len(there) < len(RAWS):
        since = draw.randrange(len(RAWS))
        if draw.random() >= 0.3:
            body = b"".join(framed(one) for one in RAWS[since : since + draw.randint(1, 4)])
            cut = len(body) if draw.random() < 0.8 else draw.randrange(len(body))
            waiting += [body[:cut]] * (2 if draw.random() < 0.3 else 1)
        draw.shuffle(waiting)
        if waiting and draw.random() < 0.7:
            there |= set(whole_frames(waiting.pop()))
    return collected(draw.sample(sorted(there), len(there)) + RAWS[:2])


def whole_frames(body: bytes) -> list[bytes]:
    """What arrived whole of a body that may be cut."""
    found = []
    try:
        for one in frames_of(body):
            found.append(one)  # noqa: PERF402 - those before the cut are kept
    except NotAnEntry:
        return found
    return found


def test_t27_a_thousand_bad_networks_deliver_the_same_journal() -> None:
    perfect = b"".join(framed(one) for one in RAWS)
    assert {delivered(seed) for seed in range(1000)} == {perfect}


def test_t27_without_sorting_and_folding_a_bad_network_tears_the_journal() -> None:
    """The control: what comes is written down as it comes."""
    assert reading_of([RAWS[0], RAWS[2], RAWS[1]]).faults
    assert reading_of([RAWS[0], RAWS[1], RAWS[1]]).faults


def test_bytes_that_are_no_entry_stand_at_the_end_and_are_named() -> None:
    content = collected([b"rubbish", *RAWS])
    reading = read_journal(content, place=PLACE, device_public=PUBLIC, configs={CONFIG})
    assert reading.length == len(RAWS)
    assert [fault.kind for fault in reading.faults] == [JournalFaultKind.NOT_CANONICAL]


@given(
    st.sampled_from(JournalKind),
    st.integers(0, 2**64 - 1),
    st.binary(max_size=9),
    st.binary(max_size=9),
)
def test_an_entry_comes_back_from_its_bytes(
    kind: JournalKind, seq: int, who: bytes, what: bytes
) -> None:
    entry = replace(ENTRIES[1], kind=kind, seq=seq, who=who, what=what)
    assert entry_of_raw(raw(entry)) == entry


@given(st.integers(0, len(RAWS[1]) - 1), st.integers(1, 255))
def test_any_altered_byte_is_a_fault_of_that_entry(place: int, change: int) -> None:
    altered = bytearray(RAWS[1])
    altered[place] ^= change
    first = reading_of(with_one(1, bytes(altered))).faults[0]
    assert first.index == 1


@given(st.binary(max_size=300))
def test_random_bytes_are_judged_without_a_crash(content: bytes) -> None:
    reading = read_journal(content, place=PLACE, device_public=PUBLIC, configs={CONFIG})
    assert reading.sound == ()
    assert bool(reading.faults) == bool(content)


FORM = [PLACE.election_id.bytes, PLACE.device, bytes(8), bytes(8), bytes(32), b"\1", bytes(32)]


@pytest.mark.parametrize(
    "fields",
    [
        [*FORM, b"who"],
        [*FORM, b"who", b"what", b"more"],
        [*FORM[:5], b"\2\3", *FORM[6:], b"who", b"what"],
        [*FORM[:5], b"\7", *FORM[6:], b"who", b"what"],
        [*FORM[:5], b"", *FORM[6:], b"who", b"what"],
        [*FORM[:2], bytes(7), *FORM[3:], b"who", b"what"],
        [*FORM[:2], b"\xff" * 9, *FORM[3:], b"who", b"what"],
        [*FORM[:4], bytes(31), *FORM[5:], b"who", b"what"],
        [FORM[0], bytes(15), *FORM[2:], b"who", b"what"],
        [bytes(15), *FORM[1:], b"who", b"what"],
    ],
)
def test_another_form_is_no_entry(fields: list[bytes]) -> None:
    with pytest.raises(NotAnEntry):
        entry_of_raw(pre(Tag.JOURNAL_ENTRY, *fields) + bytes(64))
    with pytest.raises(NotAnEntry):
        entry_of_raw(pre(Tag.ENTRY, *FORM, b"who", b"what") + bytes(64))


def test_the_form_itself_is_an_entry() -> None:
    assert entry_of_raw(pre(Tag.JOURNAL_ENTRY, *FORM, b"", b"") + bytes(64)).seq == 0
