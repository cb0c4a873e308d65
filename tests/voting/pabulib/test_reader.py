"""Reading: the format's pitfalls are understood, and what is wrong is named with its line."""

import gzip
import io
from fractions import Fraction
from pathlib import Path

import pytest

from talkoot.base.errors import BadFile
from talkoot.voting.pabulib import PbVoteType, problem_from, read_pb, sections
from talkoot.voting.tally import tally_of

DATA = Path(__file__).resolve().parents[2] / "data"
GOOD = (DATA / "harbour.pb").read_text("utf-8")


def changed(old: str, new: str, text: str = GOOD) -> bytes:
    assert old in text
    return text.replace(old, new, 1).encode()


def line_of(text: str, words: str) -> int:
    return text[: text.index(words)].count("\n") + 1


def test_a_file_is_read_with_its_quotes_numbers_and_lines() -> None:
    pb = read_pb(GOOD.encode())
    assert pb.vote_type is PbVoteType.APPROVAL
    assert pb.budget == Fraction(2001, 2)
    assert [project.id for project in pb.projects] == ["10", "2", "S/3", "7", "8"]
    assert pb.projects[0].name == 'Jetty; with a "bench"'
    assert pb.projects[0].line == line_of(GOOD, "10;400.25")
    assert pb.votes.lines[0] == line_of(GOOD, "vote1;")
    assert pb.votes.column("voter_id")[-1] == "projects"
    assert pb.ballots == 8
    assert pb.remarks == ()


def test_the_counts_are_those_of_the_files_own_columns() -> None:
    for name in ("harbour", "points", "ranking"):
        pb = read_pb((DATA / f"{name}.pb").read_bytes())
        tally = problem_from(pb).tally
        assert tally.votes == tuple(int(project.columns["votes"]) for project in pb.projects)
        if "score" in pb.projects[0].columns:
            assert tally.score == tuple(int(project.columns["score"]) for project in pb.projects)


def test_the_old_dialect_is_read_without_meta_header_with_mixed_line_ends_and_decimal_comma() -> (
    None
):
    pb = read_pb((DATA / "old_dialect.pb").read_bytes())
    assert pb.budget == Fraction(201, 2)
    assert tally_of(problem_from(pb).profile).votes == (2, 2)
    assert pb.votes.column("age") == ("30", "41", "")
    assert any("country" in remark.words for remark in pb.remarks)


def test_a_byte_order_mark_and_parts_of_a_cent_are_no_obstacle() -> None:
    pb = read_pb((DATA / "parts_of_a_cent.pb").read_bytes())
    problem = problem_from(pb)
    assert problem.unit == 200
    assert Fraction(problem.budget, problem.unit) == Fraction("1000.125")


def test_a_compressed_file_is_the_same_file() -> None:
    assert read_pb(gzip.compress(GOOD.encode())).counts == read_pb(GOOD.encode()).counts


def test_a_repeated_project_counts_once_and_is_remarked_on() -> None:
    pb = read_pb(changed("vote3;10", "vote3;10,10,2,10"))
    assert [remark.line for remark in pb.remarks] == [line_of(GOOD, "vote3;")]
    assert "project 10" in pb.remarks[0].words
    assert tally_of(problem_from(pb).profile).votes == (5, 6, 4, 2, 1)


def test_points_given_twice_to_one_project_are_added() -> None:
    text = (DATA / "points.pb").read_text("utf-8")
    pb = read_pb(changed("1;a,b;3,2", "1;a,b,b;3,1,1", text))
    assert tally_of(problem_from(pb).profile).score == (8, 6, 2)


def test_an_empty_ballot_is_a_ballot() -> None:
    pb = read_pb(changed("vote3;10", "vote3;"))
    assert tally_of(problem_from(pb).profile).ballots == 8


def test_blanks_around_cells_and_items_mean_nothing() -> None:
    pb = read_pb(changed("vote1;10,2", " vote1 ; 10 , 2 "))
    assert pb.counts.keys() != read_pb(GOOD.encode()).counts.keys()
    assert problem_from(pb).profile == problem_from(read_pb(GOOD.encode())).profile


WRONG = [
    ("budget;1000.50\n", "", "META has no budget", 1),
    ("vote_type;approval", "vote_type;dots", "unknown vote_type 'dots'", 10),
    ("budget;1000.50", "budget;lots", "not an amount", 9),
    ("budget;1000.50", "budget;1e9", "not an amount", 9),
    ("budget;1000.50", "budget;-5", "not an amount", 9),
    ("unit;Satamala", "budget;7", "budget is there twice", 9),
    ("num_votes;8", "num_votes;9", "num_votes 9, the file holds 8", 8),
    ("num_projects;5", "num_projects;4", "num_projects 4, the file holds 5", 7),
    ("num_projects;5", "num_projects;five", "not a whole number", 7),
    ("7;200.00", "10;200.00", "project 10 is there twice", 23),
    ("7;200.00", "7;free", "not an amount", 23),
    ("7;200.00;2;Bird tower;1", "7;200;2;Bird;1;x", "6 cells under 5 columns", 23),
    ("vote3;10", "vote3;11", "unknown project '11'", 29),
    ("vote3;10", "vote3;10,,2", "unknown project ''", 29),
    ("vote3;10", "vote2;10", "voter vote2 is there twice", 29),
    ("vote3;10", "vote3", "cut off before its vote", 29),
    ("vote3;10", ";10", "a voter has no number", 29),
    ("PROJECTS\n", "VOTES\n", "VOTES where PROJECTS should be", 18),
    ("VOTES\nvoter_id;vote\n", "META\nkey;value\n", "META is there twice", 25),
    ("voter_id;vote\n", "voter_id;choice\n", "no column vote", 26),
    ("project_id;cost", "project_id;price", "no column cost", 19),
    ("project_id;cost;votes", "project_id;cost;cost", "a column is there twice", 19),
    ('"Jetty; with a ""bench"""', '"Jetty', "cells cannot be told apart", 20),
    ("META\n", "x;y\nMETA\n", "does not begin with META", 1),
    ("project_id;cost;votes", "cost;project_id;votes", "'S/3' is not an amount", 22),
    ("project_id;cost;votes", "cost;votes;project_id", "not an amount", 22),
    ("project_id;cost;votes;name", "cost;votes;name;project_id\n1", "a project's number has", 20),
]


@pytest.mark.parametrize(("old", "new", "reason", "line"), WRONG)
def test_what_is_wrong_is_named_with_its_line(old: str, new: str, reason: str, line: int) -> None:
    with pytest.raises(BadFile) as caught:
        read_pb(changed(old, new))
    assert reason in caught.value.reason
    assert caught.value.line == line


def test_a_missing_section_is_named() -> None:
    with pytest.raises(BadFile, match="VOTES is missing"):
        read_pb(GOOD[: GOOD.index("VOTES")].encode())
    with pytest.raises(BadFile, match="META is missing"):
        read_pb(b"")


def test_a_choose_1_ballot_with_two_projects_is_refused() -> None:
    with pytest.raises(BadFile, match="2 projects on a choose-1 ballot"):
        read_pb(changed("vote_type;approval", "vote_type;choose-1"))


def test_points_that_do_not_fit_the_projects_are_refused() -> None:
    text = (DATA / "points.pb").read_text("utf-8")
    with pytest.raises(BadFile, match="2 projects and 1 points") as caught:
        read_pb(changed("1;a,b;3,2", "1;a,b;3", text))
    assert caught.value.line == line_of(text, "1;a,b")
    with pytest.raises(BadFile, match="need a column points"):
        read_pb(changed("voter_id;vote;points", "voter_id;vote;marks", text))


def test_a_compressed_file_cut_off_is_refused() -> None:
    packed = gzip.compress(GOOD.encode())
    with pytest.raises(BadFile, match="cut off"):
        read_pb(packed[:-40])


def test_a_damaged_compressed_file_is_refused() -> None:
    packed = bytearray(gzip.compress(GOOD.encode()))
    packed[20] ^= 0xFF
    with pytest.raises(BadFile, match=r"damaged|cut off"):
        read_pb(bytes(packed))


def test_text_that_is_not_utf_8_is_refused_with_its_line() -> None:
    with pytest.raises(BadFile, match="not UTF-8") as caught:
        read_pb(GOOD.encode().replace(b"Sauna", b"S\xe4una"))
    assert caught.value.line == line_of(GOOD, "Sauna")


def test_a_file_that_unpacks_beyond_all_measure_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sections, "MAX_BYTES", 2**20)
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb") as out:
        out.write(bytes(2**21))
    with pytest.raises(BadFile, match="more than 1 MiB"):
        read_pb(packed.getvalue())
