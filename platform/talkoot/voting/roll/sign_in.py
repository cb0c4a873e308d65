"""Signing in with a code from a letter.

A right code is not used up: whether this voter has voted, and whether that may be changed, is for
the log to say. An unknown selector, a wrong rest, a revoked code and a code of a batch that no
second person has activated are one answer, and each costs one hash.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.i18n import Language
from talkoot.base.ids import ElectionId, VoterKey
from talkoot.voting.roll.codes import Code, Mistyped, Selector, read, secret_of, selector_of
from talkoot.voting.roll.hashing import SALT_BYTES, CodeHasher
from talkoot.voting.roll.keys import ElectionKeys, voter_key
from talkoot.voting.roll.tables import CodeBatchRow, CodeRow, PersonRow
from talkoot.voting.roll.throttle import (
    STANDARD_THROTTLES,
    Bucket,
    Held,
    Origin,
    Throttles,
    attempt_returned,
    attempt_taken,
    breaker_bucket,
    origin_bucket,
    origin_limit,
    seconds_until,
    selector_bucket,
    wrong_counted,
    wrong_in_window,
)

_NO_SALT = bytes(SALT_BYTES)
_NO_VERIFIER = b""


class Proof(StrEnum):
    """How a voter proved who they are; the words of the published table of ranks."""

    STRONG = "strong"
    CARD = "card"
    CODE = "code"
    PROVISIONAL = "provisional"


class SignInRefusal(StrEnum):
    """Why a code does not sign in. ``LOCKED``: only a new letter helps."""

    MISTYPED = "mistyped"
    UNKNOWN_CODE = "unknown-code"
    THROTTLED = "throttled"
    LOCKED = "locked"


class Alarm(StrEnum):
    """Whether more codes of this election are being guessed than people mistype.

    ``RAISED`` is said once a window, by the wrong code that was one too many: log it as an alarm.
    """

    QUIET = "quiet"
    RAISED = "raised"
    RINGING = "ringing"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A voter, by the key. Wait ``delay_s`` seconds before answering."""

    voter_key: VoterKey
    proof: Proof
    language: Language
    delay_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRefused:
    """No one is signed in; commit all the same, for the count of wrong codes must stay.

    ``mistyped`` says what is wrong with the text, for ``MISTYPED``; ``retry_after_s`` when to come
    back, for ``THROTTLED``. Wait ``delay_s`` seconds before answering.
    """

    reason: SignInRefusal
    mistyped: Mistyped | None = None
    retry_after_s: int | None = None
    delay_s: int = 0
    alarm: Alarm = Alarm.QUIET


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    """One well-formed code on its way through the throttles."""

    election_id: ElectionId
    origin: Origin
    selector: Bucket
    delay_s: int
    throttles: Throttles
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCode:
    """What the database has for a selector: the code at rest, and whose it is."""

    salt: bytes
    verifier: bytes
    anchor_scheme: str
    anchor: str
    language: str


async def sign_in(
    session: WriteSession,
    typed: str,
    *,
    election_id: ElectionId,
    origin: Origin,
    keys: ElectionKeys,
    hasher: CodeHasher,
    at: datetime,
    throttles: Throttles = STANDARD_THROTTLES,
) -> SignedIn | SignInRefused:
    """Tell whose code this is, or why not. The caller MUST commit in either case.

    Text that is no code reaches neither the database nor a hash. While its selector, network or
    kiosk is held, a right code is refused like any other.
    """
    code = read(typed)
    if isinstance(code, Mistyped):
        return SignInRefused(reason=SignInRefusal.MISTYPED, mistyped=code)
    attempt = _Attempt(
        election_id=election_id,
        origin=origin,
        selector=selector_bucket(election_id, selector_of(code)),
        delay_s=await _delay(session, election_id, origin=origin, throttles=throttles, at=at),
        throttles=throttles,
        at=at,
    )
    held = await _origin_held(session, attempt) or await attempt_taken(
        session, attempt.selector, throttles=throttles, at=at
    )
    if held is not None:
        return _refused_held(held, attempt)
    kept = await kept_code(session, election_id, selector_of(code))
    fits = await _fits(code, kept, keys=keys, hasher=hasher)
    if kept is None or not fits:
        return await _refused_wrong(session, attempt)
    return await _answered(session, attempt, kept, keys=keys)


async def _delay(
    session: ReadSession,
    election_id: ElectionId,
    *,
    origin: Origin,
    throttles: Throttles,
    at: datetime,
) -> int:
    """Seconds to wait while the breaker is open; a kiosk never waits."""
    if origin.kiosk is not None:
        return 0
    wrong, _ = await wrong_in_window(session, breaker_bucket(election_id), at=at)
    return throttles.breaker_delay_s if wrong > throttles.breaker_wrong else 0


async def _origin_held(session: ReadSession, attempt: _Attempt) -> Held | None:
    bucket = origin_bucket(attempt.origin)
    wrong, ends = await wrong_in_window(session, bucket, at=attempt.at)
    within = wrong < origin_limit(attempt.origin, attempt.throttles)
    return None if within else Held(until=ends)


def _refused_held(held: Held, attempt: _Attempt) -> SignInRefused:
    if held.until is None:
        return SignInRefused(reason=SignInRefusal.LOCKED, delay_s=attempt.delay_s)
    return SignInRefused(
        reason=SignInRefusal.THROTTLED,
        retry_after_s=seconds_until(held.until, at=attempt.at),
        delay_s=attempt.delay_s,
    )


async def kept_code(
    session: ReadSession, election_id: ElectionId, selector: Selector
) -> KeptCode | None:
    """Give the live code with this selector; a revoked or not yet activated one is none."""
    query = (
        select(
            CodeRow.salt,
            CodeRow.verifier,
            PersonRow.anchor_scheme,
            PersonRow.anchor,
            PersonRow.language,
        )
        .join(CodeBatchRow, CodeBatchRow.id == CodeRow.batch_id)
        .join(PersonRow, PersonRow.id == CodeRow.person_id)
        .where(
            CodeRow.election_id == election_id,
            CodeRow.selector == selector,
            CodeRow.revoked_at.is_(None),
            CodeBatchRow.activated_at.is_not(None),
        )
    )
    found = (await session.execute(query)).one_or_none()
    if found is None:
        return None
    return KeptCode(
        salt=found.salt,
        verifier=found.verifier,
        anchor_scheme=found.anchor_scheme,
        anchor=found.anchor,
        language=found.language,
    )


async def _fits(
    code: Code, kept: KeptCode | None, *, keys: ElectionKeys, hasher: CodeHasher
) -> bool:
    """Hash once whether or not there is anything to compare with: both answers take as long."""
    salt, verifier = (_NO_SALT, _NO_VERIFIER) if kept is None else (kept.salt, kept.verifier)
    tried = await hasher.verifier(keys, secret=secret_of(code), salt=salt)
    return hmac.compare_digest(tried, verifier)


async def _answered(
    session: WriteSession, attempt: _Attempt, kept: KeptCode, *, keys: ElectionKeys
) -> SignedIn | SignInRefused:
    """Answer a right code, unless guesses from its network were counted while it was hashed."""
    await attempt_returned(session, attempt.selector)
    held = await _origin_held(session, attempt)
    if held is not None:
        return _refused_held(held, attempt)
    return SignedIn(
        voter_key=voter_key(keys, attempt.election_id, kept.anchor_scheme, kept.anchor),
        proof=Proof.CODE,
        language=Language(kept.language),
        delay_s=attempt.delay_s,
    )


async def _refused_wrong(session: WriteSession, attempt: _Attempt) -> SignInRefused:
    """Count a wrong code where it came from, then for the election: one order, so no deadlock."""
    throttles = attempt.throttles
    await wrong_counted(
        session, origin_bucket(attempt.origin), window=throttles.window, at=attempt.at
    )
    wrong = await wrong_counted(
        session,
        breaker_bucket(attempt.election_id),
        window=throttles.breaker_window,
        at=attempt.at,
    )
    over = wrong - throttles.breaker_wrong
    waits = over > 0 and attempt.origin.kiosk is None
    return SignInRefused(
        reason=SignInRefusal.UNKNOWN_CODE,
        delay_s=throttles.breaker_delay_s if waits else 0,
        alarm=Alarm.QUIET if over <= 0 else Alarm.RAISED if over == 1 else Alarm.RINGING,
    )
