"""Which surnames a desk finds by their sound, and how compound ones are read: data with its source, read once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import yaml

from guitu.rulebook.errors import RulebookError

DATA = Path(__file__).parent / "data" / "surnames"


@lru_cache(maxsize=1)
def common_surnames() -> str:
    """Surnames of one character, the frequent ones first (rulebook/data/surnames); the others are found as written.

    Raises RulebookError where one stands twice.
    """
    surnames = "".join(yaml.safe_load((DATA / "common.yaml").read_text(encoding="utf-8"))["surnames"])
    if len(set(surnames)) != len(surnames):
        raise RulebookError("surnames/common.yaml", 1, "有的姓列了两次", "a surname stands there twice")
    return surnames


@lru_cache(maxsize=1)
def compound_surnames() -> Mapping[str, tuple[str, str]]:
    """Surnames of two characters, each with its two readings without tones (rulebook/data/surnames).

    Raises RulebookError where one has not two of both.
    """
    record = yaml.safe_load((DATA / "compound.yaml").read_text(encoding="utf-8"))
    found: dict[str, tuple[str, str]] = {}
    for written, read in record["surnames"].items():
        if (len(written), len(read)) != (2, 2) or not all(isinstance(one, str) for one in read):
            raise RulebookError("surnames/compound.yaml", 1, f"{written} 的读音不全", f"{written} is not read in two")
        found[written] = (read[0], read[1])
    return found
