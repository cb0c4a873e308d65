"""R7: no path through the phases counts too early, edits what is frozen or skips a signature."""

import asyncio
from collections.abc import Coroutine
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from talkoot.base.bytes import Digest
from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.db.embedded import Server
from talkoot.base.errors import NotAllowed
from talkoot.voting.log import (
    STEPS,
    ActKind,
    Assurance,
    Election,
    ElectionState,
    Settled,
    acts_for,
    acts_of,
    device_enrolled,
    device_reconciled,
    devices_of,
    election_of,
    moved,
    quarantine_settled,
    quarantined,
    sealing_kept,
)
from talkoot.voting.log.phases import PUBLISHED_STATES
from tests.voting.log.made_up import NOON, PERSONS
from tests.voting.log.sealed import (
    AFTER_APPEALS,
    DEVICE,
    HEAD,
    OTHER_DEVICE,
    a_request,
    amendment,
    frozen_by_two,
    payload_for,
    signed,
)
from tests.voting.sealing_of import a_setup

Answer = TypeVar("Answer")
ENTRY = Digest(b"\7" * 32)
EXAMPLES, STEPS_EACH = 12, 40


class Phases(RuleBasedStateMachine):
    """A sealed election under any acts in any order, beside a model of what may have happened."""

    url: ClassVar[str] = ""
    reached: ClassVar[set[ElectionState]] = set()

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.engine = create_async_engine(self.url, poolclass=NullPool)
        self.connection = self.run(self.engine.connect().__aenter__())
        self.outer = self.run(self.connection.begin().__aenter__())
        inner = AsyncSession(
            bind=self.connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )
        self.session = WriteSession(ReadSession(inner))
        self.election: Election = self.run(frozen_by_two(self.session))
        self.definition = self.election.definition
        self.rehearsed = False
        self.sealed = self.tried(sealing_kept(self.session, a_setup(self.definition)))
        self.waiting: set[bytes] = set()
        self.quarantine = 0
        self.acts = 1

    def run(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """Do something on this machine's own loop."""
        return self.runner.run(work)

    def teardown(self) -> None:
        """Take everything back."""
        self.reached.add(self.election.state)
        self.run(self.session.close())
        self.run(self.outer.rollback())
        self.run(self.connection.close())
        self.run(self.engine.dispose())
        self.runner.close()

    @rule()
    def seal_again(self) -> None:
        """Nobody seals to other trustees after the first time."""
        assert not self.tried(sealing_kept(self.session, a_setup(self.definition)))

    @rule(device=st.sampled_from([DEVICE, OTHER_DEVICE]))
    def enrol(self, device: bytes) -> None:
        """Enrol a device."""
        if self.tried(device_enrolled(self.session, self.election.id, device, b"certificate")):
            assert self.election.state is ElectionState.FROZEN
            self.waiting.add(device)

    @rule(device=st.sampled_from([DEVICE, OTHER_DEVICE]))
    def reconcile_device(self, device: bytes) -> None:
        """Let a journal arrive."""
        done = device_reconciled(
            self.session, self.election.id, device, head=Digest(HEAD), entries=1
        )
        if self.tried(done):
            self.waiting.remove(device)

    @rule()
    def quarantine_entry(self) -> None:
        """Bring an entry that cannot be taken."""
        if self.tried(quarantined(self.session, self.election.id, ENTRY, reason="unknown")):
            self.quarantine = max(self.quarantine, 1)

    @rule()
    def settle_entry(self) -> None:
        """Decide about it."""
        settled = quarantine_settled(self.session, self.election.id, ENTRY, Settled.REJECTED)
        if self.tried(settled):
            assert self.quarantine == 1
            self.quarantine = 2

    @rule()
    def settle_all(self) -> None:
        """Let all arrive that is still awaited."""
        for device in sorted(self.waiting):
            self.reconcile_device(device)
        if self.quarantine == 1:
            self.settle_entry()

    @rule(kind=st.sampled_from(ActKind), two=st.booleans())
    def any_act(self, kind: ActKind, *, two: bool) -> None:
        """Try any act in any state, signed by two or by nobody."""
        self.act(kind, two=two)

    @precondition(lambda self: bool(acts_for(Assurance.SEALED, self.election.state)))
    @rule(number=st.integers(0, 11))
    def fitting_act(self, number: int) -> None:
        """Try an act that the table has for this state, mostly the one that leads on."""
        kinds = acts_for(Assurance.SEALED, self.election.state)
        leading = [k for k in kinds if STEPS[Assurance.SEALED][k].after is not None]
        if ActKind.OPEN in kinds and not self.rehearsed:
            leading = [ActKind.REHEARSE]
        self.act((*leading * 5, *kinds)[number % (len(kinds) + 5)], two=True)

    def act(self, kind: ActKind, *, two: bool) -> None:
        """Try an act."""
        before = self.election
        payload = self.run(payload_for(self.session, before, kind))
        request = a_request(before, kind, payload)
        new = amendment(before) if kind is ActKind.AMEND else None
        by = signed(request) if two else PERSONS
        if not self.tried(moved(self.session, request, by=by, at=self.time(kind), definition=new)):
            return
        assert two, f"{kind} went without signatures"
        self.acts += 1
        self.election = self.run(election_of(self.session, before.id))
        self.follow(kind, before)

    def time(self, kind: ActKind) -> datetime:
        """Appeals are over when keys are destroyed."""
        return AFTER_APPEALS if kind is ActKind.DESTROY else NOON

    def follow(self, kind: ActKind, before: Election) -> None:
        """Keep the model."""
        match kind:
            case ActKind.AMEND:
                assert before.state is ElectionState.FROZEN
                self.definition, self.rehearsed = self.election.definition, False
            case ActKind.REHEARSE:
                assert self.sealed
                self.rehearsed = True
            case ActKind.OPEN:
                assert self.rehearsed, "opened without a rehearsal of this ballot"
            case ActKind.LOST_KIOSK:
                self.waiting.remove(OTHER_DEVICE)
            case ActKind.LATE_JOURNAL:
                self.waiting.discard(OTHER_DEVICE)
            case ActKind.TALLY:
                assert before.state is ElectionState.RECONCILING
            case _:
                pass

    def tried(self, work: Coroutine[Any, Any, object]) -> bool:
        """Whether it went; a refusal leaves everything as it was."""

        async def whole() -> None:
            async with self.session.begin_nested():
                await work

        try:
            self.run(whole())
        except NotAllowed:
            return False
        return True

    @invariant()
    def nothing_is_counted_while_something_waits(self) -> None:
        """Counting comes after reconciling is complete."""
        if self.election.state in PUBLISHED_STATES:
            assert not self.waiting
            assert self.quarantine != 1

    @invariant()
    def the_ballot_is_the_one_that_two_have_signed(self) -> None:
        """What is stored is the model's: frozen, or amended by an act."""
        found = self.run(election_of(self.session, self.election.id))
        assert found == self.election
        assert found.definition == self.definition

    @invariant()
    def every_act_is_on_file_with_two_signatures(self) -> None:
        """As many acts as went, and none without both signatures."""
        acts = self.run(acts_of(self.session, self.election.id))
        assert len(acts) == self.acts
        assert all(len(act.signatures) == 2 for act in acts)
        enrolled = self.run(devices_of(self.session, self.election.id))
        assert {d.device_id for d in enrolled if d.state.value == "enrolled"} == self.waiting


def test_no_path_counts_too_early_edits_what_is_frozen_or_skips_a_signature(
    server: Server, database_name: str
) -> None:
    class Here(Phases):
        url = server.url(database=database_name)
        reached: ClassVar[set[ElectionState]] = set()

    chosen = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS_EACH,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Here, settings=chosen)
    assert Here.reached & PUBLISHED_STATES, "no walk came to a count"
