"""The schema is what the Alembic chain in ``migrations/`` makes of an empty database."""

from pathlib import Path

from alembic import command
from alembic.config import Config

import talkoot

_INSTALLED = Path(talkoot.__file__).parent / "migrations"
_CHECKOUT = Path(talkoot.__file__).parents[2] / "migrations"


def migrations_folder() -> Path:
    """Give the folder of the chain: in the installed package, or at the top of the checkout."""
    return _INSTALLED if _INSTALLED.exists() else _CHECKOUT


def upgrade(url: str, revision: str = "head") -> None:
    """Bring a database up to a revision. The log-in must own the database.

    Runs its own event loop: call it from a thread without one.
    """
    command.upgrade(_config(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Take a database down to a revision (``base``: empty)."""
    command.downgrade(_config(url), revision)


def check(url: str) -> None:
    """Raise where the tables in the code are not the tables that the chain makes."""
    command.check(_config(url))


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    config.attributes["url"] = url
    return config
