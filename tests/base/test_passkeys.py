"""Assertions of passkeys: good ones pass, and each changed field is refused by its own words."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    SECP384R1,
    EllipticCurvePrivateKey,
    derive_private_key,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st
from webauthn import verify_authentication_response
from webauthn.helpers import decode_credential_public_key, encode_cbor
from webauthn.helpers.exceptions import InvalidAuthenticationResponse

from talkoot.base.errors import NotAllowed
from talkoot.base.officials import OfficialId, OfficialRole
from talkoot.base.passkeys import (
    Assertion,
    CosePublicKey,
    CredentialId,
    KeyKind,
    Signature,
    assertion_from,
    assertion_json,
    base64url,
    cose_of,
    from_base64url,
    key_in,
    rechecked,
    relying_party,
    signature_from,
    signature_json,
    verified,
)

RP = "osallistu.example"
ORIGIN = "https://osallistu.example"
CHALLENGE = bytes(range(32))
UP, UV = 0x01, 0x04

PrivateKey = EllipticCurvePrivateKey | Ed25519PrivateKey
KEYS: tuple[PrivateKey, ...] = (
    derive_private_key(7, SECP256R1()),
    Ed25519PrivateKey.from_private_bytes(bytes(32)),
)
both_kinds = pytest.mark.parametrize("key", KEYS, ids=["es256", "eddsa"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What goes into an assertion before it is signed; a test changes one part."""

    rp: str = RP
    flags: int = UP | UV
    count: int = 5
    after: bytes = b""
    type: str = "webauthn.get"
    challenge: bytes = CHALLENGE
    origin: str = ORIGIN
    more: str = ""


def data_of(told: Told) -> bytes:
    site = hashlib.sha256(told.rp.encode()).digest()
    return site + bytes([told.flags]) + told.count.to_bytes(4, "big") + told.after


def words_of(told: Told) -> bytes:
    said = {"type": told.type, "challenge": base64url(told.challenge), "origin": told.origin}
    return (json.dumps(said)[:-1] + told.more + "}").encode()


def signed(key: PrivateKey, told: Told) -> Assertion:
    return over(key, data_of(told), words_of(told))


def over(key: PrivateKey, data: bytes, words: bytes) -> Assertion:
    message = data + hashlib.sha256(words).digest()
    if isinstance(key, Ed25519PrivateKey):
        signature = key.sign(message)
    else:
        signature = key.sign(message, ECDSA(SHA256()))
    return Assertion(
        credential_id=CredentialId(b"a key"),
        authenticator_data=data,
        client_data_json=words,
        signature=signature,
    )


def public(key: PrivateKey) -> CosePublicKey:
    return cose_of(key.public_key())


def checked(assertion: Assertion, key: PrivateKey) -> int:
    return verified(assertion, public(key), challenge=CHALLENGE, rp_id=RP, origin=ORIGIN)


@both_kinds
def test_a_good_assertion_passes_and_gives_its_counter(key: PrivateKey) -> None:
    assert checked(signed(key, Told(count=2**32 - 1)), key) == 2**32 - 1


CHANGES: dict[str, tuple[Told, str]] = {
    "type": (Told(type="webauthn.create"), "something else"),
    "payment": (Told(type="payment.get"), "something else"),
    "challenge": (Told(challenge=bytes(32)), "another challenge"),
    "a challenge cut short": (Told(challenge=CHALLENGE[:-1]), "another challenge"),
    "origin": (Told(origin="https://osallistu.example.evil"), "another address"),
    "port": (Told(origin=ORIGIN + ":8443"), "another address"),
    "scheme": (Told(origin="http://osallistu.example"), "another address"),
    "cross origin": (Told(more=', "crossOrigin": true'), "another site's page"),
    "cross origin as a word": (Told(more=', "crossOrigin": "false"'), "another site's page"),
    "top origin": (Told(more=', "topOrigin": "https://evil"'), "another site's page"),
    "a key twice": (Told(more=', "type": "webauthn.get"'), "twice"),
    "site": (Told(rp="example"), "another site"),
    "presence": (Told(flags=UV), "nobody"),
    "verification": (Told(flags=UP), "without recognising"),
    "neither": (Told(flags=0), "nobody"),
    "a copy that cannot be": (Told(flags=UP | UV | 0x10), "contradicts"),
    "attested": (Told(flags=UP | UV | 0x40, after=bytes(20)), "says more"),
    "hidden bytes": (Told(after=b"\x00"), "says more"),
    "extensions that are missing": (Told(flags=UP | UV | 0x80), "says more"),
    "length": (Told(flags=UP | UV | 0x80, after=bytes(2048)), "length"),
    "long words": (Told(more=', "x": "' + "y" * 4096 + '"'), "too long"),
}


@both_kinds
@pytest.mark.parametrize("name", CHANGES)
def test_each_changed_part_is_refused_although_it_is_signed(key: PrivateKey, name: str) -> None:
    told, words = CHANGES[name]
    with pytest.raises(NotAllowed, match=words):
        checked(signed(key, told), key)


@both_kinds
def test_what_a_browser_adds_is_borne(key: PrivateKey) -> None:
    extended = Told(flags=UP | UV | 0x80, after=b"\xa0", more=', "crossOrigin": false, "v": 1')
    assert checked(signed(key, extended), key) == 5
    assert checked(signed(key, Told(flags=UP | UV | 0x08 | 0x10)), key) == 5


@pytest.mark.parametrize("words", [b"", b"[]", b"\xff", b"{", b"nul", b"[" * 4000])
def test_words_that_are_no_object_are_refused(words: bytes) -> None:
    with pytest.raises(NotAllowed, match="cannot be read"):
        checked(over(KEYS[0], data_of(Told()), words), KEYS[0])


def test_an_authenticators_words_cut_short_are_refused() -> None:
    with pytest.raises(NotAllowed, match="length"):
        checked(over(KEYS[0], data_of(Told())[:36], words_of(Told())), KEYS[0])


@both_kinds
@given(place=st.integers(min_value=0), bit=st.integers(0, 7))
def test_any_flipped_bit_is_refused(key: PrivateKey, place: int, bit: int) -> None:
    good = signed(key, Told())
    changed = (
        replace(good, authenticator_data=flipped(good.authenticator_data, place, bit)),
        replace(good, client_data_json=flipped(good.client_data_json, place, bit)),
        replace(good, signature=flipped(good.signature, place, bit)),
    )
    for each in changed:
        with pytest.raises(NotAllowed):
            checked(each, key)


def flipped(octets: bytes, place: int, bit: int) -> bytes:
    whole = bytearray(octets)
    whole[place % len(whole)] ^= 1 << bit
    return bytes(whole)


@both_kinds
def test_another_key_did_not_sign_it(key: PrivateKey) -> None:
    stranger = generate_private_key(SECP256R1())
    with pytest.raises(NotAllowed, match="not of its key"):
        checked(signed(key, Told()), stranger)


@pytest.mark.parametrize("name", ["verification", "type", "challenge", "origin", "site"])
def test_without_our_checks_the_same_signature_would_hold(name: str) -> None:
    """The control: the bytes are signed, so it is the checked field alone that refuses them."""
    told, _ = CHANGES[name]
    assertion = signed(KEYS[0], told)
    if told.type != "webauthn.get":
        assertion = signed(KEYS[0], replace(told, type="webauthn.get"))
    if told.flags & UV:
        count = verified(
            assertion,
            public(KEYS[0]),
            challenge=told.challenge,
            rp_id=told.rp,
            origin=told.origin,
        )
        assert count == 5
    else:
        assert answered_by_library(assertion, verify_user=False) == 5


def answered_by_library(assertion: Assertion, *, verify_user: bool = True) -> int:
    """The slow twin: py_webauthn on the same bytes."""
    id_ = base64url(assertion.credential_id)
    return verify_authentication_response(
        credential={
            "id": id_,
            "rawId": id_,
            "type": "public-key",
            "response": {
                "clientDataJSON": base64url(assertion.client_data_json),
                "authenticatorData": base64url(assertion.authenticator_data),
                "signature": base64url(assertion.signature),
            },
        },
        expected_challenge=CHALLENGE,
        expected_rp_id=RP,
        expected_origin=ORIGIN,
        credential_public_key=public(KEYS[0]),
        credential_current_sign_count=0,
        require_user_verification=verify_user,
    ).new_sign_count


def test_a_library_agrees_about_a_good_one_and_about_the_plain_faults() -> None:
    assert answered_by_library(signed(KEYS[0], Told())) == 5
    for name in ("type", "challenge", "origin", "site", "presence", "verification"):
        with pytest.raises(InvalidAuthenticationResponse):
            answered_by_library(signed(KEYS[0], CHANGES[name][0]))


@both_kinds
def test_a_public_key_has_one_spelling_which_libraries_read(key: PrivateKey) -> None:
    cose = public(key)
    assert cose_of(key_in(cose)) == cose
    decoded = decode_credential_public_key(cose)
    assert decoded.alg in {-7, -8}


def test_a_public_key_as_it_stands_in_docs_wire() -> None:
    """RFC 8032, 7.1, test 1, as a COSE key."""
    point = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    assert key_in(
        CosePublicKey(encode_cbor({1: 1, 3: -8, -1: 6, -2: point}))
    ).public_bytes_raw() == (  # type: ignore[union-attr] # an Ed25519 key by its kind
        point
    )


@pytest.mark.parametrize(
    "spoil",
    [
        lambda cose: cose + b"\x00",
        lambda cose: cose[:-1],
        lambda _: b"",
        lambda cose: cose[:4] + b"\x27" + cose[5:],
        lambda cose: cose[:10] + bytes(32) + cose[42:],
        lambda cose: b"\x04" + cose[10:42] + cose[45:],
    ],
)
def test_another_spelling_or_point_is_no_key(spoil: Callable[[bytes], bytes]) -> None:
    with pytest.raises(NotAllowed, match="public key"):
        key_in(CosePublicKey(spoil(public(KEYS[0]))))


def test_another_curve_is_not_written() -> None:
    with pytest.raises(NotAllowed, match="kind"):
        cose_of(generate_private_key(SECP384R1()).public_key())


@pytest.mark.parametrize(
    ("address", "id_", "origin"),
    [
        ("https://osallistu.example.fi", "osallistu.example.fi", "https://osallistu.example.fi"),
        ("https://Osallistu.Example.fi:443/x", "osallistu.example.fi", None),
        ("https://osallistu.example.fi:8443", "osallistu.example.fi", None),
        ("http://127.0.0.1:8000", "localhost", "http://localhost:8000"),
        ("http://[::1]:8000", "localhost", "http://localhost:8000"),
    ],
)
def test_a_site_is_named_by_its_address(address: str, id_: str, origin: str | None) -> None:
    party = relying_party(address)
    assert party.id == id_
    assert party.origin == (origin or party.origin)
    assert (":8443" in party.origin) == (":8443" in address)


@pytest.mark.parametrize(
    "address", ["http://192.0.2.7:8000", "ftp://x.fi", "x", "", "http://[2001:db8::1]"]
)
def test_an_address_without_a_name_has_no_passkeys(address: str) -> None:
    with pytest.raises(NotAllowed, match="name"):
        relying_party(address)


@given(st.binary(max_size=50))
def test_base64url_comes_back(octets: bytes) -> None:
    assert from_base64url(base64url(octets)) == octets


@pytest.mark.parametrize("given_", ["A", "AB", "AA==", "A+8A", "A/8A", "ä", "AA A", "AA\n"])
def test_other_spellings_of_base64url_are_refused(given_: str) -> None:
    with pytest.raises(NotAllowed):
        from_base64url(given_)


def signature_by(key: PrivateKey) -> Signature:
    assertion = signed(key, Told())
    return Signature(
        official_id=OfficialId(UUID(int=3)),
        name="Åsa Esimerkki",
        role=OfficialRole.ELECTION_MANAGER,
        credential_id=assertion.credential_id,
        key_kind=KeyKind.PASSKEY,
        public_key=public(key),
        assertion=assertion,
    )


@both_kinds
def test_a_signature_is_stored_and_checked_again(key: PrivateKey) -> None:
    again = signature_from(json.loads(json.dumps(signature_json(signature_by(key)))))
    assert again == signature_by(key) or isinstance(key, EllipticCurvePrivateKey)
    rechecked(again, challenge=CHALLENGE, rp_id=RP, origin=ORIGIN)
    with pytest.raises(NotAllowed, match="another challenge"):
        rechecked(again, challenge=bytes(32), rp_id=RP, origin=ORIGIN)
    with pytest.raises(NotAllowed, match="another passkey"):
        rechecked(
            replace(again, credential_id=CredentialId(b"b")),
            challenge=CHALLENGE,
            rp_id=RP,
            origin=ORIGIN,
        )


def test_a_stored_signature_with_a_part_missing_or_too_many_is_refused() -> None:
    whole = signature_json(signature_by(KEYS[0]))
    for name in whole:
        with pytest.raises(NotAllowed):
            signature_from({key: value for key, value in whole.items() if key != name})
    with pytest.raises(NotAllowed, match="parts"):
        signature_from({**whole, "more": "x"})
    with pytest.raises(NotAllowed, match="cannot be read"):
        signature_from({**whole, "role": "king"})
    assert assertion_json(assertion_from(assertion_json(signature_by(KEYS[0]).assertion)))
