"""One run of the Method of Equal Shares: decided on bounds, exactly where they do not decide."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from talkoot.voting.allocation.ground import Ground
from talkoot.voting.allocation.ledger import Ledger
from talkoot.voting.allocation.quote import KEY_BITS, Purses, Quote, lacking, paid, quoted


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bought:
    """A round of a run: the winner's quote, and those that were exactly as good.

    ``rivals`` are lower bounds of the keys of the others that were looked at in this round.
    """

    quote: Quote
    tied: tuple[int, ...]
    rivals: Mapping[int, int] = field(default_factory=dict)

    @property
    def place(self) -> int:
        """The winner's place in the listed order."""
        return self.quote.place


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Run:
    """A whole run: what was bought, in order, when every voter started with ``start``.

    ``missing`` is about how much scaled money the supporters of each other project lack at the end.
    """

    start: int
    shift: int
    bought: tuple[Bought, ...]
    missing: Mapping[int, int]

    @property
    def places(self) -> tuple[int, ...]:
        """The places bought, in order."""
        return tuple(bought.place for bought in self.bought)


class _Running:
    """The state of a run under way."""

    def __init__(self, ground: Ground, start: int) -> None:
        self.ground = ground
        self.purses = Purses.full(ground, start)
        self.waiting = set(ground.contested) - ground.excluded(ground.free_and_funded)
        self.least = {place: _flat_key(ground, place) for place in ground.contested}
        self.bought: list[Bought] = []
        self._ledger: Ledger | None = None
        self.quotes: dict[int, Quote] = {}
        self.latest: dict[int, Quote] = {}

    def look(self, place: int) -> Quote | None:
        """Quote a project in this round; forget it for good if it cannot be paid."""
        quote = quoted(self.purses, place, self.latest.get(place))
        if quote is None:
            self.waiting.discard(place)
            return None
        self.least[place] = max(self.least[place], quote.least)
        self.quotes[place] = self.latest[place] = quote
        return quote

    def contenders(self) -> list[int]:
        """The projects that may be best in this round, all quoted.

        rho of a project only grows within a run, so what was found before is a lower bound, and
        projects are looked at in the order of these bounds until one lies above the best found.
        """
        self.quotes = {}
        best: int | None = None
        for place in sorted(self.waiting, key=self.least.__getitem__):
            if best is not None and self.least[place] > best:
                break
            quote = self.look(place)
            if quote is not None and quote.most is not None:
                best = quote.most if best is None else min(best, quote.most)
        return [p for p in self.quotes if best is None or self.least[p] <= best]

    def decide(self) -> Bought | None:
        """Find this round's winner, or ``None`` when nothing can be paid any more."""
        some = self.contenders()
        if not some:
            return None
        if len({self.ground.twins[place] for place in some}) == 1:
            quote = self.quotes[min(some, key=self.ground.ranks.__getitem__)]
            if quote.most is not None:
                return self._bought(quote, some)
        return self._decided_exactly(some)

    def _decided_exactly(self, some: Iterable[int]) -> Bought | None:
        keys = {}
        for place in some:
            rho = self._exact_rho(self.quotes[place])
            if rho is None:
                self.waiting.discard(place)
            else:
                keys[place] = rho / self.ground.key_cost(place)
        if not keys:
            return self.decide()
        best = min(keys.values())
        tied = [place for place, key in keys.items() if key == best]
        winner = min(tied, key=self.ground.ranks.__getitem__)
        rho = best * self.ground.key_cost(winner)
        return self._bought(self._sharpened(self.quotes[winner], rho), tied)

    def _bought(self, quote: Quote, tied: list[int]) -> Bought:
        return Bought(quote=quote, tied=tuple(p for p in sorted(tied) if p != quote.place))

    def _exact_rho(self, quote: Quote) -> Fraction | None:
        if quote.exact:
            return quote.rho
        return self.ledger().rho(quote)

    def _sharpened(self, quote: Quote, rho: Fraction) -> Quote:
        """The same quote with its bounds set to an exactly known rho."""
        shifted = rho * Fraction(2) ** self.purses.shift
        key = rho / self.ground.key_cost(quote.place) * 2**KEY_BITS
        return Quote(
            place=quote.place,
            supporters=quote.supporters,
            shift=quote.shift,
            lower=quote.lower,
            upper=quote.upper,
            low=shifted.numerator,
            high=shifted.numerator,
            value=shifted.denominator,
            exact=True,
            least=key // 1,
            most=-(-key // 1),
        )

    def ledger(self) -> Ledger:
        """The exact ledger, brought up to this round."""
        if self._ledger is None:
            self._ledger = Ledger(self.ground, start=self.purses.start, shift=self.purses.shift)
        for bought in self.bought[len(self._ledger.rhos) :]:
            self._ledger.enter(bought.quote)
        return self._ledger

    def buy(self, bought: Bought) -> None:
        """Let the supporters pay."""
        paid(self.purses, bought.quote)
        self.waiting -= {bought.place} | self.ground.excluded([bought.place])
        rivals = {p: quote.least for p, quote in self.quotes.items() if p != bought.place}
        self.bought.append(replace(bought, rivals=rivals))

    def finished(self) -> Run:
        """The run as it stands."""
        bought = {one.place for one in self.bought}
        others = [place for place in self.ground.contested if place not in bought]
        return Run(
            start=self.purses.start,
            shift=self.purses.shift,
            bought=tuple(self.bought),
            missing={place: lacking(self.purses, place) for place in others},
        )


def _flat_key(ground: Ground, place: int) -> int:
    """The key of a project that all its supporters pay in full: it can never be smaller."""
    return (ground.costs[place] << KEY_BITS) // (ground.flat[place] * ground.key_cost(place))


def equal_shares(ground: Ground, start: int) -> Run:
    """Run the Method of Equal Shares from one start (scaled money per voter) to its end."""
    running = _Running(ground, start)
    while (bought := running.decide()) is not None:
        running.buy(bought)
    return running.finished()


def same_between(ground: Ground, guide: Run, start: int) -> Run | None:
    """Run from a greater start, if it and every start in between buy just what the guide bought.

    Gives ``None`` as soon as that is not certain. Why it can be certain without trying them: with
    the order of purchases fixed, a greater start leaves every voter at least as much money after
    each purchase, so every rho is at most as great and what can be paid can still be paid. Hence if
    in each round the winner's rho at the smaller start lies below every rival's rho at the greater
    start, the winner is best at all starts between; and if at the greater start nothing more can be
    paid at the end, nothing can at any smaller one.
    """
    running = _Running(ground, start)
    for known in guide.bought:
        bought = running.decide()
        if bought is None or bought.place != known.place:
            return None
        if not _ahead(running, known):
            return None
        running.buy(bought)
    return running.finished() if running.decide() is None else None


def _ahead(running: _Running, known: Bought) -> bool:
    """Whether no rival now is as good as the known winner was with the smaller start."""
    limit = known.quote.most
    for place in sorted(running.waiting - {known.place}):
        if limit is not None and running.least[place] > limit:
            continue
        quote = running.quotes.get(place) or running.look(place)
        if quote is None or (limit is not None and running.least[place] > limit):
            continue
        if not _no_better(running.ground, known, quote):
            return False
    return True


def _no_better(ground: Ground, known: Bought, rival: Quote) -> bool:
    """Whether a rival can at best be exactly equal, and then loses by the tie rule."""
    if ground.ranks[rival.place] < ground.ranks[known.place]:
        return False
    if ground.twins[rival.place] == ground.twins[known.place]:
        return True
    return _flat(ground, known) and _top(ground, known.place) == _top(ground, rival.place)


def _flat(ground: Ground, known: Bought) -> bool:
    """Whether all supporters paid in full, as they then do from every greater start."""
    quote = known.quote
    full = Fraction(ground.costs[known.place], ground.flat[known.place])
    return quote.exact and quote.rho == full


def _top(ground: Ground, place: int) -> Fraction:
    """The smallest key a project can have: all its supporters pay in full."""
    return Fraction(ground.costs[place], ground.flat[place] * ground.key_cost(place))
