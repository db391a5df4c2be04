"""行政区划: the official division codes, present and past, and the fictional province of demonstrations."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

OFFICIAL = Path(__file__).parent / "data" / "divisions" / "official.csv"


@dataclass(frozen=True, slots=True)
class Divisions:
    """The division codes of one edition of the official list."""

    identity_prefixes: frozenset[str]

    @classmethod
    def load(cls) -> "Divisions":
        """The edition shipped with the rulebook, read once per process."""
        return _shipped()

    @classmethod
    def from_csv(cls, path: Path) -> Self:
        """An edition from a file with the columns of the shipped list."""
        with path.open(encoding="utf-8", newline="") as lines:
            return cls(frozenset(row["code"] for row in csv.DictReader(lines)))


@cache
def _shipped() -> Divisions:
    return Divisions.from_csv(OFFICIAL)
