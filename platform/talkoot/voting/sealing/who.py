"""*Who* of a kiosk's entry: the proof of a right to vote, sealed to the registrar at its place."""

from talkoot.base.bytes import Tag, pre, u64
from talkoot.voting.sealing.boxes import PrivateKey, sealed_box
from talkoot.voting.sealing.epochs import EpochPosition


def sealed_who(registrar_public: bytes, position: EpochPosition, seq: int, proof: bytes) -> bytes:
    """Seal a credential's proof at a place of a device's journal."""
    return sealed_box(registrar_public, proof, _info(position, seq))


def opened_who(registrar: PrivateKey, position: EpochPosition, seq: int, who: bytes) -> bytes:
    """Give the proof. Raises :class:`CannotOpen` on a *who* that was altered or moved."""
    return registrar.opened(who, _info(position, seq))


def _info(position: EpochPosition, seq: int) -> bytes:
    return pre(Tag.WHO, *position.fields, u64(seq))
