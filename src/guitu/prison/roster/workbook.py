"""A roster file as sheets of values: .xlsx, .xls or CSV, told apart by content and never by the file's name."""

import datetime
import io
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

import python_calamine

from guitu.prison.roster.catalogue import Limits
from guitu.prison.roster.compound_file import is_compound_file, scan_compound_file
from guitu.prison.roster.grid import Grid, SheetMarks
from guitu.prison.roster.package_file import scan_package
from guitu.prison.roster.report import RosterRefusedError
from guitu.prison.roster.text_file import read_text_file

_EPOCH_1900: Final = datetime.date(1899, 12, 30)
_EPOCH_1904: Final = datetime.date(1904, 1, 1)
_CSV_SHEET: Final = "CSV"


@dataclass(slots=True)
class Workbook:
    """The sheets of a file in order, `kind` xlsx, xls or csv, and the day that Excel's day numbers count from."""

    kind: str
    sheets: list[Grid]
    epoch: datetime.date = _EPOCH_1900


def read_workbook(data: bytes, file_name: str, limits: Limits) -> Workbook:
    """Read every visible sheet; hidden ones are named and left unread. Raises RosterRefusedError."""
    if not data:
        raise RosterRefusedError("FILE_EMPTY")
    if len(data) > limits.megabytes * 1024 * 1024:
        raise RosterRefusedError("TOO_BIG", limit=str(limits.megabytes))
    if is_compound_file(data):
        marks, from_1904 = scan_compound_file(data, limits)
        kind = "xls"
    elif data.startswith(b"PK"):
        marks, from_1904 = scan_package(data, limits)
        kind = "xlsx"
    else:
        name = PurePath(file_name).stem or _CSV_SHEET
        return Workbook("csv", [read_text_file(data, name, limits.area_cells)])
    return Workbook(kind, _read_values(data, marks, limits), _EPOCH_1904 if from_1904 else _EPOCH_1900)


def _read_values(data: bytes, marks: list[SheetMarks], limits: Limits) -> list[Grid]:
    # The area is bounded before calamine lays it out: one stray cell in the last corner would ask for all memory.
    if any(sheet.visible and sheet.area > limits.area_cells for sheet in marks):
        raise RosterRefusedError("AREA_TOO_LARGE")
    for sheet in marks:
        if sheet.visible:
            sheet.merged = _within(sheet)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        return [_grid(book, sheet) for sheet in marks]
    except python_calamine.PasswordError as error:
        raise RosterRefusedError("ENCRYPTED") from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise RosterRefusedError("FILE_DAMAGED") from error
    except BaseException as error:
        # A broken .xls can make the reader panic; its exception has no importable class and is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise RosterRefusedError("FILE_DAMAGED") from error


def _within(sheet: SheetMarks) -> list[tuple[int, int, int, int]]:
    """The merged areas as far as anything is filled. No two share a cell, so together they are no larger than the
    sheet, and reading them cell by cell has an end. Raises RosterRefusedError where they are.
    """
    made, left_over = [], sheet.area
    for top, left, bottom, right in sheet.merged:
        area = (top, left, min(bottom, sheet.last_row), min(right, sheet.last_column))
        cells = max(area[2] - top + 1, 0) * max(area[3] - left + 1, 0)
        left_over -= cells
        if left_over < 0:
            raise RosterRefusedError("FILE_DAMAGED")
        made += [area] if cells else []
    return made


def _grid(book: python_calamine.CalamineWorkbook, marks: SheetMarks) -> Grid:
    grid = Grid(
        name=marks.name,
        visible=marks.visible,
        formulas=marks.formulas,
        errors=marks.errors,
        hidden_rows=marks.hidden_rows,
        hidden_columns=marks.hidden_columns,
        merged=marks.merged,
    )
    if marks.visible:
        sheet = book.get_sheet_by_name(marks.name)
        grid.rows = [list(row) for row in sheet.to_python(skip_empty_area=False)]
    return grid
