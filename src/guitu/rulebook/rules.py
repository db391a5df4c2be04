"""Reading deadline, term, counter and norm records from ``deadlines/*.yaml``."""

from __future__ import annotations

import datetime as dt
import re

from guitu.rulebook.reading import Section
from guitu.rulebook.records import (
    BEARERS,
    COMPARISONS,
    EVIDENCES,
    JUVENILE,
    KINDS,
    MEASURES,
    RANGES,
    ROLLS,
    STANDINGS,
    UNITS,
    Citation,
    Limit,
    LocalRange,
    Overdue,
    Rule,
    Threshold,
    Value,
    Variant,
)

_JURISDICTION = re.compile(r"CN|\d{6}")


def read_rule(section: Section) -> Rule:
    """One rule record; raises RulebookError with file and line for anything missing, unknown or contradictory."""
    rule_id = section.text("id")
    kind = section.choice("kind", KINDS)
    direction = section.choice("direction", ("forward", "backward"), "forward")
    clock_start = section.optional_text("clock_start")
    if (kind == "norm") != (clock_start is None):
        raise section.error(
            "有时限的规则必须写明 clock_start；norm 没有时限，不得写",
            "every kind but norm needs clock_start, and a norm has none",
            "clock_start",
        )
    bearer = section.choice("bearer", BEARERS)
    range_ = section.choice("range", RANGES)
    if bearer == "person" and range_ == "shorter_only":
        raise section.error(
            "属于本人的期限只能延长、固定或在授权范围内规定", "a person's period can never be shorter_only", "range"
        )
    jurisdiction = section.text("jurisdiction")
    if not _JURISDICTION.fullmatch(jurisdiction):
        raise section.error("应为 CN 或六位区划代码", "jurisdiction must be CN or six digits", "jurisdiction")
    immediate = section.flag("immediate", False)
    standing = section.choice("standing", STANDINGS)
    evidence = section.choice("evidence", EVIDENCES)
    verified = section.flag("verified")
    if verified and evidence != "V":
        raise section.error("只有核对过原文（V）的规则才能标为 verified", "verified needs evidence V", "verified")
    applies = section.section("applies_to")
    overdue = section.optional_section("when_overdue")
    rule = Rule(
        id=rule_id,
        name_zh=section.text("name_zh"),
        name_en=section.text("name_en"),
        kind=kind,
        text_zh=section.text("text_zh"),
        text_en=section.text("text_en"),
        trigger=section.optional_text("trigger"),
        clock_start=clock_start,
        direction=direction,
        values=_read_values(section, kind, direction),
        custody_no_roll=section.flag("custody_no_roll", False),
        immediate=immediate,
        bearer=bearer,
        range=range_,
        local_range=_read_local_range(section, range_),
        responsible=section.text("responsible"),
        approver=section.optional_text("approver"),
        notify=section.texts("notify"),
        copy_to=section.texts("copy_to"),
        when_overdue=_read_overdue(overdue) if overdue else None,
        basis=read_basis(section, standing),
        standing=standing,
        evidence=evidence,
        evidence_site=section.optional_text("evidence_site"),
        verified=verified,
        checked_on=section.date("checked_on"),
        measures=_read_measures(applies),
        juvenile=applies.choice("juvenile", JUVENILE),
        jurisdiction=jurisdiction,
        file=section.file,
        line=section.line,
        paper_zh=section.optional_text("paper_zh"),
    )
    applies.done()
    section.done()
    if immediate and any(value.statutory for value in rule.values):
        raise section.error("立即/及时的规则没有法定日数", "an immediate rule has no statutory count", "immediate")
    return rule


def read_basis(section: Section, standing: str) -> tuple[Citation, ...]:
    """The citations of a record: never empty; a law's article is always named."""
    citations = []
    for part in section.sections("basis", required=True):
        citation = Citation(part.text("source"), part.optional_text("article"))
        part.done()
        citations.append(citation)
    if standing == "law" and all(citation.article is None for citation in citations):
        raise section.error("法律规则至少须写明一处条文", "a rule that stands on law must name an article", "basis")
    return tuple(citations)


def read_limit(section: Section | None, *, default_roll: str) -> Limit | None:
    """A limit ``{value, unit, roll}``; None where the text says null."""
    if section is None:
        return None
    limit = Limit(section.integer("value"), section.choice("unit", UNITS), section.choice("roll", ROLLS, default_roll))
    section.done()
    return limit


def _read_measures(applies: Section) -> tuple[str, ...]:
    measures = applies.texts("measure", required=True)
    for measure in measures:
        if measure not in MEASURES:
            raise applies.error(f"不认识的措施“{measure}”", f"unknown measure {measure!r}", "measure")
    return measures


def _read_overdue(section: Section) -> Overdue:
    overdue = Overdue(section.texts("ladder"), section.optional_text("zh"), section.optional_text("en"))
    section.done()
    return overdue


def _read_local_range(section: Section, range_: str) -> LocalRange | None:
    part = section.optional_section("local_range")
    if (range_ == "local") != (part is not None):
        raise section.error("local 与 local_range 必须同时出现", "range local and local_range go together", "range")
    if part is None:
        return None
    local = LocalRange(
        read_limit(part.optional_section("min"), default_roll="none"),
        read_limit(part.optional_section("max"), default_roll="none"),
    )
    part.done()
    return local


def _read_values(section: Section, kind: str, direction: str) -> tuple[Value, ...]:
    if kind == "norm":
        if section.has("values"):
            raise section.error("norm 没有时限，不得有 values", "a norm has no values", "values")
        return ()
    default_roll = "next_working_day" if kind == "deadline" and direction == "forward" else "none"
    values: list[Value] = []
    for part in section.sections("values", required=True):
        value = read_value(part, kind=kind, direction=direction, default_roll=default_roll)
        if values and (values[-1].to is None or value.from_ < values[-1].to):
            raise part.error("各段 values 的日期重叠或未按先后排列", "values overlap or are not in order of dates")
        values.append(value)
    return tuple(values)


def read_value(part: Section, *, kind: str, direction: str, default_roll: str) -> Value:
    """One dated value of a rule."""
    from_, to = part.date("from"), part.optional_date("to")
    _require_order(part, from_, to)
    statutory = read_limit(part.optional_section("statutory"), default_roll=default_roll)
    service = read_limit(part.optional_section("service"), default_roll="none")
    if statutory is not None and direction == "backward" and statutory.roll != "none":
        raise part.error("倒算的法定时限保持其日，不移动", "a backward statutory clock keeps its day", "statutory")
    for limit in (statutory, service):
        if limit is not None and kind in ("term", "counter") and limit.roll != "none":
            raise part.error("期限和计数不因节假日顺延", "terms and counters never roll")
    variants: list[Variant] = []
    for entry in part.sections("variants"):
        variant = Variant(
            id=entry.text("id"),
            when=entry.pairs("when"),
            statutory=read_limit(entry.optional_section("statutory"), default_roll=default_roll)
            if entry.has("statutory")
            else statutory,
            service=read_limit(entry.optional_section("service"), default_roll="none")
            if entry.has("service")
            else service,
        )
        entry.done()
        if not variant.when or variant.id in {earlier.id for earlier in variants}:
            raise entry.error("变体须有不重复的 id 和至少一个 when", "a variant needs its own id and a fact")
        variants.append(variant)
    thresholds = tuple(_read_threshold(entry, kind) for entry in part.sections("thresholds"))
    if len({threshold.id for threshold in thresholds}) != len(thresholds):
        raise part.error("阈值 id 重复", "duplicate threshold id", "thresholds")
    part.done()
    return Value(from_, to, statutory, service, tuple(variants), thresholds)


def _read_threshold(entry: Section, kind: str) -> Threshold:
    if kind != "counter":
        raise entry.error("只有 counter 才有阈值", "only a counter has thresholds")
    threshold = Threshold(
        id=entry.text("id"),
        value=entry.integer("value"),
        unit=entry.choice("unit", ("day", "half_month", "month", "year")),
        comparison=entry.choice("comparison", COMPARISONS),
        zh=entry.text("zh"),
        en=entry.text("en"),
    )
    entry.done()
    return threshold


def _require_order(part: Section, from_: dt.date, to: dt.date | None) -> None:
    if to is not None and to <= from_:
        raise part.error("to 必须晚于 from", "to must be after from", "to")
