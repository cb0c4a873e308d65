"""What a proposed act says, for whoever is about to sign it: figures, dates, changes in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import msgspec

from talkoot.base.errors import TalkootError
from talkoot.people import Proposal
from talkoot.voting.ballot import BallotDefinition, outline_of
from talkoot.voting.log import ActKind, Assurance, Election
from talkoot.voting.results import TRANSCRIPT, Transcript
from talkoot.voting.roll import Scope, figures_in
from talkoot.web.corrections import changes_in_words
from talkoot.web.house import House
from talkoot.web.pages.desk_deeds import ceremony_folder, definition_in, request_of
from talkoot.web.voice import Said, Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A fact about a proposed act. ``code``: it is a fingerprint, to be compared sign by sign."""

    label: str
    words: str
    code: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotLine:
    """A project of a ballot that is to be frozen."""

    number: str
    name: Said
    cost: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What is signed besides the kind and the reason."""

    facts: tuple[Fact, ...] = ()
    changes: tuple[str, ...] = ()
    projects: tuple[BallotLine, ...] = ()


def details_of(
    voice: Voice,
    house: House,
    proposal: Proposal,
    election: Election | None,
    *,
    waits_now: bool,
) -> Details:
    """Tell what a proposal says. Of one that waits no more only what its payload says is left."""
    facts = tuple(_said(voice, proposal))
    if not waits_now or proposal.carried is None:
        return Details(facts=facts)
    match proposal.kind:
        case ActKind.FREEZE:
            ballot = definition_in(proposal)
            return Details(facts=facts, projects=ballot_lines(voice, ballot))
        case ActKind.AMEND if election is not None and election.assurance is Assurance.SEALED:
            before, after = election.definition.canonical, definition_in(proposal).canonical
            changes = changes_in_words(voice, outline_of(before), outline_of(after))
            return Details(facts=facts, changes=changes)
        case ActKind.ROLL_CHANGE:
            return Details(facts=(*_of_roll(voice, proposal.carried), *facts))
        case ActKind.TALLY:
            return Details(facts=(*_of_count(voice, house, proposal.carried), *facts))
        case _:
            return Details(facts=facts)


def ballot_lines(voice: Voice, definition: BallotDefinition) -> tuple[BallotLine, ...]:
    """Show a ballot's projects with their costs."""
    return tuple(
        BallotLine(
            number=project.id,
            name=voice.said(project.name),
            cost=voice.money(project.cost, definition.currency),
        )
        for project in definition.projects
    )


def _said(voice: Voice, proposal: Proposal) -> Iterator[Fact]:
    """Tell the payload: moments as moments, all else as it is."""
    labels = {
        "opens_at": voice.gettext("Voting opens"),
        "closes_at": voice.gettext("Voting closes"),
        "appeals_until": voice.gettext("Appeals until"),
        "device": voice.gettext("Kiosk"),
        "change": voice.gettext("Fingerprint of the change"),
        "transcript": voice.gettext("Fingerprint of the count"),
        "sealing": voice.gettext("Fingerprint of the trustees’ keys"),
        "definition_hash": voice.gettext("Fingerprint of the new ballot"),
    }
    payload = request_of(proposal).payload
    for name in (name for name in labels if name in payload):
        is_moment, value = name.endswith(("_at", "_until")), str(payload[name])
        words = voice.moment(datetime.fromisoformat(value)) if is_moment else value
        yield Fact(label=labels[name], words=words, code=not is_moment)
    if "unique_ballots" in payload:
        words = voice.gettext(
            "%(n)s. Whoever was told what to mark could be found by such a ballot. Who signs agrees"
            " that they are published.",
            n=voice.number(int(payload["unique_ballots"])),
        )
        yield Fact(label=voice.gettext("Ballots that are like no other"), words=words)
    if proposal.kind == ActKind.FREEZE:
        words = proposal.definition_hash.hex()
        yield Fact(label=voice.gettext("Fingerprint of the ballot"), words=words, code=True)


def _of_roll(voice: Voice, carried: bytes) -> Iterator[Fact]:
    figures = figures_in(carried)
    yield Fact(label=voice.gettext("Added to the roll"), words=voice.number(figures.added))
    yield Fact(label=voice.gettext("Corrected on the roll"), words=voice.number(figures.changed))
    yield Fact(label=voice.gettext("Taken off the roll"), words=voice.number(figures.removed))
    if figures.scope is Scope.ALL:
        total = figures.added + figures.changed + figures.unchanged
        yield Fact(label=voice.gettext("On the roll from then on"), words=voice.number(total))


def _of_count(voice: Voice, house: House, carried: bytes) -> Iterator[Fact]:
    try:
        file = ceremony_folder(house.settings, carried.decode()) / TRANSCRIPT
        transcript = msgspec.json.decode(file.read_bytes(), type=Transcript)
    except (TalkootError, OSError, ValueError):
        yield Fact(
            label=voice.gettext("Files of the count"),
            words=voice.gettext("They are not there any more. Withdraw the proposal."),
        )
        return
    sums = transcript.accounting
    for label, number in (
        (voice.gettext("Ballots received"), sums.entries),
        (voice.gettext("Ballots counted"), sums.counted),
        (voice.gettext("Replaced by a later ballot"), sums.superseded),
        (voice.gettext("Spoiled"), sums.spoiled),
        (voice.gettext("Of people who were not on the roll"), sums.ineligible),
    ):
        yield Fact(label=label, words=voice.number(number))
    yield Fact(label=voice.gettext("Opened by"), words=", ".join(transcript.trustees))
