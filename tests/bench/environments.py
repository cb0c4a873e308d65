"""Environments of their own for what we are measured against: never a dependency of ours.

Made when a measurement first asks, under ``.talkoot/bench/``, from locks with hashes and without
addresses. pabutools is under the GPL: it stays in its environment and is spoken to in JSON lines.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from enum import StrEnum
from pathlib import Path

from tests.bench.harness import tell

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".talkoot" / "bench"
LIMIT_S = 900
TRUST_THIS_MACHINE = ("UV_SYSTEM_CERTS", "UV_NATIVE_TLS")
"""uv takes the machine's own list of certificates, by its newer and its older word."""


class Environment(StrEnum):
    """Which one; its lock is ``LOCKS[...]`` beside this file."""

    TABLES = "tables"
    """DuckDB and Polars."""
    PABUTOOLS = "pabutools"


LOCKS = {
    Environment.TABLES: Path(__file__).with_name("requirements.txt"),
    Environment.PABUTOOLS: Path(__file__).with_name("pabutools.txt"),
}


class NoEnvironment(Exception):
    """It cannot be made here; the text says why, in a word for the table."""


def python_in(environment: Environment) -> Path:
    """The Python of an environment, made or renewed first where it must be.

    Raises :class:`NoEnvironment` where its packages cannot be had, for instance without a network.
    """
    lock, place = LOCKS[environment], FOLDER / environment
    python, stamp = place / "bin" / "python", place / "stamp"
    wanted = _fingerprint(lock, place)
    if python.exists() and stamp.exists() and stamp.read_text("utf-8") == wanted:
        return python
    tell(f"making the environment {environment} (once)")
    for command in _commands(place, python, lock):
        _run(command, environment)
    stamp.write_text(wanted, "utf-8")
    return python


def _fingerprint(lock: Path, place: Path) -> str:
    """What an environment follows from: place, Python and lock."""
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    return f"{place}\n{sys.version}\n{digest}\n"


def _commands(place: Path, python: Path, lock: Path) -> list[list[str]]:
    """Make the environment, then install into it by hash."""
    by_hash = ["--require-hashes", "-r", str(lock)]
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv is None:
        return [
            [sys.executable, "-m", "venv", "--clear", str(place)],
            [str(python), "-m", "pip", "install", "-q", *by_hash],
        ]
    return [
        [uv, "venv", "-q", "--clear", "--python", sys.executable, str(place)],
        [uv, "pip", "install", "-q", "--python", str(python), *by_hash],
    ]


def _run(command: list[str], environment: Environment) -> None:
    trusting = {name: os.environ.get(name, "true") for name in TRUST_THIS_MACHINE}
    try:
        answer = subprocess.run(
            command,
            env={**os.environ, **trusting},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise NoEnvironment(f"the environment {environment} cannot be made: {fault}") from fault
    if answer.returncode:
        for line in answer.stderr.splitlines()[-5:]:
            tell(line)
        raise NoEnvironment(
            f"the packages of the environment {environment} cannot be had here"
            " (no network, or a package index without them)"
        )
