"""What a third-party evaluation asks, how small a group is not shown, how large a sample may be: data, read once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from guitu.rulebook.records import Sentence

DATA = Path(__file__).parent / "data" / "evaluation" / "third_party.yaml"


@dataclass(frozen=True)
class Question:
    """One question to every matter, answered by yes or no; `good` says whether a yes is what one hopes for."""

    code: str
    good: bool
    words: Sentence


@dataclass(frozen=True)
class EvaluationRules:
    """The rules of third-party evaluations.

    `received_within` counts whole days after the legal release day; `sample_share` is per cent of the frame; `quantile`
    is the two-sided standard normal quantile of `level` per cent; `parts` are the states and steps that are shown.
    """

    questions: Mapping[str, Question]
    received_within: int
    sample_most: int
    sample_share: int
    level: int
    quantile: float
    parts: tuple[str, ...]
    least_groups: tuple[tuple[dt.date, int], ...]

    def least_group(self, on: dt.date) -> int:
        """The size under which a group is not shown, in force on a legal day. Raises LookupError before the first."""
        held = [value for since, value in self.least_groups if since <= on]
        if not held:
            raise LookupError(f"no least group is in force on {on}")
        return held[-1]


@lru_cache(maxsize=1)
def evaluation_rules() -> EvaluationRules:
    """The rules (rulebook/data/evaluation/third_party.yaml). Raises KeyError where one is missing."""
    record: dict[str, Any] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    questions = {
        line["code"]: Question(line["code"], line["good"], Sentence(line["zh"], line["en"]))
        for line in record["questions"]
    }
    return EvaluationRules(
        questions=questions,
        received_within=record["received_within_days"],
        sample_most=record["sample_most"],
        sample_share=record["sample_share"],
        level=record["confidence"]["level"],
        quantile=float(record["confidence"]["quantile"]),
        parts=tuple(record["parts"]),
        least_groups=tuple(sorted((line["from"], line["value"]) for line in record["least_group"])),
    )
