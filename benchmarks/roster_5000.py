"""Checking and importing a roster of 5,000 fictional persons, beside reading the sheet alone and a bare COPY.

``python -m benchmarks.roster_5000 [--rows 5000] [--runs 3]`` (with ``PYTHONPATH=src:.``). In every run, on a fresh
database: the sheet is read cell by cell without any check; the roster is checked, then imported; and the rows that the
import has written are COPYed into an equal empty database, with its indexes and constraints, in one transaction.
Target (issue 2, section 10): check + import within 10 s and 6 x (reading + COPY).
"""

from __future__ import annotations

import argparse
import io
import json
import statistics
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta

import psycopg
from openpyxl import Workbook
from python_calamine import CalamineWorkbook

from benchmarks.house import Bench, bench
from guitu.people.identity_numbers import check_digit

AT = datetime(2026, 9, 1, 1, tzinfo=UTC)
TODAY = date(2026, 9, 1)
PRISON = "919901000000"
HEADINGS = (
    "罪犯编号", "姓名", "性别", "身份证号", "民族", "文化程度", "户籍地", "户籍地址", "罪名", "原判刑期", "刑满日期",
    "释放类型", "家属姓名", "家属电话",
)  # fmt: skip
FAMILY = "陈何沈潘唐方魏蒋韩曹邓彭吕蔡贾赵钱孙李周吴郑王冯褚卫"
GIVEN = "柏舟以宁砚秋岳清见山知白南枝令仪予安千帆疏影若渝望舒秉文怀瑾如故"
TABLES = (
    "people_person", "people_identifier", "people_fact", "people_responsibility", "journeys_journey", "journeys_clock",
    "ledger_entry", "ledger_payload", "ledger_pending",
)  # fmt: skip


def number(born: str, order: int) -> str:
    """An identity number of the fictional county 910121 with its check character (GB 11643-1999)."""
    body = f"910121{born}{order:03d}"
    return body + check_digit(body)


def roster(rows: int) -> bytes:
    """The workbook: the same fictional persons for the same count, no two with one number."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("名册")
    sheet.append(HEADINGS)
    for one in range(rows):
        born = f"{date(1950, 1, 1) + timedelta(days=one * 37 % 18000):%Y%m%d}"
        order = one % 997 + 1
        if number(born, order).endswith("000"):
            order += 2  # the intake flags such a number as rounded by Excel
        name = FAMILY[one % len(FAMILY)] + GIVEN[one * 7 % len(GIVEN)] + GIVEN[(one * 13 + one // 50) % len(GIVEN)]
        release = TODAY + timedelta(days=40 + one % 300)
        sheet.append(
            (
                f"{one:06d}", name, "男" if order % 2 else "女", number(born, order), "汉族", "初中", "910121",
                f"青榆县雁回镇{one}号", "盗窃罪", "三年", release.isoformat(), "刑满释放", f"{name[0]}某",
                f"130000{one:05d}",
            )
        )  # fmt: skip
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read_alone(data: bytes) -> int:
    """Read every cell of the sheet and nothing else; how many rows there are."""
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
    return len([[str(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)])


def copy_alone(held: Bench) -> tuple[float, int]:
    """COPY what the import wrote into the equal empty database: seconds, and how many rows."""
    kept: dict[str, bytes] = {}
    with psycopg.connect(held.dsn("guitu_load", held.work)) as source:
        for table in TABLES:
            with source.cursor().copy(f"COPY {table} TO STDOUT (FORMAT binary)") as out:
                kept[table] = b"".join(bytes(part) for part in out)
    with psycopg.connect(held.dsn("guitu_load", held.bare)) as target:
        started, rows = time.perf_counter(), 0
        for table, data in kept.items():
            cursor = target.cursor()
            with cursor.copy(f"COPY {table} FROM STDIN (FORMAT binary)") as into:
                into.write(data)
            rows += cursor.rowcount
        target.commit()
        return time.perf_counter() - started, rows


def once(data: bytes, rows: int) -> dict[str, float]:
    """One run on a fresh database."""
    with bench() as held:
        from guitu.access import queries, signing_in
        from guitu.access.acting import acting
        from guitu.access.establishing import account_id, post_id
        from guitu.prison import operations as prison
        from guitu.web.memory import settle

        settle()  # as the processes do that take rosters in

        login = f"demo-{PRISON}-0"
        post = post_id(login, PRISON, "PRISON_LIAISON")
        session = queries.session_of(signing_in.mint(account_id(login), post, lasts=timedelta(hours=1)))
        if session is None:
            raise RuntimeError("the prison's post is missing")
        started = time.perf_counter()
        read_alone(data)
        told = {"read_s": time.perf_counter() - started}
        with acting(session, "PREPARE_RETURN"):
            started = time.perf_counter()
            found = prison.check(data, file_name="名册.xlsx", today=TODAY)
            told["check_s"] = time.perf_counter() - started
            started = time.perf_counter()
            taken = prison.import_roster(data, file_name="名册.xlsx", today=TODAY, at=AT)
            told["import_s"] = time.perf_counter() - started
        told["new"] = len(taken.comparison.new)
        if len(found.new) != rows or len(taken.comparison.new) != rows:
            raise RuntimeError(f"{rows} rows were made, {len(taken.comparison.new)} taken in")
        told["copy_s"], told["rows_written"] = copy_alone(held)
    told["both_s"] = told["check_s"] + told["import_s"]
    told["ratio"] = told["both_s"] / (told["read_s"] + told["copy_s"])
    return told


def main() -> None:
    """Print every run as a JSON line, then the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--one", action="store_true", help="one run in this process")
    given = parser.parse_args()
    if given.one:
        print(json.dumps(once(roster(given.rows), given.rows)))
        return
    runs = []
    for _ in range(given.runs):
        words = [sys.executable, "-m", "benchmarks.roster_5000", "--one", "--rows", str(given.rows)]
        runs.append(
            json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
        )
        print(json.dumps({key: round(value, 3) for key, value in runs[-1].items()}))
    print(json.dumps({"median": {key: round(statistics.median(run[key] for run in runs), 3) for key in runs[0]}}))


if __name__ == "__main__":
    main()
