"""The public board. Only what waits is ever deleted, and only by whoever publishes it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

PUBLIC = (
    "board, board_witness, board_leaf, board_node, board_record, board_checkpoint,"
    " board_cosignature, board_waiting"
)
GRANTS = (
    f"grant select on {PUBLIC} to talkoot_read, talkoot_web",
    "grant insert on board_waiting, board_cosignature to talkoot_web",
    f"grant select, insert on {PUBLIC} to talkoot_official",
    "grant update (quorum) on board to talkoot_official",
    "grant delete on board_waiting to talkoot_official",
)


def _made(table: str, *rest: sa.schema.SchemaItem, key: Sequence[str], of: str) -> None:
    column = "id" if of == "election" else "election_id"
    op.create_table(
        table,
        sa.Column("election_id", sa.Uuid(), nullable=False),
        *rest,
        sa.ForeignKeyConstraint(
            ["election_id"], [f"{of}.{column}"], name=op.f(f"fk_{table}_election_id")
        ),
        sa.PrimaryKeyConstraint("election_id", *key, name=op.f(f"pk_{table}")),
    )


def _octets(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def _index(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _words(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _check(table: str, name: str, holds: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(holds, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    """Make the tables and grant."""
    _made(
        "board",
        _words("log_key"),
        sa.Column("quorum", sa.Integer(), nullable=False),
        _check("board", "quorum", "quorum >= 0"),
        key=(),
        of="election",
    )
    _made("board_witness", _words("witness_key"), key=("witness_key",), of="board")
    _made(
        "board_leaf",
        _index("index"),
        _words("kind"),
        _octets("content"),
        _octets("hash"),
        _check(
            "board_leaf",
            "lengths",
            "octet_length(content) = 32 and octet_length(hash) = 32 and index >= 0",
        ),
        sa.UniqueConstraint(
            "election_id", "kind", "content", name=op.f("uq_board_leaf_election_id_kind_content")
        ),
        key=("index",),
        of="election",
    )
    _made(
        "board_node",
        sa.Column("level", sa.Integer(), nullable=False),
        _index("index"),
        _octets("hash"),
        _check("board_node", "lengths", "octet_length(hash) = 32 and level >= 1"),
        key=("level", "index"),
        of="election",
    )
    _what_is_signed()
    for grant in GRANTS:
        op.execute(grant)


def _what_is_signed() -> None:
    _made(
        "board_record",
        _octets("sha256"),
        _octets("body"),
        _check("board_record", "sha256_length", "octet_length(sha256) = 32"),
        key=("sha256",),
        of="election",
    )
    _made(
        "board_checkpoint",
        _index("size"),
        _octets("note"),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        key=("size",),
        of="board",
    )
    _made(
        "board_cosignature",
        _index("size"),
        _words("witness_key"),
        _words("line"),
        key=("size", "witness_key"),
        of="board",
    )
    _made(
        "board_waiting",
        _octets("entry_hash"),
        _check("board_waiting", "entry_hash_length", "octet_length(entry_hash) = 32"),
        key=("entry_hash",),
        of="election",
    )


def downgrade() -> None:
    """Drop the tables, those that point at others first."""
    for table in reversed(PUBLIC.split(", ")):
        op.drop_table(table)
