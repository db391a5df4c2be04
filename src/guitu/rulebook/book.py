"""The rulebook: all records of the national pack, with the overlays that an installation has loaded."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from guitu.rulebook import counting
from guitu.rulebook.calendar import Calendar
from guitu.rulebook.catalogues import Act, CodeTable, Item
from guitu.rulebook.clocks import (
    Counted,
    Moment,
    Start,
    ThresholdState,
    count_clock,
    count_term,
    facts_as_words,
    legal_day,
    legal_moment,
    threshold_fulfilled,
)
from guitu.rulebook.crosswalk import Crosswalk
from guitu.rulebook.describing import explain_rule, rule_as_data
from guitu.rulebook.errors import RefusalError, RulebookError
from guitu.rulebook.holding import read_once
from guitu.rulebook.journey import Journey
from guitu.rulebook.loading import Reading, canonical_sha256, canonical_text, missing_source, read_folder, text_paths
from guitu.rulebook.notice import Notice
from guitu.rulebook.packs import NATION, Pack, PackRule, chain_of, changed, prove, read_pack
from guitu.rulebook.reading import Findings
from guitu.rulebook.records import Citation, Limit, Rule, Sentence, Source, Value

_DATA = Path(__file__).parent / "data"
_log = logging.getLogger("guitu.rulebook")
TERM_FACTS = ("years", "months", "days")
"""The facts that give the length of a term where the judgment sets it."""
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Due:
    """The answer to "when?": both ends, how they were counted, and on what they stand.

    ``value_from`` (first day of the dated value used), ``variant`` (chosen by facts), ``limits`` (statutory and service
    limit as counted) and ``pack`` (sha256 of the rulebook) are what a clock pins.
    """

    rule: str
    kind: str
    anchor: Start
    statutory: Moment | None
    service: Moment | None
    provisional: bool
    steps: tuple[Sentence, ...]
    basis: tuple[Citation, ...]
    verified: bool
    standing: str
    value_from: dt.date
    variant: str | None
    limits: tuple[Limit | None, Limit | None]
    pack: str
    sources: Mapping[str, Source]

    def as_json(self) -> dict[str, object]:
        """The answer in the form of the command line and of the API."""
        return {
            "rule": self.rule,
            "kind": self.kind,
            "anchor": self.anchor.isoformat(),
            "statutory": self.statutory.as_json() if self.statutory else None,
            "service": self.service.as_json() if self.service else None,
            "provisional": self.provisional,
            "steps": [{"zh": step.zh, "en": step.en} for step in self.steps],
            "basis": [
                {
                    "source": citation.source,
                    "article": citation.article,
                    "zh": self.sources[citation.source].zh,
                    "en": self.sources[citation.source].en,
                }
                for citation in self.basis
            ],
            "verified": self.verified,
            "standing": self.standing,
        }


class Rulebook:
    """All records, ready to be asked. Immutable: other packs make another rulebook."""

    def __init__(self, reading: Reading, packs: tuple[Pack, ...] = ()) -> None:
        self._reading = reading
        self.national_sha256 = canonical_sha256(reading.texts)
        self.sha256 = _active_sha256(self.national_sha256, packs)
        self.rules: Mapping[str, Rule] = reading.rules
        self.acts: Mapping[str, Act] = reading.acts
        self.items: Mapping[str, Item] = reading.items
        self.codes: Mapping[str, CodeTable] = reading.codes
        self.crosswalks: Mapping[str, Crosswalk] = reading.crosswalks
        self.journeys: Mapping[str, Journey] = reading.journeys
        self.notices: Mapping[str, Notice] = reading.notices
        self.packs = packs
        self.sources: Mapping[str, Source] = {
            **reading.sources,
            **{source.id: source for pack in packs for source in pack.sources},
        }
        self.calendar = Calendar([*reading.years.values(), *(year for pack in packs for year in pack.years)])
        self._pack_rules: dict[tuple[str, str], PackRule] = {}
        self._prove_packs()

    @classmethod
    def from_texts(cls, texts: Mapping[str, str], packs: Mapping[str, str] | None = None) -> Rulebook:
        """The rulebook of named texts (relative paths such as ``deadlines/reception.yaml``) with packs over it.

        ``packs``: name → text of each pack that an installation has loaded. Raises RulebookError, with all problems
        found, where a text may not be used.
        """
        reading = Reading(texts)
        reading.read()
        return cls(reading).with_packs(packs or {})

    def with_packs(self, packs: Mapping[str, str]) -> Rulebook:
        """The same national records under exactly these packs; raises RulebookError where one may not be used."""
        if not packs:
            return self if not self.packs else Rulebook(self._reading)
        read = [read_pack(name, text, canonical_sha256({"pack": text})) for name, text in sorted(packs.items())]
        return Rulebook(self._reading, tuple(read))

    def _prove_packs(self) -> None:
        """Every pack is proved against the rulebook without it, wider jurisdictions first."""
        findings = Findings()
        for pack in sorted(self.packs, key=lambda pack: len(pack.jurisdiction.rstrip("0"))):
            for source in pack.sources:
                if source.id in self._reading.sources:
                    findings.add(
                        RulebookError(
                            pack.name, 1, f"来源 {source.id} 已存在", f"the source {source.id} exists already"
                        )
                    )
            findings.each(pack.rules, self._prove_rule)
        years = [year.year for pack in self.packs for year in pack.years]
        for year in sorted({year for year in years if years.count(year) > 1}):
            name = next(pack.name for pack in self.packs if year in {table.year for table in pack.years})
            findings.add(RulebookError(name, 1, f"{year}年有两个补充包", f"two packs hold the year {year}"))
        findings.stop_if_any()

    def _prove_rule(self, pack_rule: PackRule) -> None:
        key = (pack_rule.jurisdiction, pack_rule.id)
        rule = self.rules.get(pack_rule.id)
        if rule is None or key in self._pack_rules:
            zh, en = ("不存在", "does not exist") if rule is None else ("已有另一补充包", "has another pack already")
            raise RulebookError(
                pack_rule.file, pack_rule.line, f"规则 {pack_rule.id} {zh}", f"the rule {pack_rule.id} {en}"
            )
        for citation in pack_rule.basis:
            if citation.source not in self.sources:
                raise missing_source(pack_rule.file, pack_rule.line, pack_rule.id, citation.source)
        over = [self._pack_rules.get((code, rule.id)) for code in chain_of(pack_rule.jurisdiction)]
        edges = {edge for value in rule.values for edge in (value.from_, value.to)}
        edges |= {edge for held in over if held for value in held.values for edge in (value.from_, value.to)}
        for value in pack_rule.values:
            days = {value.from_, *(edge for edge in edges if edge is not None and value.covers(edge))}
            in_force = {day: self._value_and_packs(rule, day, pack_rule.jurisdiction)[0] for day in sorted(days)}
            prove(rule, pack_rule, in_force, value)
        self._pack_rules[key] = pack_rule

    def _value_and_packs(self, rule: Rule, day: dt.date, province: str | None) -> tuple[Value | None, list[PackRule]]:
        """The value in force on a legal day in a jurisdiction, and the packs that shaped it."""
        value, used = rule.value_on(day), []
        for code in chain_of(province) if value is not None and self._pack_rules else ():
            held = self._pack_rules.get((code, rule.id))
            found = next((entry for entry in held.values if entry.covers(day)), None) if held else None
            if held is not None and found is not None and value is not None:
                value = changed(rule, value, found.changes)
                used.append(held)
        return value, used

    def rule(self, rule_id: str) -> Rule:
        """A rule by id; raises RefusalError("unknown")."""
        return _known(self.rules, rule_id, "规则", "rule")

    def item(self, item_id: str) -> Item:
        """A core data item by id; raises RefusalError("unknown")."""
        return _known(self.items, item_id, "数据项", "item")

    def code_table(self, table: str) -> CodeTable:
        """A code table by id; raises RefusalError("unknown")."""
        return _known(self.codes, table, "代码表", "code table")

    def crosswalk(self, walk: str) -> Crosswalk:
        """A crosswalk by id; raises RefusalError("unknown")."""
        return _known(self.crosswalks, walk, "对照表", "crosswalk")

    def text_of_journey(self, journey_id: str) -> str:
        """The canonical text of the file that defines a journey; raises RefusalError("unknown")."""
        return canonical_text(self._reading.texts[self.journey(journey_id).file])

    def journey(self, journey_id: str) -> Journey:
        """A journey by id; raises RefusalError("unknown")."""
        return _known(self.journeys, journey_id, "流程", "journey")

    def explain(self, rule_id: str) -> tuple[Sentence, ...]:
        """A rule told in sentences; raises RefusalError("unknown")."""
        return explain_rule(self.rule(rule_id), self.sources)

    def describe(self, rule_id: str) -> dict[str, object]:
        """A rule as JSON-ready data; raises RefusalError("unknown")."""
        return rule_as_data(self.rule(rule_id))

    def value_on(self, rule_id: str, day: dt.date, province: str | None = None) -> Value:
        """The value in force on a legal day, packs of the jurisdiction applied; raises RefusalError("not_in_force")."""
        return self._in_force(self.rule(rule_id), day, province)[0]

    def _in_force(self, rule: Rule, day: dt.date, province: str | None) -> tuple[Value, list[PackRule]]:
        value, used = self._value_and_packs(rule, day, province)
        if rule.jurisdiction != NATION and province is not None and rule.jurisdiction not in chain_of(province):
            raise RefusalError(
                "not_in_force",
                f"{rule.id}“{rule.name_zh}”只在 {rule.jurisdiction} 生效",
                f"{rule.id} ({rule.name_en}) is in force in {rule.jurisdiction} only",
            )
        if value is None:
            raise RefusalError(
                "not_in_force",
                f"{rule.id}“{rule.name_zh}”在{day.isoformat()}不生效",
                f"{rule.id} ({rule.name_en}) is not in force on {day.isoformat()}",
            )
        return value, used

    def thresholds(
        self, rule_id: str, start: Start, as_of: Start, *, province: str | None = None
    ) -> tuple[ThresholdState, ...]:
        """Where a counter stands on the legal day ``as_of``: each threshold, and whether the count fulfils it.

        Raises RefusalError: unknown, not_in_force. Source: law.md CAL-4, CAL-9.
        """
        value, _ = self._in_force(self.rule(rule_id), legal_day(start), province)
        return tuple(
            ThresholdState(threshold, threshold_fulfilled(threshold, start, as_of)) for threshold in value.thresholds
        )

    def due(
        self,
        rule_id: str,
        start: Start,
        *,
        custody: bool = False,
        province: str | None = None,
        facts: Mapping[str, object] | None = None,
        calendar: Calendar | None = None,
        travel_days: int = 0,
    ) -> Due:
        """When a rule's clock ends that starts at ``start`` (naive: Asia/Shanghai).

        ``province``: six-digit code whose packs apply. ``facts`` choose a variant; a term without fixed length takes
        ``years``, ``months`` and ``days`` from them. Raises RefusalError: norm, unknown, not_in_force, wrong_fact,
        out_of_range. Source: decisions.md 16–18.
        """
        rule = self.rule(rule_id)
        counting.require_clock(rule)
        day = legal_day(start)
        value, packs = self._in_force(rule, day, province)
        words = facts_as_words(facts)
        statutory, service, variant = counting.limits_for(value, words)
        length = _term_length(words) if rule.kind == "term" and statutory is None else {}
        if any(length.values()):
            counted = count_term(start, **length)
        else:
            counted = count_clock(
                statutory,
                service,
                start,
                kind=rule.kind,
                direction=rule.direction,
                calendar=calendar or self.calendar,
                custody=custody or rule.custody_no_roll,
                travel_days=travel_days,
            )
        return Due(
            rule=rule.id,
            kind=rule.kind,
            anchor=legal_moment(start),
            statutory=counted.statutory,
            service=counted.service,
            provisional=counted.provisional,
            steps=_steps(rule, counted),
            basis=rule.basis + tuple(citation for pack in packs for citation in pack.basis),
            verified=rule.verified and all(pack.verified for pack in packs),
            standing=packs[-1].standing if packs else rule.standing,
            value_from=value.from_,
            variant=variant,
            limits=(statutory, service),
            pack=self.sha256,
            sources=self.sources,
        )


def _steps(rule: Rule, counted: Counted) -> tuple[Sentence, ...]:
    if counted.steps:
        return counted.steps
    if rule.immediate:
        return (Sentence("应当立即（及时）办理，未规定日数", "to be done at once; no number of days is set"),)
    if rule.kind == "term":
        return (
            Sentence(
                "期限长度以裁判文书为准，请以 years、months、days 给出",
                "the length is what the judgment states: give it as the facts years, months, days",
            ),
        )
    return (Sentence("未规定日数", "no number of days is set"),)


def _term_length(words: Mapping[str, str]) -> dict[str, int]:
    length = {}
    for name in TERM_FACTS:
        word = words.get(name, "0")
        if not word.isdecimal():
            raise RefusalError("wrong_fact", f"{name} 应为非负整数：{word}", f"{name} must be a whole number: {word}")
        length[name] = int(word)
    return length


def _known(table: Mapping[str, K], name: str, zh: str, en: str) -> K:
    found = table.get(name)
    if found is None:
        raise RefusalError("unknown", f"没有编号为 {name} 的{zh}", f"there is no {en} {name}")
    return found


def _active_sha256(national: str, packs: tuple[Pack, ...]) -> str:
    """The sha256 that a clock pins: of the national texts, and of the packs over them where there are any."""
    if not packs:
        return national
    return hashlib.sha256("\n".join([national, *(pack.sha256 for pack in packs)]).encode()).hexdigest()


_loaded: dict[str, tuple[tuple[tuple[str, int, int], ...], Rulebook]] = {}


def load_national(folder: Path = _DATA) -> Rulebook:
    """The national rulebook from the package's files, read again in this process only when a file has changed.

    Files are compared at each call, or once inside `holding.one_reading`. Raises RulebookError where a file may not be
    used; a process that read the files while they were sound goes on with what it read and logs what is wrong.
    """
    return read_once(str(folder), lambda: _compared(folder))


def _compared(folder: Path) -> Rulebook:
    stamps = []
    for path in text_paths(folder):
        stat = path.stat()
        stamps.append((str(path), stat.st_mtime_ns, stat.st_size))
    stamp = tuple(stamps)
    held = _loaded.get(str(folder))
    if held is None or held[0] != stamp:
        try:
            book = Rulebook.from_texts(read_folder(folder))
        except RulebookError:
            if held is None:
                raise
            _log.exception("the changed rulebook may not be used; the former one goes on")
            book = held[1]
        held = (stamp, book)
        _loaded[str(folder)] = held
    return held[1]


def due(
    rule_id: str,
    start: Start,
    *,
    custody: bool = False,
    province: str | None = None,
    facts: Mapping[str, object] | None = None,
    calendar: Calendar | None = None,
    travel_days: int = 0,
    book: Rulebook | None = None,
) -> Due:
    """``Rulebook.due`` of the given or the national rulebook."""
    return (book or load_national()).due(
        rule_id, start, custody=custody, province=province, facts=facts, calendar=calendar, travel_days=travel_days
    )
