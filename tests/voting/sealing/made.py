"""Elections with trustees, made quickly for tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from uuid import UUID

from talkoot.base.ids import ElectionId
from talkoot.voting.sealing import (
    EpochPosition,
    Opener,
    PrivateKey,
    SealingEpoch,
    SealingSetup,
    TrusteeKey,
    new_epoch,
    new_private_key,
    new_setup,
    new_trustee,
    sealed_ballot,
    tally_key,
)

ELECTION = ElectionId(UUID(int=1))
OTHER_ELECTION = ElectionId(UUID(int=2))
DEVICE, OTHER_DEVICE = bytes(range(16)), bytes(range(16, 32))
PLACE = EpochPosition(election_id=ELECTION, device=DEVICE, epoch=7)
NAMES = ("Aino", "Björn", "Cecilia", "Daavid", "Elle", "Frans", "Gun")
FINGERPRINT = bytes(16)


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """A setup with everything that would be secret."""

    setup: SealingSetup
    keys: tuple[TrusteeKey, ...]
    registrar: PrivateKey

    def opener(self) -> Opener:
        """What a count opens ballots with."""
        return Opener(tally_key(self.setup, self.keys[: self.setup.threshold]))


@cache
def made(threshold: int, trustees: int, election: ElectionId = ELECTION) -> Sealed:
    """An election of which ``threshold`` of so many trustees open the ballots."""
    keys = tuple(new_trustee(name) for name in NAMES[:trustees])
    registrar = new_private_key()
    setup = new_setup(
        election,
        trustees=[key.public for key in keys],
        threshold=threshold,
        registrar_public=registrar.public,
    )
    return Sealed(setup=setup, keys=keys, registrar=registrar)


def epoch_at(sealed: Sealed, position: EpochPosition = PLACE) -> SealingEpoch:
    """A fresh epoch of an election."""
    return new_epoch(sealed.setup.tally_public, position)


def cast(epoch: SealingEpoch, ballots: Sequence[bytes], seed: int = 0) -> list[bytes]:
    """Ballots sealed in one epoch under random numbers, as the web does."""
    draw = Random(seed)
    return [sealed_ballot(epoch, draw.getrandbits(64), b, FINGERPRINT) for b in ballots]
