"""Finds code that stands in two places: twelve or more equal lines, spaces and comments aside.

A copy is a rule that will be mended in one place only. Give the common lines a name, in the
lowest room that both may import.
"""

import ast
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from tree import ROOT, project_files

LEAST_LINES = 12
FOLDERS = ("platform", "kiosk", "firmware_bridge")
SUFFIXES = {".css", ".html", ".js", ".py", ".sql"}
COMMENT_STARTS = ("#", "//", "/*", "*", "{#", "--", "<!--")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line that says something: its number in the file, from 1, and its text without indent."""

    number: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """The same ``length`` lines, once from each of two places: file name and first line number."""

    length: int
    first: tuple[str, int]
    second: tuple[str, int]


def code_lines(path: Path) -> list[Line]:
    """The lines that count: no blanks, comments, imports or docstrings."""
    text = path.read_text()
    silent = _silent_lines(text) if path.suffix == ".py" else set()
    stripped = ((number, line.strip()) for number, line in enumerate(text.splitlines(), start=1))
    return [
        Line(number=number, text=line)
        for number, line in stripped
        if line and number not in silent and not line.startswith(COMMENT_STARTS)
    ]


def _silent_lines(text: str) -> set[int]:
    """Numbers of the lines that imports and docstrings take in a Python file."""
    silent: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Expr | ast.Import | ast.ImportFrom):
            continue
        if not isinstance(node, ast.Expr) or isinstance(node.value, ast.Constant):
            silent.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return silent


def copies(files: dict[str, list[Line]], *, least: int = LEAST_LINES) -> list[Copy]:
    """Every longest run of at least ``least`` equal lines that do not overlap, sorted by place."""
    places: defaultdict[tuple[str, ...], list[tuple[str, int]]] = defaultdict(list)
    for name, lines in sorted(files.items()):
        for start in range(len(lines) - least + 1):
            window = tuple(line.text for line in lines[start : start + least])
            places[window].append((name, start))
    found: dict[tuple[str, int, str], Copy] = {}
    for spots in places.values():
        for i, first in enumerate(spots):
            for second in spots[i + 1 :]:
                if not _goes_on_before(files, first, second):
                    copy = _whole_run(files, first, second)
                    if copy.length >= least:
                        found[(*first, second[0])] = copy
    return sorted(found.values(), key=lambda copy: (copy.first, copy.second))


def _goes_on_before(
    files: dict[str, list[Line]], first: tuple[str, int], second: tuple[str, int]
) -> bool:
    """Whether the lines before are equal too: then the run is found from its own beginning."""
    (name, i), (other, j) = first, second
    return i > 0 and j > 0 and files[name][i - 1].text == files[other][j - 1].text


def _whole_run(
    files: dict[str, list[Line]], first: tuple[str, int], second: tuple[str, int]
) -> Copy:
    (name, i), (other, j) = first, second
    one, two = files[name][i:], files[other][j:]
    if name == other:
        one = one[: j - i]  # a run must not overlap itself
    length = 0
    for mine, yours in zip(one, two, strict=False):
        if mine.text != yours.text:
            break
        length += 1
    return Copy(length=length, first=(name, one[0].number), second=(other, two[0].number))


def main() -> int:
    paths = [path for path in project_files(*FOLDERS) if path.suffix in SUFFIXES]
    files = {str(path.relative_to(ROOT)): code_lines(path) for path in paths}
    found = copies(files)
    for copy in found:
        (name, line), (other, other_line) = copy.first, copy.second
        print(f"{name}:{line}: the same {copy.length} lines stand at {other}:{other_line}")
    if found:
        print("Give what is common a name, in the lowest room that both may import.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
