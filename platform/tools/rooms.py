"""Nobody reaches into another room's files: a room's ``__init__.py`` names its public words.

Import-linter knows who may import whom; this knows how deep. It also keeps the kiosk to the few
rooms it may know, and the hallways (``talkoot``, ``talkoot.voting``) free of imports.
"""

import ast
import sys
from dataclasses import dataclass
from pathlib import Path

from tree import ROOT, project_files

SOURCES = {"platform": "talkoot", "kiosk": "talkoot_kiosk", "firmware_bridge": "talkoot_bridge"}
# Rooms inside a hallway; every other folder or file right below talkoot is a room itself.
HALLWAYS = {"talkoot", "talkoot.base", "talkoot.voting"}
# The ground floor is made of single modules, imported as modules.
OPEN_HOUSES = ("talkoot.base",)
# Rooms within rooms: beside the people who work for a town, those who live there.
ALCOVES = ("talkoot.people.residents",)
# Where processes are put together and started, and where pages and commands share their words;
# whoever does so names these files.
FRONT_DOORS = {
    "talkoot.web.app",
    "talkoot.web.corrections",
    "talkoot.web.publishing",
    "talkoot.web.serve",
    "talkoot.web.voice",
}
# The chain of migrations knows the tables of every room, and nothing else of them.
MIGRATIONS = "migrations."
KIOSK_MAY = (
    "talkoot.base.bytes",
    "talkoot.base.i18n",
    "talkoot.voting.ballot",
    "talkoot.voting.sealing",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One import: in which module and line, of which module, and which name of it ('' for none)."""

    importer: str
    place: str
    module: str
    name: str


def room_of(module: str) -> str:
    """The room a module is in: ``talkoot.voting.tally`` for ``talkoot.voting.tally.count``."""
    alcove = next((each for each in ALCOVES if f"{module}.".startswith(f"{each}.")), None)
    if alcove is not None:
        return alcove
    parts = module.split(".")
    depth = 1
    while depth < len(parts) and ".".join(parts[:depth]) in HALLWAYS:
        depth += 1
    return ".".join(parts[:depth])


def imports_of(path: Path, *, importer: str) -> list[Import]:
    """Every import of ours in a file. Raises SyntaxError."""
    found: list[Import] = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            pairs = [(alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            pairs = [(node.module, alias.name) for alias in node.names]
        else:
            continue
        place = f"{path.relative_to(ROOT)}:{node.lineno}"
        found += [
            Import(importer=importer, place=place, module=module, name=name)
            for module, name in pairs
            if module.split(".")[0] in SOURCES.values()
        ]
    return found


def fault_in(found: Import) -> str | None:
    """What is wrong with an import, and what to do instead; None where nothing is."""
    reached = _reached(found)
    room = room_of(reached)
    if _is_kept_from_the_kiosk(found.importer, reached):
        return f"the kiosk may not know {reached}; it may import {', '.join(KIOSK_MAY)}"
    if found.importer in HALLWAYS:
        return f"{found.importer} is a hallway: whoever passes would load {reached} as well"
    if reached in {room, *FRONT_DOORS} or reached.startswith(OPEN_HOUSES):
        return None
    if found.importer == room or found.importer.startswith(f"{room}."):
        return None
    if found.importer.startswith(MIGRATIONS) and reached.endswith(".tables"):
        return None
    return f"{reached} is inside the room {room}; import the word from {room} itself"


def _is_kept_from_the_kiosk(importer: str, reached: str) -> bool:
    if not (f"{importer}.".startswith("talkoot_kiosk.") and reached.startswith("talkoot.")):
        return False
    return not any(f"{reached}.".startswith(f"{allowed}.") for allowed in KIOSK_MAY)


def _reached(found: Import) -> str:
    """The module an import touches: ``from talkoot.voting import tally`` touches the room tally."""
    deeper = f"{found.module}.{found.name}"
    if found.name and _is_module(deeper) and not _is_word(found.module, found.name):
        return deeper
    return found.module


def _is_module(module: str) -> bool:
    return any(
        (ROOT / source / Path(*module.split("."))).with_suffix(suffix).exists()
        for source in SOURCES
        for suffix in ("", ".py")
    )


def _is_word(room: str, name: str) -> bool:
    """Whether a room's ``__init__.py`` names this word in ``__all__``."""
    for source in SOURCES:
        init = ROOT / source / Path(*room.split(".")) / "__init__.py"
        if init.exists():
            return any(
                isinstance(node, ast.Assign)
                and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets)
                and name in ast.literal_eval(node.value)
                for node in ast.parse(init.read_text()).body
            )
    return False


def module_of(path: Path) -> str:
    """The dotted name of a file: without the source root where it is below one."""
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    if parts[0] in SOURCES:
        parts = parts[1:]
    if parts[-1] == "__init__":
        parts = parts[:-1]
    return ".".join(parts)


def main() -> int:
    # Tests are no room: they compare with the slow twins and measure what is inside.
    paths = [path for path in project_files(*SOURCES, "migrations") if path.suffix == ".py"]
    faults = 0
    for path in paths:
        for found in imports_of(path, importer=module_of(path)):
            fault = fault_in(found)
            if fault:
                faults += 1
                print(f"{found.place}: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
