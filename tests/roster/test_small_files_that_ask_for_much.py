"""A small file that would be laid out as gigabytes, or read for hours, is refused before it is; its like is read."""

import re
import struct
from dataclasses import replace

import pytest

from guitu.prison.roster import RosterRefusedError, check_roster
from guitu.prison.roster.catalogue import catalogue
from guitu.prison.roster.workbook import read_workbook
from tests.roster.corpus_containers import XlsSheet, changed_package, part, xls, xls_record
from tests.roster.corpus_tables import TODAY, Table, xlsx

SHEET, BOOK, STRINGS = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"
ARRAY = '<c r="A1" t="n"><f t="array" ref="A1:XFD1048576">1</f><v>1</v></c>'
LONG = "ab" * 15_000
OFTEN = 1024 * 1024 // len(LONG) + 1
CHUNK = 8_000


def refusal(data: bytes, name: str = "a.xlsx", **less: int) -> str:
    with pytest.raises(RosterRefusedError) as caught:
        read_workbook(data, name, replace(catalogue().limits, **less))
    return caught.value.code


def changed(name: str, old: str, new: str, *, count: int = 4) -> bytes:
    good = xlsx(Table(count))
    text = part(good, name).decode()
    assert old in text
    return changed_package(good, {name: text.replace(old, new, 1).encode()})


def shared(times: int) -> bytes:
    """Cells that name one long text, in a column without a heading."""
    good = xlsx(Table(2))
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    texts = f'<sst xmlns="{main}"><si><t>first</t></si><si><r><t>{LONG[:9]}</t></r><r><t>{LONG[9:]}</t></r></si></sst>'
    rows = "".join(f'<row r="{row}"><c r="Z{row}" t="s"><v>1</v></c></row>' for row in range(50, 50 + times))
    sheet = part(good, SHEET).decode().replace("</sheetData>", rows + "</sheetData>")
    return changed_package(good, {SHEET: sheet.encode()}, add={STRINGS: texts.encode()})


class Shared(int):
    """The number of a shared text of an .xls."""


class SharingSheet(XlsSheet):
    """A sheet of an .xls some of whose cells name a shared text."""

    def _cell(self, row: int, column: int, value: object) -> bytes:
        if isinstance(value, Shared):
            return xls_record(0xFD, struct.pack("<HHHI", row, column, 0, value))
        return super()._cell(row, column, value)


def texts(*bodies: list[bytes]) -> bytes:
    """The records of these texts; the parts of one lie in records of their own."""
    chunks = [struct.pack("<II", len(bodies), len(bodies))]
    for first, *more in bodies:
        chunks[-1] += first
        chunks += more
    return xls_record(0xFC, chunks[0]) + b"".join(xls_record(0x3C, chunk) for chunk in chunks[1:])


def long_text() -> list[bytes]:
    raw = LONG.encode()
    pieces = [raw[at : at + CHUNK] for at in range(0, len(raw), CHUNK)]
    return [struct.pack("<HB", len(raw), 0) + pieces[0], *(b"\0" + piece for piece in pieces[1:])]


def test_an_array_formula_over_a_whole_sheet_is_not_laid_out_cell_by_cell() -> None:
    far = f'<sheetData><row r="1">{ARRAY}</row><row r="1048576"><c r="XFD1048576" t="n"><v>1</v></c></row></sheetData>'
    good = xlsx(Table(1))
    text = re.sub(r"<sheetData>.*</sheetData>", far, part(good, SHEET).decode(), flags=re.DOTALL)
    assert refusal(changed_package(good, {SHEET: text.encode()})) == "AREA_TOO_LARGE"


def test_arrays_that_lie_over_one_another_end_by_their_comparisons() -> None:
    over = f'<row r="40">{ARRAY.replace("A1:", "A2:") * 30}</row>'
    cells = "".join(f'<row r="{row}"><c r="B{row}" t="n"><v>1</v></c></row>' for row in range(50, 60))
    data = changed(SHEET, "</sheetData>", f"{over}{cells}</sheetData>")
    assert refusal(data, area_cells=600) == "AREA_TOO_LARGE"
    assert read_workbook(data, "a.xlsx", replace(catalogue().limits, area_cells=6_000)).sheets  # the control


def test_control_an_array_formula_marks_the_cells_that_it_fills() -> None:
    text = part(xlsx(Table(4)), SHEET).decode()
    array = '<f t="array" ref="B2:C4">1</f><is>'
    text, count = re.subn(r'(<c r="B2"[^>]*>)<is>', rf"\1{array}", text)
    assert count == 1
    (sheet,) = read_workbook(
        changed_package(xlsx(Table(4)), {SHEET: text.encode()}), "a.xlsx", catalogue().limits
    ).sheets
    assert sheet.formulas == {(row, column) for row in (1, 2, 3) for column in (1, 2)}


def test_one_sheet_under_many_names_is_read_once_and_refused() -> None:
    name = re.search(r"<sheet [^>]*/>", part(xlsx(Table(1)), BOOK).decode())
    assert name is not None
    again = name[0].replace("名册", "又一")
    assert refusal(changed(BOOK, name[0], name[0] + again)) == "FILE_DAMAGED"


def test_a_row_number_longer_than_any_row_is_refused() -> None:
    assert refusal(changed(SHEET, '<row r="2"', f'<row r="{"9" * 5_000}"')) == "FILE_DAMAGED"


@pytest.mark.parametrize("area", ["A2:A1048576", "A2:XFD3"])
def test_merged_areas_that_share_cells_are_refused_and_others_are_not(area: str) -> None:
    merges = f"</sheetData><mergeCells>{f'<mergeCell ref={chr(34)}{area}{chr(34)}/>' * 60}</mergeCells>"
    assert refusal(changed(SHEET, "</sheetData>", merges)) == "FILE_DAMAGED"
    one = f'</sheetData><mergeCells><mergeCell ref="{area}"/></mergeCells>'
    assert check_roster(changed(SHEET, "</sheetData>", one), "a.xlsx", today=TODAY).rows  # the control


def test_a_text_that_too_many_cells_share_is_refused_and_one_that_few_share_is_not() -> None:
    assert refusal(shared(OFTEN), unpacked_megabytes=1) == "INFLATION"
    (sheet,) = read_workbook(shared(20), "a.xlsx", replace(catalogue().limits, unpacked_megabytes=1)).sheets
    assert sheet.rows[-1][-1] == LONG  # the control


@pytest.mark.parametrize("index", ["7" * 5_000, "+0", "99999"])
def test_a_shared_text_that_there_is_not_is_refused(index: str) -> None:
    cell = f'<row r="60"><c r="A60" t="s"><v>{index}</v></c></row></sheetData>'
    assert refusal(changed(SHEET, "</sheetData>", cell)) == "FILE_DAMAGED"


def test_an_old_file_shares_no_more_text_than_a_new_one() -> None:
    lines = Table(2).lines()
    sheet = SharingSheet("名册", [*lines, *([Shared(0)] for _ in range(OFTEN))])
    assert refusal(xls([sheet], extra=texts(long_text())), "a.xls", unpacked_megabytes=1) == "INFLATION"


def test_control_shared_texts_of_an_old_file_are_counted_as_they_are_laid_over_records() -> None:
    table = Table(4)
    header, *lines = [list(line) for line in table.lines()]
    names = [line[header.index("姓名")] for line in lines]
    wide = [name.encode("utf-16-le") for name in names]
    rich = struct.pack("<HBH", len(names[1]), 1 | 8, 2) + wide[1] + bytes(8)
    told = struct.pack("<HBI", len(names[2]), 1 | 4, 6) + wide[2] + bytes(6)
    split = [struct.pack("<HB", len(names[3]), 1) + wide[3][:2], b"\1" + wide[3][2:]]
    first = struct.pack("<HB", len(names[0]), 1) + wide[0]
    for at, line in enumerate(lines):
        line[header.index("姓名")] = Shared(at)
    data = xls([SharingSheet("名册", [header, *lines])], extra=texts([first], [rich], [told], split, long_text()))
    report = check_roster(data, "a.xls", today=TODAY)
    assert [row.fields["name"] for row in report.rows] == names


def test_two_sheets_of_an_old_file_share_no_record() -> None:
    sheets = [XlsSheet("名册", Table(2).lines()), XlsSheet("另册", Table(2, start=9).lines())]
    good = xls(sheets)
    at = [
        found.start() for found in re.finditer(rb"\x85\x00", good) if good[found.end() + 7 : found.end() + 8] == b"\0"
    ]
    first, second = at[:2]
    same = good[: second + 4] + good[first + 4 : first + 8] + good[second + 8 :]
    assert refusal(same, "a.xls") == "FILE_DAMAGED"
    assert check_roster(good, "a.xls", today=TODAY).rows  # the control


@pytest.mark.parametrize(
    "cells", ["\n" * 60, ",\n" * 30, "," * 60, "=1,=1\n" * 30], ids=["lines", "pairs", "wide", "formulas"]
)
def test_a_text_of_nothing_but_cells_is_refused_where_a_sheet_of_that_size_is(cells: str) -> None:
    data = f"姓名,证件号码\n{cells}".encode()
    assert refusal(data, "a.csv", area_cells=60) == "AREA_TOO_LARGE"
    assert read_workbook(data, "a.csv", replace(catalogue().limits, area_cells=70)).sheets  # the control
