"""What holds for looks outside the own caseload, emergency looks and exports: data with its source, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

import yaml

from guitu.rulebook.book import load_national

DATA = Path(__file__).parent / "data" / "looking" / "limits.yaml"
LOOK_REASONS, EMERGENCIES, EXPORT_USES = "look_reason", "emergency", "export_use"


class ReasonRefused(ValueError):
    """A reason needs a code of its table and enough words; `zh` and `en` say which is lacking."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True)
class LookRules:
    """Why something is looked at: the code table of reasons, and how many characters the words have at least."""

    table: str
    words_min: int

    def reason(self, code: str, words: str) -> str:
        """The words as they are kept. Raises ReasonRefused."""
        if code not in {one.code for one in load_national().codes[self.table].codes}:
            raise ReasonRefused("请选一项理由。", "Choose one of the reasons.")
        said = " ".join(words.split())
        if len(said) < self.words_min:
            least = self.words_min
            raise ReasonRefused(
                f"请说明具体情况，至少{least}个字。", f"Say what it is about, in at least {least} characters."
            )
        return said


def finding(words: str, least: int) -> str:
    """What a review found or an approver said, as it is kept. Raises ReasonRefused below `least` characters."""
    said = " ".join(words.split())
    if len(said) < least:
        raise ReasonRefused(
            f"请写明意见，至少{least}个字。", f"Say what you find and why, in at least {least} characters."
        )
    return said


@dataclass(frozen=True)
class EmergencyRules:
    """How long a broken glass stays open, how often a post may try within a time, and what follows an abuse."""

    lasts: timedelta
    reason: LookRules
    attempts: int
    within: timedelta
    barred: timedelta
    review_rule: str
    review_most: timedelta
    """How far the end of the review's term may lie at most, whatever days of rest come between."""


@dataclass(frozen=True)
class MomentRules:
    """How far the moment that a process tells may lie before and behind the database's own clock."""

    ahead: timedelta
    behind: timedelta


@dataclass(frozen=True)
class ExportRules:
    """Exports: how long a file is kept, from how many rows the worker makes it, how many rows there may be at most.

    `alone`: role → how many rows one person may take `within` a time, all exports together; above it a leader of the
    unit approves. A role that is not there exports nothing.
    """

    reason: LookRules
    kept: timedelta
    errand_rows: int
    most_rows: int
    alone: Mapping[str, int]
    within: timedelta


@lru_cache(maxsize=1)
def _record() -> dict[str, dict[str, object]]:
    record: dict[str, dict[str, object]] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return record


def _number(part: str, name: str) -> int:
    value = _record()[part][name]
    if not isinstance(value, int):
        raise TypeError(f"{part}.{name} is no whole number")
    return value


@lru_cache(maxsize=1)
def look_rules() -> LookRules:
    """What a reason for a look must be. Source: rulebook/data/looking/limits.yaml (own service rule)."""
    return LookRules(LOOK_REASONS, _number("look", "words_min"))


@lru_cache(maxsize=1)
def line_lasts() -> timedelta:
    """How long after a line of the trace what was asked for may be read. Source: rulebook/data/looking/limits.yaml."""
    return timedelta(minutes=_number("look", "line_minutes"))


@lru_cache(maxsize=1)
def emergency_rules() -> EmergencyRules:
    """What holds for emergency looks. Source: rulebook/data/looking/limits.yaml (own service rules)."""
    return EmergencyRules(
        lasts=timedelta(minutes=_number("emergency", "minutes")),
        reason=LookRules(EMERGENCIES, _number("emergency", "words_min")),
        attempts=_number("emergency", "attempts"),
        within=timedelta(hours=_number("emergency", "within_hours")),
        barred=timedelta(days=_number("emergency", "barred_days")),
        review_rule=str(_record()["emergency"]["review_rule"]),
        review_most=timedelta(days=_number("emergency", "review_most_days")),
    )


@lru_cache(maxsize=1)
def moment_rules() -> MomentRules:
    """What the database takes for the present moment. Source: rulebook/data/looking/limits.yaml (own service rules)."""
    return MomentRules(
        ahead=timedelta(minutes=_number("moment", "ahead_minutes")),
        behind=timedelta(minutes=_number("moment", "behind_minutes")),
    )


@lru_cache(maxsize=1)
def export_rules() -> ExportRules:
    """What holds for exports. Source: rulebook/data/looking/limits.yaml (own service rules)."""
    alone = _record()["export"]["alone"]
    if not isinstance(alone, dict):
        raise TypeError("export.alone is no table")
    return ExportRules(
        reason=LookRules(EXPORT_USES, _number("export", "words_min")),
        kept=timedelta(hours=_number("export", "kept_hours")),
        errand_rows=_number("export", "errand_rows"),
        most_rows=_number("export", "most_rows"),
        alone=dict(alone),
        within=timedelta(hours=_number("export", "alone_hours")),
    )
