"""Whom to ask: the nearest who answers for a theme or an area, else the municipality's own."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talkoot.base.db import WriteSession
from talkoot.base.errors import NotAllowed, NotFound
from talkoot.base.i18n import text_from
from talkoot.base.ids import AreaCode, ThemeId
from talkoot.rounds import (
    Answering,
    Contact,
    Municipality,
    Theme,
    answering_in,
    answering_kept,
    contact_for,
    municipality_kept,
    themes_kept,
    themes_of,
)
from tests.rounds.test_rounds import a_municipality

CENTRE, HARBOUR = AreaCode("keskusta"), AreaCode("satama")
PARKS = Theme(id=ThemeId(uuid4()), code="puistot", name=text_from("Puistot"))
SPORT = Theme(id=ThemeId(uuid4()), code="liikunta", name=text_from("Liikunta"))


def somebody(name: str) -> Contact:
    return Contact(
        name=name,
        role=text_from("Neuvoja"),
        email=f"{name}@x.example",
        phone="",
        phone_hours=text_from("ma-pe 9-15"),
    )


def id_of(theme: Theme | None) -> ThemeId | None:
    return None if theme is None else theme.id


def answers(name: str, theme: Theme | None = None, area: AreaCode | None = None) -> Answering:
    return Answering(theme=id_of(theme), area=area, contact=somebody(name))


LISTED = (
    answers("anyone-in-the-centre", area=CENTRE),
    answers("parks", PARKS),
    answers("parks-in-the-centre", PARKS, CENTRE),
    answers("harbour", area=HARBOUR),
)


@pytest.mark.parametrize(
    ("theme", "area", "name"),
    [
        (None, None, "Maria"),
        (SPORT, None, "Maria"),
        (PARKS, None, "parks"),
        (PARKS, HARBOUR, "parks-in-the-centre"),
        (SPORT, HARBOUR, "harbour"),
        (SPORT, CENTRE, "anyone-in-the-centre"),
        (None, AreaCode("nowhere"), "Maria"),
    ],
)
def test_the_nearest_answers(theme: Theme | None, area: AreaCode | None, name: str) -> None:
    found = contact_for(a_municipality(), LISTED, theme=id_of(theme), area=area)
    assert found.name == name


def slow_contact_for(
    town: Municipality, listed: Sequence[Answering], theme: ThemeId | None, area: AreaCode | None
) -> Contact:
    """The slow twin: ask for theme and area, the theme in each area above, then areas alone."""
    parents = {one.code: one.parent for one in town.areas}
    around: list[AreaCode | None] = []
    while area is not None:
        around.append(area)
        area = parents[area]
    around.append(None)
    for wanted in (theme, None):
        for place in around:
            for one in listed:
                if (one.theme, one.area) == (wanted, place):
                    return one.contact
    return town.contact


@given(
    listed=st.lists(
        st.tuples(st.sampled_from([None, PARKS, SPORT]), st.sampled_from([None, CENTRE, HARBOUR])),
        max_size=6,
    ),
    theme=st.sampled_from([None, PARKS, SPORT]),
    area=st.sampled_from([None, CENTRE, HARBOUR]),
)
def test_it_is_who_the_slow_way_finds(
    listed: list[tuple[Theme | None, AreaCode | None]], theme: Theme | None, area: AreaCode | None
) -> None:
    town = a_municipality()
    listing = [answers(str(n), of, place) for n, (of, place) in enumerate(listed)]
    asked = id_of(theme)
    found = contact_for(town, listing, theme=asked, area=area)
    assert found == slow_contact_for(town, listing, asked, area)


async def test_themes_and_contacts_come_back_in_their_order(session: WriteSession) -> None:
    town = a_municipality()
    await municipality_kept(session, town)
    await themes_kept(session, town.id, [SPORT, PARKS])
    await answering_kept(session, town.id, LISTED)
    assert await themes_of(session, town.id) == (SPORT, PARKS)
    assert await answering_in(session, town.id) == LISTED
    renamed = replace(PARKS, name=text_from("Viheralueet"))
    await themes_kept(session, town.id, [renamed, SPORT])
    await answering_kept(session, town.id, LISTED[:1])
    assert await themes_of(session, town.id) == (renamed, SPORT)
    assert await answering_in(session, town.id) == LISTED[:1]


async def test_a_theme_stays_while_a_contact_belongs_to_it(session: WriteSession) -> None:
    town = a_municipality()
    await municipality_kept(session, town)
    await themes_kept(session, town.id, [PARKS])
    await answering_kept(session, town.id, LISTED)
    with pytest.raises(NotAllowed, match="belongs to it"):
        await themes_kept(session, town.id, [])
    assert await themes_of(session, town.id) == (PARKS,)


async def test_codes_of_themes_fit_an_address_and_are_had_once(session: WriteSession) -> None:
    town = a_municipality()
    await municipality_kept(session, town)
    for code in ("Puistot ja pihat", "puistot"):
        with pytest.raises(NotAllowed, match="code"):
            await themes_kept(session, town.id, [PARKS, replace(SPORT, code=code)])


async def test_nobody_takes_another_municipalitys_theme_or_area(session: WriteSession) -> None:
    town, other = a_municipality(), a_municipality("toinen")
    for one in (town, other):
        await municipality_kept(session, one)
    await themes_kept(session, town.id, [PARKS])
    with pytest.raises(NotAllowed, match="another municipality"):
        await themes_kept(session, other.id, [PARKS])
    with pytest.raises(NotFound, match="theme"):
        await answering_kept(session, other.id, [answers("parks", PARKS)])
    with pytest.raises(NotFound, match="area"):
        await answering_kept(session, other.id, [answers("x", area=AreaCode("nowhere"))])
