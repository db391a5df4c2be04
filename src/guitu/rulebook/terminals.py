"""What a terminal for administration must be, for how long an assessment stands, and when one is needed: data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from guitu.rulebook.records import Sentence

DATA = Path(__file__).parent / "data" / "sign_in" / "terminals.yaml"


@dataclass(frozen=True)
class CheckItem:
    """One thing that is judged at the device: the sentence that must be true, and the article that asks for it."""

    code: str
    words: Sentence
    article: str


@dataclass(frozen=True)
class TerminalRules:
    """The checklist by code; an assessment stands for `valid`, its end is told `warn` before.

    `grace` after the founding of a real installation administrators without an assessed terminal go on as before; a
    passkey shown opens administration for `proof`.
    """

    items: Mapping[str, CheckItem]
    valid: timedelta
    warn: timedelta
    grace: timedelta
    proof: timedelta


@lru_cache(maxsize=1)
def terminal_rules() -> TerminalRules:
    """The rules (rulebook/data/sign_in/terminals.yaml). Raises KeyError where one is missing."""
    record: dict[str, Any] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return TerminalRules(
        items={
            line["code"]: CheckItem(line["code"], Sentence(line["zh"], line["en"]), line["article"])
            for line in record["items"]
        },
        valid=timedelta(days=record["valid_days"]),
        warn=timedelta(days=record["warn_days"]),
        grace=timedelta(days=record["grace_days"]),
        proof=timedelta(minutes=record["proof_minutes"]),
    )
