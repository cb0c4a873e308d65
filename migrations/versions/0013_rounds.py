"""Rounds of any phases, rules that two persons sign, themes, contacts, outlines of areas, a look.

A round that is there already gets its rules as version 1: signed by the two persons who froze its
ballot, where one was frozen, and else a draft.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KINDS = (
    "kind in ('ideas', 'score', 'together', 'review', 'meet', 'poll', 'voting', 'results',"
    " 'follow-up')"
)
KINDS_BEFORE = "kind in ('ideas', 'review', 'voting', 'results')"
TWO_PERSONS = (
    "num_nulls(first_person, first_at) in (0, 2)"
    " and num_nulls(second_person, second_at) in (0, 2)"
    " and (second_person is null or (first_person is not null"
    " and first_person <> second_person and first_at <= second_at))"
    " and coalesce(first_official <> second_official, true)"
)
OPTIONS = '{"guests": "none", "points_each": 5, "ideas_on": 4, "tie": "all"}'
SIGNED_RULES_STAY = """
create function signed_rules_stay() returns trigger language plpgsql as $$
begin
    raise exception 'rules that two persons have signed stay as they are' using errcode = '55000';
end $$
"""
TRIGGER = """
create trigger signed_rules_stay before update or delete on rules_version
for each row when (old.second_person is not null) execute function signed_rules_stay()
"""
FIRST_VERSIONS = """
insert into rules_version
    (round_id, number, texts, options, phases, written_at, written_by,
     first_person, first_at, second_person, second_at)
select round.id, 1, round.rules, round.options, coalesce(listed.phases, '[]'),
       coalesce(act.at, now()), coalesce(act.first_person, '-'),
       act.first_person, act.at, act.second_person, act.at
from round
left join lateral (
    select jsonb_agg(
        jsonb_build_object('id', id, 'kind', kind, 'title', title,
                           'starts_at', to_json(starts_at), 'ends_at', to_json(ends_at))
        order by place) as phases
    from phase where phase.round_id = round.id
) as listed on true
left join lateral (
    select act.first_person, act.second_person, act.at from act
    join election on election.id = act.election_id
    where election.round_id = round.id and act.kind = 'freeze'
    order by act.at limit 1
) as act on true
"""
AGREED = """
update round set agreed = 1 from rules_version
where round_id = round.id and second_person is not null
"""
GRANTS = (
    "grant select on rules_version, theme, contact to talkoot_read, talkoot_web, talkoot_audit",
    "grant select, insert, update, delete on rules_version, theme, contact to talkoot_official",
)


def upgrade() -> None:
    """Add it all; what is there keeps its meaning."""
    _municipalities()
    _phases()
    _rules()
    op.add_column("project", sa.Column("origin", sa.String(), nullable=True))
    op.create_unique_constraint(
        op.f("uq_project_round_id_origin"), "project", ["round_id", "origin"]
    )
    for grant in GRANTS:
        op.execute(grant)


def _municipalities() -> None:
    op.add_column("municipality", sa.Column("colours", postgresql.JSONB(), nullable=True))
    op.add_column("municipality", sa.Column("picture_id", sa.String(), nullable=True))
    op.create_foreign_key(
        op.f("fk_municipality_picture_id"), "municipality", "picture", ["picture_id"], ["id"]
    )
    op.add_column("area", sa.Column("outline", postgresql.JSONB(), nullable=True))
    op.create_table(
        "theme",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint(
            "code ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name=op.f("ck_theme_code_fits_an_address")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_theme_municipality_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme")),
        sa.UniqueConstraint("municipality_id", "code", name=op.f("uq_theme_municipality_id_code")),
        sa.UniqueConstraint("municipality_id", "id", name=op.f("uq_theme_municipality_id_id")),
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Uuid(), nullable=True),
        sa.Column("area_id", sa.Uuid(), nullable=True),
        sa.Column("contact", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_contact_municipality_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "theme_id"],
            ["theme.municipality_id", "theme.id"],
            name=op.f("fk_contact_municipality_id_theme_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "area_id"],
            ["area.municipality_id", "area.id"],
            name=op.f("fk_contact_municipality_id_area_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint(
            "municipality_id",
            "place",
            name=op.f("uq_contact_municipality_id_place"),
            deferrable=True,
            initially="DEFERRED",
        ),
    )


def _phases() -> None:
    """A phase gets an id, a place and a title; those there stand in the order of their starts."""
    op.add_column("phase", sa.Column("id", sa.Uuid(), nullable=True))
    op.add_column("phase", sa.Column("place", sa.Integer(), nullable=True))
    op.add_column("phase", sa.Column("title", postgresql.JSONB(), nullable=True))
    op.execute(
        "update phase set id = gen_random_uuid(), title = '{}', place = listed.place - 1"
        " from (select round_id, kind, row_number() over"
        " (partition by round_id order by starts_at, kind) as place from phase) as listed"
        " where listed.round_id = phase.round_id and listed.kind = phase.kind"
    )
    for name in ("id", "place", "title"):
        op.alter_column("phase", name, nullable=False)
    op.drop_constraint(op.f("pk_phase"), "phase", type_="primary")
    op.create_primary_key(op.f("pk_phase"), "phase", ["id"])
    op.create_unique_constraint(
        op.f("uq_phase_round_id_place"),
        "phase",
        ["round_id", "place"],
        deferrable=True,
        initially="DEFERRED",
    )
    op.drop_constraint(op.f("ck_phase_kind"), "phase")
    op.create_check_constraint(op.f("ck_phase_kind"), "phase", KINDS)
    op.create_check_constraint(op.f("ck_phase_place_is_not_negative"), "phase", "place >= 0")


def _rules() -> None:
    op.add_column(
        "round", sa.Column("options", postgresql.JSONB(), nullable=False, server_default=OPTIONS)
    )
    op.alter_column("round", "options", server_default=None)
    op.add_column("round", sa.Column("agreed", sa.Integer(), nullable=True))
    op.create_table(
        "rules_version",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("texts", postgresql.JSONB(), nullable=False),
        sa.Column("options", postgresql.JSONB(), nullable=False),
        sa.Column("phases", postgresql.JSONB(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("first_person", sa.String(), nullable=True),
        sa.Column("first_official", sa.Uuid(), nullable=True),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("second_person", sa.String(), nullable=True),
        sa.Column("second_official", sa.Uuid(), nullable=True),
        sa.Column("second_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_rules_version_numbered_from_one")),
        sa.CheckConstraint(TWO_PERSONS, name=op.f("ck_rules_version_two_persons_sign")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_rules_version_round_id")),
        sa.PrimaryKeyConstraint("round_id", "number", name=op.f("pk_rules_version")),
    )
    op.execute(FIRST_VERSIONS)
    op.execute(AGREED)
    op.create_foreign_key(
        op.f("fk_round_agreed"),
        "round",
        "rules_version",
        ["id", "agreed"],
        ["round_id", "number"],
    )
    op.execute(SIGNED_RULES_STAY)
    op.execute(TRIGGER)


def downgrade() -> None:
    """Take it back. Raises where a round has phases of a kind that there was not, or two of one."""
    op.drop_constraint(op.f("uq_project_round_id_origin"), "project")
    op.drop_column("project", "origin")
    op.drop_constraint(op.f("fk_round_agreed"), "round")
    op.drop_table("rules_version")
    op.execute("drop function signed_rules_stay()")
    op.drop_column("round", "agreed")
    op.drop_column("round", "options")
    op.drop_constraint(op.f("ck_phase_place_is_not_negative"), "phase")
    op.drop_constraint(op.f("ck_phase_kind"), "phase")
    op.create_check_constraint(op.f("ck_phase_kind"), "phase", KINDS_BEFORE)
    op.drop_constraint(op.f("uq_phase_round_id_place"), "phase")
    op.drop_constraint(op.f("pk_phase"), "phase", type_="primary")
    op.create_primary_key(op.f("pk_phase"), "phase", ["round_id", "kind"])
    for name in ("id", "place", "title"):
        op.drop_column("phase", name)
    for table in ("contact", "theme"):
        op.drop_table(table)
    op.drop_column("area", "outline")
    op.drop_constraint(op.f("fk_municipality_picture_id"), "municipality")
    for name in ("picture_id", "colours"):
        op.drop_column("municipality", name)
