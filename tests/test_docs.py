"""The documentation is complete and true: what the code offers stands in it, and nothing else."""

import importlib
import pkgutil
import re
import subprocess
import tomllib
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import click
import pytest
from starlette.routing import Route

import talkoot
from talkoot import cli
from talkoot.base.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(path for path in ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md"))
# Joined here, so that this file does not name what it forbids.
FOREIGN_HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("crates", "io"),
    )
]
MACHINE_PATHS = ["/" + "/".join(parts) for parts in (("work", ""), ("root", ""), ("opt", "wheels"))]
MACHINE_PATHS += ["/" + "home/", "/" + "Users/"]
PICTURES = {".png", ".jpg", ".woff2", ".ico", ".gz", ".pdf"}


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text()


def modules() -> Iterator[str]:
    """The name of every module of the platform."""
    for found in pkgutil.walk_packages(talkoot.__path__, "talkoot."):
        if not found.name.endswith("__main__"):
            yield found.name


def commands() -> dict[str, click.Command]:
    """Every command by its words, such as ``talkoot demo``; bare groups are left out."""
    return dict(_below(cli.talkoot, "talkoot"))


def _below(group: click.Group, words: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from _below(command, f"{words} {name}")
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield f"{words} {name}", command


def refusals() -> list[Enum]:
    """Every member of every enum that is called a Refusal."""
    found: dict[str, Enum] = {}
    for name in modules():
        for value in vars(importlib.import_module(name)).values():
            if isinstance(value, type) and issubclass(value, Enum) and "Refusal" in value.__name__:
                found.update({f"{value.__name__}.{m.name}": m for m in value})
    return list(found.values())


def routes() -> list[tuple[str, str]]:
    """The path and method of every public route; HEAD comes with GET and is not named."""
    found: set[tuple[str, str]] = set()
    for name in modules():
        if name.startswith("talkoot.web"):
            for route in vars(importlib.import_module(name)).get("ROUTES", ()):
                assert isinstance(route, Route), f"{name}.ROUTES: this test knows plain routes only"
                found.update((route.path, method) for method in route.methods or ())
    return sorted((path, method) for path, method in found if method != "HEAD")


def rows(text: str) -> dict[str, list[str]]:
    """The rows of a page's tables by their first cell; the other cells as they stand."""
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    split = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)
    return {cells[0].strip("`"): cells[1:] for cells in split}


def tracked_files() -> list[Path]:
    listing = ["git", "ls-files", "-z"]
    answer = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=False)
    if answer.returncode:
        pytest.skip("not a git checkout: which files are tracked cannot be seen")
    paths = (ROOT / name for name in answer.stdout.split("\0")[:-1])
    return [path for path in paths if path.is_file() and path.suffix not in PICTURES]


def code_in(text: str) -> list[str]:
    """The fenced blocks and code spans of a page."""
    fenced = re.findall(r"^```[^\n]*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    rest = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    return fenced + re.findall(r"`([^`\n]+)`", rest)


@pytest.mark.parametrize("words", sorted(commands()))
def test_every_command_is_documented_with_each_of_its_options(words: str) -> None:
    sections = re.split(r"^#+ ", page("commands.md"), flags=re.MULTILINE)
    told = [section for section in sections if re.match(rf"`{re.escape(words)}[ `]", section)]
    assert told, f"docs/commands.md needs a heading `{words}`"
    params = commands()[words].params
    options = {o for p in params if isinstance(p, click.Option) for o in p.opts if o[:2] == "--"}
    missing = {option for option in options if option not in told[0]}
    assert not missing, f"describe below `{words}`: {', '.join(sorted(missing))}"


def test_every_setting_is_documented() -> None:
    text = page("settings.md")
    names = [f"{PREFIX}{field.upper()}" for field in Settings.__struct_fields__]
    missing = [name for name in names if f"`{name}`" not in text]
    assert not missing, f"describe in docs/settings.md: {', '.join(missing)}"


def test_no_setting_is_documented_that_nobody_reads() -> None:
    known = {f"{PREFIX}{field.upper()}" for field in Settings.__struct_fields__}
    known |= {"TALKOOT_BROWSER_REQUIRED"}
    stale = set(re.findall(rf"`({PREFIX}[A-Z_]+)`", page("settings.md"))) - known
    assert not stale, f"remove from docs/settings.md: {', '.join(sorted(stale))}"


def test_every_refusal_is_documented() -> None:
    known = rows(page("refusals.md"))
    found = [str(refusal.value) for refusal in refusals()]
    assert found, "no enum is called Refusal: this test looks for the wrong name"
    missing = [word for word in found if word not in known]
    assert not missing, f"describe in docs/refusals.md: {', '.join(missing)}"


def test_every_public_route_is_documented_with_its_methods() -> None:
    told = {
        (path, method)
        for path, cells in rows(page("routes.md")).items()
        for method in cells[0].split(", ")
    }
    found = set(routes())
    assert found, "no module of talkoot.web has a list ROUTES: this test looks for the wrong name"
    assert not found - told, f"describe in docs/routes.md: {sorted(found - told)}"
    assert not told - found, f"remove from docs/routes.md: {sorted(told - found)}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_relative_link_leads_to_a_file(path: Path) -> None:
    targets = re.findall(r"\]\(([^)\s]+)[^)]*\)", path.read_text())
    local = [t.partition("#")[0] for t in targets if not re.match(r"[a-z]+:|#", t)]
    missing = [target for target in local if not (path.parent / target).exists()]
    assert not missing, f"{path.name} links to what does not exist: {', '.join(missing)}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_word_of_make_that_a_page_names_exists(path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        word
        for code in code_in(path.read_text())
        for word in re.findall(r"(?:^|&& |\$ )make ([a-z][a-z-]*)", code, re.MULTILINE)
    }
    assert named <= targets, f"the Makefile has no {', '.join(sorted(named - targets))}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_that_a_page_names_exists(path: Path) -> None:
    known = set(cli.talkoot.list_commands(click.Context(cli.talkoot)))
    named = {
        word
        for code in code_in(path.read_text())
        for word in re.findall(r"(?:^|[ /])talkoot ([a-z][a-z-]+)", code, re.MULTILINE)
    }
    assert named <= known, f"there is no command {', '.join(sorted(named - known))}"


def test_the_readme_names_the_command_that_tests_a_clean_checkout() -> None:
    text = (ROOT / "README.md").read_text()
    marked = re.search(
        r"^<!-- test-command -->\n+```[^\n]*\n(.+?)\n```", text, re.MULTILINE | re.DOTALL
    )
    assert marked, "README.md needs a fenced block after a line <!-- test-command -->"
    assert marked[1].startswith("make test")


def test_no_tracked_file_names_a_registry_or_a_folder_of_one_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in tracked_files()
        for word in [*FOREIGN_HOSTS, *MACHINE_PATHS]
        if re.search(rf"(?<![\w.~-]){re.escape(word)}", path.read_text(errors="replace"))
    ]
    assert not found, "\n".join(["these hold only on somebody's machine:", *found])


@pytest.mark.parametrize(
    "name",
    [
        "requirements.lock",
        "docker/requirements.lock",
        "platform/tools/uv.txt",
        "platform/tools/node.txt",
    ],
)
def test_every_locked_package_has_a_hash_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    packages = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert packages
    assert [package for package in packages if "--hash=sha256:" not in package] == []
    assert "://" not in text


def test_every_dependency_is_explained() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    project = settings["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    groups += settings.get("dependency-groups", {}).values()
    wanted = {
        re.split(r"[^A-Za-z0-9_-]", entry)[0].lower().replace("_", "-")
        for group in groups
        for entry in group
        if isinstance(entry, str)
    }
    table = (ROOT / "docs" / "decisions" / "0002-dependencies.md").read_text()
    cells = re.findall(r"^\| ([a-z0-9, -]+) \|", table, re.MULTILINE)
    told = {name for cell in cells for name in cell.split(", ")}
    assert wanted - told - {"talkoot"} == set()


def test_the_image_holds_only_what_the_tests_ran_with() -> None:
    whole = set((ROOT / "requirements.lock").read_text().splitlines())
    server = (ROOT / "docker" / "requirements.lock").read_text().splitlines()
    assert [line for line in server if line not in whole] == []


def test_the_web_files_are_locked_by_integrity_and_not_by_address() -> None:
    text = (ROOT / "platform" / "assets" / "package-lock.json").read_text()
    assert '"resolved"' not in text
    assert text.count('"integrity": "sha512-') == text.count('"node_modules/')
