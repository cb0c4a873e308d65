"""Where the real browser of the browser tests is."""

import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
HOW_TO_GET_ONE = "no Chromium on the PATH (Debian: apt-get install chromium)"


def browser_path() -> Path | None:
    """The browser to start, None where this machine has none."""
    found = (shutil.which(name) for name in NAMES)
    return next((Path(path) for path in found if path), None)
