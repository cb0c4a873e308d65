"""Outlines of areas are read from GeoJSON and drawn; what is no outline is named."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talkoot.base.errors import BadFile
from talkoot.base.ids import AreaCode
from talkoot.rounds.area_map import WIDTH, Shape, map_of, shapes_from

CODES = {"Satama": AreaCode("satama"), "Kylä": AreaCode("kyla")}
SQUARE = [[24.0, 60.0], [24.2, 60.0], [24.2, 60.1], [24.0, 60.1], [24.0, 60.0]]
BESIDE = [[24.2, 60.0], [24.4, 60.0], [24.4, 60.1], [24.2, 60.1], [24.2, 60.0]]


def feature(name: str | None, rings: list[object], kind: str = "Polygon") -> dict[str, object]:
    geometry = {"type": kind, "coordinates": rings}
    return {"type": "Feature", "properties": {"nimi": name}, "geometry": geometry}


def document(*features: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def test_two_areas_side_by_side_are_drawn_side_by_side_and_north_up() -> None:
    shapes = shapes_from(
        document(feature("Satama", [SQUARE]), feature("Kylä", [[BESIDE]], "MultiPolygon")),
        CODES,
        key="nimi",
    )
    drawn = map_of(shapes)
    assert drawn is not None
    assert drawn.width == WIDTH
    assert drawn.height == pytest.approx(501, abs=2)  # 0.1 degrees of 0.4 cos(60.05)
    satama, kyla = drawn.areas
    assert satama.path.startswith("M0 ")
    assert satama.name_x < kyla.name_x
    assert satama.name_y == kyla.name_y == pytest.approx(drawn.height / 2, abs=1)
    assert "M0 501L500 501L500 0L0 0Z" in satama.path


def test_a_corner_that_nobody_would_miss_is_left_out() -> None:
    many = [[24.0 + at / 5000, 60.0] for at in range(1000)]
    ring = [*many, [24.2, 60.0], [24.2, 60.1], [24.0, 60.1], [24.0, 60.0]]
    drawn = map_of(shapes_from(document(feature("Satama", [ring])), CODES, key="nimi"))
    assert drawn is not None
    assert drawn.areas[0].path.count("L") <= 5


def test_without_areas_there_is_no_map() -> None:
    assert map_of(()) is None


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (b"", "no GeoJSON FeatureCollection"),
        (b"\xff{}", "no GeoJSON FeatureCollection"),
        (b'{"type": "Feature"}', "no GeoJSON FeatureCollection"),
        (b'{"type": "FeatureCollection"}', "missing required field `features`"),
        (document(1), r"features\[0\]"),
        (document({"type": "Feature", "properties": {}, "geometry": None}), "geometry"),
        (document(feature("Saari", [SQUARE])), "feature 1: nimi is 'Saari'"),
        (document(feature(None, [SQUARE])), "feature 1 has no name in 'nimi'"),
        (document(feature("Kylä", [SQUARE]), feature("Kylä", [BESIDE])), "'kyla' has two"),
        (document(feature("Kylä", [24.0, 60.0], "Point")), "Invalid value 'Point'"),
        (document(feature("Kylä", [])), "length >= 1"),
        (document(feature("Kylä", [SQUARE[:-1]])), "ends where it begins"),
        (document(feature("Kylä", [SQUARE[:3]])), "length >= 4"),
        (document(feature("Kylä", [[*SQUARE[:2], [24, 91], *SQUARE[3:]]])), "no place"),
        (document(feature("Kylä", [[*SQUARE[:2], ["x", 1], *SQUARE[3:]]])), "got `str`"),
        (document(feature("Kylä", [[*SQUARE[:2], [float("nan"), 1], *SQUARE[3:]]])), "malformed"),
    ],
)
def test_what_is_no_outline_of_an_area_is_named(bad: bytes, why: str) -> None:
    with pytest.raises(BadFile, match=why):
        shapes_from(bad, CODES, key="nimi")


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-89, 89)), min_size=3, max_size=40))
def test_whatever_the_outline_its_picture_stays_in_its_frame(
    corners: list[tuple[float, float]],
) -> None:
    ring = (*corners, corners[0])
    drawn = map_of([Shape(code=AreaCode("a"), rings=(ring,))])
    assert drawn is not None
    numbers = [
        [int(part) for part in corner.split()]
        for corner in drawn.areas[0].path.strip("MZ").split("L")
    ]
    assert all(0 <= x <= drawn.width and 0 <= y <= drawn.height for x, y in numbers)
    assert max(drawn.width, drawn.height) <= 2 * WIDTH
