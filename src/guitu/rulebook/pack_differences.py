"""What a rulebook under other packs would say otherwise: rule by rule, day by day, from which value to which.

Whoever confirms a rule pack reads these lines and nothing else, so they are taken from the two rulebooks as they would
answer, not from the text of the pack: a pack that is replaced and says no more about a rule is a difference too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from guitu.rulebook import citing
from guitu.rulebook.book import Rulebook
from guitu.rulebook.calendar import CalendarYear
from guitu.rulebook.clocks import length_en, length_zh
from guitu.rulebook.errors import RefusalError
from guitu.rulebook.packs import PackRule
from guitu.rulebook.records import Citation, Limit, Sentence, Value

NOTHING = Sentence("没有", "none")
_LAYERS = {"statutory": ("法定", "statutory"), "service": ("承诺", "service")}
_WEEKENDS_ONLY = Sentence("未公布，只按周末计算", "not announced: weekends only")


@dataclass(frozen=True, slots=True)
class PackDifference:
    """One value that changes: of which rule, from which legal day, from what to what, on which basis."""

    what: Sentence
    since: str
    old: Sentence
    new: Sentence
    basis: Sentence


def pack_differences(before: Rulebook, after: Rulebook) -> tuple[PackDifference, ...]:
    """What `after` says otherwise than `before`; both stand on the same national records. Empty where they agree."""
    return (*_values(before, after), *_years(before, after))


def _values(before: Rulebook, after: Rulebook) -> Iterator[PackDifference]:
    held: dict[tuple[str, str], list[PackRule]] = {}
    for book in (before, after):
        for pack in book.packs:
            for own in pack.rules:
                held.setdefault((own.id, own.jurisdiction), []).append(own)
    for (rule_id, place), said in sorted(held.items()):
        rule = (after if rule_id in after.rules else before).rules[rule_id]
        name = Sentence(f"{rule_id} {rule.name_zh}（{place}）", f"{rule_id} {rule.name_en} ({place})")
        spans = [(value.from_, value.to) for value in rule.values]
        spans += [(value.from_, value.to) for one in said for value in one.values]
        edges = {edge for span in spans for edge in span if edge is not None}
        stood: dict[str, tuple[Limit | None, Limit | None]] = {}
        for day in sorted(edges):
            now, then = _limits(before, rule_id, day, place), _limits(after, rule_id, day, place)
            for key in sorted(now.keys() | then.keys()):
                pair = now.get(key), then.get(key)
                if pair[0] == pair[1] or stood.get(key) == pair:
                    stood[key] = pair
                    continue
                stood[key] = pair
                layer, _, variant = key.partition(" ")
                zh, en = _LAYERS[layer]
                part = Sentence(f"{name.zh} {zh} {variant}".rstrip(), f"{name.en} {en} {variant}".rstrip())
                yield PackDifference(
                    part, day.isoformat(), _told(pair[0]), _told(pair[1]), _basis(after, said[-1].basis)
                )


def _limits(book: Rulebook, rule_id: str, day: dt.date, place: str) -> dict[str, Limit | None]:
    try:
        value: Value = book.value_on(rule_id, day, place)
    except RefusalError:
        return {}
    told = {"statutory": value.statutory, "service": value.service}
    for variant in value.variants:
        told |= {f"statutory {variant.id}": variant.statutory, f"service {variant.id}": variant.service}
    return told


def _told(limit: Limit | None) -> Sentence:
    if limit is None:
        return NOTHING
    return Sentence(length_zh(limit), length_en(limit))


def _basis(book: Rulebook, basis: tuple[Citation, ...]) -> Sentence:
    zh, en = [], []
    for one in basis:
        source = book.sources.get(one.source)
        zh.append(f"{source.zh if source else one.source}{citing.article_zh(one.article) if one.article else ''}")
        en.append(f"{source.en if source else one.source} {citing.article_en(one.article) if one.article else ''}")
    return Sentence("；".join(zh), "; ".join(part.strip() for part in en))


def _years(before: Rulebook, after: Rulebook) -> Iterator[PackDifference]:
    named = {year.year for book in (before, after) for pack in book.packs for year in pack.years}
    for number in sorted(named):
        now, then = before.calendar.year(number), after.calendar.year(number)
        if now == then:
            continue
        what = Sentence(f"{number}年放假安排", f"holidays of {number}")
        source = then or now
        basis = Sentence(source.document, source.document) if source else NOTHING
        yield PackDifference(what, f"{number}-01-01", _days(now), _days(then), basis)


def _days(year: CalendarYear | None) -> Sentence:
    if year is None:
        return _WEEKENDS_ONLY
    rest = " ".join(f"{day:%m-%d}" for day in sorted(year.holidays))
    work = " ".join(f"{day:%m-%d}" for day in sorted(year.working_weekends))
    return Sentence(
        f"放假 {rest or '无'}；周末上班 {work or '无'}", f"off {rest or 'none'}; working weekends {work or 'none'}"
    )
