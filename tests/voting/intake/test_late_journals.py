"""T37: late journals count by the rule, and nothing is counted before they are settled."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from talkoot.base.db import Database, Role
from talkoot.base.db.embedded import Login, Server
from talkoot.base.errors import NotAllowed
from talkoot.voting.intake import Door, Reason, Recorded
from talkoot.voting.log import ActKind, DeviceState
from talkoot.voting.results import Tallied
from tests.conftest import copied
from tests.kiosk.device import Device
from tests.voting.intake.kiosks import House, a_house, bodies, key_of, switched_off
from tests.voting.log.made_up import CLOSES, NOON, a_cast
from tests.voting.results.made_up import a_definition

KIOSKS, PER_KIOSK = 10, 2
SOON, IN_TIME, LATE = (CLOSES + timedelta(hours=hours) for hours in (1, 71, 73))


def voters_cast(house: House) -> None:
    """Two voters at each kiosk, and then all kiosks close but one that nobody sees again."""
    for place, kiosk in enumerate(house.kiosks):
        for number in range(PER_KIOSK):
            house.cast(kiosk, PER_KIOSK * place + number, str(place % 5 + 1))
    for kiosk in house.kiosks[:-1]:
        kiosk.close()


async def not_yet(house: House) -> None:
    """Nothing is tallied while a device or an entry waits."""
    with pytest.raises(NotAllowed, match="not yet"):
        await house.act(ActKind.TALLY)


async def night(house: House, web: Database, *, third_comes: str) -> Tallied:
    """Close while four of ten are off line; three come back, one never."""
    voters_cast(house)
    *here, soon, in_time, third, never = house.kiosks
    async with Door(web) as door:
        # One of the third kiosk's voters votes on line as well.
        cast = a_cast(house.election, voter=key_of(16), submission=UUID(int=5), projects=("5",))
        assert isinstance(await door.cast(cast, NOON), Recorded)
    for kiosk in here:
        await house.took(kiosk.content)
    if third_comes == "in time":
        await house.took(third.content)
    await house.closed()
    await not_yet(house)
    for kiosk, at in ((soon, SOON), (in_time, IN_TIME)):
        assert (await house.took(kiosk.content, at)).recorded == PER_KIOSK
    found = await house.settle(IN_TIME)
    await not_yet(house)
    if third_comes == "late":
        await let_in(house, third)
    await house.lost(never)
    found = await house.settle(LATE)
    assert found.done
    assert found.devices == {DeviceState.RECONCILED: KIOSKS - 1, DeviceState.LOST: 1}
    return await house.counted()


async def let_in(house: House, third: Device) -> None:
    """Take a late journal in: it waits, two persons let it in, it is taken."""
    came = await house.took(third.content, LATE)
    assert (came.recorded, came.quarantined) == (0, {Reason.LATE: PER_KIOSK})
    assert (await house.settle(LATE)).waiting == {Reason.LATE: PER_KIOSK}
    await not_yet(house)
    await house.late(third)
    # What two have signed is not done by their signing: until it is, nothing is counted.
    await not_yet(house)
    assert (await house.settle(LATE)).taken == PER_KIOSK


async def test_t37_a_late_journal_that_two_let_in_gives_the_file_of_one_in_time(
    server: Server, template: str, tmp_path: Path
) -> None:
    found: dict[str, Tallied] = {}
    for comes in ("in time", "late"):
        async with copied(server, template) as name:
            desk = Database(server.url(login=Login.DESK, database=name), writer=Role.OFFICIAL)
            web = Database(server.url(login=Login.APP, database=name), writer=Role.WEB)
            definition = a_definition(election_id=UUID(int=4040))
            names = [f"kiosk {number}" for number in range(KIOSKS)]
            house = await a_house(desk, tmp_path / comes, *names, definition=definition)
            with switched_off(house):
                found[comes] = await night(house, web, third_comes=comes)
            await desk.close()
            await web.close()
    sums = found["late"].transcript.accounting
    assert (sums.entries, sums.counted, sums.superseded) == (19, 18, 1)
    assert sums.holds
    assert bodies(found["late"]) == bodies(found["in time"])


async def test_t37_without_two_persons_a_late_journal_changes_nothing(
    desk: Database, tmp_path: Path
) -> None:
    """The control: what comes late and is let in by nobody is in no file, and is accounted for."""
    house = await a_house(desk, tmp_path, "one", "two")
    with switched_off(house):
        for voter, kiosk in enumerate(house.kiosks):
            house.cast(kiosk, voter)
            kiosk.close()
        one, two = house.kiosks
        await house.took(one.content)
        await house.closed()
        await house.took(two.content, LATE)
        with pytest.raises(NotAllowed, match="take it in first"):
            await house.act(
                ActKind.LATE_JOURNAL, device=two.place.device.hex(), head="ab" * 32, entries=3
            )
        await house.lost(two)
        assert (await house.settle(LATE)).rejected == 1
        sums = (await house.counted()).transcript.accounting
    assert (sums.entries, sums.counted, sums.ineligible, sums.holds) == (2, 1, 1, True)
