"""What a person may ask about their own data, grounds of refusal and deletion, what a copy leaves out: data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from guitu.rulebook.records import Sentence

DATA = Path(__file__).parent / "data" / "rights" / "desk.yaml"


@dataclass(frozen=True)
class RightKind:
    """One kind of request: the statement it is said in, its article, its clock's rule, whether it names a decision.

    `look`: it names a look at the file, and asks whose it was.
    """

    code: str
    says: str
    words: Sentence
    article: str
    rule: str
    contests: bool
    look: bool


@dataclass(frozen=True)
class Ground:
    """A ground in plain words with its article; `kinds` are the kinds of requests that may be refused on it."""

    code: str
    words: Sentence
    article: str
    kinds: frozenset[str]


@dataclass(frozen=True)
class WorseningKind:
    """What a superior looks at anew after a complaint: a graded item or a refusal; `back` is what the office reads."""

    code: str
    graded: bool
    words: Sentence
    back: str


@dataclass(frozen=True)
class RightsRules:
    """The rules of the rights desk.

    `secret_papers` kinds of files that no copy names, `investigation_papers` kinds that a copy names without content,
    `copy_days` whole days for which a finished copy can be fetched.
    """

    kinds: Mapping[str, RightKind]
    refusals: Mapping[str, Ground]
    deletions: Mapping[str, Ground]
    withheld: Mapping[str, Ground]
    secret_papers: frozenset[str]
    investigation_papers: frozenset[str]
    copy_days: int
    worsenings: Mapping[str, WorseningKind]

    def said_as(self, statement: str) -> RightKind | None:
        """The kind of request that a statement of this kind is, or None."""
        return next((kind for kind in self.kinds.values() if kind.says == statement), None)


@lru_cache(maxsize=1)
def rights_rules() -> RightsRules:
    """The rules (rulebook/data/rights/desk.yaml). Raises KeyError where one is missing."""
    record: dict[str, Any] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return RightsRules(
        kinds={
            line["code"]: RightKind(
                line["code"],
                line["says"],
                Sentence(line["zh"], line["en"]),
                line["article"],
                line["rule"],
                line["contests"],
                line.get("look", False),
            )
            for line in record["kinds"]
        },
        refusals=_grounds(record["refusals"]),
        deletions=_grounds(record["deletions"]),
        withheld=_grounds(record["withheld"]),
        secret_papers=frozenset(record["secret_papers"]),
        investigation_papers=frozenset(record["investigation_papers"]),
        copy_days=record["copy_days"],
        worsenings={
            line["code"]: WorseningKind(line["code"], line["graded"], Sentence(line["zh"], line["en"]), line["back"])
            for line in record["worsenings"]
        },
    )


def _grounds(lines: list[dict[str, Any]]) -> dict[str, Ground]:
    return {
        line["code"]: Ground(
            line["code"], Sentence(line["zh"], line["en"]), line["article"], frozenset(line.get("kinds", ()))
        )
        for line in lines
    }
