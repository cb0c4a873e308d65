"""Whose code it is that a kiosk took without a network: looked up, and counted as no guess.

The device signed the entry and only the registrar's key opens it, so nobody learns an answer by
sending codes: the throttles of signing in have nothing to hold back here.
"""

import hmac

from talkoot.base.db import ReadSession
from talkoot.base.ids import ElectionId, VoterKey
from talkoot.voting.roll.codes import Mistyped, read, secret_of, selector_of
from talkoot.voting.roll.hashing import CodeHasher
from talkoot.voting.roll.keys import ElectionKeys, voter_key
from talkoot.voting.roll.sign_in import kept_code


async def holder_of(
    session: ReadSession,
    typed: str,
    *,
    election_id: ElectionId,
    keys: ElectionKeys,
    hasher: CodeHasher,
) -> VoterKey | None:
    """Give the voter key of whose live code this is; ``None`` for no code, or nobody's."""
    code = read(typed)
    if isinstance(code, Mistyped):
        return None
    kept = await kept_code(session, election_id, selector_of(code))
    if kept is None:
        return None
    tried = await hasher.verifier(keys, secret=secret_of(code), salt=kept.salt)
    if not hmac.compare_digest(tried, kept.verifier):
        return None
    return voter_key(keys, election_id, kept.anchor_scheme, kept.anchor)
