"""T16, T17: elections go from phase to phase by signed acts, and by nothing else."""

from collections.abc import Mapping
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from talkoot.base.bytes import Digest
from talkoot.base.db import WriteSession
from talkoot.base.errors import NotAllowed
from talkoot.base.officials import OfficialRole
from talkoot.base.passkeys import RelyingParty, rechecked
from talkoot.voting.log import (
    STEPS,
    ActKind,
    Assurance,
    ElectionState,
    Signed,
    act_challenge,
    act_record,
    acts_for,
    acts_of,
    backup_declared,
    device_enrolled,
    devices_of,
    election_of,
    moment,
    moved,
    opened,
    quarantine_settled,
    quarantined,
    sealing_kept,
    step_for,
)
from talkoot.voting.log.devices import DeviceState, Settled
from talkoot.voting.log.phases import SEALED_STATES
from tests.voting.log.made_up import CLOSES, NOON, PERSONS, a_definition, a_frozen_election
from tests.voting.log.sealed import (
    AFTER_APPEALS,
    AINO,
    APPEALS,
    DEVICE,
    HEAD,
    OTHER_DEVICE,
    OTTO,
    PARTY,
    a_hand,
    a_request,
    amendment,
    an_election_that_is,
    devices_settled,
    done,
    frozen_by_two,
    payload_for,
    row_hashes,
    signed,
)
from tests.voting.sealing_of import a_setup

# The slow twin: every pair that is allowed, written out by hand.
ALLOWED_SEALED = """
draft freeze
frozen amend
frozen rehearse
frozen open
frozen roll-change
open extend
open close
open roll-change
closing lost-kiosk
closing late-journal
closing roll-change
closing reconcile
reconciling lost-kiosk
reconciling late-journal
reconciling roll-change
reconciling tally
tallied final
final destroy
"""
ALLOWED_PLAIN = """
draft freeze
frozen open
open close
closed count
"""
LEADS_TO: Mapping[str, str] = {
    "freeze": "frozen",
    "open": "open",
    "close": "closing",
    "reconcile": "reconciling",
    "tally": "tallied",
    "final": "final",
    "destroy": "keys_destroyed",
}
IN_WORDS = {Assurance.SEALED: ALLOWED_SEALED, Assurance.PLAIN: ALLOWED_PLAIN}
DISALLOWED = [
    (state, kind)
    for state, kind in product(sorted(SEALED_STATES), ActKind)
    if f"{state} {kind}" not in ALLOWED_SEALED.split("\n")
]


@pytest.mark.parametrize("assurance", Assurance)
def test_the_table_agrees_with_the_pairs_written_out_by_hand(assurance: Assurance) -> None:
    states = [None, *ElectionState]
    found = {
        f"{state or 'draft'} {kind}"
        for state, kind in product(states, ActKind)
        if step_for(assurance, kind, state) is not None
    }
    assert found == set(IN_WORDS[assurance].split("\n")) - {""}


def test_each_act_leads_where_the_plan_says() -> None:
    for kind, step in STEPS[Assurance.SEALED].items():
        assert (step.after.value if step.after else None) == LEADS_TO.get(kind.value)
    assert acts_for(Assurance.SEALED, ElectionState.KEYS_DESTROYED) == ()
    assert acts_for(Assurance.PLAIN, ElectionState.COUNTED) == ()


@pytest.mark.parametrize("state", sorted(SEALED_STATES))
async def test_t17_an_act_out_of_turn_is_refused_and_changes_no_row(
    session: WriteSession, state: ElectionState
) -> None:
    election = await an_election_that_is(session, state)
    assert election.state is state
    before = await row_hashes(session)
    for kind in [kind for there, kind in DISALLOWED if there is state]:
        request = a_request(election, kind, await payload_for(session, election, kind))
        with pytest.raises(NotAllowed, match=f"the election is {state}"):
            await moved(session, request, by=signed(request), at=AFTER_APPEALS)
        assert await row_hashes(session) == before
    assert len(DISALLOWED) == 7 * 14 - 17


async def test_t16_no_act_upon_a_sealed_election_goes_without_two_signatures(
    session: WriteSession,
) -> None:
    election = await an_election_that_is(session, ElectionState.OPEN)
    before = await row_hashes(session)
    request = a_request(election, ActKind.CLOSE)
    other = a_request(election, ActKind.CLOSE, reason="Another reason.")
    second_key = a_hand("Aino again")
    of_aino = Signed(
        signatures=(AINO.signs(request), AINO.signs(request)),
        party=PARTY,
    )
    elsewhere = RelyingParty(id="evil.example", origin="https://evil.example")
    editor = a_hand("Edith", OfficialRole.EDITOR)
    by_editor = Signed(signatures=(AINO.signs(request), editor.signs(request)), party=PARTY)
    phished = Signed(signatures=(AINO.signs(request), OTTO.signs(request, elsewhere)), party=PARTY)
    for who in (PERSONS, of_aino, signed(other), by_editor, phished):
        with pytest.raises(NotAllowed):
            await moved(session, request, by=who, at=NOON)
        assert await row_hashes(session) == before
    # The control: the same act signed by two different persons goes.
    assert (await moved(session, request, by=signed(request, AINO, second_key), at=NOON)).state is (
        ElectionState.CLOSING
    )


async def test_names_open_no_sealed_election(session: WriteSession) -> None:
    election = await an_election_that_is(session, ElectionState.FROZEN)
    with pytest.raises(NotAllowed, match="signed by two"):
        await opened(session, election.id, persons=PERSONS, at=NOON)


UNSIGNED = (
    "insert into act (id, election_id, number, assurance, kind, first_person, second_person, at,"
    " state, definition_hash, reason, nonce, signatures) select gen_random_uuid(), election_id,"
    " 100, '{assurance}', 'close', first_person, second_person, at, state, definition_hash, reason,"
    " nonce, {signatures} from act where election_id = '{id}' and kind = 'open'"
)


@pytest.mark.parametrize(
    ("assurance", "signatures"),
    [
        ("sealed", "null"),
        ("sealed", "'null'::jsonb"),
        ("sealed", "'[]'::jsonb"),
        ("sealed", "jsonb_build_array(signatures->0, signatures->0)"),
        ("sealed", "jsonb_build_array(signatures->0)"),
        ("sealed", "signatures - 1 || '[{}]'::jsonb"),
        ("plain", "null"),
    ],
)
async def test_t16_the_database_itself_refuses_an_act_that_is_not_signed_by_two(
    session: WriteSession, assurance: str, signatures: str
) -> None:
    election = await an_election_that_is(session, ElectionState.OPEN)
    statement = UNSIGNED.format(assurance=assurance, signatures=signatures, id=election.id)
    with pytest.raises(DBAPIError):
        await session.execute(text(statement))


async def test_the_database_takes_the_same_act_with_both_signatures(session: WriteSession) -> None:
    election = await an_election_that_is(session, ElectionState.OPEN)
    statement = UNSIGNED.format(assurance="sealed", signatures="signatures", id=election.id)
    await session.execute(text(statement))


@pytest.mark.parametrize(
    "change",
    ["assurance = 'plain'", "assurance = 'plain', state = 'closed'", "state = 'closed'"],
)
async def test_a_sealed_election_never_becomes_plain(session: WriteSession, change: str) -> None:
    election = await an_election_that_is(session, ElectionState.OPEN)
    with pytest.raises(DBAPIError):
        await session.execute(text(f"update election set {change} where id = '{election.id}'"))  # noqa: S608  no input of anybody


async def test_a_plain_election_never_becomes_sealed(session: WriteSession) -> None:
    election = await a_frozen_election(session, a_definition())
    statement = (
        "update election set assurance = 'sealed', appeals_until = closes_at + interval '1 day'"
        " where id = :id"
    )
    with pytest.raises(DBAPIError):
        await session.execute(text(statement), {"id": election.id})


async def test_an_election_opens_only_after_a_rehearsal_with_its_own_keys_and_ballot(
    session: WriteSession,
) -> None:
    election = await frozen_by_two(session)
    with pytest.raises(NotAllowed, match="not sealed to trustees"):
        await done(session, election.id, ActKind.OPEN)
    await sealing_kept(session, a_setup(election.definition))
    with pytest.raises(NotAllowed, match="no rehearsal"):
        await done(session, election.id, ActKind.OPEN)
    request = a_request(election, ActKind.REHEARSE, {"sealing": "00" * 32})
    with pytest.raises(NotAllowed, match="other keys"):
        await moved(session, request, by=signed(request), at=NOON)
    await done(session, election.id, ActKind.REHEARSE)
    await done(session, election.id, ActKind.AMEND)
    with pytest.raises(NotAllowed, match="no rehearsal"):
        await done(session, election.id, ActKind.OPEN)
    await done(session, election.id, ActKind.REHEARSE)
    assert (await done(session, election.id, ActKind.OPEN)).state is ElectionState.OPEN


async def test_t22_only_an_amendment_that_two_have_signed_changes_a_frozen_ballot(
    session: WriteSession,
) -> None:
    election = await frozen_by_two(session)
    new = amendment(election)
    request = a_request(election, ActKind.AMEND, {"definition_hash": new.hash.hex()})
    for definition in (None, election.definition, a_definition()):
        with pytest.raises(NotAllowed):
            await moved(session, request, by=signed(request), at=NOON, definition=definition)
    changed = await moved(session, request, by=signed(request), at=NOON, definition=new)
    assert changed.definition == new
    stale = a_request(election, ActKind.ROLL_CHANGE, {"change": "ab" * 32})
    with pytest.raises(NotAllowed, match="not what it was"):
        await moved(session, stale, by=signed(stale), at=NOON)


async def test_voting_is_extended_before_its_published_end_alone(session: WriteSession) -> None:
    election = await an_election_that_is(session, ElectionState.OPEN)
    day = timedelta(days=1)
    for closes_at, at in (
        (CLOSES - day, NOON),
        (CLOSES, NOON),
        (APPEALS, NOON),
        (CLOSES + day, CLOSES),
    ):
        request = a_request(election, ActKind.EXTEND, {"closes_at": moment(closes_at)})
        with pytest.raises(NotAllowed, match="extended"):
            await moved(session, request, by=signed(request), at=at)
    assert (await done(session, election.id, ActKind.EXTEND)).closes_at == CLOSES + day


async def test_t37_nothing_is_tallied_while_a_device_or_an_entry_waits(
    session: WriteSession,
) -> None:
    election = await an_election_that_is(session, ElectionState.RECONCILING)
    with pytest.raises(NotAllowed, match="device"):
        await done(session, election.id, ActKind.TALLY)
    await done(session, election.id, ActKind.LOST_KIOSK)
    with pytest.raises(NotAllowed, match="device"):
        await done(session, election.id, ActKind.TALLY)
    await done(session, election.id, ActKind.LATE_JOURNAL)
    await devices_settled(session, election.id)
    states = {d.device_id: (d.state, d.head) for d in await devices_of(session, election.id)}
    assert states == dict.fromkeys((DEVICE, OTHER_DEVICE), (DeviceState.RECONCILED, Digest(HEAD)))
    entry = Digest(b"\7" * 32)
    await quarantined(session, election.id, entry, reason="unknown definition")
    with pytest.raises(NotAllowed, match="quarantine"):
        await done(session, election.id, ActKind.TALLY)
    await quarantine_settled(session, election.id, entry, Settled.REJECTED)
    assert (await done(session, election.id, ActKind.TALLY)).state is ElectionState.TALLIED
    with pytest.raises(NotAllowed):
        await quarantined(session, election.id, entry, reason="after the count")


async def test_a_device_cannot_be_enrolled_once_the_election_is_open(
    session: WriteSession,
) -> None:
    election = await an_election_that_is(session, ElectionState.OPEN)
    with pytest.raises(NotAllowed, match="before it opens"):
        await device_enrolled(session, election.id, bytes(16), b"certificate")


async def test_keys_are_destroyed_after_appeals_and_after_the_last_backup(
    session: WriteSession,
) -> None:
    election = await an_election_that_is(session, ElectionState.FINAL)
    request = a_request(election, ActKind.DESTROY)
    with pytest.raises(NotAllowed, match="appeals"):
        await moved(session, request, by=signed(request), at=APPEALS - timedelta(seconds=1))
    expires = AFTER_APPEALS + timedelta(days=2)
    await backup_declared(session, taken_at=CLOSES, expires_at=expires, place="safe", by="Aino")
    with pytest.raises(NotAllowed, match="backup"):
        await moved(session, request, by=signed(request), at=AFTER_APPEALS)
    found = await moved(session, request, by=signed(request), at=expires)
    assert found.state is ElectionState.KEYS_DESTROYED


async def test_every_act_is_read_back_and_its_record_can_be_checked_by_anyone(
    session: WriteSession,
) -> None:
    election = await an_election_that_is(session, ElectionState.KEYS_DESTROYED)
    acts = await acts_of(session, election.id)
    kinds = {act.request.kind.value for act in acts}
    assert kinds == {*LEADS_TO, "rehearse"}
    for act in acts:
        challenge = act_challenge(act.request)
        for signature in act.signatures:
            rechecked(signature, challenge=challenge, rp_id=PARTY.id, origin=PARTY.origin)
        record = act_record(act)
        assert [each["name"] for each in record["signatures"]] == [AINO.name, OTTO.name]
        assert record["payload_digest"] == (act.request.payload_digest.hex() or None)
        assert ("payload" in record) is bool(act.request.payload)
    assert (await election_of(session, election.id)).assurance is Assurance.SEALED
