"""Our own static files, and the few of other people's that pages use, by an explicit list.

Other people's files are installed, not committed. Where they are absent pages go without.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

OWN = Path(__file__).parent / "static"
_WHEEL = OWN / "vendor"
_CHECKOUT = Path(__file__).resolve().parents[2] / "assets" / "node_modules"
VENDOR_FOLDER = _WHEEL if _WHEEL.is_dir() else _CHECKOUT

_FONT = "@fontsource-variable/source-sans-3"
VENDOR_FILES: Mapping[str, str] = {
    "hds-base.css": "hds-core/lib/base.min.css",
    "source-sans-3.css": f"{_FONT}/wght.css",
    **{
        f"files/{name}": f"{_FONT}/files/{name}"
        for name in (
            "source-sans-3-latin-wght-normal.woff2",
            "source-sans-3-latin-ext-wght-normal.woff2",
        )
    },
}
"""Name in the address -> path below the folder of installed packages. Nothing else is served."""

MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticFile:
    """A file for the browser to keep for ever: its address changes with its bytes."""

    path: Path
    media_type: str


def _collected() -> dict[str, StaticFile]:
    found = {
        path.name: StaticFile(path=path, media_type=MEDIA_TYPES[path.suffix])
        for path in sorted(OWN.iterdir())
        if path.suffix in MEDIA_TYPES
    }
    for name, below in VENDOR_FILES.items():
        path = VENDOR_FOLDER / below
        if path.is_file():
            media_type = MEDIA_TYPES[path.suffix]
            found[f"vendor/{name}"] = StaticFile(path=path, media_type=media_type)
    return found


FILES: Mapping[str, StaticFile] = _collected()

VERSION = hashlib.sha256(
    b"".join(name.encode() + FILES[name].path.read_bytes() for name in sorted(FILES))
).hexdigest()[:12]
"""Part of every static address: another set of files has other addresses."""


def static_address(name: str) -> str:
    """Give the address of a static file, which never changes its bytes."""
    return f"/static/{VERSION}/{name}"


STYLES: tuple[str, ...] = tuple(
    static_address(name)
    for name in ("vendor/hds-base.css", "vendor/source-sans-3.css", "theme.css")
    if name in FILES
)
