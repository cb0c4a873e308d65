"""Outlines, colours and a picture belong to one municipality; texts and projects to one round."""

from dataclasses import replace
from uuid import uuid4

import pytest

from talkoot.base.db import WriteSession
from talkoot.base.errors import NotAllowed, NotFound
from talkoot.base.i18n import text_from
from talkoot.base.ids import AreaCode, MunicipalityId, RoundId
from talkoot.base.money import Cents
from talkoot.rounds import (
    Colours,
    Contact,
    Shape,
    contact_kept,
    look_kept,
    map_of,
    municipality_kept,
    municipality_of,
    picture_kept,
    project_changed,
    project_removed,
    round_kept,
    round_of,
    round_texts_kept,
    shapes_kept,
    shapes_of,
)
from tests.rounds.test_rounds import a_municipality, a_round

SQUARE = ((24.0, 60.0), (24.5, 60.0), (24.5, 60.25), (24.0, 60.25), (24.0, 60.0))
BLUE = Colours(main="#123a6b", accent="#ffd166")


async def test_outlines_come_back_and_can_be_drawn(session: WriteSession) -> None:
    town = a_municipality()
    await municipality_kept(session, town)
    assert await shapes_of(session, town.id) == ()
    shape = Shape(code=AreaCode("satama"), rings=(SQUARE,))
    await shapes_kept(session, town.id, [shape])
    await shapes_kept(session, town.id, [])
    assert await shapes_of(session, town.id) == (shape,)
    assert map_of(await shapes_of(session, town.id)) is not None
    with pytest.raises(NotFound, match="nowhere"):
        await shapes_kept(session, town.id, [replace(shape, code=AreaCode("nowhere"))])


async def test_a_municipality_gets_its_colours_its_picture_and_its_contact(
    session: WriteSession,
) -> None:
    town, other = a_municipality(), a_municipality("toinen")
    for one in (town, other):
        await municipality_kept(session, one)
    await picture_kept(session, "ab", "image/png", b"\x89PNG")
    await look_kept(session, town.id, colours=BLUE, picture="ab")
    contact = Contact(name="Oula", role={}, email="", phone="1", phone_hours=text_from("ma 9"))
    await contact_kept(session, town.id, contact)
    session.expire_all()
    dressed = replace(town, colours=BLUE, picture="ab", contact=contact)
    assert await municipality_of(session, town.id) == dressed
    assert await municipality_of(session, other.id) == other
    with pytest.raises(NotFound):
        await look_kept(session, MunicipalityId(uuid4()), colours=None, picture=None)


async def test_a_municipality_can_be_kept_with_its_look(session: WriteSession) -> None:
    town = replace(a_municipality(), colours=BLUE)
    await municipality_kept(session, town)
    session.expire_all()
    assert await municipality_of(session, town.id) == town


async def test_a_rounds_texts_and_projects_are_written_anew(session: WriteSession) -> None:
    town = a_municipality()
    await municipality_kept(session, town)
    round_ = await round_kept(session, a_round(town))
    title = text_from("Syksy")
    await round_texts_kept(session, round_.id, title=title, theme={}, intro={})
    first, second, third = round_.projects
    better = replace(second, name=text_from("Parempi"), cost=Cents(7), area=None)
    await project_changed(session, round_.id, better)
    await project_removed(session, round_.id, third.id)
    wanted = replace(round_, title=title, theme={}, intro={}, projects=(first, better))
    assert await round_of(session, round_.id) == wanted


async def test_only_what_is_there_is_edited(session: WriteSession) -> None:
    town = a_municipality()
    await municipality_kept(session, town)
    round_ = await round_kept(session, a_round(town))
    project = round_.projects[0]
    with pytest.raises(NotAllowed, match="title"):
        await round_texts_kept(session, round_.id, title={"fi": ""}, theme={}, intro={})
    with pytest.raises(NotFound, match="round"):
        await round_texts_kept(session, RoundId(uuid4()), title={"fi": "x"}, theme={}, intro={})
    with pytest.raises(NotFound, match="project"):
        await project_changed(session, round_.id, replace(project, id=uuid4()))
    with pytest.raises(NotFound, match="area"):
        await project_changed(session, round_.id, replace(project, area=AreaCode("nowhere")))
    with pytest.raises(NotFound, match="project"):
        await project_removed(session, round_.id, uuid4())
