"""The frozen page "is my ballot in the box?": what the board says of a receipt number, in words."""

from dataclasses import dataclass
from typing import Self, assert_never

from talkoot.base.bytes import DIGEST_BYTES, Digest
from talkoot.base.ids import ElectionId
from talkoot.rounds import Municipality, Round
from talkoot.voting.ballot import receipt_number
from talkoot.voting.board import Fate, Found, origin_of
from talkoot.web.assets import static_address
from talkoot.web.frame import Frame, frame_of, path_to
from talkoot.web.pages.sign_in_page import Contact, contact_of
from talkoot.web.place import RECEIPT
from talkoot.web.voice import Said, Voice

SCRIPT = "receipt-check.js"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """An election as this page needs it: whose it is, in which words, and whether it has a board.

    ``site``: our own address; ``label``: what must be said of the election on each of its pages.
    """

    voice: Voice
    municipality: Municipality
    round_: Round
    election_id: ElectionId
    sealed: bool
    site: str
    label: str

    @property
    def parts(self) -> tuple[str, str]:
        """The parts of the address after the language."""
        return (RECEIPT, str(self.election_id))

    @property
    def public(self) -> str:
        """The path of the election's public folder."""
        return f"/api/elections/{self.election_id}/public"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What the reader's browser needs to check the proof itself, and what a reader's own programme
    is given; ``number`` and ``hash`` in hex.
    """

    number: str
    origin: str
    proof: str
    keys: str
    hash: str
    folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is known of a number. ``check`` where there is a proof to check."""

    fate: str
    number: str
    heading: str
    sentences: tuple[str, ...]
    check: Check | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptPage:
    """The page. ``answer`` is ``None`` where no number was asked for; ``fault`` says that what was
    typed is none. A plain election has no board, and then only this is said.
    """

    frame: Frame
    title: Said
    sealed: bool
    action: str
    typed: str
    fault: str
    answer: Answer | None
    contact: Contact

    @classmethod
    def asking(cls, box: Box) -> Self:
        """Ask for a number, or say that this election has no board."""
        return cls._of(box)

    @classmethod
    def asking_again(cls, box: Box, typed: str) -> Self:
        """Say that what was typed is no receipt number, and ask again."""
        return cls._of(box, typed=typed, fault=box.voice.gettext("This is not a receipt number"))

    @classmethod
    def answering(cls, box: Box, found: Found, name: bytes) -> Self:
        """Say what the board knows of the ballot whose hash begins with ``name``."""
        return cls._of(box, answer=_answer(box, found, name))

    @classmethod
    def _of(
        cls, box: Box, *, typed: str = "", fault: str = "", answer: Answer | None = None
    ) -> Self:
        voice, parts = box.voice, box.parts
        here = parts if answer is None else (*parts, answer.number)
        scripts = (static_address(SCRIPT),) if answer is not None and answer.check else ()
        return cls(
            frame=frame_of(voice, box.municipality, *here, scripts=scripts, label=box.label),
            title=voice.said(box.round_.title),
            sealed=box.sealed,
            action=path_to(voice.language, *parts),
            typed=typed,
            fault=fault,
            answer=answer,
            contact=contact_of(voice, box.municipality),
        )


def _answer(box: Box, found: Found, name: bytes) -> Answer:
    heading, sentences = _words(box.voice, found)
    return Answer(
        fate=found.fate.value,
        number=written(name),
        heading=heading,
        sentences=sentences,
        check=_check(box, found, name) if found.fate is Fate.ON_THE_BOARD else None,
    )


def _check(box: Box, found: Found, name: bytes) -> Check:
    board = f"{box.public}/board"
    return Check(
        number=name.hex(),
        origin=origin_of(box.election_id),
        proof=f"{board}/proofs/{found.entry.hex()}",
        keys=f"{board}/keys.json",
        hash=found.entry.hex(),
        folder=box.site + box.public,
    )


def _words(voice: Voice, found: Found) -> tuple[str, tuple[str, ...]]:
    match found.fate:
        case Fate.ON_THE_BOARD:
            place, size = voice.number(found.index + 1), voice.number(found.size)
            return voice.gettext("Yes, this ballot is in the box"), (
                voice.gettext(
                    "It is number %(place)s of the %(size)s entries on the public board.",
                    place=place,
                    size=size,
                ),
            )
        case Fate.WAITING:
            return voice.gettext("Your ballot is recorded, and is not on the public board yet"), (
                voice.gettext(
                    "Ballots go on the board ten or more at a time, so that nobody can see who came"
                    " when. When voting has ended, all that wait go there."
                ),
                voice.gettext("Come back to this page later with the same number."),
            )
        case Fate.UNKNOWN:
            return voice.gettext("There is no ballot with this number"), (
                voice.gettext("Compare the number with your receipt, symbol by symbol."),
                voice.gettext(
                    "If the number is right, ask the person below: something may be wrong with us."
                ),
            )
        case _:
            assert_never(found.fate)


def written(name: bytes) -> str:
    """Write a number as receipts do, in groups of four; a whole hash as one word."""
    return name.hex() if len(name) == DIGEST_BYTES else receipt_number(Digest(name))
