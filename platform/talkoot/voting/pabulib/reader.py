"""Read a whole ``.pb`` file, or say in which line it is wrong and why."""

from itertools import chain, islice
from typing import assert_never

from talkoot.base.engine import Engine
from talkoot.base.errors import BadFile
from talkoot.voting.pabulib.election import Found, PbElection, PbVoteType, Places
from talkoot.voting.pabulib.head import (
    amount_of,
    meta_of,
    projects_of,
    remarks_on,
    same_number,
    vote_type_of,
)
from talkoot.voting.pabulib.sections import (
    Head,
    Rows,
    Section,
    head_of,
    raw_of,
    whole,
)

MAX_REMARKS = 1_000


def read_pb(data: bytes, *, engine: Engine = Engine.KERNELS) -> PbElection:
    """Read the bytes of a ``.pb`` or ``.pb.gz`` file.

    Raises :class:`BadFile` with reason and line for whatever makes the file uncountable. What is
    odd but harmless (a ballot that repeats a project, a missing description) becomes a remark.
    Both engines say the same of every file.
    """
    raw = raw_of(data)
    head = head_of(raw)
    found = _found(raw, head, engine)
    sections = whole(head)
    meta, lines = meta_of(sections[Section.META])
    vote_type = vote_type_of(meta, lines)
    projects = projects_of(sections[Section.PROJECTS])
    same_number(meta, lines, "num_projects", len(projects))
    places = _places(sections[Section.VOTES], vote_type)
    votes, odd = found.votes(places, vote_type, projects)
    same_number(meta, lines, "num_votes", len(votes))
    return PbElection(
        meta=meta,
        vote_type=vote_type,
        budget=amount_of(meta["budget"], "budget", lines["budget"]),
        projects=projects,
        votes=votes,
        remarks=tuple(islice(chain(remarks_on(meta, vote_type), odd), MAX_REMARKS)),
    )


def _found(raw: bytes, head: Head, engine: Engine) -> Found:
    """Tell the rows of VOTES apart. Raises :class:`BadFile` where that cannot be done."""
    match engine:
        case Engine.KERNELS:
            from talkoot.voting.pabulib.columns import scanned

            return scanned(raw, head)
        case Engine.TWINS:
            from talkoot.voting.pabulib.reference import listed

            return listed(raw, head)
        case _:
            assert_never(engine)


def _places(rows: Rows, vote_type: PbVoteType) -> Places:
    """The columns that count."""
    for name in ("voter_id", "vote"):
        if name not in rows.header:
            raise BadFile(f"VOTES has no column {name}", line=rows.line + 1)
    pointed = vote_type in (PbVoteType.CUMULATIVE, PbVoteType.SCORING)
    if pointed and "points" not in rows.header:
        raise BadFile(f"{vote_type} ballots need a column points", line=rows.line + 1)
    return Places(
        voter=rows.header.index("voter_id"),
        vote=rows.header.index("vote"),
        points=rows.header.index("points") if pointed else -1,
    )
