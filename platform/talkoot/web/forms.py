"""Forms as they arrive: bounded, valid UTF-8, and nothing more than names and texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl
from uuid import UUID

from starlette.datastructures import UploadFile
from starlette.requests import Request

from talkoot.base.errors import TalkootError
from talkoot.base.ids import ProjectId, SubmissionId
from talkoot.voting.ballot import BallotDefinition, Mark, VoteType

MAX_FIELDS = 2_000
"""The largest real election on file has 180 projects; each is at most one field."""

MAX_FILES = 12
"""A ceremony writes six."""
MAX_FIELD_BYTES = 64 * 1024

FORM_TYPE = "application/x-www-form-urlencoded"
FILES_TYPE = "multipart/form-data"
PROJECT = "project"
VALUE = "value."
_VALUE_DIGITS = 9
_READ = "talkoot_form"


class FormFault(StrEnum):
    """What is wrong with a form as such; none of these is a resident's mistake."""

    NOT_A_FORM = "not-a-form"
    NOT_UTF8 = "not-utf8"
    TOO_MANY_FIELDS = "too-many-fields"
    FIELD_MISSING = "field-missing"


class BadForm(TalkootError):
    """A form that no page of ours can have sent."""

    def __init__(self, fault: FormFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class StaleForm(TalkootError):
    """A form of another session than the one that sends it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFile:
    """A file that came with a form. ``name`` is what the browser says, without any folder."""

    field: str
    name: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form, in the order in which they came; a name may come more than once."""

    fields: tuple[tuple[str, str], ...]
    files: tuple[SentFile, ...] = ()

    def one(self, name: str, default: str | None = None) -> str:
        """Give the first field of this name. Raises :class:`BadForm` for none and no default."""
        found = next((value for key, value in self.fields if key == name), default)
        if found is None:
            raise BadForm(FormFault.FIELD_MISSING)
        return found

    def all(self, name: str) -> tuple[str, ...]:
        """Give every field of this name."""
        return tuple(value for key, value in self.fields if key == name)

    def files_in(self, name: str) -> tuple[SentFile, ...]:
        """Give every file of this field, without those that a browser sends for no choice."""
        return tuple(file for file in self.files if file.field == name and file.name)


async def form_of(request: Request) -> Form:
    """Read the form in a request. Raises :class:`BadForm`."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == FILES_TYPE:
        return await _form_with_files(request)
    if media_type != FORM_TYPE:
        raise BadForm(FormFault.NOT_A_FORM)
    body = await request.body()
    if body.count(b"&") >= MAX_FIELDS:
        raise BadForm(FormFault.TOO_MANY_FIELDS)
    try:
        fields = parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError as err:
        raise BadForm(FormFault.NOT_UTF8) from err
    return Form(tuple(fields))


async def _form_with_files(request: Request) -> Form:
    """Read a form with files, once; whoever asks again gets what was read."""
    read = getattr(request.state, _READ, None)
    if isinstance(read, Form):
        return read
    fields: list[tuple[str, str]] = []
    files: list[SentFile] = []
    async with request.form(
        max_files=MAX_FILES, max_fields=MAX_FIELDS, max_part_size=MAX_FIELD_BYTES
    ) as found:
        for name, value in found.multi_items():
            if isinstance(value, UploadFile):
                plain = (value.filename or "").replace("\\", "/").rpartition("/")[2]
                files.append(SentFile(field=name, name=plain, body=await value.read()))
            else:
                fields.append((name, value))
    form = Form(tuple(fields), tuple(files))
    setattr(request.state, _READ, form)
    return form


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBallot:
    """A ballot form: which ballot page it comes from, and what is marked on it.

    ``typed`` is what stood beside each project, to show it again; ``unreadable`` are those projects
    whose text is no whole number.
    """

    submission_id: SubmissionId
    definition_hash: str
    marks: tuple[Mark, ...]
    typed: Mapping[str, str]
    unreadable: tuple[str, ...]
    area: str
    words: str


def ballot_in(form: Form, definition: BallotDefinition) -> SentBallot:
    """Read a ballot form. Raises :class:`BadForm` where it was not our page that made it."""
    typed = _typed(form)
    marks, unreadable = _marks(form, definition)
    return SentBallot(
        submission_id=_submission(form.one("submission")),
        definition_hash=form.one("definition"),
        marks=marks,
        typed=typed,
        unreadable=unreadable,
        area=form.one("area", ""),
        words=form.one("words", "")[:100],
    )


def _submission(given: str) -> SubmissionId:
    try:
        return SubmissionId(UUID(given))
    except ValueError as err:
        raise BadForm(FormFault.FIELD_MISSING) from err


def _typed(form: Form) -> dict[str, str]:
    chosen = dict.fromkeys(form.all(PROJECT), "1")
    valued = {
        key.removeprefix(VALUE): value.strip()
        for key, value in form.fields
        if key.startswith(VALUE) and value.strip()
    }
    return chosen | valued


def _marks(form: Form, definition: BallotDefinition) -> tuple[tuple[Mark, ...], tuple[str, ...]]:
    marks = [Mark(project=ProjectId(number)) for number in form.all(PROJECT)]
    unreadable: list[str] = []
    for key, value in form.fields:
        given = value.strip()
        if not key.startswith(VALUE) or not given:
            continue
        number = ProjectId(key.removeprefix(VALUE))
        if not (given.isascii() and given.isdigit() and len(given) <= _VALUE_DIGITS):
            unreadable.append(number)
        elif not _stands_for_nothing(int(given), definition):
            marks.append(Mark(project=number, value=int(given)))
    return tuple(marks), tuple(unreadable)


def _stands_for_nothing(value: int, definition: BallotDefinition) -> bool:
    """Tell whether a nought beside a project means the same as an empty field."""
    return value == 0 and definition.vote_type in {VoteType.POINTS, VoteType.RANKING}
