"""Whatever stands in a cell or in a file, the check answers with a report or a refusal, and its counts agree."""

import csv
import datetime
import io
import random
import time

import openpyxl  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guitu.prison.roster import Report, RosterRefusedError, check_roster
from guitu.prison.roster.catalogue import catalogue
from guitu.prison.roster.cells import CellReader
from guitu.prison.roster.remarks import remarked_copy
from tests.roster.corpus_containers import XlsSheet, changed_package, part, xls
from tests.roster.corpus_generator import corpus
from tests.roster.corpus_tables import BASE, TODAY, Table, people, xlsx

READER = CellReader(catalogue(), datetime.date(1899, 12, 30))
FIELDS = list(catalogue().fields.values())
HEADINGS = [field.zh for field in FIELDS]

SHEET_PART = "xl/worksheets/sheet1.xml"

# Words that stand near what is really written, so that the search does not stay among nonsense.
NEAR = st.sampled_from(
    [
        *(word for words in catalogue().labels.values() for word in words),
        *[
            "程望野",
            "910001199004170018",
            "９１０００１１９９００４１７００１８",
            "2027.3.5",
            "2027年2月30日",
            "46451",
            "无证件",
            "合计",
            "共3人",
            "注：",
            "#N/A",
        ],
        *[
            "=1+1",
            "'2027-03-05",
            "〇",
            "二〇二七年十十月一日",
            "①②",
            "٣٤٥",
            "²",
            "1e999",
            "139-0000-0000",
            "是否",
            "2027-00-00",
        ],
    ]
)
TEXTS = NEAR | st.text(max_size=30) | st.text(alphabet="0123456789Xx.-年月日 　'", max_size=24)
STORED = (
    TEXTS
    | st.floats()
    | st.integers(-(10**20), 10**20).map(float)
    | st.booleans()
    | st.dates()
    | st.datetimes()
    | st.times()
    | st.timedeltas()
)


def _agrees(report: Report) -> None:
    counts = report.as_json()["counts"]
    assert counts["accepted"] + counts["to_correct"] + counts["to_decide"] == len(report.rows)
    assert len(report.rows) == sum(sheet.data_rows for sheet in report.sheets)
    for row in report.rows:
        if row.result == "accepted":
            for field in FIELDS:
                if field.required and row.fields[field.code] is None:
                    assert field.code == "id_number"
        else:
            told = [p for p in report.problems if p.sheet == row.sheet and p.effect != "note"]
            assert told


@given(st.lists(st.lists(TEXTS, min_size=len(FIELDS), max_size=len(FIELDS)), max_size=5))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_any_text_in_any_cell_of_a_csv_is_reported_or_refused(rows: list[list[str]]) -> None:
    stream = io.StringIO()
    csv.writer(stream).writerows([HEADINGS, *rows])
    data = stream.getvalue().encode("utf-8", "replace")
    try:
        report = check_roster(data, today=TODAY)
    except RosterRefusedError as refusal:
        assert refusal.code == "NOT_A_SPREADSHEET"  # noqa: PT017 - both outcomes are right, only this refusal is
        assert b"\0" in data
        return
    _agrees(report)
    remarked_copy(data, report)


@given(st.lists(st.lists(TEXTS, min_size=len(FIELDS), max_size=len(FIELDS)), min_size=1, max_size=3))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_any_text_in_any_cell_of_a_workbook_is_reported(rows: list[list[str]]) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(HEADINGS)
    for row_index, row in enumerate(rows, 2):
        for column, text in enumerate(row, 1):
            cell = sheet.cell(row_index, column)
            cell.value = openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", text).encode("utf-8", "replace").decode()
            cell.data_type = "s"
    stream = io.BytesIO()
    book.save(stream)
    _agrees(check_roster(stream.getvalue(), today=TODAY))


@given(st.sampled_from(FIELDS), STORED)
@settings(max_examples=1500, deadline=None, derandomize=True)
def test_reading_a_cell_twice_is_reading_it_once(field, stored) -> None:  # type: ignore[no-untyped-def]
    once = READER.read(field, stored).value
    again = READER.read(field, "、".join(once) if isinstance(once, list) else once if once is not None else "").value
    assert again == once or (once == [] and again is None)


@given(st.lists(st.lists(TEXTS | st.just(""), max_size=12), max_size=12))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_any_table_without_a_known_shape_is_reported_or_refused(rows: list[list[str]]) -> None:
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    try:
        _agrees(check_roster(stream.getvalue().encode("utf-8", "replace"), today=TODAY))
    except RosterRefusedError as refusal:
        assert refusal.as_json()["refused"]["message_en"]  # noqa: PT017 - a refusal is one of the right answers


@pytest.mark.parametrize("kind", ["xlsx", "xls", "sheet"])
def test_a_file_with_flipped_bytes_is_reported_or_refused(kind: str) -> None:
    table = Table(4)
    lines = [["" if isinstance(value, datetime.date) else value for value in line] for line in table.lines()]
    good = {
        "xlsx": xlsx(table),
        "xls": xls([XlsSheet("名册", lines)]),
        "sheet": part(xlsx(table), SHEET_PART),
    }[kind]
    chance = random.Random(20261122)
    refused = 0
    for _ in range(250):
        broken = bytearray(good)
        for _ in range(chance.choice([1, 3, 20])):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        data = changed_package(xlsx(table), {SHEET_PART: bytes(broken)}) if kind == "sheet" else bytes(broken)
        try:
            _agrees(check_roster(data, today=TODAY))
        except RosterRefusedError:
            refused += 1
    assert refused > 10


def test_no_problem_shows_a_whole_identity_number_or_name() -> None:
    for roster in corpus():
        if roster.expected.refused:
            continue
        report = check_roster(roster.data, roster.file_name, today=TODAY, mapping=roster.mapping)
        secrets = {str(row.fields[key]) for row in report.rows for key in ("id_number", "name") if row.fields.get(key)}
        secrets = {secret for secret in secrets if len(secret) > 1}
        for problem in report.problems:
            shown = [problem.value_masked, problem.message_zh, problem.message_en]
            assert not any(secret in text for secret in secrets for text in shown), (roster.name, problem)
        masked = report.as_json(show_values=False)
        assert not any(len(s) > 14 and s in str(masked["rows"]) for s in secrets), roster.name


def test_five_thousand_rows_are_checked_within_three_seconds() -> None:
    crowd = people(5000)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("名册")
    sheet.append(BASE)
    for index in range(5000):
        sheet.append([index + 1, *crowd[index].values()])
    stream = io.BytesIO()
    book.save(stream)
    start = time.process_time()  # seconds of work, whatever else the machine does
    report = check_roster(stream.getvalue(), today=TODAY)
    assert time.process_time() - start < 3
    assert report.count("accepted") == 5000
