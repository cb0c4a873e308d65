"""Journals are taken in: once, in any order, and whatever does not hold waits for a reason."""

import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
import pytest_asyncio

from talkoot.base.bytes import Digest
from talkoot.base.db import Database
from talkoot.base.errors import NotAllowed
from talkoot.base.ids import ElectionId, VoterKey
from talkoot.voting.ballot import (
    Channel,
    JournalKind,
    entry_of_raw,
    framed,
    signed_raw,
)
from talkoot.voting.intake import (
    SYNC_LASTS,
    Door,
    Reason,
    Recorded,
    SegmentFault,
    SegmentRefused,
    device_revoked,
    kiosk_submission,
)
from talkoot.voting.log import (
    ActKind,
    DeviceState,
    devices_of,
    epochs_of,
    holds_of,
    recorded_count,
    standing_hashes,
)
from talkoot.voting.sealing import (
    CannotOpen,
    EpochPosition,
    NotAWhat,
    Opener,
    OpeningFault,
    SealedEpoch,
    code_in_proof,
    code_proof,
    epoch_and_what,
    opened_who,
    tally_key,
)
from tests.kiosk.device import Device
from tests.voting.intake.kiosks import (
    AFTER_CLOSE,
    House,
    a_house,
    code_of,
    key_of,
    switched_off,
)
from tests.voting.log.made_up import CLOSES, NOON, a_cast, entries_of
from tests.voting.sealing_of import REGISTRAR, THRESHOLD, TRUSTEES


@pytest_asyncio.fixture
async def house(desk: Database, tmp_path: Path) -> AsyncIterator[House]:
    """An open election with two kiosks."""
    made = await a_house(desk, tmp_path, "library", "harbour")
    with switched_off(made):
        yield made


async def recorded(house: House) -> int:
    async with house.desk.writing() as session:
        return await recorded_count(session, house.id)


async def test_a_kiosks_ballots_are_entries_like_any_other(house: House) -> None:
    library = house.kiosks[0]
    made = [house.cast(library, voter, "1", "2") for voter in range(3)]
    came = await house.took(library.content)
    assert (came.new, came.known, came.recorded, came.quarantined) == (4, 0, 3, {})
    assert came.head is not None
    assert (came.head.seq, came.head.hash) == (3, library.journal.head)
    entries = await entries_of(house.desk, house.id)
    assert {e.submission_id for e in entries} == {kiosk_submission(one.hash) for one in made}
    assert {(e.channel, e.rank, e.round, e.beacon) for e in entries} == {(Channel.KIOSK, 1, 0, 0)}
    async with house.desk.writing() as session:
        assert set(await standing_hashes(session, house.id)) == {key_of(v) for v in range(3)}
        assert len(await epochs_of(session, house.id)) == 3


async def test_the_same_segments_in_any_order_and_number_record_each_ballot_once(
    house: House,
) -> None:
    library, random = house.kiosks[0], Random(5)
    for voter in range(6):
        house.cast(library, voter)
    raws = list(library.journal.raws())
    for _ in range(40):
        some = random.sample(raws, random.randint(1, len(raws)))
        await house.take(b"".join(framed(raw) for raw in some))
    came = await house.took(library.content)
    assert came.head is not None
    assert (came.head.seq, came.head.hash, came.missing) == (6, library.journal.head, None)
    again = await house.took(library.content)
    assert (again.new, again.known, again.recorded) == (0, 7, 0)
    assert await recorded(house) == 6


async def test_a_gap_is_named_and_what_comes_after_it_is_sent_again(house: House) -> None:
    library = house.kiosks[0]
    for voter in range(4):
        house.cast(library, voter)
    raws = list(library.journal.raws())
    came = await house.took(framed(raws[0]) + framed(raws[1]) + framed(raws[3]))
    assert (came.missing, came.new, came.recorded) == (2, 2, 1)
    assert (await house.took(framed(raws[2]) + framed(raws[3]))).recorded == 2


async def test_a_kiosks_ballot_and_one_on_line_leave_one_that_counts_whichever_comes_first(
    house: House, database: Database
) -> None:
    library = house.kiosks[0]
    for voter in (1, 2):
        house.cast(library, voter)
    casts = [a_cast(house.election, voter=key_of(voter)) for voter in (1, 2)]
    raws = list(library.journal.raws())
    async with Door(database) as door:
        await house.took(framed(raws[0]) + framed(raws[1]))
        first = await door.cast(casts[0], NOON)
        second = await door.cast(casts[1], NOON)
        await house.took(framed(raws[2]))
        assert isinstance(first, Recorded)
        assert isinstance(second, Recorded)
    async with house.desk.writing() as session:
        stands = await standing_hashes(session, house.id)
    # At the same rank a ballot on line has a round, and precedence over one without.
    assert stands == {key_of(1): first.entry_hash, key_of(2): second.entry_hash}
    assert await recorded(house) == 4


def altered(house: House) -> bytes:
    raws = list(house.kiosks[0].journal.raws())
    raws[1] = raws[1][:-1] + bytes([raws[1][-1] ^ 1])
    return b"".join(framed(raw) for raw in raws)


def unopened(house: House) -> bytes:
    library = house.kiosks[0]
    (first, second) = (entry_of_raw(raw) for raw in library.journal.raws())
    odd = replace(second, seq=0, previous=first.previous)
    return framed(signed_raw(odd, library.key.sign))


def strange(house: House) -> bytes:
    other = house.device("never enrolled")
    return other.content


SEGMENTS: dict[SegmentFault, Callable[[House], bytes]] = {
    SegmentFault.EMPTY: lambda _: b"",
    SegmentFault.TORN: lambda house: house.kiosks[0].content[:-1],
    SegmentFault.NOT_AN_ENTRY: lambda house: house.kiosks[0].content + framed(b"rubbish"),
    SegmentFault.MORE_DEVICES: lambda house: house.kiosks[0].content + house.kiosks[1].content,
    SegmentFault.BAD_SIGNATURE: altered,
    SegmentFault.NOT_OPENED: unopened,
    SegmentFault.UNKNOWN_DEVICE: strange,
}


async def test_a_segment_at_fault_is_refused_whole(house: House) -> None:
    house.cast(house.kiosks[0], 1)
    for fault, made in SEGMENTS.items():
        came = await house.take(made(house))
        assert isinstance(came, SegmentRefused)
        assert came.reason is fault
        assert await recorded(house) == 0
    assert (await house.took(house.kiosks[0].content)).recorded == 1


async def test_a_segment_of_another_election_is_refused(house: House, tmp_path: Path) -> None:
    other = await a_house(house.desk, tmp_path / "other", "library")
    with switched_off(other):
        came = await house.take(other.kiosks[0].content)
    assert came == SegmentRefused(reason=SegmentFault.OTHER_ELECTION)


def with_entry(kiosk: Device, **change: bytes | Digest | JournalKind) -> bytes:
    """Give a kiosk's journal with one more ballot, changed, as its device signs it."""
    raws = list(kiosk.journal.raws())
    last = entry_of_raw(raws[-1])
    odd = replace(last, seq=last.seq + 1, previous=last.hash, **change)  # type: ignore[arg-type]  # fields by name
    return b"".join(framed(raw) for raw in (*raws, signed_raw(odd, kiosk.key.sign)))


async def test_t22_ballots_on_another_definition_go_to_quarantine_and_are_ineligible(
    house: House,
) -> None:
    library = house.kiosks[0]
    house.cast(library, 1)
    library.kiosk = replace(library.kiosk, config_hash=Digest(bytes(32)))
    came = await house.took(with_entry(library, config_hash=Digest(bytes(32))))
    assert (came.recorded, came.quarantined) == (1, {Reason.UNKNOWN_DEFINITION: 1})
    await house.closed()
    assert (await house.settle()).rejected == 1
    assert await recorded(house) == 1


async def test_t12_ciphertexts_moved_elsewhere_do_not_open_and_are_taken_nowhere(
    house: House,
) -> None:
    library, harbour = house.kiosks
    number = 20
    made = [house.cast(library, voter) for voter in range(number)]
    assert (
        await moved_failures(house, made_at=library, seqs=[one.seq for one in made]) == 3 * number
    )
    # Whoever signs for the harbour sends the library's boxes as its own: none is taken.
    await house.took(library.content)
    raws = list(harbour.journal.raws())
    stolen = made[0]
    for kind in range(2):
        last = entry_of_raw(raws[-1])
        odd = replace(
            last,
            seq=last.seq + 1,
            previous=last.hash,
            kind=JournalKind.BALLOT,
            who=stolen.who,
            what=stolen.what if kind == 0 else stolen.what[:1168] + made[1].what[1168:],
        )
        raws.append(signed_raw(odd, harbour.key.sign))
    came = await house.took(b"".join(framed(raw) for raw in raws))
    assert (came.recorded, came.quarantined) == (0, {Reason.COPIED: 2})
    assert await recorded(house) == number


async def moved_failures(house: House, *, made_at: Device, seqs: list[int]) -> int:
    """Move each sealed ballot to another election, device and number; count what fails to open."""
    opener = Opener(tally_key(house.setup, TRUSTEES[:THRESHOLD]))
    entries = {e.seq: e for e in map(entry_of_raw, made_at.journal.raws())}
    here, failures = made_at.position, 0
    elsewhere: list[tuple[EpochPosition, int]] = [
        (replace(here, election_id=ElectionId(UUID(int=1))), 0),
        (replace(here, device=bytes(16)), 0),
        (here, 1),
    ]
    for seq in seqs:
        epoch, what = epoch_and_what(here, seq, entries[seq].what)
        assert not opener.opened_whats(what, len(what), {epoch.id: epoch}).failures
        assert code_in_proof(opened_who(REGISTRAR, here, seq, entries[seq].who))
        for position, shift in elsewhere:
            with pytest.raises(NotAWhat):
                epoch_and_what(position, seq + shift, entries[seq].what)
            with pytest.raises(CannotOpen):
                opened_who(REGISTRAR, position, seq + shift, entries[seq].who)
            # Where nobody checks the place before: the seal itself does not open.
            moved = SealedEpoch(position=position, sealed_key=epoch.sealed_key)
            number = (seq + shift).to_bytes(8, "big")
            renamed = moved.id + number + what[24:]
            found = opener.opened_whats(renamed, len(renamed), {moved.id: moved})
            failures += len(found.failures)
            assert found.failures[0].fault in {
                OpeningFault.CLOSED_EPOCH,
                OpeningFault.NOT_AUTHENTIC,
            }
    return failures


@pytest.mark.full
async def test_t12_a_thousand_moved_ciphertexts_are_a_thousand_failures(house: House) -> None:
    library = house.kiosks[0]
    made = [house.cast(library, voter) for voter in range(334)]
    failures = await moved_failures(house, made_at=library, seqs=[one.seq for one in made])
    assert failures == 3 * 334 >= 1_000


async def test_t25_what_a_revoked_device_sends_waits_for_two_persons(house: House) -> None:
    library = house.kiosks[0]
    house.cast(library, 1)
    await house.took(library.content)
    async with house.desk.writing() as session:
        device = library.place.device
        assert await device_revoked(session, house.id, device, by="Aino", reason="Stolen.")
    for voter in range(2, 5):
        house.cast(library, voter)
    library.close()
    came = await house.took(library.content)
    assert (came.recorded, came.quarantined) == (0, {Reason.REVOKED_DEVICE: 3})
    await house.closed()
    waiting = await house.settle()
    assert (waiting.waiting, waiting.done) == ({Reason.REVOKED_DEVICE: 3}, False)
    with pytest.raises(NotAllowed, match="device"):
        await house.act(ActKind.TALLY)
    await house.lost(library)
    await house.settle()
    assert await recorded(house) == 1


async def test_t25_the_same_ballots_of_a_device_that_nobody_revoked_are_taken(
    house: House,
) -> None:
    """The control."""
    for voter in range(1, 5):
        house.cast(house.kiosks[0], voter)
    assert (await house.took(house.kiosks[0].content)).recorded == 4


async def cloned(house: House) -> tuple[Device, Device]:
    """Copy a kiosk's card after its second ballot; both go on."""
    library = house.kiosks[0]
    for voter in (1, 2):
        house.cast(library, voter)
    clone_folder = house.folder / "clone"
    clone_folder.mkdir()
    library.journal.release()
    for file in library.folder.iterdir():
        (clone_folder / file.name).write_bytes(file.read_bytes())
    library.switch_on()
    clone = house.device("library", "clone")
    for voter, kiosk in ((3, library), (4, clone), (5, library), (6, clone)):
        house.cast(kiosk, voter)
    return library, clone


async def test_t26_a_clone_is_found_at_its_first_sync_and_nothing_is_dropped(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    library, clone = await cloned(house)
    assert (await house.took(library.content)).recorded == 4
    with caplog.at_level(logging.ERROR):
        came = await house.took(clone.content)
    assert (came.frozen, came.recorded, came.quarantined) == (True, 0, {Reason.CONFLICT: 4})
    assert "alarm" in caplog.text
    assert library.place.device.hex() in caplog.text
    async with house.desk.writing() as session:
        assert library.place.device in await holds_of(session, house.id)
    # Whatever the device sends from now on is kept, and taken by nobody but two persons.
    house.cast(library, 7)
    library.close()
    assert (await house.took(library.content)).quarantined == {Reason.CONFLICT: 1}
    harbour = house.kiosks[1]
    harbour.close()
    await house.took(harbour.content)
    await house.closed()
    waits = await house.settle()
    # Two of each where their stories differ, those that were recorded too, and one after it.
    assert waits.waiting == {Reason.CONFLICT: 5}
    with pytest.raises(NotAllowed):
        await house.act(ActKind.TALLY)
    await house.late(library)
    assert (await house.settle()).done
    sums = (await house.counted()).transcript.accounting
    assert (sums.entries, sums.counted, sums.ineligible, sums.holds) == (7, 7, 0, True)


async def test_t26_without_looking_for_a_fork_the_clone_would_go_unnoticed(house: House) -> None:
    """The control: each of the two journals is sound by itself."""
    library, clone = await cloned(house)
    assert (await house.took(clone.content)).recorded == 4
    assert not any(one in list(library.journal.raws()) for one in list(clone.journal.raws())[3:])


async def test_t26_envelopes_with_invented_credentials_count_for_nothing(house: House) -> None:
    await invented(house, 60)


@pytest.mark.full
async def test_t26_ten_thousand_envelopes_with_invented_credentials_count_for_nothing(
    house: House,
) -> None:
    await invented(house, 10_000)


async def invented(house: House, number: int) -> None:
    library, harbour = house.kiosks
    for made_up in range(number):
        library.cast(house.ballot(), code_proof(f"invented {made_up}"))
    library.cast(house.ballot(), b"no proof at all")
    house.cast(library, 1)
    for kiosk in (library, harbour):
        kiosk.close()
        came = await house.took(kiosk.content)
        if kiosk is library:
            assert came.quarantined == {Reason.UNKNOWN_CREDENTIAL: number, Reason.UNREADABLE: 1}
    await house.closed()
    found = await house.settle()
    assert (found.taken, found.rejected, found.done) == (0, number + 1, True)
    sums = (await house.counted()).transcript.accounting
    assert (sums.counted, sums.ineligible) == (1, number + 1)
    assert (sums.entries, sums.holds) == (number + 2, True)


async def test_a_credential_that_comes_to_work_before_the_close_is_taken(house: House) -> None:
    library, harbour = house.kiosks
    library.cast(house.ballot(), code_proof("not activated yet"))
    for kiosk in (library, harbour):
        kiosk.close()
        await house.took(kiosk.content)
    await house.closed()
    house_registrar = house.registrar()
    house.registrar = lambda: replace(house_registrar, voter_of=everybody)  # type: ignore[method-assign]  # the letters are activated
    assert (await house.settle()).taken == 1


async def everybody(typed: str) -> VoterKey | None:
    del typed
    return key_of(1)


async def test_nothing_is_taken_after_the_count(house: House) -> None:
    for kiosk in house.kiosks:
        kiosk.close()
        await house.took(kiosk.content)
    await house.closed()
    assert (await house.settle()).done
    await house.act(ActKind.TALLY)
    assert await house.take(house.kiosks[0].content) == SegmentRefused(reason=SegmentFault.COUNTED)


async def test_a_journal_without_its_close_waits_once_voting_has_ended(house: House) -> None:
    library, harbour = house.kiosks
    house.cast(library, 1)
    harbour.close()
    await house.took(harbour.content)
    await house.closed()
    came = await house.took(library.content, AFTER_CLOSE)
    assert (came.recorded, came.quarantined) == (0, {Reason.UNCLOSED: 1})
    assert (await house.settle()).devices[DeviceState.ENROLLED] == 1
    library.close()
    await house.took(library.content, AFTER_CLOSE)
    found = await house.settle()
    assert (found.taken, found.done) == (1, True)
    async with house.desk.writing() as session:
        states = {one.state for one in await devices_of(session, house.id)}
    assert states == {DeviceState.RECONCILED}


async def test_what_is_written_after_the_close_of_a_journal_is_ineligible(house: House) -> None:
    library = house.kiosks[0]
    house.cast(library, 1)
    library.close()
    came = await house.took(with_entry(library, kind=JournalKind.BALLOT))
    assert came.quarantined == {Reason.AFTER_CLOSE: 1}


def test_a_proof_is_always_of_one_length_and_comes_back() -> None:
    assert {len(code_proof(one)) for one in ("", "A", code_of(5), "ä" * 100)} == {256}
    assert code_in_proof(code_proof("ABCDE-FGHJ-KLMNP")) == "ABCDE-FGHJ-KLMNP"
    for odd in (b"", bytes(256), code_proof("x")[:-1], code_proof("x")[:-1] + b"\1"):
        with pytest.raises(NotAWhat):
            code_in_proof(odd)
    with pytest.raises(ValueError, match="long"):
        code_proof("ä" * 101)


def test_journals_may_arrive_for_three_days_after_the_close() -> None:
    assert timedelta(hours=72) == SYNC_LASTS
    assert CLOSES + SYNC_LASTS > AFTER_CLOSE
