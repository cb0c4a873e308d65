"""Codes: what is drawn is well formed and even, what is mistyped is noticed."""

import math
import random
import secrets
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talkoot.voting.roll import Code, Mistype, Mistyped, generated, grouped, read, with_check
from talkoot.voting.roll.codes import (
    ALPHABET,
    CODE_SYMBOLS,
    DATA_SYMBOLS,
    FIELD,
    agrees,
    secret_of,
    selector_of,
)

symbols = st.sampled_from(ALPHABET)
data = st.text(symbols, min_size=DATA_SYMBOLS, max_size=DATA_SYMBOLS)
codes = data.map(lambda drawn: Code(with_check(drawn)))


def check_by_search(drawn: str) -> str:
    """Slow twin: try all 961 pairs until the two sums of the rule are zero."""
    for first in ALPHABET:
        for second in ALPHABET:
            values = [ALPHABET.index(s) for s in drawn + first + second]
            weighted = [(i + 1) * value for i, value in enumerate(values)]
            if sum(values) % 31 == 0 and sum(weighted) % 31 == 0:
                return drawn + first + second
    raise AssertionError("no pair fits")


def test_the_published_vector_holds() -> None:
    assert with_check("23456789AB") == "23456789AB9C"


def test_the_alphabet_is_prime_and_without_look_alikes() -> None:
    assert len(set(ALPHABET)) == FIELD == 31
    assert not set(ALPHABET) & set("01ILO")


@given(st.text(symbols, min_size=1, max_size=20))
def test_check_symbols_are_those_that_search_finds(drawn: str) -> None:
    assert with_check(drawn) == check_by_search(drawn)


@pytest.mark.parametrize("drawn", ["", "2" * 29, "23456789ab", "2345O"])
def test_what_cannot_be_checked_is_refused(drawn: str) -> None:
    with pytest.raises(ValueError, match=r"cannot be checked|not in the alphabet"):
        with_check(drawn)


@given(codes)
def test_a_code_reads_back_however_it_is_written(code: Code) -> None:
    dashed = grouped(code)
    assert [len(part) for part in dashed.split("-")] == [5, 4, 5]
    for typed in (code, dashed, dashed.lower(), f"  {dashed.replace('-', ' – ')}\n"):
        assert read(typed) == code
    assert selector_of(code) + secret_of(code) == code


@given(codes, st.integers(0, CODE_SYMBOLS - 1), symbols)
def test_no_single_error_passes(code: Code, place: int, wrong: str) -> None:
    typed = code[:place] + wrong + code[place + 1 :]
    expected = code if typed == code else Mistyped(kind=Mistype.CHECK_SYMBOLS)
    assert read(typed) == expected


def test_every_single_error_and_every_swap_of_some_codes_is_noticed() -> None:
    rng = random.Random(4)
    for _ in range(30):
        code = generated(rng.randrange)
        wrong = {
            code[:place] + other + code[place + 1 :]
            for place in range(CODE_SYMBOLS)
            for other in ALPHABET
        }
        for a in range(CODE_SYMBOLS):
            for b in range(a + 1, CODE_SYMBOLS):
                swapped = list(code)
                swapped[a], swapped[b] = swapped[b], swapped[a]
                wrong.add("".join(swapped))
        wrong.discard(code)
        assert len(wrong) > CODE_SYMBOLS * (FIELD - 1)
        assert not [typed for typed in wrong if agrees(typed)]


def test_with_one_plain_sum_instead_swaps_would_pass() -> None:
    """Negative control: the second, weighted sum is what notices swaps."""
    rng = random.Random(5)
    code = generated(rng.randrange)
    a, b = next((i, i + 1) for i in range(12) if code[i] != code[i + 1])
    swapped = list(code)
    swapped[a], swapped[b] = swapped[b], swapped[a]
    assert sum(ALPHABET.index(s) for s in swapped) % FIELD == 0
    assert not agrees("".join(swapped))


@given(codes, st.data())
def test_no_error_in_two_symbols_passes(code: Code, draw: st.DataObject) -> None:
    a, b = draw.draw(st.lists(st.integers(0, 13), min_size=2, max_size=2, unique=True))
    typed = list(code)
    typed[a], typed[b] = draw.draw(symbols), draw.draw(symbols)
    assert ("".join(typed) == code) or read("".join(typed)) == Mistyped(kind=Mistype.CHECK_SYMBOLS)


def test_of_strings_typed_at_random_one_in_961_passes() -> None:
    rng = random.Random(961)
    tries = 200_000
    passed = sum(agrees("".join(rng.choices(ALPHABET, k=CODE_SYMBOLS))) for _ in range(tries))
    expected = tries / 961
    assert abs(passed - expected) < 4 * math.sqrt(expected)


@pytest.mark.parametrize(
    "wrong", ["0", "1", "I", "L", "O", "o", "Ä", "ß", "ſ", "٣", "\0", "*", "%"]
)
def test_a_symbol_that_no_code_holds_is_named_and_not_corrected(wrong: str) -> None:
    found = read(f"23456{wrong}789ABCDE")
    assert isinstance(found, Mistyped)
    assert found.kind is Mistype.FOREIGN_SYMBOL
    assert found.symbol == (wrong.upper() if wrong.isascii() else wrong)


@pytest.mark.parametrize("typed", ["", " - ", "23456", "23456789ABCDEFG", "2" * 5_000_000])
def test_another_number_of_symbols_is_a_wrong_length(typed: str) -> None:
    assert read(typed) == Mistyped(kind=Mistype.WRONG_LENGTH)


@given(st.text(max_size=200))
def test_whatever_is_typed_gets_an_answer(typed: str) -> None:
    found = read(typed)
    assert isinstance(found, Mistyped) or agrees(found)


def chi_square_p(counts: list[int]) -> float:
    """Give the upper tail of chi-square for even counts, by Wilson and Hilferty's approximation."""
    expected, free = sum(counts) / len(counts), len(counts) - 1
    statistic = sum((count - expected) ** 2 / expected for count in counts)
    z = ((statistic / free) ** (1 / 3) - (1 - 2 / (9 * free))) / math.sqrt(2 / (9 * free))
    return math.erfc(z / math.sqrt(2)) / 2


def lag_1(values: list[int]) -> float:
    """Give the correlation of each value with the next."""
    mean = sum(values) / len(values)
    covariance = sum((a - mean) * (b - mean) for a, b in pairwise(values))
    return covariance / sum((value - mean) ** 2 for value in values)


def assert_even(drawn: list[Code]) -> None:
    """Assert what T3 asks: no duplicates, each position even, neighbours unrelated.

    The threshold of the correlation is 5 standard errors, which at 10^6 codes is 0.005.
    """
    assert len(set(drawn)) == len(drawn)
    for place in range(CODE_SYMBOLS):
        column = [ALPHABET.index(code[place]) for code in drawn]
        counts = Counter(column)
        # 14 positions: 0.0001 keeps a false alarm below one in 350 runs.
        assert 0.0001 <= chi_square_p([counts[v] for v in range(FIELD)]) <= 0.9999, place
        assert abs(lag_1(column)) < 5 / math.sqrt(len(drawn)), place


def test_drawn_codes_are_even_and_unrelated() -> None:
    rng = random.Random(20260302)
    assert_even([generated(rng.randrange) for _ in range(20_000)])


def test_an_uneven_draw_is_noticed() -> None:
    """Negative control: a byte modulo 31 prefers the first 8 symbols by an eighth."""
    rng = random.Random(7)
    uneven = [generated(lambda n: rng.randrange(256) % n) for _ in range(20_000)]
    with pytest.raises(AssertionError):
        assert_even(uneven)


def test_ascending_codes_are_noticed() -> None:
    """Negative control: codes in order are unrelated in no sense."""
    rng = random.Random(8)
    with pytest.raises(AssertionError):
        assert_even(sorted(generated(rng.randrange) for _ in range(5_000)))


@pytest.mark.full
def test_a_million_codes_of_the_real_source_are_even_and_unrelated() -> None:
    assert_even([generated(secrets.randbelow) for _ in range(1_000_000)])
