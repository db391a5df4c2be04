"""The lists of evaluations: narrowed by name and by whether they run, in pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from guitu.evaluation import queries
from guitu.web.clock import now
from guitu.web.evaluation import words
from guitu.web.pages import page_number, paged
from guitu.web.permits import Request

PAGE = 25


def listed(request: Request, wanted: str, *, address: str) -> dict[str, Any]:
    """One page of the evaluations that the acting post reads as `wanted`, with what narrows it and its foot."""
    moment, number = now(), page_number(request)
    states = {"": _("全部"), queries.RUNNING: _("没有到期、没有结束的"), queries.OVER: _("已到期或结束的")}
    typed = request.GET.get("q", "").strip()
    state = request.GET.get("state", "") if request.GET.get("state", "") in states else ""
    found, total = queries.evaluations(
        wanted, words=typed, state=state, now=moment, first=(number - 1) * PAGE, most=PAGE
    )
    lines = [line | {"state": _state(one, moment)} for one, line in zip(found, words.about_each(found), strict=True)]
    return {
        "lines": lines,
        "words": typed,
        "states": [{"value": value, "label": label} for value, label in states.items()],
        "state": state,
        "narrowed": bool(typed or state or number > 1),
        "address": address,
        **paged(number, total, {"q": typed, "state": state}, most=PAGE, address=address),
    }


def _state(held: queries.EvaluationView, moment: datetime) -> str:
    if held.ended_at is not None:
        return _("已提前结束")
    if moment < held.from_at:
        return _("未到起日")
    return _("进行中") if moment < held.to_at else _("已到期")
