"""A kiosk starts with the ballot that was issued to it, and with no other."""

from dataclasses import replace
from pathlib import Path

import pytest

from talkoot.base.bytes import Digest
from talkoot.base.money import Cents
from talkoot_kiosk.journal import BrokenJournal
from talkoot_kiosk.start import WrongBallot, issued_ballot
from tests.kiosk.device import Device, KioskOf
from tests.voting.log.made_up import a_definition
from tests.voting.sealing.made import made

KIOSKS = 10


def test_t22_once_a_cost_is_changed_after_the_freeze_no_kiosk_starts(tmp_path: Path) -> None:
    frozen = a_definition()
    dearer = replace(frozen.projects[0], cost=Cents(frozen.projects[0].cost + 1))
    changed = replace(frozen, projects=(dearer, *frozen.projects[1:]))
    sealed = made(2, 3)
    refused = 0
    for number in range(KIOSKS):
        kiosk = KioskOf(
            election_id=frozen.election_id,
            tally_public=sealed.setup.tally_public,
            registrar_public=sealed.registrar.public,
            config_hash=frozen.hash,
        )
        device = Device(name=f"kiosk {number}", kiosk=kiosk, folder=tmp_path / str(number))
        device.journal.release()
        # The control: with the ballot that was issued each of them starts.
        assert issued_ballot(frozen, Digest(frozen.hash)) == frozen
        device.switch_on()
        device.journal.release()
        with pytest.raises(WrongBallot, match=changed.short_hash):
            issued_ballot(changed, frozen.hash)
        # Nor does it go on in a journal that was begun with another ballot.
        device.kiosk = replace(kiosk, config_hash=changed.hash)
        with pytest.raises(BrokenJournal, match="another ballot"):
            device.switch_on()
        refused += 1
    assert refused == KIOSKS
