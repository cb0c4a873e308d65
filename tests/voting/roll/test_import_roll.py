"""Importing a roll: each fault with its line and reason, all or nothing, as often as one likes."""

import csv
import io
import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from talkoot.base.db import WriteSession
from talkoot.base.ids import AreaCode, ElectionId
from talkoot.voting.roll import RollFault, RollReport, import_roll
from talkoot.voting.roll.roll_file import BYTES_MAX, roll_file
from tests.voting.roll.conftest import AREAS, AT, an_election, roll_of

HEADER = "anchor;birth_year;area;language"
GOOD = "A1;1950;north;fi"
PERSONS = text(
    "select anchor, birth_year, area_code, language from roll_person"
    " where election_id = :election order by anchor"
)


async def imported(session: WriteSession, election_id: ElectionId, body: bytes) -> RollReport:
    return await import_roll(session, body, election_id=election_id, areas=AREAS, at=AT)


async def persons(session: WriteSession, election_id: ElectionId) -> list[tuple[str, ...]]:
    rows = await session.execute(PERSONS, {"election": election_id})
    return [tuple(map(str, row)) for row in rows]


def faults_of(*rows: str, header: str = HEADER) -> list[tuple[int, str]]:
    body = "\n".join((header, *rows)).encode()
    return [(f.line, f.reason) for f in roll_file(body, areas=AREAS, at=AT).faults]


@pytest.mark.parametrize(
    "body",
    [
        f"{HEADER}\nA1;1950;north;fi\nÅ2;2008;south;se\n",
        f"\ufeff{HEADER}\r\nA1;1950;north;fi\r\nÅ2;2008;south;se\r\n",
        "language,area,anchor,birth_year\nFI,north,A1,1950\nse,south,A\u030a2,2008",
        f'{HEADER.upper()}\n\n"A1"; 1950 ;north;fi\n;;;\n\nÅ2;2008;south;se\n\n',
    ],
    ids=["plain", "with a mark and Windows line ends", "commas, another order", "quotes, gaps"],
)
async def test_the_same_roll_written_differently_is_the_same_roll(
    session: WriteSession, body: str
) -> None:
    election_id = await an_election(session)
    assert await imported(session, election_id, body.encode()) == RollReport(rows=2, added=2)
    assert await persons(session, election_id) == [
        ("A1", "1950", "north", "fi"),
        ("Å2", "2008", "south", "se"),
    ]


async def test_again_the_same_file_changes_nothing(session: WriteSession) -> None:
    election_id = await an_election(session)
    body = roll_of(300)
    assert await imported(session, election_id, body) == RollReport(rows=300, added=300)
    before = await persons(session, election_id)
    assert await imported(session, election_id, body) == RollReport(rows=300, unchanged=300)
    assert await persons(session, election_id) == before


async def test_a_changed_file_says_what_it_changed_and_keeps_whom_it_does_not_name(
    session: WriteSession,
) -> None:
    election_id = await an_election(session)
    await imported(session, election_id, f"{HEADER}\nA;1950;north;fi\nB;1951;north;fi".encode())
    body = f"{HEADER}\nB;1951;south;fi\nC;1952;north;sv\n".encode()
    assert await imported(session, election_id, body) == RollReport(rows=2, added=1, changed=1)
    assert await persons(session, election_id) == [
        ("A", "1950", "north", "fi"),
        ("B", "1951", "south", "fi"),
        ("C", "1952", "north", "sv"),
    ]


async def test_two_elections_have_two_rolls(session: WriteSession) -> None:
    first, second = await an_election(session), await an_election(session)
    for election_id in (first, second):
        assert (await imported(session, election_id, roll_of(5))).added == 5


async def test_one_fault_and_nothing_is_imported(session: WriteSession) -> None:
    election_id = await an_election(session)
    body = roll_of(500) + b"X;1950;west;fi\n"
    report = await imported(session, election_id, body)
    assert report == RollReport(
        rows=501, faults=(RollFault(line=502, reason="there is no area 'west'"),)
    )
    assert await persons(session, election_id) == []


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (";1950;north;fi", "the anchor is missing"),
        ("  ;1950;north;fi", "the anchor is missing"),
        ("A1;1951;south;sv", "the anchor is the same as in line 2"),
        (f"{'9' * 129};1950;north;fi", "the anchor has 129 characters: more than 128"),
        (f"{'9' * 257};1950;north;fi", "the anchor has 257 characters: more than 256"),
        ("B\0;1950;north;fi", "the anchor holds the hidden character U+0000"),
        ("B\u202eC;1950;north;fi", "the anchor holds the hidden character U+202E"),
        ('"B\nC";1950;north;fi', "the anchor holds the hidden character U+000A"),
        ("B;195;north;fi", "the birth year '195' is not a year of four digits"),
        ("B;;north;fi", "the birth year (empty) is not a year of four digits"),
        ("B;nineteen;north;fi", "the birth year 'nineteen' is not a year of four digits"),
        ("B;1950.0;north;fi", "the birth year '1950.0' is not a year of four digits"),
        ("B;-950;north;fi", "the birth year '-950' is not a year of four digits"),
        ("B;١٩٥٠;north;fi", "the birth year '١٩٥٠' is not a year of four digits"),
        ("B;30.2.1950;north;fi", "the birth year '30.2.1950' is not a year of four digits"),
        ("B;0000;north;fi", "the birth year 0 is more than 115 years ago"),
        ("B;1910;north;fi", "the birth year 1910 is more than 115 years ago"),
        ("B;1826;north;fi", "the birth year 1826 is more than 115 years ago"),
        ("B;2027;north;fi", "the birth year 2027 is in the future"),
        ("B;1950;west;fi", "there is no area 'west'"),
        ("B;1950;North;fi", "there is no area 'North'"),
        ("B;1950;;fi", "there is no area (empty)"),
        ("B;1950;north;de", "the language 'de' is none of fi, sv, en, se"),
        ("B;1950;north;", "the language (empty) is none of fi, sv, en, se"),
        ("B;1950;north", "the row has 3 of 4 cells"),
        ("B;1950;north;fi;x", "the row has 5 of 4 cells"),
        ("B,1950,north,fi", "the row has 1 of 4 cells"),
    ],
)
def test_a_bad_row_is_named_by_line_and_reason(row: str, reason: str) -> None:
    assert faults_of(GOOD, row, "Z;1950;north;fi") == [(3, reason)]


@pytest.mark.parametrize("year", ["1911", "2026"])
def test_the_oldest_and_the_youngest_are_on_the_roll(year: str) -> None:
    assert faults_of(f"B;{year};north;fi") == []


def test_every_bad_row_is_reported_at_its_own_line() -> None:
    rows = (";1950;north;fi", GOOD, "", '"Q\nR";1950;north;fi', "B;1850;north;fi", GOOD)
    assert [line for line, _ in faults_of(*rows)] == [2, 5, 7, 8]


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("anchor;area;language", "the header lacks birth_year"),
        ("anchor\tbirth_year\tarea\tlanguage", "the header lacks anchor, birth_year, area"),
        (f"{HEADER};name;hetu", "the roll takes no other columns: remove 'name', 'hetu'"),
        (f"{HEADER};", "the roll takes no other columns: remove (empty)"),
        (f"{HEADER};area", "the header names a column twice"),
    ],
)
def test_a_bad_header_is_named(header: str, reason: str) -> None:
    ((line, found),) = faults_of(GOOD, header=header)
    assert line == 1
    assert found.startswith(reason)


def test_rows_without_a_header_are_named_as_such() -> None:
    assert faults_of(GOOD, header="") == [
        (2, "the header lacks anchor, birth_year, area, language")
    ]


def test_a_file_that_is_not_utf8_says_in_which_line() -> None:
    body = f"{HEADER}\n{GOOD}\nÄ2;1950;north;fi\n".encode("iso-8859-1")
    (fault,) = roll_file(body, areas=AREAS, at=AT).faults
    assert fault == RollFault(
        line=3, reason="this is not UTF-8: save the file as UTF-8 and try again"
    )


def test_a_quote_that_never_ends_is_a_fault_of_its_line() -> None:
    ((line, reason),) = faults_of(GOOD, '"B;1950;north;fi', "C;1950;north;fi")
    assert line == 3
    assert reason.startswith("from here on the file cannot be read")


@pytest.mark.parametrize("body", [b"", HEADER.encode(), f"{HEADER}\n\n;;;\n".encode()])
def test_a_file_without_persons_is_refused(body: bytes) -> None:
    (fault,) = roll_file(body, areas=AREAS, at=AT).faults
    assert fault.line in {0, 1}


def test_a_file_beyond_the_limit_is_refused_unread() -> None:
    (fault,) = roll_file(bytes(BYTES_MAX + 1), areas=AREAS, at=AT).faults
    assert fault == RollFault(line=0, reason="the file is larger than 64 MiB")


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda words: words.encode("utf-8")))
def test_whatever_the_file_holds_it_gets_an_answer(rest: bytes) -> None:
    file = roll_file(f"{HEADER}\n".encode() + rest, areas=AREAS, at=AT)
    assert file.faults or file.persons


@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20),
        st.tuples(
            st.integers(1911, 2026), st.sampled_from(AREAS), st.sampled_from(["fi", "sv", "se"])
        ),
        min_size=1,
    )
)
def test_what_a_csv_writer_writes_is_read_back(
    rows: dict[str, tuple[int, AreaCode, str]],
) -> None:
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(HEADER.split(";"))
    unique = {unicodedata.normalize("NFC", anchor): row for anchor, row in rows.items()}
    writer.writerows((anchor, *row) for anchor, row in unique.items())
    file = roll_file(table.getvalue().encode(), areas=AREAS, at=AT)
    assert file.faults == ()
    read = {p.anchor: (p.birth_year, p.area, p.language.value) for p in file.persons}
    assert read == unique


def test_which_year_it_is_is_given() -> None:
    body = f"{HEADER}\nB;2027;north;fi".encode()
    assert roll_file(body, areas=AREAS, at=datetime(2027, 1, 1, tzinfo=UTC)).faults == ()


@pytest.mark.full
async def test_a_town_of_100_000_voters_is_imported_whole(session: WriteSession) -> None:
    election_id = await an_election(session)
    body = roll_of(100_000)
    assert await imported(session, election_id, body) == RollReport(rows=100_000, added=100_000)
    assert await imported(session, election_id, body) == RollReport(rows=100_000, unchanged=100_000)
