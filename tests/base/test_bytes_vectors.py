"""The published vectors, and T21: no bytes have two meanings."""

import json
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from talkoot.base.bytes import Tag, digest, mac, pre
from tests.vectors import slow

WHOLE = json.loads(slow.FILE.read_text(encoding="utf-8"))
VECTORS = WHOLE["vectors"]
# Fields made to be taken for one another: lengths, tags and separators as content.
PIECES = st.sampled_from([b"", b"a", b"b", b"|", b"a|b", b"\0\0\0\1", b"\0\0\0\1a", b"pbk1/entry"])
FIELDS = st.lists(st.one_of(PIECES, st.binary(max_size=6)), max_size=5)
PAIRS_AT_ONCE = 50


def test_the_file_is_what_the_slow_way_gives() -> None:
    assert slow.FILE.read_text(encoding="utf-8") == slow.page()


def test_t21_there_are_fifty_vectors_and_some_for_every_tag() -> None:
    assert len(VECTORS) >= 50
    assert {vector["tag"] for vector in VECTORS} == {tag.value for tag in Tag}


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["about"]))
def test_t21_a_published_vector_comes_out(vector: dict[str, str | list[str]]) -> None:
    tag, fields = Tag(str(vector["tag"])), [bytes.fromhex(field) for field in vector["fields"]]
    content, key = pre(tag, *fields), bytes.fromhex(WHOLE["key"])
    assert content.hex() == vector["pre"]
    assert digest(tag, *fields).hex() == vector["sha256"]
    assert mac(key, tag, *fields).hex() == vector["hmac"]
    assert Ed25519PrivateKey.from_private_bytes(key).sign(content).hex() == vector["ed25519"]


def test_the_vectors_of_the_journal_are_those_given_to_makers_of_devices() -> None:
    (entry,) = (vector for vector in VECTORS if vector["about"] == "a ballot in a journal")
    assert entry["sha256"] == "f0a5f89a613b51c4e9591e32f66fb6b6b0853a9304ceaa521bbda193db1fde96"
    assert entry["ed25519"] == (
        "b8c2cc265534497f6ded8edce9563aa0ba16da37d508e78115165ba4bd7c86af"
        "cf34baab1ee67d69abcffe9c156da58e906e74d7006c060fbd0e71601bfe3d0a"
    )


def test_a_signature_over_one_meaning_is_none_over_another() -> None:
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(WHOLE["ed25519_public"]))
    one, other = VECTORS[-2], VECTORS[-4]
    public.verify(bytes.fromhex(one["ed25519"]), bytes.fromhex(one["pre"]))
    with pytest.raises(InvalidSignature):
        public.verify(bytes.fromhex(one["ed25519"]), bytes.fromhex(other["pre"]))


def distinct_only_if_different(tag: Tag, lists: list[list[bytes]]) -> int:
    """Compare all pairs: a set of the bytes is as large as a set of the lists. Gives the pairs."""
    assert len({pre(tag, *fields) for fields in lists}) == len({tuple(fields) for fields in lists})
    return len(lists) * (len(lists) - 1) // 2


@given(st.sampled_from(Tag), st.lists(FIELDS, min_size=PAIRS_AT_ONCE, max_size=PAIRS_AT_ONCE))
@settings(max_examples=100)
def test_t21_equal_bytes_only_if_equal_lists(tag: Tag, lists: list[list[bytes]]) -> None:
    # 100 examples of 1,225 pairs each: more than 10^5 pairs of lists of fields.
    assert distinct_only_if_different(tag, lists) == 1225


@given(st.sampled_from(Tag), FIELDS)
def test_t21_the_slow_way_gives_the_same_bytes(tag: Tag, fields: list[bytes]) -> None:
    assert pre(tag, *fields) == slow.pre(tag.value, fields)


@pytest.mark.parametrize("separator", [b"|", b"\0", b"\0\0\0\1", b""])
def test_t21_joined_by_a_separator_two_lists_have_the_same_bytes(separator: bytes) -> None:
    """The control: what fails without lengths."""
    one, two = [b"a" + separator + b"b"], [b"a", b"b"]
    assert separator.join(one) == separator.join(two)
    assert pre(Tag.ENTRY, *one) != pre(Tag.ENTRY, *two)


def test_the_vectors_lie_where_others_look_for_them(repository: Path) -> None:
    assert (repository / "tests" / "vectors" / "bytes.json").samefile(slow.FILE)
