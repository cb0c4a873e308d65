"""Decides an election again from its ballots, exactly: docs/decisions/0007, 0010, 0012 to 0014."""

from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from math import lcm
from typing import Any

from talkoot.verify.proofs import LIMITS, PRESET, Record, sha, text

Choice = tuple[tuple[int, int], ...]
"""What a ballot says: places of projects in listed order, each with the value given."""

KNOWN = {
    "rule": "greedy greedy-per-cost mes-cost mes-cardinality mes-values phragmen count-only",
    "completion": "none add1 add1u greedy",
    "stop": "exhaustive infeasible",
    "endowment": "exact floor",
    "tie": "listed cheaper popular lot",
    "fit": "skip stop",
    "comparison": "none greedy",
    "leftover": "kept city",
}
VOTE_TYPES = "approval knapsack one points scores ranking"
CENTS = 100  # in one unit of currency, by which Add1 goes up


class Recount:
    """One pot, or the whole election, decided again in exact numbers. Projects go by place."""

    def __init__(self, d: Record, ballots: Counter[Choice], home: int | None, budget: int) -> None:
        self.rule, self.budget, self.steps = {**PRESET, **d["allocation"]}, budget, 0
        projects, rule, kept = d["projects"], self.rule, Counter[Choice]()
        own = [p for p in range(len(projects)) if home is None or home_of(d, p) == home]
        for choice, number in ballots.items():
            kept[tuple(mark for mark in choice if mark[0] in own)] += number
        if home is not None:
            kept.pop((), None)
        self.groups, self.voters, self.clubs = (
            list(kept.items()),
            kept.total(),
            [p.get("exclusive") for p in projects],
        )
        self.cost: list[int] = [p["cost"] - p.get("pledged", 0) for p in projects]
        self.worth = [p["cost"] if rule["rule"] == "mes-cost" else 1 for p in projects]
        self.fans: list[list[tuple[int, int]]] = [[] for _ in projects]
        for g, (choice, _) in enumerate(self.groups):
            for p, value in choice:
                if value > 0:
                    self.fans[p].append((g, 1 if rule["rule"] == "mes-cardinality" else value))
        votes, self.score = tallied(kept)
        divisor, least = rule["support_for_cost"], rule["min_support"]
        self.own = [
            p
            for p in own
            if self.score[p] >= least
            and (not divisor or votes[p] * divisor * budget >= self.cost[p] * self.voters)
        ]
        lot, self.order = rule["lot_seed"], dict[int, Any]()
        for p in own:
            last = sha(text(lot), text(projects[p]["id"])) if lot else p
            both = {"cheaper": (self.cost[p], -votes[p]), "popular": (-votes[p], self.cost[p])}
            self.order[p] = (*both.get(rule["tie"], ()), last)

    def waiting(self, won: Sequence[int]) -> list[int]:
        gone = {self.clubs[p] for p in won} - {None}
        return [p for p in self.own if p not in won and self.clubs[p] not in gone]

    def left(self, won: Sequence[int]) -> int:
        return self.budget - sum(self.cost[p] for p in won)

    def decided(self) -> list[int]:
        """Give the funded projects in the order in which the rule funds them."""
        rule = self.rule["rule"]
        if rule == "count-only":
            return []
        shared = self.phragmen if rule == "phragmen" else self.equal_shares
        won = self.greedy([], rule) if rule.startswith("greedy") else shared()
        won = self.greedy(won, "") if self.rule["completion"] in {"greedy", "add1u"} else won
        if self.rule["comparison"] == "greedy" and rule != "greedy":
            other, lead = self.greedy([], ""), 0
            for choice, number in self.groups:
                liked = [p for p, value in choice if value > 0]
                more = sum(p in other for p in liked) - sum(p in won for p in liked)
                lead += number * ((more > 0) - (more < 0))
            won = other if lead > 0 else won
        return won

    def greedy(self, before: Sequence[int], rule: str) -> list[int]:
        def standing(p: int) -> tuple[Any, ...]:
            by = self.cost[p] if rule == "greedy-per-cost" else 1
            endless = not by and self.score[p] > 0
            return (not endless, -Fraction(self.score[p] if by else 0, by or 1), self.order[p])

        won = list(before)
        for p in sorted(self.waiting(won), key=standing):
            if p in self.waiting(won) and self.cost[p] <= self.left(won):
                won.append(p)
            elif p in self.waiting(won) and self.rule["fit"] == "stop":
                break
        return won

    def equal_shares(self) -> list[int]:
        start, more = Fraction(self.budget, self.voters or 1), self.rule["completion"]
        start = Fraction(start // CENTS * CENTS) if self.rule["endowment"] == "floor" else start
        won = self.shared(start)
        while more in {"add1", "add1u"}:
            rest = [p for p in self.waiting(won) if self.fans[p]]
            fitting = [p for p in rest if self.cost[p] <= self.left(won)]
            if not (rest if self.rule["stop"] == "infeasible" else fitting):
                break
            self.steps += 1
            following = self.shared(start + self.steps * CENTS)
            if self.left(following) < 0:
                break
            won = following
        return won

    def shared(self, start: Fraction) -> list[int]:
        """Run equal shares once; money is whole numbers of ``1 / unit`` cents."""
        money, unit, won = [start.numerator] * len(self.groups), start.denominator, list[int]()

        def rho(p: int) -> Fraction | None:
            rich, cost = self.fans[p], self.cost[p] * unit
            rest = sum(self.groups[g][1] * v for g, v in rich)
            while rich:
                poor = [(g, v) for g, v in rich if money[g] * rest < cost * v]
                if not poor:
                    return Fraction(cost, rest * unit * (self.worth[p] or 1))
                rich = [(g, v) for g, v in rich if money[g] * rest >= cost * v]
                cost -= sum(money[g] * self.groups[g][1] for g, _ in poor)
                rest -= sum(self.groups[g][1] * v for g, v in poor)
            return None

        least = {p: Fraction(0) for p in self.own if self.fans[p]}
        while True:
            best, tied = smallest(least, self.waiting(won), rho)
            if best is None:
                return won
            won.append(p := min(tied, key=self.order.__getitem__))
            pay = best * self.worth[p]
            grown = lcm(unit, pay.denominator)
            money, unit = [m * (grown // unit) for m in money], grown
            due = pay.numerator * (unit // pay.denominator)
            for g, v in self.fans[p]:
                money[g] -= min(money[g], due * v)

    def phragmen(self) -> list[int]:
        won, loads, last = list[int](), [Fraction(0)], [0] * len(self.groups)

        def load(p: int) -> Fraction | None:
            carried = Counter[int]()
            for g, _ in self.fans[p]:
                carried[last[g]] += self.groups[g][1]
            there = sum((n * loads[at] for at, n in carried.items()), Fraction(self.cost[p]))
            return there / carried.total()

        able = {p for p in self.own if self.cost[p] <= self.budget}
        least = {p: Fraction(0) for p in able if self.fans[p]}
        while True:
            rest = [p for p in self.waiting(won) if p in able]
            best, tied = smallest(least, rest, load)
            tied = rest if best is None else tied
            if not tied or any(self.cost[p] > self.left(won) for p in tied):
                return won
            won.append(p := min(tied, key=self.order.__getitem__))
            loads.append(best or Fraction(0))
            for g, _ in self.fans[p]:
                last[g] = len(loads) - 1


def smallest(
    least: dict[int, Fraction], some: Sequence[int], exact: Callable[[int], Fraction | None]
) -> tuple[Fraction | None, list[int]]:
    """Find the smallest values, which never fall: ``least`` holds what they were before."""
    found: dict[int, Fraction] = {}
    for p in sorted(set(some) & set(least), key=least.__getitem__):
        if found and least[p] > min(found.values()):
            break
        value = exact(p)
        if value is None:
            del least[p]
        else:
            least[p] = found[p] = value
    best = min(found.values(), default=None)
    return best, [p for p, value in found.items() if value == best]


def lawful(d: Record, names: Sequence[str], points: Sequence[int]) -> Choice:
    """Give what a line of a ballot file says. Raises ``ValueError`` for an unlawful ballot."""
    kind, most, limits = d["vote_type"], 1 << 64, d["limits"]
    values = points if kind in {"points", "scores"} else [1] * len(names)
    values = range(len(names), 0, -1) if kind == "ranking" else values
    at = {p["id"]: place for place, p in enumerate(d["projects"])}
    made = tuple(sorted(zip((at[name] for name in names), values, strict=True)))
    least, cost = limits["min_value"], sum(d["projects"][p]["cost"] for p, _ in made)
    limit = {name: most if limits[name] is None else limits[name] for name in LIMITS.split()}
    room = d["budget"] if limits["max_cost"] is None else limits["max_cost"]
    given, fits = [v for _, v in made], limit["min_choices"] <= len(made)
    fits &= len(dict(made)) == len(made) <= limit["max_choices"]
    fits &= kind != "knapsack" or cost <= room
    if kind in {"points", "scores"}:
        fits &= all(least <= v <= limit["max_value"] for v in given)
    if kind == "points" and made:
        fits &= limit["min_sum"] <= sum(given) <= limit["max_sum"]
    if not fits:
        raise ValueError(f"a ballot that the definition does not allow: {names} {points}")
    return made


def tallied(ballots: Counter[Choice]) -> tuple[Counter[int], Counter[int]]:
    votes, score = Counter[int](), Counter[int]()
    for choice, number in ballots.items():
        votes.update({p: number for p, _ in choice})
        score.update({p: number * value for p, value in choice})
    return votes, score


def home_of(d: Record, p: int) -> int:
    areas: list[str | None] = [pot["area"] for pot in d["pots"]]
    area: str | None = d["projects"][p]["area"]
    return areas.index(area if area in areas else None)


def unknown(d: Record) -> list[str]:
    """Name the words of a definition by which nothing can be decided here."""
    rule = {**PRESET, **d["allocation"]}
    odd = [rule[name] for name, words in KNOWN.items() if rule[name] not in words.split()]
    return odd + [d["vote_type"]] * (d["vote_type"] not in VOTE_TYPES.split())


def funded(d: Record, ballots: Counter[Choice]) -> tuple[list[int], int]:
    """Decide every pot, areas first; give all winners in order, and the steps of Add1."""
    pots, won, steps, over = d.get("pots") or [], list[int](), 0, 0
    areas = [at for at, pot in enumerate(pots) if pot["area"] is not None]
    town = [at for at, pot in enumerate(pots) if pot["area"] is None]
    homes: list[int | None] = [*areas, *town] if pots else [None]
    for home in homes:
        brought = over if home in town and d["allocation"].get("leftover") == "city" else 0
        budget = (d["budget"] if home is None else pots[home]["budget"]) + brought
        pot = Recount(d, ballots, home, budget)
        mine = pot.decided()
        won, steps, over = won + mine, steps + pot.steps, over + pot.left(mine)
    return won, steps
