"""Rules are in force once two persons have signed what stands there, and stay as they were."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from talkoot.base.db import ReadSession, WriteSession, migrate
from talkoot.base.db.embedded import Server
from talkoot.base.errors import NotAllowed, NotFound
from talkoot.base.i18n import text_from
from talkoot.base.ids import AreaCode, RoundId
from talkoot.base.officials import OfficialId
from talkoot.rounds import (
    Agreement,
    Deed,
    Guests,
    Phase,
    PhaseKind,
    Round,
    RoundOptions,
    RulesDraft,
    ScoreTie,
    Signed,
    Who,
    municipality_kept,
    next_time_in,
    phases_at,
    project_added,
    round_kept,
    round_of,
    rules_signed,
    rules_versions,
    rules_written,
    who_may_in,
    with_rules,
)
from tests.conftest import on_server
from tests.rounds.test_rounds import SPRING, a_municipality, a_project, a_round

DAY = timedelta(days=1)
AGREEMENT = Agreement(first="Maria", second="Jonas", at=SPRING)
IDEAS = Phase(kind=PhaseKind.IDEAS, starts_at=SPRING, ends_at=SPRING + 10 * DAY)
POINTS = Phase(kind=PhaseKind.SCORE, starts_at=SPRING + 10 * DAY, ends_at=SPRING + 12 * DAY)
AGAIN = Phase(
    kind=PhaseKind.SCORE,
    starts_at=SPRING + 14 * DAY,
    ends_at=SPRING + 15 * DAY,
    title=text_from("Toinen kierros"),
)
DRAFT = RulesDraft(
    texts=(text_from("Jokaisella on kolme pistettä."),),
    options=RoundOptions(guests=Guests.MAIL, points_each=3, ideas_on=2, tie=ScoreTie.EARLIER),
    phases=(IDEAS, POINTS, AGAIN),
)


def maria(at: datetime = SPRING) -> Signed:
    return Signed(name="Maria", at=at, official=OfficialId(uuid4()))


async def a_draft(session: WriteSession) -> Round:
    municipality = a_municipality()
    await municipality_kept(session, municipality)
    return await round_kept(session, a_round(municipality))


async def written(session: WriteSession, round_: Round, draft: RulesDraft = DRAFT) -> str:
    version = await rules_written(session, round_.id, draft, by="Maria", at=SPRING)
    return version.digest


async def signed(session: WriteSession, round_: Round, draft: RulesDraft = DRAFT) -> Round:
    digest = await written(session, round_, draft)
    for name in ("Maria", "Jonas"):
        await rules_signed(session, round_.id, digest=digest, by=Signed(name=name, at=SPRING))
    return await round_of(session, round_.id)


async def test_rules_are_in_force_when_the_second_person_has_signed(session: WriteSession) -> None:
    round_ = await a_draft(session)
    digest = await written(session, round_)
    await rules_signed(session, round_.id, digest=digest, by=maria())
    assert await round_of(session, round_.id) == round_
    jonas = Signed(name="Jonas", at=SPRING + DAY)
    await rules_signed(session, round_.id, digest=digest, by=jonas)
    agreed = await round_of(session, round_.id)
    assert agreed == replace(with_rules(round_, DRAFT), agreed=1)
    (version,) = await rules_versions(session, round_.id)
    assert version.draft == DRAFT
    assert version.second == jonas


async def test_nobody_signs_twice_under_one_name_or_one_account(session: WriteSession) -> None:
    round_ = await a_draft(session)
    digest = await written(session, round_)
    first = maria()
    await rules_signed(session, round_.id, digest=digest, by=first)
    for again in (replace(first, official=OfficialId(uuid4())), replace(first, name="M. R.")):
        with pytest.raises(NotAllowed, match="two persons"):
            await rules_signed(session, round_.id, digest=digest, by=again)


async def test_a_signature_is_for_the_words_that_were_read(session: WriteSession) -> None:
    round_ = await a_draft(session)
    read = await written(session, round_)
    await rules_signed(session, round_.id, digest=read, by=maria())
    later = replace(DRAFT, options=RoundOptions(points_each=100))
    digest = await written(session, round_, later)
    (version,) = await rules_versions(session, round_.id)
    assert version.first is None, "the first signature was for other words"
    with pytest.raises(NotAllowed, match="changed after they were read"):
        await rules_signed(session, round_.id, digest=read, by=maria())
    assert digest != read


async def test_the_same_words_again_keep_the_first_signature(session: WriteSession) -> None:
    round_ = await a_draft(session)
    digest = await written(session, round_)
    await rules_signed(session, round_.id, digest=digest, by=maria())
    assert await written(session, round_) == digest
    (version,) = await rules_versions(session, round_.id)
    assert version.first is not None


@pytest.mark.parametrize("lacking", [replace(DRAFT, texts=()), replace(DRAFT, phases=())])
async def test_rules_without_a_sentence_or_a_phase_are_not_signed(
    session: WriteSession, lacking: RulesDraft
) -> None:
    round_ = await a_draft(session)
    digest = await written(session, round_, lacking)
    with pytest.raises(NotAllowed, match="need a sentence and a phase"):
        await rules_signed(session, round_.id, digest=digest, by=maria())


async def test_new_rules_become_a_second_version_and_the_first_holds_meanwhile(
    session: WriteSession,
) -> None:
    round_ = await signed(session, await a_draft(session))
    later = replace(DRAFT, phases=(IDEAS, replace(POINTS, ends_at=SPRING + 13 * DAY)))
    await written(session, round_, later)
    assert await round_of(session, round_.id) == round_
    again = await signed(session, round_, later)
    assert (again.agreed, again.phases) == (2, later.phases)
    assert [v.number for v in await rules_versions(session, round_.id)] == [2, 1]


async def test_a_signed_version_can_be_neither_changed_nor_deleted(session: WriteSession) -> None:
    await signed(session, await a_draft(session))
    for statement in ("update rules_version set texts = '[]'", "delete from rules_version"):
        with pytest.raises(DBAPIError, match="stay as they are"):
            async with session.begin_nested():
                await session.execute(text(statement))


async def test_a_phase_of_another_round_is_not_taken(session: WriteSession) -> None:
    round_ = await signed(session, await a_draft(session))
    town = a_municipality("toinen")
    await municipality_kept(session, town)
    other = await round_kept(session, a_round(town))
    stolen = replace(DRAFT, phases=(replace(IDEAS, id=round_.phases[0].id),))
    with pytest.raises(NotAllowed, match="another round"):
        await signed(session, other, stolen)


async def test_a_round_agreed_elsewhere_is_in_force_at_once(session: WriteSession) -> None:
    municipality = a_municipality()
    await municipality_kept(session, municipality)
    kept = await round_kept(session, a_round(municipality), agreement=AGREEMENT)
    assert kept.agreed == 1
    assert await round_of(session, kept.id) == kept


async def test_rules_need_a_round(session: WriteSession) -> None:
    with pytest.raises(NotFound):
        await rules_written(session, RoundId(uuid4()), DRAFT, by="Maria", at=SPRING)


async def test_a_project_made_from_something_is_put_on_the_list_once(session: WriteSession) -> None:
    round_ = await a_draft(session)
    made = replace(a_project(0), origin="proposal:7")
    added = await project_added(session, round_.id, made)
    assert (added.number, added.place, added.name) == ("4", 3, made.name)
    assert await project_added(session, round_.id, replace(made, id=uuid4())) == added
    assert (await round_of(session, round_.id)).projects[3:] == (added,)
    with pytest.raises(NotFound, match="area"):
        await project_added(session, round_.id, replace(a_project(1), area=AreaCode("nowhere")))


@given(st.sampled_from(Deed), st.sampled_from(Guests), st.integers(0, 15))
def test_nothing_may_be_done_before_the_rules_are_signed(
    deed: Deed, guests: Guests, day: int
) -> None:
    options = replace(DRAFT.options, guests=guests)
    draft = with_rules(a_round(a_municipality()), replace(DRAFT, options=options))
    at = SPRING + day * DAY
    assert who_may_in(draft, deed, at) is None
    assert next_time_in(draft, deed, at) is None
    who = who_may_in(replace(draft, agreed=1), deed, at)
    assert who is not Who.ANYONE or deed is Deed.VOTE or guests is not Guests.NONE


def test_guests_post_ideas_only_where_the_rules_take_them() -> None:
    for guests, who in {
        Guests.NONE: Who.RESIDENT,
        Guests.MAIL: Who.ANYONE,
        Guests.OPEN: Who.ANYONE,
    }.items():
        draft = replace(DRAFT, options=RoundOptions(guests=guests))
        round_ = replace(with_rules(a_round(a_municipality()), draft), agreed=1)
        assert who_may_in(round_, Deed.POST_IDEA, SPRING) is who


def test_of_several_phases_of_a_kind_each_counts() -> None:
    assert phases_at(DRAFT.phases, SPRING + 11 * DAY) == (POINTS,)
    assert phases_at(DRAFT.phases, SPRING + 13 * DAY) == ()
    assert phases_at(DRAFT.phases, SPRING + 14 * DAY) == (AGAIN,)
    round_ = replace(with_rules(a_round(a_municipality()), DRAFT), agreed=1)
    assert next_time_in(round_, Deed.SCORE, SPRING + 12 * DAY) == AGAIN.starts_at


@pytest.mark.parametrize(("points", "ideas"), [(0, 4), (101, 4), (5, 0), (5, 1001)])
def test_options_that_nobody_could_use_are_refused(points: int, ideas: int) -> None:
    with pytest.raises(ValueError, match="1 to"):
        RoundOptions(points_each=points, ideas_on=ideas)


BEFORE = """
insert into municipality (id, slug, name, intro, contact, timezone, country)
values (:town, 'vanha', '{}', '{}', '{"name": "", "role": {}, "email": "", "phone": ""}', 'UTC',
        'Finland');
insert into round (id, municipality_id, slug, kind, title, theme, intro, rules, grace_s)
values (:frozen, :town, 'yksi', 'budget', '{}', '{}', '{}', '[{"fi": "Sopu."}]', 300),
       (:draft, :town, 'kaksi', 'poll', '{}', '{}', '{}', '[]', 300);
insert into phase (round_id, kind, starts_at, ends_at)
values (:frozen, 'voting', '2026-03-01 00:00:00Z', '2026-03-22 00:00:00Z'),
       (:frozen, 'ideas', '2026-01-01 00:00:00Z', '2026-02-01 00:00:00Z');
insert into election (id, round_id, state, opens_at, closes_at, grace_s, definition,
                      definition_hash, share_lock)
values (gen_random_uuid(), :frozen, 'frozen', '2026-03-01 00:00:00Z', '2026-03-22 00:00:00Z', 300,
        '{}', decode(repeat('00', 32), 'hex'), 0);
insert into act (id, election_id, kind, at, first_person, second_person, number)
select gen_random_uuid(), id, 'freeze', '2026-02-20 10:00:00.5Z', 'Maria', 'Jonas', 1 from election
"""


async def test_rounds_that_were_there_keep_their_phases_and_get_their_rules_as_version_one(
    server: Server,
) -> None:
    await on_server(server, "create database before_rounds")
    url = server.url(database="before_rounds")
    await asyncio.to_thread(migrate.upgrade, url, "0012")
    ids = {name: uuid4() for name in ("town", "frozen", "draft")}
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.begin() as connection:
        for statement in BEFORE.split(";\n"):
            named = {name: ids[name] for name in ids if f":{name}" in statement}
            bound = (
                statement.replace('": ', '"\\: ').replace("00:", "00\\:").replace("10:", "10\\:")
            )
            await connection.execute(text(bound), named)
    await asyncio.to_thread(migrate.upgrade, url, "0013")
    async with engine.begin() as connection:
        reading = ReadSession(AsyncSession(connection))
        frozen = await round_of(reading, RoundId(ids["frozen"]))
        draft = await round_of(reading, RoundId(ids["draft"]))
        (version,) = await rules_versions(reading, frozen.id)
    await engine.dispose()
    assert [phase.kind for phase in frozen.phases] == [PhaseKind.IDEAS, PhaseKind.VOTING]
    assert frozen.agreed == 1
    assert version.draft == RulesDraft(
        texts=({"fi": "Sopu."},), options=RoundOptions(), phases=frozen.phases
    )
    at = datetime(2026, 2, 20, 10, 0, 0, 500_000, tzinfo=UTC)
    assert version.first == Signed(name="Maria", at=at)
    assert version.second == Signed(name="Jonas", at=at)
    assert (draft.agreed, draft.phases) == (None, ())
