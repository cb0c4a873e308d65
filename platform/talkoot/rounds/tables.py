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
    colours: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True))
    picture_id: Mapped[str | None] = mapped_column(ForeignKey("picture.id"))

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
    outline: Mapped[list[list[list[float]]] | None] = mapped_column(
        JSONB(none_as_null=True), deferred=True, deferred_raiseload=True
    )
    """Rings of positions (longitude, latitude); read only where a map is drawn."""


class RoundRow(Base):
    """A round of participatory budgeting, or a single poll."""

    __tablename__ = "round"
    __table_args__ = (
        UniqueConstraint("municipality_id", "slug"),
        CheckConstraint("kind in ('budget', 'poll')", name="kind"),
        CheckConstraint("grace_s >= 0", name="grace_is_not_negative"),
        ForeignKeyConstraint(
            ["id", "agreed"],
            ["rules_version.round_id", "rules_version.number"],
            name="fk_round_agreed",
            use_alter=True,
        ),
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
    options: Mapped[dict[str, Any]] = mapped_column(JSONB)
    agreed: Mapped[int | None]

    phases: Mapped[list["PhaseRow"]] = relationship(
        lazy="raise", order_by="PhaseRow.place", viewonly=True
    )
    projects: Mapped[list["ProjectRow"]] = relationship(
        lazy="raise", order_by="ProjectRow.place", viewonly=True
    )


class PhaseRow(Base):
    """A phase of a round: a half-open interval of time. Several of a kind may follow each other."""

    __tablename__ = "phase"
    __table_args__ = (
        UniqueConstraint("round_id", "place", deferrable=True, initially="DEFERRED"),
        CheckConstraint("starts_at < ends_at", name="starts_before_it_ends"),
        CheckConstraint("place >= 0", name="place_is_not_negative"),
        CheckConstraint(
            "kind in ('ideas', 'score', 'together', 'review', 'meet', 'poll', 'voting', 'results',"
            " 'follow-up')",
            name="kind",
        ),
    )

    id: Mapped[Key]
    round_id: Mapped[UUID] = mapped_column(ForeignKey("round.id"))
    place: Mapped[int]
    kind: Mapped[str]
    title: Mapped[Words]
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment]


class RulesVersionRow(Base):
    """A version of a round's rules, with the phases and options that it sets.

    Once two persons have signed it, a trigger lets nobody change or delete it.
    """

    __tablename__ = "rules_version"
    __table_args__ = (
        CheckConstraint("number >= 1", name="numbered_from_one"),
        CheckConstraint(
            "num_nulls(first_person, first_at) in (0, 2)"
            " and num_nulls(second_person, second_at) in (0, 2)"
            " and (second_person is null or (first_person is not null"
            " and first_person <> second_person and first_at <= second_at))"
            " and coalesce(first_official <> second_official, true)",
            name="two_persons_sign",
        ),
    )

    round_id: Mapped[UUID] = mapped_column(ForeignKey("round.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    texts: Mapped[list[dict[str, str]]] = mapped_column(JSONB)
    options: Mapped[dict[str, Any]] = mapped_column(JSONB)
    phases: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    written_at: Mapped[Moment]
    written_by: Mapped[str]
    first_person: Mapped[str | None]
    first_official: Mapped[UUID | None]
    first_at: Mapped[Moment | None]
    second_person: Mapped[str | None]
    second_official: Mapped[UUID | None]
    second_at: Mapped[Moment | None]


class ProjectRow(Base):
    """A project (or a poll's option) as residents read it."""

    __tablename__ = "project"
    __table_args__ = (
        UniqueConstraint("round_id", "number"),
        UniqueConstraint("round_id", "place"),
        UniqueConstraint("round_id", "origin"),
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
    origin: Mapped[str | None]

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


class ThemeRow(Base):
    """A theme that ideas, contacts and followers share in a municipality."""

    __tablename__ = "theme"
    __table_args__ = (
        UniqueConstraint("municipality_id", "code"),
        UniqueConstraint("municipality_id", "id"),
        CheckConstraint("code ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="code_fits_an_address"),
    )

    id: Mapped[Key]
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    code: Mapped[str]
    place: Mapped[int]
    name: Mapped[Words]


class ContactRow(Base):
    """Who answers for a theme, an area, or both; the lowest place first."""

    __tablename__ = "contact"
    __table_args__ = (
        UniqueConstraint("municipality_id", "place", deferrable=True, initially="DEFERRED"),
        ForeignKeyConstraint(
            ["municipality_id", "theme_id"], ["theme.municipality_id", "theme.id"]
        ),
        ForeignKeyConstraint(["municipality_id", "area_id"], ["area.municipality_id", "area.id"]),
    )

    id: Mapped[Key]
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    place: Mapped[int]
    theme_id: Mapped[UUID | None]
    area_id: Mapped[UUID | None]
    contact: Mapped[dict[str, Any]] = mapped_column(JSONB)
