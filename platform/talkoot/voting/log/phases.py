"""How far an election may go, by which act, and what must hold before: one table. Pure.

A *sealed* election goes draft, frozen, open, closing, reconciling, tallied, final, keys destroyed,
and each act is signed by two persons. A *plain* one goes draft, frozen, open, closed, counted, and
two persons are named. Draft is the state of what has not been stored yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from talkoot.base.officials import OfficialRole


class Assurance(StrEnum):
    """What an election's acts and ballots rest on. Fixed when it is frozen."""

    SEALED = "sealed"
    """Ballots are sealed to trustees; every act is signed by two officials with passkeys."""
    PLAIN = "plain"
    """Ballots are readable by whoever has the database; two persons are named for each act."""


class ElectionState(StrEnum):
    """What two persons have done to the election so far."""

    FROZEN = "frozen"
    OPEN = "open"
    CLOSED = "closed"
    COUNTED = "counted"
    CLOSING = "closing"
    RECONCILING = "reconciling"
    TALLIED = "tallied"
    FINAL = "final"
    KEYS_DESTROYED = "keys_destroyed"


class ActKind(StrEnum):
    """What two persons do to an election."""

    FREEZE = "freeze"
    AMEND = "amend"
    REHEARSE = "rehearse"
    OPEN = "open"
    EXTEND = "extend"
    CLOSE = "close"
    LOST_KIOSK = "lost-kiosk"
    LATE_JOURNAL = "late-journal"
    ROLL_CHANGE = "roll-change"
    RECONCILE = "reconcile"
    TALLY = "tally"
    FINAL = "final"
    DESTROY = "destroy"
    COUNT = "count"
    """The count of a plain election."""


class Need(StrEnum):
    """What must hold before an act, beside the state. The words tell what is lacking."""

    SEALED_TO_TRUSTEES = "its ballots are not sealed to trustees yet"
    REHEARSED = "no rehearsal has passed with these trustees' keys and this ballot"
    DEVICES_SETTLED = "a device is neither reconciled nor declared lost"
    NOTHING_QUARANTINED = "entries are waiting in quarantine"
    APPEALS_OVER = "the time for appeals has not passed"
    BACKUPS_EXPIRED = "a declared backup has not expired"


DRAFT = "draft"
"""The state before the freeze, as it is signed and published: nothing is stored in it."""

PLAIN_STATES = frozenset(
    {ElectionState.FROZEN, ElectionState.OPEN, ElectionState.CLOSED, ElectionState.COUNTED}
)
SEALED_STATES = frozenset(ElectionState) - {ElectionState.CLOSED, ElectionState.COUNTED}
STATES: Mapping[Assurance, frozenset[ElectionState]] = {
    Assurance.PLAIN: PLAIN_STATES,
    Assurance.SEALED: SEALED_STATES,
}
PUBLISHED_STATES = frozenset(
    {
        ElectionState.COUNTED,
        ElectionState.TALLIED,
        ElectionState.FINAL,
        ElectionState.KEYS_DESTROYED,
    }
)
"""States in which a result is there to be read."""
ENDED_STATES = frozenset(ElectionState) - {ElectionState.FROZEN, ElectionState.OPEN}
"""States in which nothing more can be cast."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """An act in the table. ``before``: empty means from the draft; ``after``: ``None`` means that
    the state stays.
    """

    before: frozenset[ElectionState]
    after: ElectionState | None
    roles: frozenset[OfficialRole]
    needs: tuple[Need, ...] = ()

    @property
    def once(self) -> bool:
        """Whether the act leads on, so that there is no second one."""
        return self.after is not None


_MANAGERS = frozenset({OfficialRole.ELECTION_MANAGER})
_WITH_REGISTRARS = _MANAGERS | {OfficialRole.REGISTRAR_OFFICER}
_UNCOUNTED = (ElectionState.CLOSING, ElectionState.RECONCILING)


def _step(
    *before: ElectionState,
    after: ElectionState | None = None,
    needs: tuple[Need, ...] = (),
    roles: frozenset[OfficialRole] = _MANAGERS,
) -> Step:
    return Step(before=frozenset(before), after=after, roles=roles, needs=needs)


SEALED_STEPS: Mapping[ActKind, Step] = {
    ActKind.FREEZE: _step(after=ElectionState.FROZEN),
    ActKind.AMEND: _step(ElectionState.FROZEN),
    ActKind.REHEARSE: _step(ElectionState.FROZEN, needs=(Need.SEALED_TO_TRUSTEES,)),
    ActKind.OPEN: _step(
        ElectionState.FROZEN,
        after=ElectionState.OPEN,
        needs=(Need.SEALED_TO_TRUSTEES, Need.REHEARSED),
    ),
    ActKind.EXTEND: _step(ElectionState.OPEN),
    ActKind.CLOSE: _step(ElectionState.OPEN, after=ElectionState.CLOSING),
    ActKind.LOST_KIOSK: _step(*_UNCOUNTED),
    ActKind.LATE_JOURNAL: _step(*_UNCOUNTED),
    ActKind.ROLL_CHANGE: _step(
        ElectionState.FROZEN, ElectionState.OPEN, *_UNCOUNTED, roles=_WITH_REGISTRARS
    ),
    ActKind.RECONCILE: _step(ElectionState.CLOSING, after=ElectionState.RECONCILING),
    ActKind.TALLY: _step(
        ElectionState.RECONCILING,
        after=ElectionState.TALLIED,
        needs=(Need.DEVICES_SETTLED, Need.NOTHING_QUARANTINED),
    ),
    ActKind.FINAL: _step(ElectionState.TALLIED, after=ElectionState.FINAL),
    ActKind.DESTROY: _step(
        ElectionState.FINAL,
        after=ElectionState.KEYS_DESTROYED,
        needs=(Need.APPEALS_OVER, Need.BACKUPS_EXPIRED),
        roles=_WITH_REGISTRARS,
    ),
}
PLAIN_STEPS: Mapping[ActKind, Step] = {
    ActKind.FREEZE: _step(after=ElectionState.FROZEN),
    ActKind.OPEN: _step(ElectionState.FROZEN, after=ElectionState.OPEN),
    ActKind.CLOSE: _step(ElectionState.OPEN, after=ElectionState.CLOSED),
    ActKind.COUNT: _step(ElectionState.CLOSED, after=ElectionState.COUNTED),
}
STEPS: Mapping[Assurance, Mapping[ActKind, Step]] = {
    Assurance.SEALED: SEALED_STEPS,
    Assurance.PLAIN: PLAIN_STEPS,
}


def step_for(assurance: Assurance, kind: ActKind, state: ElectionState | None) -> Step | None:
    """Give the step that an act is in this state (``None``: the draft); ``None``: it is none."""
    step = STEPS[assurance].get(kind)
    if step is None:
        return None
    fits = state in step.before if state is not None else not step.before
    return step if fits else None


def acts_for(assurance: Assurance, state: ElectionState) -> tuple[ActKind, ...]:
    """Give the acts that can be done in a state, in the order of the table."""
    return tuple(kind for kind in STEPS[assurance] if step_for(assurance, kind, state) is not None)
