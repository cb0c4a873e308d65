"""PostgreSQL: sessions, roles, the shared metadata, and a server of our own for demo and tests."""

from talkoot.base.db.roles import Role
from talkoot.base.db.schema import Base, Key, Moment, Octets, Words
from talkoot.base.db.sessions import Database, ReadSession, WriteSession, engine_for

__all__ = [
    "Base",
    "Database",
    "Key",
    "Moment",
    "Octets",
    "ReadSession",
    "Role",
    "Words",
    "WriteSession",
    "engine_for",
]
