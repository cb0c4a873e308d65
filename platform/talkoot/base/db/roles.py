"""The database roles. What a role may not do, no fault of ours can make it do.

The migrations create the roles and their grants; ``docs/runbook.md`` says how to give the processes
log-ins of their own on a real server.
"""

from enum import StrEnum


class Role(StrEnum):
    """A role in PostgreSQL, taken by a connection when it opens."""

    READ = "talkoot_read"
    """Public pages: municipalities, rounds, elections, published results. Nothing about voters."""
    WEB = "talkoot_web"
    """Signing in and casting: appends entries, and can never change or delete one."""
    OFFICIAL = "talkoot_official"
    """Setting up, opening, closing and counting: everything but changing what was recorded."""
    AUDIT = "talkoot_audit"
    """Reading every row, and changing none: for whoever checks a database against its board."""
