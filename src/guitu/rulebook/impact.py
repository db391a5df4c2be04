"""Which features need an impact assessment before they are used, and for how long one stands: data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from guitu.rulebook.records import Sentence

DATA = Path(__file__).parent / "data" / "impact" / "features.yaml"


@dataclass(frozen=True)
class Feature:
    """A sensitive feature: why it is one, by which article, and the digest by which a changed one is recognised."""

    code: str
    words: Sentence
    why: Sentence
    article: Sentence
    sha256: str


@dataclass(frozen=True)
class ImpactRules:
    """The features by code; at least how many characters each part of an assessment has; the rules of its terms."""

    features: Mapping[str, Feature]
    words_min: int
    term_rule: str
    keep_rule: str


@lru_cache(maxsize=1)
def impact_rules() -> ImpactRules:
    """The rules (rulebook/data/impact/features.yaml, PIPL 55 and 56). Raises KeyError where one is missing."""
    record: dict[str, Any] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return ImpactRules(
        features={line["code"]: _feature(line) for line in record["features"]},
        words_min=record["words_min"],
        term_rule=record["term_rule"],
        keep_rule=record["keep_rule"],
    )


def _feature(line: dict[str, str]) -> Feature:
    told = json.dumps(line, ensure_ascii=False, sort_keys=True)
    return Feature(
        code=line["code"],
        words=Sentence(line["zh"], line["en"]),
        why=Sentence(line["why_zh"], line["why_en"]),
        article=Sentence(line["article"], line["article_en"]),
        sha256=hashlib.sha256(told.encode()).hexdigest(),
    )
