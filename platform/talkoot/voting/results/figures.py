"""Figures beside the winners: steps, what other rules would have done, channels and areas."""

import msgspec


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One funded project, in order of selection. Money is in cents.

    ``number``: the project; ``phase``: ``free`` (it costs nothing), ``rule``, ``completion`` or
    ``comparison`` (by votes, because more voters fare better so); ``cost``: what the budget pays
    for it; ``left``: what remained after it of the budget, or of that of the ``pot``: the area's
    code where an area has a pot of its own, else ``None``.

    ``votes``: the effective votes (points where ballots give points): its cost divided by
    ``price``, which is what a supporter pays for each vote (for each point) who has the money. By
    votes nobody pays, and the price is the cost divided by the votes. For Phragmen ``price`` is the
    money that every voter had received by then, and there are no effective votes.

    Both are given exactly, as a fraction ``"num/den"`` (``""`` where it is longer than 60 symbols),
    and rounded to the nearest hundredth of a vote and the nearest cent, halves up; ``None`` where a
    step has none. ``payers`` counts ballots that paid something, ``short`` those of them that gave
    all they had left and less than the full price; both are 0 where nobody pays.

    ``tied_with``: the projects that were exactly as good; ``tie_by``: what decided between them.
    """

    number: str
    phase: str
    cost: int
    left: int
    votes: str | None = None
    votes_hundredths: int | None = None
    price: str | None = None
    price_cents: int | None = None
    payers: int = 0
    short: int = 0
    tied_with: tuple[str, ...] = ()
    tie_by: str = ""
    pot: str | None = None


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """The comparison of the rule's outcome with the outcome by votes.

    ``greedy`` voters have more funded choices by votes, ``rule`` voters by the rule; the outcome by
    votes stands if they are strictly more. ``rejected``: the winners of the outcome that does not
    stand.
    """

    greedy: int
    rule: int
    rejected: tuple[str, ...]


class PotResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a pot, or of the whole budget where there are no pots. Money is in cents.

    ``area``: its area's code, ``None`` for the whole municipality; ``brought``: what areas left to
    it; ``ballots``: those that name at least one of its projects (without pots: all); ``steps``:
    the number of the last Add1 step tried; ``share``: each of these ballots' money in the run
    returned by equal shares, exactly (as in :class:`Step`) and rounded to the nearest cent.
    """

    area: str | None
    budget: int
    brought: int
    spent: int
    ballots: int
    steps: int = 0
    share: str | None = None
    share_cents: int | None = None
    compared: Compared | None = None


class Alternative(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule would have made of the same ballots: costs, budget and tie rule unchanged.

    ``winners`` are in order of selection. ``satisfied[k]`` is the number of voters of whose choices
    exactly k are funded, so that all of them together are the ballots counted.
    """

    rule: str
    completion: str
    winners: tuple[str, ...]
    spent: int
    satisfied: tuple[int, ...]


class ChannelVotes(msgspec.Struct, frozen=True, kw_only=True):
    """A project's ballots by channel, in the order of the table; ``None`` is not shown."""

    number: str
    votes: tuple[int | None, ...]


class ChannelTable(msgspec.Struct, frozen=True, kw_only=True):
    """Ballots by the place where they were cast. ``least``: smaller numbers are not shown.

    Nor is a number shown from which a smaller one could be worked out: see
    :mod:`talkoot.voting.results.channels`.
    """

    least: int
    channels: tuple[str, ...]
    ballots: tuple[int | None, ...]
    projects: tuple[ChannelVotes, ...]


class AreaTurnout(msgspec.Struct, frozen=True, kw_only=True):
    """How many of an area's persons on the roll have voted; ``None`` is not shown."""

    area: str
    on_roll: int | None = None
    voters: int | None = None


class AreaTable(msgspec.Struct, frozen=True, kw_only=True):
    """Turnout by area: ballots that stand, spoiled ones too. ``on_roll``, ``voters``: altogether.

    What is left out, and why: :mod:`talkoot.voting.results.areas`.
    """

    least: int
    on_roll: int
    voters: int
    areas: tuple[AreaTurnout, ...]
