"""How long work given to the worker waits and is tried, and how often a code on paper may be guessed: data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parent / "data" / "tries" / "limits.yaml"


@dataclass(frozen=True)
class ErrandRules:
    """`waits`: after so long it is not begun any more; `token`: how long one try may act; `tries`: how many at most."""

    waits: timedelta
    token: timedelta
    tries: int


@dataclass(frozen=True)
class VerifyRules:
    """From one network address at most `tries` codes that do not exist are looked up `within` so long."""

    tries: int
    within: timedelta


@lru_cache(maxsize=1)
def errand_rules() -> ErrandRules:
    """The rules of errands but for exports, which wait as long as their file is kept (rulebook/data/tries)."""
    record = _record("errand")
    return ErrandRules(
        timedelta(hours=record["waits_hours"]), timedelta(minutes=record["token_minutes"]), record["tries"]
    )


@lru_cache(maxsize=1)
def verify_rules() -> VerifyRules:
    """The rules of looking a document up by its code (rulebook/data/tries)."""
    record = _record("verify")
    return VerifyRules(record["tries"], timedelta(minutes=record["within_minutes"]))


def _record(part: str) -> dict[str, Any]:
    record: dict[str, Any] = yaml.safe_load(DATA.read_text(encoding="utf-8"))[part]
    return record
