"""A whole sealed election at the desk: frozen from a draft, amended, its roll changed, counted, its
keys destroyed; and what is refused on the way leaves everything as it was.
"""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import numpy as np
import pytest
import pytest_asyncio
from sqlalchemy import text

from talkoot.base.db import Database
from talkoot.base.ids import ElectionId, RoundId
from talkoot.base.officials import OfficialId, OfficialRole
from talkoot.people import asserted, proposals_of
from talkoot.rounds import round_kept
from talkoot.voting import board, log
from talkoot.voting.intake import Recorded
from talkoot.voting.log import ActKind, ElectionState
from talkoot.voting.results import box_exported, box_read, open_with, tallied
from talkoot.voting.roll import NoKeys, keys_for
from talkoot.voting.sealing import Opener, tally_key
from tests.voting.log.made_up import a_cast
from tests.voting.sealing.made import made as made_trustees
from tests.web.desk import DESK, PARTY, Browser, Hall, Person, a_hall, sealed_in, trustees_for
from tests.web.town import CLOSES, Visitor, a_round, number

DRAFT = f"{DESK}/drafts/luonnos"
FREEZE = {
    "vote": "approval",
    "most": "3",
    "budget": "12 000",
    "rule": "mes-cost",
    "recast": "last-counts",
    "appeals": "2026-05-01T12:00",
    "reason": "Valtuusto päätti.",
}
DONE = [303, 303, 303]
HEADER = "anchor;birth_year;area;language\n"
NO_FIELDS: Mapping[str, str] = {}
NOTHING: Mapping[str, bytes] = {}


@pytest_asyncio.fixture
async def hall(database: Database, desk: Database, tmp_path: Path) -> AsyncIterator[Hall]:
    """Two towns with a desk, the first with a draft as well."""
    async with a_hall(database, desk, tmp_path) as built:
        async with desk.writing() as session:
            await round_kept(session, replace(a_round(), id=RoundId(uuid4()), slug="luonnos"))
        yield built


@pytest_asyncio.fixture
async def pair(hall: Hall) -> tuple[Person, Person]:
    """Two election managers."""
    return await hall.official("Aino"), await hall.official("Otto")


@pytest_asyncio.fixture
async def sealed(hall: Hall, pair: tuple[Person, Person]) -> ElectionId:
    """A sealed election of the first town, with trustees and a board."""
    election_id = await sealed_in(hall.desk, *pair)
    await trustees_for(hall.desk, election_id)
    async with hall.desk.writing() as session:
        key = board.create_board_key(hall.settings.keys_folder, election_id)
        await board.started(session, election_id, key.verifier)
    return election_id


SEATS: dict[tuple[OfficialId, datetime], Browser] = {}


async def seat(hall: Hall, person: Person) -> Browser:
    """Give the browser in which a person sits at the desk: signed in once, at each time."""
    key = (person.official.id, hall.clock.at)
    if key not in SEATS:
        SEATS[key] = await hall.at_desk(person)
    return SEATS[key]


def at_desk(election_id: ElectionId) -> str:
    return f"{DESK}/elections/{election_id}"


async def act(  # noqa: PLR0917 - who, where, what, and what they bring
    hall: Hall,
    pair: tuple[Person, Person],
    election_id: ElectionId,
    kind: str,
    fields: Mapping[str, str] = NO_FIELDS,
    files: Mapping[str, bytes] = NOTHING,
) -> list[int]:
    """Propose an act and have both sign it; give the three statuses, or the refusal's alone."""
    page, first = at_desk(election_id), await seat(hall, pair[0])
    sent = {"form_token": await first.form_token(), "kind": kind, "reason": f"Syy: {kind}"}
    way, more = f"{page}/propose", sent | dict(fields)
    answer = await (first.bring(way, more, files) if files else first.send(way, **more))
    if answer.status_code != 303:
        return [answer.status_code]
    return [303, *await both_sign(hall, pair, page)]


async def both_sign(hall: Hall, pair: tuple[Person, Person], page: str) -> list[int]:
    statuses = []
    for person in pair:
        browser = await seat(hall, person)
        offered = await browser.offered(page)
        answer = await browser.sign(offered, asserted(person.key, offered.challenge, PARTY))
        statuses.append(answer.status_code)
    return statuses


async def election(hall: Hall, election_id: ElectionId) -> log.Election:
    async with hall.desk.reading() as session:
        return await log.election_of(session, election_id)


async def rows_of(hall: Hall, table: str) -> list[str]:
    async with hall.desk.writing() as session:
        query = text(f"select t::text from {table} t order by 1")  # noqa: S608  names of ours
        return [str(row) for row in await session.scalars(query)]


async def propose_freeze(hall: Hall, person: Person, **changed: str) -> int:
    browser = await seat(hall, person)
    sent = {**FREEZE, "form_token": await browser.form_token(), **changed}
    return (await browser.send(f"{DRAFT}/freeze", **sent)).status_code


async def test_t17_two_officials_freeze_a_draft_and_its_keys_and_board_are_there(
    hall: Hall, pair: tuple[Person, Person]
) -> None:
    first = await seat(hall, pair[0])
    assert f'href="{DRAFT}"' in (await first.get(DESK)).text
    assert await propose_freeze(hall, pair[0]) == 303
    shown = (await first.get(DRAFT)).text
    for words in ("12\N{NO-BREAK SPACE}000", "4\N{NO-BREAK SPACE}000", number(6), "toukokuuta"):
        assert words in shown, words
    assert "Otto" in shown, "who can sign is named"
    assert await both_sign(hall, pair, DRAFT) == [303, 303]
    answer = await first.get(DRAFT)
    assert answer.status_code == 303
    election_id = ElectionId(UUID(answer.headers["location"].rpartition("/")[2]))
    frozen = await election(hall, election_id)
    assert (frozen.state, frozen.assurance) == (ElectionState.FROZEN, log.Assurance.SEALED)
    assert (frozen.definition.budget, frozen.definition.limits.max_choices) == (12_000_00, 3)
    keys_for(hall.settings.keys_folder, election_id)  # raises where there are none
    async with hall.desk.writing() as session:
        assert await board.size_of(session, election_id) == 2, "the ballot and its freeze"
    assert await propose_freeze(hall, pair[0]) == 409, "a round is frozen once"


async def test_a_freeze_that_lacks_something_is_not_proposed(
    hall: Hall, pair: tuple[Person, Person]
) -> None:
    before = await rows_of(hall, "proposal")
    for changed in (
        {"budget": "paljon"},
        {"most": "0"},
        {"vote": "arpa"},
        {"rule": "parhaat"},
        {"appeals": ""},
        {"appeals": "2026-03-05T12:00"},
        {"reason": " "},
    ):
        assert await propose_freeze(hall, pair[0], **changed) == 409, changed
    assert await rows_of(hall, "proposal") == before


async def test_t16_one_person_freezes_nothing_alone(
    hall: Hall, pair: tuple[Person, Person]
) -> None:
    assert await propose_freeze(hall, pair[0]) == 303
    browser = await seat(hall, pair[0])
    offered = await browser.offered(DRAFT)
    statuses = [
        (await browser.sign(offered, asserted(pair[0].key, offered.challenge, PARTY))).status_code
        for _ in range(2)
    ]
    assert statuses == [303, 409]
    assert len(await rows_of(hall, "election")) == 2, "those of both towns"
    assert await propose_freeze(hall, pair[1]) == 409, "one waits already"
    token = await browser.form_token()
    await browser.send(await browser.offered_withdrawal(DRAFT), form_token=token)
    assert await propose_freeze(hall, pair[1]) == 303


async def test_t17_an_amendment_shows_what_changes_before_it_is_signed_and_to_everyone_after(
    hall: Hall, pair: tuple[Person, Person], sealed: ElectionId
) -> None:
    before = (await election(hall, sealed)).definition
    new_name = {"name.0.fi": "Uusi nimi", "cost.1": "2 600,50", "budget": "13000"}
    first = await seat(hall, pair[0])
    token = await first.form_token()
    sent = {"form_token": token, "kind": "amend", "reason": "Hinta oli väärin.", **new_name}
    assert (await first.send(f"{at_desk(sealed)}/propose", **sent)).status_code == 303
    shown = (await first.get(at_desk(sealed))).text
    for words in ("Uusi nimi", "2\N{NO-BREAK SPACE}500", "2\N{NO-BREAK SPACE}600,50"):
        assert words in shown, words
    assert (await election(hall, sealed)).definition == before, "nothing is done before two signed"
    public = Visitor(client=hall.browser().client)
    assert "Hinta oli väärin." not in (await public.get("/fi/koe/sinetti")).text
    assert await both_sign(hall, pair, at_desk(sealed)) == [303, 303]
    after = (await election(hall, sealed)).definition
    assert after.projects[0].name["fi"] == "Uusi nimi"
    assert (after.projects[1].cost, after.budget) == (2_600_50, 13_000_00)
    assert replace(after, projects=before.projects, budget=before.budget) == before
    page = (await public.get("/fi/koe/sinetti")).text
    for words in ("Hinta oli väärin.", "Uusi nimi", "2\N{NO-BREAK SPACE}600,50"):
        assert words in page, words
    async with hall.desk.writing() as session:
        records = await board.size_of(session, sealed)
        kept = [each.request.kind for each in await log.acts_of(session, sealed)]
    assert kept == [ActKind.FREEZE, ActKind.AMEND]
    assert records == 5, "two ballots, the sealing, the freeze and the amendment"


async def test_an_amendment_takes_the_round_as_it_is_now(
    hall: Hall, pair: tuple[Person, Person], sealed: ElectionId
) -> None:
    old = await election(hall, sealed)
    async with hall.desk.writing() as session:
        ours = "round_id = :round and number = :number"
        values = {"round": old.round_id, "number": number(6)}
        await session.execute(text(f"delete from project where {ours}"), values)  # noqa: S608
        dearer = text(f"update project set cost_cents = cost_cents + 100 where {ours}")  # noqa: S608
        await session.execute(dearer, values | {"number": number(1)})
    assert await act(hall, pair, sealed, "amend", {"source": "round"}) == DONE
    after = (await election(hall, sealed)).definition
    assert [project.id for project in after.projects] == [number(at) for at in range(1, 6)]
    assert after.projects[0].cost == old.definition.projects[0].cost + 100
    page = (await hall.browser().get("/fi/koe/sinetti")).text
    assert number(6) in page, "what was taken off is said"


async def test_an_amendment_that_changes_nothing_or_cannot_be_read_is_not_proposed(
    hall: Hall, pair: tuple[Person, Person], sealed: ElectionId
) -> None:
    faults: tuple[dict[str, str], ...] = ({}, {"cost.0": "ilmainen"}, {"budget": "-1"})
    for fields in faults:
        assert await act(hall, pair, sealed, "amend", fields) == [409], fields
    assert await rows_of(hall, "proposal") == []


async def test_t17_an_amendment_asks_for_a_rehearsal_anew_and_is_impossible_once_open(
    hall: Hall, pair: tuple[Person, Person], sealed: ElectionId
) -> None:
    assert await act(hall, pair, sealed, "rehearse") == DONE
    assert await act(hall, pair, sealed, "amend", {"cost.0": "1"}) == DONE
    assert await act(hall, pair, sealed, "open") == [303, 303, 409]
    first = await seat(hall, pair[0])
    page = (await first.get(at_desk(sealed))).text
    token = await first.form_token()
    await first.send(await first.offered_withdrawal(at_desk(sealed)), form_token=token)
    page = (await first.get(at_desk(sealed))).text
    assert re.search(r'id="propose".*?value="rehearse"', page, re.DOTALL), "the next step again"
    for kind in ("rehearse", "open"):
        assert await act(hall, pair, sealed, kind) == DONE
    before = await rows_of(hall, "election")
    assert await act(hall, pair, sealed, "amend", {"cost.0": "2"}) == [409]
    assert await rows_of(hall, "election") == before


async def test_t17_a_change_of_the_roll_is_said_in_figures_and_done_with_the_second_signature(
    hall: Hall, pair: tuple[Person, Person], sealed: ElectionId
) -> None:
    some = (HEADER + "a;1980;satama;fi\nb;1990;saari;sv\n").encode()
    assert await act(hall, pair, sealed, "roll-change", {"scope": "some"}, {"r.csv": some}) == DONE
    assert len(await rows_of(hall, "roll_person")) == 2
    whole = (HEADER + "b;1991;saari;sv\nc;2000;saari;fi\n").encode()
    first = await seat(hall, pair[0])
    token = await first.form_token()
    sent = {"form_token": token, "kind": "roll-change", "reason": "Muutto.", "scope": "all"}
    answer = await first.bring(f"{at_desk(sealed)}/propose", sent, {"r.csv": whole})
    assert answer.status_code == 303
    facts = re.findall(r"<dt>(.*?)</dt>\s*<dd>(\d+)</dd>", (await first.get(at_desk(sealed))).text)
    assert [figure for _, figure in facts] == ["1", "1", "1", "2"], facts
    assert len(await rows_of(hall, "roll_person")) == 2, "nothing is done before two signed"
    assert "satama" in "".join(await rows_of(hall, "roll_person"))
    assert await both_sign(hall, pair, at_desk(sealed)) == [303, 303]
    assert "satama" not in "".join(await rows_of(hall, "roll_person"))
    assert {row.split(",")[3] for row in await rows_of(hall, "roll_person")} == {"b", "c"}
    assert all(row.count("anchor") == 0 for row in await rows_of(hall, "proposal"))
    async with hall.desk.writing() as session:
        assert {each.carried for each in await proposals_of(session, [sealed])} == {None}


async def test_a_change_of_the_roll_that_others_overtook_is_not_done(
    hall: Hall, pair: tuple[Person, Person], sealed: ElectionId
) -> None:
    one = (HEADER + "a;1980;satama;fi\n").encode()
    first = await seat(hall, pair[0])
    token = await first.form_token()
    sent = {"form_token": token, "kind": "roll-change", "reason": "Muutto.", "scope": "some"}
    await first.bring(f"{at_desk(sealed)}/propose", sent, {"r.csv": one})
    async with hall.desk.writing() as session:
        await session.execute(
            text(
                "insert into roll_person (id, election_id, anchor_scheme, anchor, birth_year,"
                " area_code, language) values (:id, :election, 'register-row', 'a', 1980,"
                " 'satama', 'fi')"
            ),
            {"id": uuid4(), "election": sealed},
        )
    assert await both_sign(hall, pair, at_desk(sealed)) == [303, 409]


async def test_a_roll_with_a_fault_is_not_proposed(
    hall: Hall, pair: tuple[Person, Person], sealed: ElectionId
) -> None:
    for scope, file in (
        ("some", b"anchor\n1\n"),
        ("some", b"\xff\xfe"),
        ("all", b""),
        ("some", HEADER.encode()),
    ):
        bad = {"r.csv": file}
        assert await act(hall, pair, sealed, "roll-change", {"scope": scope}, bad) == [409], file
    assert await rows_of(hall, "roll_person") == await rows_of(hall, "proposal") == []


async def test_nobody_is_taken_off_the_roll_once_voting_is_open(
    hall: Hall, pair: tuple[Person, Person], sealed: ElectionId
) -> None:
    for kind in ("rehearse", "open"):
        assert await act(hall, pair, sealed, kind) == DONE
    file = {"r.csv": (HEADER + "a;1980;satama;fi\n").encode()}
    assert await act(hall, pair, sealed, "roll-change", {"scope": "all"}, file) == [409]
    assert await act(hall, pair, sealed, "roll-change", {"scope": "some"}, file) == DONE


async def ceremony(hall: Hall, election_id: ElectionId, folder: Path) -> dict[str, bytes]:
    """Count the ballots with the trustees' keys, and give the public files."""
    async with hall.desk.writing() as session:
        found = await log.election_of(session, election_id)
        await box_exported(session, found, folder, checkpoint="")
    box, sealed = box_read(folder), made_trustees(2, 3, election_id)
    opener = Opener(tally_key(box.setup, sealed.keys[:2]))
    done = tallied(
        box,
        open_=open_with(opener, box.epochs()),
        shuffle=np.ndarray.sort,
        trustees=[key.name for key in sealed.keys[:2]],
    )
    return {file.name: file.body for file in done.files}


async def test_t17_an_election_goes_to_its_end_at_the_desk(
    hall: Hall, pair: tuple[Person, Person], sealed: ElectionId, tmp_path: Path
) -> None:
    for kind in ("rehearse", "open"):
        assert await act(hall, pair, sealed, kind) == DONE
    opened = await election(hall, sealed)
    for _ in range(3):
        cast = a_cast(opened, projects=[number(1)])
        assert isinstance(await hall.app.state.house.door.cast(cast, hall.clock.at), Recorded)
    for kind in ("close", "reconcile"):
        assert await act(hall, pair, sealed, kind) == DONE
    files = await ceremony(hall, sealed, tmp_path / "box")
    altered = files | {"result.json": files["result.json"].replace(b"3", b"4")}
    assert await act(hall, pair, sealed, "tally", {}, altered) == [409]
    assert await act(hall, pair, sealed, "tally", {}, {"../transcript.json": b"{}"}) == [409]
    assert await act(hall, pair, sealed, "tally", {"folder": "../keys"}) == [409]
    assert (await election(hall, sealed)).state is ElectionState.RECONCILING
    assert await act(hall, pair, sealed, "tally", {}, files) == DONE
    assert (await election(hall, sealed)).state is ElectionState.TALLIED
    result = await hall.browser().get("/fi/koe/sinetti/results")
    assert result.status_code == 200
    assert await act(hall, pair, sealed, "final") == DONE
    assert await act(hall, pair, sealed, "destroy") == [303, 303, 409], "the appeals are not over"
    first = await seat(hall, pair[0])
    token = await first.form_token()
    await first.send(await first.offered_withdrawal(at_desk(sealed)), form_token=token)
    hall.clock.at = CLOSES + timedelta(days=31)
    assert await act(hall, pair, sealed, "destroy") == DONE
    assert (await election(hall, sealed)).state is ElectionState.KEYS_DESTROYED
    with pytest.raises(NoKeys):
        keys_for(hall.settings.keys_folder, sealed)
    assert await act(hall, pair, sealed, "destroy") == [409]


async def test_t17_a_count_that_lies_in_a_folder_is_offered_and_published(
    hall: Hall, pair: tuple[Person, Person], sealed: ElectionId, tmp_path: Path
) -> None:
    for kind in ("rehearse", "open"):
        assert await act(hall, pair, sealed, kind) == DONE
    cast = a_cast(await election(hall, sealed), projects=[number(1)])
    assert isinstance(await hall.app.state.house.door.cast(cast, hall.clock.at), Recorded)
    for kind in ("close", "reconcile"):
        assert await act(hall, pair, sealed, kind) == DONE
    folder = hall.settings.home / "ceremonies" / "laskenta"
    folder.mkdir(parents=True)
    for name, body in (await ceremony(hall, sealed, tmp_path / "box")).items():
        (folder / name).write_bytes(body)
    first = await seat(hall, pair[0])
    assert 'value="laskenta"' in (await first.get(at_desk(sealed))).text
    token = await first.form_token()
    sent = {"form_token": token, "kind": "tally", "reason": "Laskettu.", "folder": "laskenta"}
    assert (await first.send(f"{at_desk(sealed)}/propose", **sent)).status_code == 303
    shown = (await first.get(at_desk(sealed))).text
    assert "Aino, Björn" in shown, "who opened is said"
    assert "1. Se, jolle on sanottu mitä merkitä" in shown, "a ballot like no other is agreed to"
    (folder / "transcript.json").write_bytes(b"{}")
    assert await both_sign(hall, pair, at_desk(sealed)) == [303, 409], "altered meanwhile"
    assert (await election(hall, sealed)).state is ElectionState.RECONCILING


async def test_t17_an_act_out_of_its_phase_is_answered_409_and_nothing_changed(
    hall: Hall, pair: tuple[Person, Person], sealed: ElectionId
) -> None:
    for kind in ("rehearse", "open"):
        assert await act(hall, pair, sealed, kind) == DONE
    tables = ("election", "act", "proposal", "roll_person", "board_leaf")
    before = [await rows_of(hall, table) for table in tables]
    for kind in ("amend", "roll-change", "tally", "final", "destroy", "freeze"):
        assert await act(hall, pair, sealed, kind, {}, {"r.csv": b"nothing"}) == [409], kind
        assert [await rows_of(hall, table) for table in tables] == before, kind


async def test_a_registrar_signs_changes_of_the_roll_and_nothing_else(
    hall: Hall, pair: tuple[Person, Person], sealed: ElectionId
) -> None:
    registrar = await hall.official("Rauni", roles=frozenset({OfficialRole.REGISTRAR_OFFICER}))
    both = (pair[0], registrar)
    file = {"r.csv": (HEADER + "a;1980;satama;fi\n").encode()}
    assert await act(hall, both, sealed, "roll-change", {"scope": "some"}, file) == DONE
    first = await seat(hall, pair[0])
    await first.propose(at_desk(sealed), "rehearse")
    page = (await (await hall.at_desk(registrar)).get(at_desk(sealed))).text
    assert "data-options" not in page
    offered = await first.offered(at_desk(sealed))
    browser = await hall.at_desk(registrar)
    answer = await browser.sign(offered, asserted(registrar.key, offered.challenge, PARTY))
    assert answer.status_code == 409


async def test_a_sent_file_is_bounded_and_unread_from_whoever_is_not_signed_in(
    hall: Hall, sealed: ElectionId
) -> None:
    stranger = hall.browser()
    answer = await stranger.bring(f"{at_desk(sealed)}/propose", {}, {"r.csv": b"x" * 100_000})
    assert answer.status_code == 401
    elsewhere = await stranger.bring(f"{DESK}/keys", {}, {"r.csv": b"x" * 100_000})
    assert elsewhere.status_code == 413
