"""Kernels and slow twin read every file alike: the same election or the same complaint."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talkoot.base.engine import Engine
from talkoot.base.errors import BadFile
from talkoot.voting.pabulib import PbElection, PbVoteType, columns, problem_from, read_pb
from talkoot.voting.pabulib.votes import ListedVotes, VoteColumns
from tests.shared_data import pabulib_folder
from tests.voting.pabulib.test_damage import damaged

DATA = Path(__file__).resolve().parents[2] / "data"

BLANKS = [
    "",
    " ",
    "\t",
    "\x0b",
    "\x1f",
    "\x85",
    "\xa0",
    "\u1680",
    "\u2003",
    "\u2029",
    "\u205f",
    "\u3000",
]
IDS = ["1", "12", "2", "L007", "é", "S/3", 'a"b', "ﬁ", "-5"]
WHOLES = ["0", "1", "7", "-3", "+4", "5.0", "6.000", "007", "123456789012345", "99999999999"]
ODD_NUMBERS = [
    "",
    "1.5",
    "1e3",
    "1234567890123456",
    "٣",
    "--1",
    "2.",
    "1.0000000000",
    ".0",
    "x",
    "+",
]
VOTERS = [
    "v",
    "é",
    "a b",
    "votes1",
    "META",
    'q"q',
    "x;y",
    "two\nlines",
    "one\rtwo\r\nthree",
    "\x00",
]
LOOSE = [
    "votes",
    " projecT\u017f ",
    '"META"',
    "vote\u017f;;",
    "votes;;x",
    "",
    ";",
    " ;\u2003",
    '"',
    '"a"b;1',
]


@st.composite
def cells(draw: st.DrawFn, vote_type: PbVoteType) -> tuple[str, str]:
    """The vote and points of one row, mostly right."""
    most = 1 if vote_type is PbVoteType.CHOOSE_1 and draw(st.integers(0, 9)) else 5
    named = draw(st.lists(st.sampled_from(IDS), max_size=most))
    wholes = st.sampled_from(WHOLES)
    points = [draw(wholes) for _ in named]
    match draw(st.integers(0, 30)):
        case 0:
            named.append(draw(st.sampled_from(["", "nobody", "1 2", "\u2003"])))
        case 1:
            points.append(draw(wholes | st.sampled_from(ODD_NUMBERS)))
        case 2 if points:
            points[0] = draw(st.sampled_from(ODD_NUMBERS))
        case _:
            pass
    return draw(joined(named)), draw(joined(points))


@st.composite
def joined(draw: st.DrawFn, items: list[str]) -> str:
    """Items with commas between and, now and then, blanks around."""
    blank = st.sampled_from(BLANKS) if draw(st.booleans()) else st.just("")
    return ",".join(draw(blank) + item + draw(blank) for item in items) or draw(blank)


@st.composite
def quoted(draw: st.DrawFn, cell: str) -> str:
    """A cell as it stands in a file, in quotes where it needs them and sometimes where not."""
    if draw(st.integers(0, 3)) and not set(cell) & set(';"\r\n'):
        return cell
    return '"' + cell.replace('"', '""') + '"'


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """A file in every dialect, mostly right."""
    vote_type = draw(st.sampled_from(PbVoteType))
    header = draw(st.permutations(["voter_id", "vote", "points", "age"]))
    rows = []
    number = draw(st.integers(0, 8))
    for at in range(number):
        vote, points = draw(cells(vote_type))
        name = draw(st.sampled_from(VOTERS)) + (str(at) if draw(st.integers(0, 15)) else "")
        row = {
            "voter_id": name,
            "vote": vote,
            "points": points,
            "age": draw(st.sampled_from(BLANKS)),
        }
        line = [draw(quoted(row[column])) for column in header]
        line += draw(st.lists(st.sampled_from(BLANKS), max_size=1))
        match draw(st.integers(0, 25)):
            case 0:
                line = line[: draw(st.integers(0, 3))]
            case 1:
                line += ["", "x"]
            case 2:
                line = [draw(st.sampled_from(LOOSE))]
            case _:
                pass
        rows.append(";".join(line))
    said = number if draw(st.integers(0, 9)) else number + 1
    ids = "".join(draw(quoted(id_)) + ";10\n" for id_ in IDS)
    head = f"num_projects;{len(IDS)}\nnum_votes;{said}\nbudget;100,5\nvote_type;{vote_type}\n"
    meta = draw(st.sampled_from(["META\nkey;value\n", "\ufeffmeta;;\n"]))
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    body = "".join(row + draw(st.sampled_from(["\n", "\r", "\r\n", "\n\n", end])) for row in rows)
    text = f"{meta}{head}PROJECTS\nproject_id;cost\n{ids}VOTES\n{';'.join(header)}{end}{body}"
    return (text if draw(st.integers(0, 4)) else text.removesuffix(end)).encode()


def answer(data: bytes, engine: Engine) -> PbElection | tuple[str, int]:
    try:
        return read_pb(data, engine=engine)
    except BadFile as err:
        return err.reason, err.line


def same_for_both(data: bytes) -> None:
    fast, slow = answer(data, Engine.KERNELS), answer(data, Engine.TWINS)
    if not isinstance(fast, PbElection) or not isinstance(slow, PbElection):
        assert fast == slow
        return
    assert isinstance(fast.votes, VoteColumns)
    assert isinstance(slow.votes, ListedVotes)
    for name in (
        "meta",
        "vote_type",
        "budget",
        "projects",
        "remarks",
        "marks",
        "counts",
        "ballots",
    ):
        assert getattr(fast, name) == getattr(slow, name), name
    for name in ("header", "rows", "lines", "cells"):
        assert getattr(fast.votes, name) == getattr(slow.votes, name), name
    for column in fast.votes.header:
        assert fast.votes.column(column) == slow.votes.column(column)
    assert problem_from(fast).profile == problem_from(slow).profile


@given(files())
@settings(max_examples=400, deadline=None)
def test_both_read_made_up_files_alike(data: bytes) -> None:
    same_for_both(data)


@given(damaged())
@settings(max_examples=300, deadline=None)
def test_both_read_damaged_files_alike(data: bytes) -> None:
    same_for_both(data)


@given(st.lists(st.sampled_from(LOOSE) | st.text(max_size=6), max_size=6))
@settings(max_examples=200, deadline=None)
def test_both_tell_titles_and_loose_cells_apart_alike(lines: list[str]) -> None:
    same_for_both(file_of("\n".join(lines)))


def file_of(votes: str, *, number: int = 1, vote_type: str = "approval", ids: str = "12") -> bytes:
    projects = "".join(f"{id_};10\n" for id_ in ids)
    meta = f"num_projects;{len(ids)}\nnum_votes;{number}\nbudget;5\nvote_type;{vote_type}\n"
    head = f"META\nkey;value\n{meta}PROJECTS\nproject_id;cost\n{projects}"
    return f"{head}VOTES\nvoter_id;vote;points\n{votes}".encode()


EDGES = {
    "a cell of as many characters as there may be": f"v;1;{'é' * 131_072}",
    "one character more": f"v;1;{'é' * 131_073}",
    "one more in quotes": f'v;1;"{"é" * 131_072}"""',
    "a quote that never closes": 'v;1\nw;"1\n2',
    "something after a quote": 'v;"1"2',
    "line ends in quotes": 'v;"1\r\n,\r2\n"',
    "a title in quotes with the long s": ' "vote\u017f" ;',
    "a title of another kind": "v;1\nmeta;;",
    "an empty ballot of a voter called like a title, with age": "votes;;x",
    "no ballots": "",
    "blank rows alone": ";;\n\r\n ;\n",
    "cut off after the voter": "v;1\nw",
    "cut off and repeated": "v;1\nv;1\nw",
    "too wide and then repeated": "v;1;;x\nv;1",
    "repeated and then too wide": "v;1\nv;1\nw;1;;x",
    "too wide with a quote": 'v;1;;"a""b"',
    "a NUL in a number": "v\x00;1",
    "no voter": "\u3000;1",
    "one voter with and without blanks": "v;1\n\u2003v\xa0;1",
}


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("votes", EDGES.values(), ids=EDGES.keys())
def test_both_read_odd_rows_alike(votes: str, number: int) -> None:
    same_for_both(file_of(votes, number=number))


@pytest.mark.parametrize(
    "points", [*WHOLES, *ODD_NUMBERS, "2147483647", "2147483648", "-2147483649"]
)
@pytest.mark.parametrize("vote_type", ["cumulative", "scoring"])
def test_both_read_points_of_every_size_alike(vote_type: str, points: str) -> None:
    same_for_both(file_of(f"v;1,2,1;{points},1,{points}", vote_type=vote_type))


def test_both_read_more_rows_than_one_block_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "BLOCK", 7)
    for number in (6, 7, 8, 14, 15):
        rows = "".join(f"v{at};{1 + at % 2},2\n" for at in range(number))
        same_for_both(file_of(rows, number=number))
        same_for_both(file_of(rows + "w;1;;x\n", number=number + 1))


def test_long_ballots_are_put_in_order() -> None:
    ids = "".join(map(chr, range(0x4E00, 0x4E00 + 500)))
    named = ",".join(ids[at * 7 % 500] for at in range(500))
    for vote_type in ("ordinal", "approval"):
        same_for_both(file_of(f"v;{named}", vote_type=vote_type, ids=ids))


@pytest.mark.parametrize("name", sorted(file.name for file in DATA.glob("*.pb")))
def test_both_read_our_own_files_alike(name: str) -> None:
    data = (DATA / name).read_bytes()
    same_for_both(data)
    same_for_both(gzip.compress(data))
    same_for_both(gzip.compress(data)[:-9])


@pytest.mark.full
def test_both_read_every_real_file_alike() -> None:
    for file in sorted(pabulib_folder().glob("*.pb*")):
        same_for_both(file.read_bytes())
