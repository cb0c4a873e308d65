"""A filled-in ballot and its bytes, all of one length within an election."""

from collections.abc import Iterator
from dataclasses import dataclass

from talkoot.base.bytes import u32, u64
from talkoot.base.errors import TalkootError
from talkoot.base.ids import ProjectId
from talkoot.voting.ballot.definition import BallotDefinition
from talkoot.voting.ballot.rules import VoteType

_MARK_BYTES = 12
_COUNT_BYTES = 4


class NotCanonical(TalkootError):
    """Ballot bytes that are not the one encoding of any ballot of this election."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One project on a ballot.

    ``value`` is 1 for an approval, the points or score given, or the place in a ranking, from 1.
    """

    project: ProjectId
    value: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """What a resident filled in: marks in listed order, or in order of preference for a ranking."""

    marks: tuple[Mark, ...]

    @property
    def projects(self) -> tuple[ProjectId, ...]:
        """The projects marked, in the ballot's order."""
        return tuple(mark.project for mark in self.marks)


def in_canonical_order(ballot: Ballot, definition: BallotDefinition) -> Ballot:
    """Give the ballot with its marks in the one order that its bytes have."""
    if definition.vote_type is VoteType.RANKING:
        marks = sorted(ballot.marks, key=lambda mark: mark.value)
    else:
        marks = sorted(ballot.marks, key=lambda mark: definition.index[mark.project])
    return Ballot(marks=tuple(marks))


def ballot_bytes(ballot: Ballot, definition: BallotDefinition) -> bytes:
    """Give the ballot's bytes, padded so that every ballot of the election has the same length.

    ``u32(count)``, then for each mark ``u32(place in the definition) || u64(value)``, then zeros.
    """
    ordered = in_canonical_order(ballot, definition)
    marks = b"".join(u32(definition.index[m.project]) + u64(m.value) for m in ordered.marks)
    return (u32(len(ordered.marks)) + marks).ljust(padded_length(definition), b"\0")


def padded_length(definition: BallotDefinition) -> int:
    """The length in bytes of every ballot of this election."""
    return _COUNT_BYTES + _MARK_BYTES * definition.capacity


def ballot_from(what: bytes, definition: BallotDefinition) -> Ballot:
    """Read ballot bytes.

    Raises :class:`NotCanonical` unless they are exactly what :func:`ballot_bytes` would write for
    the ballot read.
    """
    try:
        ballot = Ballot(marks=tuple(_marks(what, definition)))
        same = ballot_bytes(ballot, definition) == what
    except (IndexError, ValueError) as err:
        raise NotCanonical("ballot bytes do not name projects of this election") from err
    if not same:
        raise NotCanonical("ballot bytes are not in their one canonical form")
    return ballot


def _marks(what: bytes, definition: BallotDefinition) -> Iterator[Mark]:
    count = int.from_bytes(what[:_COUNT_BYTES], "big")
    if count > definition.capacity or len(what) != padded_length(definition):
        raise ValueError("wrong length")
    for start in range(_COUNT_BYTES, _COUNT_BYTES + count * _MARK_BYTES, _MARK_BYTES):
        place = int.from_bytes(what[start : start + 4], "big")
        value = int.from_bytes(what[start + 4 : start + _MARK_BYTES], "big")
        yield Mark(project=definition.projects[place].id, value=value)
