"""An act upon an election: what is signed, by whom, and the public record of it. Pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from talkoot.base.bytes import Digest, Tag, digest, text
from talkoot.base.errors import NotAllowed
from talkoot.base.ids import ElectionId
from talkoot.base.passkeys import RelyingParty, Signature, rechecked, signature_json
from talkoot.voting.log.election import TwoPersons
from talkoot.voting.log.phases import ActKind, Step

NONCE_BYTES = 16
REASON_MAX = 2000
Payload = Mapping[str, str | int]
"""What an act says beside its kind: names and values that can be published as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActRequest:
    """An act as it is proposed and signed. ``state``: the one it begins in, in words.

    ``definition_hash`` is of the ballot as it is before the act. ``payload``: empty where the kind
    says all. Raises :class:`NotAllowed` without a reason and for a nonce of another length.
    """

    election_id: ElectionId
    kind: ActKind
    state: str
    definition_hash: Digest
    reason: str
    nonce: bytes = field(repr=False)
    payload: Payload = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what could not be published."""
        if not 0 < len(self.reason.strip()) <= REASON_MAX or "\0" in self.reason:
            raise NotAllowed(f"an act needs a reason of at most {REASON_MAX} signs")
        if len(self.nonce) != NONCE_BYTES:
            raise NotAllowed(f"an act needs a nonce of {NONCE_BYTES} bytes")

    @property
    def payload_digest(self) -> bytes:
        """The SHA-256 of :func:`payload_bytes`; empty where there is no payload."""
        if not self.payload:
            return b""
        return hashlib.sha256(payload_bytes(self.payload)).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """The two signatures under an act, and the site whose passkeys made them."""

    signatures: tuple[Signature, Signature]
    party: RelyingParty

    @property
    def persons(self) -> TwoPersons:
        """The two by name. Raises :class:`NotAllowed` where they are one."""
        first, second = self.signatures
        return TwoPersons(first.name, second.name)


Answerable = TwoPersons | Signed
"""Who answers for an act: named (plain elections), or with signatures (all)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An act that was done. ``signatures`` is empty where two persons were only named.

    ``number`` is its place among the election's acts, from 1. ``earlier``: the bytes under its
    ``definition_hash``, for an amendment alone.
    """

    number: int
    request: ActRequest
    persons: TwoPersons
    signatures: tuple[Signature, ...]
    earlier: bytes | None = field(default=None, repr=False)


def payload_bytes(payload: Payload) -> bytes:
    """Give a payload as JSON without spaces, its names sorted: the bytes that are hashed."""
    return msgspec.json.encode(dict(payload), order="deterministic")


def act_challenge(request: ActRequest) -> Digest:
    """Give the 32 bytes that both persons sign: which act, on what, as it stood, and why."""
    return digest(
        Tag.ACTION,
        request.election_id.bytes,
        text(request.kind.value),
        text(request.state),
        request.definition_hash,
        text(request.reason),
        request.payload_digest,
        request.nonce,
    )


def check_signed(request: ActRequest, step: Step, signed: Signed) -> None:
    """Raise :class:`NotAllowed` unless two persons with a fitting role signed this very act.

    Persons, passkeys and keys must differ: one person with two passkeys is one person.
    """
    first, second = signed.signatures
    for one, other in (
        (first.official_id, second.official_id),
        (first.credential_id, second.credential_id),
        (first.public_key, second.public_key),
    ):
        if one == other:
            raise NotAllowed(f"two different persons must sign, and {first.name!r} is one")
    _ = signed.persons
    challenge = act_challenge(request)
    for signature in signed.signatures:
        if signature.role not in step.roles:
            raise NotAllowed(f"a {signature.role} may not sign this")
        party = signed.party
        rechecked(signature, challenge=challenge, rp_id=party.id, origin=party.origin)


def act_record(act: Act) -> dict[str, Any]:
    """Give the public record of a signed act, which the board stores.

    It holds all that a reader needs to check both signatures again. Raises :class:`NotAllowed` for
    an act that nobody signed: it proves nothing and does not belong on the board.
    """
    if not act.signatures:
        raise NotAllowed("an act without signatures has no public record")
    request = act.request
    record: dict[str, Any] = {
        "election": str(request.election_id),
        "number": act.number,
        "kind": request.kind.value,
        "state": request.state,
        "definition_hash": request.definition_hash.hex(),
        "reason": request.reason,
        "payload_digest": request.payload_digest.hex() or None,
        "nonce": request.nonce.hex(),
        "signatures": [signature_json(each) for each in act.signatures],
    }
    return record | ({"payload": dict(request.payload)} if request.payload else {})
