"""The wheel is whole: what pages use of other people's work is in it."""

import tomllib
from pathlib import Path

from talkoot.web.assets import VENDOR_FILES

ROOT = Path(__file__).resolve().parents[2]


def test_the_wheel_takes_along_each_web_file_that_pages_use_and_its_licence() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    installed = "platform/assets/node_modules/"
    paths = build["targets"]["wheel"]["only-include"]
    listed = {path.removeprefix(installed) for path in paths if path.startswith(installed)}
    used = set(VENDOR_FILES.values())
    packages = {"/".join(name.split("/")[: 2 if name[0] == "@" else 1]) for name in used}
    assert listed == used | {f"{package}/LICENSE" for package in packages}
