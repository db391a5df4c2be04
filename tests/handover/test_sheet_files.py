"""A sheet as a file: no cell is taken for a formula, and the file bears the marks of its export. No database."""

import csv
import io

import openpyxl
import pytest

from guitu.handover.sheet_files import Sheet, as_csv, as_xlsx, matching_rows, read_leaked, safe

ROWS = tuple((f"GT{number:04}", "陈柏舟", "青榆县司法局") for number in range(12))
MADE = Sheet(
    "DC20260616-AB12CD34", "export-1", "桐岭监狱 · 侯知白 · DC20260616-AB12CD34", ("编号", "姓名", "单位"), ROWS
)


def digest(export_id, row):
    return (sum(row.encode()) * (7 if export_id == "export-1" else 5) + len(export_id)) & 3


@pytest.mark.parametrize("text", ["=1+1", "+86", "-3", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "\u3000=HYPERLINK(1)"])
def test_a_cell_that_could_be_a_formula_is_disarmed(text) -> None:
    assert safe(text) == "'" + text
    for data in (as_csv, as_xlsx):
        written = read_leaked(data(Sheet("N", "e", "w", ("a", "b"), ((text, "x"),)), lambda *_: 0)).rows
        assert "'" + text.replace("\r", "\n") in {cell.replace("\r", "\n") for row in written for cell in row}
    assert safe("张三-李四") == "张三-李四"  # control: harmless text stays as it is


def test_the_printed_line_stands_on_every_page_and_no_cell_is_a_formula() -> None:
    lines = list(csv.reader(io.StringIO(as_csv(MADE, digest).decode("utf-8-sig"))))
    assert lines[0] == lines[-1] == [MADE.watermark]
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(MADE, digest)))
    assert MADE.number in book.active.oddHeader.center.text
    assert MADE.number in book.active.oddFooter.center.text
    assert {cell.data_type for row in book.active.iter_rows() for cell in row if cell.value} == {"s"}


@pytest.mark.parametrize("data", [b"PK\x03\x04", as_xlsx(MADE, digest)[:-40], b'a,"\r' + b"x" * 200_000, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_said_to_be_none(data) -> None:
    with pytest.raises(ValueError, match=r"not a|codec"):
        read_leaked(data)


@pytest.mark.parametrize("data", [as_csv, as_xlsx])
def test_the_spaces_tell_the_export_also_without_its_lines_in_another_order_and_in_part(data) -> None:
    leaked = read_leaked(data(MADE, digest))
    rows = [row for row in leaked.rows if row[0].startswith("GT")][::-1][:8]
    cut = type(leaked)(rows, "")
    assert matching_rows(cut, "export-1", digest) == (8, 8)
    fits, of_all = matching_rows(cut, "export-two", digest)
    assert fits < of_all  # control: another export's spaces are others
    trimmed = type(leaked)([[cell.strip() for cell in row] for row in rows], "")
    assert matching_rows(trimmed, "export-1", digest)[0] < 8  # what is said in docs/trust.md: trimming removes them
