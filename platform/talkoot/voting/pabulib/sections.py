"""From bytes to rows in three sections: encoding, compression, quotes, line ends and order."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from talkoot.base.errors import BadFile

MAX_BYTES = 512 * 2**20
"""Of text after unpacking. The largest known file has under 20 MiB."""

_GZIP_MAGIC = b"\x1f\x8b"
_BOM = "\ufeff"

Row = list[str]


class Section(StrEnum):
    """The three parts of a file, in their order."""

    META = "META"
    PROJECTS = "PROJECTS"
    VOTES = "VOTES"


@dataclass(slots=True, kw_only=True)
class Rows:
    """A section: the line of its title, its header, and its rows with the line each begins on."""

    line: int
    section: Section
    header: tuple[str, ...] = ()
    rows: list[Row] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)


def text_of(data: bytes) -> str:
    """Unpack (where gzip-compressed) and decode. Raises :class:`BadFile`."""
    raw = _unpacked(data) if data.startswith(_GZIP_MAGIC) else data
    if len(raw) > MAX_BYTES:
        raise BadFile(f"the file has more than {MAX_BYTES // 2**20} MiB of text")
    try:
        return raw.decode("utf-8").removeprefix(_BOM)
    except UnicodeDecodeError as err:
        line = raw.count(b"\n", 0, err.start) + 1
        raise BadFile("the text is not UTF-8", line=line) from err


def _unpacked(data: bytes) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
            return packed.read(MAX_BYTES + 1)
    except EOFError as err:
        raise BadFile("the compressed file is cut off") from err
    except (OSError, zlib.error) as err:
        raise BadFile(f"the compressed file is damaged: {err}") from err


def sections_of(text: str) -> dict[Section, Rows]:
    """Split into the three sections. Raises :class:`BadFile` for a wrong order or a loose row."""
    found: dict[Section, Rows] = {}
    current: Rows | None = None
    for line, row in _rows(text):
        title = _title(row)
        if title is not None:
            current = found[title] = _opened(found, title, line)
        elif current is None:
            raise BadFile("the file does not begin with META", line=line)
        elif not current.header and _is_header(row, current):
            current.header = _header(row, line)
        else:
            current.rows.append(row)
            current.lines.append(line)
    for section in Section:
        if section not in found:
            raise BadFile(f"section {section} is missing")
        if not found[section].header:
            raise BadFile(f"section {section} has no header", line=found[section].line)
    return found


def _rows(text: str) -> Iterator[tuple[int, Row]]:
    """Rows that hold anything, with the line they begin on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    line = 1
    try:
        for row in reader:
            if row and (row[0] or any(cell.strip() for cell in row)):
                yield line, row
            line = reader.line_num + 1
    except csv.Error as err:
        raise BadFile(f"cells cannot be told apart: {err}", line=line) from err


def _title(row: Row) -> Section | None:
    """The section that a row opens: its word alone in the first cell, in any case."""
    if len(row) > 1 and row[1]:
        return None
    word = row[0].strip().upper()
    if word not in Section.__members__ or any(cell.strip() for cell in row[1:]):
        return None
    return Section(word)


def _opened(found: dict[Section, Rows], title: Section, line: int) -> Rows:
    expected = list(Section)[len(found)] if len(found) < len(Section) else None
    if title in found:
        raise BadFile(f"section {title} is there twice", line=line)
    if title is not expected:
        raise BadFile(f"section {title} where {expected} should be", line=line)
    return Rows(line=line, section=title)


def _is_header(row: Row, rows: Rows) -> bool:
    """Old files have no ``key;value`` under META: there the first row is data already."""
    if rows.section is not Section.META or row[0].strip().lower() == "key":
        return True
    rows.header = ("key", "value")
    return False


def _header(row: Row, line: int) -> tuple[str, ...]:
    names = [cell.strip().lower() for cell in row]
    while names and not names[-1]:
        names.pop()
    if len(set(names)) != len(names):
        raise BadFile("a column is there twice", line=line)
    return tuple(names)
