"""On which ground and for how long looks may be held back from the person: dated data with its source. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from guitu.rulebook.errors import RulebookError

DATA = Path(__file__).parent / "data" / "looking" / "holding_back.yaml"
LAW_ZH, LAW_EN = "个人信息保护法", "Personal Information Protection Law"
ALLOWED = frozenset({"18", "35"})
"""The two articles of the law under which the person need not be told; a ground on any other stops the reading."""


@dataclass(frozen=True)
class HoldGround:
    """A ground for holding looks back, with the article of the Personal Information Protection Law it stands on."""

    code: str
    article: str
    zh: str
    en: str


@dataclass(frozen=True)
class HoldRules:
    """What holds on a day. Source: rulebook/data/looking/holding_back.yaml (grounds of law, days of our own)."""

    since: date
    most: timedelta
    back: timedelta
    words_min: int
    grounds: Mapping[str, HoldGround]


def hold_rules(day: date) -> HoldRules:
    """The version in force on a legal day. Raises RulebookError for a day before the first one."""
    begun = [one for one in _versions() if one.since <= day]
    if not begun:
        raise _wrong("这一天还没有可以暂不显示的依据", "no ground to hold anything back was in force on this day")
    return begun[-1]


@lru_cache(maxsize=1)
def _versions() -> tuple[HoldRules, ...]:
    return read_hold_rules(DATA.read_text(encoding="utf-8"))


def read_hold_rules(text: str) -> tuple[HoldRules, ...]:
    """All versions, the oldest first. Raises RulebookError for another law's ground, a bad figure, equal days."""
    versions = sorted((_version(one) for one in yaml.safe_load(text)["versions"]), key=lambda one: one.since)
    if not versions or len({one.since for one in versions}) != len(versions):
        raise _wrong("至少要有一个版本，起始日不能相同", "there must be a version, and no two from the same day")
    return tuple(versions)


def _version(entry: dict[str, Any]) -> HoldRules:
    numbers = [entry[name] for name in ("days_most", "back_days", "words_min")]
    if not all(isinstance(number, int) and number > 0 for number in numbers):
        raise _wrong("数值须为正整数", "figures must be whole and above zero")
    grounds = [HoldGround(**one) for one in entry["grounds"]]
    if not grounds or not all(one.article in ALLOWED for one in grounds):
        raise _wrong("依据只能是第十八条、第三十五条", "a ground stands on article 18 or 35, on no other")
    return HoldRules(
        since=entry["from"],
        most=timedelta(days=entry["days_most"]),
        back=timedelta(days=entry["back_days"]),
        words_min=entry["words_min"],
        grounds={one.code: one for one in grounds},
    )


def _wrong(zh: str, en: str) -> RulebookError:
    return RulebookError("looking/holding_back.yaml", 1, zh, en)
