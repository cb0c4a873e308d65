"""From bytes to sections: encoding, compression, quotes, line ends and order.

META and PROJECTS are small and read here, row by row. Of VOTES only the title and the header are:
where its rows begin is left to whoever reads them (``columns.py``, or the twin ``reference.py``).
"""

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from talkoot.base.errors import BadFile

MAX_BYTES = 512 * 2**20
"""Of text after unpacking. The largest known file has under 20 MiB."""

_GZIP_MAGIC = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")

Row = list[str]


class Section(StrEnum):
    """The three parts of a file, in their order."""

    META = "META"
    PROJECTS = "PROJECTS"
    VOTES = "VOTES"


@dataclass(slots=True, kw_only=True)
class Rows:
    """A section: the line of its title, its header, and its rows with the line each begins on.

    VOTES has its rows elsewhere.
    """

    line: int
    section: Section
    header: tuple[str, ...] = ()
    rows: list[Row] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A file down to the header of VOTES, and the place and line where the rows of VOTES begin.

    ``found`` holds the sections in their order; :func:`whole` says whether they are all there.
    """

    found: dict[Section, Rows]
    place: int
    line: int


def raw_of(data: bytes) -> bytes:
    """Unpack (where gzip-compressed), without a byte order mark. Raises :class:`BadFile`.

    What comes out is UTF-8.
    """
    raw = _unpacked(data) if data.startswith(_GZIP_MAGIC) else data
    if len(raw) > MAX_BYTES:
        raise BadFile(f"the file has more than {MAX_BYTES // 2**20} MiB of text")
    if not raw.isascii():
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError as err:
            line = raw.count(b"\n", 0, err.start) + 1
            raise BadFile("the text is not UTF-8", line=line) from err
    return raw.removeprefix(_BOM)


def _unpacked(data: bytes) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
            return packed.read(MAX_BYTES + 1)
    except EOFError as err:
        raise BadFile("the compressed file is cut off") from err
    except (OSError, zlib.error) as err:
        raise BadFile(f"the compressed file is damaged: {err}") from err


def head_of(raw: bytes) -> Head:
    """Read down to the header of VOTES, or to the end of a file that has none.

    Raises :class:`BadFile` for a wrong order or a loose row.
    """
    found: dict[Section, Rows] = {}
    current: Rows | None = None
    lines = Lines(raw)
    for line, row in rows_of(lines):
        title = title_of(row)
        if title is not None:
            current = found[title] = opened(found, title, line)
        elif current is None:
            raise BadFile("the file does not begin with META", line=line)
        elif not current.header and _is_header(row, current):
            current.header = _header(row, line)
            if current.header and current.section is Section.VOTES:
                break
        else:
            current.rows.append(row)
            current.lines.append(line)
    return Head(found=found, place=lines.place, line=lines.line)


def whole(head: Head) -> dict[Section, Rows]:
    """Give the three sections. Raises :class:`BadFile` where one is missing or has no header."""
    for section in Section:
        if section not in head.found:
            raise BadFile(f"section {section} is missing")
        if not head.found[section].header:
            raise BadFile(f"section {section} has no header", line=head.found[section].line)
    return head.found


@dataclass(slots=True)
class Lines:
    """The lines of a text, each with its end as it stands; ``place`` and ``line`` of the next."""

    raw: bytes
    place: int = 0
    line: int = 1

    def __iter__(self) -> Iterator[str]:
        """Give one line after another."""
        while found := _LINE.match(self.raw, self.place):
            self.place = found.end()
            self.line += 1
            yield found[0].decode()


def rows_of(lines: Lines) -> Iterator[tuple[int, Row]]:
    """Rows that hold anything, with the line they begin on. Raises :class:`BadFile`.

    No more lines are taken than the rows given so far have.
    """
    begun = lines.line
    try:
        for row in csv.reader(lines, delimiter=";", strict=True):
            if row and (row[0] or any(cell.strip() for cell in row)):
                yield begun, row
            begun = lines.line
    except csv.Error as err:
        raise BadFile(f"cells cannot be told apart: {err}", line=begun) from err


def title_of(row: Row) -> Section | None:
    """Give the section that a row opens: its word alone in the first cell, in any case."""
    if len(row) > 1 and row[1]:
        return None
    word = row[0].strip().upper()
    if word not in Section.__members__ or any(cell.strip() for cell in row[1:]):
        return None
    return Section(word)


def opened(found: dict[Section, Rows], title: Section, line: int) -> Rows:
    """Begin a section. Raises :class:`BadFile` for one that is there or comes out of order."""
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
