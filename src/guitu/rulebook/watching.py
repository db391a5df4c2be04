"""What counts as unusual reading: dated figures and weights with their source. Pure; the day is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from guitu.rulebook.errors import RulebookError

DATA = Path(__file__).parent / "data" / "looking" / "watching.yaml"
VOLUME, OFF_HOURS, NO_RELATION = "VOLUME", "OFF_HOURS", "NO_RELATION"
BROWSING, EXPORT, GLASS, NAMESAKE = "BROWSING", "EXPORT", "GLASS", "NAMESAKE"
INDICATORS = (VOLUME, OFF_HOURS, NO_RELATION, BROWSING, EXPORT, GLASS, NAMESAKE)


@dataclass(frozen=True)
class Indicator:
    """One kind of unusual reading; it speaks when its count is above `over`, with `weight` in the rank."""

    code: str
    over: int
    weight: int
    zh: str
    en: str


@dataclass(frozen=True)
class WatchRules:
    """What holds on a day. Source: rulebook/data/looking/watching.yaml (own service rules).

    Office hours are those of working days, Asia/Shanghai. `tuning_least` reviews are needed before a figure is
    proposed, above which at least `right_percent` per cent of the reviewed lines were found wrong.
    """

    since: date
    window: timedelta
    opens: time
    closes: time
    unopened: timedelta
    peers_min: int
    peers_percent: int
    times_most: int
    """How many times its figure an indicator counts for in the rank at most."""
    words_min: int
    tuning_least: int
    right_percent: int
    indicators: tuple[Indicator, ...]


def watch_rules(day: date) -> WatchRules:
    """The version in force on a legal day; before the first one, the first. Raises RulebookError for a wrong file."""
    versions = _versions()
    begun = [one for one in versions if one.since <= day]
    return begun[-1] if begun else versions[0]


@lru_cache(maxsize=1)
def _versions() -> tuple[WatchRules, ...]:
    return read_watch_rules(DATA.read_text(encoding="utf-8"))


def read_watch_rules(text: str) -> tuple[WatchRules, ...]:
    """All versions, the oldest first. Raises RulebookError for a missing indicator, a bad figure, equal days."""
    versions = sorted((_version(one) for one in yaml.safe_load(text)["versions"]), key=lambda one: one.since)
    if not versions or len({one.since for one in versions}) != len(versions):
        raise _wrong("至少要有一个版本，起始日不能相同", "there must be a version, and no two from the same day")
    return tuple(versions)


def _version(entry: dict[str, Any]) -> WatchRules:
    indicators = tuple(Indicator(**one) for one in entry["indicators"])
    if tuple(one.code for one in indicators) != INDICATORS:
        raise _wrong(
            f"指标须依次为 {', '.join(INDICATORS)}", f"the indicators must be {', '.join(INDICATORS)}, in order"
        )
    names = ("window_days", "unopened_minutes", "peers_min", "peers_percent", "times_most", "words_min")
    numbers = [entry[name] for name in names]
    numbers += [entry["tuning"]["least"], entry["tuning"]["right_percent"]]
    numbers += [figure for one in indicators for figure in (one.over, one.weight)]
    if not all(isinstance(number, int) and number > 0 for number in numbers):
        raise _wrong("数值须为正整数", "figures must be whole and above zero")
    return WatchRules(
        since=entry["from"],
        window=timedelta(days=entry["window_days"]),
        opens=time.fromisoformat(entry["office"]["opens"]),
        closes=time.fromisoformat(entry["office"]["closes"]),
        unopened=timedelta(minutes=entry["unopened_minutes"]),
        peers_min=entry["peers_min"],
        peers_percent=entry["peers_percent"],
        times_most=entry["times_most"],
        words_min=entry["words_min"],
        tuning_least=entry["tuning"]["least"],
        right_percent=entry["tuning"]["right_percent"],
        indicators=indicators,
    )


def _wrong(zh: str, en: str) -> RulebookError:
    return RulebookError("looking/watching.yaml", 1, zh, en)
