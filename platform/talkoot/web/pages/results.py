"""A published result and its files. Before publication nobody is shown a number of any project."""

import csv
from io import StringIO

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from talkoot.voting.log import PUBLISHED_STATES, Election
from talkoot.voting.results import (
    Result,
    public_file,
    public_files_of,
    published_at,
    result_of,
)
from talkoot.web.access import EVERY_PHASE, Access, guarded
from talkoot.web.errors import Trouble
from talkoot.web.house import house_of
from talkoot.web.pages.error_page import trouble_at
from talkoot.web.pages.results_page import ResultsPage
from talkoot.web.place import Place, place_of
from talkoot.web.templating import PUBLIC, shown_to_all

TABLE = "table.csv"


async def show_results(request: Request) -> Response:
    """Show the result, or say that there is none yet."""
    async with house_of(request).database.reading() as session:
        place = await place_of(request, session)
        election = _counted(place)
        result = None if election is None else await result_of(session, election.id)
        if election is None or result is None:
            return trouble_at(place, Trouble.NO_RESULT_YET)
        files = await public_files_of(session, election.id)
        published = await published_at(session, election.id)
    page = ResultsPage.of(place, election, result, files, published)
    return shown_to_all("results/results.html", page)


async def give_file(request: Request) -> Response:
    """Give a public file, or the table for a spreadsheet."""
    name = request.path_params["file"]
    async with house_of(request).database.reading() as session:
        place = await place_of(request, session)
        election = _counted(place)
        result = None if election is None else await result_of(session, election.id)
        if election is None or result is None:
            return trouble_at(place, Trouble.NO_RESULT_YET)
        if name == TABLE:
            return _attachment(table_of(place, result), "text/csv; charset=utf-8", name)
        file = await public_file(session, election.id, name)
    return _attachment(file.body, file.media_type, file.name)


def _counted(place: Place) -> Election | None:
    election = place.election
    return election if election and election.state in PUBLISHED_STATES else None


def _attachment(body: bytes, media_type: str, name: str) -> Response:
    headers = {
        "cache-control": PUBLIC,
        "content-disposition": f'attachment; filename="{name}"',
    }
    return Response(body, media_type=media_type, headers=headers)


def table_of(place: Place, result: Result) -> bytes:
    """Give the table as CSV: one row a project, money in whole cents, names in the page's language.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    file = StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    kind = [result.purpose] if isinstance(result.purpose, str) else []
    heading = ["number", "name", "area", "cost_cents", "votes", "score", "turn", "fate"]
    writer.writerow([*heading, *(["kind"] if kind else [])])
    for project in result.projects:
        writer.writerow(
            [
                plain(project.number),
                plain(place.voice.said(project.name).words),
                plain(project.area or ""),
                project.cost,
                project.votes,
                project.score,
                "" if project.turn is None else project.turn,
                project.fate.value,
                *kind,
            ]
        )
    return file.getvalue().encode("utf-8-sig")


def plain(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


_PATH = "/{language}/{municipality}/{round}/results"
ROUTES = [
    guarded(Route(_PATH, show_results), Access.PUBLIC, phases=EVERY_PHASE),
    guarded(Route(f"{_PATH}/{{file}}", give_file), Access.PUBLIC, phases=EVERY_PHASE),
]
