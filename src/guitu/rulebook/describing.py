"""Records as plain data, and a rule told in sentences."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping

from guitu.rulebook import citing
from guitu.rulebook.clocks import day_en, day_zh, length_en, length_zh
from guitu.rulebook.records import Limit, Rule, Sentence, Source, Value

_KINDS = {
    "deadline": ("时限", "deadline"),
    "term": ("期限", "term"),
    "counter": ("计数", "counter"),
    "norm": ("要求（无时限）", "norm without duration"),
}
_BEARERS = {
    "organ": ("机关的时限", "an organ's clock"),
    "person": ("本人的期限", "a person's period"),
    "none": ("", ""),
}
_PLACE = frozenset({"file", "line"})


def as_data(record: object) -> object:
    """A record as JSON-ready data: ``from_`` becomes ``from``, days become ISO texts, places in files are left out."""
    if dataclasses.is_dataclass(record) and not isinstance(record, type):
        return {
            field.name.rstrip("_"): as_data(getattr(record, field.name))
            for field in dataclasses.fields(record)
            if field.name not in _PLACE
        }
    if isinstance(record, Mapping):
        return {str(key): as_data(value) for key, value in record.items()}
    if isinstance(record, (tuple, list, frozenset)):
        return [as_data(entry) for entry in (sorted(record) if isinstance(record, frozenset) else record)]
    return record.isoformat() if isinstance(record, (dt.date, dt.datetime)) else record


def rule_as_data(rule: Rule) -> dict[str, object]:
    """A rule as JSON-ready data."""
    data = as_data(rule)
    if not isinstance(data, dict):
        raise TypeError("a rule is told as a mapping")
    for value, record in zip(data["values"], rule.values, strict=True):
        for variant, own in zip(value["variants"], record.variants, strict=True):
            variant["when"] = dict(own.when)
    return data


def explain_rule(rule: Rule, sources: Mapping[str, Source]) -> tuple[Sentence, ...]:
    """The rule in sentences: what it says, its dated values, whose clock it is, on what it stands."""
    kind, bearer = _KINDS[rule.kind], _BEARERS[rule.bearer]
    told = [
        Sentence(f"{rule.id} {rule.name_zh}", f"{rule.id} {rule.name_en}"),
        Sentence(rule.text_zh, rule.text_en),
        Sentence(
            f"种类：{kind[0]}" + (f"；{bearer[0]}" if bearer[0] else ""),
            f"kind: {kind[1]}" + (f"; {bearer[1]}" if bearer[1] else ""),
        ),
    ]
    told.extend(_values_told(rule.values))
    told.append(
        Sentence(
            f"责任：{rule.responsible}" + (f"；审批：{rule.approver}" if rule.approver else ""),
            f"responsible: {rule.responsible}" + (f"; approver: {rule.approver}" if rule.approver else ""),
        )
    )
    for citation in rule.basis:
        source = sources[citation.source]
        article_zh = citing.article_zh(citation.article) if citation.article else ""
        article_en = f", art. {citation.article}" if citation.article else ""
        told.append(Sentence(f"依据：{source.zh}{article_zh}", f"basis: {source.en}{article_en}"))
    checked = rule.checked_on
    if rule.verified:
        told.append(
            Sentence(f"已与正式文本核对，{day_zh(checked)}", f"compared with the official text, {day_en(checked)}")
        )
    else:
        told.append(
            Sentence(
                f"尚待与正式文本核对（证据 {rule.evidence}，{day_zh(checked)}查阅）",
                f"not yet compared with the official text (evidence {rule.evidence}, looked at {day_en(checked)})",
            )
        )
    return tuple(told)


def _values_told(values: Iterable[Value]) -> Iterable[Sentence]:
    for value in values:
        until_zh = f"至{day_zh(value.to)}（不含）" if value.to else "起"
        until_en = f" until {day_en(value.to)} (not included)" if value.to else " on"
        yield Sentence(
            f"自{day_zh(value.from_)}{until_zh}：{_limits_zh(value.statutory, value.service)}",
            f"from {day_en(value.from_)}{until_en}: {_limits_en(value.statutory, value.service)}",
        )
        for variant in value.variants:
            when = ", ".join(f"{name}={word}" for name, word in variant.when)
            yield Sentence(
                f"当 {when}：{_limits_zh(variant.statutory, variant.service)}",
                f"when {when}: {_limits_en(variant.statutory, variant.service)}",
            )
        for threshold in value.thresholds:
            yield Sentence(f"阈值 {threshold.id}：{threshold.zh}", f"threshold {threshold.id}: {threshold.en}")


def _limits_zh(statutory: Limit | None, service: Limit | None) -> str:
    own = f"，服务承诺{length_zh(service)}" if service else ""
    return (f"规定{length_zh(statutory)}" if statutory else "未规定日数") + own


def _limits_en(statutory: Limit | None, service: Limit | None) -> str:
    own = f", own promise {length_en(service)}" if service else ""
    return (length_en(statutory) if statutory else "no number of days set") + own
