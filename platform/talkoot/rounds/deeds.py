"""What may be done in each phase of a round, and by whom: one table, asked at request time."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import IntEnum, StrEnum

from talkoot.rounds.values import Guests, Phase, PhaseKind, Round


class Deed(StrEnum):
    """Something that a person does in a round."""

    POST_IDEA = "post-idea"
    SUPPORT = "support"
    ARGUE = "argue"
    SCORE = "score"
    TAKE_NOTES = "take-notes"
    PROPOSE = "propose"
    EDIT_PROPOSAL = "edit-proposal"
    COMMENT = "comment"
    VALUATE = "valuate"
    VOTE = "vote"
    REPORT_PROGRESS = "report-progress"


class Who(IntEnum):
    """Who may do it. Each includes those after it."""

    ANYONE = 0
    """A guest too, where the round takes guests: an idea then waits for its mail's confirmation."""
    RESIDENT = 1
    """Whoever has signed in with an account of the municipality."""
    OFFICIAL = 2
    """Whoever works for the municipality, with a role that the page names."""


_TALK: Mapping[Deed, Who] = {
    Deed.SUPPORT: Who.RESIDENT,
    Deed.ARGUE: Who.RESIDENT,
    Deed.COMMENT: Who.RESIDENT,
}

DEEDS: Mapping[PhaseKind, Mapping[Deed, Who]] = {
    PhaseKind.IDEAS: {
        Deed.POST_IDEA: Who.ANYONE,
        Deed.PROPOSE: Who.RESIDENT,
        Deed.EDIT_PROPOSAL: Who.RESIDENT,
        **_TALK,
    },
    PhaseKind.SCORE: {Deed.SCORE: Who.RESIDENT, Deed.ARGUE: Who.RESIDENT},
    PhaseKind.TOGETHER: {
        Deed.TAKE_NOTES: Who.RESIDENT,
        Deed.PROPOSE: Who.RESIDENT,
        Deed.EDIT_PROPOSAL: Who.RESIDENT,
        **_TALK,
    },
    PhaseKind.REVIEW: {Deed.VALUATE: Who.OFFICIAL, Deed.COMMENT: Who.RESIDENT},
    PhaseKind.VOTING: {Deed.VOTE: Who.ANYONE, Deed.ARGUE: Who.RESIDENT},
    PhaseKind.POLL: {Deed.VOTE: Who.ANYONE},
    PhaseKind.MEET: {Deed.ARGUE: Who.RESIDENT, Deed.COMMENT: Who.RESIDENT},
    PhaseKind.RESULTS: {},
    PhaseKind.FOLLOW_UP: {Deed.REPORT_PROGRESS: Who.OFFICIAL, Deed.COMMENT: Who.RESIDENT},
}
"""``VOTE`` says only that voting belongs to the phase: who votes is in the roll, and whether a
ballot is taken is decided by the election's own state, never by a date."""


def who_may(phases: Iterable[Phase], deed: Deed, at: datetime) -> Who | None:
    """Tell who may do it at this moment; ``None`` if nobody may.

    Where phases overlap, what any of them allows is allowed, to the most people.
    """
    allowed = [
        DEEDS[phase.kind][deed]
        for phase in phases
        if phase.starts_at <= at < phase.ends_at and deed in DEEDS[phase.kind]
    ]
    return min(allowed, default=None)


def next_time_for(phases: Iterable[Phase], deed: Deed, at: datetime) -> datetime | None:
    """Give the start of the next phase that allows it; ``None`` if there is none to come."""
    to_come = (p.starts_at for p in phases if p.starts_at > at and deed in DEEDS[p.kind])
    return min(to_come, default=None)


def who_may_in(round_: Round, deed: Deed, at: datetime) -> Who | None:
    """Tell who may do it in this round at this moment; ``None`` if nobody may.

    Nothing may be done before two persons have signed the rules, and a guest does only what the
    rules open to guests. Who votes is in the roll, whatever the rules say of guests.
    """
    if round_.agreed is None:
        return None
    who = who_may(round_.phases, deed, at)
    closed = round_.options.guests is Guests.NONE and deed is not Deed.VOTE
    return Who.RESIDENT if who is Who.ANYONE and closed else who


def next_time_in(round_: Round, deed: Deed, at: datetime) -> datetime | None:
    """Give the start of the round's next phase that allows it; ``None`` if none is agreed on."""
    return None if round_.agreed is None else next_time_for(round_.phases, deed, at)
