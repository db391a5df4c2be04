"""What the report page tells of a roster file, apart from the rows themselves: made from a comparison, kept as text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from guitu.prison.comparing import Comparison
from guitu.prison.roster.masking import mask_value
from guitu.prison.roster.report import Column, Problem, Report, Sheet


@dataclass(frozen=True)
class Written:
    """What an import wrote: the new persons with sheet and row, each with a matter of its own, the persons whose file
    changed in the order of `changes`, how many questions of identity are new, and whether nothing was left to write.
    """

    opened: tuple[tuple[str, int, str], ...] = ()
    renewed: tuple[str, ...] = ()
    raised: int = 0
    again: bool = False


@dataclass(frozen=True)
class ToldReport:
    """The counts, problems and sheets of a compared roster.

    `asked` rows are put before a human, `asked_here` of them by the own unit; `changes` are those whose file
    changes, with the items; `names` the masked names of the rows that have a problem, by sheet and row.
    """

    sha256: str
    read: int
    new: int
    changed: int
    unchanged: int
    to_correct: int
    to_decide: int
    asked: int
    asked_here: int
    changes: tuple[tuple[str, tuple[str, ...]], ...]
    missing: tuple[Mapping[str, str], ...]
    names: Mapping[tuple[str, int], str]
    problems: tuple[Problem, ...]
    sheets: tuple[Sheet, ...]
    written: Written = Written()

    def as_report(self) -> Report:
        """The report as the copy with remarks needs it: problems and sheets, no rows."""
        return Report(self.sha256, self.sheets, (), self.problems)

    def as_text(self) -> str:
        """The whole of it as JSON."""
        names = [[sheet, row, name] for (sheet, row), name in self.names.items()]
        return json.dumps({**_plain(self), "names": names}, ensure_ascii=False)


def _plain(told: ToldReport) -> dict[str, Any]:
    simple = {name: getattr(told, name) for name in ToldReport.__dataclass_fields__ if name != "names"}
    return simple | {
        "missing": [dict(one) for one in told.missing],
        "problems": [asdict(one) for one in told.problems],
        "sheets": [asdict(one) for one in told.sheets],
        "written": asdict(told.written),
    }


def told_of(comparison: Comparison, written: Written = Written()) -> ToldReport:
    """What the page tells of this comparison, and after an import of what was written."""
    report = comparison.report
    places = {(problem.sheet, problem.row) for problem in report.problems}
    rows = [row for row in report.rows if (row.sheet, row.row) in places]
    return ToldReport(
        sha256=report.sha256,
        read=len(report.rows),
        new=len(comparison.new),
        changed=len(comparison.changed),
        unchanged=len(comparison.unchanged),
        to_correct=report.count("to_correct"),
        to_decide=report.count("to_decide"),
        asked=len(comparison.asked),
        asked_here=sum(not one.elsewhere for one in comparison.asked),
        changes=tuple(
            (str(row.fields.get("name") or ""), tuple(sorted(differing))) for row, _, differing in comparison.changed
        ),
        missing=tuple({name: str(value) for name, value in one.items()} for one in report.missing),
        names={(row.sheet, row.row): mask_value("name", str(row.fields.get("name") or "")) for row in rows},
        problems=report.problems,
        sheets=report.sheets,
        written=written,
    )


def from_text(text: str) -> ToldReport:
    """What `as_text` has written."""
    held = json.loads(text)
    return ToldReport(
        **held
        | {
            "changes": tuple((name, tuple(items)) for name, items in held["changes"]),
            "missing": tuple(held["missing"]),
            "names": {(sheet, row): name for sheet, row, name in held["names"]},
            "problems": tuple(Problem(**one) for one in held["problems"]),
            "sheets": tuple(_sheet(one) for one in held["sheets"]),
            "written": _written(held["written"]),
        }
    )


def _written(held: Mapping[str, Any]) -> Written:
    opened = tuple((sheet, row, person) for sheet, row, person in held["opened"])
    return Written(**{**held, "opened": opened, "renewed": tuple(held["renewed"])})


def _sheet(held: Mapping[str, Any]) -> Sheet:
    columns = tuple(Column(**{**one, "suggestions": tuple(one["suggestions"])}) for one in held["columns"])
    tuples = {"header_rows": tuple(held["header_rows"]), "formulas": tuple(held["formulas"])}
    return Sheet(**{**held, **tuples, "columns": columns})
