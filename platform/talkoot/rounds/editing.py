"""A round is edited: its texts, and what stands on its list. The rules have a room of their own.

Whether a ballot of the list is frozen already, only the voting rooms know: whoever calls asks them.
"""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import delete, select, update

from talkoot.base.db import WriteSession
from talkoot.base.errors import NotAllowed, NotFound
from talkoot.base.i18n import Text
from talkoot.base.ids import ProjectId, RoundId
from talkoot.rounds.store import area_rows, project_rows, round_of
from talkoot.rounds.tables import ProjectRow, RoundRow
from talkoot.rounds.values import Project


async def round_texts_kept(
    session: WriteSession, round_id: RoundId, *, title: Text, theme: Text, intro: Text
) -> None:
    """Write a round's texts anew.

    Raises :class:`NotFound` where there is no round, :class:`NotAllowed` where there is no title.
    """
    if not any(title.values()):
        raise NotAllowed("a round needs a title in one language")
    found = await session.scalar(
        update(RoundRow)
        .where(RoundRow.id == round_id)
        .values(title=dict(title), theme=dict(theme), intro=dict(intro))
        .returning(RoundRow.id)
        .execution_options(synchronize_session=False)
    )
    if found is None:
        raise NotFound(f"there is no round {round_id}")


async def project_added(session: WriteSession, round_id: RoundId, project: Project) -> Project:
    """Put one more project at the end of a round's list, with the next free number.

    Gives it as it is kept: the project's own number and place are not asked. What has its origin in
    something that is on the list already is that project: it is given, and nothing is changed.
    Raises :class:`NotFound` where there is no round, or no such area in its municipality.
    """
    found = select(RoundRow).where(RoundRow.id == round_id).with_for_update()
    row = await session.scalar(found)
    if row is None:
        raise NotFound(f"there is no round {round_id}")
    round_ = await round_of(session, round_id)
    for there in round_.projects:
        if project.origin is not None and there.origin == project.origin:
            return there
    numbers = [int(p.number) for p in round_.projects if p.number.isdecimal()]
    added = replace(
        project,
        number=ProjectId(str(max(numbers, default=0) + 1)),
        place=max((p.place for p in round_.projects), default=-1) + 1,
    )
    areas = await area_rows(session, round_.municipality_id)
    if added.area is not None and added.area not in areas:
        raise NotFound(f"there is no area {added.area!r}")
    session.add_all(project_rows(replace(round_, projects=(added,)), areas))
    await session.flush()
    return added


async def project_changed(session: WriteSession, round_id: RoundId, project: Project) -> None:
    """Write a project of a round anew; number, place, picture and origin stay as they are.

    Raises :class:`NotFound` for a project or an area that is not there.
    """
    round_ = await round_of(session, round_id)
    areas = await area_rows(session, round_.municipality_id)
    if project.area is not None and project.area not in areas:
        raise NotFound(f"there is no area {project.area!r}")
    found = await session.scalar(
        update(ProjectRow)
        .where(ProjectRow.round_id == round_id, ProjectRow.id == project.id)
        .values(
            area_id=None if project.area is None else areas[project.area].id,
            name=dict(project.name),
            summary=dict(project.summary),
            text=dict(project.text),
            cost_cents=project.cost,
        )
        .returning(ProjectRow.id)
        .execution_options(synchronize_session=False)
    )
    if found is None:
        raise NotFound(f"there is no project {project.id}")


async def project_removed(session: WriteSession, round_id: RoundId, project_id: UUID) -> None:
    """Take a project off the list. Raises :class:`NotFound`."""
    found = await session.scalar(
        delete(ProjectRow)
        .where(ProjectRow.round_id == round_id, ProjectRow.id == project_id)
        .returning(ProjectRow.id)
        .execution_options(synchronize_session=False)
    )
    if found is None:
        raise NotFound(f"there is no project {project_id}")
