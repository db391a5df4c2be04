"""A desk: counts that link to exactly their rows, tabs, a query form, the queue in panic order, pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext as _

from guitu.access import queries as units
from guitu.journeys import queries as roads
from guitu.web import queue_rows
from guitu.web.templatetags.guitu_words import LEGAL_ZONE

PAGE = 25


@dataclass(frozen=True)
class Queue:
    """One tab of a desk: its key in the address, its words, the states it holds."""

    key: str
    label: str
    states: tuple[str, ...]


def end_of_today(now: datetime) -> datetime:
    """The exclusive end of the present legal day."""
    return datetime.combine(now.astimezone(LEGAL_ZONE).date() + timedelta(days=1), time(), LEGAL_ZONE)


def build(
    request: HttpRequest, side: str, queues: tuple[Queue, ...], actions: dict[str, str], *, address: str, now: datetime
) -> dict[str, Any]:
    """Everything a desk's template needs for `side` (``sending`` or ``receiving``). Reads in the open transaction."""
    by_key = {queue.key: queue for queue in queues}
    chosen = by_key.get(request.GET.get("queue", ""))
    late = request.GET.get("late") == "yes"
    today = request.GET.get("today") == "yes"
    words = request.GET.get("q", "").strip()
    release_type = request.GET.get("type", "")
    page = _page_number(request)
    open_states = tuple(state for queue in queues if queue.key != "done" for state in queue.states)
    filters = roads.Filters(
        states=chosen.states if chosen else open_states,
        text=words,
        release_type=release_type,
        late=late,
        due_before=end_of_today(now) if today else None,
    )
    tasks, total = roads.queue(side, filters, now=now, first=(page - 1) * PAGE, most=PAGE)
    numbers = roads.counts(side, now=now, today_ends=end_of_today(now))
    ids = {task.duty_unit_id for task in tasks} | {task.sending_unit_id for task in tasks}
    rows = queue_rows.rows(tasks, units.units_named(ids), actions)
    kept = {
        "q": words,
        "type": release_type,
        "queue": chosen.key if chosen else "",
        "late": "yes" if late else "",
        "today": "yes" if today else "",
    }
    return {
        "address": address,
        "counts": _tiles(queues, numbers, address),
        "tabs": _tabs(queues, numbers, chosen, address),
        "groups": queue_rows.groups(tasks, rows, now),
        "total": total,
        "first": (page - 1) * PAGE + 1 if total else 0,
        "last": min(page * PAGE, total),
        "previous_url": _address(address, kept, page=page - 1) if page > 1 else "",
        "next_url": _address(address, kept, page=page + 1) if page * PAGE < total else "",
        "filtered": bool(words or release_type or late or today),
        "words": words,
        "types": [{"value": "", "label": _("全部")}]
        + [
            {"value": entry.code, "label": queue_rows.code_word("release_type", entry.code)}
            for entry in queue_rows.load_national().codes["release_type"].codes
        ],
        "release_type": release_type,
        "queue": chosen.key if chosen else "",
        "late": kept["late"],
        "today": kept["today"],
    }


def _page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return max(1, int(text)) if text.isdecimal() and len(text) < 7 else 1


def _address(address: str, kept: dict[str, str], **more: object) -> str:
    return f"{address}?{urlencode({**{key: value for key, value in kept.items() if value}, **more})}"


def _sum(numbers: dict[str, dict[str, int]], states: tuple[str, ...], name: str) -> int:
    return sum(numbers.get(state, {}).get(name, 0) for state in states)


def _tiles(queues: tuple[Queue, ...], numbers: dict[str, dict[str, int]], address: str) -> list[dict[str, Any]]:
    working = tuple(queue for queue in queues if queue.key != "done")
    every = tuple(state for queue in working for state in queue.states)
    late = _sum(numbers, every, "late")
    tiles: list[dict[str, Any]] = [
        {
            "label": _("先办：已逾期"),
            "value": late,
            "url": f"{address}?late=yes",
            "first": True,
            "parts": [{"text": _("责任在承办单位"), "value": None, "url": ""}],
        }
    ]
    for queue in working:
        tiles.append(
            {
                "label": queue.label,
                "value": _sum(numbers, queue.states, "all"),
                "url": f"{address}?queue={queue.key}",
                "parts": [
                    {
                        "text": _("逾期"),
                        "value": _sum(numbers, queue.states, "late"),
                        "url": f"{address}?queue={queue.key}&late=yes",
                    },
                    {
                        "text": _("今天到期"),
                        "value": _sum(numbers, queue.states, "today"),
                        "url": f"{address}?queue={queue.key}&today=yes",
                    },
                ],
            }
        )
    return tiles


def _tabs(
    queues: tuple[Queue, ...], numbers: dict[str, dict[str, int]], chosen: Queue | None, address: str
) -> list[dict[str, Any]]:
    working = tuple(state for queue in queues if queue.key != "done" for state in queue.states)
    tabs = [{"label": _("全部在办"), "url": address, "count": _sum(numbers, working, "all"), "current": chosen is None}]
    return tabs + [
        {
            "label": queue.label,
            "url": f"{address}?queue={queue.key}",
            "count": _sum(numbers, queue.states, "all"),
            "current": queue is chosen,
        }
        for queue in queues
    ]
