"""What an election's sealing is set up with: two public keys, the trustees, and the wrapped key.

The hash covers the digests of the wraps, not the wraps: when they are destroyed it stays the same.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from uuid import UUID

import msgspec

from talkoot.base.bytes import Digest, Tag, digest, pre, text, u64
from talkoot.base.errors import TalkootError
from talkoot.base.ids import ElectionId
from talkoot.voting.sealing.boxes import PUBLIC_KEY_BYTES

MOST_TRUSTEES = 7
"""At 4 of 7 there are 35 wraps; more trustees make a ceremony that nobody rehearses."""

FINGERPRINT_SYMBOLS = 32

Subset = tuple[str, ...]
"""Names of trustees who together can open, in the order in which the setup lists them."""


class BadSetup(TalkootError):
    """A sealing setup that cannot be used; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrusteePublic:
    """A trustee as everybody may know them."""

    name: str
    public: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrap:
    """The tally key, sealed for one subset; ``box`` is ``None`` where it is gone or left out."""

    subset: Subset
    digest: Digest
    box: bytes | None


@dataclass(frozen=True, kw_only=True)
class SealingSetup:
    """Everything about an election's sealing that is no secret. Any ``threshold`` trustees open."""

    election_id: ElectionId
    tally_public: bytes
    registrar_public: bytes
    trustees: tuple[TrusteePublic, ...]
    threshold: int
    wraps: tuple[Wrap, ...]

    def __post_init__(self) -> None:
        """Refuse a setup that could never be opened. Raises :class:`BadSetup`."""
        _check(self)

    @property
    def subsets(self) -> tuple[Subset, ...]:
        """Every qualified subset, in the order of the wraps."""
        names = [trustee.name for trustee in self.trustees]
        return tuple(combinations(names, self.threshold))

    @cached_property
    def fields(self) -> tuple[bytes, ...]:
        """The fields that are hashed; ``docs/wire.md`` describes them."""
        trustees = [part for t in self.trustees for part in (text(t.name), t.public)]
        wraps = [part for w in self.wraps for part in (subset_bytes(w.subset), w.digest)]
        return (
            self.election_id.bytes,
            self.tally_public,
            self.registrar_public,
            u64(self.threshold),
            pre(Tag.SEALING, *trustees),
            pre(Tag.SEALING, *wraps),
        )

    @cached_property
    def canonical(self) -> bytes:
        """The bytes under the hash."""
        return pre(Tag.SEALING, *self.fields)

    @cached_property
    def hash(self) -> Digest:
        """SHA-256 of the canonical bytes; the same with and without the wraps."""
        return digest(Tag.SEALING, *self.fields)

    def without_wraps(self) -> "SealingSetup":
        """The setup as it is published, and as it is left when the keys are destroyed."""
        return replace(self, wraps=tuple(replace(wrap, box=None) for wrap in self.wraps))

    def trustee(self, name: str) -> TrusteePublic:
        """The trustee of a name. Raises :class:`BadSetup` where there is none."""
        for trustee in self.trustees:
            if trustee.name == name:
                return trustee
        raise BadSetup(f"{name} is no trustee of this election")


def subset_bytes(subset: Subset) -> bytes:
    """A subset as one field."""
    return pre(Tag.SHARE, *(text(name) for name in subset))


def wrap_digest(box: bytes) -> Digest:
    """By what a wrap is known when it is gone."""
    return digest(Tag.SHARE, box)


class _Trustee(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    public: bytes


def trustee_to_json(trustee: TrusteePublic) -> bytes:
    """Give what a trustee hands over, as JSON; the key in Base64."""
    form = _Trustee(name=trustee.name, public=trustee.public)
    return msgspec.json.format(msgspec.json.encode(form), indent=1) + b"\n"


def trustee_from_json(content: bytes) -> TrusteePublic:
    """Read what a trustee hands over. Raises :class:`BadSetup`."""
    try:
        form = msgspec.json.decode(content, type=_Trustee)
    except (msgspec.MsgspecError, UnicodeDecodeError) as err:
        raise BadSetup(f"this is no trustee's public key: {err}") from err
    trustee = TrusteePublic(name=form.name, public=form.public)
    check_trustees((trustee,), 1)
    return trustee


def public_fingerprint(trustee: TrusteePublic) -> str:
    """By what people compare a key aloud: 32 symbols of its digest in groups of four."""
    named = digest(Tag.TRUSTEE_KEY, text(trustee.name), trustee.public).hex().upper()
    return "-".join(named[at : at + 4] for at in range(0, FINGERPRINT_SYMBOLS, 4))


class _Wrap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    subset: list[str]
    digest: bytes
    box: bytes | None = None


class _Setup(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    election: UUID
    tally_public: bytes
    registrar_public: bytes
    threshold: int
    trustees: list[_Trustee]
    wraps: list[_Wrap]
    hash: str


def setup_to_json(setup: SealingSetup) -> bytes:
    """Give the setup as JSON; bytes in Base64, the hash in hexadecimal."""
    form = _Setup(
        election=setup.election_id,
        tally_public=setup.tally_public,
        registrar_public=setup.registrar_public,
        threshold=setup.threshold,
        trustees=[_Trustee(name=t.name, public=t.public) for t in setup.trustees],
        wraps=[_Wrap(subset=list(w.subset), digest=w.digest, box=w.box) for w in setup.wraps],
        hash=setup.hash.hex(),
    )
    return msgspec.json.format(msgspec.json.encode(form), indent=1) + b"\n"


def setup_from_json(content: bytes | str) -> SealingSetup:
    """Read a setup. Raises :class:`BadSetup` on an unknown, missing or wrong field, or hash."""
    try:
        form = msgspec.json.decode(content, type=_Setup)
    except (msgspec.MsgspecError, UnicodeDecodeError) as err:
        raise BadSetup(f"the sealing setup cannot be read: {err}") from err
    setup = SealingSetup(
        election_id=ElectionId(form.election),
        tally_public=form.tally_public,
        registrar_public=form.registrar_public,
        trustees=tuple(TrusteePublic(name=t.name, public=t.public) for t in form.trustees),
        threshold=form.threshold,
        wraps=tuple(
            Wrap(subset=tuple(w.subset), digest=Digest(w.digest), box=w.box) for w in form.wraps
        ),
    )
    if setup.hash.hex() != form.hash:
        raise BadSetup("the sealing setup was altered: its hash is not the one written in it")
    return setup


def _check(setup: SealingSetup) -> None:
    check_trustees(setup.trustees, setup.threshold)
    for public in (setup.tally_public, setup.registrar_public):
        if len(public) != PUBLIC_KEY_BYTES:
            raise BadSetup("a public key of the sealing setup has the wrong length")
    if tuple(wrap.subset for wrap in setup.wraps) != setup.subsets:
        raise BadSetup("the sealing setup does not hold one wrap for every qualified subset")
    for wrap in setup.wraps:
        if wrap.box is not None and wrap_digest(wrap.box) != wrap.digest:
            raise BadSetup(f"the wrap for {', '.join(wrap.subset)} was altered")


def check_trustees(trustees: tuple[TrusteePublic, ...], threshold: int) -> None:
    """Refuse trustees who could not hold a key together. Raises :class:`BadSetup`."""
    if not 1 <= threshold <= len(trustees) <= MOST_TRUSTEES:
        raise BadSetup(
            f"{threshold} of {len(trustees)} trustees is impossible: there are 1 to "
            f"{MOST_TRUSTEES} trustees, and no more may be needed than there are"
        )
    if len({text(trustee.name) for trustee in trustees}) != len(trustees):
        raise BadSetup("two trustees have the same name")
    if len({trustee.public for trustee in trustees}) != len(trustees):
        raise BadSetup("two trustees have the same key: each needs one of their own")
    for trustee in trustees:
        if not trustee.name.strip() or len(trustee.public) != PUBLIC_KEY_BYTES:
            raise BadSetup(f"trustee {trustee.name!r} lacks a name or a key of the right length")
