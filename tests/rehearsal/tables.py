"""An election's rows in the database, and its public folder written again from these rows.

The folder is written by this file's own few lines, not by the rooms that publish, and beside it the
rows that nobody publishes are compared with it: entries, devices, the result as pages show it.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Table, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from talkoot.base.bytes import Digest
from talkoot.base.db import Base
from talkoot.base.ids import ElectionId, SubmissionId, VoterKey
from talkoot.voting import board, log, results
from talkoot.voting.ballot import Channel, Entry
from talkoot.voting.log import definition_json
from tests.verify.alterations import leaves_of_all
from tests.verify.board import Files, tagged, tiles_of, tree
from tests.verify.made import Made

AT = datetime(2031, 3, 14, tzinfo=UTC)
ROOMS = (board, log, results)
"""Whose tables these are: importing them makes them known."""
Row = dict[str, Any]
ACT = ("kind", "state", "reason")


def table(name: str) -> Table:
    return Base.metadata.tables[name]


async def filled(connection: AsyncConnection, made: Made, entries: Sequence[Entry]) -> None:
    """Write an election into empty tables, as the rooms keep it."""
    await connection.execute(text("set session_replication_role = replica"))
    election = made.definition.election_id
    await put(
        connection,
        "election",
        [
            {
                "id": election,
                "round_id": uuid4(),
                "state": "keys_destroyed",
                "opens_at": AT,
                "closes_at": AT.replace(day=20),
                "appeals_until": AT.replace(month=5),
                "grace_s": 0,
                "definition": definition_json(made.definition),
                "definition_hash": made.definition.hash,
                "assurance": "sealed",
            }
        ],
    )
    for name, rows in {**board_rows(made), **other_rows(made)}.items():
        await put(connection, name, [{"election_id": election, **row} for row in rows])
    columns = [c.name for c in table("entry").columns if c.name != "position"]
    rows = [{name: getattr(entry, name, None) for name in columns} for entry in entries]
    for row, entry in zip(rows, entries, strict=True):
        row |= {"entry_hash": entry.hash, "channel": entry.channel.value}
    await put(connection, "entry", rows)


async def put(connection: AsyncConnection, name: str, rows: list[Row]) -> None:
    if rows:
        await connection.execute(insert(table(name)), rows)


def board_rows(made: Made) -> dict[str, list[Row]]:
    """The rows of the board."""
    keys, files = json.loads(made.files["board/keys.json"]), made.files
    leaves = leaves_of_all(files)
    hashes = [tree([leaf]) for leaf in leaves]
    note = files["board/checkpoint"].decode()
    head, _, lines = note.partition("\n\n")
    log_line, *others = lines.splitlines(keepends=True)
    size = len(leaves)
    kinds = {tagged("board-leaf", kind.encode(), b""): kind for kind in map(str, board.Kind)}
    heads = {start[:-4]: kind for start, kind in kinds.items()}
    named = [(heads[leaf[:-36]], leaf[-32:]) for leaf in leaves]
    records = {name: body for name, body in files.items() if name.startswith("board/records/")}
    return {
        "board": [{"log_key": keys["log_key"], "quorum": keys["quorum"]}],
        "board_witness": [{"witness_key": key} for key in keys["witnesses"]],
        "board_leaf": [
            {"index": at, "kind": kind, "content": content, "hash": hashes[at]}
            for at, (kind, content) in enumerate(named)
        ],
        "board_node": [
            {"level": 1, "index": at, "hash": tree(leaves[at * 256 : at * 256 + 256])}
            for at in range(size // 256)
        ],
        "board_record": [
            {"sha256": bytes.fromhex(name[-64:]), "body": body} for name, body in records.items()
        ],
        "board_checkpoint": [
            {"size": size, "note": f"{head}\n\n{log_line}".encode(), "signed_at": AT}
        ],
        "board_cosignature": [
            {"size": size, "witness_key": key, "line": line}
            for key, line in zip(keys["witnesses"], others, strict=True)
        ],
    }


def other_rows(made: Made) -> dict[str, list[Row]]:
    """Acts, sealing, devices and what is published."""
    bodies = {n[7:]: body for n, body in made.files.items() if n.startswith("result/")}
    acts = [json.loads(b) for n, b in made.files.items() if "records" in n and b"nonce" in b]
    setup = made.files["sealing.json"]
    device = json.loads(bodies["transcript.json"])["devices"][0]
    return {
        "sealing": [{"setup": setup, "setup_hash": bytes.fromhex(json.loads(setup)["hash"])}],
        "device": [
            {
                "device_id": bytes.fromhex(device["device"]),
                "certificate": b"a certificate",
                "state": device["state"],
                "head": bytes.fromhex(device["head"]),
                "entries": device["entries"],
            }
        ],
        "result": [{"published_at": AT, "result": json.loads(bodies["result.json"])}],
        "public_file": [
            {
                "name": name,
                "media_type": "application/json",
                "sha256": hashlib.sha256(body).digest(),
                "body": body,
            }
            for name, body in bodies.items()
        ],
        "act": [
            {
                "id": UUID(int=number),
                "assurance": "sealed",
                "at": AT,
                "first_person": act["signatures"][0]["name"],
                "second_person": act["signatures"][1]["name"],
                "definition_hash": bytes.fromhex(act["definition_hash"]),
                "nonce": bytes.fromhex(act["nonce"]),
                "signatures": act["signatures"],
                **{name: act[name] for name in ACT},
            }
            for number, act in enumerate(acts)
        ],
    }


class Rows:
    """All rows of one election, read at once."""

    def __init__(self, tables: dict[str, list[Row]]) -> None:
        self.tables = tables

    @classmethod
    async def read(cls, connection: AsyncConnection, election: UUID) -> "Rows":
        found = {}
        for name in TABLES:
            t = table(name)
            key = t.c.id if name == "election" else t.c.election_id
            query = select(t).where(key == election).order_by(*t.primary_key)
            found[name] = [dict(row) for row in (await connection.execute(query)).mappings()]
        return cls(found)

    def files(self) -> Files:
        """The public folder of these rows."""
        t, files = self.tables, dict[str, bytes]()
        for row in t["election"]:
            said = {**row["definition"], "hash": row["definition_hash"].hex()}
            files["definition.json"] = json.dumps(said).encode()
        for row in t["sealing"]:
            files["sealing.json"] = row["setup"]
        for row in t["public_file"]:
            files[f"result/{row['name']}"] = row["body"]
        for row in t["act"]:
            body = act_record(row)
            files[f"board/records/{hashlib.sha256(body).hexdigest()}"] = body
        for row in t["board_record"]:
            files[f"board/records/{row['sha256'].hex()}"] = row["body"]
        self._board(files)
        return files

    def _board(self, files: Files) -> None:
        t = self.tables
        for row in t["board"]:
            said = {"origin": f"talkoot/{row['election_id']}", "log_key": row["log_key"]}
            witnesses = [witness["witness_key"] for witness in t["board_witness"]]
            said |= {"witnesses": witnesses, "quorum": row["quorum"]}
            files["board/keys.json"] = json.dumps(said).encode()
        for row in t["board_checkpoint"]:
            lines = "".join(one["line"] for one in t["board_cosignature"])
            files["board/checkpoint"] = row["note"] + lines.encode()
        leaves = [tagged("board-leaf", r["kind"].encode(), r["content"]) for r in t["board_leaf"]]
        for name, part in tiles_of(len(leaves)):
            bundle = b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves[part])
            files[f"board/tile/entries/{name}"] = bundle
        for level in (0, 1):
            rows = t["board_node"] if level else t["board_leaf"]
            for name, part in tiles_of(len(rows)):
                files[f"board/tile/{level}/{name}"] = b"".join(r["hash"] for r in rows[part])

    def differences(self) -> list[str]:
        """What the rows that nobody publishes say otherwise than those that are published."""
        return [*self._of_the_board(), *self._of_the_log(), *self._of_the_result()]

    def _of_the_board(self) -> Iterator[str]:
        t = self.tables
        acts = sorted(row["content"] for row in t["board_leaf"] if row["kind"] == "act")
        if sorted(hashlib.sha256(act_record(row)).digest() for row in t["act"]) != acts:
            yield "act: not those that are on the board"
        if not set(acts) <= {row["sha256"] for row in t["board_record"]}:
            yield "board_record: an act is not on file"
        sizes = {row["size"] for row in t["board_cosignature"]} | {len(t["board_leaf"])}
        if sizes != {row["size"] for row in t["board_checkpoint"]}:
            yield "board_checkpoint: sizes differ"
        if [row["index"] for row in t["board_leaf"]] != list(range(len(t["board_leaf"]))):
            yield "board_leaf: an index is missing"
        known = {row["witness_key"] for row in t["board_witness"]}
        if {row["witness_key"] for row in t["board_cosignature"]} - known:
            yield "board_cosignature: by no witness"
        for row in t["board_cosignature"]:
            if row["line"].split(" ")[1] != row["witness_key"].partition("+")[0]:
                yield "board_cosignature: a line of another witness"
        nodes = [(row["level"], row["index"]) for row in t["board_node"]]
        if nodes != [(1, at) for at in range(len(t["board_leaf"]) // 256)]:
            yield "board_node: not those of the leaves"

    def _of_the_log(self) -> Iterator[str]:
        t = self.tables
        on_board = {row["content"] for row in t["board_leaf"] if row["kind"] == "ballot"}
        odd = {row["entry_hash"] for row in t["entry"]} ^ on_board
        if odd:
            yield f"entry: {len(odd)} are in the log or on the board alone"
        for row in t["entry"]:
            if not is_whole(row):
                yield f"entry: {row['submission_id']} altered"
        for row in t["sealing"]:
            if row["setup_hash"].hex() not in row["setup"].decode(errors="replace"):
                yield "sealing: not the set-up whose hash was kept"

    def _of_the_result(self) -> Iterator[str]:
        t, files = self.tables, {row["name"]: row for row in self.tables["public_file"]}
        for name, row in files.items():
            if hashlib.sha256(row["body"]).digest() != row["sha256"]:
                yield f"public_file: {name}"
        shown = [row["result"] for row in t["result"]]
        if "result.json" in files and shown != [loaded(files["result.json"]["body"])]:
            yield "result: pages show another result than the public file"
        told = loaded(files["transcript.json"]["body"]) if "transcript.json" in files else {}
        here = [
            {
                "device": row["device_id"].hex(),
                "state": row["state"],
                "head": None if row["head"] is None else row["head"].hex(),
                "entries": row["entries"],
            }
            for row in t["device"]
        ]
        if here != told.get("devices"):
            yield "device: the transcript tells of others"


def loaded(body: bytes) -> Any:  # noqa: ANN401 -- any JSON
    try:
        return json.loads(body)
    except ValueError:
        return {}


def act_record(row: Row) -> bytes:
    """The record of an act, anew from its row."""
    said = {
        "election": str(row["election_id"]),
        "definition_hash": row["definition_hash"].hex(),
        "payload_digest": row["payload_digest"].hex() if row["payload_digest"] else None,
        "nonce": row["nonce"].hex(),
        "signatures": row["signatures"],
        **{name: row[name] for name in ACT},
    }
    return json.dumps(said, sort_keys=True).encode()


def is_whole(row: Row) -> bool:
    """Whether an entry still has the hash that it was recorded under."""
    entry = Entry(
        election_id=ElectionId(row["election_id"]),
        submission_id=SubmissionId(row["submission_id"]),
        voter_key=VoterKey(row["voter_key"]),
        definition_hash=Digest(row["definition_hash"]),
        channel=Channel(row["channel"]),
        rank=row["rank"],
        round=row["round"],
        beacon=row["beacon"],
        what=row["what"],
    )
    return entry.hash == Digest(row["entry_hash"])


TABLES: dict[str, tuple[str, ...]] = {
    "election": ("definition", "definition_hash"),
    "act": ("kind", "state", "definition_hash", "reason", "nonce", "signatures"),
    "entry": ("voter_key", "entry_hash", "definition_hash", "rank", "round", "beacon", "what"),
    "device": ("state", "head", "entries"),
    "sealing": ("setup", "setup_hash"),
    "board": ("log_key", "quorum"),
    "board_witness": ("witness_key",),
    "board_leaf": ("index", "kind", "content", "hash"),
    "board_node": ("index", "hash"),
    "board_record": ("sha256", "body"),
    "board_checkpoint": ("size", "note"),
    "board_cosignature": ("size", "witness_key", "line"),
    "result": ("result",),
    "public_file": ("name", "sha256", "body"),
}
"""The tables, and the columns that a published election rests on: times and media types are none
of them, nor is an act's moment, which nobody signs.
"""
