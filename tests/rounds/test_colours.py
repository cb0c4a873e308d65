"""Colours that somebody could not read are refused with the contrast they have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talkoot.rounds.colours import TEXT_CONTRAST, BadColour, Colours, contrast, luminance


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#767676", "#ffffff", 4.54),  # the lightest grey that text on white may have
        ("#0000ff", "#ffffff", 8.59),
    ],
)
def test_contrast_is_that_of_the_standard(one: str, other: str, expected: float) -> None:
    assert contrast(one, other) == pytest.approx(expected, abs=0.01)
    assert contrast(other, one) == contrast(one, other)


def test_colours_that_can_be_read_are_taken() -> None:
    Colours(main="#17402f", accent="#f4b43c")


@pytest.mark.parametrize(
    ("main", "accent", "why"),
    [
        ("#8fbc8f", "#f4b43c", "text on the main colour: contrast 2"),
        ("#17402f", "#0b5583", "text on the accent colour"),
        ("#6b6b00", "#a0a000", "the accent beside the main colour: contrast 2"),
        ("green", "#f4b43c", "no colour"),
        ("#17402F", "#f4b43c", "no colour"),
        ("#17402f;}", "#f4b43c", "no colour"),
    ],
)
def test_colours_that_cannot_be_read_are_refused(main: str, accent: str, why: str) -> None:
    with pytest.raises(BadColour, match=why):
        Colours(main=main, accent=accent)


@given(st.integers(0, 0xFFFFFF))
def test_what_is_written_in_the_main_colour_is_read_on_its_pale_ground(number: int) -> None:
    main, paper = f"#{number:06x}", "#fffdf9"
    if contrast(main, paper) < TEXT_CONTRAST:
        return
    colours = Colours(main=main, accent=paper)
    assert contrast(main, colours.pale) >= TEXT_CONTRAST
    assert contrast("#1d2621", colours.pale) >= TEXT_CONTRAST
    assert luminance(main) < luminance(colours.line) < luminance(colours.pale)


def test_a_colour_that_can_only_just_be_read_has_a_paler_ground() -> None:
    dark, light = (Colours(main=main, accent="#fffdf9") for main in ("#17402f", "#767268"))
    assert (dark.pale, light.pale) == ("#e8eae5", "#fcfaf6")
