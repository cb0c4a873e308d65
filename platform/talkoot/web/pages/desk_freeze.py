"""A round's draft at the desk: its rules are chosen, and two freeze its ballot."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self
from uuid import uuid4

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from talkoot.base.db import WriteSession
from talkoot.base.errors import NotAllowed
from talkoot.base.ids import ElectionId
from talkoot.base.money import Cents
from talkoot.people import REASON_MAX, Proposal, freezes_of, proposed, waits
from talkoot.rounds import Kind, Phase, PhaseKind, Round, round_called
from talkoot.voting import log
from talkoot.voting.ballot import (
    AllocationRule,
    BallotDefinition,
    Completion,
    Limits,
    Recast,
    Rule,
    VoteType,
)
from talkoot.voting.log import DRAFT, ActKind, ElectionRules
from talkoot.web.access import EVERY_PHASE
from talkoot.web.counting import counting
from talkoot.web.forms import Form, form_of
from talkoot.web.frame import Frame, Step
from talkoot.web.house import House, house_of
from talkoot.web.pages.desk_brought import NotBrought, amount, carried_definition, local_time
from talkoot.web.pages.desk_deeds import definition_in
from talkoot.web.pages.desk_election import PROPOSERS, ProposalLine, lines_of
from talkoot.web.pages.desk_gate import EVERY_ROLE, SEE_OTHER, Seat, desk_of, desk_route, seat_of
from talkoot.web.pages.desk_words import SEALED_LINE, state_in_words
from talkoot.web.templating import shown
from talkoot.web.voice import Said, Voice
from talkoot.web.words import changing, choosing

NOT_NOW = 409
MOST_CHOICES = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLine:
    """A project that would be on the ballot."""

    number: str
    name: Said
    cost: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezePage:
    """A round before its ballot is frozen. ``elections``: pages of what is frozen already."""

    frame: Frame
    form_token: str
    title: Said
    back: str
    line: tuple[Step, ...]
    times: str
    poll: bool
    projects: tuple[DraftLine, ...]
    rules: tuple[str, ...]
    fault: tuple[str, ...]
    waiting: ProposalLine | None
    may_propose: bool
    propose: str
    reason_max: int
    earlier: tuple[ProposalLine, ...]

    @classmethod
    def of(
        cls,
        seat: Seat,
        round_: Round,
        lines: Collection[tuple[Proposal, ProposalLine]],
        house: House,
        fault: tuple[str, ...],
    ) -> Self:
        """Show a draft to an official."""
        voice, at = seat.voice, house.now()
        waiting = next(((each, line) for each, line in lines if waits(each, at)), None)
        voting = [phase for phase in round_.phases if phase.kind is PhaseKind.VOTING]
        return cls(
            frame=seat.frame("drafts", round_.slug),
            form_token=seat.form_token,
            title=voice.said(round_.title),
            back=seat.path(),
            line=draft_line(voice),
            times=(
                f"{voice.moment(voting[0].starts_at)} – {voice.moment(voting[0].ends_at)}"
                if len(voting) == 1
                else ""
            ),
            poll=round_.kind is Kind.POLL,
            projects=tuple(
                DraftLine(
                    number=project.number,
                    name=voice.said(project.name),
                    cost=voice.money(project.cost, "EUR") if round_.kind is Kind.BUDGET else "",
                )
                for project in sorted(round_.projects, key=lambda project: project.place)
            ),
            rules=_rules_in_words(voice, round_, definition_in(waiting[0])) if waiting else (),
            fault=fault,
            waiting=waiting[1] if waiting else None,
            may_propose=bool(seat.official.roles & PROPOSERS),
            propose=seat.path("drafts", round_.slug, "freeze"),
            reason_max=REASON_MAX,
            earlier=tuple(line for each, line in lines if not waits(each, at)),
        )


def draft_line(voice: Voice) -> tuple[Step, ...]:
    """Show that an election has come no further than its draft."""
    return tuple(
        Step(name=state_in_words(voice, state), state="current" if state == DRAFT else "ahead")
        for state in SEALED_LINE
    )


def _rules_in_words(voice: Voice, round_: Round, definition: BallotDefinition) -> tuple[str, ...]:
    budget = voice.money(definition.budget, definition.currency)
    return (
        *([voice.gettext("Budget: %(money)s.", money=budget)] if definition.budget else []),
        choosing(voice, definition, round_.kind),
        changing(voice, definition.recast),
        *counting(voice, definition.allocation, definition.currency),
    )


async def show_draft(request: Request) -> Response:
    """Show a round of one's own municipality before its freeze; afterwards lead to its election."""
    return await draft_shown(request, request.path_params["round"])


async def draft_shown(request: Request, slug: str, fault: tuple[str, ...] = ()) -> Response:
    """Show a draft, with what was wrong if anything was."""
    house, seat = house_of(request), seat_of(request)
    async with desk_of(house).writing() as session:
        round_ = await round_called(session, seat.municipality.id, slug)
        elections = await log.elections_of_round(session, round_.id)
        proposals = await freezes_of(session, round_.id)
        lines = await lines_of(session, seat, house, None, proposals)
    if elections and not fault:
        path = seat.path("elections", str(elections[-1].id))
        return RedirectResponse(path, status_code=SEE_OTHER)
    page = FreezePage.of(seat, round_, lines, house, fault)
    return shown("desk/draft.html", page, status=NOT_NOW if fault else 200)


async def propose_freeze(request: Request) -> Response:
    """Propose to freeze a round's ballot under the rules of the form."""
    house, seat, form = house_of(request), seat_of(request), await form_of(request)
    slug = request.path_params["round"]
    try:
        async with desk_of(house).writing() as session:
            round_ = await round_called(session, seat.municipality.id, slug)
            await _proposed(session, seat, round_, form, house)
    except NotBrought as err:
        return await draft_shown(request, slug, err.words)
    except NotAllowed:
        fault = seat.voice.gettext(
            "Nothing was proposed. An act needs a reason, must fit how far the election is, and "
            "only one at a time can wait."
        )
        return await draft_shown(request, slug, (fault,))
    return RedirectResponse(seat.path("drafts", slug), status_code=SEE_OTHER)


async def _proposed(
    session: WriteSession, seat: Seat, round_: Round, form: Form, house: House
) -> None:
    voice, election_id = seat.voice, ElectionId(uuid4())
    if await log.elections_of_round(session, round_.id):
        raise NotAllowed("the round's ballot is frozen already")
    voting = _voting(voice, round_)
    appeals_until = local_time(form.one("appeals", ""), voice)
    if appeals_until <= voting.ends_at:
        raise NotBrought(voice.gettext("The time for appeals ends after the voting does."))
    rules = _rules(round_, form, voice)
    try:
        definition = log.definition_of(round_, seat.municipality, election_id, rules)
    except ValueError as err:
        raise NotBrought(voice.gettext("That would be no ballot that can be voted on.")) from err
    payload = log.freeze_payload(
        opens_at=voting.starts_at,
        closes_at=voting.ends_at,
        grace_s=round_.grace_s,
        appeals_until=appeals_until,
    )
    await proposed(
        session,
        municipality_id=seat.municipality.id,
        election_id=election_id,
        round_id=round_.id,
        kind=ActKind.FREEZE.value,
        state=DRAFT,
        definition_hash=definition.hash,
        reason=form.one("reason", "").replace("\r\n", "\n"),
        payload=msgspec.json.encode(payload, order="deterministic"),
        carried=carried_definition(definition),
        by=seat.official.id,
        at=house.now(),
    )


def _voting(voice: Voice, round_: Round) -> Phase:
    found = [phase for phase in round_.phases if phase.kind is PhaseKind.VOTING]
    if len(found) != 1:
        raise NotBrought(voice.gettext("The round needs one phase of voting, with its times."))
    return found[0]


def _rules(round_: Round, form: Form, voice: Voice) -> ElectionRules:
    """Read the rules that the form offers; all others are for ``talkoot freeze-sealed``."""
    poll = round_.kind is Kind.POLL
    try:
        vote_type, recast = VoteType(form.one("vote", "")), Recast(form.one("recast", ""))
        rule = Rule.COUNT_ONLY if poll else Rule(form.one("rule", ""))
    except ValueError as err:
        raise NotBrought(
            voice.gettext("Choose how people vote and how votes are counted.")
        ) from err
    return ElectionRules(
        vote_type=vote_type,
        limits=Limits(max_choices=_most(form, voice) if vote_type is VoteType.APPROVAL else None),
        budget=Cents(0) if poll else amount(form.one("budget", ""), voice),
        allocation=AllocationRule(
            rule=rule,
            completion=Completion.ADD1U if rule is Rule.MES_COST else Completion.NONE,
        ),
        recast=recast,
    )


def _most(form: Form, voice: Voice) -> int:
    typed = form.one("most", "").strip()
    if not (typed.isascii() and typed.isdecimal() and 0 < int(typed[:9]) <= MOST_CHOICES):
        raise NotBrought(voice.gettext("Say how many projects a person may choose."))
    return int(typed)


_ROUND = "/{language}/desk/drafts/{round}"
ROUTES = [
    desk_route(_ROUND, show_draft, "GET", roles=EVERY_ROLE, phases=EVERY_PHASE),
    desk_route(f"{_ROUND}/freeze", propose_freeze, "POST", roles=PROPOSERS, phases=EVERY_PHASE),
]
