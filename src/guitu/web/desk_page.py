"""A desk: counts that link to exactly their rows, tabs, a query form, the queue in panic order, pages.

A queue holds matters by their state, or open steps by what is to be done; both stand in the same table.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import queries as units
from guitu.access.roles import ROLES
from guitu.journeys import queries as roads
from guitu.rulebook.book import load_national
from guitu.web import queue_rows
from guitu.web.pages import page_number, paged, with_words
from guitu.web.permits import Request
from guitu.web.templatetags.guitu_words import LEGAL_ZONE, SOON, legal_day

PAGE = 25
EVERY_STEP = "steps"
Numbers = dict[str, dict[str, int]]


@dataclass(frozen=True)
class Queue:
    """One tab of a desk: its key in the address, its words, the states or the steps it holds.

    `working` is whether it counts as open work; `week` adds what is due within a week to its tile.
    """

    key: str
    label: str
    states: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    working: bool = True
    week: bool = False


@dataclass(frozen=True)
class Asked:
    """What the address asked of a desk."""

    queue: Queue | None
    late: bool
    today: bool
    week: bool
    words: str
    release_type: str
    page: int

    def kept(self) -> dict[str, str]:
        """What stays in the addresses of the other pages."""
        return {
            "q": self.words,
            "type": self.release_type,
            "queue": self.queue.key if self.queue else "",
            "late": "yes" if self.late else "",
            "today": "yes" if self.today else "",
            "week": "yes" if self.week else "",
        }

    def due_before(self, now: datetime) -> datetime | None:
        """The exclusive moment until which the rows are due, or None."""
        if self.today:
            return end_of_today(now)
        return end_of_today(now) + SOON if self.week else None


def end_of_today(now: datetime) -> datetime:
    """The exclusive end of the present legal day."""
    return datetime.combine(now.astimezone(LEGAL_ZONE).date() + timedelta(days=1), time(), LEGAL_ZONE)


def build(
    request: Request, side: str, queues: tuple[Queue, ...], actions: dict[str, str], *, address: str, now: datetime
) -> dict[str, Any]:
    """Everything a desk's template needs for `side` (sending, receiving, local). Reads in the open transaction."""
    steps = tuple(step.id for step in load_national().journeys["return_home"].steps)
    queues = (*queues, Queue(EVERY_STEP, _("全部步骤"), steps=steps))
    asked = _asked(request, queues)
    chosen = asked.queue
    numbers = roads.counts(side, now=now, today_ends=end_of_today(now))
    of_steps = roads.step_counts(now=now, today_ends=end_of_today(now), week_ends=end_of_today(now) + SOON)
    counted = _counted(asked, queues, numbers, of_steps)
    groups, total = _rows(asked, side, queues, actions, now=now, counted=counted)
    kept = asked.kept()
    return {
        "address": address,
        "counts": _tiles(queues, numbers, of_steps, address),
        "tabs": _tabs(queues, numbers, of_steps, asked, address),
        "groups": groups,
        **paged(asked.page, total, kept, most=PAGE),
        "filtered": bool(asked.words or asked.release_type or asked.late or asked.today or asked.week),
        "words": asked.words,
        "types": [{"value": "", "label": _("全部")}]
        + [
            {"value": code, "label": queue_rows.code_word("release_type", code)}
            for code in queue_rows.codes_of("release_type")
        ],
        "release_type": asked.release_type,
        "kept": {name: value for name, value in kept.items() if value and name not in {"q", "type"}},
        "of_steps": chosen is not None and bool(chosen.steps),
        "export_url": _export_url(request, asked),
    }


def _export_url(request: Request, asked: Asked) -> str:
    """Where exactly these rows are exported; nothing where steps are listed or words and days narrow the list."""
    narrowed = asked.words or asked.release_type or asked.today or asked.week
    of_steps = asked.queue is not None and bool(asked.queue.steps)
    if narrowed or of_steps or "export:ask" not in ROLES[request.acting_session.role].may:
        return ""
    words = urlencode({name: value for name, value in asked.kept().items() if value})
    return f"{reverse('exports')}?{words}" if words else reverse("exports")


def _asked(request: HttpRequest, queues: tuple[Queue, ...]) -> Asked:
    return Asked(
        queue={queue.key: queue for queue in queues}.get(request.GET.get("queue", "")),
        late=request.GET.get("late") == "yes",
        today=request.GET.get("today") == "yes",
        week=request.GET.get("week") == "yes",
        words=request.GET.get("q", "").strip(),
        release_type=request.GET.get("type", ""),
        page=page_number(request),
    )


def _counted(asked: Asked, queues: tuple[Queue, ...], numbers: Numbers, of_steps: Numbers) -> int | None:
    """How many rows the list has, where the desk's numbers say it already; None where the list itself has to count."""
    narrowed = [name for name in ("late", "today", "week") if getattr(asked, name)]
    if asked.words or asked.release_type or len(narrowed) > 1:
        return None
    name = narrowed[0] if narrowed else "all"
    if asked.queue is not None and asked.queue.steps:
        return _sum(of_steps, asked.queue.steps, name)
    if name == "week":
        return None
    return _sum(numbers, asked.queue.states if asked.queue else working(queues), name)


def _rows(
    asked: Asked,
    side: str,
    queues: tuple[Queue, ...],
    actions: dict[str, str],
    *,
    now: datetime,
    counted: int | None,
) -> tuple[list[dict[str, Any]], int]:
    """The groups of one page, and how many rows there are in all."""
    first = (asked.page - 1) * PAGE
    if asked.queue is not None and asked.queue.steps:
        wanted = roads.StepFilters(
            steps=asked.queue.steps,
            text=asked.words,
            release_type=asked.release_type,
            late=asked.late,
            due_before=asked.due_before(now),
        )
        tasks, total = roads.step_queue(wanted, now=now, first=first, most=PAGE, total=counted)
        ids = {task.duty_unit_id for task in tasks} | {task.sending_unit_id for task in tasks}
        rows = queue_rows.step_rows(tasks, units.units_named(ids))
        return queue_rows.groups([(task.due_at, False) for task in tasks], rows, now), total
    states = asked.queue.states if asked.queue else working(queues)
    filters = roads.Filters(
        states=states,
        text=asked.words,
        release_type=asked.release_type,
        late=asked.late,
        due_before=asked.due_before(now),
    )
    matters, total = roads.queue(side, filters, now=now, first=first, most=PAGE, total=counted)
    ids = {task.duty_unit_id for task in matters} | {task.sending_unit_id for task in matters}
    rows = queue_rows.rows(matters, units.units_named(ids), actions, today=legal_day(now))
    return queue_rows.groups([(task.due_at, task.ended_at is not None) for task in matters], rows, now), total


def working(queues: tuple[Queue, ...]) -> tuple[str, ...]:
    """The states of open work: what a desk lists where no queue is chosen."""
    return tuple(state for queue in queues if queue.working for state in queue.states)


def _sum(numbers: Numbers, keys: tuple[str, ...], name: str) -> int:
    return sum(numbers.get(key, {}).get(name, 0) for key in keys)


def _tiles(queues: tuple[Queue, ...], numbers: Numbers, of_steps: Numbers, address: str) -> list[dict[str, Any]]:
    every = working(queues)
    steps_late = _sum(of_steps, tuple(of_steps), "late")
    tiles: list[dict[str, Any]] = [
        {
            "label": _("先办：已逾期"),
            "value": _sum(numbers, every, "late"),
            "url": f"{address}?late=yes",
            "first": True,
            "parts": [
                {"text": _("步骤逾期"), "value": steps_late, "url": f"{address}?queue={EVERY_STEP}&late=yes"},
            ],
        }
    ]
    for queue in queues:
        if queue.working and queue.key != EVERY_STEP:
            tiles.append(_tile(queue, of_steps if queue.steps else numbers, address))
    return tiles


def _tile(queue: Queue, numbers: Numbers, address: str) -> dict[str, Any]:
    keys, own = queue.steps or queue.states, f"{address}?queue={queue.key}"
    parts = [
        {"text": _("逾期"), "value": _sum(numbers, keys, "late"), "url": f"{own}&late=yes"},
        {"text": _("今天到期"), "value": _sum(numbers, keys, "today"), "url": f"{own}&today=yes"},
    ]
    if queue.week:
        parts.append({"text": _("7天内"), "value": _sum(numbers, keys, "week"), "url": f"{own}&week=yes"})
    return {"label": queue.label, "value": _sum(numbers, keys, "all"), "url": own, "parts": parts}


def _tabs(
    queues: tuple[Queue, ...], numbers: Numbers, of_steps: Numbers, asked: Asked, address: str
) -> list[dict[str, Any]]:
    """The queues, each under what was searched for; their counts stand only where they are of the rows listed then."""
    kept = {"q": asked.words, "type": asked.release_type}
    narrowed = any(kept.values())
    every = _sum(numbers, working(queues), "all")
    tabs = [
        {
            "label": _("全部在办"),
            "url": with_words(address, kept),
            "count": None if narrowed else every,
            "current": asked.queue is None,
        }
    ]
    return tabs + [
        {
            "label": queue.label,
            "url": with_words(address, kept, queue=queue.key),
            "count": None
            if narrowed
            else _sum(of_steps if queue.steps else numbers, queue.steps or queue.states, "all"),
            "current": queue is asked.queue,
        }
        for queue in queues
    ]
