"""The rulebook: all records of the national pack, with the overlays that an installation has loaded."""

from __future__ import annotations

import datetime as dt
import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from guitu.rulebook import counting
from guitu.rulebook.calendar import Calendar, CalendarYear, read_calendar_year
from guitu.rulebook.catalogues import read_source
from guitu.rulebook.clocks import (
    Counted,
    Moment,
    Start,
    count_clock,
    count_term,
    facts_as_words,
    legal_day,
    legal_moment,
)
from guitu.rulebook.errors import RefusalError, RulebookError
from guitu.rulebook.reading import Findings, Section, open_text
from guitu.rulebook.records import Citation, Rule, Sentence, Source, Value
from guitu.rulebook.rules import read_rule

_DATA = Path(__file__).parent / "data"
_FOLDERS = ("deadlines", "calendars", "items", "codes", "crosswalks", "journeys")
TERM_FACTS = ("years", "months", "days")
"""The facts that give the length of a term where the judgment sets it."""
_TOP = ("sources.yaml", "acts.yaml")


@dataclass(frozen=True, slots=True)
class Due:
    """The answer to "when?": both ends, how they were counted, and on what they stand.

    ``value_from`` is the first day of the dated value that was used, ``variant`` the one chosen by facts, ``pack`` the
    sha256 of the rulebook: what a clock pins.
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
    """All records, ready to be asked. Immutable: another pack makes another rulebook."""

    def __init__(
        self, *, sources: Mapping[str, Source], rules: Mapping[str, Rule], calendar: Calendar, sha256: str
    ) -> None:
        self.sources = sources
        self.rules = rules
        self.calendar = calendar
        self.sha256 = sha256

    @classmethod
    def from_texts(cls, texts: Mapping[str, str]) -> Rulebook:
        """The rulebook of named texts (relative paths such as ``deadlines/reception.yaml``).

        Raises RulebookError, with all problems found, where a text may not be used.
        """
        return _Reading(texts).finish()

    def rule(self, rule_id: str) -> Rule:
        """A rule by id; raises RefusalError("unknown")."""
        found = self.rules.get(rule_id)
        if found is None:
            raise RefusalError("unknown", f"没有编号为 {rule_id} 的规则", f"no rule has the id {rule_id}")
        return found

    def value_on(self, rule: Rule, day: dt.date, province: str | None = None) -> Value:
        """The value in force on a legal day; raises RefusalError("not_in_force")."""
        value = rule.value_on(day)
        if value is None:
            raise RefusalError(
                "not_in_force",
                f"{rule.id}“{rule.name_zh}”在{day.isoformat()}不生效",
                f"{rule.id} ({rule.name_en}) is not in force on {day.isoformat()}",
            )
        return value

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
        value = self.value_on(rule, day, province)
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
            basis=rule.basis,
            verified=rule.verified,
            standing=rule.standing,
            value_from=value.from_,
            variant=variant,
            pack=self.sha256,
            sources=self.sources,
        )


def _steps(rule: Rule, counted: Counted) -> tuple[Sentence, ...]:
    if counted.steps:
        return counted.steps
    if rule.immediate:
        return (Sentence("应当立即(及时)办理,未规定日数", "to be done at once; no number of days is set"),)
    if rule.kind == "term":
        return (
            Sentence(
                "期限长度以裁判文书为准,请以 years、months、days 给出",
                "the length is what the judgment states: give it as the facts years, months, days",
            ),
        )
    return (Sentence("未规定日数", "no number of days is set"),)


def _term_length(words: Mapping[str, str]) -> dict[str, int]:
    length = {}
    for name in TERM_FACTS:
        word = words.get(name, "0")
        if not word.isdecimal():
            raise RefusalError("wrong_fact", f"{name} 应为非负整数:{word}", f"{name} must be a whole number: {word}")
        length[name] = int(word)
    return length


class _Reading:
    """One reading of a set of texts into a rulebook."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts
        self.findings = Findings()
        self.sources: dict[str, Source] = {}
        self.rules: dict[str, Rule] = {}
        self.years: dict[int, CalendarYear] = {}

    def finish(self) -> Rulebook:
        if "sources.yaml" not in self.texts:
            raise RulebookError("sources.yaml", 1, "缺少来源表", "the list of sources is missing")
        for name in sorted(self.texts, key=lambda name: (name != "sources.yaml", name)):
            self.findings.attempt(lambda name=name: self._read(name))  # type: ignore[misc]
        for rule in self.rules.values():
            self.findings.attempt(lambda rule=rule: self._check_sources(rule))  # type: ignore[misc]
        self.findings.stop_if_any()
        return Rulebook(
            sources=self.sources,
            rules=self.rules,
            calendar=Calendar(self.years.values()),
            sha256=canonical_sha256(self.texts),
        )

    def _read(self, name: str) -> None:
        top = open_text(name, self.texts[name])
        folder = name.partition("/")[0]
        if name == "sources.yaml":
            self.findings.each(top.sections("sources", required=True), self._source)
        elif folder == "deadlines":
            self.findings.each(top.sections("rules", required=True), self._rule)
        elif folder == "calendars":
            year = read_calendar_year(top)
            if year.year in self.years:
                raise top.error(f"{year.year}年重复", f"the year {year.year} is listed twice")
            self.years[year.year] = year
            return
        else:
            return
        top.done()

    def _source(self, section: Section) -> None:
        source = read_source(section)
        if source.id in self.sources:
            raise section.error(f"来源编号 {source.id} 重复", f"duplicate source id {source.id}", "id")
        self.sources[source.id] = source

    def _rule(self, section: Section) -> None:
        rule = read_rule(section)
        if rule.id in self.rules:
            raise section.error(f"规则编号 {rule.id} 重复", f"duplicate rule id {rule.id}", "id")
        self.rules[rule.id] = rule

    def _check_sources(self, rule: Rule) -> None:
        for citation in rule.basis:
            source = self.sources.get(citation.source)
            if source is None:
                raise RulebookError(
                    rule.file,
                    rule.line,
                    f"{rule.id} 引用了不存在的来源 {citation.source}",
                    f"{rule.id} cites a source that does not exist: {citation.source}",
                )
            ends = source.in_force_to
            for value in rule.values if ends else ():
                if value.to is None or value.to > (ends or value.to):
                    raise RulebookError(
                        rule.file,
                        rule.line,
                        f"{rule.id} 的数值晚于其依据 {source.id} 的失效日",
                        f"{rule.id} outlives its source {source.id}, which ended on {ends}",
                    )


def canonical_sha256(texts: Mapping[str, str]) -> str:
    """The sha256 of texts in canonical form: by name, NFC, line ends \\n, no trailing blanks."""
    digest = hashlib.sha256()
    for name in sorted(texts):
        digest.update(f"# {name}\n{canonical_text(texts[name])}".encode())
    return digest.hexdigest()


def canonical_text(text: str) -> str:
    """A text in canonical form."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).rstrip("\n") + "\n"


def read_folder(folder: Path) -> dict[str, str]:
    """The rulebook texts of a folder, by relative path."""
    paths = [folder / name for name in _TOP]
    for name in _FOLDERS:
        paths.extend(sorted((folder / name).glob("*.yaml")))
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths if path.is_file()}


_loaded: dict[str, tuple[tuple[tuple[str, int, int], ...], Rulebook]] = {}


def load_national(folder: Path = _DATA) -> Rulebook:
    """The national rulebook from the package's files, read again in this process only when a file has changed.

    Raises RulebookError where a file may not be used.
    """
    stamps = []
    for path in sorted(folder.rglob("*.yaml")):
        stat = path.stat()
        stamps.append((str(path), stat.st_mtime_ns, stat.st_size))
    stamp = tuple(stamps)
    held = _loaded.get(str(folder))
    if held is None or held[0] != stamp:
        held = (stamp, Rulebook.from_texts(read_folder(folder)))
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
