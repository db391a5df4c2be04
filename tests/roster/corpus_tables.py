"""A roster as the corpus thinks of it: invented people, what is written into each cell, and what must come of it."""

import datetime
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import openpyxl  # type: ignore[import-untyped]
from openpyxl.worksheet.worksheet import Worksheet  # type: ignore[import-untyped]

TODAY = datetime.date(2026, 11, 22)
BASE = ["序号", "姓名", "身份证号", "性别", "出生日期", "户籍地", "刑满日期"]
KEYS = ["", "name", "id_number", "sex", "birth_date", "household_division", "release_date"]

_FAMILY = "程苗龚温钟离侯吕云桐枕溪程苗龚温"
_GIVEN = ["望野", "新雨", "一舟", "如是", "晚照", "知白", "思齐", "清和", "观澜", "怀瑾", "听松", "未央"]
_MIDDLE = "之其以于与及在自由同成为"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def identity_number(birth: datetime.date, order: int, division: str = "910001") -> str:
    """A number of the fictional province with a correct last character."""
    first = f"{division}{birth:%Y%m%d}{order:03d}"
    return first + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first, _WEIGHTS, strict=True)) % 11]


def people(count: int, start: int = 0) -> list[dict[str, Any]]:
    """Up to 5,000 invented people without any fault, no two of one name and birth date."""
    found = []
    for index in range(start, start + count):
        birth = datetime.date(1970 + index % 30, 1 + index % 12, 1 + index % 28)
        division = f"9100{1 + index // 800:02d}"
        order = 101 + index % 800
        while identity_number(birth, order, division).endswith("000"):
            order += 2
        found.append(
            {
                "name": _name(index),
                "id_number": identity_number(birth, order, division),
                "sex": "男" if order % 2 else "女",
                "birth_date": birth,
                "household_division": ["枕溪县", "云汀市", "910002"][index % 3],
                "release_date": datetime.date(2027, 1 + index % 12, 5 + index % 20),
            }
        )
    return found


def _name(index: int) -> str:
    # The other parts and the birth dates repeat after 420 people, so the middle character changes before that.
    return _FAMILY[index % len(_FAMILY)] + _MIDDLE[index // 417] + _GIVEN[index % len(_GIVEN)]


Problem = tuple[str, int, str, str, str]
"""Sheet, row, column, field, code."""


@dataclass
class Expected:
    """What the report must say: a refusal, or every row with its result and values and every problem."""

    refused: str = ""
    rows: list[tuple[str, int, str, dict[str, Any]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unread_sheets: list[str] = field(default_factory=list)


@dataclass
class Roster:
    """One file of the corpus."""

    name: str
    file_name: str
    data: bytes
    expected: Expected
    mapping: dict[str, str] = field(default_factory=dict)


class Table:
    """One sheet under construction. Rows of people are counted from 0 wherever they come to stand."""

    def __init__(
        self,
        count: int = 4,
        *,
        sheet: str = "名册",
        start: int = 0,
        headings: Sequence[str] = BASE,
        keys: Sequence[str] = KEYS,
        above: Sequence[Sequence[object]] = (),
        header: Sequence[Sequence[object]] | None = None,
    ) -> None:
        self.sheet = sheet
        self.keys = list(keys)
        self.above = [list(line) for line in above]
        self.header = [list(line) for line in (header or [headings])]
        self.people = people(count, start)
        self.body: list[int | list[object]] = list(range(count))
        self.written: dict[tuple[int, str], object] = {}
        self.values: dict[tuple[int, str], Any] = {}
        self.results: dict[int, str] = {}
        self.problems: list[Problem] = []
        self.line_codes: list[tuple[list[object], str]] = []

    def write(self, person: int, key: str, written: object, value: Any) -> None:
        """Write something else into a cell that reads as `value` without a word."""
        self.written[person, key] = written
        self.values[person, key] = value

    def plant(self, person: int, key: str, written: object, code: str, result: str, value: Any) -> None:
        """Write something that must be told with this code and lead the row to this result."""
        self.write(person, key, written, value)
        self.tell(person, key, code, result)

    def tell(self, person: int, key: str, code: str, result: str) -> None:
        """Expect a problem at a person's cell ("" for the whole row); the gravest result counts."""
        self.problems.append((self.sheet, -1 - person, key, key, code))
        gravity = ["accepted", "to_decide", "to_correct"]
        self.results[person] = max(self.results.get(person, "accepted"), result, key=gravity.index)

    def insert(self, before: int | None, line: Sequence[object], code: str, more: Sequence[str] = ()) -> None:
        """Put a line that is no person before a person (None: after the last); expect it to be told with this code."""
        at = self.body.index(before) if before is not None else len(self.body)
        row = list(line)
        self.body.insert(at, row)
        for each in (code, *more):
            if each:
                self.line_codes.append((row, each))

    def heading_problem(self, column: int | None, key: str, code: str) -> None:
        """Expect a problem at the last header row; `column` counts from 0, None for no column."""
        self.problems.append((self.sheet, 0, str(column) if column is not None else "", key, code))

    def all_rows(self, result: str) -> None:
        """Expect every person to have this result."""
        for person in range(len(self.people)):
            self.results[person] = result

    def row_of(self, person: int) -> int:
        """The number Excel shows beside a person's row."""
        return len(self.above) + len(self.header) + 1 + self.body.index(person)

    def column_of(self, key: str) -> str:
        """The letter Excel shows above a field's column."""
        return chr(ord("A") + self.keys.index(key)) if key in self.keys and key else ""

    def lines(self) -> list[list[object]]:
        """All cells of the sheet."""
        found: list[list[object]] = [*self.above, *self.header]
        for entry in self.body:
            if isinstance(entry, list):
                found.append(entry)
                continue
            person = self.people[entry]
            found.append(
                [
                    self.written.get((entry, key), person.get(key, "")) if key else entry + 1 if at == 0 else ""
                    for at, key in enumerate(self.keys)
                ]
            )
        return found

    def expected(self) -> Expected:
        """Rows and problems as they must be reported."""
        wanted = Expected()
        for person in range(len(self.people)):
            fields = {key: self._value(person, key) for key in self.keys if key}
            wanted.rows.append((self.sheet, self.row_of(person), self.results.get(person, "accepted"), fields))
        last_header = len(self.above) + len(self.header)
        for sheet, row, column, key, code in self.problems:
            if row < 0:
                wanted.problems.append((sheet, self.row_of(-1 - row), self.column_of(column), key, code))
            else:
                letter = chr(ord("A") + int(column)) if column else ""
                wanted.problems.append((sheet, last_header, letter, key, code))
        for line, code in self.line_codes:
            at = next(i for i, entry in enumerate(self.body) if entry is line)
            wanted.problems.append((self.sheet, last_header + 1 + at, "", "", code))
        return wanted

    def _value(self, person: int, key: str) -> Any:
        if (person, key) in self.values:
            return self.values[person, key]
        value = self.people[person].get(key)
        if key == "sex" and value is not None:
            return "1" if value == "男" else "2"
        return value.isoformat() if isinstance(value, datetime.date) else value


Dress = Callable[[Worksheet, Table], None]


def xlsx(*tables: Table, dress: Dress | None = None) -> bytes:
    """The tables as an .xlsx; `dress` adds what is not in the cells' values."""
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    book.remove(first)
    for table in tables:
        sheet = book.create_sheet(table.sheet)
        for line in table.lines():
            sheet.append([None if value == "" else value for value in line])
        if dress is not None:
            dress(sheet, table)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def roster(name: str, *tables: Table, data: bytes | None = None, dress: Dress | None = None, **more: Any) -> Roster:
    """An .xlsx roster of these tables with what is expected of them together."""
    wanted = Expected()
    for table in tables:
        part = table.expected()
        wanted.rows += part.rows
        wanted.problems += part.problems
    return Roster(name, more.pop("file_name", f"{name}.xlsx"), data or xlsx(*tables, dress=dress), wanted, **more)
