"""Reading a JSON object that somebody else has written: one meaning, or none."""

from __future__ import annotations

import json
from typing import Any, NoReturn


def read_object(text: str) -> dict[str, Any]:
    """The JSON object that `text` states.

    Raises ValueError for anything else, for a key that stands twice (readers would disagree which one counts), for
    NaN and the infinities, which JSON does not know, and for nesting deeper than can be read.
    """
    try:
        stated = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except RecursionError as fault:
        raise ValueError("nested too deeply") from fault
    if not isinstance(stated, dict):
        raise ValueError("not a JSON object")
    return stated


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(pairs)
    if len(held) != len(pairs):
        raise ValueError("a key stands twice")
    return held


def _no_number(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")
