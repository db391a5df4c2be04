"""The eight stages of a road as the ribbon shows them, from the state of the matter and the steps beside it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from guitu.access.queries import UnitView
from guitu.journeys.queries import Road, StepView
from guitu.rulebook.journey import Stage
from guitu.web import queue_rows
from guitu.web.person_file.sight import unit_name
from guitu.web.shell import english
from guitu.web.templatetags.guitu_words import SOON, short_day

ANSWERED = ("done", "declined")


def stages(road: Road, names: dict[uuid.UUID, UnitView], now: datetime) -> list[dict[str, Any]]:
    """A line for each stage: done, now, late, to come, not possible or no part, with its owner or its last day."""
    return [_line(road, stage, names, now) for stage in road.definition.stages]


def counted(road: Road, steps: tuple[StepView, ...]) -> list[StepView]:
    """The steps that belong to this road: without what nobody asked for and what cannot come any more."""
    return [step for step in steps if step.standing != "no_part" and not (_idle(road, step))]


def _idle(road: Road, step: StepView) -> bool:
    """Whether a step that has not begun may well never begin: on request, or after an outcome that did not come."""
    if step.standing != "to_come":
        return False
    if step.definition.repeats:
        return True
    followed = [opening.split(":") for opening in step.definition.opens if ":" in opening]
    return bool(followed) and all(road.step(before).standing in (*ANSWERED, "to_come") for before, _outcome in followed)


def _line(road: Road, stage: Stage, names: dict[uuid.UUID, UnitView], now: datetime) -> dict[str, Any]:
    steps = counted(road, tuple(step for step in road.steps if step.definition.stage == stage.id))
    state, note = _standing(road, stage, steps, names, now)
    label = stage.en if english() else stage.zh
    return {"number": stage.number, "state": state, "label": label, "note": note}


def _standing(
    road: Road, stage: Stage, steps: list[StepView], names: dict[uuid.UUID, UnitView], now: datetime
) -> tuple[str, str]:
    here = road.definition.state(road.task.state)
    present = next(one.number for one in road.definition.stages if one.id == here.stage)
    running = [step.clock for step in steps if step.clock is not None]
    owed = here.stage == stage.id and here.kind in {"start", "waiting"}
    dues = [clock.due_at for clock in running] + ([road.task.due_at] if owed and road.task.due_at else [])
    late = sum(1 for due in dues if due <= now)
    if late:
        return "late", _("逾期%(count)d件") % {"count": late}
    begun = stage.number <= present or any(due <= now + SOON for due in dues)
    if owed or (running and begun):
        owners = {clock.duty_unit_id for clock in running} | ({road.task.duty_unit_id} if owed else set())
        return "now", _("、").join(sorted(unit_name(names.get(owner)) for owner in owners))
    if running:
        return "to_come", short_day(min(dues), now)
    if here.stage == stage.id and here.kind == "rest":
        return "no_part", queue_rows.state_word(here.id)
    passed = [
        move.at
        for move in road.moves
        if road.definition.state(move.from_state).stage == stage.id and move.to_state != "withdrawn"
    ]
    left = bool(passed) and (here.stage != stage.id or here.kind == "end")
    answered = [step.answer.at for step in steps if step.answer is not None and step.standing in ANSWERED]
    if any(step.standing == "to_come" for step in steps) and not left:
        return "to_come", ""
    if left or answered:
        return "done", short_day(max([*answered, *passed]), now)
    if any(step.standing == "missed" for step in steps):
        return "no_part", _("释放前没有办理")
    if steps and all(step.standing == "not_possible" for step in steps):
        return "not_possible", _("不能办理，不算逾期")
    if road.task.ended_at is not None or here.kind == "rest" or (not steps and stage.number < present):
        return "no_part", ""
    return "to_come", ""
