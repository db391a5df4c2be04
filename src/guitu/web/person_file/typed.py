"""What was typed into a form of the file, put back into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from guitu.web.written import sheet_of, written

MANY = frozenset({"checkbox", "tap-many"})
MEANWHILE = 5
"""How many of the newest happenings are said beside a form that came too late."""


@dataclass(frozen=True)
class Typed:
    """A form of the file that was not taken: where it was posted to, what it held, and why not.

    `moved_on`: the matter is no longer as the page showed it; otherwise something in the form cannot be read.
    """

    posted: str
    held: QueryDict
    problem: str
    moved_on: bool = False


def put_back(context: dict[str, Any], typed: Typed) -> None:
    """Put what was typed back into its form, wherever it stands in a page's context; above the file where it is gone.

    Where the matter has moved on, what happened since the form was shown is said with it.
    """
    sheet = sheet_of(typed.held)
    since = sheet.made_at if typed.moved_on else None
    meanwhile = [line for line in context["happened"] if since and line["at"] >= since][:MEANWHILE]
    again = _("没有改动任何记录。您填的都还在，改好可以再交。")
    there = {"problem": f"{typed.problem}{again}" if typed.moved_on else typed.problem, "meanwhile": meanwhile}
    if not _fill(context, typed, sheet.key, there):
        context["not_taken"] = {"why": typed.problem, "meanwhile": meanwhile, "written": written(typed.held)}


def _fill(found: Any, typed: Typed, key: str, there: dict[str, Any]) -> bool:
    if isinstance(found, list):
        return any(_fill(one, typed, key, there) for one in found)
    if not isinstance(found, dict):
        return False
    if "fields" not in found or found.get("url") != typed.posted or key not in {"", found.get("key")}:
        return any(_fill(one, typed, key, there) for one in found.values())
    found |= there
    for field in found["fields"]:
        _fill_field(field, typed.held)
    return True


def _fill_field(field: dict[str, Any], typed: QueryDict) -> None:
    if field["kind"] in MANY:
        chosen = set(typed.getlist(field["name"]))
        field["options"] = [{**option, "chosen": option["value"] in chosen} for option in field["options"]]
    elif field["kind"] in {"radio", "taps"}:
        field["chosen"] = typed.get(field["name"], "")
    else:
        field["value"] = typed.get(field["name"], "")
