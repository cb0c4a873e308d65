"""Settings of a process, from ``TALKOOT_...`` variables of the environment.

``docs/settings.md`` explains each for people who run Talkoot.
"""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from talkoot.base.engine import Engine
from talkoot.base.errors import TalkootError

PREFIX = "TALKOOT_"


class BadSettings(TalkootError):
    """A setting that cannot be used; the text names the variable and what is wrong."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a deployment decides.

    ``home``: the folder for the demonstration's database and the elections' secret keys.
    ``database_url``: a PostgreSQL server; empty means one of our own in ``home``.
    ``desk_database_url``: the same server with the officials' log-in; empty means no desk.
    ``host``, ``port``: where the web process listens.
    ``public_url``: the address that residents use; with ``https`` cookies are marked secure.
    ``trusted_proxies``: addresses, comma-separated, whose ``X-Forwarded-For`` is believed.
    ``slow``: count with the slow twins in place of the compiled kernels.
    """

    home: Path = Path(".talkoot")
    database_url: str = ""
    desk_database_url: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = ""
    trusted_proxies: str = ""
    slow: bool = False

    @property
    def address(self) -> str:
        """The address that residents use, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def engine(self) -> Engine:
        """Who counts."""
        return Engine.TWINS if self.slow else Engine.KERNELS

    @property
    def keys_folder(self) -> Path:
        """Where the elections' secret keys are kept: never in the database."""
        return self.home / "keys"


def settings_from(environment: Mapping[str, str]) -> Settings:
    """Read the settings. Raises :class:`BadSettings` for an unknown name or an unfit value."""
    known = set(Settings.__struct_fields__)
    given = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(PREFIX)
    }
    foreign = set(given) - known - _FOR_OTHERS
    if foreign:
        names = ", ".join(sorted(f"{PREFIX}{name.upper()}" for name in foreign))
        raise BadSettings(f"unknown setting {names}: docs/settings.md lists what there is")
    try:
        return msgspec.convert(
            {name: value for name, value in given.items() if name in known},
            Settings,
            strict=False,
            dec_hook=_decode,
        )
    except msgspec.ValidationError as err:
        raise BadSettings(f"a setting is unfit: {err}") from err


_FOR_OTHERS = {"browser_required"}
"""Variables that the tests read, not we."""


def _decode(kind: type, value: str) -> Path:
    if kind is not Path:
        raise NotImplementedError(f"no setting is a {kind}")
    return Path(value)
