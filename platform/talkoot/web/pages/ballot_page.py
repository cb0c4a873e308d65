"""The frozen pages of the ballot: choosing, reviewing, and what was recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from talkoot.base.ids import ProjectId, SubmissionId
from talkoot.rounds import Kind
from talkoot.voting.ballot import (
    BallotDefinition,
    Fault,
    Mark,
    Recast,
    VoteType,
    receipt_number,
)
from talkoot.voting.log import Assurance
from talkoot.web.assets import static_address
from talkoot.web.forms import PROJECT, VALUE, SentBallot
from talkoot.web.frame import Frame, Leave, frame_of, path_to, steps_of
from talkoot.web.pages.limits import Running, running_of
from talkoot.web.pages.projects import (
    AreaChoice,
    Card,
    area_choices,
    areas_within,
    cards_of,
    matches,
    shuffled,
)
from talkoot.web.pictures.qr import QrPicture, qr_of
from talkoot.web.place import RECEIPT, Place, label_of
from talkoot.web.voice import Said, Voice
from talkoot.web.voters import Visit
from talkoot.web.words import changing, choosing, fault_in_words, how_many, identifying

FORM = "ballot"
"""The id of the form that holds the choices, on the ballot page and at review."""

_CONTROLS = {
    VoteType.APPROVAL: "checkbox",
    VoteType.KNAPSACK: "checkbox",
    VoteType.ONE: "radio",
    VoteType.POINTS: "number",
    VoteType.SCORES: "number",
    VoteType.RANKING: "place",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """How one project is marked: a box to tick, a number to type or a place to choose."""

    kind: str
    name: str
    value: str
    checked: bool
    least: int
    most: str
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosable:
    """A card with its control; ``hidden`` by the filter, ``faulty`` where something is wrong."""

    card: Card
    control: Control
    hidden: bool
    fault: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultLine:
    """One thing to correct, and where on the page it is."""

    words: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """A field that travels with the form."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotPage:
    """The ballot to fill in."""

    frame: Frame
    title: Said
    choosing: str
    changing: str
    identifying: str
    hash: str
    short_hash: str
    voted_before: bool
    poll: bool
    faults: tuple[FaultLine, ...]
    choosables: tuple[Choosable, ...]
    shown: str
    areas: tuple[AreaChoice, ...]
    words: str
    running: Running
    travelling: tuple[Hidden, ...]
    here: str
    review: str

    @classmethod
    def of(
        cls,
        visit: Visit,
        sent: SentBallot,
        *,
        voted_before: bool,
        faults: Sequence[Fault] = (),
    ) -> Self:
        """Show the ballot with what was marked so far, and what is wrong with it."""
        place, definition = visit.place, visit.election.definition
        lines = _fault_lines(place.voice, definition, faults, sent)
        choosables = _choosables(visit, sent, lines)
        running = running_of(place.voice, definition, sent.marks)
        scripts = (static_address("ballot.js"),)
        return cls(
            frame=_frame(visit, "ballot", leave=leave_of(visit), form=FORM, scripts=scripts),
            title=place.voice.said(place.round_.title),
            choosing=choosing(place.voice, definition, place.round_.kind),
            changing=changing(place.voice, definition.recast),
            identifying=identifying(place.voice, definition),
            hash=definition.hash.hex(),
            short_hash=definition.short_hash,
            voted_before=voted_before,
            poll=place.round_.kind is Kind.POLL,
            faults=lines,
            choosables=choosables,
            shown=_shown(place, sum(not c.hidden for c in choosables), len(choosables)),
            areas=area_choices(place.voice, place.municipality, sent.area),
            words=sent.words,
            running=running,
            travelling=travelling(visit, sent.submission_id),
            here=place.path("ballot"),
            review=place.path("review"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewLine:
    """One project on the ballot as it will be cast."""

    card: Card
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage:
    """The ballot to look over before it is cast."""

    frame: Frame
    title: Said
    lines: tuple[ReviewLine, ...]
    valued: bool
    running: Running
    changing: str
    voted_before: bool
    short_hash: str
    travelling: tuple[Hidden, ...]
    back: str
    cast: str

    @classmethod
    def of(cls, visit: Visit, sent: SentBallot, *, voted_before: bool) -> Self:
        """Show a ballot that may be cast."""
        place, definition = visit.place, visit.election.definition
        fields = tuple(_field(mark, definition) for mark in sent.marks)
        return cls(
            frame=_frame(visit, "review", leave=leave_of(visit), form=FORM),
            title=place.voice.said(place.round_.title),
            lines=_review_lines(visit, sent.marks),
            valued=_CONTROLS[definition.vote_type] in {"number", "place"},
            running=running_of(place.voice, definition, sent.marks),
            changing=changing(place.voice, definition.recast),
            voted_before=voted_before,
            short_hash=definition.short_hash,
            travelling=travelling(visit, sent.submission_id) + fields,
            back=place.path("ballot"),
            cast=place.path("cast"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedPage:
    """The receipt. It holds no choice, and every receipt looks the same.

    ``check`` leads to where the public board answers for it, and ``qr`` draws that address whole.
    A plain election has no board, and its receipts have neither.
    """

    frame: Frame
    title: Said
    receipt: str
    check: str
    qr: QrPicture | None
    again: str
    leave: Leave
    home: str
    closes: str

    @classmethod
    def of(cls, visit: Visit, *, open_still: bool, site: str) -> Self:
        """Show the receipt of the ballot recorded last in this session.

        ``site``: our own address.
        """
        place, voter = visit.place, visit.voter
        if voter.receipt is None:
            raise ValueError("nothing was recorded in this session")
        number = receipt_number(voter.receipt)
        sealed = visit.election.assurance is Assurance.SEALED
        check = path_to(place.voice.language, RECEIPT, str(visit.election.id), number)
        may_again = open_still and visit.election.definition.recast is Recast.LAST_COUNTS
        return cls(
            frame=_frame(visit, "recorded", leave=None),
            title=place.voice.said(place.round_.title),
            receipt=number,
            check=check if sealed else "",
            qr=qr_of(site + check) if sealed else None,
            again=place.path("ballot") if may_again else "",
            leave=leave_of(visit),
            home=place.path(),
            closes=place.voice.moment(visit.election.closes_at),
        )


def leave_of(visit: Visit) -> Leave:
    """Give the button that signs this voter out."""
    return Leave(action=visit.place.path("sign-out"), form_token=visit.voter.form_token)


def travelling(visit: Visit, submission: SubmissionId) -> tuple[Hidden, ...]:
    """Give what every ballot form carries besides the choices."""
    return (
        Hidden(name="form_token", value=visit.voter.form_token),
        Hidden(name="submission", value=str(submission)),
        Hidden(name="definition", value=visit.election.definition.hash.hex()),
    )


def _frame(
    visit: Visit,
    step: str,
    *,
    leave: Leave | None,
    form: str = "",
    scripts: tuple[str, ...] = (),
) -> Frame:
    place = visit.place
    return frame_of(
        place.voice,
        place.municipality,
        *place.parts,
        step,
        form=form,
        leave=leave,
        steps=steps_of(place.voice, step),
        scripts=scripts,
        label=label_of(place),
    )


def _shown(place: Place, shown: int, total: int) -> str:
    voice = place.voice
    if shown == total:
        return how_many(voice, total, place.round_.kind)
    return voice.gettext(
        "Showing %(shown)s of %(total)s.", shown=voice.number(shown), total=voice.number(total)
    )


def _fault_lines(
    voice: Voice, definition: BallotDefinition, faults: Sequence[Fault], sent: SentBallot
) -> tuple[FaultLine, ...]:
    lines = [
        FaultLine(
            words=fault_in_words(voice, fault, definition), href=_href(fault.project, definition)
        )
        for fault in faults
    ]
    lines += [
        FaultLine(
            words=voice.gettext(
                "“%(name)s”: write a whole number.", name=_name(voice, number, definition)
            ),
            href=_href(ProjectId(number), definition),
        )
        for number in sent.unreadable
    ]
    return tuple(lines)


def _name(voice: Voice, number: str, definition: BallotDefinition) -> str:
    at = definition.index.get(ProjectId(number))
    return number if at is None else voice.said(definition.projects[at].name).words


def _href(project: ProjectId | None, definition: BallotDefinition) -> str:
    """Point at the control of the project at fault, else at the list."""
    at = None if project is None else definition.index.get(project)
    return "#projects" if at is None else f"#p{at + 1}-mark"


def _choosables(
    visit: Visit, sent: SentBallot, lines: tuple[FaultLine, ...]
) -> tuple[Choosable, ...]:
    place, definition = visit.place, visit.election.definition
    known = {area.code for area in place.municipality.areas}
    areas = areas_within(place.municipality, sent.area) if sent.area in known else frozenset[str]()
    at_fault = {line.href: line.words for line in lines}
    cards = shuffled(cards_of(place, definition), visit.voter.form_token)
    return tuple(
        Choosable(
            card=card,
            control=_control(card, definition, sent),
            hidden=not matches(card, areas, sent.words),
            fault=at_fault.get(f"#{card.key}-mark", ""),
        )
        for card in cards
    )


def _control(card: Card, definition: BallotDefinition, sent: SentBallot) -> Control:
    kind, limits = _CONTROLS[definition.vote_type], definition.limits
    ticked = kind in {"checkbox", "radio"}
    typed = sent.typed.get(card.number, "")
    most = limits.max_sum if limits.max_value is None else limits.max_value
    return Control(
        kind=kind,
        name=PROJECT if ticked else VALUE + card.number,
        value=card.number if ticked else typed,
        checked=ticked and bool(typed),
        least=0 if definition.vote_type is VoteType.POINTS else limits.min_value,
        most="" if most is None else str(most),
        places=tuple(range(1, definition.capacity + 1)),
    )


def _field(mark: Mark, definition: BallotDefinition) -> Hidden:
    if _CONTROLS[definition.vote_type] in {"checkbox", "radio"}:
        return Hidden(name=PROJECT, value=mark.project)
    return Hidden(name=VALUE + mark.project, value=str(mark.value))


def _review_lines(visit: Visit, marks: tuple[Mark, ...]) -> tuple[ReviewLine, ...]:
    place, definition = visit.place, visit.election.definition
    cards = {card.number: card for card in cards_of(place, definition)}
    if definition.vote_type is VoteType.RANKING:
        ordered = sorted(marks, key=lambda mark: mark.value)
    else:
        ordered = sorted(marks, key=lambda mark: definition.index[mark.project])
    return tuple(
        ReviewLine(
            card=cards[mark.project],
            value=_value_in_words(place.voice, mark, definition.vote_type),
        )
        for mark in ordered
    )


def _value_in_words(voice: Voice, mark: Mark, vote_type: VoteType) -> str:
    match vote_type:
        case VoteType.POINTS:
            return voice.ngettext("%(n)s point", "%(n)s points", mark.value)
        case VoteType.SCORES:
            return voice.gettext("Score %(score)s", score=voice.number(mark.value))
        case VoteType.RANKING:
            return voice.gettext("Place %(place)s", place=voice.number(mark.value))
        case _:
            return ""
