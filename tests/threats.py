"""The tests that are named after a threat, and the page that lists them.

``python -m tests.threats`` writes ``docs/threat_tests.md`` anew, and a test compares the two.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "threat_tests.md"
ANY = re.compile(r"^(?:async )?def (test_\w+)\(", re.MULTILINE)
OF_ROWS = re.compile(r"test((?:_t\d+)+)_\w+")
HEAD = """# Tests by threat

Every test that is named after a row of the [threat model](threat_model.md), by its file. `make test ARGS="-k test_t9_"` runs those of one row.
This page is written by `.venv/bin/python -m tests.threats`; a test fails where it is not what the suite holds.
"""  # noqa: E501  a paragraph of the page


@dataclass(frozen=True, slots=True, order=True)
class Named:
    """A test that is named after a row."""

    row: int
    file: str
    name: str


def suite_in(root: Path = ROOT) -> dict[str, set[str]]:
    """Give the names of all tests, by file, as they stand in the sources."""
    files = sorted((root / "tests").rglob("test_*.py"))
    return {str(file.relative_to(root)): set(ANY.findall(file.read_text())) for file in files}


def named_after_rows(root: Path = ROOT) -> list[Named]:
    """Give the tests that are named after a row or several, in order."""
    return sorted(
        Named(row=int(row), file=file, name=name)
        for file, names in suite_in(root).items()
        for name in names
        if (found := OF_ROWS.fullmatch(name))
        for row in found[1].split("_t")[1:]
    )


def page_of(found: list[Named]) -> str:
    """Write the page."""
    rows: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in found:
        rows[one.row][one.file].append(one.name)
    parts = [HEAD]
    for row, files in rows.items():
        parts.append(f"\n## T{row}\n")
        for file, names in files.items():
            parts.append(f"\n`{file}`\n")
            parts += [f"- `{name}`" for name in names]
            parts.append("")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(parts)).strip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(page_of(named_after_rows()), encoding="utf-8")
