"""A kiosk that casts without end and says so after each ballot, to be killed by a test."""

import sys
from pathlib import Path

from talkoot.base.bytes import Digest
from talkoot.base.ids import ElectionId
from tests.kiosk.device import Device, KioskOf
from tests.voting.sealing.made import ELECTION

KIOSK = KioskOf(
    election_id=ElectionId(ELECTION),
    tally_public=b"",
    registrar_public=b"",
    config_hash=Digest(bytes(32)),
)


def device_in(folder: Path) -> Device:
    return Device(name="killed", kiosk=KIOSK, folder=folder)


if __name__ == "__main__":
    device = device_in(Path(sys.argv[1]))
    while True:
        entry = device.journal.cast(lambda seq: (b"who" * 40, seq.to_bytes(8, "big") * 150))
        sys.stdout.write(f"{entry.seq}\n")
        sys.stdout.flush()
