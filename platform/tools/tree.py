"""The files of the project, as git sees them."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = {".git", ".venv", ".talkoot", "node_modules", "__pycache__", "artefacts", "dist"}


def project_files(*folders: str) -> list[Path]:
    """Every file that is tracked or could be added, sorted; below ``folders`` where some are given.

    Where there is no git (an unpacked archive), every file outside the folders of tools.
    """
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *folders]
    try:
        answer = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True)
        names = answer.stdout.split("\0")[:-1]
    except (OSError, subprocess.CalledProcessError):
        tops = [ROOT / folder for folder in folders] or [ROOT]
        names = [str(path.relative_to(ROOT)) for top in tops for path in top.rglob("*")]
    paths = {ROOT / name for name in names if not LEFT_OUT & set(Path(name).parts)}
    return sorted(path for path in paths if path.is_file())
