"""What may be done follows from the phases at the very moment, and from nothing else."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talkoot.rounds import Phase, PhaseKind
from talkoot.rounds.deeds import DEEDS, Deed, Who, next_time_for, who_may

SPRING = datetime(2027, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def phase(kind: PhaseKind, first: int, days: int = 10) -> Phase:
    return Phase(kind=kind, starts_at=SPRING + first * DAY, ends_at=SPRING + (first + days) * DAY)


def test_every_kind_of_phase_says_what_may_be_done() -> None:
    assert set(DEEDS) == set(PhaseKind)
    assert {deed for deeds in DEEDS.values() for deed in deeds} == set(Deed)


def test_a_phase_begins_at_its_first_moment_and_has_ended_at_its_last() -> None:
    phases = (phase(PhaseKind.IDEAS, 0, 1),)
    tick = timedelta(microseconds=1)
    asked = [SPRING - tick, SPRING, SPRING + DAY - tick, SPRING + DAY]
    found = [who_may(phases, Deed.POST_IDEA, at) for at in asked]
    assert found == [None, Who.ANYONE, Who.ANYONE, None]


def test_what_any_of_two_phases_allows_is_allowed_to_the_most() -> None:
    phases = (phase(PhaseKind.REVIEW, 0), phase(PhaseKind.IDEAS, 5))
    late = SPRING + 7 * DAY
    assert who_may(phases, Deed.VALUATE, late) is Who.OFFICIAL
    assert who_may(phases, Deed.POST_IDEA, late) is Who.ANYONE
    assert who_may(phases, Deed.POST_IDEA, SPRING) is None


def test_a_reader_can_be_told_when_it_will_be_possible() -> None:
    phases = (phase(PhaseKind.SCORE, 20), phase(PhaseKind.IDEAS, 0), phase(PhaseKind.SCORE, 40))
    assert next_time_for(phases, Deed.SCORE, SPRING) == SPRING + 20 * DAY
    assert next_time_for(phases, Deed.SCORE, SPRING + 20 * DAY) == SPRING + 40 * DAY
    assert next_time_for(phases, Deed.SCORE, SPRING + 41 * DAY) is None


@pytest.mark.parametrize("kind", list(PhaseKind))
def test_outside_its_phases_nothing_may_be_done(kind: PhaseKind) -> None:
    phases = (phase(kind, 0, 1),)
    assert {who_may(phases, deed, SPRING + 2 * DAY) for deed in Deed} == {None}


@given(
    spans=st.lists(
        st.tuples(st.sampled_from(PhaseKind), st.integers(0, 30), st.integers(1, 9)), max_size=6
    ),
    hours=st.integers(-24, 24 * 40),
    deed=st.sampled_from(Deed),
)
def test_the_order_in_which_phases_are_listed_changes_nothing(
    spans: list[tuple[PhaseKind, int, int]], hours: int, deed: Deed
) -> None:
    phases = [phase(*span) for span in spans]
    at = SPRING + timedelta(hours=hours)
    assert who_may(phases, deed, at) == who_may(phases[::-1], deed, at)
