"""A sheet as the roster check sees it: values from A1 on, and what the sheet says about them beside the values."""

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
    letters, digits = "", ""
    for character in reference:
        if character == "$":
            continue
        if character.isascii() and character.isalpha() and not digits:
            letters += character.upper()
        elif character.isascii() and character.isdigit():
            digits += character
        else:
            return None
    if not letters or not digits or len(letters) > 3 or len(digits) > 7:
        return None
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(digits) - 1, column - 1
