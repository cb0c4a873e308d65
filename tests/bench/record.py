"""Writes down what pabutools decides about every shared election, so that tests need no pabutools.

``python -m tests.bench.record [--limit=SECONDS] [NAME ...]`` fills
``tests/data/exact_winners.json``. A run of Add1 that does not end within the limit is not recorded;
instead equal shares is recorded at a few raised endowments, the last two of the run among them,
because Add1 is nothing but such runs. Without names every election is recorded that is not in the
file yet.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from talkoot.voting.allocation import allocated
from talkoot.voting.ballot import AllocationRule, Completion, Rule, Stop
from talkoot.voting.pabulib import problem_from, read_pb
from tests.bench.facts import FACTS, Decisions, facts, keep
from tests.bench.harness import tell
from tests.bench.peers import Form, NotItsRule, Peer, Sizes, TooLong, opened
from tests.shared_data import FOLDER

SMALL = FACTS.parent / "peers"
LIMIT_S = 120.0
LIMIT_WORD = "--limit="
LONG_S = 1500.0
BY_VOTES = (Rule.GREEDY, Rule.GREEDY_PER_COST, Rule.PHRAGMEN)
PARTS = (0.5,)
"""Where between the first and the last step equal shares is recorded besides."""
WORTH_TRYING = 20
"""Add1 is tried where one run without it takes at most such a part of the limit."""

Line = tuple[str, Sequence[str]]


def name_of(file: Path) -> str:
    """A file's name without its endings."""
    return file.name.removesuffix(".gz").removesuffix(".pb")


def files() -> list[Path]:
    """Every shared election, small files first."""
    found = [file for file in FOLDER.iterdir() if ".pb" in file.suffixes]
    return sorted(found, key=lambda file: (file.stat().st_size, file.name))


def differing() -> dict[str, Decisions]:
    """What it decides about the small made elections, its own steps of a percent too."""
    found = {}
    for file in sorted(SMALL.glob("*.pb")):
        name, (_, decisions) = name_of(file), recorded(file, LIMIT_S)
        with opened(file, Form.LIST) as peer:
            percent = peer.by_percent(Rule.MES_COST, limit_s=LIMIT_S).winners
        found[name] = replace(
            decisions, decided=decisions.decided | {"mes-cost+percent": ",".join(percent)}
        )
    return found


def recorded(file: Path, limit_s: float) -> tuple[str, Decisions]:
    """Who decided, and everything that it decided within the limit."""
    with opened(file, Form.MULTI) as peer:
        by = f"pabutools {peer.versions.pabutools}, gmpy2 {peer.versions.gmpy2}, exact fractions"
        sizes, lines = peer.sizes, [*_plain(peer)]
        once = peer.decide(Rule.MES_COST, limit_s=LONG_S)
    if once.seconds * WORTH_TRYING > limit_s:
        limit_s = 0.0
    lines += _add1(file, equal_shares(sizes), limit_s)
    decided = {words: ",".join(winners) for words, winners in lines}
    return by, Decisions(ballots=sizes.ballots, projects=sizes.projects, decided=decided)


def equal_shares(sizes: Sizes) -> Sequence[Rule]:
    """The rules of equal shares that differ on such ballots."""
    more = () if sizes.approvals else (Rule.MES_VALUES,)
    return (Rule.MES_COST, Rule.MES_CARDINALITY, *more)


def _plain(peer: Peer) -> Iterator[Line]:
    for rule in (*BY_VOTES, *equal_shares(peer.sizes)):
        try:
            verdict = peer.decide(rule, limit_s=LONG_S)
        except NotItsRule as fault:
            tell(f"{rule}: {fault}")
            continue
        tell(f"{rule}: {len(verdict.winners)} winners, {verdict.seconds:.2f} s")
        yield rule, verdict.winners
        if rule not in BY_VOTES:
            yield f"{rule}+greedy", peer.completed(verdict.winners, limit_s=LONG_S).winners


def _add1(file: Path, rules: Sequence[Rule], limit_s: float) -> Iterator[Line]:
    """Add1 and Add1U with both stop rules, or equal shares at raised endowments instead."""
    for rule in rules:
        for stop in Stop:
            if found := _ended(file, rule, stop, limit_s):
                yield from found
            else:
                yield from _raised(file, rule, stop)


def _ended(file: Path, rule: Rule, stop: Stop, limit_s: float) -> list[Line]:
    """Add1 and Add1U; nothing where that takes longer than the limit."""
    if not limit_s:
        return []
    try:
        with opened(file, Form.MULTI) as peer:
            verdict = peer.decide(rule, completion="add1", stop=stop, limit_s=limit_s)
            completed = peer.completed(verdict.winners, limit_s=LONG_S)
    except TooLong as fault:
        tell(f"{rule} add1 {stop}: {fault}")
        return []
    tell(f"{rule} add1 {stop}: {verdict.steps} steps, {verdict.seconds:.2f} s")
    return [
        (f"{rule}+add1/{stop}", verdict.winners),
        (f"{rule}+add1u/{stop}", completed.winners),
    ]


def _raised(file: Path, rule: Rule, stop: Stop) -> Iterator[Line]:
    """Equal shares at the last two steps that our own Add1 tries, and at some before them."""
    asked = AllocationRule(rule=rule, completion=Completion.ADD1, stop=stop)
    last = allocated(problem_from(read_pb(file.read_bytes())), asked).steps
    with opened(file, Form.MULTI) as peer:
        for step in sorted({*(int(last * part) for part in PARTS), last - 1, last}):
            verdict = peer.raised(rule, step, limit_s=LONG_S)
            tell(f"{rule} at step {step}: {verdict.seconds:.2f} s")
            yield f"{rule}@{step}", verdict.winners


def main(words: Sequence[str]) -> None:
    """Record, and keep each election as soon as it is complete."""
    keep(replace(facts(), differing=differing()))
    names = [word for word in words if not word.startswith(LIMIT_WORD)]
    limits = [float(word.removeprefix(LIMIT_WORD)) for word in words if word not in names]
    there = facts()
    wanted = [file for file in files() if name_of(file) in names or not names]
    for file in wanted:
        name = name_of(file)
        if not names and name in there.elections:
            continue
        tell(name)
        by, decisions = recorded(file, min(limits, default=LIMIT_S))
        there = facts()  # another process may have recorded others meanwhile
        there = replace(there, by=by, elections=there.elections | {name: decisions})
        keep(there)


if __name__ == "__main__":
    main(sys.argv[1:])
