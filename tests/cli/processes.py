"""`talkoot` in a process of its own, in a home of its own."""

import os
import subprocess
import sys
from pathlib import Path

TALKOOT = (sys.executable, "-c", "from talkoot.cli import main; main()")
WITHOUT_A_COMPILER = (*TALKOOT[:2], f"import sys; sys.modules['numba'] = None; {TALKOOT[2]}")
START_S = 90.0
END_S = 600.0
"""So long may a command take whose checkout has not compiled the kernels of the count yet."""


def environment(home: Path, **more: str) -> dict[str, str]:
    """Ours alone: what the caller's environment says of Talkoot stays outside."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TALKOOT_")}
    return {**kept, "TALKOOT_HOME": str(home), **more}


def talkoot(home: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [*TALKOOT, *words],
        env=environment(home, **more),
        capture_output=True,
        text=True,
        timeout=END_S,
        check=False,
    )
