"""The same sheet back with a column 批注: what is wrong with each row and how to put it right."""

import io
import re
import warnings
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

import openpyxl  # type: ignore[import-untyped]  # the package ships no types
from openpyxl.comments import Comment  # type: ignore[import-untyped]
from openpyxl.styles import Alignment  # type: ignore[import-untyped]
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]

from guitu.prison.roster.catalogue import catalogue
from guitu.prison.roster.report import Problem, Report, Sheet
from guitu.prison.roster.workbook import Workbook, read_workbook

REMARKS_HEADING: Final = "批注"
_FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST_CELL: Final = 32767
_WIDTH: Final = 60


def remarked_copy(data: bytes, report: Report, file_name: str = "") -> bytes:
    """The checked file as .xlsx with its cells as they were and a remark beside every row that has a problem.

    `report` is the report of exactly these bytes (else ValueError). An .xls or CSV becomes an .xlsx of the values read;
    there, text that begins like a formula stays text. In an .xlsx formulas stay formulas, without stored value until
    Excel opens the copy. Raises RosterRefusedError like the check itself.
    """
    book = read_workbook(data, file_name, catalogue().limits)
    copy = _original(data) if book.kind == "xlsx" else _rebuilt(book)
    if [sheet.name for sheet in report.sheets] != [grid.name for grid in book.sheets]:
        raise ValueError("the report was not made from this file")
    by_row: dict[tuple[str, int], list[Problem]] = defaultdict(list)
    for problem in report.problems:
        by_row[problem.sheet, problem.row].append(problem)
    for sheet in report.sheets:
        if sheet.read:
            _remark(copy[sheet.name], sheet, by_row)
    stream = io.BytesIO()
    copy.save(stream)
    return stream.getvalue()


def _original(data: bytes) -> Any:
    with warnings.catch_warnings():
        # openpyxl warns of extensions and drawings that it leaves out of the copy; the cells are what is asked for.
        warnings.simplefilter("ignore", UserWarning)
        return openpyxl.load_workbook(io.BytesIO(data))


def _rebuilt(book: Workbook) -> Any:
    copy = openpyxl.Workbook()
    copy.remove(copy.active)
    for grid in book.sheets:
        sheet = copy.create_sheet(grid.name)
        sheet.sheet_state = "visible" if grid.visible else "hidden"
        for row, values in enumerate(grid.rows, 1):
            for column, value in enumerate(values, 1):
                if isinstance(value, str):
                    _write_text(sheet.cell(row, column), value)
                else:
                    sheet.cell(row, column, value)
        for row in grid.hidden_rows:
            sheet.row_dimensions[row + 1].hidden = True
        for top, left, bottom, right in grid.merged:
            sheet.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
    return copy


def _remark(sheet: Any, checked: Sheet, by_row: dict[tuple[str, int], list[Problem]]) -> None:
    header = checked.header_rows[-1]
    column = next((cell.column for cell in sheet[header] if cell.value == REMARKS_HEADING), sheet.max_column + 1)
    _write_text(sheet.cell(header, column), REMARKS_HEADING)
    sheet.column_dimensions[get_column_letter(column)].width = _WIDTH
    whole = [*by_row.get((checked.name, 0), ()), *by_row.get((checked.name, header), ())]
    if whole:
        sheet.cell(header, column).comment = Comment(_text(whole), "归途 Guitu", width=480, height=240)
    for row in range(header + 1, sheet.max_row + 1):
        problems = by_row.get((checked.name, row))
        cell = sheet.cell(row, column)
        if problems:
            _write_text(cell, _text(problems))
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        elif cell.value is not None:
            cell.value = None


def _text(problems: Iterable[Problem]) -> str:
    """One line a problem: the column, what is wrong and what to do; each begins with a word of ours."""
    return "\n".join(
        f"{f'第{problem.column}列 ' if problem.column else ''}{problem.message_zh}。{problem.remedy_zh}。"
        f"（{problem.message_en}. {problem.remedy_en}.）"
        for problem in problems
    )


def _write_text(cell: Any, text: str) -> None:
    """Write a text that stays text whatever it begins with."""
    if not text:
        cell.value = None
        return
    cell.value = _FORBIDDEN.sub("\ufffd", text)[:_LONGEST_CELL]
    cell.data_type = "s"  # openpyxl would make a formula of a leading equals sign
    cell.number_format = "@"
    cell.quotePrefix = text[0] in "=+-@\t\r"
