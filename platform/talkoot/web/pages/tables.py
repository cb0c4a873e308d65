"""A table as a frozen value; one macro writes them all."""

from dataclasses import dataclass

from talkoot.web.voice import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column's heading, and whether it holds numbers."""

    words: str
    is_number: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table; the first cell of each row is the row's heading."""

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Said | str, ...], ...]


def text_column(words: str) -> Column:
    """Give a column that holds words."""
    return Column(words=words, is_number=False)
