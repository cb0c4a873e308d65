"""Municipalities and rounds go in and come out the same; phases follow from stored times."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, InvalidRequestError

from talkoot.base.db import WriteSession
from talkoot.base.errors import NotFound
from talkoot.base.i18n import text_from
from talkoot.base.ids import AreaCode, MunicipalityId, ProjectId, RoundId
from talkoot.base.money import Cents
from talkoot.rounds import (
    Area,
    Contact,
    Kind,
    Municipality,
    Phase,
    PhaseKind,
    Project,
    Round,
    municipalities,
    municipality_called,
    municipality_kept,
    municipality_of,
    phase_at,
    phase_of,
    picture_kept,
    picture_of,
    round_called,
    round_kept,
    round_of,
    rounds_of,
)
from talkoot.rounds.tables import RoundRow

SPRING = datetime(2026, 3, 1, tzinfo=UTC)


def a_municipality(slug: str = "suvisalmi") -> Municipality:
    areas = (
        Area(code=AreaCode("keskusta"), parent=None, name=text_from("Keskusta"), population=50),
        Area(code=AreaCode("satama"), parent=AreaCode("keskusta"), name={}, population=20),
    )
    return Municipality(
        id=MunicipalityId(uuid4()),
        slug=slug,
        name=text_from("Suvisalmi"),
        intro=text_from("Kunta meren rannalla."),
        contact=Contact(
            name="Maria", role=text_from("Koordinaattori"), email="m@x.example", phone=""
        ),
        timezone="Europe/Helsinki",
        areas=areas,
    )


def a_round(municipality: Municipality) -> Round:
    return Round(
        id=RoundId(uuid4()),
        municipality_id=municipality.id,
        slug="kevat",
        kind=Kind.BUDGET,
        title=text_from("Kevät"),
        theme=text_from("Arki"),
        intro=text_from("Valitse."),
        rules=(text_from("Yksi ääni."),),
        grace_s=300,
        phases=(
            Phase(kind=PhaseKind.VOTING, starts_at=SPRING, ends_at=SPRING + timedelta(days=21)),
            Phase(
                kind=PhaseKind.RESULTS,
                starts_at=SPRING + timedelta(days=21),
                ends_at=SPRING + timedelta(days=365),
            ),
        ),
        projects=tuple(a_project(place) for place in range(3)),
    )


def a_project(place: int) -> Project:
    return Project(
        id=uuid4(),
        number=ProjectId(str(place + 1)),
        place=place,
        area=AreaCode("satama") if place else None,
        name=text_from(f"Hanke {place}"),
        summary={},
        text={},
        cost=Cents(100_00 * (place + 1)),
        picture=None,
        picture_alt={},
    )


async def test_a_municipality_and_its_round_come_back_as_they_were(session: WriteSession) -> None:
    municipality = a_municipality()
    await municipality_kept(session, municipality)
    round_ = a_round(municipality)
    await round_kept(session, round_)
    session.expire_all()
    assert await municipality_called(session, "suvisalmi") == municipality
    assert await municipality_of(session, municipality.id) == municipality
    assert await round_called(session, municipality.id, "kevat") == round_
    assert await round_of(session, round_.id) == round_
    assert await rounds_of(session, municipality.id) == (round_,)


async def test_one_deployment_serves_many_municipalities(session: WriteSession) -> None:
    for slug in ("b", "a"):
        municipality = a_municipality(slug)
        await municipality_kept(session, municipality)
        await round_kept(session, a_round(municipality))
    both = await municipalities(session)
    assert [one.slug for one in both] == ["a", "b"]
    for one in both:
        assert [r.municipality_id for r in await rounds_of(session, one.id)] == [one.id]


async def test_an_area_cannot_hang_under_another_municipalitys_area(session: WriteSession) -> None:
    first = a_municipality("first")
    await municipality_kept(session, first)
    round_ = a_round(first)
    await round_kept(session, round_)
    twice = a_round(first)
    with pytest.raises(IntegrityError, match="uq_round_municipality_id_slug"):
        await round_kept(session, twice)


async def test_what_is_not_there_is_said(session: WriteSession) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        await municipality_called(session, "nowhere")
    with pytest.raises(NotFound, match="round"):
        await round_of(session, RoundId(uuid4()))
    with pytest.raises(NotFound, match="picture"):
        await picture_of(session, "none")


async def test_a_picture_is_kept_once(session: WriteSession) -> None:
    for _ in range(2):
        await picture_kept(session, "ab", "image/png", b"\x89PNG")
    assert await picture_of(session, "ab") == ("image/png", b"\x89PNG")


async def test_no_query_hides_behind_an_attribute(session: WriteSession) -> None:
    municipality = a_municipality()
    await municipality_kept(session, municipality)
    await round_kept(session, a_round(municipality))
    session.expire_all()
    row = (await session.scalars(select(RoundRow))).one()
    with pytest.raises(InvalidRequestError, match="lazy='raise'"):
        _ = row.phases


def test_a_phase_holds_its_start_and_not_its_end() -> None:
    phases = a_round(a_municipality()).phases
    assert phase_at(phases, SPRING - timedelta(seconds=1)) is None
    assert phase_at(phases, SPRING) is phases[0]
    assert phase_at(phases, phases[0].ends_at) is phases[1]
    assert phase_of(phases, PhaseKind.IDEAS) is None
    assert phase_of(phases, PhaseKind.RESULTS) is phases[1]


@given(st.integers(min_value=-100, max_value=500))
def test_the_phase_at_a_time_is_one_that_holds_it(days: int) -> None:
    at = SPRING + timedelta(days=days)
    found = phase_at(a_round(a_municipality()).phases, at)
    assert (found is None) == (not 0 <= days < 365)
    assert found is None or found.starts_at <= at < found.ends_at


def test_a_phase_without_length_or_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="before it ends"):
        Phase(kind=PhaseKind.VOTING, starts_at=SPRING, ends_at=SPRING)
    with pytest.raises(ValueError, match="time zone"):
        Phase(kind=PhaseKind.VOTING, starts_at=SPRING.replace(tzinfo=None), ends_at=SPRING)
