"""Pictures, static files, and the answer that tells a watcher that we live."""

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from talkoot.base.errors import NotFound
from talkoot.rounds import picture_of
from talkoot.web.access import Access, guarded
from talkoot.web.assets import FILES, VERSION
from talkoot.web.headers import PICTURE_POLICY
from talkoot.web.house import house_of

FOR_EVER = "public, max-age=31536000, immutable"
"""The address holds a hash of the bytes: other bytes have another address."""


async def show_picture(request: Request) -> Response:
    """Give a project's picture, which can run nothing even when it is opened by itself."""
    async with house_of(request).database.reading() as session:
        media_type, body = await picture_of(session, request.path_params["picture"])
    headers = {"cache-control": FOR_EVER, "content-security-policy": PICTURE_POLICY}
    return Response(body, media_type=media_type, headers=headers)


async def give_static(request: Request) -> Response:
    """Give a static file of the list, at the address of this version only."""
    file = FILES.get(request.path_params["name"])
    if file is None or request.path_params["version"] != VERSION:
        raise NotFound("there is no such file")
    headers = {"cache-control": FOR_EVER}
    return FileResponse(file.path, media_type=file.media_type, headers=headers)


async def tell_health(request: Request) -> Response:
    """Tell that this process can read the database; 503 where it cannot."""
    async with house_of(request).database.reading() as session:
        await session.connection()
    return PlainTextResponse("ok\n")


ROUTES = [
    guarded(Route("/pictures/{picture}", show_picture), Access.PUBLIC),
    guarded(Route("/static/{version}/{name:path}", give_static), Access.PUBLIC),
    guarded(Route("/healthz", tell_health), Access.PUBLIC),
]
