"""The words of the person's own page, from rulebook/data/my_road: plain, bilingual, with the law behind each right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from guitu.rulebook.records import Sentence

DATA = Path(__file__).parent / "data" / "my_road" / "words.yaml"


@dataclass(frozen=True)
class StagePlain:
    """One of the eight stages as it is said to the person: its title, what is promised, what comes when it is next."""

    number: int
    title: Sentence
    promise: Sentence
    next: Sentence


@dataclass(frozen=True)
class StatementKind:
    """Something the person can say: `words_needed` where a bare yes or no would not be understood."""

    code: str
    label: Sentence
    hint: Sentence
    words_needed: bool


@dataclass(frozen=True)
class Right:
    """A right in plain words, with the article it stands on."""

    words: Sentence
    article: str


@dataclass(frozen=True)
class MyRoadWords:
    """All that the page says of itself."""

    stages: tuple[StagePlain, ...]
    ended: Sentence
    free: Sentence
    statements: Mapping[str, StatementKind]
    documents: frozenset[str]
    document_notes: Mapping[str, Right]
    rights: tuple[Right, ...]
    complaint: Sentence
    complaint_telephone: str
    complaint_article: Sentence


@lru_cache(maxsize=1)
def my_road_words() -> MyRoadWords:
    """The words, read once. Raises KeyError where one is missing."""
    record: dict[str, Any] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    following = {line["stage"]: _sentence(line) for line in record["next"]}
    complaint = record["complaint"]
    return MyRoadWords(
        stages=tuple(
            StagePlain(
                stage["number"],
                _sentence(stage),
                Sentence(stage["promise_zh"], stage["promise_en"]),
                following[stage["number"]],
            )
            for stage in record["stages"]
        ),
        ended=_sentence(record["ended"]),
        free=_sentence(record["free"]),
        statements={
            kind["code"]: StatementKind(
                kind["code"],
                _sentence(kind),
                Sentence(kind["hint_zh"], kind["hint_en"]),
                kind["words"] == "needed",
            )
            for kind in record["statements"]
        },
        documents=frozenset(record["documents"]),
        document_notes={line["document"]: Right(_sentence(line), line["article"]) for line in record["document_notes"]},
        rights=tuple(Right(_sentence(line), line["article"]) for line in record["rights"]),
        complaint=_sentence(complaint),
        complaint_telephone=complaint["telephone"],
        complaint_article=Sentence(complaint["article_zh"], complaint["article_en"]),
    )


def _sentence(record: Mapping[str, Any]) -> Sentence:
    return Sentence(record["zh"], record["en"])
