"""Tiles have one address each, and addresses that are none lead nowhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talkoot.voting.board.tiles import Tile, tile_named, tiles_of


@pytest.mark.parametrize(
    ("tile", "name"),
    [
        (Tile(0, 256), "000"),
        (Tile(0, 5), "000.p/5"),
        (Tile(1234067, 256), "x001/x234/067"),
        (Tile(1000, 255), "x001/000.p/255"),
    ],
)
def test_a_tile_has_the_address_that_c2sp_gives_it(tile: Tile, name: str) -> None:
    assert tile.name == name
    assert tile_named(name) == tile


@given(st.integers(0, 10**11), st.integers(1, 256))
def test_every_address_is_read_as_the_tile_it_was_made_of(number: int, width: int) -> None:
    assert tile_named(Tile(number, width).name) == Tile(number, width)


@pytest.mark.parametrize(
    "name", ["", "0", "0000", "x000/001", "001/002", "000.p/0", "000.p/256", "000.p/05", "x1/000"]
)
def test_what_is_no_address_leads_nowhere(name: str) -> None:
    assert tile_named(name) is None


def test_the_last_tile_of_a_level_is_as_wide_as_what_is_left() -> None:
    assert list(tiles_of(513, 0)) == [Tile(0, 256), Tile(1, 256), Tile(2, 1)]
    assert list(tiles_of(513, 1)) == [Tile(0, 2)]
    assert list(tiles_of(255, 1)) == []
