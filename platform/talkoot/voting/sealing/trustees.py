"""The tally key in the hands of trustees: any t of n open it, by boxes inside boxes.

For each qualified subset the key is sealed to the last of its trustees, that box to the one before,
and so on; so all of the subset are needed, and no mathematics beyond HPKE is ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

from talkoot.base.bytes import Tag, pre
from talkoot.base.errors import TalkootError
from talkoot.base.ids import ElectionId
from talkoot.voting.sealing.boxes import CannotOpen, PrivateKey, new_private_key, sealed_box
from talkoot.voting.sealing.setup import (
    BadSetup,
    SealingSetup,
    Subset,
    TrusteePublic,
    Wrap,
    check_trustees,
    subset_bytes,
    wrap_digest,
)


class NotEnoughShares(TalkootError):
    """The keys given do not open the tally key; the text names what is wrong with which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrusteeKey:
    """A trustee's own key. The private half is shown by no ``repr``."""

    name: str
    private: PrivateKey = field(repr=False)

    @property
    def public(self) -> TrusteePublic:
        """The trustee as everybody may know them."""
        return TrusteePublic(name=self.name, public=self.private.public)


def new_trustee(name: str) -> TrusteeKey:
    """Draw a trustee's key."""
    return TrusteeKey(name=name, private=new_private_key())


def new_setup(
    election_id: ElectionId,
    *,
    trustees: Sequence[TrusteePublic],
    threshold: int,
    registrar_public: bytes,
) -> SealingSetup:
    """Draw an election's tally key, wrap it for every qualified subset, and forget it.

    Raises :class:`BadSetup` on trustees who could not hold a key together.
    """
    listed = tuple(trustees)
    check_trustees(listed, threshold)
    tally = new_private_key()
    return SealingSetup(
        election_id=election_id,
        tally_public=tally.public,
        registrar_public=registrar_public,
        trustees=listed,
        threshold=threshold,
        wraps=_wraps(election_id, listed, threshold, tally),
    )


def _wraps(
    election_id: ElectionId, trustees: tuple[TrusteePublic, ...], threshold: int, tally: PrivateKey
) -> tuple[Wrap, ...]:
    return tuple(
        _wrapped(election_id, subset, tally.seed) for subset in combinations(trustees, threshold)
    )


def _wrapped(election_id: ElectionId, subset: tuple[TrusteePublic, ...], seed: bytes) -> Wrap:
    names = tuple(trustee.name for trustee in subset)
    content, info = seed, share_info(election_id, names)
    for trustee in reversed(subset):
        content = sealed_box(trustee.public, content, info)
    return Wrap(subset=names, digest=wrap_digest(content), box=content)


def tally_key(setup: SealingSetup, keys: Sequence[TrusteeKey]) -> PrivateKey:
    """Open the tally key with what trustees brought, in whatever order.

    Raises :class:`NotEnoughShares`, which names who is missing or whose key or wrap is wrong.
    """
    faults = [fault for key in keys if (fault := _fault_of(setup, key))]
    brought = {key.name: key for key in keys if not _fault_of(setup, key)}
    for wrap in setup.wraps:
        if set(wrap.subset) <= set(brought):
            try:
                return unwrapped(setup, wrap, [brought[name] for name in wrap.subset])
            except CannotOpen as err:
                faults.append(str(err))
    missing = [t.name for t in setup.trustees if t.name not in brought]
    if len(brought) < setup.threshold:
        faults.append(
            f"{setup.threshold} trustees are needed and {len(brought)} are here; "
            f"any {setup.threshold - len(brought)} of {', '.join(missing)} must come"
        )
    raise NotEnoughShares("; ".join(faults))


def unwrapped(setup: SealingSetup, wrap: Wrap, keys: Sequence[TrusteeKey]) -> PrivateKey:
    """Open one wrap, one layer a key, in the order of the keys given.

    Raises :class:`CannotOpen` naming the subset and the trustee at whose layer it ends.
    """
    together = ", ".join(wrap.subset)
    if wrap.box is None:
        raise CannotOpen(f"the wrap for {together} is destroyed or was left out")
    content, info = wrap.box, share_info(setup.election_id, wrap.subset)
    for key in keys:
        try:
            content = key.private.opened(content, info)
        except CannotOpen as err:
            raise CannotOpen(
                f"the wrap for {together} does not open with {key.name}'s key"
            ) from err
    try:
        tally = PrivateKey(seed=content)
    except ValueError as err:
        raise CannotOpen(f"the wrap for {together} needs all of them") from err
    if tally.public != setup.tally_public:
        raise CannotOpen(f"the wrap for {together} holds another key than this election's")
    return tally


def share_info(election_id: ElectionId, subset: Subset) -> bytes:
    """What binds a wrap to its election and subset."""
    return pre(Tag.SHARE, election_id.bytes, subset_bytes(subset))


def _fault_of(setup: SealingSetup, key: TrusteeKey) -> str | None:
    try:
        known = setup.trustee(key.name)
    except BadSetup as err:
        return str(err)
    if known.public != key.private.public:
        return f"{key.name}'s key is not the one this election was set up with"
    return None
