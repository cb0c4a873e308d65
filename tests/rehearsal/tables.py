"""A folder that was written by hand, put into the database as the rooms keep an election."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Table, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from talkoot.base.db import Base
from talkoot.voting import board, log, results
from talkoot.voting.ballot import Entry
from talkoot.voting.log import definition_json
from tests.verify.alterations import leaves_of_all
from tests.verify.board import tagged, tree
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
                "number": act["number"],
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
