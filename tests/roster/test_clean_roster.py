"""A clean spreadsheet becomes a report in which every row can be accepted."""

import datetime
import io

import openpyxl  # type: ignore[import-untyped]

from guitu.prison.roster import check_roster

TODAY = datetime.date(2026, 11, 22)


def _clean_workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["姓名", "身份证号", "性别", "出生日期", "户籍地", "释放日期"])
    sheet.append(
        ["程望野", "910001199004170018", "男", datetime.date(1990, 4, 17), "枕溪县", datetime.date(2027, 1, 5)]
    )
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_clean_roster_is_accepted_with_normalised_values() -> None:
    report = check_roster(_clean_workbook(), today=TODAY)
    assert report.clean
    assert report.problems == ()
    (row,) = report.as_json()["rows"]
    assert row == {
        "sheet": "Sheet",
        "row": 2,
        "result": "accepted",
        "fields": {
            "name": "程望野",
            "id_number": "910001199004170018",
            "sex": "1",
            "birth_date": "1990-04-17",
            "household_division": "枕溪县",
            "release_date": "2027-01-05",
        },
    }
