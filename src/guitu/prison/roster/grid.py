"""A sheet as the roster check sees it: values from A1 on, and what the sheet says about them beside the values."""

import functools
from dataclasses import dataclass, field


@dataclass(slots=True)
class Grid:
    """One sheet. Rows and columns count from 0; `merged` holds inclusive (top, left, bottom, right).

    `rows` holds the stored values: text, float, bool, date, datetime, time, timedelta; "" for an empty cell.
    """

    name: str
    visible: bool = True
    rows: list[list[object]] = field(default_factory=list)
    formulas: set[tuple[int, int]] = field(default_factory=set)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


@dataclass(slots=True)
class SheetMarks:
    """What a sheet says beside its values, as scanned from the file before any value is read."""

    name: str
    visible: bool = True
    last_row: int = -1
    last_column: int = -1
    formulas: set[tuple[int, int]] = field(default_factory=set)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)

    @property
    def area(self) -> int:
        """Cells from A1 to the last filled one."""
        return (self.last_row + 1) * (self.last_column + 1)


def column_letter(index: int) -> str:
    """The letter Excel shows above a column counted from 0: 0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def parse_reference(reference: str) -> tuple[int, int] | None:
    """Row and column from 0 of a reference such as B12 or $B$12; None when it is none."""
    plain = reference.replace("$", "")
    letters = plain.rstrip("0123456789")
    digits = plain[len(letters) :]
    if not digits or len(digits) > 7:
        return None
    column = _column_of(letters)
    return (int(digits) - 1, column) if column is not None else None


@functools.lru_cache(maxsize=1024)
def _column_of(letters: str) -> int | None:
    if not 1 <= len(letters) <= 3 or not (letters.isascii() and letters.isalpha()):
        return None
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1


def parse_area(reference: str) -> tuple[int, int, int, int] | None:
    """Top, left, bottom, right from 0 of a reference such as B2:C9, or of one cell; None when it is none."""
    first, _, last = reference.partition(":")
    start, end = parse_reference(first), parse_reference(last or first)
    return (*start, *end) if start is not None and end is not None else None
