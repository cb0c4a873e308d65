"""T5: five kiosks and the web; one person, one counted ballot, however journals arrive."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from talkoot.base.bytes import Digest
from talkoot.base.db import Database
from talkoot.base.ids import ElectionId, SubmissionId, VoterKey
from talkoot.voting.ballot import (
    Channel,
    Entry,
    JournalEntry,
    JournalKind,
    JournalPlace,
    framed,
    signed_raw,
)
from talkoot.voting.dedup.reference import standing_entries
from talkoot.voting.intake import Door, kiosk_submission
from talkoot.voting.intake.journal_chain import Attached, Chain, Segment, attached, segment_of
from talkoot.voting.log import standing_hashes
from tests.voting.intake.kiosks import a_house, key_of, switched_off
from tests.voting.log.made_up import NOON, a_cast, entries_of

ELECTION = ElectionId(UUID(int=5))
CONFIG = Digest(bytes(32))
KIOSKS, VOTERS, ORDERS, STEPS = 5, 6, 20, 60


def voter(number: int) -> VoterKey:
    return VoterKey(bytes([number]) * 16)


@dataclass
class Kiosk:
    """A journal in memory, unsealed and unsigned: what a judge of its order needs."""

    number: int
    raws: list[bytes] = field(default_factory=list)
    last: JournalEntry | None = None

    def write(self, kind: JournalKind, who: bytes, what: bytes) -> None:
        place = JournalPlace(election_id=ELECTION, device=bytes([self.number]) * 16, epoch=1)
        entry = JournalEntry(
            place=place,
            seq=len(self.raws),
            previous=place.genesis if self.last is None else self.last.hash,
            kind=kind,
            config_hash=CONFIG,
            who=who,
            what=what,
        )
        self.last = entry
        self.raws.append(signed_raw(entry, lambda _: bytes(64)))


@dataclass
class Server:
    """What takes segments in: by the same pure steps as the real one, and in memory."""

    chains: dict[bytes, Chain] = field(default_factory=dict)
    entries: dict[bytes, Entry] = field(default_factory=dict)
    arrived: list[Entry] = field(default_factory=list)

    def take(self, content: bytes) -> None:
        segment = segment_of(content, ELECTION)
        assert isinstance(segment, Segment)
        place = segment.entries[0].entry.place
        chain = self.chains.get(place.device, Chain.begun(place))
        part = attached(chain, segment.of_epoch(1), forked=False)
        assert isinstance(part, Attached)
        assert not part.forked
        self.chains[place.device] = part.chain
        for placed in part.placed:
            found = placed.received.entry
            if found.kind is JournalKind.BALLOT:
                self.add(entry_from(found))

    def add(self, entry: Entry) -> None:
        assert entry.submission_id.bytes not in self.entries, "recorded twice"
        self.entries[entry.submission_id.bytes] = entry
        self.arrived.append(entry)

    @property
    def standing(self) -> dict[VoterKey, Digest]:
        return dict(standing_entries(list(self.entries.values())))


def entry_from(found: JournalEntry) -> Entry:
    return Entry(
        election_id=ELECTION,
        submission_id=kiosk_submission(found.hash),
        voter_key=VoterKey(found.who),
        definition_hash=CONFIG,
        channel=Channel.KIOSK,
        rank=1,
        round=0,
        beacon=0,
        what=found.what,
    )


def delivered(kiosks: Sequence[Kiosk], web: Sequence[Entry], seed: int) -> Server:
    """Deliver everything, in an order of its own: parts twice, out of turn, cut at random."""
    random, server = Random(seed), Server()
    waiting: list[Kiosk | Entry] = [kiosk for kiosk in kiosks if kiosk.raws for _ in range(3)]
    waiting += web
    random.shuffle(waiting)
    for one in waiting:
        if isinstance(one, Entry):
            server.add(one)
        else:
            some = random.sample(one.raws, random.randint(1, len(one.raws)))
            server.take(b"".join(framed(raw) for raw in some))
    for kiosk in random.sample(list(kiosks), len(kiosks)):
        if kiosk.raws:
            server.take(b"".join(framed(raw) for raw in kiosk.raws))
    return server


class Town(RuleBasedStateMachine):
    """Persons vote here and there, some of them more than once."""

    def __init__(self) -> None:
        super().__init__()
        self.kiosks = [Kiosk(number) for number in range(KIOSKS)]
        self.web: list[Entry] = []
        self.live = Server()

    @rule(kiosk=st.integers(0, KIOSKS - 1), who=st.integers(0, VOTERS - 1), what=st.binary())
    def at_a_kiosk(self, kiosk: int, who: int, what: bytes) -> None:
        """Somebody votes at a kiosk."""
        one = self.kiosks[kiosk]
        if not one.raws:
            one.write(JournalKind.OPEN, b"", b"")
        one.write(JournalKind.BALLOT, voter(who), what[:8])

    @rule(who=st.integers(0, VOTERS - 1), what=st.binary())
    def on_line(self, who: int, what: bytes) -> None:
        """Somebody votes on line: the round counts that person's casts there."""
        number = len(self.web)
        before = sum(entry.voter_key == voter(who) for entry in self.web)
        entry = Entry(
            election_id=ELECTION,
            submission_id=SubmissionId(UUID(int=number + 1)),
            voter_key=voter(who),
            definition_hash=CONFIG,
            channel=Channel.WEB,
            rank=1,
            round=before + 1,
            beacon=0,
            what=sha256(what).digest()[:8],
        )
        self.web.append(entry)
        self.live.add(entry)

    @rule(kiosk=st.integers(0, KIOSKS - 1), since=st.integers(0, 60), length=st.integers(1, 60))
    def syncs(self, kiosk: int, since: int, length: int) -> None:
        """A kiosk sends a part of its journal, perhaps again, perhaps out of turn."""
        some = self.kiosks[kiosk].raws[since : since + length]
        if some:
            self.live.take(b"".join(framed(raw) for raw in some))

    def teardown(self) -> None:
        """However all of it arrives, the same ballots stand, at most one for each person."""
        for kiosk in self.kiosks:
            if kiosk.raws:
                self.live.take(b"".join(framed(raw) for raw in kiosk.raws))
        cast = {entry.voter_key for entry in self.live.entries.values()}
        standing = self.live.standing
        assert set(standing) == cast
        assert len(self.live.arrived) == len(self.web) + sum(
            max(len(kiosk.raws) - 1, 0) for kiosk in self.kiosks
        )
        for order in range(ORDERS):
            assert delivered(self.kiosks, self.web, order).standing == standing


def test_t5_at_most_one_ballot_a_person_counts_in_every_order_of_delivery() -> None:
    runs = settings(max_examples=25, stateful_step_count=STEPS, deadline=None)
    run_state_machine_as_test(Town, settings=runs)


@pytest.mark.full
def test_t5_two_thousand_towns_count_one_ballot_a_person_in_every_order() -> None:
    runs = settings(max_examples=2_000, stateful_step_count=STEPS, deadline=None)
    run_state_machine_as_test(Town, settings=runs)


def test_t5_were_the_last_to_arrive_to_count_the_order_of_delivery_would_decide() -> None:
    """The control: the rule of whoever keeps the newest row."""
    kiosks = [Kiosk(0), Kiosk(1)]
    for kiosk in kiosks:
        kiosk.write(JournalKind.OPEN, b"", b"")
        kiosk.write(JournalKind.BALLOT, voter(1), bytes([kiosk.number]))
    servers = [delivered(kiosks, [], seed) for seed in range(ORDERS)]
    assert len({server.arrived[-1].hash for server in servers}) == 2
    assert len({tuple(server.standing.values()) for server in servers}) == 1


async def test_t5_the_database_lets_stand_what_the_pure_rule_says(
    desk: Database, database: Database, tmp_path: Path
) -> None:
    random = Random(8)
    house = await a_house(desk, tmp_path, *(f"kiosk {number}" for number in range(KIOSKS)))
    with switched_off(house):
        async with Door(database) as door:
            for _ in range(60):
                kiosk = random.choice(house.kiosks)
                who = random.randrange(VOTERS)
                match random.randrange(3):
                    case 0:
                        house.cast(kiosk, who, str(random.randint(1, 5)))
                    case 1:
                        await door.cast(a_cast(house.election, voter=key_of(who)), NOON)
                    case _:
                        raws = list(kiosk.journal.raws())
                        some = random.sample(raws, random.randint(1, len(raws)))
                        await house.take(b"".join(framed(raw) for raw in some))
        for kiosk in house.kiosks * 2:
            await house.took(kiosk.content)
    entries = await entries_of(desk, house.id)
    async with desk.writing() as session:
        stands = await standing_hashes(session, house.id)
    assert stands == standing_entries(entries)
    assert {entry.channel for entry in entries} == {Channel.WEB, Channel.KIOSK}
    rounds = [entry.round for entry in entries if entry.channel is Channel.WEB]
    assert all(number >= 1 for number in rounds)
