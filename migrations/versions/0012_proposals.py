"""A proposal may be of a freeze, before there is an election, and may carry what the act needs.

What it carries (a new ballot, a list of changes to the roll) is there only while the proposal
waits: it goes as the proposal ends. Two who change the roll before the opening may take persons
off it.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TO_ELECTION, TO_ROUND = "fk_proposal_election_id", "fk_proposal_round_id"
WAITING_FOR_ROUND, CARRIES = "uq_proposal_waiting_for_round", "ck_proposal_carries_while_it_waits"

TAKEN_OFF = "roll_person, roll_code"


def upgrade() -> None:
    """Let a proposal name a round in place of an election that is there, and carry something."""
    op.drop_constraint(op.f(TO_ELECTION), "proposal", type_="foreignkey")
    op.add_column("proposal", sa.Column("round_id", sa.Uuid(), nullable=True))
    op.add_column("proposal", sa.Column("carried", sa.LargeBinary(), nullable=True))
    op.create_foreign_key(op.f(TO_ROUND), "proposal", "round", ["round_id"], ["id"])
    op.create_check_constraint(op.f(CARRIES), "proposal", "carried is null or ending is null")
    op.create_index(
        WAITING_FOR_ROUND,
        "proposal",
        ["round_id"],
        unique=True,
        postgresql_where=sa.text("ending is null"),
    )
    op.execute(f"grant delete on {TAKEN_OFF} to talkoot_official")


def downgrade() -> None:
    """Take it back; proposals of freezes that never were have no place then."""
    op.execute(f"revoke delete on {TAKEN_OFF} from talkoot_official")
    op.execute("""
        delete from proposal_signature using proposal
        where proposal.id = proposal_id and election_id not in (select id from election)
    """)
    op.execute("delete from proposal where election_id not in (select id from election)")
    op.drop_index(WAITING_FOR_ROUND, "proposal")
    op.drop_constraint(op.f(CARRIES), "proposal")
    op.drop_constraint(op.f(TO_ROUND), "proposal", type_="foreignkey")
    op.drop_column("proposal", "carried")
    op.drop_column("proposal", "round_id")
    op.create_foreign_key(op.f(TO_ELECTION), "proposal", "election", ["election_id"], ["id"])
