"""Makes the house ready and says the word: ``python3 platform/tools/boot.py run|test|check|bench``.

Standard library only, because it runs before anything is installed. It never names a registry:
pip, uv and npm find their packages where this machine tells them to.
"""

import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from progress import Failed, say, step
from web_files import install_web_files

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements.lock"
UV_LOCK = ROOT / "platform" / "tools" / "uv.txt"
STAMP = VENV / "talkoot-stamp"
SOURCE_ROOTS = ("platform", "kiosk", "firmware_bridge")

TRUST_THIS_MACHINE = ("UV_SYSTEM_CERTS", "UV_NATIVE_TLS")
"""uv, by its newer and its older word, takes the machine's own list of certificates, as pip does
with its settings: a municipality's network often has an authority of its own."""

WORDS = {
    "setup": [],
    "run": [str(VENV / "bin" / "talkoot"), "run"],
    # A file of tests stays with one worker, and each worker has a PostgreSQL of its own.
    "test": [str(PYTHON), "-m", "pytest", "-n", str(os.cpu_count() or 1), "--dist", "loadfile"],
    "check": [str(PYTHON), str(ROOT / "platform" / "tools" / "check.py")],
    "bench": [str(PYTHON), str(ROOT / "platform" / "tools" / "bench.py")],
}

NO_VENV = """\
This Python cannot make a virtual environment with pip in it, and neither uv nor pip is here.
On Debian and Ubuntu an administrator runs:   apt-get install python3-venv
Without an administrator: put the programme uv on the PATH, then start again."""


def main(words: list[str]) -> int:
    """Set up what is missing, then become the programme that the word names."""
    if not words or words[0] not in WORDS:
        say(f"usage: boot.py {'|'.join(WORDS)} [arguments]")
        return 2
    try:
        installed = set_up()
    except Failed as failure:
        say(str(failure))
        return 1
    if installed and words[0] == "run":
        compile_kernels_meanwhile()
    if WORDS[words[0]]:
        become([*WORDS[words[0]], *words[1:]])
    return 0


def become(command: list[str]) -> NoReturn:
    """Let the command take this process over, so that signals reach it directly."""
    os.chdir(ROOT)
    sys.stdout.flush()
    os.execv(command[0], command)  # noqa: S606  our own words, no shell


def compile_kernels_meanwhile() -> None:
    """Start what takes a minute and only the first count would wait for, with what time is left."""
    subprocess.Popen(
        [str(PYTHON), "-c", "import os; os.nice(19); from talkoot.cli import main; main()", "warm"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def set_up() -> bool:
    """Make .venv hold what the lock asks for, and install the web files; tell whether it was anew.

    A second call finds the stamp and does nothing; a simultaneous one waits for the first.
    Raises Failed with words for the person at the terminal.
    """
    for name in TRUST_THIS_MACHINE:
        os.environ.setdefault(name, "true")
    with LOCK.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not venv_is_usable():
            make_venv()
        wanted = fingerprint()
        anew = not STAMP.exists() or STAMP.read_text() != wanted
        if anew:
            count = len(re.findall(r"^\S+==", LOCK.read_text(), re.MULTILINE))
            install(LOCK, title=f"Installing {count} packages")
            write_source_roots()
            write_commands()
            STAMP.write_text(wanted)
        install_web_files(ROOT / "platform" / "assets", venv=VENV, install=install)
    return anew


def fingerprint() -> str:
    """The place of .venv, and a digest of everything that its contents follow from."""
    parts = (LOCK, ROOT / "pyproject.toml", Path(__file__))
    digest = hashlib.sha256(str(sys.version_info[:2]).encode())
    for part in parts:
        digest.update(part.read_bytes())
    return f"{VENV}\n{digest.hexdigest()}\n"


def venv_is_usable() -> bool:
    """Whether .venv has a Python that starts, of this version, and was made in this place."""
    if not PYTHON.exists():
        return False
    if STAMP.exists() and STAMP.read_text().split("\n")[0] != str(VENV):
        return False  # the folder was moved: the scripts inside still name the old place
    asked = [str(PYTHON), "-c", "import sys; print(*sys.version_info[:2])"]
    try:
        answer = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=60)
    except OSError:
        return False
    return answer.stdout.split() == [str(part) for part in sys.version_info[:2]]


def make_venv() -> None:
    """A fresh .venv, by the first way that works. Raises Failed with the words of the last one."""
    if VENV.exists():
        say("The environment in .venv is broken, moved or of another Python: making it anew.")
    first_that_works("Making .venv", venv_makers())


def venv_makers() -> Iterator[list[str]]:
    """The commands that could make .venv, best first."""
    uv = shutil.which("uv")
    if uv:
        yield [uv, "venv", "-q", "--clear", "--python", sys.executable, str(VENV)]
    if pip_reaches_out():  # many seconds faster than unpacking a second pip
        yield [sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV)]
    if importlib.util.find_spec("ensurepip"):
        yield [sys.executable, "-m", "venv", "--clear", str(VENV)]


def first_that_works(title: str, commands: Iterator[list[str]]) -> None:
    """Run commands until one succeeds. Raises Failed with the words of the last one."""
    failure = Failed(NO_VENV)
    for command in commands:
        try:
            step(title, command)
        except Failed as reason:
            failure = reason
        else:
            return
    raise failure


def pip_reaches_out() -> bool:
    """Whether this Python's own pip can install into another environment (pip 22.3)."""
    try:
        major, minor = importlib.metadata.version("pip").split(".")[:2]
    except importlib.metadata.PackageNotFoundError:
        return False
    return (int(major), int(minor)) >= (22, 3)


def install(lock: Path, *, title: str) -> None:
    """Install into .venv by hash what a lock names. Raises Failed."""
    by_hash = ["--require-hashes", "-r", str(lock)]
    first_that_works(title, ([*installer, *by_hash] for installer in installers()))


def installers() -> Iterator[list[str]]:
    """The ways to install into .venv, best first; uv knows nothing of pip's own settings file."""
    uv = shutil.which("uv") or own_uv()
    if uv:
        yield [uv, "pip", "install", "-q", "--python", str(PYTHON)]
    pip = pip_command()
    if pip:
        yield [*pip, "install", "-q"]


def pip_command() -> list[str] | None:
    """The pip that installs into .venv: its own, else this Python's; None where there is none."""
    own = [str(PYTHON), "-m", "pip"]
    if subprocess.run([*own, "-V"], capture_output=True, check=False).returncode == 0:
        return own
    if pip_reaches_out():
        return [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    return None


def own_uv() -> str | None:
    """The uv inside .venv, installed by hash; None where there is none for this machine."""
    uv = VENV / "bin" / "uv"
    pip = pip_command()
    if not uv.exists() and pip:
        try:
            step("Installing uv", [*pip, "install", "-q", "--require-hashes", "-r", str(UV_LOCK)])
        except Failed:
            return None  # pip alone can do it too, only slower
    return str(uv) if uv.exists() else None


def write_source_roots() -> None:
    """Put the source roots on the path: no editable install, hence no build step."""
    asked = [str(PYTHON), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    site = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    roots = "".join(f"{ROOT / name}\n" for name in SOURCE_ROOTS)
    (Path(site) / "talkoot-src.pth").write_text(roots)


def write_commands() -> None:
    """Write the entry points that pyproject.toml names, as scripts in .venv/bin."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for name, entry in project["scripts"].items():
        module, function = entry.split(":")
        script = VENV / "bin" / name
        script.write_text(
            f"#!{PYTHON}\nimport sys\n\nfrom {module} import {function}\n\nsys.exit({function}())\n"
        )
        script.chmod(0o755)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
