"""What an official brings to an act: a time, a kiosk, a new ballot, a roll, a count."""

import hashlib
import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec

from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.errors import NotAllowed, TalkootError
from talkoot.base.i18n import Language, Text
from talkoot.base.ids import AreaCode
from talkoot.base.money import Cents
from talkoot.base.settings import Settings
from talkoot.rounds import Round
from talkoot.voting import log
from talkoot.voting.ballot import BallotDefinition, ProjectOnBallot
from talkoot.voting.log import ActKind, Assurance, DeviceState, Election, ElectionState, Need
from talkoot.voting.results import TRANSCRIPT, said_of_unique, tally_kept
from talkoot.voting.roll import Scope, change_planned
from talkoot.web.forms import Form, SentFile
from talkoot.web.pages.desk_deeds import CEREMONIES, ceremony_folder, tables_in
from talkoot.web.voice import Voice

UNTIL, DEVICE, SOURCE = "until", "device", "source"
FILES, FOLDER, SCOPE = "files", "folder", "scope"
FROM_ROUND = "round"
FAULTS_SHOWN = 10
_AMOUNT = re.compile(r"(\d{1,12})(?:[.,](\d{1,2}))?")
_FILE_NAME = re.compile(r"[a-z]{1,30}\.(json|csv|pb)")


class NotBrought(NotAllowed):
    """What was brought does not do. ``words`` tell the official why."""

    def __init__(self, *words: str) -> None:
        super().__init__(words[0])
        self.words = words


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What an act says beside its kind (JSON, or nothing), and what its proposal carries."""

    payload: bytes = b""
    carried: bytes | None = None


def saying(said: Mapping[str, str | int], carried: bytes | None = None) -> Brought:
    """Give what is said as it is stored."""
    return Brought(payload=msgspec.json.encode(said, order="deterministic"), carried=carried)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """Where something is brought to: by whom it is spoken with, where it belongs, and when."""

    voice: Voice
    round_: Round
    areas: frozenset[AreaCode]
    settings: Settings
    at: datetime


async def brought(
    session: WriteSession, election: Election, kind: str, form: Form, counter: Counter
) -> Brought:
    """Give what an act needs, from the form and the database.

    Raises :class:`NotBrought` where the official can mend it, else :class:`NotAllowed`.
    """
    if election.assurance is Assurance.PLAIN:
        return Brought()
    match kind:
        case ActKind.EXTEND:
            until = local_time(form.one(UNTIL, ""), counter.voice)
            return saying({"closes_at": log.moment(until)})
        case ActKind.LOST_KIOSK:
            device = form.one(DEVICE, "")
            if device not in await devices_waiting(session, election):
                raise NotAllowed("no device that is waited for was named")
            return saying({"device": device})
        case ActKind.REHEARSE:
            setup = await log.sealing_of(session, election.id)
            if setup is None:
                raise NotAllowed(Need.SEALED_TO_TRUSTEES.value)
            return saying({"sealing": setup.hash.hex()})
        case ActKind.AMEND:
            return _amendment(election.definition, form, counter)
        case ActKind.ROLL_CHANGE:
            return await _roll_change(session, election, form, counter)
        case ActKind.TALLY:
            return await _count(session, election, form, counter)
        case _:
            return Brought()


def local_time(typed: str, voice: Voice) -> datetime:
    """Read a date and time as a browser's field gives it, in the municipality's own time."""
    try:
        found = datetime.fromisoformat(typed)
    except ValueError as err:
        raise NotBrought(voice.gettext("Give a date and a time of day.")) from err
    return found.replace(tzinfo=ZoneInfo(voice.timezone)).astimezone(UTC)


def amount(typed: str, voice: Voice) -> Cents:
    """Read an amount of money as people type it. Raises :class:`NotBrought`."""
    found = _AMOUNT.fullmatch("".join(typed.split()))
    if found is None:
        raise NotBrought(voice.gettext("“%(typed)s” is no amount of money.", typed=typed))
    return Cents(int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")))


def typed_amount(cents: int) -> str:
    """Write an amount as people type it."""
    whole, rest = divmod(cents, 100)
    return f"{whole},{rest:02}" if rest else str(whole)


async def devices_waiting(session: ReadSession, election: Election) -> tuple[str, ...]:
    """Give the devices that are neither reconciled nor declared lost, in hexadecimal."""
    found = await log.devices_of(session, election.id)
    return tuple(each.device_id.hex() for each in found if each.state is DeviceState.ENROLLED)


def carried_definition(definition: BallotDefinition) -> bytes:
    """Give a ballot as a proposal carries it."""
    return msgspec.json.encode(log.definition_json(definition), order="deterministic")


def _amendment(old: BallotDefinition, form: Form, counter: Counter) -> Brought:
    voice = counter.voice
    from_round = form.one(SOURCE, "") == FROM_ROUND
    try:
        new = _as_the_round(old, counter.round_) if from_round else _as_typed(old, form, voice)
    except ValueError as err:
        raise NotBrought(voice.gettext("That would be no ballot that can be voted on.")) from err
    if new.hash == old.hash:
        raise NotBrought(voice.gettext("Nothing would change: this is the ballot as it is."))
    return saying({"definition_hash": new.hash.hex()}, carried_definition(new))


def _as_typed(old: BallotDefinition, form: Form, voice: Voice) -> BallotDefinition:
    """Give the ballot with the texts and amounts of the form; what the form leaves out stays."""
    projects = tuple(
        replace(
            project,
            name=_typed_text(project.name, form, f"name.{place}"),
            cost=_typed_cost(project, form, f"cost.{place}", voice),
        )
        for place, project in enumerate(old.projects)
    )
    budget = form.one("budget", "")
    return replace(
        old,
        title=_typed_text(old.title, form, "title"),
        projects=projects,
        budget=amount(budget, voice) if budget and not old.pots else old.budget,
    )


def _typed_text(old: Text, form: Form, field: str) -> Text:
    languages = dict.fromkeys((*old, *(language.value for language in Language)))
    typed = {code: form.one(f"{field}.{code}", old.get(code, "")).strip() for code in languages}
    return {code: words for code, words in typed.items() if words} or old


def _typed_cost(project: ProjectOnBallot, form: Form, field: str, voice: Voice) -> Cents:
    typed = form.one(field, "")
    return amount(typed, voice) if typed else project.cost


def _as_the_round(old: BallotDefinition, round_: Round) -> BallotDefinition:
    """Give the ballot with the round's title, projects and costs as they are now."""
    known = {project.id: project for project in old.projects}
    projects = []
    for project in sorted(round_.projects, key=lambda project: project.place):
        was = known.get(project.number)
        projects.append(
            ProjectOnBallot(
                id=project.number,
                name=project.name,
                cost=project.cost,
                area=project.area,
                exclusive=was.exclusive if was else None,
                pledged=was.pledged if was else Cents(0),
            )
        )
    return replace(old, title=round_.title, projects=tuple(projects))


async def _roll_change(
    session: WriteSession, election: Election, form: Form, counter: Counter
) -> Brought:
    voice = counter.voice
    files = form.files_in(FILES)
    if len(files) != 1:
        raise NotBrought(voice.gettext("Choose one file: the roll as CSV."))
    whole = form.one(SCOPE, "") == Scope.ALL
    if whole and election.state is not ElectionState.FROZEN:
        raise NotBrought(
            voice.gettext(
                "Nobody can be taken off the roll once voting is open: they may have voted."
            )
        )
    planned = await change_planned(
        session,
        files[0].body,
        scope=Scope.ALL if whole else Scope.SOME,
        election_id=election.id,
        areas=counter.areas,
        at=counter.at,
    )
    if planned.figures is None:
        said = [f"{fault.line}: {fault.reason}" for fault in planned.faults[:FAULTS_SHOWN]]
        heading = voice.ngettext(
            "The file has %(n)s fault. Nothing was proposed.",
            "The file has %(n)s faults. Nothing was proposed.",
            len(planned.faults),
        )
        raise NotBrought(heading, *said)
    if not planned.figures.added + planned.figures.changed + planned.figures.removed:
        raise NotBrought(voice.gettext("Nothing would change: the roll is as the file says."))
    return saying({"change": planned.digest}, planned.packed)


async def _count(
    session: WriteSession, election: Election, form: Form, counter: Counter
) -> Brought:
    """Take a ceremony's files, or the name of their folder, and see whether they fit."""
    voice, settings = counter.voice, counter.settings
    files = form.files_in(FILES)
    name = _laid_down(files, settings, voice) if files else form.one(FOLDER, "")
    try:
        folder = ceremony_folder(settings, name)
        # All the checks of publishing, before anybody signs; nothing of it stays done.
        async with session.begin_nested() as tried:
            await tally_kept(session, election, folder, counter.at)
            await tried.rollback()
    except (TalkootError, OSError) as err:
        raise NotBrought(
            voice.gettext("These files are not a count of this election’s ballots."), str(err)
        ) from err
    transcript = hashlib.sha256((folder / TRANSCRIPT).read_bytes()).hexdigest()
    tables = tables_in(folder)
    more = said_of_unique(tables.unique, tables.ballots, tables.unique)
    return saying({"transcript": transcript, **more}, name.encode())


def _laid_down(files: Collection[SentFile], settings: Settings, voice: Voice) -> str:
    """Lay uploaded files into a folder that is named after the transcript, and give its name."""
    by_name = {file.name: file.body for file in files}
    if TRANSCRIPT not in by_name or not all(_FILE_NAME.fullmatch(name) for name in by_name):
        raise NotBrought(
            voice.gettext("Choose all files of the folder that the count made, and no others.")
        )
    whole = hashlib.sha256(
        b"".join(hashlib.sha256(by_name[name]).digest() for name in sorted(by_name))
    ).hexdigest()
    folder = settings.home / CEREMONIES / whole[:32]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, body in by_name.items():
        half = folder / f".{name}.{os.getpid()}"
        half.write_bytes(body)
        half.replace(folder / name)
    return folder.name


def folders_there(settings: Settings) -> tuple[str, ...]:
    """Give the folders of counts that somebody has laid down."""
    folders = settings.home / CEREMONIES
    if not folders.is_dir():
        return ()
    return tuple(sorted(each.name for each in folders.iterdir() if (each / TRANSCRIPT).is_file()))
