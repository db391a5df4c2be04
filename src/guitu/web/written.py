"""What somebody wrote into a form that could not be taken: read back from it, so that no refusal loses it.

A form of the file carries a line of its own about itself (`sheet`): which form it is, when its page was made and what
its written fields are called. Of any other form only the values are known.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict

from guitu.web.form_fields import written_moment

SHEET = "sheet"
_SECRET = {"password", "present", "new", "given", "again", "secret"}
NOT_WRITTEN = frozenset({"csrfmiddlewaretoken", "mark", "kept_form", "sure", "next", SHEET, *_SECRET})
"""What stands in forms and was written by nobody, and what is never shown again."""
_CHOSEN = frozenset({"radio", "checkbox", "taps", "tap-many", "select"})
_CODE = re.compile(r"[a-z]+(?:[_-][a-z0-9]+)*|[A-Z]+(?:[_-][A-Z0-9]+)*")


@dataclass(frozen=True)
class Sheet:
    """One form as it was shown: its key on the page, when the page was made, the names of its written fields."""

    key: str = ""
    made_at: datetime | None = None
    labels: tuple[tuple[str, str], ...] = ()


def sheet_line(key: str, fields: Iterable[dict[str, Any]], at: datetime) -> str:
    """The line with which a form says what it is."""
    written = [f"{one['name']}={one['label']}" for one in fields if one["kind"] not in _CHOSEN]
    return "|".join((key, at.isoformat(), *written))


def sheet_of(posted: QueryDict) -> Sheet:
    """The line read back; whatever is no such line says nothing."""
    key, *rest = posted.get(SHEET, "").split("|")
    try:
        made_at = written_moment(rest[0]) if rest else None
    except ValueError:
        made_at = None
    labels = (one.partition("=") for one in rest[1:])
    return Sheet(
        key, made_at if made_at and made_at.tzinfo else None, tuple((name, label) for name, _, label in labels)
    )


def written(posted: QueryDict) -> list[dict[str, str]]:
    """What was written, in the order of the form: label (empty where none is known) and text.

    Choices, marks and ids are left out: nobody wrote them, and they are chosen again in a moment.
    """
    labels = dict(sheet_of(posted).labels)
    return [
        {"label": labels.get(name, ""), "text": text}
        for name, texts in posted.lists()
        if name not in NOT_WRITTEN
        for text in texts
        if text.strip() and (name in labels or not _is_choice(text.strip()))
    ]


def _is_choice(text: str) -> bool:
    if _CODE.fullmatch(text):
        return True
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
