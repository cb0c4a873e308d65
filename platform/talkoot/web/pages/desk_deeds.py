"""What can be done to an election from the desk, by whom, and what it is called."""

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec

from talkoot.base.bytes import Digest
from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.errors import NotAllowed
from talkoot.base.officials import OfficialRole
from talkoot.base.passkeys import RelyingParty, Signature
from talkoot.people import Proposal
from talkoot.voting import board, log
from talkoot.voting.log import (
    ActKind,
    ActRequest,
    Assurance,
    DeviceState,
    Election,
    Need,
    Signed,
    Step,
    act_challenge,
    acts_for,
    step_for,
)
from talkoot.web.forms import Form
from talkoot.web.voice import Voice

AT_DESK: Mapping[Assurance, frozenset[ActKind]] = {
    Assurance.PLAIN: frozenset({ActKind.OPEN, ActKind.CLOSE}),
    Assurance.SEALED: frozenset(
        {
            ActKind.REHEARSE,
            ActKind.OPEN,
            ActKind.EXTEND,
            ActKind.CLOSE,
            ActKind.LOST_KIOSK,
            ActKind.RECONCILE,
            ActKind.FINAL,
        }
    ),
}
"""What a browser can do. The rest needs files, keys or trustees, and so the command line."""
UNTIL, DEVICE = "until", "device"
SIGNERS = frozenset[OfficialRole]().union(
    *(log.STEPS[assurance][kind].roles for assurance, kinds in AT_DESK.items() for kind in kinds)
)


def deeds_for(election: Election) -> tuple[ActKind, ...]:
    """Give what can be proposed at the desk for an election as it stands."""
    possible = acts_for(election.assurance, election.state)
    return tuple(kind for kind in possible if kind in AT_DESK[election.assurance])


def step_of(election: Election, kind: str) -> Step:
    """Give the step that an act would be now. Raises :class:`NotAllowed` where it does not fit."""
    if kind not in deeds_for(election):
        raise NotAllowed(f"{kind!r} cannot be proposed for an election that is {election.state}")
    step = step_for(election.assurance, ActKind(kind), election.state)
    if step is None:
        raise NotAllowed(f"{kind!r} does not fit an election that is {election.state}")
    return step


async def lacking(
    session: ReadSession, election: Election, kind: str, at: datetime
) -> tuple[Need, ...]:
    """Give what has to hold before an act and does not, in the order of the table."""
    needs = step_of(election, kind).needs
    missing = await log.lacking(session, election, at) if needs else frozenset()
    return tuple(need for need in needs if need in missing)


async def payload_for(
    session: ReadSession, election: Election, kind: str, form: Form, timezone: str
) -> bytes:
    """Give what an act says beside its kind, from the form and the database: JSON, or nothing.

    Raises :class:`NotAllowed` where the form lacks it.
    """
    if election.assurance is Assurance.PLAIN:
        return b""
    match kind:
        case ActKind.EXTEND:
            said = {"closes_at": log.moment(_local(form.one(UNTIL, ""), timezone))}
        case ActKind.LOST_KIOSK:
            said = {"device": form.one(DEVICE, "")}
            if said["device"] not in await devices_waiting(session, election):
                raise NotAllowed("no device that is waited for was named")
        case ActKind.REHEARSE:
            setup = await log.sealing_of(session, election.id)
            if setup is None:
                raise NotAllowed(Need.SEALED_TO_TRUSTEES.value)
            said = {"sealing": setup.hash.hex()}
        case _:
            return b""
    return msgspec.json.encode(said, order="deterministic")


def _local(typed: str, timezone: str) -> datetime:
    """Read a date and time as a browser's field gives it, in the municipality's own time."""
    try:
        found = datetime.fromisoformat(typed)
    except ValueError as err:
        raise NotAllowed("no date and time of day was given") from err
    return found.replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC)


async def devices_waiting(session: ReadSession, election: Election) -> tuple[str, ...]:
    """Give the devices that are neither reconciled nor declared lost, in hexadecimal."""
    found = await log.devices_of(session, election.id)
    return tuple(each.device_id.hex() for each in found if each.state is DeviceState.ENROLLED)


def request_of(proposal: Proposal) -> ActRequest:
    """Give the act that a proposal is of, as the log knows it."""
    return ActRequest(
        election_id=proposal.election_id,
        kind=ActKind(proposal.kind),
        state=proposal.state,
        definition_hash=Digest(proposal.definition_hash),
        reason=proposal.reason,
        nonce=proposal.nonce,
        payload=msgspec.json.decode(proposal.payload, type=dict[str, str | int])
        if proposal.payload
        else {},
    )


def challenge_of(proposal: Proposal) -> bytes:
    """Give the 32 bytes that both persons sign."""
    return act_challenge(request_of(proposal))


async def done(
    session: WriteSession,
    proposal: Proposal,
    signatures: tuple[Signature, Signature],
    *,
    party: RelyingParty,
    at: datetime,
) -> Election:
    """Do what a proposal says, signed by two.

    Raises :class:`NotAllowed` where the election is not any more what they signed for, or where
    something has to hold before and does not.
    """
    signed = Signed(signatures=signatures, party=party)
    election = await log.moved(session, request_of(proposal), by=signed, at=at)
    if election.assurance is Assurance.SEALED:
        await board.ceremonies_recorded(session, election.id)
    return election


def lacking_in_words(voice: Voice, need: Need) -> str:
    """Say what has to hold before an act."""
    match need:
        case Need.SEALED_TO_TRUSTEES:
            return voice.gettext("The ballots are not sealed to trustees yet.")
        case Need.REHEARSED:
            return voice.gettext("No rehearsal is on file with these keys and this ballot.")
        case Need.DEVICES_SETTLED:
            return voice.gettext("A kiosk has neither been compared nor declared lost.")
        case Need.NOTHING_QUARANTINED:
            return voice.gettext("Ballots are waiting to be decided on.")
        case Need.APPEALS_OVER:
            return voice.gettext("The time for appeals has not passed.")
        case Need.BACKUPS_EXPIRED:
            return voice.gettext("A backup has not expired yet.")


def deed_in_words(voice: Voice, kind: str) -> str:
    """Name an act as a button does."""
    return {
        "freeze": voice.gettext("Freeze the ballot"),
        "amend": voice.gettext("Amend the frozen ballot"),
        "rehearse": voice.gettext("Record the rehearsal"),
        "open": voice.gettext("Open the voting"),
        "extend": voice.gettext("Extend the voting"),
        "close": voice.gettext("Close the voting"),
        "lost-kiosk": voice.gettext("Declare a kiosk lost"),
        "late-journal": voice.gettext("Take a late journal"),
        "roll-change": voice.gettext("Change the voter roll"),
        "reconcile": voice.gettext("Compare the ballot boxes"),
        "tally": voice.gettext("Record the count"),
        "count": voice.gettext("Record the count"),
        "final": voice.gettext("Declare the result final"),
        "destroy": voice.gettext("Destroy the keys"),
    }[kind]


def what_follows(voice: Voice, kind: str) -> str:
    """Say what an act does."""
    return {
        "freeze": voice.gettext("From then on the ballot changes only by a public, signed act."),
        "amend": voice.gettext("The change and its reason are public. A new rehearsal is needed."),
        "rehearse": voice.gettext("Trustees have opened a dummy ballot with their keys."),
        "open": voice.gettext("Ballots are taken from the published opening time on."),
        "extend": voice.gettext("Voting closes later than was published."),
        "close": voice.gettext("From then on nothing more can be recorded. This cannot be undone."),
        "lost-kiosk": voice.gettext("Ballots of it that have not arrived are not waited for."),
        "late-journal": voice.gettext("Ballots that a kiosk took in time and sent late are added."),
        "roll-change": voice.gettext(
            "The roll changes after the freeze, and everyone can see that."
        ),
        "reconcile": voice.gettext("Every kiosk’s journal is compared with what has arrived."),
        "tally": voice.gettext("The count is published and cannot be replaced."),
        "count": voice.gettext("The count is published and cannot be replaced."),
        "final": voice.gettext("The result stands."),
        "destroy": voice.gettext("From then on nobody can link people to ballots, not even we."),
    }[kind]


def state_in_words(voice: Voice, state: str) -> str:
    """Name a state on the line that shows how far an election has come."""
    return {
        "draft": voice.gettext("Draft"),
        "frozen": voice.gettext("Ballot frozen"),
        "open": voice.gettext("Voting open"),
        "closed": voice.gettext("Voting closed"),
        "counted": voice.gettext("Counted"),
        "closing": voice.gettext("Voting closed"),
        "reconciling": voice.gettext("Ballot boxes compared"),
        "tallied": voice.gettext("Counted"),
        "final": voice.gettext("Result final"),
        "keys_destroyed": voice.gettext("Keys destroyed"),
    }[state]


PLAIN_LINE = ("draft", "frozen", "open", "closed", "counted")
SEALED_LINE = (
    "draft",
    "frozen",
    "open",
    "closing",
    "reconciling",
    "tallied",
    "final",
    "keys_destroyed",
)
