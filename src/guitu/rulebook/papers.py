"""Which core items a received file counts as showing, by its kind: data with its source, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

DATA = Path(__file__).parent / "data" / "papers" / "shown.yaml"


@dataclass(frozen=True)
class Shown:
    """Core items by kind of document, and those of every kind that is not listed."""

    kinds: Mapping[str, tuple[str, ...]]
    otherwise: tuple[str, ...]

    def of(self, kind: str) -> tuple[str, ...]:
        """The items that a received file of this kind counts as showing."""
        return self.kinds.get(kind, self.otherwise)


@lru_cache(maxsize=1)
def shown_by_files() -> Shown:
    """What received files count as showing. Source: rulebook/data/papers/shown.yaml. Raises KeyError if incomplete."""
    record = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return Shown({kind: tuple(items) for kind, items in record["kinds"].items()}, tuple(record["otherwise"]))
