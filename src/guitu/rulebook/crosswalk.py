"""Crosswalks between grades of different scales: lossless, provisional, and silent where nothing was assessed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from guitu.rulebook import counting
from guitu.rulebook.catalogues import CodeTable, read_note
from guitu.rulebook.clocks import Start, legal_day
from guitu.rulebook.errors import RefusalError, RulebookError
from guitu.rulebook.reading import Section
from guitu.rulebook.records import EVIDENCES, STANDINGS, Citation, Limit, Sentence
from guitu.rulebook.rules import read_basis, read_limit


@dataclass(frozen=True, slots=True)
class CrosswalkRow:
    """One value of the source scale and the value it leads to."""

    source: str
    target: str
    note: Sentence | None


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """A crosswalk: two code tables, its rows, and how long its result may stand."""

    id: str
    zh: str
    en: str
    from_table: str
    to_table: str
    provisional: Limit
    rows: tuple[CrosswalkRow, ...]
    basis: tuple[Citation, ...]
    standing: str
    verified: bool
    checked_on: dt.date
    jurisdiction: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class MappedGrade:
    """The result of a crosswalk with all it came from; ``to`` is None where nothing was assessed, never the lowest."""

    table: str
    value: str | None
    scale: str | None
    assessed_on: dt.date | None
    to_table: str
    to: str | None
    provisional: bool
    provisional_until: dt.date | None
    note: Sentence | None


def map_grade(
    walk: Crosswalk,
    value: str | None,
    *,
    scale: str | None = None,
    assessed_on: dt.date | None = None,
    mapped_at: Start | None = None,
) -> MappedGrade:
    """What a source grade leads to on the other scale; source value, scale and date are kept beside it.

    ``provisional_until`` is the last legal day on which the result may stand, counted from ``mapped_at``. An unassessed
    value (None) leads to None. Raises RefusalError("unknown") for a value that the table does not have.
    Source: law.md 4.4 (a)–(d).
    """
    if value is None:
        return MappedGrade(walk.from_table, None, scale, assessed_on, walk.to_table, None, False, None, None)
    row = next((entry for entry in walk.rows if entry.source == value), None)
    if row is None:
        raise RefusalError(
            "unknown", f"“{walk.zh}”没有取值 {value}", f"{walk.en}: there is no value {value} in {walk.from_table}"
        )
    until = counting.counter_day(legal_day(mapped_at), walk.provisional) if mapped_at is not None else None
    return MappedGrade(walk.from_table, value, scale, assessed_on, walk.to_table, row.target, True, until, row.note)


def read_crosswalk(section: Section) -> Crosswalk:
    """One record of ``crosswalks/*.yaml``."""
    rows: list[CrosswalkRow] = []
    for part in section.sections("rows", required=True):
        row = CrosswalkRow(part.text("from"), part.text("to"), read_note(part))
        part.done()
        if row.source in {earlier.source for earlier in rows}:
            raise part.error(f"取值 {row.source} 重复", f"the value {row.source} is listed twice", "from")
        rows.append(row)
    provisional = read_limit(section.section("provisional"), default_roll="none")
    if provisional is None or provisional.unit not in ("day", "half_month", "month", "year"):
        raise section.error("暂定期间须以日、半月、月或年计", "provisional must be in days or months", "provisional")
    standing, evidence = section.choice("standing", STANDINGS), section.choice("evidence", EVIDENCES)
    verified = section.flag("verified")
    if verified and evidence != "V":
        raise section.error("只有核对过原文（V）的记录才能标为 verified", "verified needs evidence V", "verified")
    walk = Crosswalk(
        id=section.text("id"),
        zh=section.text("zh"),
        en=section.text("en"),
        from_table=section.text("from_table"),
        to_table=section.text("to_table"),
        provisional=provisional,
        rows=tuple(rows),
        basis=read_basis(section, standing),
        standing=standing,
        verified=verified,
        checked_on=section.date("checked_on"),
        jurisdiction=section.text("jurisdiction"),
        file=section.file,
        line=section.line,
    )
    section.done()
    return walk


def check_tables(walk: Crosswalk, codes: Mapping[str, CodeTable]) -> None:
    """Every value of the source table has exactly one row, every target exists; raises RulebookError."""

    def wrong(zh: str, en: str) -> RulebookError:
        return RulebookError(walk.file, walk.line, f"{walk.id}:{zh}", f"{walk.id}: {en}")

    for name in (walk.from_table, walk.to_table):
        if name not in codes:
            raise wrong(f"代码表 {name} 不存在", f"there is no code table {name}")
    given = {row.source for row in walk.rows}
    for code in {entry.code for entry in codes[walk.from_table].codes} ^ given:
        raise wrong(f"源取值 {code} 与代码表不一致", f"the source value {code} is not the table's")
    targets = {entry.code for entry in codes[walk.to_table].codes}
    for row in walk.rows:
        if row.target not in targets:
            raise wrong(f"目标取值 {row.target} 不存在", f"there is no target value {row.target}")
