"""Reading a roll file: every row becomes a person, or a fault with its line and reason. Pure."""

import csv
import io
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from talkoot.base.i18n import Language
from talkoot.base.ids import AreaCode

COLUMNS = ("anchor", "birth_year", "area", "language")
DELIMITERS = (";", ",")
BYTES_MAX = 64 * 1024 * 1024
ANCHOR_MAX = 128
CELL_MAX = 256
OLDEST_YEARS = 115
"""Nobody on a roll is older: the oldest person ever known in the Nordic countries reached 114."""

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class RollFault:
    """What is wrong, in words, and where; lines count from 1, and 0 means the whole file."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonOnFile:
    """A row that can be imported. The anchor is in Unicode normal form C, without outer spaces."""

    line: int
    anchor: str
    birth_year: int
    area: AreaCode
    language: Language


@dataclass(frozen=True, slots=True, kw_only=True)
class RollFile:
    """All rows that hold something, the header left out: ``rows`` is how many there were."""

    rows: int
    persons: tuple[PersonOnFile, ...]
    faults: tuple[RollFault, ...]


class _Fault(Exception):
    """A reason to refuse the row, or the file, that is being read."""

    def __init__(self, reason: str, *, line: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def roll_file(body: bytes, *, areas: Collection[AreaCode], at: datetime) -> RollFile:
    """Read a roll: UTF-8, ``;`` or ``,`` between cells, columns in any order named in line 1.

    Never raises for what the file holds; each bad row is a fault. ``at`` says which year it is.
    """
    try:
        lines = _lines(_decoded(body))
        places = _places(*next(lines, (1, [])))
    except _Fault as fault:
        return _refused(fault)
    persons: dict[str, PersonOnFile] = {}
    faults: list[RollFault] = []
    rows = 0
    try:
        for line, cells in lines:
            rows += 1
            try:
                person = _person(line, cells, places=places, areas=areas, year=at.year)
                _first_of(persons.setdefault(person.anchor, person), person)
            except _Fault as fault:
                faults.append(RollFault(line=line, reason=fault.reason))
    except _Fault as fault:
        faults.append(RollFault(line=fault.line, reason=fault.reason))
    if rows == 0 and not faults:
        return _refused(_Fault("there is no row below the header"))
    return RollFile(rows=rows, persons=tuple(persons.values()), faults=tuple(faults))


def _refused(fault: _Fault) -> RollFile:
    fault_ = RollFault(line=fault.line, reason=fault.reason)
    return RollFile(rows=0, persons=(), faults=(fault_,))


def _decoded(body: bytes) -> str:
    if len(body) > BYTES_MAX:
        raise _Fault(f"the file is larger than {BYTES_MAX // 2**20} MiB")
    try:
        return body.removeprefix(_BOM).decode("utf-8")
    except UnicodeDecodeError as err:
        line = err.object[: err.start].count(b"\n") + 1
        raise _Fault("this is not UTF-8: save the file as UTF-8 and try again", line=line) from err


def _lines(words: str) -> Iterator[tuple[int, list[str]]]:
    """Give the number of each record's first line, and its cells. Empty lines are passed over."""
    head = words.partition("\n")[0]
    delimiter = max(DELIMITERS, key=head.count)
    reader = csv.reader(io.StringIO(words, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as err:
            raise _Fault(f"from here on the file cannot be read: {err}", line=begins) from err
        if any(cell.strip() for cell in cells):
            yield begins, cells
        begins = reader.line_num + 1


def _places(line: int, header: list[str]) -> Mapping[str, int]:
    names = [name.strip().lower() for name in header]
    if missing := [name for name in COLUMNS if name not in names]:
        raise _Fault(f"the header lacks {', '.join(missing)}", line=line)
    if foreign := [_shown(name) for name in names if name not in COLUMNS]:
        raise _Fault(f"the roll takes no other columns: remove {', '.join(foreign)}", line=line)
    if len(names) != len(COLUMNS):
        raise _Fault("the header names a column twice", line=line)
    return {name: place for place, name in enumerate(names)}


def _person(
    line: int,
    cells: list[str],
    *,
    places: Mapping[str, int],
    areas: Collection[AreaCode],
    year: int,
) -> PersonOnFile:
    if len(cells) != len(places):
        raise _Fault(f"the row has {len(cells)} of {len(places)} cells")
    row = {name: _clean(name, cells[place]) for name, place in places.items()}
    return PersonOnFile(
        line=line,
        anchor=_anchor(row["anchor"]),
        birth_year=_birth_year(row["birth_year"], year=year),
        area=_area(row["area"], areas),
        language=_language(row["language"]),
    )


def _clean(name: str, cell: str) -> str:
    """Give the cell in normal form C without outer spaces; refuse what no cell should hold."""
    if len(cell) > CELL_MAX:
        raise _Fault(f"the {name} has {len(cell)} characters: more than {CELL_MAX}")
    if cell.isascii() and cell.isprintable():  # most cells, and nothing below concerns them
        return cell.strip()
    trimmed = unicodedata.normalize("NFC", cell).strip()
    # Cc are control characters (NUL, line ends), Cf invisible ones (marks that turn text around).
    if hidden := [c for c in trimmed if unicodedata.category(c) in {"Cc", "Cf"}]:
        raise _Fault(f"the {name} holds the hidden character U+{ord(hidden[0]):04X}")
    return trimmed


def _anchor(cell: str) -> str:
    if not cell:
        raise _Fault("the anchor is missing")
    if len(cell) > ANCHOR_MAX:
        raise _Fault(f"the anchor has {len(cell)} characters: more than {ANCHOR_MAX}")
    return cell


def _birth_year(cell: str, *, year: int) -> int:
    if not (cell.isascii() and cell.isdecimal() and len(cell) == 4):  # noqa: PLR2004 - YYYY
        raise _Fault(f"the birth year {_shown(cell)} is not a year of four digits")
    born = int(cell)
    if born > year:
        raise _Fault(f"the birth year {born} is in the future")
    if year - born > OLDEST_YEARS:
        raise _Fault(f"the birth year {born} is more than {OLDEST_YEARS} years ago")
    return born


def _area(cell: str, areas: Collection[AreaCode]) -> AreaCode:
    if AreaCode(cell) not in areas:
        raise _Fault(f"there is no area {_shown(cell)}")
    return AreaCode(cell)


def _language(cell: str) -> Language:
    try:
        return Language(cell.lower())
    except ValueError as err:
        known = ", ".join(language.value for language in Language)
        raise _Fault(f"the language {_shown(cell)} is none of {known}") from err


def _first_of(first: PersonOnFile, person: PersonOnFile) -> None:
    if first is not person:
        raise _Fault(f"the anchor is the same as in line {first.line}")


def _shown(cell: str) -> str:
    return repr(cell) if cell else "(empty)"
