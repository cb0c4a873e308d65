"""Secrets that people hold: 32 random bytes with them, the SHA-256 with us."""

import hashlib

TOKEN_BYTES = 32


def hash_of(token: str) -> bytes:
    """Give what is kept of a token; whatever is no token has a hash that nothing on file has."""
    return hashlib.sha256(token.encode("utf-8", "backslashreplace")).digest()
