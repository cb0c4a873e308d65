"""Complete public folders of made-up elections, written from the description and by hand.

The ballots and the result are counted by the counting house; board, notes, acts and passkeys are
these tests' own, so that the reader is not tried against a twin of itself.
"""

import csv
import hashlib
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from talkoot.voting.ballot import BallotDefinition, Entry, VoteType
from talkoot.voting.log import definition_json
from talkoot.voting.pabulib import PbHead
from talkoot.voting.results import Count, counted, files_of, partition_from
from tests.verify.board import Altered, Board, Files, Town, plain, tagged, tree
from tests.voting.results.made_up import RULES, a_definition, an_entry, what_of

HEAD = PbHead(
    country="Finland",
    unit="Satamala",
    instance="2031",
    begin=date(2031, 3, 1),
    end=date(2031, 3, 14),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A folder, and what an observer kept: the keys, and the checkpoint at the opening."""

    files: Files
    keys: bytes
    since: bytes
    definition: BallotDefinition
    town: Town


SCRIPT = (
    *("freeze", "definition", "sealing", "devices", "rehearse", "open", "half", "close", "rest"),
    *("journal", "reconcile", "count", "tally", "result", "final", "destroy", "destruction"),
)
"""What happens, in order: acts, and what else comes on the board."""
OTHER = ("devices", "journal", "destruction")
AFTER = {
    "freeze": "frozen",
    "open": "open",
    "close": "closing",
    "reconcile": "reconciling",
    "tally": "tallied",
    "final": "final",
    "destroy": "keys_destroyed",
}


def unaltered(_: dict[str, Any]) -> None:
    """What an honest town does to its files before they go on the board."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lies:
    """What a town alters before it signs and publishes, so that every hash is right."""

    script: tuple[str, ...] = SCRIPT
    results: Altered = unaltered
    transcript: Altered = unaltered
    act: Altered = unaltered
    entries: Callable[[list[bytes]], list[bytes]] = list
    after_transcript: bytes = b""


def made(
    definition: BallotDefinition | None = None,
    entries: Sequence[Entry] | None = None,
    *,
    lies: Lies | None = None,
) -> Made:
    """Make the folder of an election that was counted and whose keys were destroyed."""
    definition = definition or a_definition(VoteType.APPROVAL, RULES[2])
    town, lies = Town(), lies or Lies()
    entries = some_entries(definition, 24) if entries is None else entries
    board = Board(town, definition, lies.act)
    hashes = sorted({bytes(entry.hash) for entry in entries})
    shown, since = lies.entries(hashes), b""
    count = counted(partition_from(list(entries), definition), definition)
    sealed, sealing = sealing_of(definition)
    files: Files = {"sealing.json": sealing}
    on_board = {"definition": definition.canonical, "sealing": sealed}
    on_board |= {step: json.dumps({"about": step}).encode() for step in OTHER}
    middle = len(shown) // 2
    ballots = {"half": shown[:middle], "rest": shown[middle:]}
    for step in lies.script:
        if step == "count":
            files |= results_of(definition, count, board.text, hashes, lies)
            board.record("transcript", files["result/transcript.json"])
            files["result/transcript.json"] += lies.after_transcript
            on_board["result"] = files["result/result.json"]
        elif step in ballots:
            for name in ballots[step]:
                board.add("ballot", name)
        elif step in on_board:
            board.record(step, on_board[step])
        else:
            board.act(step, AFTER.get(step, ""))
        since = town.note(board.text) if step == "open" else since
    stored = definition_json(definition) | {"hash": definition.hash.hex()}
    files |= {"definition.json": json.dumps(stored).encode(), **board.files()}
    keys = files["board/keys.json"]
    return Made(files=files, keys=keys, since=since, definition=definition, town=town)


def results_of(
    definition: BallotDefinition, count: Count, text: str, hashes: Sequence[bytes], lies: Lies
) -> Files:
    files = {f"result/{file.name}": file.body for file in files_of(definition, HEAD, count)}
    files |= other_ballot_files(definition, files["result/ballots.pb"].decode())
    files["result/tables.json"] = b'{"least": 10, "tables": []}'
    lies.results(files)
    own = count.result.accounting
    said: dict[str, Any] = {
        "election": str(definition.election_id),
        "definition_hash": definition.hash.hex(),
        "checkpoint": text,
        "accounting": {
            "entries": own.entries,
            "counted": own.counted,
            "superseded": own.superseded,
            "spoiled": own.spoiled,
            "ineligible": 0,
            "quarantined": 0,
        },
        "spoiled": {"not-a-ballot": own.spoiled} if own.spoiled else {},
        "files": {
            name.removeprefix("result/"): hashlib.sha256(body).hexdigest()
            for name, body in sorted(files.items())
        },
        "standing": tree(hashes[: own.counted]).hex(),
        "trustees": ["Aila", "Bo", "Cecilia"],
        "devices": [{"device": "ab" * 16, "state": "reconciled", "head": "00" * 32, "entries": 0}],
    }
    lies.transcript(said)
    files["result/transcript.json"] = json.dumps(said).encode()
    return files


def other_ballot_files(definition: BallotDefinition, pb: str) -> Files:
    """The same ballots as CSV and as JSON, taken from the text of the ``.pb`` file."""
    rows = list(csv.reader(io.StringIO(pb, newline=""), delimiter=";"))
    places = {str(project.id): place for place, project in enumerate(definition.projects)}
    ballots: dict[tuple[tuple[str, int], ...], int] = {}
    for row in rows[rows.index(["VOTES"]) + 2 :]:
        names = row[1].split(",") if row[1] else []
        values = [1] * len(names)
        if definition.vote_type is VoteType.RANKING:
            values = [len(names) - at for at in range(len(names))]
        if row[2:] and names:
            values = [int(cell) for cell in row[2].split(",")]
        marks = sorted(zip(names, values, strict=True), key=lambda mark: places[mark[0]])
        ballots[tuple(marks)] = ballots.get(tuple(marks), 0) + 1
    sheet = io.StringIO(newline="")
    lines = csv.writer(sheet, lineterminator="\n")
    lines.writerow(["projects", "values"])
    for marks_, number in sorted(ballots.items()):
        cells = [",".join(str(mark[at]) for mark in marks_) for at in (0, 1)]
        lines.writerows([cells] * number)
    body = {
        "format": "talkoot-ballots/1",
        "election": str(definition.election_id),
        "definition_hash": definition.hash.hex(),
        "vote_type": definition.vote_type.value,
        "ballots": sum(ballots.values()),
        "groups": [{"ballots": n, "marks": marks_} for marks_, n in sorted(ballots.items())],
    }
    return {
        "result/ballots.csv": sheet.getvalue().encode(),
        "result/ballots.json": json.dumps(body).encode(),
    }


def sealing_of(definition: BallotDefinition) -> tuple[bytes, bytes]:
    """Made-up keys for sealing: the bytes under their hash, and ``sealing.json``."""
    names, keys = ("Aila", "Bo"), [bytes([n]) * 1216 for n in range(4)]
    trustees = [
        part for name, key in zip(names, keys, strict=False) for part in (name.encode(), key)
    ]
    subset = tagged("share", *(name.encode() for name in names))
    digest = hashlib.sha256(b"a wrap").digest()
    octets = tagged(
        "sealing",
        definition.election_id.bytes,
        keys[2],
        keys[3],
        (2).to_bytes(8, "big"),
        tagged("sealing", *trustees),
        tagged("sealing", subset, digest),
    )
    said = {
        "election": str(definition.election_id),
        "tally_public": plain(keys[2]),
        "registrar_public": plain(keys[3]),
        "threshold": 2,
        "trustees": [
            {"name": name, "public": plain(key)} for name, key in zip(names, keys, strict=False)
        ],
        "wraps": [{"subset": names, "digest": plain(digest), "box": None}],
        "hash": hashlib.sha256(octets).hexdigest(),
    }
    return octets, json.dumps(said).encode()


def some_entries(definition: BallotDefinition, voters: int, seed: int = 7) -> list[Entry]:
    """Lawful ballots; every fifth voter votes twice."""
    random = Random(f"voters {seed}")
    return [
        an_entry(
            definition,
            what_of(definition, *_marks(random, definition)),
            voter=voter + 1,
            submission=voter * 10 + round_,
            round_=round_,
        )
        for voter in range(voters)
        for round_ in range(1, 3 if voter % 5 == 0 else 2)
    ]


def _marks(random: Random, definition: BallotDefinition) -> list[tuple[str, int]]:
    ids = [str(project.id) for project in definition.projects]
    match definition.vote_type:
        case VoteType.ONE:
            return [(random.choice(ids), 1)]
        case VoteType.KNAPSACK:
            return [(name, 1) for name in random.sample(ids[:3], random.randint(1, 2))][:1]
        case VoteType.POINTS:
            return [(name, random.randint(1, 3)) for name in random.sample(ids, 2)]
        case VoteType.SCORES:
            return [(name, random.randint(0, 4)) for name in random.sample(ids, 3)]
        case VoteType.RANKING:
            return [(name, at) for at, name in enumerate(random.sample(ids, 3), 1)]
        case _:
            return [(name, 1) for name in random.sample(ids, random.randint(1, 3))]
