"""Where municipalities, areas, rounds and what stands on their ballots are kept."""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talkoot.base.db import Base, Key, Moment, Octets, Words


class MunicipalityRow(Base):
    """A municipality: everything that people make belongs to one."""

    __tablename__ = "municipality"

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[Words]
    intro: Mapped[Words]
    contact: Mapped[dict[str, Any]] = mapped_column(JSONB)
    timezone: Mapped[str]
    country: Mapped[str]

    areas: Mapped[list["AreaRow"]] = relationship(
        lazy="raise", order_by="AreaRow.code", viewonly=True
    )


class AreaRow(Base):
    """An area in the municipality's tree, with the number of people who live there."""

    __tablename__ = "area"
    __table_args__ = (
        UniqueConstraint("municipality_id", "code"),
        UniqueConstraint("municipality_id", "id"),
        ForeignKeyConstraint(["municipality_id", "parent_id"], ["area.municipality_id", "area.id"]),
        CheckConstraint("population >= 0", name="population_is_not_negative"),
        CheckConstraint("parent_id <> id", name="parent_is_another"),
    )

    id: Mapped[Key]
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    parent_id: Mapped[UUID | None]
    code: Mapped[str]
    name: Mapped[Words]
    population: Mapped[int]


class RoundRow(Base):
    """A round of participatory budgeting, or a single poll."""

    __tablename__ = "round"
    __table_args__ = (
        UniqueConstraint("municipality_id", "slug"),
        CheckConstraint("kind in ('budget', 'poll')", name="kind"),
        CheckConstraint("grace_s >= 0", name="grace_is_not_negative"),
    )

    id: Mapped[Key]
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    slug: Mapped[str]
    kind: Mapped[str]
    title: Mapped[Words]
    theme: Mapped[Words]
    intro: Mapped[Words]
    rules: Mapped[list[dict[str, str]]] = mapped_column(JSONB)
    grace_s: Mapped[int]

    phases: Mapped[list["PhaseRow"]] = relationship(
        lazy="raise", order_by="PhaseRow.starts_at", viewonly=True
    )
    projects: Mapped[list["ProjectRow"]] = relationship(
        lazy="raise", order_by="ProjectRow.place", viewonly=True
    )


class PhaseRow(Base):
    """A phase of a round: a half-open interval of time."""

    __tablename__ = "phase"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="starts_before_it_ends"),
        CheckConstraint("kind in ('ideas', 'review', 'voting', 'results')", name="kind"),
    )

    round_id: Mapped[UUID] = mapped_column(ForeignKey("round.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment]


class ProjectRow(Base):
    """A project (or a poll's option) as residents read it."""

    __tablename__ = "project"
    __table_args__ = (
        UniqueConstraint("round_id", "number"),
        UniqueConstraint("round_id", "place"),
        CheckConstraint("cost_cents >= 0", name="cost_is_not_negative"),
        CheckConstraint("char_length(number) between 1 and 64", name="number_length"),
    )

    id: Mapped[Key]
    round_id: Mapped[UUID] = mapped_column(ForeignKey("round.id"))
    number: Mapped[str]
    place: Mapped[int]
    area_id: Mapped[UUID | None] = mapped_column(ForeignKey("area.id"))
    name: Mapped[Words]
    summary: Mapped[Words]
    text: Mapped[Words]
    cost_cents: Mapped[int] = mapped_column(BigInteger)
    picture_id: Mapped[str | None] = mapped_column(ForeignKey("picture.id"))
    picture_alt: Mapped[Words]

    area: Mapped[AreaRow | None] = relationship(lazy="raise", viewonly=True)


class PictureRow(Base):
    """A picture, named by the SHA-256 of its bytes in hexadecimal."""

    __tablename__ = "picture"
    __table_args__ = (
        CheckConstraint(
            "media_type in ('image/svg+xml', 'image/png', 'image/jpeg', 'image/webp')",
            name="media_type",
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    media_type: Mapped[str]
    body: Mapped[Octets]
