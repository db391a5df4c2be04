"""How long tokens of other systems last and answers to repeated calls are kept: data with its source, read once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

import yaml

DATA = Path(__file__).parent / "data" / "interface" / "limits.yaml"


@dataclass(frozen=True)
class InterfaceLimits:
    """`token_lasts`: from issue to end; `answer_kept`: from the first arrival of a call to its removal."""

    token_lasts: timedelta
    answer_kept: timedelta


@lru_cache(maxsize=1)
def interface_limits() -> InterfaceLimits:
    """The limits of the interface. Source: 归途接口约定 1 (rulebook/data/interface/limits.yaml)."""
    record = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return InterfaceLimits(timedelta(days=record["token_days"]), timedelta(days=record["answer_days"]))
