"""Money is read exactly, or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talkoot.base.money import Cents, cents_from_text, decimal_of


@pytest.mark.parametrize(
    ("words", "cents"),
    [("120000", 12_000_000), ("969245.38", 96_924_538), ("100000.0", 10_000_000), (" 7 ", 700)],
)
def test_amounts_from_real_files_are_read(words: str, cents: int) -> None:
    assert cents_from_text(words) == cents


@pytest.mark.parametrize("words", ["", "a lot", "-1", "nan", "inf", "1,5", "0.001", "1 000"])
def test_what_is_no_amount_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match=r"amount of money|parts of a cent"):
        cents_from_text(words)


@given(st.integers(min_value=0, max_value=10**15))
def test_writing_and_reading_an_amount_gives_it_back(amount: int) -> None:
    assert cents_from_text(str(decimal_of(Cents(amount)))) == amount
