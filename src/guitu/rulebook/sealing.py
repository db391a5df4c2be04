"""Grounds of sealing, of the lawful query of a sealed file, and of correcting a sealing: data with their articles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from guitu.rulebook.records import Citation, Sentence

DATA = Path(__file__).parent / "data" / "sealing" / "grounds.yaml"


@dataclass(frozen=True)
class Ground:
    """A ground with its articles; `seals` and `organs` say which sealings and which organs a query's ground fits.

    In force from `from_` until the day before `to`; `verified` False: still to be compared with the full text.
    """

    code: str
    words: Sentence
    basis: tuple[Citation, ...]
    seals: frozenset[str]
    organs: frozenset[str]
    verified: bool
    from_: dt.date
    to: dt.date | None

    def holds_on(self, day: dt.date) -> bool:
        """Whether the ground is in force on this legal day."""
        return self.from_ <= day and (self.to is None or day < self.to)


@dataclass(frozen=True)
class SealingRules:
    """Grounds and organs by code; how many characters a document number and words have at least; the rules that say
    how long a look is open, until when a decision is made and a file sealed. `not_sealed`: why a file stays open;
    `seal_after`: the states of a matter after which sealing is due.
    """

    seals: Mapping[str, Ground]
    queries: Mapping[str, Ground]
    corrections: Mapping[str, Ground]
    not_sealed: Mapping[str, Ground]
    organs: Mapping[str, Sentence]
    document_min: int
    words_min: int
    look_rule: str
    decide_rule: str
    seal_rule: str
    seal_after: tuple[str, ...]


@lru_cache(maxsize=1)
def sealing_rules() -> SealingRules:
    """The rules (rulebook/data/sealing/grounds.yaml). Raises KeyError where a part is missing."""
    record: dict[str, Any] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return SealingRules(
        seals=_grounds(record["seals"]),
        queries=_grounds(record["queries"]),
        corrections=_grounds(record["corrections"]),
        not_sealed=_grounds(record["not_sealed"]),
        organs={line["code"]: Sentence(line["zh"], line["en"]) for line in record["organs"]},
        document_min=record["document_min"],
        words_min=record["words_min"],
        look_rule=record["look_rule"],
        decide_rule=record["decide_rule"],
        seal_rule=record["seal_rule"],
        seal_after=tuple(record["seal_after"]),
    )


def _grounds(lines: Iterable[Mapping[str, Any]]) -> dict[str, Ground]:
    return {
        line["code"]: Ground(
            code=line["code"],
            words=Sentence(line["zh"], line["en"]),
            basis=tuple(Citation(one["source"], one["article"]) for one in line["basis"]),
            seals=frozenset(line.get("seals", ())),
            organs=frozenset(line.get("organs", ())),
            verified=line["verified"],
            from_=line["from"],
            to=line["to"],
        )
        for line in lines
    }
