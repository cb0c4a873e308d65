"""Shards: the same entries give the same bytes, and whatever is wrong is named."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talkoot.voting.ballot import BallotDefinition, Entry, VoteType
from talkoot.voting.cluster import (
    MANIFEST,
    BadShard,
    Manifest,
    Place,
    counted_here,
    manifest_of,
    shard_jobs,
    shard_read,
)
from talkoot.voting.dedup import EntryColumns, settle, settled
from talkoot.voting.log import CHANNELS
from talkoot.voting.results import (
    Count,
    counted,
    files_of,
    finished,
    partition_counted,
    partition_from,
)
from tests.voting.cluster.made_up import (
    HEAD,
    a_folder,
    a_key,
    a_large_definition,
    a_small_folder,
    entries_of_some,
    random_partition,
)
from tests.voting.results.made_up import RULES, a_definition, an_entry, elections

Arrays = dict[str, npt.NDArray[np.generic]]


def recount(folder: Path) -> Count:
    manifest = manifest_of(folder)
    return finished(counted_here(shard_jobs(manifest), one_done=lambda: None), manifest.definition)


def public(count: Count, definition: BallotDefinition) -> list[bytes]:
    return [file.body for file in files_of(definition, HEAD, count)]


def whole(entries: list[Entry], definition: BallotDefinition) -> list[bytes]:
    """The public files as one machine counts them, in one go."""
    return public(counted(partition_from(entries, definition), definition), definition)


@pytest.mark.parametrize("parts", [1, 2, 7, 64])
def test_any_number_of_parts_gives_the_bytes_of_one(tmp_path: Path, parts: int) -> None:
    definition = a_definition()
    entries = entries_of_some(definition, 40)
    manifest = a_folder(tmp_path / "shards", definition, entries, parts=parts)
    assert sum(shard.rows > 0 for shard in manifest.shards) > min(parts, 8) // 2
    assert public(recount(manifest.folder), definition) == whole(entries, definition)


@settings(max_examples=30)
@given(elections(), st.integers(1, 5), st.randoms(use_true_random=False))
def test_every_kind_of_election_is_the_same_in_parts(
    made: tuple[BallotDefinition, list[Entry]], parts: int, random: Random
) -> None:
    definition, entries = made
    spread = [
        an_entry(
            definition,
            entry.what,
            voter=a_key(int.from_bytes(entry.voter_key, "big")),
            submission=entry.submission_id.int,
            rank=entry.rank,
            round_=entry.round,
        )
        for entry in entries
    ]
    shuffled = random.sample(spread, len(spread))
    with TemporaryDirectory() as folder:
        manifest = a_folder(Path(folder) / "shards", definition, shuffled, parts=parts)
        assert public(recount(manifest.folder), definition) == whole(spread, definition)


@given(st.randoms(use_true_random=False))
@settings(max_examples=10)
def test_the_same_entries_in_any_order_give_the_same_shards(random: Random) -> None:
    definition = a_definition()
    entries = entries_of_some(definition, 20)
    with TemporaryDirectory() as folder:
        one = a_folder(Path(folder) / "one", definition, entries, parts=3)
        random.shuffle(entries)
        two = a_folder(Path(folder) / "two", definition, entries, parts=3)
    assert one.shards == two.shards


@pytest.mark.parametrize("vote_type", list(VoteType))
def test_what_is_written_is_read(tmp_path: Path, vote_type: VoteType) -> None:
    definition = a_definition(vote_type, RULES[0])
    entries = entries_of_some(definition, 12)
    manifest = a_folder(tmp_path / "shards", definition, entries, parts=1)
    place = Place(part=0, parts=1)
    found = shard_read(manifest.folder, manifest.shards[0], definition, place)
    given_ = partition_from(entries, definition)
    order = sorted(range(len(entries)), key=lambda row: (entries[row].voter_key, entries[row].hash))
    assert np.array_equal(found.entries.voter, given_.entries.voter[order])
    assert np.array_equal(found.entries.precedence, given_.entries.precedence[order])
    assert np.array_equal(found.entries.entry_hash, given_.entries.entry_hash[order])
    assert np.array_equal(found.faulty, given_.faulty[order])
    assert np.array_equal(found.channel, given_.channel[order])
    picked = given_.choices.rows(np.array(order))
    assert np.array_equal(found.choices.indptr, picked.indptr)
    assert np.array_equal(found.choices.items, picked.items)
    assert (found.choices.values is None) == (picked.values is None)
    if found.choices.values is not None and picked.values is not None:
        assert np.array_equal(found.choices.values, picked.values)


def damage(manifest: Manifest, part: int, change: Callable[[Arrays], None]) -> Path:
    """Change a shard's arrays, and list it as it is now, as whoever can write there could."""
    shard = manifest.shards[part]
    file = manifest.folder / shard.name
    with np.load(file, allow_pickle=False) as arrays:
        found = {name: arrays[name] for name in arrays.files}
    change(found)
    with file.open("wb") as out:
        np.savez(out, allow_pickle=False, **found)
    relist(manifest.folder, part, file.read_bytes())
    return file


def relist(folder: Path, part: int, body: bytes) -> None:
    listed = json.loads((folder / MANIFEST).read_bytes())
    sha256 = hashlib.sha256(body).hexdigest()
    listed["shards"][part] |= {"bytes": len(body), "sha256": sha256}
    (folder / MANIFEST).write_text(json.dumps(listed))


def put(name: str, at: int | tuple[int, ...], value: int) -> Callable[[Arrays], None]:
    def change(arrays: Arrays) -> None:
        arrays[name][at] = value

    return change


def cut(name: str, *axes: slice) -> Callable[[Arrays], None]:
    def change(arrays: Arrays) -> None:
        arrays[name] = arrays[name][axes]

    return change


def as_kind(name: str, kind: str) -> Callable[[Arrays], None]:
    def change(arrays: Arrays) -> None:
        arrays[name] = arrays[name].astype(kind)

    return change


def without(name: str) -> Callable[[Arrays], None]:
    def change(arrays: Arrays) -> None:
        del arrays[name]

    return change


def values(first: int) -> Callable[[Arrays], None]:
    def change(arrays: Arrays) -> None:
        arrays["values"] = np.ones(len(arrays["items"]), dtype=np.int32)
        put("values", 0, first)(arrays)

    return change


def a_row_with_two_marks(arrays: Arrays) -> int:
    return int(np.flatnonzero(np.diff(arrays["indptr"].astype(np.int64)) == 2)[0])


def repeats_a_project(arrays: Arrays) -> None:
    at = int(arrays["indptr"].astype(np.int64)[a_row_with_two_marks(arrays)])
    arrays["items"][at + 1] = arrays["items"][at]


FAULTS = {
    "a key of wrong length": (
        cut("voter", slice(None), slice(15)),
        r"voter: uint8 \(\d+, 15\), and uint8 \(\d+, 16\) is wanted",
    ),
    "a key of another part": (
        put("voter", (2, 0), 255),
        "row 2, voter: is a key that part 1 must not hold",
    ),
    "a hash of wrong length": (cut("entry_hash", slice(None), slice(31)), "entry_hash: uint8"),
    "rows too few": (cut("order", slice(-1)), r"order: uint64 \(\d+,\), and uint64"),
    "rows of another kind": (as_kind("order", "int64"), "order: int64"),
    "an unknown channel": (put("channel", 3, len(CHANNELS)), "row 3, channel: names an unknown"),
    "faulty or not": (put("faulty", 1, 2), "row 1, faulty: is neither 0 nor 1"),
    "an indptr that falls": (put("indptr", 2, -1), "row 1, indptr: falls"),
    "an indptr from elsewhere": (put("indptr", 0, 1), "row 0, indptr: begins with 1"),
    "an indptr beyond the marks": (put("indptr", -1, 10**6), "items: uint16"),
    "a project out of range": (put("items", 0, 5), "row 0, items: names a project beyond 4"),
    "a project named twice": (repeats_a_project, r"row \d+, items: does not rise"),
    "points below nothing": (values(-1), "row 0, values: is below 0"),
    "points of 64 bits": (
        lambda arrays: arrays.update(values=np.ones(len(arrays["items"]), dtype=np.int64)),
        r"values: int64 \(\d+,\), and int32",
    ),
    "no keys": (without("voter"), "voter: the column is missing"),
    "no marks": (without("items"), "items: the column is missing"),
    "another election": (put("definition", 0, 0), "definition: .* is another election"),
    "another part": (put("place", 0, 0), "place: part 0 of 3, and part 1 of 3 is wanted"),
    "cut into other parts": (put("place", 1, 4), "place: part 1 of 4, and part 1 of 3 is wanted"),
}


@pytest.mark.parametrize(("change", "words"), FAULTS.values(), ids=FAULTS.keys())
def test_whatever_is_wrong_in_a_shard_is_named_with_file_row_and_field(
    tmp_path: Path, change: Callable[[Arrays], None], words: str
) -> None:
    manifest = a_small_folder(tmp_path / "shards")
    file = damage(manifest, 1, change)
    with pytest.raises(BadShard, match=words) as raised:
        recount(manifest.folder)
    assert str(raised.value).startswith(str(file))


def test_a_spoiled_ballot_with_marks_is_named(tmp_path: Path) -> None:
    manifest = a_small_folder(tmp_path / "shards")

    def change(arrays: Arrays) -> None:
        put("faulty", a_row_with_two_marks(arrays), 1)(arrays)

    damage(manifest, 1, change)
    with pytest.raises(BadShard, match=r"row \d+, faulty: says spoiled, and the ballot has marks"):
        recount(manifest.folder)


def test_a_shard_that_is_cut_short_says_so(tmp_path: Path) -> None:
    manifest = a_small_folder(tmp_path / "shards")
    file = manifest.folder / manifest.shards[2].name
    file.write_bytes(file.read_bytes()[:-40])
    with pytest.raises(BadShard, match=r"part-2\.npz is cut short: \d+ bytes, and \d+ are listed"):
        recount(manifest.folder)


def test_a_shard_with_one_other_bit_is_not_the_one_listed(tmp_path: Path) -> None:
    manifest = a_small_folder(tmp_path / "shards")
    file = manifest.folder / manifest.shards[0].name
    body = bytearray(file.read_bytes())
    body[len(body) // 2] ^= 1
    file.write_bytes(body)
    with pytest.raises(BadShard, match=r"part-0\.npz is not the one listed: its SHA-256 is"):
        recount(manifest.folder)


def test_a_missing_shard_is_named(tmp_path: Path) -> None:
    manifest = a_small_folder(tmp_path / "shards")
    (manifest.folder / manifest.shards[1].name).unlink()
    with pytest.raises(BadShard, match=r"part-1\.npz: No such file"):
        recount(manifest.folder)


def test_a_file_that_is_no_archive_is_named(tmp_path: Path) -> None:
    manifest = a_small_folder(tmp_path / "shards")
    (manifest.folder / manifest.shards[1].name).write_bytes(b"no archive")
    relist(manifest.folder, 1, b"no archive")
    with pytest.raises(BadShard, match=r"part-1\.npz is not an \.npz file"):
        recount(manifest.folder)


def test_no_shard_can_run_a_programme(tmp_path: Path) -> None:
    """Python's own pickles run what they say when they are read: they are not read."""
    manifest = a_small_folder(tmp_path / "shards")
    file = manifest.folder / manifest.shards[1].name
    with file.open("wb") as out:
        np.savez(out, voter=np.array([print], dtype=object))
    relist(manifest.folder, 1, file.read_bytes())
    with pytest.raises(BadShard, match=r"is not an \.npz file of arrays: Object arrays"):
        recount(manifest.folder)


def test_shards_of_two_elections_are_never_counted_together(tmp_path: Path) -> None:
    ours = a_small_folder(tmp_path / "ours")
    other = a_definition(rule=RULES[1])
    theirs = a_folder(tmp_path / "theirs", other, entries_of_some(other, 40), parts=3)
    name = ours.shards[1].name
    shutil.copy(theirs.folder / name, ours.folder / name)
    relist(ours.folder, 1, (ours.folder / name).read_bytes())
    with pytest.raises(BadShard, match="is another election or version of its ballot"):
        recount(ours.folder)


LISTS = {
    "another format": ({"format": "talkoot-shards/2"}, "format: 'talkoot-shards/2'"),
    "a part too few": ({"parts": 4}, "parts 0 to 3 are wanted, and it has 0, 1, 2"),
    "no shards": ({"shards": [], "parts": 0}, "parts 0 to -1 are wanted"),
    "another number of rows": ({"rows": 1}, "rows: 1, and the shards have"),
    "another hash": ({"definition_hash": "00" * 32}, "definition: ballot definition of election"),
    "no hash": ({"definition_hash": "zz"}, "definition: non-hexadecimal"),
    "another election": ({"election_id": "x"}, "election_id: x is not the definition's"),
    "a field too many": ({"colour": "blue"}, "is not a list of shards"),
}


@pytest.mark.parametrize(("fields", "words"), LISTS.values(), ids=LISTS.keys())
def test_whatever_is_wrong_in_the_list_is_named(
    tmp_path: Path, fields: dict[str, object], words: str
) -> None:
    folder = a_small_folder(tmp_path / "shards").folder
    listed = json.loads((folder / MANIFEST).read_bytes())
    (folder / MANIFEST).write_text(json.dumps(listed | fields))
    with pytest.raises(BadShard, match=rf"manifest\.json.*{words}"):
        manifest_of(folder)


def test_a_shard_is_a_file_of_its_own_folder(tmp_path: Path) -> None:
    folder = a_small_folder(tmp_path / "shards").folder
    listed = json.loads((folder / MANIFEST).read_bytes())
    listed["shards"][1]["name"] = "../part-1.npz"
    (folder / MANIFEST).write_text(json.dumps(listed))
    with pytest.raises(BadShard, match="part 1 names no file of this folder"):
        manifest_of(folder)


def test_a_folder_without_a_list_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadShard, match=r"manifest\.json: No such file"):
        manifest_of(tmp_path)


def test_a_list_that_is_no_json_is_named(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_bytes(b"\xff")
    with pytest.raises(BadShard, match="is not a list of shards"):
        manifest_of(tmp_path)


def test_the_list_says_that_the_shards_are_confidential(tmp_path: Path) -> None:
    folder = a_small_folder(tmp_path / "shards").folder
    assert json.loads((folder / MANIFEST).read_bytes())["confidential"].startswith("CONFIDENTIAL")
    modes = {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()}
    assert set(modes.values()) == {0o600}, modes


def test_a_range_of_voter_keys_needs_no_sorting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part's keys begin alike; settling by how they begin would fall back to a great sort."""
    partition = random_partition(np.random.default_rng(7), 20_000, Place(part=3, parts=1_000), 50)

    def sorts(_entries: EntryColumns) -> None:
        raise AssertionError("sorted")

    monkeypatch.setattr(settle, "settled_by_sorting", sorts)
    with pytest.raises(AssertionError, match="sorted"):
        settled(partition.entries)
    part = partition_counted(partition, a_large_definition())
    assert (part.entries, part.counted, part.superseded) == (20_000, 19_000, 1_000)
