"""The country of each municipality, which its public files name."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the column; whoever is there already is in Finland."""
    op.add_column(
        "municipality",
        sa.Column("country", sa.String(), nullable=False, server_default="Finland"),
    )
    op.alter_column("municipality", "country", server_default=None)


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("municipality", "country")
