"""What can be done to an election from the desk, by whom, and what it is called."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from talkoot.base.bytes import Tag, digest, text
from talkoot.base.db import WriteSession
from talkoot.base.errors import NotAllowed
from talkoot.base.officials import OfficialRole
from talkoot.base.passkeys import Signature
from talkoot.people import Proposal
from talkoot.voting import log
from talkoot.voting.log import Election, ElectionState, TwoPersons
from talkoot.web.voice import Voice

Do = Callable[[WriteSession, Election, TwoPersons, datetime], Awaitable[Election]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """An act: the state it begins in, the roles whose two persons may sign it, and the doing."""

    kind: str
    before: ElectionState
    roles: frozenset[OfficialRole]
    do: Do


async def _open(
    session: WriteSession, election: Election, persons: TwoPersons, at: datetime
) -> Election:
    return await log.opened(session, election.id, persons=persons, at=at)


async def _close(
    session: WriteSession, election: Election, persons: TwoPersons, at: datetime
) -> Election:
    return await log.closed(session, election.id, persons=persons, at=at)


_MANAGERS = frozenset({OfficialRole.ELECTION_MANAGER})
DEEDS: Mapping[str, Deed] = {
    deed.kind: deed
    for deed in (
        Deed(kind="open", before=ElectionState.FROZEN, roles=_MANAGERS, do=_open),
        Deed(kind="close", before=ElectionState.OPEN, roles=_MANAGERS, do=_close),
    )
}


def deeds_for(election: Election) -> tuple[Deed, ...]:
    """Give what can be proposed for an election as it stands."""
    return tuple(deed for deed in DEEDS.values() if deed.before is election.state)


def check_fits(kind: str, election: Election) -> None:
    """Raise :class:`NotAllowed` where this act cannot be proposed for an election this far."""
    if kind not in {deed.kind for deed in deeds_for(election)}:
        raise NotAllowed(f"{kind!r} cannot be proposed for an election that is {election.state}")


def challenge_of(proposal: Proposal) -> bytes:
    """Give the 32 bytes that both persons sign: which act, on which election, as it stood, why."""
    return digest(
        Tag.ACTION,
        proposal.election_id.bytes,
        text(proposal.kind),
        text(proposal.state),
        proposal.definition_hash,
        text(proposal.reason),
        proposal.payload,
        proposal.nonce,
    )


async def done(
    session: WriteSession,
    election: Election,
    proposal: Proposal,
    signatures: tuple[Signature, Signature],
    at: datetime,
) -> Election:
    """Do what a proposal says, in the names of the two who signed it.

    Raises :class:`NotAllowed` where the election is not any more what they signed for.
    """
    deed = DEEDS.get(proposal.kind)
    changed = election.definition.hash != proposal.definition_hash
    if deed is None or changed or election.state.value != proposal.state:
        raise NotAllowed("the election is not what it was when this was proposed")
    first, second = signatures
    return await deed.do(session, election, TwoPersons(first.name, second.name), at)


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
