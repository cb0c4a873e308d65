"""The kiosk's journal: durable before thanks, the same on both media, never changed."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from talkoot.base.bytes import Digest
from talkoot.voting.ballot import JournalKind, JournalReading, read_journal
from talkoot.voting.sealing import Opener, epoch_and_what, opened_who, tally_key
from talkoot_kiosk.journal import BrokenJournal
from tests.kiosk.device import Device, KioskOf
from tests.kiosk.killed import device_in
from tests.voting.sealing.made import ELECTION, OTHER_ELECTION, made

CONFIG = Digest(bytes([7]) * 32)
SEALED = made(2, 3)
KIOSK = KioskOf(
    election_id=ELECTION,
    tally_public=SEALED.setup.tally_public,
    registrar_public=SEALED.registrar.public,
    config_hash=CONFIG,
)
BALLOTS = [bytes([number]).ljust(40, b"\0") for number in range(5)]


@pytest.fixture
def device(tmp_path: Path) -> Iterator[Device]:
    kiosk = Device(name="library", kiosk=KIOSK, folder=tmp_path / "kiosk")
    yield kiosk
    kiosk.journal.release()


def reading_of(device: Device, content: bytes) -> JournalReading:
    return read_journal(
        content,
        place=device.place,
        device_public=device.public,
        configs={device.kiosk.config_hash},
    )


def test_what_was_cast_at_a_kiosk_is_judged_sound_and_opens(device: Device) -> None:
    for number, ballot in enumerate(BALLOTS):
        device.cast(ballot, f"proof {number}".encode())
    device.close()
    reading = reading_of(device, device.content)
    assert (reading.faults, reading.closed, reading.length) == ((), True, 7)
    opener = Opener(tally_key(SEALED.setup, SEALED.keys))
    for number, entry in enumerate(reading.ballots):
        epoch, what = epoch_and_what(device.position, entry.seq, entry.what)
        opened = opener.opened_whats(what, len(what), {epoch.id: epoch})
        assert (bytes(opened.ballots), opened.failures) == (BALLOTS[number], ())
        proof = opened_who(SEALED.registrar, device.position, entry.seq, entry.who)
        assert proof == f"proof {number}".encode()


def test_t25_a_stolen_kiosk_holds_no_choice_and_no_proof(device: Device) -> None:
    marks = [b"choice-%d" % number for number in range(100)]
    for mark in marks:
        device.cast(mark.ljust(40, b"\0"), b"proof-" + mark)
    media = b"".join(path.read_bytes() for path in device.folder.iterdir())
    assert [mark for mark in marks if mark in media] == []
    # The control: what was written in the clear is found by the same search.
    device.journal.note(JournalKind.STAFF_ACTION, b"choice-in-the-clear")
    assert b"choice-in-the-clear" in b"".join(p.read_bytes() for p in device.folder.iterdir())


def test_the_mirror_is_the_journal(device: Device) -> None:
    device.cast(BALLOTS[0], b"proof")
    assert device.mirror.read_bytes() == device.content


def test_each_ballot_is_committed_in_full_before_the_call_returns(device: Device) -> None:
    store = device.journal._store
    assert store.execute("pragma journal_mode").fetchone() == ("wal",)
    assert store.execute("pragma synchronous").fetchone() == (2,)
    entry = device.cast(BALLOTS[0], b"proof")
    other = sqlite3.connect(device.folder / "journal.sqlite")
    assert other.execute("select max(seq) from entry").fetchone() == (entry.seq,)
    other.close()


def test_after_a_power_cut_the_journal_goes_on_where_it_was(device: Device) -> None:
    device.cast(BALLOTS[0], b"proof")
    head = device.journal.head
    device.journal.release()
    device.switch_on()
    assert (device.journal.head, device.journal.next_seq) == (head, 2)
    device.cast(BALLOTS[1], b"proof")
    assert reading_of(device, device.content).faults == ()


@pytest.mark.parametrize("kept", [0, 3, 250, -1, -70])
def test_a_mirror_that_ends_early_is_brought_up_to_the_journal(device: Device, kept: int) -> None:
    device.cast(BALLOTS[0], b"proof")
    device.journal.release()
    device.mirror.write_bytes(device.mirror.read_bytes()[:kept])
    device.switch_on()
    assert device.mirror.read_bytes() == device.content


def test_a_lost_second_medium_is_written_anew(device: Device) -> None:
    device.journal.release()
    device.mirror.unlink()
    device.switch_on()
    assert device.mirror.read_bytes() == device.content


def test_a_mirror_that_says_something_else_stops_the_kiosk(device: Device) -> None:
    device.journal.release()
    device.mirror.write_bytes(b"\0" + device.mirror.read_bytes()[1:-1] + b"\xff")
    with pytest.raises(BrokenJournal, match="mirror of another journal"):
        device.switch_on()
    device.mirror.unlink()
    device.switch_on()


def test_a_journal_of_another_election_stops_the_kiosk(device: Device) -> None:
    device.journal.release()
    ours = device.kiosk
    device.kiosk = replace(ours, election_id=OTHER_ELECTION)
    with pytest.raises(BrokenJournal, match="another election"):
        device.switch_on()
    device.kiosk = ours
    device.switch_on()


def test_a_last_entry_that_cannot_be_read_stops_the_kiosk(device: Device) -> None:
    store = sqlite3.connect(device.folder / "journal.sqlite", isolation_level=None)
    store.execute("update entry set raw = x'00'")
    store.close()
    with pytest.raises(BrokenJournal, match="cannot be read"):
        device.journal._last_entry()


def test_nothing_is_written_after_the_close(device: Device) -> None:
    device.close()
    with pytest.raises(BrokenJournal, match="closed"):
        device.cast(BALLOTS[0], b"proof")


def test_a_ballot_is_not_noted(device: Device) -> None:
    with pytest.raises(ValueError, match="cast"):
        device.journal.note(JournalKind.BALLOT, b"")


def cast_until_it_breaks(device: Device) -> tuple[int, str]:
    """How many entries the kiosk says are recorded, and what it says then."""
    for ballot in BALLOTS * 10:
        try:
            device.cast(ballot, b"proof")
        except BrokenJournal as err:
            return device.journal.next_seq, str(err)
    raise AssertionError("the disk did not get full")


def test_t31_a_full_disk_is_said_and_nobody_is_thanked_until_a_new_start(device: Device) -> None:
    (pages,) = device.journal._store.execute("pragma page_count").fetchone()
    device.journal._store.execute(f"pragma max_page_count={pages + 2}")
    recorded, why = cast_until_it_breaks(device)
    assert "is not on both media: database or disk is full" in why
    with pytest.raises(BrokenJournal, match="a write has failed"):
        device.cast(BALLOTS[0], b"proof")
    device.journal.release()
    device.switch_on()
    reading = reading_of(device, device.content)
    assert (reading.faults, reading.length) == ((), recorded)
    assert device.cast(BALLOTS[0], b"proof").seq == recorded


def test_t31_a_full_second_medium_is_said_and_made_good_after_a_new_start(device: Device) -> None:
    os.close(device.journal._mirror)
    device.journal._mirror = os.open("/dev/full", os.O_WRONLY)
    with pytest.raises(BrokenJournal, match="entry 1 is not on both media"):
        device.cast(BALLOTS[0], b"proof")
    device.journal.release()
    device.switch_on()
    assert reading_of(device, device.content).length == 2
    assert device.mirror.read_bytes() == device.content


def acknowledged_until_killed(folder: Path, acks: int) -> int:
    """Start a kiosk, wait for so many thanks, kill it; the last number that it thanked for."""
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-m", "tests.kiosk.killed", str(folder)]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        thanked = [int(child.stdout.readline()) for _ in range(acks)]
        child.kill()
        thanked += [int(line) for line in child.stdout.read().split("\n")[:-1]]
    return thanked[-1]


def kills_lose_nothing(folder: Path, kills: int, seed: int) -> None:
    draw = Random(seed)
    for _ in range(kills):
        last = acknowledged_until_killed(folder, draw.randint(1, 25))
        device = device_in(folder)
        reading = reading_of(device, device.content)
        assert reading.faults == ()
        assert reading.length > last
        assert device.mirror.read_bytes() == device.content
        device.journal.release()


def test_t31_a_killed_kiosk_loses_nothing_that_it_thanked_for(tmp_path: Path) -> None:
    kills_lose_nothing(tmp_path, kills=4, seed=0)


@pytest.mark.full
def test_t31_hundreds_of_kills_lose_nothing(tmp_path: Path) -> None:
    # A dozen journals, so that judging the whole of one each time stays quick.
    for seed in range(12):
        kills_lose_nothing(tmp_path / str(seed), kills=25, seed=seed)
