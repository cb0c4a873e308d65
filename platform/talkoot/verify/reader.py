"""Reads the public folder of an election and names every fault in it: docs/public_files.md."""

import csv
import json
import struct
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidSignature

from talkoot.verify.proofs import (
    BOUND,
    PRESET,
    Record,
    act_challenge,
    canonical,
    exactly,
    json_of,
    levels,
    only,
    pre,
    root,
    sealing,
    sha,
    signed,
    signers,
    text,
    tiles,
)
from talkoot.verify.recount import Choice, funded, lawful, tallied, unknown

# The states in which an act may be done, and the state after it (the same where none is named).
ACTS = {"freeze": "draft>frozen", "rehearse": "frozen", "amend": "frozen", "open": "frozen>open"}
ACTS |= {"extend": "open", "close": "open>closing", "reconcile": "closing>reconciling"}
ACTS |= {"lost-kiosk": "closing reconciling", "late-journal": "closing reconciling"}
ACTS |= {"tally": "reconciling>tallied", "final": "tallied>final"}
ACTS |= {"destroy": "final>keys_destroyed", "roll-change": "frozen open closing reconciling"}
REGISTRAR = {"roll-change": {"registrar-officer"}, "destroy": {"registrar-officer"}}
FILES = {"ballots.pb", "ballots.csv", "ballots.json", "result.json", "tables.json"}
KINDS = "ballot definition sealing devices act journal transcript result destruction rows"
PLAIN = (
    "that ballots were secret: this election is a plain one, and its ballots were sealed to nobody",
    "that two persons opened, closed and counted it: nobody signs the acts of a plain election",
    "that every ballot cast is among these, and no other: who kept the database could alter them",
)
TROUBLE = (
    *(ArithmeticError, AttributeError, LookupError, OSError, RecursionError, TypeError, ValueError),
    *(csv.Error, struct.error, InvalidSignature),
)


@dataclass(slots=True)
class Report:
    """All in words: what is at fault, what held, and what nobody checked."""

    faults: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)

    def need(self, holds: object, fault: str) -> None:
        if not holds and fault not in self.faults:
            self.faults.append(fault)

    @contextmanager
    def at(self, place: str, held: str = "") -> Iterator[None]:
        """Make a fault of whatever cannot be read here; say what held if there was no fault."""
        before = len(self.faults)
        try:
            yield
        except TROUBLE as err:
            self.need(holds=False, fault=f"{place}: {type(err).__name__}: {err}")
        if held and len(self.faults) == before:
            self.held.append(held)


class Check:
    """A folder being checked, and what is known of it so far. ``get`` reads a file by its name."""

    def __init__(self, get: Callable[[str], bytes]) -> None:
        self.get, self.files, self.report = get, dict[str, bytes](), Report()
        self.need, self.events = self.report.need, list[tuple[str, bytes]]()
        self.hashes, self.ballots = list[bytes](), Counter[Choice]()
        self.d: Record = {}
        self.hash, self.election, self.t = b"", UUID(int=0), dict(self.d)

    def read(self, name: str) -> bytes:
        if name not in self.files:
            self.files[name] = self.get(name)
        return self.files[name]

    def definition(self) -> None:
        self.d = json_of(self.read("definition.json"))
        self.hash, self.election = sha(canonical(self.d)), UUID(self.d["election_id"])
        self.need(self.d["hash"] == self.hash.hex(), "definition.json: not what its hash names")

    def ready(self) -> bool:
        """Tell whether there is ground to count on, and say so where there is none."""
        whole = bool(self.hash) and self.d.get("hash") == self.hash.hex() and bool(self.t)
        odd = unknown(self.d) if whole else []
        if not whole:
            self.report.unchecked.append("the count, since definition or transcript is at fault")
        if odd:
            self.report.unchecked.append(f"the count, whose rules are not known here: {odd}")
        for name in sorted(FILES) if odd or not whole else ():
            with self.report.at(f"result/{name}"):
                self.read(f"result/{name}")
        return whole and not odd

    def note(self, place: str, octets: bytes, keys: Record, quorum: int) -> None:
        """Check who signed a checkpoint, and that it is of this very tree."""
        said, good = signers(octets, [keys["log_key"], *keys["witnesses"]])
        origin, size, top = said.splitlines()
        self.need(
            origin == keys["origin"] == f"talkoot/{self.election}", f"{place}: of another log"
        )
        self.need(keys["log_key"] in good, f"{place}: not signed by the log")
        seen = len(good & set(keys["witnesses"]))
        self.need(seen >= quorum, f"{place}: witnessed by {seen}, not by {quorum}")
        here = len(self.hashes) >= int(size) and root(self.hashes[: int(size)]) == exactly(top)
        self.need(here, f"{place}: its {size} leaves are not the first {size} of the board")

    def board(self, kept: bytes | None, since: bytes | None) -> None:
        keys = json_of(self.read("board/keys.json"))
        self.need(kept is None or json_of(kept) == keys, "board/keys.json: not the keys you kept")
        size, leaves = int(self.read("board/checkpoint").split(b"\n")[1]), list[bytes]()
        for name, part in tiles(size):
            octets, place = self.read(f"board/tile/entries/{name}"), f"board/tile/entries/{name}"
            while octets:
                end = 2 + struct.unpack(">H", octets[:2])[0]
                leaves.append(octets[2:end])
                octets = octets[end:]
            self.need(len(leaves) == part.stop, f"{place}: {len(leaves)} leaves, not {part.stop}")
        heads = {pre("board-leaf", text(kind), bytes(32))[:-32]: kind for kind in KINDS.split()}
        for number, leaf in enumerate(leaves):
            self.need(leaf[:-32] in heads, f"board: leaf {number} is of no known kind")
        self.events = [(heads.get(leaf[:-32], "?"), leaf[-32:]) for leaf in leaves]
        self.hashes = [sha(b"\0", leaf) for leaf in leaves]
        for height, level in enumerate(levels(self.hashes)):
            for name, part in tiles(size >> height) if height % 8 == 0 else ():
                place = f"board/tile/{height // 8}/{name}"
                self.need(
                    self.read(place) == b"".join(level[part]), f"{place}: not of these leaves"
                )
        self.note("board/checkpoint", self.read("board/checkpoint"), keys, keys["quorum"])
        if since is not None:
            self.note("the checkpoint you kept", since, keys, 0)
        twice = Counter(self.events).most_common(1)
        self.need(not twice or twice[0][1] == 1, "board: a leaf is there twice")

    def records(self) -> None:
        for number, (kind, name) in enumerate(self.events):
            place = f"board/records/{name.hex()}"
            with self.report.at(f"{place} (leaf {number}, {kind})"):
                if kind != "ballot":
                    self.need(sha(self.read(place)) == name, f"{place}: not what its name says")

    def keys(self) -> None:
        """Check the keys that ballots were sealed to."""
        named = [name for kind, name in self.events if kind == "sealing"]
        setup = json_of(self.read("sealing.json"))
        found = sha(sealing(setup))
        self.need(UUID(setup["election"]) == self.election, "sealing.json: of another election")
        self.need(setup["hash"] == found.hex(), "sealing.json: not what its hash names")
        self.need(found in named[-1:], "sealing.json: not the keys that are on the board")

    def acts(self) -> None:
        state, seen, origins = "draft", dict[str, bytes](), set[str]()
        done, ballot = 0, ""
        for number, (kind, name) in enumerate(self.events):
            with self.report.at(place := f"board: leaf {number}, {kind}"):
                late = kind == "ballot" and state not in {"open", "closing", "reconciling"}
                self.need(not late, f"{place}: recorded while the election was {state}")
                seen[kind] = name
                if kind != "act":
                    continue
                act = json_of(self.read(f"board/records/{name.hex()}"))
                done, ballot = done + 1, ballot or act["definition_hash"]
                self.need(act["number"] == done, f"{place}: act {act['number']}, and {done} is due")
                about = act["definition_hash"] == ballot
                self.need(about, f"{place}: about another ballot than the acts before it")
                before, _, after = ACTS[act["kind"]].partition(">")
                here = act["state"] == state and state in before.split()
                self.need(here, f"{place}: {act['kind']} while the election was {state}")
                if act["kind"] == "amend":
                    ballot = act["payload"]["definition_hash"]
                if act["kind"] == "open":
                    here = ("definition", self.hash) in self.events[:number]
                    same = here and ballot == self.hash.hex()
                    self.need(same, f"{place}: another definition")
                    there = {"sealing", "devices", "rehearse"} <= set(seen)
                    self.need(there, f"{place}: before keys, devices and a rehearsal were there")
                seen = {
                    at: n for at, n in seen.items() if act["kind"] != "amend" or at != "rehearse"
                }
                seen[act["kind"]] = name
                origins |= self.act(place, act)
                state = after or state
        last = ballot == self.hash.hex()
        self.need(last, "definition.json: not the ballot that the acts are about")
        self.need(len(origins) <= 1, f"board: acts were signed at several addresses: {origins}")
        self.need(
            state in {"tallied", "final", "keys_destroyed"}, f"board: the election is {state}"
        )

    def act(self, place: str, act: Record) -> set[str]:
        """Check what two persons signed, and give the addresses at which they did."""
        challenge, hashed = act_challenge(act), bytes.fromhex(act["definition_hash"])
        self.need(UUID(act["election"]) == self.election, f"{place}: of another election")
        known = ("definition", hashed) in self.events
        self.need(known, f"{place}: about a definition that is not on the board")
        roles = {"election-manager"} | REGISTRAR.get(act["kind"], set())
        one, two = act["signatures"]  # and no third
        for who in ("official_id", "credential_id", "public_key"):
            self.need(one[who] != two[who], f"{place}: both signatures have one {who}")
        for by in (one, two):
            self.need(by["role"] in roles, f"{place}: signed in the role {by['role']}")
        return {signed(one, challenge), signed(two, challenge)}

    def transcript(self) -> None:
        octets, place = self.read("result/transcript.json"), "result/transcript.json"
        self.need(("transcript", sha(octets)) in self.events, f"{place}: it is not on the board")
        self.t, leaves = json_of(octets), sum(kind == "ballot" for kind, _ in self.events)
        parts = "election definition_hash checkpoint accounting spoiled files standing trustees"
        only(self.t, parts + " devices")
        named = (UUID(self.t["election"]), self.t["definition_hash"])
        self.need(named == (self.election, self.hash.hex()), f"{place}: of another election")
        _, size, top = self.t["checkpoint"].splitlines()[:3]
        self.need(root(self.hashes[: int(size)]) == exactly(top), f"{place}: of another board")
        after = [kind for kind, _ in self.events[int(size) :]]
        self.need("ballot" not in after, f"{place}: ballots came after what was counted")
        ways = dict(self.t["accounting"])
        entries = ways.pop("entries")
        only(ways, "counted superseded spoiled ineligible quarantined")
        said = f"{place}: {entries} entries, {leaves} ballots on the board, {ways}"
        self.need(entries == leaves == sum(ways.values()) and not ways["quarantined"], said)
        self.need(min(ways.values()) >= 0, said)
        reasons = sum(self.t["spoiled"].values())
        self.need(reasons == ways["spoiled"], f"{place}: reasons for {reasons} spoiled ballots")
        states = {device["state"] for device in self.t["devices"]}
        self.need(states <= {"reconciled", "lost"}, f"{place}: devices are {sorted(states)}")
        self.need(set(self.t["files"]) == FILES, f"{place}: it names other files")
        for name, digest in sorted(self.t["files"].items()):
            with self.report.at(f"result/{name}"):
                here = sha(self.read(f"result/{name}")).hex() == digest
                self.need(here, f"result/{name}: not the file whose hash the transcript names")

    def plain(self) -> None:
        """Account for the ballots of a plain election by what its result says."""
        ways = dict(json_of(self.read("result/result.json"))["accounting"])
        self.t = {"accounting": dict(ways)}
        entries = ways.pop("entries")
        leaves = [kind for kind, _ in self.events if kind == "ballot"]
        fits = entries == sum(ways.values()) and min(ways.values()) >= 0
        fits = fits and len(leaves) in ({entries} if self.events else {0})
        self.need(fits, f"result/result.json: {entries} entries, {ways}, {len(leaves)} on a board")

    def choice(self, names: Sequence[str], points: Sequence[int]) -> Choice:
        return lawful(self.d, names, points)

    def counted(self) -> None:
        rows = list(
            csv.reader(self.read("result/ballots.pb").decode().split("\n")[:-1], delimiter=";")
        )
        first, last = rows.index(["PROJECTS"]), rows.index(["VOTES"])
        self.projects = [
            dict(zip(rows[first + 1], row, strict=True)) for row in rows[first + 2 : last]
        ]
        made = self.lines(rows[last + 1 :])
        self.ballots = Counter(made)
        fits = dict(rows[2:first])["num_votes"] == str(len(made))
        self.need(fits, "result/ballots.pb: num_votes")
        fits = len(made) == self.t["accounting"]["counted"]
        self.need(fits, "result/ballots.pb: not as many ballots as were counted")

    def tables(self) -> None:
        """Compare the other two files of ballots with the first."""
        table = csv.reader(self.read("result/ballots.csv").decode().split("\n")[:-1])
        head, *lines = list(table)
        poll = self.d.get("purpose", BOUND) != BOUND  # then every line says what it is not
        self.same("result/ballots.csv: columns", head, ["projects", "values"] + ["kind"] * poll)
        names = [p["id"] for p in self.d["projects"]]
        listed = Counter((line[0].removeprefix("'"), line[1]) for line in lines)
        mine: Counter[tuple[str, str]] = Counter()
        for choice, number in self.ballots.items():
            cells = ",".join(names[p] for p, _ in choice), ",".join(str(v) for _, v in choice)
            mine[cells[0].removeprefix("'"), cells[1]] += number
        self.need(listed == mine, "result/ballots.csv: not the ballots of ballots.pb")
        said = json_of(self.read("result/ballots.json"))
        number = said["ballots"] == self.ballots.total()
        self.need(number, "result/ballots.json: another number of ballots")
        grouped = Counter({json.dumps(g["marks"]): g["ballots"] for g in said["groups"]})
        told = {json.dumps([(names[p], v) for p, v in c]): n for c, n in self.ballots.items()}
        same = grouped == Counter(told) and len(grouped) == len(said["groups"])
        self.need(same, "result/ballots.json: not the ballots of ballots.pb")
        of_this = (said["election"], said["definition_hash"], said["vote_type"])
        here = (str(self.election), self.hash.hex(), self.d["vote_type"])
        self.same("result/ballots.json: election, definition and vote type", of_this, here)

    def lines(self, rows: Sequence[Sequence[str]]) -> list[Choice]:
        """Read the lines of a table of ballots, its heading first; each kind of line once."""
        scored, known = self.d["vote_type"] in {"points", "scores"}, dict[str, Choice]()
        self.same("result: columns", rows[0], ["voter_id", "vote"] + ["points"] * scored)
        made = []
        for number, (voter, vote, *points) in enumerate(rows[1:], 1):
            self.need(voter == str(number), f"result: line {number} of ballots has another number")
            if (cells := f"{vote};{points}") not in known:
                values = points[0].split(",") if scored and vote else []
                names = vote.split(",") if vote else []
                known[cells] = self.choice(names, [int(value) for value in values])
            made.append(known[cells])
        return made

    def result(self) -> None:
        """Compare the result with what the ballots and the published rule give."""
        result, (votes, score) = json_of(self.read("result/result.json")), tallied(self.ballots)
        won, steps = funded(self.d, self.ballots)
        purposes = result.get("purpose", BOUND), self.d.get("purpose", BOUND)
        self.same("result/result.json: purpose", *purposes)
        turns, projects = {p: turn for turn, p in enumerate(won, 1)}, self.d["projects"]
        self.same("result/result.json: projects", len(result["projects"]), len(projects))
        for p, (own, there) in enumerate(zip(projects, result["projects"], strict=True)):
            mine = (own["id"], own["name"], own["cost"], votes[p], score[p], turns.get(p))
            said = tuple(there[key] for key in ("number", "name", "cost", "votes", "score", "turn"))
            self.same(f"result/result.json: project {own['id']}", said, mine)
        for p, (own, line) in enumerate(zip(projects, self.projects, strict=True)):
            given = {**line, "score": line.get("score", str(score[p]))}
            told = tuple(given[key] for key in ("project_id", "votes", "score", "selected"))
            here = (own["id"], str(votes[p]), str(score[p]), str(int(p in turns)))
            self.same(f"result/ballots.pb: project {own['id']}", told, here)
        spent = sum(projects[p]["cost"] - projects[p].get("pledged", 0) for p in won)
        wanted = {**PRESET, **self.d["allocation"], "steps": steps, "spent": spent}
        wanted |= {"budget": self.d["budget"], "definition_hash": self.hash.hex()}
        for key, value in wanted.items():
            self.same(f"result/result.json: {key}", result[key], value)

    def same(self, place: str, there: object, recounted: object) -> None:
        self.need(there == recounted, f"{place}: it says {there}, and the recount {recounted}")


def there(check: Check, name: str) -> bool:
    """Tell whether a file can be read."""
    try:
        return bool(check.read(name))
    except TROUBLE:
        return False


def verified(
    get: Callable[[str], bytes],
    names: Sequence[str] | None = None,
    *,
    keys: bytes | None = None,
    since: bytes | None = None,
) -> Report:
    """Check a public folder. ``names``: all files there; ``keys``, ``since``: what was kept."""
    check = Check(get)
    at = check.report.at
    with at("definition.json", "the definition has the hash that it names"):
        check.definition()
    plain = check.d.get("assurance") == "plain"
    boarded = not plain or bool(keys or since) or there(check, "board/keys.json")
    with at("board", "the board: tree, tiles, signatures, witnesses" * boarded):
        if boarded:
            check.board(keys, since)
    with at("board/records", "every record has the hash that is on the board" * boarded):
        check.records()
    if plain:
        check.report.unchecked += PLAIN
        with at("result/result.json", "every ballot of this plain election is accounted for"):
            check.plain()
    else:
        with at("sealing.json", "keys for sealing are those on the board"):
            check.keys()
        with at("board: acts", "every act was signed by two, in order"):
            check.acts()
        held = "the transcript is on the board, and every ballot is accounted for"
        with at("result/transcript.json", held):
            check.transcript()
    if check.ready():
        with at("result/ballots", "all files of ballots agree, with each other and the limits"):
            check.counted()
            if not plain:
                check.tables()
        with at("result/result.json", "recounted from the ballots: votes, winners, their order"):
            check.result()
    for name in sorted(set(names or ()) - set(check.files)):
        check.need(holds=False, fault=f"{name}: does not belong here")
    return check.report
