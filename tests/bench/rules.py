"""The rules against pabutools on every shared election: ``make bench ONLY=rules``.

From the grouped ballots in memory to the winners, exact on both sides; reading the file is measured
apart, and so is our whole answer, which explains every round and fate. pabutools takes the faster
of its two forms of ballots; of large elections it is measured once more with ballots as its reader
gives them, one for each voter (rows ``as-parsed``). Without ``--full`` only what it decides within
seconds is measured, and Add1 only where it takes less than half a minute. Winners that
differ are a fault, not a figure.
"""

import statistics
import sys
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

from talkoot.voting.allocation import AllocationProblem
from talkoot.voting.ballot import AllocationRule, Completion, Rule
from talkoot.voting.pabulib import problem_from, read_pb
from tests.bench.environments import NoEnvironment
from tests.bench.facts import facts
from tests.bench.harness import (
    RUNS,
    Row,
    Scale,
    compared,
    give,
    scale_from,
    seconds,
    short_seconds,
    tell,
)
from tests.bench.peers import Form, NotItsRule, Peer, TooLong, Verdict, opened
from tests.bench.posed import decided_by_us, explained_by_us, posed
from tests.bench.record import files, name_of
from tests.bench.report import duration
from tests.shared_data import FOLDER
from tests.voting.allocation.listed import listed_by_number

LARGE = 10_000
"""Ballots from which an election counts in the medians."""

RULES = (
    AllocationRule(rule=Rule.GREEDY),
    AllocationRule(rule=Rule.GREEDY_PER_COST),
    AllocationRule(rule=Rule.MES_COST),
    AllocationRule(rule=Rule.MES_CARDINALITY),
    AllocationRule(rule=Rule.PHRAGMEN),
    AllocationRule(rule=Rule.MES_COST, completion=Completion.ADD1),
)

MOST_CELLS = 1_000_000
"""Different ballots times projects, from which pabutools takes more than about five seconds; only
with ``--full`` more is measured, and of elections with few ballots more than a tenth of that."""
FORMS_ALIKE = 3
"""Where more than this many ballots are alike on average, the list of all is never the faster."""
ADD1_S = {Scale.SHORT: 30.0, Scale.FULL: 120.0}
PLAIN_S = 600.0
AS_PARSED = "as-parsed"
AS_PARSED_S = 20.0
"""What has not ended by then is entered with this time: the ratio is then at least what it says."""
ONCE_FROM_S = 4.0
"""What takes longer as parsed is measured once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Election:
    """A shared election, read by us."""

    name: str
    file: Path
    problem: AllocationProblem
    read_s: float
    theirs_read_s: list[float] = field(default_factory=list)
    """Filled as pabutools opens the file again and again."""

    @property
    def ballots(self) -> int:
        """All ballots, equal ones too."""
        return self.problem.profile.ballots

    @property
    def cells(self) -> int:
        """Different ballots times projects: what pabutools' time grows with."""
        return self.problem.profile.groups * len(self.problem.costs)

    @property
    def forms(self) -> Sequence[Form]:
        """The forms of ballots that may be pabutools' fastest."""
        alike = self.ballots / max(self.problem.profile.groups, 1)
        return (Form.MULTI,) if alike > FORMS_ALIKE else (Form.MULTI, Form.LIST)


def election(file: Path) -> Election:
    """Read an election, and time the reading."""
    packed = file.read_bytes()
    taken = [seconds(lambda: problem_from(read_pb(packed))) for _ in range(RUNS)]
    problem = listed_by_number(problem_from(read_pb(packed)))
    return Election(name=name_of(file), file=file, problem=problem, read_s=statistics.median(taken))


def words_of(rule: AllocationRule) -> str:
    """A rule's name in the table."""
    return rule.rule if rule.completion is Completion.NONE else f"{rule.rule}+{rule.completion}"


def theirs(here: Election, rule: AllocationRule, limit_s: float) -> tuple[Form, list[Verdict]]:
    """Verdicts by the faster of pabutools' forms, its first in each included.

    Raises :class:`TooLong` and :class:`NotItsRule`.
    """
    with ExitStack() as stack:
        peers = {form: stack.enter_context(opened(here.file, form)) for form in here.forms}
        here.theirs_read_s.extend(peer.sizes.parse_s for peer in peers.values())
        first = {form: verdict(peer, rule, limit_s) for form, peer in peers.items()}
        form = min(first, key=lambda one: first[one].seconds)
        rest = [verdict(peers[form], rule, limit_s) for _ in range(RUNS - 1)]
    return form, [first[form], *rest]


def verdict(peer: Peer, rule: AllocationRule, limit_s: float) -> Verdict:
    """One decision of the election that is open."""
    return peer.decide(rule.rule, completion=rule.completion, limit_s=limit_s)


def measured(here: Election, rule: AllocationRule, limit_s: float) -> Row:
    """One rule on one election. Raises :class:`TooLong` and :class:`NotItsRule`."""
    name = f"rules/{words_of(rule)}/{here.name}"
    form, verdicts = theirs(here, rule, limit_s)
    problem, winners = here.problem, verdicts[0].winners
    mine = decided_by_us(posed(problem), rule)
    if explained_by_us(posed(problem), rule) != mine:
        raise ValueError(f"{name}: explained, the winners are others")
    if rule.rule is Rule.PHRAGMEN:  # pabutools gives its winners sorted by name
        mine = tuple(sorted(mine))
    if mine != winners:
        return Row(name=name, n=here.ballots, note=f"OTHER WINNERS: {mine} and {winners}")
    taken = [short_seconds(lambda: decided_by_us(posed(problem), rule)) for _ in range(RUNS)]
    told = statistics.median(
        short_seconds(lambda: explained_by_us(posed(problem), rule)) for _ in range(RUNS)
    )
    return compared(
        name,
        ours_s=statistics.median(taken),
        theirs_s=statistics.median(one.seconds for one in verdicts),
        runs=RUNS,
        n=here.ballots,
        note=f"{problem.profile.groups} different ballots, {len(problem.costs)} projects,"
        f" pabutools with the form {form}; explained, ours take {duration(told)}",
    )


def as_parsed(here: Election, rule: AllocationRule, ours_s: float) -> Row:
    """The same decision of a large election by pabutools with one ballot for each voter."""
    taken, note = [AS_PARSED_S], f"pabutools, one ballot a voter, not ended in {AS_PARSED_S:.0f} s"
    with opened(here.file, Form.LIST) as peer, suppress(TooLong):
        taken = [verdict(peer, rule, AS_PARSED_S).seconds]
        note = "pabutools with ballots as its reader gives them, one a voter"
        if taken[0] < ONCE_FROM_S:
            taken += [verdict(peer, rule, AS_PARSED_S).seconds for _ in range(RUNS - 1)]
    return compared(
        f"rules/{words_of(rule)}/{here.name}/{AS_PARSED}",
        ours_s=ours_s,
        theirs_s=statistics.median(taken),
        runs=len(taken),
        n=here.ballots,
        note=note,
    )


def in_bounds(here: Election, rule: AllocationRule, scale: Scale) -> bool:
    """Whether it is measured at this scale; Add1 only where a recorded run has ended."""
    if rule.completion is not Completion.NONE:
        recorded = facts().elections.get(here.name)
        if recorded is not None and f"{words_of(rule)}/{rule.stop}" not in recorded.decided:
            return False
    most = MOST_CELLS if here.ballots >= LARGE else MOST_CELLS // 10
    return scale is Scale.FULL or here.cells <= most


def reading(here: Election) -> Row:
    """From the file to ballots; ours are grouped already, theirs are not yet."""
    return compared(
        f"rules/read/{here.name}",
        ours_s=here.read_s,
        theirs_s=statistics.median(here.theirs_read_s),
        runs=min(RUNS, len(here.theirs_read_s)),
        n=here.ballots,
        note="from the file to ballots in memory, by us grouped",
    )


def rows_of(here: Election, scale: Scale) -> list[Row]:
    """All that is measured of one election, given as it comes."""
    rows = []
    for rule in RULES:
        words = words_of(rule)
        if not in_bounds(here, rule, scale):
            tell(f"{here.name}: {words} only with --full, or not at all")
            continue
        limit_s = PLAIN_S if rule.completion is Completion.NONE else ADD1_S[scale]
        try:
            row = measured(here, rule, limit_s)
        except (NotItsRule, TooLong) as fault:
            tell(f"{here.name}: {words}: {fault}")
            continue
        give(row)
        tell(f"{here.name}: {words} {row.ratio:.0f}" if row.ratio else f"{row.name}: {row.note}")
        rows.append(row)
        if here.ballots >= LARGE and row.ours_s is not None:
            rows.append(as_parsed(here, rule, row.ours_s))
            give(rows[-1])
            tell(f"{here.name}: {words} as parsed {rows[-1].ratio:.0f}")
    if here.theirs_read_s:
        rows.append(reading(here))
        give(rows[-1])
    return rows


def medians(rows: Sequence[Row]) -> list[Row]:
    """For each rule and form of ballots the median of the ratios over large elections."""
    large: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        if row.ratio is not None and row.n >= LARGE:
            _, words, _, *form = row.name.split("/")
            large[words, "median", *form].append(row)
    return [
        Row(
            name="/".join(("rules", *words)),
            ratio=statistics.median(row.ratio for row in some if row.ratio is not None),
            runs=min(row.runs for row in some),
            n=len(some),
            note=f"median over the {len(some)} elections of at least {LARGE:,} ballots measured",
        )
        for words, some in large.items()
    ]


def main(words: Sequence[str]) -> None:
    """Give every row of this group; ``--full`` and names of elections may be asked for."""
    scale = scale_from(words)
    names = [word for word in words if not word.startswith("--")]
    if not FOLDER.is_dir():
        give(Row(name="rules", note="not measured: the folder of shared elections is not here"))
        return
    rows: list[Row] = []
    try:
        for file in files():
            if not names or name_of(file) in names:
                tell(name_of(file))
                here = election(file)
                rows += rows_of(here, scale)
    except NoEnvironment as fault:
        give(Row(name="rules", note=f"not measured: {fault}"))
    for row in medians(rows):
        give(row)


if __name__ == "__main__":
    main(sys.argv[1:])
