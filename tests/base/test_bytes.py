"""The canonical encoding: published vectors, and no two lists of fields with the same bytes."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talkoot.base.bytes import Tag, bs, digest, mac, pre, text, u32, u64

ELECTION, DEVICE = bytes(range(16)), bytes(range(16, 32))
FIELDS = st.lists(st.binary(max_size=12), max_size=6)


def test_the_published_vectors_come_out() -> None:
    assert pre(Tag.JOURNAL_GENESIS, ELECTION, DEVICE, u64(1)).hex() == (
        "0000001470626b312f6a6f75726e616c2d67656e657369730000000300000010000102030405060708090a0b0c"
        "0d0e0f00000010101112131415161718191a1b1c1d1e1f000000080000000000000001"
    )


def test_the_vectors_in_the_documentation_are_what_the_code_gives(repository: Path) -> None:
    page = (repository / "docs" / "wire.md").read_text(encoding="utf-8")
    given_there = re.findall(r"\| `([0-9a-f]{64})` \|", page.partition("\n## ")[0])
    genesis = digest(Tag.JOURNAL_GENESIS, ELECTION, DEVICE, u64(1))
    anchor = mac(bytes(32), Tag.VOTER_PSEUDONYM, ELECTION, b"fi-hetu", b"131052-308T")
    assert given_there == [genesis.hex(), anchor.hex()]


@given(FIELDS, FIELDS)
def test_two_lists_of_fields_have_the_same_bytes_only_if_they_are_the_same(
    one: list[bytes], other: list[bytes]
) -> None:
    assert (pre(Tag.ENTRY, *one) == pre(Tag.ENTRY, *other)) == (one == other)


@given(FIELDS)
def test_bytes_of_one_kind_are_never_bytes_of_another(fields: list[bytes]) -> None:
    assert len({pre(tag, *fields) for tag in Tag}) == len(Tag)


def test_joining_without_lengths_would_confuse_lists() -> None:
    def joined(*fields: bytes) -> bytes:
        return b"|".join(fields)

    assert joined(b"a|b") == joined(b"a", b"b")
    assert pre(Tag.ENTRY, b"a|b") != pre(Tag.ENTRY, b"a", b"b")


def test_text_has_one_form() -> None:
    assert text("A\u030a") == text("\u00c5") == "Å".encode()


@pytest.mark.parametrize(("pack", "most"), [(u32, 2**32 - 1), (u64, 2**64 - 1)])
def test_numbers_that_do_not_fit_are_refused(pack: Callable[[int], bytes], most: int) -> None:
    assert pack(most) == b"\xff" * len(pack(0))
    for unfit in (-1, most + 1):
        with pytest.raises(ValueError, match="does not fit"):
            pack(unfit)


def test_a_field_carries_its_length() -> None:
    assert bs(b"abc") == b"\0\0\0\x03abc"
