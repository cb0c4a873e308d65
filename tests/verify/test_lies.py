"""A town that signs and publishes something untrue, with every hash in its place, is found out.

Each lie has its control: with the check concerned switched off, nobody notices.
"""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from talkoot.verify import Choice, Report, verified
from talkoot.verify.proofs import json_of
from talkoot.verify.reader import Check
from talkoot.voting.ballot import VoteType
from tests.verify.board import ORIGIN, Files, Town
from tests.verify.made import SCRIPT, Lies, Made, made, other_ballot_files
from tests.voting.results.made_up import RULES, a_definition

Switch = Callable[[pytest.MonkeyPatch], None]


def read(folder: Made, *, listed: bool = True) -> Report:
    names = list(folder.files) if listed else None
    return verified(folder.files.__getitem__, names, keys=folder.keys, since=folder.since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lie:
    """What is untrue, how it is called when it is found, and how to look away from it."""

    lies: Lies
    named: str
    off: Switch


def off(name: str) -> Switch:
    """Switch one check of the reader off: it finds nothing."""
    return lambda patch: patch.setattr(Check, name, lambda *_: None)


def without_passkeys(patch: pytest.MonkeyPatch) -> None:
    """Acts need no signature."""
    patch.setattr(Check, "act", lambda *_: {ORIGIN})


def without_accounts(patch: pytest.MonkeyPatch) -> None:
    """The transcript is read and believed."""

    def believed(check: Check) -> None:
        check.t = json_of(check.read("result/transcript.json"))
        for name in check.t["files"]:
            check.read(f"result/{name}")
        check.t["accounting"]["counted"] = check.read("result/ballots.csv").count(b"\n") - 1

    patch.setattr(Check, "transcript", believed)


def _need(report: Report, *, holds: object, fault: str) -> None:
    if not holds:
        report.faults.append(fault)


def deaf_to(words: str) -> Switch:
    """Switch off the one comparison whose fault has these words."""
    return lambda patch: patch.setattr(
        Report,
        "need",
        lambda report, holds, fault: (
            None if words in fault else _need(report, holds=holds, fault=fault)
        ),
    )


def without_limits(patch: pytest.MonkeyPatch) -> None:
    """Ballots may hold as much as they like."""
    theirs = Check.choice

    def choice(check: Check, names: list[str], points: list[int]) -> Choice:
        kept = check.d
        check.d = {**kept, "limits": {**kept["limits"], "max_choices": None}}
        try:
            return theirs(check, names, points)
        finally:
            check.d = kept

    patch.setattr(Check, "choice", choice)


def _json_altered(files: Files, alter: Callable[[dict[str, Any]], Any]) -> None:
    said = json.loads(files["result/result.json"])
    alter(said)
    files["result/result.json"] = json.dumps(said).encode()


def other_winners(files: dict[str, Any]) -> None:
    def alter(said: dict[str, Any]) -> None:
        turns = [project["turn"] for project in said["projects"]]
        for project, turn in zip(said["projects"], turns[1:] + turns[:1], strict=True):
            project["turn"] = turn

    _json_altered(files, alter)


def more_votes(files: dict[str, Any]) -> None:
    _json_altered(files, lambda said: said["projects"][0].update(votes=999, score=999))


def another_ballot_in_one_file(files: dict[str, Any]) -> None:
    table = files["result/ballots.csv"].decode().split("\n")
    table[1], table[-2] = table[1].split(",")[0] + ",1", table[-2].split(",")[0] + ",2"
    files["result/ballots.csv"] = "\n".join(table).encode()


def a_ballot_over_the_limits(files: dict[str, Any]) -> None:
    """One ballot chooses all five projects; votes and winners are counted with it."""
    lines = files["result/ballots.pb"].decode().split("\n")
    lines[lines.index("VOTES") + 2] = "1;1,2,3,4,5"
    files["result/ballots.pb"] = "\n".join(lines).encode()
    files |= other_ballot_files(a_definition(VoteType.APPROVAL, RULES[2]), "\n".join(lines))


def accounting(**more: int) -> Lies:
    return Lies(
        transcript=lambda said: said["accounting"].update(
            {name: said["accounting"][name] + number for name, number in more.items()}
        )
    )


def by_one_person(said: dict[str, Any]) -> None:
    said["signatures"] = [said["signatures"][0]] * 2


def with_one_signature(said: dict[str, Any]) -> None:
    del said["signatures"][1]


def about_something_else(said: dict[str, Any]) -> None:
    said["reason"] = "another reason than was signed"


def by_an_editor(said: dict[str, Any]) -> None:
    said["signatures"][0]["role"] = "editor"


def with_a_payload(said: dict[str, Any]) -> None:
    said["payload"] = {"closes_at": "2031-04-01"}


def of_another_election(said: dict[str, Any]) -> None:
    said["election"] = "00000000-0000-0000-0000-000000000009"


def of_the_ballot_before(said: dict[str, Any]) -> None:
    """The first act froze another ballot than all the others are about."""
    if said["kind"] == "freeze":
        said["definition_hash"] = "00" * 32


def counted_too_far(said: dict[str, Any]) -> None:
    """An act before this one is kept from the public."""
    said["number"] += said["kind"] != "freeze"


def signed_elsewhere(said: dict[str, Any]) -> None:
    """The second person was shown another site, which passed the challenge on."""
    client = json.loads(opened(said["signatures"][0]["client_data_json"]))
    person = Town().persons[1]
    said["signatures"][1] = person.signature(opened(client["challenge"]), ORIGIN + ".evil")


def opened(written: str) -> bytes:
    return base64.urlsafe_b64decode(written + "=" * (-len(written) % 4))


def swapped(one: str, other: str) -> Lies:
    order = {one: other, other: one}
    return Lies(script=tuple(order.get(step, step) for step in SCRIPT))


def without(*steps: str) -> Lies:
    return Lies(script=tuple(step for step in SCRIPT if step not in steps))


def in_transcript(**words: Any) -> Lies:  # noqa: ANN401 -- any JSON
    return Lies(transcript=lambda said: said.update(words))


PENDING = {"device": "lobby", "state": "open", "head": "00" * 32, "entries": 0}
LIES = {
    "other winners": Lie(lies=Lies(results=other_winners), named="the recount", off=off("result")),
    "more votes": Lie(lies=Lies(results=more_votes), named="the recount", off=off("result")),
    "another ballot in the CSV": Lie(
        lies=Lies(results=another_ballot_in_one_file),
        named="ballots.csv: not the ballots",
        off=deaf_to("ballots.csv: not the ballots"),
    ),
    "a superseded ballot that was counted": Lie(
        lies=accounting(superseded=1), named="ballots on the board", off=without_accounts
    ),
    "ballots in quarantine": Lie(
        lies=accounting(quarantined=1, superseded=-1),
        named="ballots on the board",
        off=without_accounts,
    ),
    "one ballot more than was counted": Lie(
        lies=accounting(counted=1, superseded=-1),
        named="not as many ballots as were counted",
        off=without_accounts,
    ),
    "a device that is pending": Lie(
        lies=in_transcript(devices=[PENDING]), named="devices are", off=without_accounts
    ),
    "a ballot that the board has not": Lie(
        lies=Lies(entries=lambda hashes: hashes[1:]),
        named="ballots on the board",
        off=without_accounts,
    ),
    "a ballot that nobody cast": Lie(
        lies=Lies(entries=lambda hashes: [*hashes, bytes(32)]),
        named="ballots on the board",
        off=without_accounts,
    ),
    "another definition in the transcript": Lie(
        lies=in_transcript(definition_hash="00" * 32),
        named="of another election",
        off=without_accounts,
    ),
    "an act that is kept back": Lie(
        lies=Lies(act=counted_too_far), named="act 3, and 2 is due", off=deaf_to("is due")
    ),
    "an amendment without its act": Lie(
        lies=Lies(act=of_the_ballot_before), named="about another ballot", off=off("acts")
    ),
    "an act by one person": Lie(
        lies=Lies(act=by_one_person), named="have one official_id", off=without_passkeys
    ),
    "an act with one signature": Lie(
        lies=Lies(act=with_one_signature), named="not enough values", off=without_passkeys
    ),
    "a reason that nobody signed": Lie(
        lies=Lies(act=about_something_else), named="another challenge", off=without_passkeys
    ),
    "an act signed at another site": Lie(
        lies=Lies(act=signed_elsewhere), named="another site", off=without_passkeys
    ),
    "a count before the kiosks are reconciled": Lie(
        lies=swapped("tally", "reconcile"), named="while the election was", off=off("acts")
    ),
    "no rehearsed opening: ballots before it": Lie(
        lies=swapped("half", "open"), named="recorded while the election was", off=off("acts")
    ),
    "an opening before the devices are known": Lie(
        lies=swapped("devices", "journal"), named="before keys, devices", off=off("acts")
    ),
    "an opening before the definition is known": Lie(
        lies=swapped("definition", "journal"), named="another definition", off=off("acts")
    ),
    "an opening without a rehearsal": Lie(
        lies=without("rehearse"), named="before keys, devices", off=off("acts")
    ),
    "an act of another role": Lie(
        lies=Lies(act=by_an_editor), named="signed in the role editor", off=without_passkeys
    ),
    "a payload that nobody signed": Lie(
        lies=Lies(act=with_a_payload), named="its payload is not", off=without_passkeys
    ),
    "an act of another election": Lie(
        lies=Lies(act=of_another_election), named="of another election", off=without_passkeys
    ),
    "no closing": Lie(lies=without("close"), named="while the election was", off=off("acts")),
    "no tally": Lie(
        lies=without("tally", "final", "destroy"), named="the election is", off=off("acts")
    ),
    "a transcript that is not on the board": Lie(
        lies=Lies(after_transcript=b"\n"),
        named="it is not on the board",
        off=without_accounts,
    ),
}


@pytest.mark.parametrize("name", list(LIES))
def test_t16_a_lie_with_every_hash_in_its_place_is_named(name: str) -> None:
    lie = LIES[name]
    assert any(lie.named in fault for fault in read(made(lies=lie.lies)).faults)


@pytest.mark.parametrize("name", list(LIES))
def test_with_the_check_concerned_switched_off_the_lie_passes(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lie = LIES[name]
    lie.off(monkeypatch)
    assert not read(made(lies=lie.lies)).faults


def test_a_ballot_that_the_definition_does_not_allow_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = made(lies=Lies(results=a_ballot_over_the_limits))
    assert any("does not allow" in fault for fault in read(folder).faults)
    without_limits(monkeypatch)
    assert not any("does not allow" in fault for fault in read(folder).faults)


def test_every_fault_is_named_and_not_only_the_first() -> None:
    folder = made(lies=Lies(results=more_votes, act=by_one_person))
    folder.files["hidden.json"] = b"{}"
    faults = "\n".join(read(folder).faults)
    for words in ("project 1: it says", "one official_id", "hidden.json: does not belong here"):
        assert words in faults


def test_an_address_cannot_be_listed_so_that_a_stranger_passes_there() -> None:
    folder = made()
    folder.files["hidden.json"] = b"{}"
    assert not read(folder, listed=False).faults
