"""The command that gives areas their outlines: all of a file, or nothing of it."""

import asyncio
import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from talkoot.base.db import Database
from talkoot.base.db.embedded import Login, Server
from talkoot.base.errors import BadFile, NotFound
from talkoot.cli import talkoot
from talkoot.cli.areas import codes_in
from talkoot.rounds import Municipality, map_of, municipality_kept, shapes_of
from tests.rounds.test_rounds import a_municipality

SQUARE = [[[24.0, 60.0], [24.5, 60.0], [24.5, 60.2], [24.0, 60.2], [24.0, 60.0]]]


def geojson(*names: str) -> str:
    features = [
        {
            "type": "Feature",
            "properties": {"nimi": name},
            "geometry": {"type": "Polygon", "coordinates": SQUARE},
        }
        for name in names
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The command line on a database with one municipality."""

    database: Database
    folder: Path
    town: Municipality

    async def imports(self, body: str, slug: str = "suvisalmi") -> Result:
        """Run the command in a thread: it brings its own event loop."""
        file = self.folder / "alueet.geojson"
        file.write_text(body, encoding="utf-8")
        words = ["areas", "import", slug, str(file), "--key", "nimi"]
        return await asyncio.to_thread(CliRunner().invoke, talkoot, words)


@pytest.fixture
async def line(
    server: Server,
    database_name: str,
    desk: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Line:
    url = server.url(login=Login.DESK, database=database_name)
    monkeypatch.setenv("TALKOOT_DATABASE_URL", url)
    monkeypatch.setenv("TALKOOT_HOME", str(tmp_path))
    town = a_municipality()
    async with desk.writing() as session:
        await municipality_kept(session, town)
    return Line(database=desk, folder=tmp_path, town=town)


async def test_areas_are_named_by_code_or_by_name_and_the_rest_is_told(line: Line) -> None:
    result = await line.imports(geojson("Keskusta"))
    assert result.exit_code == 0, result.output
    assert result.output.startswith("1 areas have outlines; their map is ")
    assert result.output.endswith("; not in the file: satama\n")
    await line.imports(geojson("satama"))
    async with line.database.reading() as session:
        drawn = map_of(await shapes_of(session, line.town.id))
    assert drawn is not None
    assert [area.code for area in drawn.areas] == ["keskusta", "satama"]


async def test_a_feature_that_fits_no_area_stops_the_whole_file(line: Line) -> None:
    result = await line.imports(geojson("keskusta", "Kuu"))
    assert isinstance(result.exception, BadFile)
    async with line.database.reading() as session:
        assert await shapes_of(session, line.town.id) == ()


async def test_a_file_without_features_and_a_town_that_is_not_there_are_said(line: Line) -> None:
    assert isinstance((await line.imports(geojson())).exception, BadFile)
    nowhere = await line.imports(geojson("keskusta"), "nowhere")
    assert isinstance(nowhere.exception, NotFound)


def test_a_name_that_two_areas_share_names_none() -> None:
    town = a_municipality()
    twins = tuple(replace(area, name={"fi": "Kylä", "sv": area.code}) for area in town.areas)
    found = codes_in(replace(town, areas=twins))
    assert set(found) == {"keskusta", "satama"}
