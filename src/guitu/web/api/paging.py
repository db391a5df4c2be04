"""Pages by cursor: a cursor is opaque, signed, and good only for the list, the filters and the unit it was made for."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.core import signing

from guitu.web.api.bearer import ApiRequest
from guitu.web.api.problems import Fault, Problem

_SALT = "guitu-api-cursor"
Line = TypeVar("Line")
Place = Sequence[object]
"""Where a page ended: plain values, with moments and ids among them."""


def after(request: ApiRequest, cursor: str) -> list[Any] | None:
    """The place that a cursor of this very list stands for; None without one. Raises Problem for any other text."""
    if not cursor:
        return None
    try:
        made_for, place = signing.loads(cursor, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        made_for, place = "", []
    if made_for != _list_of(request):
        raise Problem(
            "invalid",
            faults=[
                Fault(
                    "cursor",
                    "不是这份清单给出的游标",
                    "this cursor was not given by this list",
                    "请原样使用上一页的 next，其他条件不变",
                    "Use next of the page before as it is, with the same filters",
                )
            ],
        )
    return [_read(value) for value in place]


def page(
    request: ApiRequest, found: Sequence[Line], limit: int, place: Callable[[Line], Place]
) -> tuple[Sequence[Line], str | None]:
    """The lines of this page and the cursor of the next; `found` holds one line more than `limit` if there is one."""
    if len(found) <= limit:
        return found, None
    shown = found[:limit]
    values = [_write(value) for value in place(shown[-1])]
    return shown, signing.dumps((_list_of(request), values), salt=_SALT, compress=True)


def _list_of(request: ApiRequest) -> str:
    """The address, its filters and the calling unit, as a digest."""
    filters = sorted((name, request.GET.getlist(name)) for name in request.GET if name not in {"cursor", "limit"})
    text = f"{request.path}\n{filters}\n{request.calling.session.unit_id}"
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _write(value: object) -> object:
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    if isinstance(value, uuid.UUID):
        return {"id": value.hex}
    return value


def _read(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return datetime.fromisoformat(value["at"]) if "at" in value else uuid.UUID(value["id"])
