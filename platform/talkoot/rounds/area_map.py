"""Areas on a map: read from GeoJSON (RFC 7946), and drawn as paths of an SVG picture.

Positions are longitude and latitude in degrees (WGS 84). A municipality is small: its map is drawn
with a degree of longitude shortened by the cosine of the middle latitude, north up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, radians
from typing import Annotated, Final

import msgspec

from talkoot.base.errors import BadFile
from talkoot.base.ids import AreaCode

WIDTH: Final = 1000
"""Units of the picture from west to east."""
DETAIL: Final = 1.5
"""Units: a corner nearer than this to the line between its neighbours is left out."""
MAX_POSITIONS: Final = 200_000

_FURTHEST_EAST, _FURTHEST_NORTH = 180, 90
_NOTHING = 1e-9
_Line = Annotated[
    list[Annotated[list[float], msgspec.Meta(min_length=2)]], msgspec.Meta(min_length=4)
]

Position = tuple[float, float]
Ring = tuple[Position, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """An area's outline: rings of positions, each closed; holes are rings like the others."""

    code: AreaCode
    rings: tuple[Ring, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnArea:
    """An area of the picture: ``path`` for a ``d`` attribute, and where its name stands."""

    code: AreaCode
    path: str
    name_x: int
    name_y: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaMap:
    """A picture of all areas: ``viewBox="0 0 width height"``."""

    width: int
    height: int
    areas: tuple[DrawnArea, ...]


class _Polygon(msgspec.Struct, tag_field="type", tag="Polygon"):
    coordinates: Annotated[list[_Line], msgspec.Meta(min_length=1)]


class _MultiPolygon(msgspec.Struct, tag_field="type", tag="MultiPolygon"):
    coordinates: Annotated[
        list[Annotated[list[_Line], msgspec.Meta(min_length=1)]], msgspec.Meta(min_length=1)
    ]


class _Feature(msgspec.Struct, tag_field="type", tag="Feature"):
    properties: dict[str, msgspec.Raw]
    geometry: _Polygon | _MultiPolygon


class _Collection(msgspec.Struct, tag_field="type", tag="FeatureCollection"):
    features: list[_Feature]


def shapes_from(document: bytes, codes: Mapping[str, AreaCode], *, key: str) -> tuple[Shape, ...]:
    """Read a FeatureCollection of polygons. ``key``: the property that names the area.

    ``codes``: what stands there -> the area's code. Raises :class:`BadFile` naming the feature for
    an unknown or missing area, an area named twice, or what is no polygon on the earth.
    """
    try:
        collection = msgspec.json.decode(document, type=_Collection)
    except (msgspec.DecodeError, UnicodeDecodeError) as err:
        raise BadFile(f"this is no GeoJSON FeatureCollection of polygons: {err}") from err
    shapes = tuple(
        _shape(feature, codes, key, at) for at, feature in enumerate(collection.features, start=1)
    )
    named = [shape.code for shape in shapes]
    if twice := next((code for code in named if named.count(code) > 1), None):
        raise BadFile(f"area {twice!r} has two features")
    if sum(len(ring) for shape in shapes for ring in shape.rings) > MAX_POSITIONS:
        raise BadFile(f"more than {MAX_POSITIONS} positions: simplify the outlines first")
    return shapes


def map_of(shapes: Sequence[Shape]) -> AreaMap | None:
    """Draw the areas; ``None`` where there are none. The same shapes give the same picture."""
    positions = [position for shape in shapes for ring in shape.rings for position in ring]
    if not positions:
        return None
    west, east = (f(x for x, _ in positions) for f in (min, max))
    south, north = (f(y for _, y in positions) for f in (min, max))
    shortening = cos(radians((south + north) / 2))
    scale = WIDTH / max((east - west) * shortening, (north - south) / 2, _NOTHING)

    def placed(position: Position) -> Position:
        return (position[0] - west) * shortening * scale, (north - position[1]) * scale

    drawn = tuple(
        _drawn(shape.code, [tuple(map(placed, ring)) for ring in shape.rings]) for shape in shapes
    )
    width = round((east - west) * shortening * scale)
    return AreaMap(width=width, height=round((north - south) * scale), areas=drawn)


def _drawn(code: AreaCode, rings: Sequence[Ring]) -> DrawnArea:
    x, y = _middle(max(rings, key=lambda ring: abs(_doubled_area(ring))))
    path = "".join(_path(_simplified(ring)) for ring in rings)
    return DrawnArea(code=code, path=path, name_x=round(x), name_y=round(y))


def _path(ring: Ring) -> str:
    corners = [f"{round(x)} {round(y)}" for x, y in ring[:-1]]
    return f"M{'L'.join(corners)}Z"


def _doubled_area(ring: Ring) -> float:
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairwise(ring))


def _middle(ring: Ring) -> Position:
    """The centroid of a ring; the mean of its corners where it has no area."""
    doubled = _doubled_area(ring)
    if abs(doubled) < _NOTHING:
        return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)
    sides = [(a, b, a[0] * b[1] - b[0] * a[1]) for a, b in pairwise(ring)]
    x = sum((a[0] + b[0]) * cross for a, b, cross in sides) / (3 * doubled)
    y = sum((a[1] + b[1]) * cross for a, b, cross in sides) / (3 * doubled)
    return x, y


def _simplified(ring: Ring) -> Ring:
    """Leave out corners that nobody would miss (Ramer-Douglas-Peucker, without recursion)."""
    kept = {0, len(ring) // 2, len(ring) - 1}
    waiting = [(0, len(ring) // 2), (len(ring) // 2, len(ring) - 1)]
    while waiting:
        start, end = waiting.pop()
        far, at = max(
            ((_distance(ring[i], ring[start], ring[end]), i) for i in range(start + 1, end)),
            default=(0.0, start),
        )
        if far > DETAIL:
            kept.add(at)
            waiting += [(start, at), (at, end)]
    return tuple(ring[at] for at in sorted(kept))


def _distance(point: Position, start: Position, end: Position) -> float:
    (px, py), (sx, sy), (ex, ey) = point, start, end
    length = ((ex - sx) ** 2 + (ey - sy) ** 2) ** 0.5
    if length < _NOTHING:
        return float(((px - sx) ** 2 + (py - sy) ** 2) ** 0.5)
    return float(abs((ex - sx) * (sy - py) - (sx - px) * (ey - sy)) / length)


def _shape(feature: _Feature, codes: Mapping[str, AreaCode], key: str, at: int) -> Shape:
    try:
        named = msgspec.json.decode(
            feature.properties.get(key, b"null"), type=str | int, strict=False
        )
    except msgspec.DecodeError as err:
        raise BadFile(f"feature {at} has no name in {key!r}") from err
    code = codes.get(str(named))
    if code is None:
        raise BadFile(f"feature {at}: {key} is {named!r}, and no area is called so")
    return Shape(code=code, rings=tuple(_ring(ring, at) for ring in _rings(feature.geometry)))


def _rings(geometry: _Polygon | _MultiPolygon) -> list[_Line]:
    match geometry:
        case _Polygon(coordinates=rings):
            return rings
        case _MultiPolygon(coordinates=polygons):
            return [ring for polygon in polygons for ring in polygon]


def _ring(line: _Line, at: int) -> Ring:
    ring = tuple((longitude, latitude) for longitude, latitude, *_ in line)
    if ring[0] != ring[-1]:
        raise BadFile(f"feature {at}: an outline ends where it begins")
    if strange := next((p for p in ring if not _on_earth(p)), None):
        raise BadFile(f"feature {at}: {strange} is no place on the earth")
    return ring


def _on_earth(position: Position) -> bool:
    longitude, latitude = position
    return abs(longitude) <= _FURTHEST_EAST and abs(latitude) <= _FURTHEST_NORTH
