"""What a notice of a breach of personal data names, and which rules its clocks follow (PIPL 57): data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from guitu.rulebook.records import Sentence

DATA = Path(__file__).parent / "data" / "breach" / "breach.yaml"


@dataclass(frozen=True)
class BreachRules:
    """Codes with their words; `items` says which core data items a kind of data holds.

    `words_min` and `contact_min` in characters; the two rules say until when authority and persons are told.
    """

    kinds: Mapping[str, Sentence]
    items: Mapping[str, tuple[str, ...]]
    causes: Mapping[str, Sentence]
    harms: Mapping[str, Sentence]
    words_min: int
    contact_min: int
    authority_rule: str
    persons_rule: str


@lru_cache(maxsize=1)
def breach_rules() -> BreachRules:
    """The rules (rulebook/data/breach/breach.yaml). Raises KeyError where a part is missing."""
    record: dict[str, Any] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return BreachRules(
        kinds=_words(record["kinds"]),
        items={line["code"]: tuple(line["items"]) for line in record["kinds"]},
        causes=_words(record["causes"]),
        harms=_words(record["harms"]),
        words_min=record["words_min"],
        contact_min=record["contact_min"],
        authority_rule=record["authority_rule"],
        persons_rule=record["persons_rule"],
    )


def _words(lines: list[dict[str, Any]]) -> dict[str, Sentence]:
    return {line["code"]: Sentence(line["zh"], line["en"]) for line in lines}
