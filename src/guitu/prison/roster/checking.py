"""The roster check: a file's bytes in, a report out. Nothing is written, nothing is repaired."""

import datetime
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from guitu.prison.roster.catalogue import Catalogue, Effect, Field, catalogue
from guitu.prison.roster.cells import CellReader, Told
from guitu.prison.roster.grid import Grid, column_letter
from guitu.prison.roster.headings import Header, find_header
from guitu.prison.roster.lines import filled_cells, kind_of_line, section_rows, stated_total
from guitu.prison.roster.masking import mask_value
from guitu.prison.roster.persons import find_duplicates, judge_row
from guitu.prison.roster.report import (
    Column,
    Problem,
    Report,
    Result,
    RosterRefusedError,
    Row,
    Sheet,
    Value,
    problem_for,
)
from guitu.prison.roster.titles import OtherUnit, Sender, other_unit_named
from guitu.prison.roster.workbook import read_workbook


def check_roster(
    data: bytes,
    file_name: str = "",
    *,
    today: datetime.date,
    mapping: Mapping[str, str] | None = None,
    corrections: Mapping[tuple[str, int, str], str] | None = None,
    only_sheets: Sequence[str] = (),
    fictional_allowed: bool = True,
    sender: Sender | None = None,
) -> Report:
    """Check a roster file and say row by row what can be accepted, what is to be corrected and what to be decided.

    `file_name` only names the one sheet of a CSV; what the file is, its content says. `today` is the legal day
    (Asia/Shanghai) of the check. `mapping` gives field codes by heading ("" leaves a column out) and stands above the
    synonyms. `corrections` are texts typed on screen, by sheet, row as Excel counts and field; each stands in place
    of its cell. `only_sheets` names the visible sheets to read; empty means all. Without `fictional_allowed` the
    numbers of the demonstration province are reported. A sheet that names another unit than `sender` as the one whose
    roster it is, is not read; where no other sheet is, nothing of the file is.
    Raises RosterRefusedError when the file is not read at all, ValueError when the mapping names an unknown field.
    """
    known = catalogue()
    unknown = sorted({name for name in (mapping or {}).values() if name and name not in known.fields})
    if unknown:
        raise ValueError(f"the mapping names unknown fields: {', '.join(unknown)}")
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        book = read_workbook(data, file_name, known.limits)
        visible = {grid.name for grid in book.sheets if grid.visible}
        for name in only_sheets:
            if name not in visible:
                raise RosterRefusedError("SHEET_NOT_FOUND", limit=name)
        reader = CellReader(known, book.epoch)
        check = _FileCheck(
            known, reader, today, fictional_allowed, dict(mapping or {}), dict(corrections or {}), sender
        )
        return check.run(book.sheets, sha256, only_sheets)
    except RosterRefusedError as refusal:
        refusal.sha256 = sha256
        raise


@dataclass(slots=True)
class _Person:
    """A row on its way through the check."""

    grid: Grid
    index: int
    header: Header
    fields: dict[str, Value]
    raw: dict[str, str]
    problems: list[Problem] = field(default_factory=list)
    heading_missing: bool = False

    def result(self) -> Result:
        effects = {problem.effect for problem in self.problems}
        if self.heading_missing or "correct" in effects:
            return "to_correct"
        return "to_decide" if "decide" in effects else "accepted"


@dataclass(slots=True)
class _FileCheck:
    known: Catalogue
    reader: CellReader
    today: datetime.date
    fictional_allowed: bool
    mapping: dict[str, str]
    corrections: dict[tuple[str, int, str], str]
    sender: Sender | None = None
    sheets: list[Sheet] = field(default_factory=list)
    told: list[Problem] = field(default_factory=list)
    persons: list[_Person] = field(default_factory=list)

    def run(self, grids: Sequence[Grid], sha256: str, only_sheets: Sequence[str]) -> Report:
        headers = {
            grid.name: find_header(grid, self.known, self.mapping)
            for grid in grids
            if grid.visible and (not only_sheets or grid.name in only_sheets)
        }
        any_header = any(header is not None for header in headers.values())
        foreign = self._of_others(grids, headers)
        if foreign and len(foreign) == sum(header is not None for header in headers.values()):
            raise RosterRefusedError("ROSTER_OF_ANOTHER_UNIT", limit=_place_named(*next(iter(foreign.items()))))
        for grid in grids:
            header, other = headers.get(grid.name), foreign.get(grid.name)
            if header is not None and other is None:
                self._sheet(grid, header)
                continue
            self.sheets.append(Sheet(grid.name, "visible" if grid.visible else "hidden", read=False))
            if other is not None:
                column = Column(other.column, "", "", "") if other.column else None
                self._tell(grid, other.row, Told("SHEET_OF_ANOTHER_UNIT", other.name), at=column)
            elif not grid.visible:
                self._tell(grid, None, Told("SHEET_HIDDEN"))
            elif grid.name in headers and any(filled_cells(grid, row) for row in range(len(grid.rows))):
                self._no_header(grid, any_header=any_header)
        if not any_header and not any(problem.code == "HEADER_NOT_FOUND" for problem in self.told):
            raise RosterRefusedError("FILE_EMPTY")
        self._duplicates()
        rows = [
            Row(p.grid.name, p.index + 1, p.result(), p.fields, p.raw, p.index in p.grid.hidden_rows)
            for p in self.persons
        ]
        problems = [*self.told, *(problem for person in self.persons for problem in person.problems)]
        order = {sheet.name: place for place, sheet in enumerate(self.sheets)}
        problems.sort(key=lambda problem: (order[problem.sheet], problem.row))
        return Report(sha256, tuple(self.sheets), tuple(rows), tuple(problems))

    def _of_others(self, grids: Sequence[Grid], headers: Mapping[str, Header | None]) -> dict[str, OtherUnit]:
        """The sheets that name another unit as the one whose roster they are, by their name."""
        if self.sender is None:
            return {}
        named = {
            grid.name: other_unit_named(grid, header.first, self.sender)
            for grid in grids
            if (header := headers.get(grid.name)) is not None
        }
        return {name: other for name, other in named.items() if other is not None}

    def _no_header(self, grid: Grid, *, any_header: bool) -> None:
        numbers = any(
            len(text) >= 15 and text[:14].isdecimal()
            for row in range(len(grid.rows))
            for text in filled_cells(grid, row).values()
        )
        self._tell(grid, None, Told("HEADER_NOT_FOUND" if numbers or not any_header else "SHEET_NOT_ROSTER"))

    def _sheet(self, grid: Grid, header: Header) -> None:
        missing = self._missing_fields(header)
        sections = section_rows(grid)
        errors: dict[int, dict[int, str]] = {}
        for row, column in grid.errors:
            errors.setdefault(row, {})[column] = ""
        bare: set[int] = set()
        filled_from, merged_down = _merged_below(grid, header.last)
        totals: list[tuple[int, int]] = []
        skipped = 0
        before = len(self.persons)
        for row in range(header.last + 1, len(grid.rows)):
            filled = dict(sorted({**errors.get(row, {}), **filled_cells(grid, row)}.items()))
            if not filled:
                continue
            code = kind_of_line(row, filled, header, sections, self.known)
            if code:
                skipped += 1
                self._tell(grid, row, Told(code))
                total = stated_total(filled, self.known) if code == "ROW_SKIPPED_FOOTER" else None
                if total is not None:
                    totals.append((row, total))
                continue
            person = _Person(grid, row, header, {}, {}, heading_missing=bool(missing))
            bare.update(filled.keys() - header.columns.keys())
            self._person(person, filled_from, merged_down)
            self.persons.append(person)
            if len(self.persons) > self.known.limits.data_rows:
                raise RosterRefusedError("TOO_MANY_ROWS", limit=str(self.known.limits.data_rows))
        read = len(self.persons) - before
        for row, total in totals:
            if total != read:
                self._tell(grid, row, Told("TOTAL_DIFFERS", str(read)), value=str(total))
        columns = dict(header.columns) | {at: Column(column_letter(at), "", "", "unknown") for at in bare}
        self._headings(grid, header, columns, missing)
        formulas = tuple(f"{column_letter(column)}{row + 1}" for row, column in sorted(grid.formulas))
        header_rows = tuple(range(header.first + 1, header.last + 2))
        in_order = tuple(column for _, column in sorted(columns.items()))
        self.sheets.append(Sheet(grid.name, "visible", True, header_rows, read, skipped, in_order, formulas))

    def _missing_fields(self, header: Header) -> list[str]:
        absent = [code for code, one in self.known.fields.items() if one.required and code not in header.fields]
        return absent + [group[0] for group in self.known.required_together if not set(group) & set(header.fields)]

    def _headings(self, grid: Grid, header: Header, columns: Mapping[int, Column], missing: Sequence[str]) -> None:
        """Tell about the headings. `columns` are those with a heading and those without one that hold something."""
        for index, column in sorted(columns.items()):
            if column.how == "unknown":
                self._tell(grid, header.last, Told("HEADING_UNKNOWN"), at=column)
            elif column.how == "duplicate":
                self._tell(grid, header.last, Told("HEADING_DUPLICATE"), at=column)
            if index in grid.hidden_columns:
                self._tell(grid, header.last, Told("HIDDEN_COLUMN"), at=column)
        for code in missing:
            self._tell(grid, header.last, Told("HEADING_MISSING"), field_code=code)

    def _person(
        self, person: _Person, filled_from: Mapping[tuple[int, int], int], merged_down: frozenset[tuple[int, int]]
    ) -> None:
        grid, row = person.grid, person.index
        if row in grid.hidden_rows:
            self._of(person, "", Told("HIDDEN_ROW"), "")
        silent: set[str] = set()
        for code, column in person.header.fields.items():
            one = self.known.fields[code]
            place = (row, column)
            corrected = self.corrections.get((grid.name, row + 1, code))
            value = _value_at(grid, filled_from.get(place, row), column) if corrected is None else corrected
            reading = self.reader.read(one, value)
            person.fields[code], person.raw[code] = reading.value, reading.raw
            if corrected is None and place in grid.errors:
                person.fields[code] = None
                silent.add(code)
                self._of(person, code, Told("CELL_ERROR"), grid.errors[place])
                continue
            formula = [Told(_formula_code(one, reading.raw))] if corrected is None and place in grid.formulas else []
            for told in (*reading.told, *formula):
                effect = self._of(person, code, told, reading.raw)
                if effect != "note" or told.code == "NO_IDENTITY_DOCUMENT":
                    silent.add(code)
            if corrected is not None:
                continue
            if place in merged_down and code in {"name", "id_number"}:
                self._of(person, code, Told("MERGED_IDENTITY"), reading.raw)
            elif place in filled_from and reading.raw:
                self._of(person, code, Told("MERGED_CELL_FILLED"), reading.raw)
        self._compare_duplicates(person, filled_from)
        self._required(person, silent)
        for code, told in judge_row(
            person.fields, self.known, today=self.today, fictional_allowed=self.fictional_allowed
        ):
            if told.code == "AGE_UNLIKELY":
                self._of(person, code, Told(told.code), told.other)
            else:
                self._of(person, code, told, person.raw.get(code, ""))

    def _compare_duplicates(self, person: _Person, filled_from: Mapping[tuple[int, int], int]) -> None:
        for column, code in person.header.duplicates.items():
            one = self.known.fields[code]
            value = _value_at(person.grid, filled_from.get((person.index, column), person.index), column)
            other = self.reader.read(one, value)
            if other.raw.strip() and other.value != person.fields[code]:
                shown = mask_value(one.kind, other.raw)
                self._of(person, code, Told("DUPLICATE_COLUMN_DIFFERS", shown), person.raw[code])

    def _required(self, person: _Person, silent: set[str]) -> None:
        fields = person.fields
        without_document = fields.get("id_kind") == "none" and not fields.get("id_number")
        if without_document and "id_number" in fields and "id_number" not in silent:
            silent.add("id_number")
            self._of(person, "id_kind", Told("NO_IDENTITY_DOCUMENT"), person.raw["id_kind"])
        for code, one in self.known.fields.items():
            if one.required and code in fields and fields[code] is None and code not in silent:
                self._of(person, code, Told("REQUIRED_MISSING"), "")
        for group in self.known.required_together:
            present = [code for code in group if code in fields]
            if present and not any(fields[code] for code in present) and not silent & set(present):
                self._of(person, present[0], Told("HOUSEHOLD_MISSING"), "")

    def _duplicates(self) -> None:
        rows = [((person.grid.name, person.index + 1), person.fields) for person in self.persons]
        for index, (code, told) in find_duplicates(rows):
            person = self.persons[index]
            self._of(person, code, told, person.raw.get(code, ""))

    def _of(self, person: _Person, code: str, told: Told, value: str) -> Effect:
        """Tell about a row, at one of its fields; returns what the problem does to the row."""
        column = person.header.fields.get(code)
        problem = problem_for(
            told.code,
            sheet=person.grid.name,
            row=person.index + 1,
            column=column_letter(column) if column is not None else "",
            field=code,
            value=value,
            other=told.other,
        )
        person.problems.append(problem)
        return problem.effect

    def _tell(
        self,
        grid: Grid,
        row: int | None,
        told: Told,
        *,
        at: Column | None = None,
        field_code: str = "",
        value: str = "",
    ) -> None:
        """Tell about a row that is no person's, or with `row` None about the whole sheet."""
        problem = problem_for(
            told.code,
            sheet=grid.name,
            row=0 if row is None else row + 1,
            column=at.column if at is not None else "",
            field=field_code or (at.field if at is not None else ""),
            value=value,
            other=told.other,
            heading=at.heading if at is not None else "",
        )
        self.told.append(problem)


def _place_named(sheet: str, other: OtherUnit) -> str:
    cell = "" if other.row is None else f" {other.column}{other.row + 1}"
    return f"{sheet}{cell} “{other.name}”"


def _formula_code(field: Field, stored: str) -> str:
    if field.identity or field.kind == "date":
        return "FORMULA_IN_KEY_COLUMN"
    return "FORMULA_READ" if stored.strip() else "FORMULA_WITHOUT_VALUE"


def _merged_below(grid: Grid, header_last: int) -> tuple[dict[tuple[int, int], int], frozenset[tuple[int, int]]]:
    """For cells merged downward: the row that holds their value, and all cells of merges over several rows."""
    filled_from: dict[tuple[int, int], int] = {}
    merged: set[tuple[int, int]] = set()
    for top, left, bottom, _right in grid.merged:
        if top > header_last and bottom > top:
            for row in range(top, min(bottom, len(grid.rows) - 1) + 1):
                merged.add((row, left))
                if row > top:
                    filled_from[row, left] = top
    return filled_from, frozenset(merged)


def _value_at(grid: Grid, row: int, column: int) -> object:
    cells = grid.rows[row]
    return cells[column] if column < len(cells) else ""
