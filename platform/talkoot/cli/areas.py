"""``talkoot areas``: the outlines of a municipality's areas, from a GeoJSON file."""

import asyncio
from pathlib import Path

import click

from talkoot.base.errors import BadFile
from talkoot.base.ids import AreaCode
from talkoot.cli.context import opened_desk
from talkoot.cli.media import FILE, contents
from talkoot.rounds import Municipality, map_of, municipality_called, shapes_from, shapes_kept


@click.group()
def areas() -> None:
    """Outlines of a municipality's areas."""


@areas.command("import")
@click.argument("municipality")
@click.argument("file", type=FILE)
@click.option("--key", default="code", help="The property of each feature that names the area.")
def import_areas(municipality: str, file: Path, key: str) -> None:
    """Give the areas of MUNICIPALITY the outlines in a GeoJSON FILE, for its map.

    The property may hold an area's code, or its name in any language. Nothing is kept unless every
    feature fits an area; areas that the file does not name stay as they are.
    """
    click.echo(asyncio.run(_imported(municipality, contents(file), key)))


async def _imported(slug: str, document: bytes, key: str) -> str:
    async with opened_desk() as (database, _), database.writing() as session:
        town = await municipality_called(session, slug)
        shapes = shapes_from(document, codes_in(town), key=key)
        await shapes_kept(session, town.id, shapes)
    drawn = map_of(shapes)
    if drawn is None:
        raise BadFile("the file has no features")
    there = {shape.code for shape in shapes}
    without = [area.code for area in town.areas if area.code not in there]
    size = sum(len(area.path) for area in drawn.areas)
    words = f"{len(shapes)} areas have outlines; their map is {size} bytes of paths"
    return f"{words}; not in the file: {', '.join(without)}" if without else words


def codes_in(town: Municipality) -> dict[str, AreaCode]:
    """Give every way to name an area: its code, and each name that no other area has."""
    names: dict[str, set[AreaCode]] = {}
    for area in town.areas:
        for name in area.name.values():
            names.setdefault(name, set()).add(area.code)
    alone = {name: min(codes) for name, codes in names.items() if len(codes) == 1}
    return alone | {str(area.code): area.code for area in town.areas}
