"""What the check of a release day goes by: cautious speeds, what night is, and the sentence of every finding."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from guitu.rulebook.records import Sentence

DATA = Path(__file__).parent / "data" / "release_day" / "checks.yaml"
WEIGHTS = ("warn", "unknown", "fact")


@dataclass(frozen=True)
class FindingKind:
    """One finding: its sentence with places for facts, and whether it warns, is not known, or only a fact."""

    code: str
    weight: str
    words: Sentence


@dataclass(frozen=True)
class ReleaseDayRules:
    """Speeds in km/h by means of transport, the detour on top of the straight line, the night (Asia/Shanghai)."""

    detour: float
    speeds: Mapping[str, float]
    night_from: dt.time
    night_to: dt.time
    look_ahead: int
    findings: Mapping[str, FindingKind]


@lru_cache(maxsize=1)
def release_day_rules() -> ReleaseDayRules:
    """The rules, read once. Raises KeyError where one is missing, ValueError for a weight that is none."""
    record: dict[str, Any] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    findings = {}
    for line in record["findings"]:
        if line["weight"] not in WEIGHTS:
            raise ValueError(f"{line['code']}: {line['weight']}")
        findings[line["code"]] = FindingKind(line["code"], line["weight"], Sentence(line["zh"], line["en"]))
    return ReleaseDayRules(
        detour=float(record["detour"]),
        speeds={way: float(speed) for way, speed in record["speeds"].items()},
        night_from=dt.time.fromisoformat(record["night"]["from"]),
        night_to=dt.time.fromisoformat(record["night"]["to"]),
        look_ahead=record["look_ahead"],
        findings=findings,
    )
