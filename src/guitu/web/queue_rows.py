"""From a task to the row a desk shows: panic-order groups, the clock, who owns it, what is missing, the one action."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import queries as units
from guitu.journeys.queries import Task
from guitu.rulebook.book import load_national
from guitu.web.shell import english
from guitu.web.templatetags.guitu_words import LEGAL_ZONE, clock_words

_GROUP_OF_STATE = {"late": "late", "today": "today", "soon": "soon"}


def shown_due(due_at: datetime | None) -> date | datetime | None:
    """The due moment as people read it: an exclusive midnight is the legal day before it, anything else the moment."""
    if due_at is None:
        return None
    local = due_at.astimezone(LEGAL_ZONE)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return (local - timedelta(days=1)).date()
    return due_at


def code_word(table: str, code: str) -> str:
    """The word of a code in the language of the page; the code itself where the table does not hold it."""
    held = {entry.code: entry for entry in load_national().codes[table].codes}
    entry = held.get(code)
    if entry is None:
        return code
    return entry.en if english() else entry.zh


def state_word(state: str) -> str:
    """The name of a state of the road in the language of the page."""
    found = load_national().journeys["return_home"].state(state)
    return found.en if english() else found.zh


def stage_number(state: str) -> int:
    """In which of the eight stages a state lies."""
    journey = load_national().journeys["return_home"]
    stage = journey.state(state).stage
    return next(found.number for found in journey.stages if found.id == stage)


def clock_of(task: Task) -> dict[str, Any] | None:
    """The clock of a task for the chip, with the rule linked to its text; None when nothing is owed any more."""
    if task.due_at is None:
        return None
    return {"due": shown_due(task.due_at), "rule": task.due_rule, "rule_url": reverse("rule", args=[task.due_rule])}


def rows(tasks: Iterable[Task], names: dict[uuid.UUID, units.UnitView], action: dict[str, str]) -> list[dict[str, Any]]:
    """The rows of a queue; `action` gives the label of the one action per state, leading to the person's file."""
    made = []
    for task in tasks:
        url = reverse("person", args=[task.person_id])
        duty = names[task.duty_unit_id]
        sender = names[task.sending_unit_id]
        tags = [{"text": code_word("release_type", task.release_type)}]
        if task.key_person:
            tags.insert(0, {"text": _("必接必送"), "kind": "strong"})
        made.append(
            {
                "url": url,
                "name": task.person_name,
                "tags": tags,
                "step": {"at": stage_number(task.state), "words": state_word(task.state)},
                "release": {
                    "on": task.release_on,
                    "note": sender.name_en if english() else sender.name,
                },
                "clock": clock_of(task),
                "owner": {"unit": duty.name_en if english() else duty.name, "since": task.state_since},
                "missing": _missing(task),
                "action": {"label": action.get(task.state, _("查看")), "url": url},
            }
        )
    return made


def _missing(task: Task) -> list[str]:
    if task.receiving_unit_id is None and task.ended_at is None:
        return [_("接收单位未明：请核对户籍地")]
    wanted = {
        "expected": _("发送刑满释放人员通知书"),
        "sent": _("签收或退回"),
        "refused": _("补正后重发"),
        "acknowledged": _("到达登记"),
    }
    return [wanted[task.state]] if task.state in wanted else []


def groups(tasks: list[Task], made: list[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """The rows in the groups late, today, soon, later — the order of the list itself — and what is finished last."""
    labels = {"done": _("已办结")}
    found: dict[str, list[dict[str, Any]]] = {}
    for task, row in zip(tasks, made, strict=True):
        state = "done" if task.ended_at else clock_words(shown_due(task.due_at), now).state
        key = "done" if state == "done" else _GROUP_OF_STATE.get(state, "later")
        found.setdefault(key, []).append(row)
    return [
        {"key": key, "label": labels.get(key, ""), "count": len(found[key]), "rows": found[key]}
        for key in ("late", "today", "soon", "later", "done")
        if key in found
    ]
