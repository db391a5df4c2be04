"""The report of a roster check: what was read, what is wrong and why, and its JSON, before anything is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from guitu.prison.roster.catalogue import Effect, catalogue
from guitu.prison.roster.masking import mask_number, mask_value

Result = Literal["accepted", "to_correct", "to_decide"]
Value = str | list[str] | None


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to tell, at its place. `row` 0 means the whole sheet; `column` is the letter shown by Excel, or ""."""

    sheet: str
    row: int
    column: str
    field: str
    code: str
    effect: Effect
    value_masked: str
    message_zh: str
    message_en: str
    remedy_zh: str
    remedy_en: str

    def as_json(self) -> dict[str, Any]:
        """The problem as the report prints it; the effect is a property of the code (see docs/roster_codes.md)."""
        return {
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "field": self.field,
            "code": self.code,
            "value_masked": self.value_masked,
            "message_zh": self.message_zh,
            "message_en": self.message_en,
            "remedy_zh": self.remedy_zh,
            "remedy_en": self.remedy_en,
        }


@dataclass(frozen=True, slots=True)
class Row:
    """One person's row: where it stands, what becomes of it, its normalised values and the texts as written.

    `fields` holds every field that has a column in the sheet: None where the cell is empty or unreadable.
    """

    sheet: str
    row: int
    result: Result
    fields: Mapping[str, Value]
    raw: Mapping[str, str]
    hidden: bool


@dataclass(frozen=True, slots=True)
class Column:
    """One heading as found: `field` is "" when unmapped; `how` is synonym, mapping, ignored, duplicate or unknown."""

    column: str
    heading: str
    field: str
    how: str
    suggestions: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The column as the report prints it."""
        return {
            "column": self.column,
            "heading": self.heading,
            "field": self.field,
            "how": self.how,
            "suggestions": list(self.suggestions),
        }


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of the file: `state` is visible or hidden; hidden ones are listed and not read."""

    name: str
    state: str
    read: bool
    header_rows: tuple[int, ...] = ()
    data_rows: int = 0
    skipped_rows: int = 0
    columns: tuple[Column, ...] = ()
    formulas: tuple[str, ...] = ()

    @property
    def mapping(self) -> dict[str, str]:
        """The field codes by heading as used: what can be remembered and handed in again for the next file."""
        return {column.heading: column.field for column in self.columns if column.field and column.how != "duplicate"}

    def as_json(self) -> dict[str, Any]:
        """The sheet as the report prints it."""
        return {
            "name": self.name,
            "state": self.state,
            "read": self.read,
            "header_rows": list(self.header_rows),
            "data_rows": self.data_rows,
            "skipped_rows": self.skipped_rows,
            "mapping": self.mapping,
            "columns": [column.as_json() for column in self.columns],
            "formulas": list(self.formulas),
        }


@dataclass(frozen=True, slots=True)
class Report:
    """The whole report. `changed`, `unchanged` and `missing` stay 0 and empty until compared with files held."""

    sha256: str
    sheets: tuple[Sheet, ...]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    changed: int = 0
    unchanged: int = 0
    missing: tuple[Mapping[str, Any], ...] = ()

    def count(self, result: Result) -> int:
        """How many rows have this result."""
        return sum(row.result == result for row in self.rows)

    @property
    def clean(self) -> bool:
        """True when every row is accepted and no sheet waits for a person; notes alone leave a report clean."""
        return all(row.result == "accepted" for row in self.rows) and all(p.effect == "note" for p in self.problems)

    def as_json(self, *, show_values: bool = True) -> dict[str, Any]:
        """The report in the shape of the interface; without `show_values` identity numbers are masked."""
        return {
            "file": {"sha256": self.sha256, "sheets": [sheet.as_json() for sheet in self.sheets]},
            "counts": {
                "accepted": self.count("accepted"),
                "to_correct": self.count("to_correct"),
                "to_decide": self.count("to_decide"),
                "changed": self.changed,
                "unchanged": self.unchanged,
            },
            "missing": [dict(entry) for entry in self.missing],
            "rows": [
                {
                    "sheet": row.sheet,
                    "row": row.row,
                    "result": row.result,
                    "fields": dict(row.fields) if show_values else _masked(row.fields),
                }
                for row in self.rows
            ],
            "problems": [problem.as_json() for problem in self.problems],
        }


class RosterRefusedError(Exception):
    """The file is not read at all. Carries the code, both languages and the remedy; raised by reading a file."""

    def __init__(self, code: str, *, limit: str = "") -> None:
        wording = catalogue().refusals[code]
        self.code, self.limit = code, limit
        self.message_zh = wording.zh.format(limit=limit)
        self.message_en = wording.en.format(limit=limit)
        self.remedy_zh = wording.remedy_zh
        self.remedy_en = wording.remedy_en
        self.sha256 = ""
        super().__init__(f"{code}: {self.message_zh}")

    def as_json(self) -> dict[str, Any]:
        """The refusal in the shape of the interface."""
        return {
            "file": {"sha256": self.sha256, "sheets": []},
            "refused": {
                "code": self.code,
                "message_zh": self.message_zh,
                "message_en": self.message_en,
                "remedy_zh": self.remedy_zh,
                "remedy_en": self.remedy_en,
            },
        }


def problem_for(
    code: str,
    *,
    sheet: str,
    row: int,
    column: str = "",
    field: str = "",
    value: str = "",
    other: str = "",
    heading: str = "",
) -> Problem:
    """The problem of this code at this place, worded in both languages; `value` is masked here, `other` is not.

    Raises KeyError for a code that the catalogue does not know.
    """
    wording = catalogue().problems[code]
    one = catalogue().fields.get(field)
    masked = mask_value(one.kind if one else "", value)
    facts = {
        "value": masked,
        "other": other,
        "heading": heading or "—",
        "column": column,
        "field_zh": one.zh if one else "",
        "field_en": one.en if one else "",
    }
    zh, en, remedy_zh, remedy_en = (
        text.format(**facts) for text in (wording.zh, wording.en, wording.remedy_zh, wording.remedy_en)
    )
    return Problem(sheet, row, column, field, code, wording.effect, masked, zh, en, remedy_zh, remedy_en)


def _masked(fields: Mapping[str, Value]) -> dict[str, Value]:
    number = fields.get("id_number")
    return {**fields, "id_number": mask_number(number)} if isinstance(number, str) else dict(fields)
