"""The only table from refusals and errors to status and log level; ``trouble.py`` has the words."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from talkoot.base.errors import NotFound, Unavailable
from talkoot.voting.intake import Refusal
from talkoot.voting.roll import NoKeys, SignInRefusal
from talkoot.web.doors import ForeignPost, NoSuchAddress, TooLarge, WrongHost
from talkoot.web.forms import BadForm, FormFault, StaleForm


class Trouble(StrEnum):
    """Everything that can be answered instead of what was asked for. Stable: API clients see it."""

    # Of the door and of the desk where codes are shown, by the same words:
    UNKNOWN_ELECTION = Refusal.UNKNOWN_ELECTION.value
    NOT_OPEN_YET = Refusal.NOT_OPEN_YET.value
    CLOSED = Refusal.CLOSED.value
    WRONG_DEFINITION = Refusal.WRONG_DEFINITION.value
    INVALID_BALLOT = Refusal.INVALID_BALLOT.value
    ALREADY_VOTED = Refusal.ALREADY_VOTED.value
    SUBMISSION_REUSED = Refusal.SUBMISSION_REUSED.value
    MISTYPED = SignInRefusal.MISTYPED.value
    UNKNOWN_CODE = SignInRefusal.UNKNOWN_CODE.value
    THROTTLED = SignInRefusal.THROTTLED.value
    LOCKED = SignInRefusal.LOCKED.value
    # Of the web itself:
    NOT_FOUND = "not-found"
    NO_RESULT_YET = "no-result-yet"
    NOT_SIGNED_IN = "not-signed-in"
    STALE_FORM = "stale-form"
    FOREIGN_POST = "foreign-post"
    WRONG_HOST = "wrong-host"
    TOO_LARGE = "too-large"
    MALFORMED = "malformed"
    INVALID_REQUEST = "invalid-request"
    WRONG_MEDIA_TYPE = "wrong-media-type"
    WRONG_METHOD = "wrong-method"
    UNAVAILABLE = "unavailable"
    UNEXPECTED = "unexpected"


@dataclass(frozen=True, slots=True)
class Answer:
    """The status of an answer, how loudly it is logged, and when to come back."""

    status: int
    level: int = logging.INFO
    retry_after_s: int | None = None


ANSWERS: Mapping[Trouble, Answer] = {
    Trouble.UNKNOWN_ELECTION: Answer(404),
    Trouble.NOT_OPEN_YET: Answer(409),
    Trouble.CLOSED: Answer(409),
    Trouble.WRONG_DEFINITION: Answer(409),
    Trouble.INVALID_BALLOT: Answer(422),
    Trouble.ALREADY_VOTED: Answer(409),
    Trouble.SUBMISSION_REUSED: Answer(409),
    Trouble.MISTYPED: Answer(422),
    Trouble.UNKNOWN_CODE: Answer(403),
    Trouble.THROTTLED: Answer(429, retry_after_s=600),
    Trouble.LOCKED: Answer(403),
    Trouble.NOT_FOUND: Answer(404),
    Trouble.NO_RESULT_YET: Answer(404),
    Trouble.NOT_SIGNED_IN: Answer(401),
    Trouble.STALE_FORM: Answer(403),
    Trouble.FOREIGN_POST: Answer(403),
    Trouble.WRONG_HOST: Answer(400),
    Trouble.TOO_LARGE: Answer(413),
    Trouble.MALFORMED: Answer(400),
    Trouble.INVALID_REQUEST: Answer(422),
    Trouble.WRONG_MEDIA_TYPE: Answer(415),
    Trouble.WRONG_METHOD: Answer(405),
    Trouble.UNAVAILABLE: Answer(503, logging.WARNING, retry_after_s=5),
    Trouble.UNEXPECTED: Answer(500, logging.ERROR),
}

_BY_CLASS: Mapping[type[Exception], Trouble] = {
    NotFound: Trouble.NOT_FOUND,
    NoKeys: Trouble.UNEXPECTED,
    Unavailable: Trouble.UNAVAILABLE,
    WrongHost: Trouble.WRONG_HOST,
    NoSuchAddress: Trouble.NOT_FOUND,
    # The caller left in mid-request: nobody reads the answer, and nothing was done.
    ClientDisconnect: Trouble.MALFORMED,
    TooLarge: Trouble.TOO_LARGE,
    ForeignPost: Trouble.FOREIGN_POST,
    StaleForm: Trouble.STALE_FORM,
}
_BY_FORM: Mapping[FormFault, Trouble] = {
    FormFault.NOT_A_FORM: Trouble.WRONG_MEDIA_TYPE,
    FormFault.NOT_UTF8: Trouble.MALFORMED,
    FormFault.TOO_MANY_FIELDS: Trouble.MALFORMED,
    FormFault.FIELD_MISSING: Trouble.MALFORMED,
}
_BY_STATUS: Mapping[int, Trouble] = {
    404: Trouble.NOT_FOUND,
    405: Trouble.WRONG_METHOD,
}


def trouble_in(error: Exception) -> Trouble:
    """Name what an error is to the reader; ``UNEXPECTED`` for what no table knows."""
    if isinstance(error, BadForm):
        return _BY_FORM[error.fault]
    if isinstance(error, HTTPException):
        return _BY_STATUS.get(error.status_code, Trouble.MALFORMED)
    for kind in type(error).__mro__:
        if kind in _BY_CLASS:
            return _BY_CLASS[kind]
    return Trouble.UNEXPECTED


def trouble_of(refusal: Refusal | SignInRefusal) -> Trouble:
    """Name a refusal of the door or of the sign-in desk."""
    return Trouble(refusal.value)
