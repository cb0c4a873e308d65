"""The roles and what each may do. No role may change or delete what was recorded.

Roles belong to the whole server and may serve other databases on it, so the way down takes back the
grants and leaves the roles.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ROLES = ("talkoot_read", "talkoot_web", "talkoot_official")
LOGINS = {
    "talkoot_app": ("talkoot_read", "talkoot_web"),
    "talkoot_desk": ("talkoot_read", "talkoot_official"),
}
ROUNDS = "municipality, area, round, phase, project, picture"
PUBLIC = f"{ROUNDS}, election, result, public_file"
GRANTS = (
    f"grant select on {PUBLIC}, act to talkoot_read",
    f"grant select on {PUBLIC} to talkoot_web",
    "grant update (share_lock) on election to talkoot_web",
    "grant select, insert on entry to talkoot_web",
    "grant select, insert, update on standing to talkoot_web",
    "grant select on roll_person, roll_code, roll_code_batch to talkoot_web",
    "grant select, insert, update, delete on roll_throttle, roll_session to talkoot_web",
    f"grant select, insert, update, delete on {ROUNDS} to talkoot_official",
    "grant select, insert on act, entry, result, public_file to talkoot_official",
    "grant select, insert, update on election, standing to talkoot_official",
    "grant select, insert, update on roll_person, roll_code, roll_code_batch to talkoot_official",
    "grant select, insert, update, delete on roll_throttle, roll_session to talkoot_official",
)

OWNER_MAY_TAKE_THEM = f"""
do $$ begin
    if not (select rolsuper from pg_roles where rolname = current_user) then
        execute format('grant {", ".join(ROLES)} to %I', current_user);
    end if;
end $$
"""  # noqa: S608  the names are ours, from this file


def upgrade() -> None:
    """Make the roles, where the server lacks them, and grant."""
    for role in ROLES:
        op.execute(
            f"do $$ begin create role {role} nologin;"
            " exception when duplicate_object or unique_violation then null; end $$"
        )
    op.execute(OWNER_MAY_TAKE_THEM)
    for login, roles in LOGINS.items():
        granted = ", ".join(roles)
        op.execute(
            f"do $$ begin if exists (select from pg_roles where rolname = '{login}')"
            f" then grant {granted} to {login}; end if; end $$"
        )
    for grant in GRANTS:
        op.execute(grant)


def downgrade() -> None:
    """Take back every grant in this database."""
    for role in ROLES:
        op.execute(f"revoke all on all tables in schema public from {role}")
