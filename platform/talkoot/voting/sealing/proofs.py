"""What is inside *who*: a credential as the voter gave it, always of one length.

``PRE("who", kind, said)``, filled up with zero bytes: the box tells nothing of what was typed.
"""

from talkoot.base.bytes import Tag, pre, text
from talkoot.voting.sealing.whats import NotAWhat

PROOF_BYTES = 256
"""Enough for a code as it was typed, of at most 100 signs, 200 bytes."""
TYPED_BYTES_MAX = 200
_CODE = pre(Tag.WHO, b"code", b"")[:-4]


def code_proof(typed: str) -> bytes:
    """Give the proof that a typed code is. Raises ``ValueError`` where it is too long."""
    said = text(typed)
    if len(said) > TYPED_BYTES_MAX:
        raise ValueError("no code is that long")
    return pre(Tag.WHO, b"code", said).ljust(PROOF_BYTES, b"\0")


def code_in_proof(proof: bytes) -> str:
    """Give the code in a proof, as it was typed. Raises :class:`NotAWhat` for anything else."""
    length = int.from_bytes(proof[len(_CODE) : len(_CODE) + 4], "big")
    try:
        said = proof[len(_CODE) + 4 : len(_CODE) + 4 + length].decode()
        same = length <= TYPED_BYTES_MAX and code_proof(said) == proof
    except ValueError as err:
        raise NotAWhat("this is no credential") from err
    if not same:
        raise NotAWhat("this is no credential")
    return said
