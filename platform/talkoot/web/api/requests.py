"""JSON as it arrives: strict, bounded, and every fault of it a problem document."""

from typing import TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from talkoot.web.api.problems import problem_for
from talkoot.web.errors import Trouble

Body = TypeVar("Body", bound=msgspec.Struct)


async def json_in(request: Request, kind: type[Body]) -> Body | Response:
    """Read the request's body as ``kind``, or give the problem that it has."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        return problem_for(Trouble.WRONG_MEDIA_TYPE, detail="Send application/json.")
    body = await request.body()
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as err:
        return problem_for(Trouble.INVALID_REQUEST, detail=f"{err}.")
    except (msgspec.DecodeError, UnicodeDecodeError):
        return problem_for(Trouble.MALFORMED, detail="The body is not JSON in UTF-8.")
