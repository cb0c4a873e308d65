"""The rules of the game: written, signed by two persons, then in force, and never changed after.

A version carries the phases and options too, so that whoever signs the rules signs the dates.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.errors import NotAllowed, NotFound
from talkoot.base.i18n import Text
from talkoot.base.ids import RoundId
from talkoot.base.officials import OfficialId
from talkoot.rounds.tables import PhaseRow, RoundRow, RulesVersionRow
from talkoot.rounds.values import Phase, Round, RoundOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """Who signed rules, and when. ``official``: the account; ``None`` where none was asked."""

    name: str
    at: datetime
    official: OfficialId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The two persons who agreed on rules outside the desk: an import, a demonstration."""

    first: str
    second: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesDraft:
    """What rules say: sentences for the page, what they leave open, and the phases."""

    texts: tuple[Text, ...]
    options: RoundOptions
    phases: tuple[Phase, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesVersion:
    """A version of a round's rules. It can be in force once ``second`` has signed."""

    number: int
    draft: RulesDraft
    written_at: datetime
    written_by: str
    first: Signed | None
    second: Signed | None

    @property
    def digest(self) -> str:
        """SHA-256, in hexadecimal, of what is written: who signs says what was read."""
        content = msgspec.json.encode(_builtins(self.draft), order="deterministic")
        return hashlib.sha256(content).hexdigest()


def with_rules(round_: Round, draft: RulesDraft) -> Round:
    """Give the round as it will be with these rules: what a preview shows."""
    return replace(round_, rules=draft.texts, options=draft.options, phases=draft.phases)


async def rules_versions(session: ReadSession, round_id: RoundId) -> tuple[RulesVersion, ...]:
    """Give the versions of a round's rules, the latest first."""
    rows = await session.scalars(
        select(RulesVersionRow)
        .where(RulesVersionRow.round_id == round_id)
        .order_by(RulesVersionRow.number.desc())
        .execution_options(populate_existing=True)
    )
    return tuple(_version(row) for row in rows)


async def rules_written(
    session: WriteSession, round_id: RoundId, draft: RulesDraft, *, by: str, at: datetime
) -> RulesVersion:
    """Write the rules anew: over a version that is not in force, else as the next one.

    A first signature goes: it was for other words. What is written already stays as it is, with
    its signature. Raises :class:`NotFound` where there is no round.
    """
    await _round_locked(session, round_id)
    versions = await rules_versions(session, round_id)
    latest = versions[0] if versions else None
    if latest is not None and latest.draft == draft:
        return latest
    follows = latest is None or latest.second is not None
    version = RulesVersion(
        number=1 if latest is None else latest.number + follows,
        draft=draft,
        written_at=at,
        written_by=by,
        first=None,
        second=None,
    )
    values = _values(round_id, version)
    statement = insert(RulesVersionRow).values(values)
    await session.execute(
        statement.on_conflict_do_update(index_elements=["round_id", "number"], set_=values)
    )
    return version


async def rules_signed(
    session: WriteSession, round_id: RoundId, *, digest: str, by: Signed
) -> RulesVersion:
    """Sign the latest version, as its first or second person; after the second it is in force.

    ``digest``: of what the person has read. Raises :class:`NotAllowed` where it is not what is
    written now, where it is signed already, by this person or by two, where rules lack a sentence
    or a phase, and where a phase would go in which something was done.
    """
    await _round_locked(session, round_id)
    versions = await rules_versions(session, round_id)
    if not versions or versions[0].second is not None:
        raise NotAllowed("no rules wait for a signature")
    version = versions[0]
    if version.digest != digest:
        raise NotAllowed("the rules were changed after they were read")
    if not (version.draft.texts and version.draft.phases):
        raise NotAllowed("rules need a sentence and a phase")
    if version.first is None:
        version = replace(version, first=by)
    elif version.first.name == by.name or (by.official and version.first.official == by.official):
        raise NotAllowed("two persons sign, and this one has signed already")
    else:
        version = replace(version, second=by)
    await _signatures_kept(session, round_id, version)
    if version.second is not None:
        await _in_force(session, round_id, version)
    return version


async def agreed_at_once(
    session: WriteSession, round_id: RoundId, draft: RulesDraft, agreement: Agreement
) -> RulesVersion:
    """Put version 1 in force for a round whose rules two persons agreed on elsewhere.

    An imported election may have no sentence: its rules are those of its ballot.
    """
    version = RulesVersion(
        number=1,
        draft=draft,
        written_at=agreement.at,
        written_by=agreement.first,
        first=Signed(name=agreement.first, at=agreement.at),
        second=Signed(name=agreement.second, at=agreement.at),
    )
    await session.execute(insert(RulesVersionRow).values(_values(round_id, version)))
    await _in_force(session, round_id, version)
    return version


async def phases_kept(session: WriteSession, round_id: RoundId, phases: tuple[Phase, ...]) -> None:
    """Make these the round's phases. One that stays keeps its id, and with it what was done in it.

    Raises :class:`NotAllowed` where a phase would go in which something was done.
    """
    for place, phase in enumerate(phases):
        values = {
            "round_id": round_id,
            "place": place,
            "kind": phase.kind.value,
            "title": dict(phase.title),
            "starts_at": phase.starts_at,
            "ends_at": phase.ends_at,
        }
        statement = insert(PhaseRow).values(id=phase.id, **values)
        kept = statement.on_conflict_do_update(
            index_elements=["id"], set_=values, where=PhaseRow.round_id == round_id
        )
        if await session.scalar(kept.returning(PhaseRow.id)) is None:
            raise NotAllowed("a phase of another round")
    gone = delete(PhaseRow).where(
        PhaseRow.round_id == round_id, PhaseRow.id.not_in([phase.id for phase in phases])
    )
    try:
        async with session.begin_nested():
            await session.execute(gone.execution_options(synchronize_session=False))
    except IntegrityError as err:
        raise NotAllowed("a phase stays once something was done in it") from err


async def _in_force(session: WriteSession, round_id: RoundId, version: RulesVersion) -> None:
    await phases_kept(session, round_id, version.draft.phases)
    await session.execute(
        update(RoundRow)
        .where(RoundRow.id == round_id)
        .values(
            rules=[dict(words) for words in version.draft.texts],
            options=msgspec.to_builtins(version.draft.options),
            agreed=version.number,
        )
        .execution_options(synchronize_session=False)
    )


async def _signatures_kept(session: WriteSession, round_id: RoundId, version: RulesVersion) -> None:
    await session.execute(
        update(RulesVersionRow)
        .where(RulesVersionRow.round_id == round_id, RulesVersionRow.number == version.number)
        .values(_values(round_id, version))
        .execution_options(synchronize_session=False)
    )


async def _round_locked(session: WriteSession, round_id: RoundId) -> None:
    """Lock the round until the transaction ends: one change to its rules at a time."""
    found = select(RoundRow.id).where(RoundRow.id == round_id).with_for_update()
    if await session.scalar(found) is None:
        raise NotFound(f"there is no round {round_id}")


def _builtins(draft: RulesDraft) -> dict[str, object]:
    content: dict[str, object] = msgspec.to_builtins(draft)
    return content


def _values(
    round_id: RoundId, version: RulesVersion
) -> dict[str, UUID | int | str | datetime | object | None]:
    first, second = version.first, version.second
    return {
        "round_id": round_id,
        "number": version.number,
        **_builtins(version.draft),
        "written_at": version.written_at,
        "written_by": version.written_by,
        "first_person": first and first.name,
        "first_official": first and first.official,
        "first_at": first and first.at,
        "second_person": second and second.name,
        "second_official": second and second.official,
        "second_at": second and second.at,
    }


def _version(row: RulesVersionRow) -> RulesVersion:
    content = {"texts": row.texts, "options": row.options, "phases": row.phases}
    return RulesVersion(
        number=row.number,
        draft=msgspec.convert(content, RulesDraft),
        written_at=row.written_at,
        written_by=row.written_by,
        first=_signed(row.first_person, row.first_at, row.first_official),
        second=_signed(row.second_person, row.second_at, row.second_official),
    )


def _signed(name: str | None, at: datetime | None, official: UUID | None) -> Signed | None:
    if name is None or at is None:
        return None
    return Signed(name=name, at=at, official=None if official is None else OfficialId(official))
