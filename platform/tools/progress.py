"""Short lines on the terminal while something takes its time."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

SHOWN_LINES = 15
ROUND_S = 0.2


class Failed(Exception):
    """A step did not succeed; the text is for the person at the terminal."""


def say(line: str) -> None:
    """One line, at once."""
    print(line, flush=True)


def step(
    title: str,
    command: list[str],
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    limit_s: float = 1800,
) -> None:
    """Run a command quietly, with its title and the seconds it took on the terminal.

    Raises Failed with the last lines the command wrote, or when it takes longer than ``limit_s``.
    """
    moving = sys.stdout.isatty()
    print(f"{title} ...", end="", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        try:
            child = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        except OSError as fault:
            print(" failed.", flush=True)
            raise Failed(f"{title}: {fault}") from fault
        ended = False
        while not ended and time.monotonic() - began < limit_s:
            ended = _ended_within(child, ROUND_S)
            if moving:
                print(f"\r{title} ... {time.monotonic() - began:.0f} s", end="", flush=True)
        if not ended:
            child.kill()
            child.wait()
        took = f"{time.monotonic() - began:.1f} s"
        done = ended and child.returncode == 0
        ending = f"{took}." if done else f"failed after {took}."
        print(f"\r{title} ... {ending}" if moving else f" {ending}", flush=True)
        if not done:
            output.seek(0)
            last = output.read().splitlines()[-SHOWN_LINES:]
            raise Failed("\n".join([f"{title} failed. It said:", *last]))


def _ended_within(child: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True
