"""Problem documents (RFC 9457): a stable type, a title, the status, and what exactly is wrong."""

import msgspec
from starlette.responses import Response

from talkoot.base.i18n import Language
from talkoot.web.errors import ANSWERS, Trouble
from talkoot.web.trouble import words_for
from talkoot.web.voice import Voice

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:talkoot:problem:"
_ENGLISH = Voice(language=Language.ENGLISH)


class FaultDocument(msgspec.Struct, frozen=True, kw_only=True):
    """One fault of a ballot: its stable name, the project, what was found and what is allowed."""

    kind: str
    project: str | None
    found: int
    allowed: int
    detail: str


class ProblemDocument(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was answered instead. ``type`` never changes its meaning; ``detail`` is for people."""

    type: str
    title: str
    status: int
    detail: str = ""
    instance: str = ""
    faults: tuple[FaultDocument, ...] = ()
    retry_after: int | None = None


def problem_for(
    trouble: Trouble,
    *,
    detail: str = "",
    request_id: str = "",
    faults: tuple[FaultDocument, ...] = (),
    retry_after_s: int | None = None,
) -> Response:
    """Answer with a problem document."""
    answer = ANSWERS[trouble]
    words = words_for(_ENGLISH, trouble)
    retry = answer.retry_after_s if retry_after_s is None else retry_after_s
    document = ProblemDocument(
        type=TYPE_PREFIX + trouble.value,
        title=words.heading,
        status=answer.status,
        detail=detail or words.advice,
        instance=f"urn:talkoot:request:{request_id}" if request_id else "",
        faults=faults,
        retry_after=retry,
    )
    headers = {} if retry is None else {"retry-after": str(retry)}
    return Response(
        msgspec.json.encode(document),
        status_code=answer.status,
        media_type=MEDIA_TYPE,
        headers=headers,
    )
