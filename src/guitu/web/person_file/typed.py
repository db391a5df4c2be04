"""What was typed into a form of the file, put back into it."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

MANY = frozenset({"checkbox", "tap-many"})


def fill(found: Any, posted: str, typed: QueryDict, problem: str) -> bool:
    """Put what was `typed` back into the form posted to this address, wherever it stands in a page's context.

    Whether such a form stands there.
    """
    if isinstance(found, list):
        return any(fill(one, posted, typed, problem) for one in found)
    if not isinstance(found, dict):
        return False
    if found.get("url") != posted or "fields" not in found:
        return any(fill(one, posted, typed, problem) for one in found.values())
    found["problem"] = problem
    for field in found["fields"]:
        _fill_field(field, typed)
    return True


def _fill_field(field: dict[str, Any], typed: QueryDict) -> None:
    if field["kind"] in MANY:
        chosen = set(typed.getlist(field["name"]))
        field["options"] = [{**option, "chosen": option["value"] in chosen} for option in field["options"]]
    elif field["kind"] in {"radio", "taps"}:
        field["chosen"] = typed.get(field["name"], "")
    else:
        field["value"] = typed.get(field["name"], "")
