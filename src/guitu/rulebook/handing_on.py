"""How often a matter is handed on before the common superior decides whose it is: data of the one window."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

DATA = Path(__file__).parent / "data" / "window" / "handing_on.yaml"


@lru_cache(maxsize=1)
def most_hand_ons() -> int:
    """How many hand-ons the desks make themselves; a service rule of this platform. Raises KeyError if missing."""
    return int(yaml.safe_load(DATA.read_text(encoding="utf-8"))["most"])
