"""Turnout while voting goes on: counted at most once an hour, in whole tens, and never changed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

GRANTS = (
    "grant select on turnout to talkoot_read, talkoot_web, talkoot_audit",
    "grant select, insert on turnout to talkoot_official",
)


def upgrade() -> None:
    """Make the table. Nobody updates or deletes what was counted."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "turnout",
        sa.Column("election_id", sa.Uuid(), nullable=False),
        sa.Column("hour", moment, nullable=False),
        sa.Column("taken_at", moment, nullable=False),
        sa.Column("voters", sa.Integer(), nullable=False),
        sa.Column("channels", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint(
            "hour = date_trunc('hour', taken_at, 'UTC')", name=op.f("ck_turnout_one_an_hour")
        ),
        sa.CheckConstraint("voters >= 0 and voters % 10 = 0", name=op.f("ck_turnout_whole_tens")),
        sa.ForeignKeyConstraint(
            ["election_id"], ["election.id"], name=op.f("fk_turnout_election_id")
        ),
        sa.PrimaryKeyConstraint("election_id", "hour", name=op.f("pk_turnout")),
    )
    for grant in GRANTS:
        op.execute(grant)


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("turnout")
