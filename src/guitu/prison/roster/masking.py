"""Values as a report may show them: enough to find the cell, never enough to know the person by."""

import re
from typing import Final

_LONG_NUMBER: Final = re.compile(r"[0-9０-９][0-9０-９Xx\s\-]{9,}")
_SHOWN_TEXT: Final = 40


def mask_number(text: str) -> str:
    """An identity number with its first three and last four characters; shorter texts show less."""
    if len(text) >= 15:
        return text[:3] + "*" * (len(text) - 7) + text[-4:]
    shown = 1 if len(text) < 8 else 2
    return text[:shown] + "*" * max(len(text) - 2 * shown, 1) + (text[-shown:] if len(text) > 2 * shown else "")


def mask_value(kind: str, text: str) -> str:
    """A cell's text for a problem line, by the field's kind: names 王**, numbers 110***********1234, dates in full.

    Long digit runs are masked in every kind, because prisons do put a number into the wrong column.
    """
    text = " ".join(text.split()) if kind not in {"name", "other_name"} else text.strip()
    if kind in {"name", "other_name"}:
        return text[:1] + "**" if text else ""
    if kind in {"id_number", "phone"}:
        return mask_number(text) if text else ""
    if kind == "address":
        return _LONG_NUMBER.sub(_mask_match, text[:6]) + ("****" if len(text) > 6 else "")
    if kind in {"text", "number"}:
        return text[:1] + "**" if text else ""
    return _LONG_NUMBER.sub(_mask_match, text)[:_SHOWN_TEXT]


def _mask_match(match: re.Match[str]) -> str:
    return mask_number(match.group(0))
