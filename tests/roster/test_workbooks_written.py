"""The workbooks the intake writes: our template, and the sheet handed back with its remarks."""

import datetime
import io
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest

from guitu.prison.roster import check_roster
from guitu.prison.roster.catalogue import catalogue
from guitu.prison.roster.remarks import remarked_copy
from guitu.prison.roster.template import template_workbook
from tests.roster.corpus_generator import corpus
from tests.roster.corpus_tables import TODAY, Table, people, xlsx

READ = [roster for roster in corpus() if not roster.expected.refused]


def _saved(book: Any) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_our_template_knows_every_field_and_asks_for_nothing_when_empty() -> None:
    report = check_roster(template_workbook(), today=TODAY)
    roster = next(sheet for sheet in report.sheets if sheet.name == "名册")
    assert [column.field for column in roster.columns] == ["", *catalogue().fields]
    assert report.clean
    assert report.rows == ()


def test_a_person_filled_into_our_template_is_accepted() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template_workbook()))
    sheet = book["名册"]
    (one,) = people(1)
    for column, field in enumerate(catalogue().fields, 2):
        sheet.cell(2, column, one.get(field))
    report = check_roster(_saved(book), today=TODAY)
    assert [row.result for row in report.rows] == ["accepted"]


def test_identity_columns_of_the_template_are_text() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(template_workbook()))["名册"]
    letter = next(cell.column_letter for cell in sheet[1] if str(cell.value).startswith("证件号码"))
    assert sheet.column_dimensions[letter].number_format == "@"


@pytest.mark.parametrize("roster", READ, ids=lambda roster: roster.name)
def test_a_remarked_copy_names_every_problem_beside_its_row(roster: Any) -> None:
    report = check_roster(roster.data, roster.file_name, today=TODAY, mapping=roster.mapping)
    copy = openpyxl.load_workbook(io.BytesIO(remarked_copy(roster.data, report, roster.file_name)))
    for sheet in report.sheets:
        if not sheet.read:
            continue
        cells = copy[sheet.name]
        header = sheet.header_rows[-1]
        column = next(cell.column for cell in cells[header] if cell.value == "批注")
        for problem in report.problems:
            if problem.sheet == sheet.name and problem.row > header:
                assert problem.message_zh in str(cells.cell(problem.row, column).value)


def test_a_remarked_copy_checked_again_gives_the_same_rows() -> None:
    table = Table(4)
    table.plant(1, "release_date", "2027.2.30", "DATE_NOT_REAL", "to_correct", None)
    first = check_roster(xlsx(table), today=TODAY)
    again = check_roster(remarked_copy(xlsx(table), first), today=TODAY)
    assert again.rows == first.rows
    assert again.problems == first.problems
    twice = remarked_copy(remarked_copy(xlsx(table), first), again)
    headings = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(twice)).active[1]]
    assert headings.count("批注") == 1


@pytest.mark.parametrize("evil", ["=cmd|'/c calc'!A1", "+1+1", "-2", "@SUM(A1)"])
def test_text_that_looks_like_a_formula_stays_text_in_the_copy(evil: str) -> None:
    text = "姓名,身份证号,性别,户籍地,释放日期,备注\n程望野,1,男,枕溪县,2027-01-05," + evil
    report = check_roster(text.encode(), today=TODAY)
    sheet = openpyxl.load_workbook(io.BytesIO(remarked_copy(text.encode(), report))).active
    assert sheet["F2"].value == evil
    assert sheet["F2"].data_type == "s"
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_a_text_cell_that_begins_with_an_equals_sign_is_no_formula_after_the_round_trip() -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx(Table(2))))
    book.active["F2"].value = "=1+1"
    book.active["F2"].data_type = "s"
    data = _saved(book)
    copy = openpyxl.load_workbook(io.BytesIO(remarked_copy(data, check_roster(data, today=TODAY))))
    assert copy.active["F2"].data_type == "s"


def test_a_copy_is_not_made_with_the_report_of_another_file() -> None:
    report = check_roster(xlsx(Table(1, sheet="甲")), today=datetime.date(2026, 11, 22))
    with pytest.raises(ValueError, match="not made from this file"):
        remarked_copy(xlsx(Table(1, sheet="乙")), report)
