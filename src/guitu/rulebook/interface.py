"""What limits the interface: terms of tokens and answers, how many persons go out. Data with its source, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

import yaml

DATA = Path(__file__).parent / "data" / "interface" / "limits.yaml"


@dataclass(frozen=True)
class InterfaceLimits:
    """`token_lasts`: from issue to end; `answer_kept`: from the first arrival of a call to its removal.

    `persons`: role → how many persons one post of it may be answered about `persons_within` a time; none for a role
    that is not there.
    """

    token_lasts: timedelta
    answer_kept: timedelta
    persons: Mapping[str, int]
    persons_within: timedelta


@lru_cache(maxsize=1)
def interface_limits() -> InterfaceLimits:
    """The limits of the interface. Source: 归途接口约定 1 (rulebook/data/interface/limits.yaml)."""
    record = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return InterfaceLimits(
        token_lasts=timedelta(days=record["token_days"]),
        answer_kept=timedelta(days=record["answer_days"]),
        persons=dict(record["persons"]["most"]),
        persons_within=timedelta(hours=record["persons"]["within_hours"]),
    )
