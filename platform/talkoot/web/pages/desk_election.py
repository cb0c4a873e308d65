"""One election at the desk as a page: the next step, who has signed, and what was done before."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

import msgspec

from talkoot.base.db import WriteSession
from talkoot.base.i18n import Language, Text
from talkoot.base.officials import OfficialRole
from talkoot.base.passkeys import KeyKind
from talkoot.people import (
    REASON_MAX,
    Ending,
    Official,
    Passkey,
    Proposal,
    assertion_options,
    officials_of,
    passkeys_of,
    proposals_of,
    waits,
)
from talkoot.rounds import Round
from talkoot.voting import log
from talkoot.voting.log import ActKind, Assurance, Election, Need
from talkoot.web.frame import Frame, Step
from talkoot.web.house import House
from talkoot.web.pages.desk import line_of, role_in_words
from talkoot.web.pages.desk_brought import devices_waiting, folders_there, typed_amount
from talkoot.web.pages.desk_deeds import (
    challenge_of,
    deeds_for,
    next_for,
    roles_for,
    step_of,
)
from talkoot.web.pages.desk_details import Details, details_of
from talkoot.web.pages.desk_gate import Seat, party_of
from talkoot.web.pages.desk_words import deed_in_words, need_in_words, what_follows
from talkoot.web.place import purpose_label
from talkoot.web.voice import OWN_NAMES, Said, Voice

PROPOSERS = frozenset({OfficialRole.ELECTION_MANAGER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Somebody who has signed, in which role, and with what."""

    name: str
    role: str
    in_file: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalLine:
    """A proposed act. ``options`` (JSON for the browser) is empty where the reader cannot sign.

    ``needed``: who may give the signatures that are still lacking.
    """

    heading: str
    follows: str
    reason: str
    when: str
    until: str
    ending: str
    signers: tuple[Signer, ...]
    needed: tuple[str, ...]
    details: Details
    options: str
    sign: str
    withdraw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedLine:
    """What has to hold before an act, and whether it does."""

    words: str
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TextField:
    """A text in one language, to be corrected."""

    field: str
    language: str
    name: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFields:
    """A project's texts and cost, to be corrected."""

    number: str
    name: Said
    names: tuple[TextField, ...]
    field: str
    cost: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotFields:
    """The frozen ballot as a form. ``budget``: empty where it is made up of parts."""

    titles: tuple[TextField, ...]
    budget: str
    projects: tuple[ProjectFields, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedChoice:
    """An act of this state. ``ready``: everything holds that it needs. The rest is what the act
    asks for: a file, a folder, a kiosk, a new ballot.
    """

    kind: str
    name: str
    follows: str
    needs: tuple[NeedLine, ...]
    ready: bool
    gone: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    ballot: BallotFields | None = None
    may_remove: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectionDeskPage:
    """One election: what waits, else the next step; what else can be done; what was done before."""

    frame: Frame
    form_token: str
    title: Said
    back: str
    line: tuple[Step, ...]
    times: str
    appeals: str
    hash: str
    sealed: bool
    fault: tuple[str, ...]
    waiting: ProposalLine | None
    next: DeedChoice | None
    others: tuple[DeedChoice, ...]
    may_propose: bool
    propose: str
    reason_max: int
    earlier: tuple[ProposalLine, ...]

    @classmethod
    def of(cls, seat: Seat, found: "Found", house: House, *, fault: tuple[str, ...] = ()) -> Self:
        """Show an election to an official."""
        voice, election, at = seat.voice, found.election, house.now()
        waiting = next((line for each, line in found.lines if waits(each, at)), None)
        return cls(
            frame=replace(
                seat.frame("elections", str(election.id)), label=purpose_label(voice, election)
            ),
            form_token=seat.form_token,
            title=voice.said(found.round_.title),
            back=seat.path(),
            line=line_of(voice, election),
            times=f"{voice.moment(election.opens_at)} – {voice.moment(election.closes_at)}",
            appeals=voice.moment(election.appeals_until) if election.appeals_until else "",
            hash=election.definition.hash.hex(),
            fault=fault,
            waiting=waiting,
            next=found.next if waiting is None else None,
            others=found.others if waiting is None else (),
            may_propose=bool(seat.official.roles & PROPOSERS),
            sealed=election.assurance is Assurance.SEALED,
            propose=seat.path("elections", str(election.id), "propose"),
            reason_max=REASON_MAX,
            earlier=tuple(line for each, line in found.lines if not waits(each, at)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An election of the official's own municipality, with all that its page tells."""

    round_: Round
    election: Election
    lines: tuple[tuple[Proposal, ProposalLine], ...]
    next: DeedChoice | None
    others: tuple[DeedChoice, ...]


async def found_for(
    session: WriteSession, seat: Seat, house: House, round_: Round, election: Election
) -> Found:
    """Gather what the page of an election tells."""
    missing = await log.lacking(session, election, house.now())
    leads_on = next_for(election, missing)
    choices = {
        kind: await _choice(session, seat, house, election, kind, missing=missing)
        for kind in deeds_for(election)
    }
    proposals = await proposals_of(session, [election.id])
    return Found(
        round_=round_,
        election=election,
        lines=await lines_of(session, seat, house, election, proposals),
        next=choices.pop(leads_on, None) if leads_on else None,
        # Where no kiosk is waited for there is none to be declared lost.
        others=tuple(
            choice
            for kind, choice in choices.items()
            if kind is not ActKind.LOST_KIOSK or choice.devices
        ),
    )


async def _choice(
    session: WriteSession,
    seat: Seat,
    house: House,
    election: Election,
    kind: ActKind,
    *,
    missing: Collection[Need],
) -> DeedChoice:
    voice, needs = seat.voice, step_of(election, kind).needs
    bare = DeedChoice(
        kind=kind.value,
        name=deed_in_words(voice, kind.value),
        follows=what_follows(voice, kind.value),
        needs=tuple(
            NeedLine(words=need_in_words(voice, need), holds=need not in missing) for need in needs
        ),
        ready=not set(needs) & set(missing),
    )
    match kind:
        case ActKind.AMEND:
            return replace(bare, ballot=_ballot_fields(voice, election))
        case ActKind.LOST_KIOSK:
            devices = await devices_waiting(session, election)
            return replace(bare, devices=devices, ready=bool(devices))
        case ActKind.TALLY:
            return replace(bare, folders=folders_there(house.settings))
        case ActKind.ROLL_CHANGE:
            return replace(bare, may_remove=election.state is log.ElectionState.FROZEN)
        case ActKind.DESTROY:
            return replace(bare, gone=_gone(voice))
        case _:
            return bare


def _gone(voice: Voice) -> tuple[str, ...]:
    """Say what is gone once keys are destroyed."""
    return (
        voice.gettext("The keys that link a person on the roll to a ballot."),
        voice.gettext("All codes, and what is kept of who is signed in."),
        voice.gettext("The trustees’ way to open ballots with their keys."),
        voice.gettext("The table that says which of a person’s ballots stands."),
    )


def _ballot_fields(voice: Voice, election: Election) -> BallotFields:
    definition = election.definition
    return BallotFields(
        titles=_texts(definition.title, "title"),
        budget="" if definition.pots else typed_amount(definition.budget),
        projects=tuple(
            ProjectFields(
                number=project.id,
                name=voice.said(project.name),
                names=_texts(project.name, f"name.{place}"),
                field=f"cost.{place}",
                cost=typed_amount(project.cost),
            )
            for place, project in enumerate(definition.projects)
        ),
    )


def _texts(words: Text, field: str) -> tuple[TextField, ...]:
    return tuple(
        TextField(
            field=f"{field}.{language.value}",
            language=language.value,
            name=OWN_NAMES[language],
            words=words.get(language.value, ""),
        )
        for language in Language
        if language.value in words
    )


async def lines_of(
    session: WriteSession,
    seat: Seat,
    house: House,
    election: Election | None,
    proposals: Collection[Proposal],
) -> tuple[tuple[Proposal, ProposalLine], ...]:
    """Show proposals to an official: of an election, or (``None``) of one that is to be frozen."""
    keys = await passkeys_of(session, seat.official.id)
    officials = await officials_of(session, seat.municipality.id)
    found = []
    for each in proposals:
        fits = waits(each, house.now()) and (election is None or each.kind in deeds_for(election))
        roles = await roles_for(session, each) if fits else frozenset[OfficialRole]()
        details = details_of(seat.voice, house, each, election, waits_now=fits)
        line = _line(seat, house, each, details, roles=roles, keys=keys, officials=officials)
        found.append((each, line))
    return tuple(found)


def _line(
    seat: Seat,
    house: House,
    proposal: Proposal,
    details: Details,
    *,
    roles: frozenset[OfficialRole],
    keys: Collection[Passkey],
    officials: Collection[Official],
) -> ProposalLine:
    voice, at = seat.voice, house.now()
    signed = {each.official_id for each in proposal.signatures}
    signable = bool(seat.official.roles & roles) and seat.official.id not in signed
    options = assertion_options(challenge_of(proposal), party_of(house), tuple(keys))
    may_end = waits(proposal, at) and seat.official.roles & PROPOSERS
    return ProposalLine(
        heading=deed_in_words(voice, proposal.kind),
        follows=what_follows(voice, proposal.kind),
        reason=proposal.reason,
        when=voice.moment(proposal.proposed_at),
        until=voice.moment(proposal.expires_at),
        ending=_ending(voice, proposal, at),
        signers=tuple(
            Signer(
                name=each.name,
                role=role_in_words(voice, each.role),
                in_file=each.key_kind is KeyKind.FILE,
            )
            for each in proposal.signatures
        ),
        needed=tuple(
            each.name
            for each in officials
            if each.disabled_at is None and each.roles & roles and each.id not in signed
        ),
        details=details,
        options=msgspec.json.encode(options).decode() if signable else "",
        sign=seat.path("proposals", str(proposal.id), "sign"),
        withdraw=seat.path("proposals", str(proposal.id), "withdraw") if may_end else "",
    )


def _ending(voice: Voice, proposal: Proposal, at: datetime) -> str:
    match proposal.ending:
        case Ending.DONE:
            return voice.gettext("Done")
        case Ending.WITHDRAWN:
            return voice.gettext("Withdrawn")
        case Ending.EXPIRED:
            return voice.gettext("Expired")
        case None:
            return "" if waits(proposal, at) else voice.gettext("Expired")
