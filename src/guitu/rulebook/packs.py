"""Packs over the national rulebook: a province's values, an announced calendar year; proved value by value.

A pack may shorten an organ's clock, may set a person's duty only inside the range that the national rule opens, and may
never shorten a period or narrow a right that belongs to the person (decisions.md 15–17).
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

from guitu.rulebook import counting
from guitu.rulebook.calendar import CalendarYear, read_calendar_year
from guitu.rulebook.catalogues import read_source
from guitu.rulebook.errors import RulebookError
from guitu.rulebook.reading import Section, open_text
from guitu.rulebook.records import EVIDENCES, UNITS, Citation, Limit, Rule, Source, Value, Variant
from guitu.rulebook.rules import read_basis

NATION = "CN"
H = TypeVar("H", Value, Variant)
_JURISDICTION = re.compile(r"CN|\d{6}")
_HOURS_OF_DAY = 24
_LEAP_CYCLE = range(dt.date(2024, 1, 1).toordinal(), dt.date(2028, 1, 1).toordinal())


@dataclass(frozen=True, slots=True)
class Change:
    """A limit that a pack sets: in which layer, for which variant (None: the record's own)."""

    variant: str | None
    layer: str
    value: int
    unit: str


@dataclass(frozen=True, slots=True)
class PackValue:
    """The changes of a pack from one legal day to another (end exclusive)."""

    from_: dt.date
    to: dt.date | None
    changes: tuple[Change, ...]
    line: int

    def covers(self, day: dt.date) -> bool:
        """Whether the pack's value is in force on the legal day."""
        return self.from_ <= day and (self.to is None or day < self.to)


@dataclass(frozen=True, slots=True)
class PackRule:
    """What a pack says about one national rule, with its own citation."""

    id: str
    values: tuple[PackValue, ...]
    basis: tuple[Citation, ...]
    standing: str
    verified: bool
    jurisdiction: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Pack:
    """One pack: a province's or city's values, or calendar years for the whole nation."""

    name: str
    id: str
    zh: str
    en: str
    jurisdiction: str
    sources: tuple[Source, ...]
    rules: tuple[PackRule, ...]
    years: tuple[CalendarYear, ...]
    sha256: str


def read_pack(name: str, text: str, sha256: str) -> Pack:
    """One pack text; raises RulebookError with file and line."""
    section = open_text(name, text)
    jurisdiction = section.text("jurisdiction")
    if not _JURISDICTION.fullmatch(jurisdiction):
        raise section.error("应为 CN 或六位区划代码", "jurisdiction must be CN or six digits", "jurisdiction")
    rules = tuple(_read_rule(part, jurisdiction) for part in section.sections("rules"))
    years = tuple(read_calendar_year(part) for part in section.sections("calendars"))
    if years and jurisdiction != NATION:
        raise section.error("节假日安排只能由全国补充包载入", "calendar years come only in a pack for CN", "calendars")
    if rules and jurisdiction == NATION:
        raise section.error(
            "全国规则在全国包中修改", "values for the whole nation are changed in the national pack", "rules"
        )
    if not rules and not years:
        raise section.error("补充包是空的", "the pack says nothing")
    pack = Pack(
        name=name,
        id=section.text("id"),
        zh=section.text("zh"),
        en=section.text("en"),
        jurisdiction=jurisdiction,
        sources=tuple(read_source(part) for part in section.sections("sources")),
        rules=rules,
        years=years,
        sha256=sha256,
    )
    section.done()
    return pack


def _read_rule(part: Section, jurisdiction: str) -> PackRule:
    standing = part.choice("standing", ("local", "service"))
    values: list[PackValue] = []
    for entry in part.sections("values", required=True):
        changes = [*_read_changes(entry, None)]
        for variant in entry.sections("variants"):
            changes.extend(_read_changes(variant, variant.text("id")))
            variant.done()
        value = PackValue(entry.date("from"), entry.optional_date("to"), tuple(changes), entry.line)
        entry.done()
        if not changes:
            raise entry.error("此段没有改变任何数值", "this value changes nothing")
        if value.to is not None and value.to <= value.from_:
            raise entry.error("to 必须晚于 from", "to must be after from", "to")
        if values and (values[-1].to is None or value.from_ < values[-1].to):
            raise entry.error("各段 values 的日期重叠或未按先后排列", "values overlap or are not in order of dates")
        values.append(value)
    evidence = part.choice("evidence", EVIDENCES)
    verified = part.flag("verified")
    if verified and evidence != "V":
        raise part.error("只有核对过原文（V）的规则才能标为 verified", "verified needs evidence V", "verified")
    part.date("checked_on")
    rule = PackRule(
        id=part.text("id"),
        values=tuple(values),
        basis=read_basis(part, standing),
        standing=standing,
        verified=verified,
        jurisdiction=jurisdiction,
        file=part.file,
        line=part.line,
    )
    part.done()
    return rule


def _read_changes(entry: Section, variant: str | None) -> Iterable[Change]:
    for layer in ("statutory", "service"):
        if not entry.has(layer):
            continue
        part = entry.section(layer)
        change = Change(variant, layer, part.integer("value"), part.choice("unit", UNITS))
        part.done()
        yield change


def chain_of(province: str | None) -> tuple[str, ...]:
    """The jurisdictions whose packs apply to a division code: province, city, county (six digits or more given)."""
    if province is None:
        return ()
    return tuple(dict.fromkeys((f"{province[:2]}0000", f"{province[:4]}00", province[:6])))


def changed(rule: Rule, value: Value, changes: Iterable[Change]) -> Value:
    """A national value with the changes of a pack; rolls stay as the national rule says."""
    for change in changes:
        if change.variant is None:
            value = _with_limit(value, change.layer, _limit(rule, getattr(value, change.layer), change))
            continue
        variants = tuple(
            _with_limit(variant, change.layer, _limit(rule, getattr(variant, change.layer), change))
            if variant.id == change.variant
            else variant
            for variant in value.variants
        )
        value = replace(value, variants=variants)
    return value


def _with_limit(holder: H, layer: str, limit: Limit) -> H:
    return replace(holder, statutory=limit) if layer == "statutory" else replace(holder, service=limit)


def _limit(rule: Rule, old: Limit | None, change: Change) -> Limit:
    if old is not None:
        return Limit(change.value, change.unit, old.roll)
    forward = rule.kind == "deadline" and rule.direction == "forward" and change.layer == "statutory"
    return Limit(change.value, change.unit, "next_working_day" if forward else "none")


def prove(rule: Rule, pack_rule: PackRule, value_on: Mapping[dt.date, Value | None], value: PackValue) -> None:
    """Proves one dated value of a pack against what is in force on each day from which something else holds.

    Raises RulebookError at the pack's line where a change is not allowed (decisions.md 17).
    """

    def refuse(zh: str, en: str) -> RulebookError:
        return RulebookError(pack_rule.file, value.line, f"{rule.id}:{zh}", f"{rule.id}: {en}")

    if rule.kind == "norm":
        raise refuse("没有时限，补充包不得设定", "a norm has no clock that a pack could set")
    for day, national in value_on.items():
        if national is None:
            raise refuse(f"全国规则在{day}不生效", f"the national rule is not in force on {day}")
        for change in value.changes:
            variant = next((entry for entry in national.variants if entry.id == change.variant), None)
            if change.variant is not None and variant is None:
                raise refuse(f"没有变体 {change.variant}", f"there is no variant {change.variant}")
            old = getattr(variant if variant is not None else national, change.layer)
            why = _objection(rule, old, _limit(rule, old, change), change.layer)
            if why is not None:
                raise refuse(*why)


def _objection(rule: Rule, old: Limit | None, new: Limit, layer: str) -> tuple[str, str] | None:
    """Why a pack may not set the limit, or None."""
    if rule.range == "fixed" or rule.bearer == "none":
        return "全国规则不允许地方改变", "the national rule leaves nothing to change"
    if rule.range == "local":
        return _outside(rule, new)
    if rule.bearer == "person":
        if old is None:
            return "不得为本人新设期限", "a pack may not lay a new clock on the person"
        if not _not_shorter(old, new, rule.direction):
            return (
                "属于本人的期限只能延长，无法证明新值不短于原值",
                "a period that belongs to the person is never shortened: not provably as long",
            )
        return None
    if rule.range == "longer_only":
        if old is None or not _not_shorter(old, new, rule.direction):
            return "此期限只能延长", "this period may only be lengthened"
        return None
    if old is not None and not _not_shorter(new, old, rule.direction):
        return (
            "机关的时限只能缩短，无法证明新值不长于原值",
            f"an organ's clock is only shortened: the new {layer} limit is not provably as short",
        )
    return None


def _outside(rule: Rule, new: Limit) -> tuple[str, str] | None:
    opened = rule.local_range
    if opened is None:
        return None
    low, high = opened.min, opened.max
    if low is not None and not _at_most(low, new):
        return (
            f"低于允许的范围（最少{low.value} {low.unit}）",
            f"below the range that is open (at least {low.value} {low.unit})",
        )
    if high is not None and not _at_most(new, high):
        return (
            f"超出允许的范围（最多{high.value} {high.unit}）",
            f"above the range that is open (at most {high.value} {high.unit})",
        )
    return None


def _not_shorter(short: Limit, long: Limit, direction: str) -> bool:
    """Whether the second limit provably leaves at least as much time as the first.

    Backward clocks are a lead before an event: a longer lead leaves less time.
    """
    return _at_most(long, short) if direction == "backward" else _at_most(short, long)


def _at_most(one: Limit, other: Limit) -> bool:
    """Whether the first length is never longer than the second, whatever the start day."""
    if one.unit == other.unit:
        return one.value <= other.value
    return _hours(one)[1] <= _hours(other)[0]


def at_least(limit: Limit) -> str:
    """How long a limit lasts at least, as the database reads a length: months as such, all else in hours."""
    if limit.unit in ("month", "year"):
        return f"{counting.months_of(limit)} months"
    return f"{int(_hours(limit)[0])} hours"


@lru_cache(maxsize=512)
def _hours(limit: Limit) -> tuple[float, float]:
    """The shortest and the longest that a limit can last, in hours; rest days make it open-ended."""
    if limit.unit == "hour":
        return limit.value, limit.value
    if limit.unit in ("month", "year"):
        starts: Sequence[dt.date] = [dt.date.fromordinal(ordinal) for ordinal in _LEAP_CYCLE]
        months = counting.months_of(limit)
        lengths = [(counting.add_months(start, months) - start).days for start in starts]
        low, high = min(lengths), max(lengths)
    elif counting.counts_working_days_only(limit.unit):
        return limit.value * _HOURS_OF_DAY, math.inf
    else:
        low = high = counting.days_of(limit)
    rolls = limit.roll == "next_working_day"
    return low * _HOURS_OF_DAY, math.inf if rolls else high * _HOURS_OF_DAY
