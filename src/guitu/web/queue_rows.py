"""From a task to the row a desk shows: panic-order groups, the clock, who owns it, what is missing, the one action."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import queries as units
from guitu.journeys.queries import StepTask, Task
from guitu.rulebook.book import load_national
from guitu.rulebook.juveniles import MARK, is_sheltered
from guitu.rulebook.steps import Step
from guitu.web.shell import english
from guitu.web.templatetags.guitu_words import LEGAL_ZONE, clock_words


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


def codes_of(table: str) -> tuple[str, ...]:
    """The codes of a table, in its order."""
    return tuple(entry.code for entry in load_national().codes[table].codes)


def state_word(state: str) -> str:
    """The name of a state of the road in the language of the page."""
    found = load_national().journeys["return_home"].state(state)
    return found.en if english() else found.zh


def stage_number(state: str) -> int:
    """In which of the eight stages a state lies."""
    return stage_of(load_national().journeys["return_home"].state(state).stage)


def stage_of(stage: str) -> int:
    """The number of a stage, 1 to 8."""
    return next(found.number for found in load_national().journeys["return_home"].stages if found.id == stage)


def step_word(step: Step) -> str:
    """The name of a step in the language of the page."""
    return step.en if english() else step.zh


def round_word(round_id: str) -> str:
    """Which round of a repeated step this is, in words; nothing for the first request."""
    name, _dash, number = round_id.partition("-")
    if name.startswith("month_"):
        return _("第%(number)s个月") % {"number": name.removeprefix("month_")}
    if name == "yearly":
        return _("第%(number)s年") % {"number": int(number or "1") + 1}
    return _("第%(number)s次") % {"number": name} if name.isdecimal() and name != "1" else ""


def missing_word(step: Step) -> str:
    """What an open step still waits for, in words."""
    waits = {
        "pick_up": _("接送安排，或本人谢绝"),
        "release": _("释放证明编号"),
        "gate_handover": _("门口交接的一句，或本人谢绝"),
        "arrival": _("双方交接的一句"),
        "placement": _("住处或者工作"),
        "follow_up": _("这一次的回访记录"),
        "assessment": _("出监评估报告"),
        "evaluation": _("本人的评价，可以不评"),
        "final_evaluation": _("本人的评价，可以不评"),
    }
    return waits.get(step.id, _("办理结果"))


def clock_of(task: Task) -> dict[str, Any] | None:
    """The clock of a task for the chip, with the rule linked to its text; None when nothing is owed any more."""
    if task.due_at is None:
        return None
    return {"due": shown_due(task.due_at), "rule": task.due_rule, "rule_url": reverse("rule", args=[task.due_rule])}


def rows(
    tasks: Iterable[Task], names: dict[uuid.UUID, units.UnitView], action: dict[str, str], *, today: date
) -> list[dict[str, Any]]:
    """The rows of a queue; `action` gives the label of the one action per state, leading to the person's file.

    Nobody is registered before the release: until that day the row is only opened.
    """
    made = []
    for task in tasks:
        url = reverse("person", args=[task.person_id])
        duty = names[task.duty_unit_id]
        sender = names[task.sending_unit_id]
        early = task.state == "acknowledged" and today < task.release_on
        label = _("查看") if early else action.get(task.state, _("查看"))
        tags = [{"text": code_word("release_type", task.release_type)}]
        if task.key_person:
            tags.insert(0, {"text": _("必接必送"), "kind": "strong"})
        made.append(
            {
                "url": url,
                "name": listed_name(task),
                "tags": tags,
                "step": {"at": stage_number(task.state), "words": state_word(task.state)},
                "release": {
                    "on": task.release_on,
                    "note": sender.name_en if english() else sender.name,
                },
                "clock": clock_of(task),
                "owner": {"unit": duty.name_en if english() else duty.name, "since": task.state_since},
                "missing": missing(task),
                "action": {"label": label, "url": url},
            }
        )
    return made


def listed_name(task: Task | StepTask) -> str:
    """The name of a row in a list: who is or was a juvenile is listed by number, by name in the separate list only."""
    if not is_sheltered(task.marks):
        return task.person_name
    words = _("未成年人 %(number)s") if MARK in task.marks else _("未成年人案件 %(number)s")
    return words % {"number": task.person_number}


def missing(task: Task) -> list[str]:
    """What the present state of a matter still waits for, in words."""
    if task.receiving_unit_id is None and task.ended_at is None:
        return [_("接收单位未明：请核对户籍地")]
    wanted = {
        "contested": _("共同上级的裁定"),
        "registered": _("帮教协议，或本人的不需要"),
        "expected": _("发送刑满释放人员通知书"),
        "sent": _("签收或退回"),
        "refused": _("补正后重发"),
        "acknowledged": _("到达登记"),
    }
    return [wanted[task.state]] if task.state in wanted else []


def step_rows(tasks: Iterable[StepTask], names: dict[uuid.UUID, units.UnitView]) -> list[dict[str, Any]]:
    """The rows of a queue of open steps, each leading to its place in the person's file."""
    made = []
    for task in tasks:
        url = f"{reverse('person', args=[task.person_id])}#open-{task.step}"
        duty, sender = names[task.duty_unit_id], names[task.sending_unit_id]
        step = load_national().journeys["return_home"].step(task.step)
        tags = [{"text": code_word("release_type", task.release_type)}]
        if task.key_person:
            tags.insert(0, {"text": _("必接必送"), "kind": "strong"})
        words = " · ".join(part for part in (step_word(step), round_word(task.round)) if part)
        made.append(
            {
                "url": url,
                "name": listed_name(task),
                "tags": tags,
                "step": {"at": stage_of(step.stage), "words": words},
                "release": {"on": task.release_on, "note": sender.name_en if english() else sender.name},
                "clock": {
                    "due": shown_due(task.due_at),
                    "rule": task.due_rule,
                    "rule_url": reverse("rule", args=[task.due_rule]),
                    "provisional": task.provisional,
                },
                "owner": {"unit": duty.name_en if english() else duty.name, "since": task.since},
                "missing": [missing_word(step)],
                "action": {"label": _("办理"), "url": url},
            }
        )
    return made


def groups(
    dues: Iterable[tuple[datetime | None, bool]], made: list[dict[str, Any]], now: datetime
) -> list[dict[str, Any]]:
    """The rows in the groups late, today, soon, later — the order of the list itself — and what is finished last.

    `dues` says for each row when it is due, and whether the matter is over.
    """
    labels = {"done": _("已办结"), "resting": _("随时可来，不设时限")}
    found: dict[str, list[dict[str, Any]]] = {}
    for (due_at, ended), row in zip(dues, made, strict=True):
        state = "done" if ended else clock_words(shown_due(due_at), now).state
        key = state if state in {"done", "late", "today", "soon"} else "later"
        found.setdefault("resting" if key == "later" and due_at is None else key, []).append(row)
    return [
        {"key": key, "label": labels.get(key, ""), "count": len(found[key]), "rows": found[key]}
        for key in ("late", "today", "soon", "later", "resting", "done")
        if key in found
    ]
