"""The rehearsal: before an election opens, a dummy ballot is opened in every way it must be.

Towns have lost elections because a key was missed only at the count. So all trustees come once with
their real media before the first ballot is cast.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from talkoot.base.bytes import Digest
from talkoot.base.errors import TalkootError
from talkoot.voting.sealing.boxes import CannotOpen, PrivateKey
from talkoot.voting.sealing.epochs import DEVICE_BYTES, EpochPosition, new_epoch
from talkoot.voting.sealing.opener import Opener
from talkoot.voting.sealing.setup import SealingSetup, Subset, Wrap
from talkoot.voting.sealing.trustees import NotEnoughShares, TrusteeKey, tally_key, unwrapped
from talkoot.voting.sealing.whats import FINGERPRINT_BYTES, sealed_ballot

_DUMMY = b"a ballot that nobody cast".ljust(64, b"\0")


class RehearsalFailed(TalkootError):
    """The election must not open with this setup and these keys; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What a rehearsal showed: which subsets opened the dummy, and how many too small did not."""

    setup_hash: Digest
    opened: tuple[Subset, ...]
    refused: tuple[Subset, ...]


def rehearsed(setup: SealingSetup, keys: Sequence[TrusteeKey]) -> Rehearsal:
    """Open a dummy ballot with every qualified subset, and with none of one trustee fewer.

    Needs the keys of all trustees. Raises :class:`RehearsalFailed` in words.
    """
    by_name = {key.name: key for key in keys}
    absent = [trustee.name for trustee in setup.trustees if trustee.name not in by_name]
    if absent:
        raise RehearsalFailed(
            f"a rehearsal needs every trustee's key; missing: {', '.join(absent)}"
        )
    for subset in setup.subsets:
        _must_open(setup, [by_name[name] for name in subset])
    smaller = tuple(combinations([t.name for t in setup.trustees], setup.threshold - 1))
    for few in smaller:
        _must_not_open(setup, [by_name[name] for name in few])
    return Rehearsal(setup_hash=setup.hash, opened=setup.subsets, refused=smaller)


def _must_open(setup: SealingSetup, keys: Sequence[TrusteeKey]) -> None:
    together = ", ".join(key.name for key in keys)
    try:
        tally = tally_key(setup, keys)
    except NotEnoughShares as err:
        raise RehearsalFailed(f"{together} do not open the dummy ballot: {err}") from err
    if not _opens_a_dummy(setup, tally):
        raise RehearsalFailed(f"{together} open a key that does not open the dummy ballot")


def _must_not_open(setup: SealingSetup, keys: Sequence[TrusteeKey]) -> None:
    """Not by the wraps that are theirs in part, and not by their own keys."""
    for wrap in setup.wraps:
        held = [key for key in keys if key.name in wrap.subset]
        if _yields(setup, wrap, held):
            together = ", ".join(key.name for key in keys)
            raise RehearsalFailed(f"{together or 'nobody'} alone open the dummy ballot: too few")
    for key in keys:
        if _opens_a_dummy(setup, key.private):
            raise RehearsalFailed(f"{key.name}'s own key opens the dummy ballot")


def _yields(setup: SealingSetup, wrap: Wrap, held: Sequence[TrusteeKey]) -> bool:
    try:
        unwrapped(setup, wrap, held)
    except CannotOpen:
        return False
    return True


def _opens_a_dummy(setup: SealingSetup, tally: PrivateKey) -> bool:
    """Whether a key opens a ballot sealed to this election's trustees."""
    position = EpochPosition(election_id=setup.election_id, device=bytes(DEVICE_BYTES), epoch=0)
    epoch = new_epoch(setup.tally_public, position)
    what = sealed_ballot(epoch, 0, _DUMMY, bytes(FINGERPRINT_BYTES))
    opened = Opener(tally).opened_whats(what, len(what), {epoch.id: epoch.sealed})
    return not opened.failures and bytes(opened.ballots) == _DUMMY
