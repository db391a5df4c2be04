"""The records of the rulebook as immutable values; the formats are described in docs/rulebook.md."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

KINDS = ("deadline", "term", "counter", "norm")
UNITS = ("hour", "day", "working_day", "half_month", "month", "year")
ROLLS = ("next_working_day", "none")
BEARERS = ("organ", "person", "none")
RANGES = ("shorter_only", "longer_only", "fixed", "local")
STANDINGS = ("law", "policy", "local", "service", "claim")
EVIDENCES = ("V", "P", "M")
COMPARISONS = ("at_most", "at_least", "more_than", "less_than")
MEASURES = ("control", "probation", "parole", "temporary_outside", "released")
JUVENILE = ("any", "only", "no")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A source and its article; the article is None only where the source has no articles."""

    source: str
    article: str | None


@dataclass(frozen=True, slots=True)
class Source:
    """A law, regulation, notice or own promise, with the days between which it is in force (end exclusive)."""

    id: str
    zh: str
    en: str
    document: str | None
    in_force_from: dt.date
    in_force_to: dt.date | None
    verified: bool
    checked_on: dt.date
    note: Sentence | None


@dataclass(frozen=True, slots=True)
class Limit:
    """A length of time as the rule states it: value, unit, and what happens when the last day is no working day."""

    value: int
    unit: str
    roll: str


@dataclass(frozen=True, slots=True)
class Variant:
    """Other limits that hold when all named facts match."""

    id: str
    when: tuple[tuple[str, str], ...]
    statutory: Limit | None
    service: Limit | None


@dataclass(frozen=True, slots=True)
class Threshold:
    """A count that has a consequence; 内/以上 include the number, 超过/以下 exclude it (CAL-4)."""

    id: str
    value: int
    unit: str
    comparison: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Value:
    """What a rule says from one legal day to another (end exclusive, None: still in force)."""

    from_: dt.date
    to: dt.date | None
    statutory: Limit | None
    service: Limit | None
    variants: tuple[Variant, ...]
    thresholds: tuple[Threshold, ...]

    def covers(self, day: dt.date) -> bool:
        """Whether the value is in force on the legal day."""
        return self.from_ <= day and (self.to is None or day < self.to)


@dataclass(frozen=True, slots=True)
class Overdue:
    """What happens when the clock has run out: who is told in turn, and a sentence."""

    ladder: tuple[str, ...]
    zh: str | None
    en: str | None


@dataclass(frozen=True, slots=True)
class LocalRange:
    """The range that a national rule opens for local regulation."""

    min: Limit | None
    max: Limit | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule with its own citation, mark and dated values."""

    id: str
    name_zh: str
    name_en: str
    kind: str
    text_zh: str
    text_en: str
    trigger: str | None
    clock_start: str | None
    direction: str
    values: tuple[Value, ...]
    custody_no_roll: bool
    immediate: bool
    bearer: str
    range: str
    local_range: LocalRange | None
    responsible: str
    approver: str | None
    notify: tuple[str, ...]
    copy_to: tuple[str, ...]
    when_overdue: Overdue | None
    basis: tuple[Citation, ...]
    standing: str
    evidence: str
    evidence_site: str | None
    verified: bool
    checked_on: dt.date
    measures: tuple[str, ...]
    juvenile: str
    jurisdiction: str
    file: str
    line: int
    paper_zh: str | None = None
    """How a document says the rule within a sentence of its own; None where it quotes the text. Papers are Chinese."""

    @property
    def said_on_paper(self) -> str:
        """The rule as a Chinese document says it, without a full stop."""
        return self.paper_zh or self.text_zh.rstrip("。")

    def value_on(self, day: dt.date) -> Value | None:
        """The value in force on a legal day, or None."""
        for value in self.values:
            if value.covers(day):
                return value
        return None
