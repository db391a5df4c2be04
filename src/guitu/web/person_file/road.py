"""The road on a person's file: what is open in panic order, what was answered, what is not possible and why."""

from __future__ import annotations

import dataclasses
import uuid
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.handover import queries as plans
from guitu.handover.policy import GATE, REFUSAL_GROUNDS, TRANSPORT, missing_for_dossier
from guitu.journeys.queries import AnswerView, ClockView, Road, StepView
from guitu.rulebook.book import load_national
from guitu.rulebook.steps import REQUEST
from guitu.web import asked, queue_rows
from guitu.web.person_file import declining, forms, meeting, support_forms
from guitu.web.person_file.ribbon import stages
from guitu.web.person_file.sight import RECEIVERS, Sight, known_marks, sees
from guitu.web.shell import english, say

ALLOTTED = frozenset({"acknowledged", "registered", "in_help"})
"""Where the file leads to allotting: once the dossier was acknowledged, while the road is open."""


def units_of(road: Road) -> set[uuid.UUID]:
    """Every unit that the road names."""
    task = road.task
    named = {task.duty_unit_id, task.sending_unit_id, task.receiving_unit_id, task.local_unit_id, task.superior_unit_id}
    named |= {clock.duty_unit_id for clock in road.clocks} | {answer.unit_id for answer in road.answers}
    return {unit_id for unit_id in named if unit_id is not None}


def posts_of(road: Road) -> set[uuid.UUID]:
    """Every post that the road names."""
    named = {answer.post_id for answer in road.answers}
    return named | {road.task.worker_post_id} if road.task.worker_post_id else named


def context(sight: Sight) -> dict[str, Any]:
    """Everything that the road part of the file shows; only what the acting post may do is offered."""
    road, task = sight.road, sight.road.task
    refusal = next((parcel for parcel in sight.sent if parcel.outcome == "REFUSED"), None)
    return {
        "road": road,
        "steps": stages(road, sight.names, sight.now),
        "open_items": _open_items(sight),
        "beside": forms.beside(sight),
        "answered": _answered(sight),
        "barred": [_barred(step) for step in road.steps if step.standing in {"not_possible", "missed"} and step.why_zh],
        "requests": _requests(sight),
        "release_type": queue_rows.code_word("release_type", task.release_type),
        "marks": [queue_rows.code_word("road_mark", mark) for mark in known_marks(task)],
        "sender": sight.unit(task.sending_unit_id),
        "refusal": {"ground": say(REFUSAL_GROUNDS[refusal.ground]), "remark": refusal.remark}
        if refusal and task.state in {"refused", "contested"}
        else None,
        "mark": uuid.uuid4(),
        **_plan(sight),
        "clocks": [_clock(clock, sight) for clock in reversed(road.clocks) if clock.voided_at is None],
    }


def lacking_word(item: str) -> str:
    """What a dossier lacks, in words."""
    if item == "receiver":
        return _("接收单位：请核对户籍地")
    found = load_national().items[item]
    return found.en if english() else found.zh


def _open_items(sight: Sight) -> list[dict[str, Any]]:
    """The state's own task and the open steps, by due moment; an open door comes last, without one."""
    items = [_step_item(sight, step) for step in sight.road.steps if step.standing == "open"]
    if sight.road.task.ended_at is None:
        items.append(_state_item(sight))
    return sorted(items, key=lambda item: (item["due_at"] is None, item["due_at"] or sight.now, item["title"]))


def _state_item(sight: Sight) -> dict[str, Any]:
    task = sight.road.task
    lacking: tuple[str, ...] = ()
    if task.state in {"expected", "refused"}:
        lacking = missing_for_dossier(sight.held_items, has_receiver=task.receiving_unit_id is not None)
    worker = sight.posts.get(task.worker_post_id) if task.worker_post_id else None
    local = worker is not None and task.duty_unit_id == task.local_unit_id
    return {
        "id": "state",
        "title": queue_rows.state_word(task.state),
        "stage": queue_rows.stage_number(task.state),
        "round": "",
        "due_at": task.due_at,
        "owner": {
            "unit": sight.unit(task.duty_unit_id),
            "who": worker[0] if worker is not None and local else "",
            "since": task.state_since,
        },
        "clock": queue_rows.clock_of(task),
        "standing": standing_word(task.due_rule),
        "missing": [lacking_word(item) for item in lacking] or queue_rows.missing(task),
        "go": _allotting(sight),
        "if_late": if_late(task.due_rule) if task.due_at else _("不设时限，本人随时可来"),
        "forms": forms.of_state(sight, complete=not lacking) + support_forms.of_state(sight),
    }


def _step_item(sight: Sight, step: StepView) -> dict[str, Any]:
    clock, definition = step.clock, step.definition
    if clock is None:
        raise LookupError(definition.id)
    return {
        "id": definition.id,
        "title": queue_rows.step_word(definition),
        "stage": queue_rows.stage_of(definition.stage),
        "round": queue_rows.round_word(clock.round),
        "due_at": clock.due_at,
        "owner": {"unit": sight.unit(clock.duty_unit_id), "who": "", "since": clock.started_at},
        "clock": {
            "due": queue_rows.shown_due(clock.due_at),
            "rule": clock.rule,
            "rule_url": reverse("rule", args=[clock.rule]),
            "provisional": clock.provisional,
        },
        "standing": standing_word(clock.rule),
        "missing": [queue_rows.missing_word(definition)],
        "if_late": if_late(clock.rule),
        "go": _assessment(sight) if definition.id == "assessment" else None,
        "forms": [
            form
            for offered in (support_forms, forms, declining, meeting)
            for form in offered.of_step(definition, sight)
        ],
    }


def _assessment(sight: Sight) -> dict[str, str] | None:
    """Where the assessment is made, for who may."""
    if "assessment:make" not in sight.may or "sending_unit" not in sight.positions:
        return None
    return {"label": _("做出监评估"), "url": reverse("assessment-form", args=[sight.person_id])}


def _allotting(sight: Sight) -> dict[str, str] | None:
    """Where the county allots this person to an office and a worker, or to others."""
    task = sight.road.task
    if "matter:allot" not in sight.may or "receiving_unit" not in sight.positions or task.state not in ALLOTTED:
        return None
    return {
        "label": _("分派司法所和承办人") if task.local_unit_id is None else _("改派司法所和承办人"),
        "url": f"{reverse('allot-desk')}?{asked.query({'all': 'yes', 'q': task.person_number})}",
    }


def if_late(rule_id: str) -> str:
    """Who is told in turn when a clock of this rule runs out, in words; never the person."""
    rule = load_national().rules.get(rule_id)
    overdue = rule.when_overdue if rule else None
    if overdue is None or not overdue.ladder:
        return _("逾期记在承办单位，不记在本人")
    offices = [queue_rows.code_word("office", office) for office in overdue.ladder]
    return _("依次由%(offices)s督办") % {"offices": _("、").join(offices)}


def standing_word(rule_id: str) -> str:
    """On what a rule stands: law, policy, local rule, or our own promise."""
    rule = load_national().rules.get(rule_id)
    words = {"law": _("法定"), "policy": _("政策"), "local": _("地方"), "service": _("服务"), "claim": _("服务")}
    return words[rule.standing] if rule else ""


def _answered(sight: Sight) -> list[dict[str, Any]]:
    """Every answer, newest first; the last one of a step that is not open again can be corrected with words."""
    road = sight.road
    last: dict[str, AnswerView] = {answer.step: answer for answer in road.answers}
    open_now = {step.definition.id for step in road.steps if step.standing == "open"}
    made, noted = [], sees(sight.person_id)
    for answer in reversed(road.answers):
        definition = road.definition.step(answer.step)
        outcome = definition.outcome(answer.outcome)
        correctable = last[answer.step] is answer and answer.step not in open_now and road.task.ended_at is None
        made.append(
            {
                "id": answer.id,
                "title": queue_rows.step_word(definition),
                "round": queue_rows.round_word(answer.round),
                "outcome": outcome.en if english() else outcome.zh,
                "kind": answer.kind,
                "note": answer.note if noted else "",
                "at": answer.at,
                "by": sight.posts.get(answer.post_id, ("", ""))[0],
                "unit": sight.unit(answer.unit_id),
                "corrected": answer.corrected,
                "form": forms.correction(definition, sight) if correctable else None,
            }
        )
    return made


def _barred(step: StepView) -> dict[str, str]:
    missed = step.standing == "missed"
    return {
        "title": queue_rows.step_word(step.definition),
        "said": _("没有办理") if missed else _("不能办理"),
        "why": step.why_en if english() else step.why_zh,
    }


def _requests(sight: Sight) -> list[dict[str, str]]:
    """The matters that can be taken up now by whoever reads: none open of their kind, the road not at its end."""
    road = sight.road
    if "step:request" not in sight.may or not sight.positions or road.task.ended_at is not None:
        return []
    return [
        {"value": step.definition.id, "label": queue_rows.step_word(step.definition)}
        for step in road.steps
        if REQUEST in step.definition.opens
        and step.standing not in {"open", "no_part"}
        and (step.definition.owner != "sending_unit" or road.task.released_at is None)
    ]


def _plan(sight: Sight) -> dict[str, Any]:
    """The pick-up as planned, for the two sides; the agreed contacts for the side that may have to call them."""
    if not sight.positions & (RECEIVERS | {"sending_unit"}):
        return {}
    if all(answer.step != "pick_up" for answer in sight.road.answers):
        return {}
    found = plans.pick_up_of(sight.road.task.journey_id)
    if found is None:
        return {}
    shown = {
        **dataclasses.asdict(found),
        "way": say(TRANSPORT[found.transport]),
        "money": _("%(yuan)s元") % {"yuan": f"{Decimal(found.money_cents) / 100:.2f}"},
        "contacts": found.contacts if sight.positions & RECEIVERS and sees(sight.person_id, "contacts") else "",
    }
    arrival = sight.road.step("arrival").standing
    can = "pick_up:plan" in sight.may and sight.positions & RECEIVERS and arrival == "open"
    return {
        "plan": shown,
        "yes_no": _("有") + "," + _("没有"),
        "replan": forms.pick_up(sight.person_id) if can else None,
        "handed_over": _handed_over(sight, confirmed=found.sender_confirmed_at is not None),
    }


def _handed_over(sight: Sight, *, confirmed: bool) -> forms.Form | None:
    """The sending side's word about a planned pick-up; while the step of RS-16 is open it is given there."""
    sends = "sending_unit" in sight.positions and "step:answer" in sight.may
    if not sends or confirmed or sight.road.task.ended_at is not None or sight.today < sight.road.task.release_on:
        return None
    gate = next((step for step in sight.road.steps if step.definition.id == GATE), None)
    return None if gate is not None and gate.standing == "open" else forms.handed_over(sight.person_id)


def _clock(clock: ClockView, sight: Sight) -> dict[str, Any]:
    rule = load_national().rules[clock.rule]
    what = queue_rows.step_word(sight.road.definition.step(clock.step)) if clock.step else ""
    return {
        "name": rule.name_en if english() else rule.name_zh,
        "what": " · ".join(part for part in (what, queue_rows.round_word(clock.round)) if part),
        "rule": clock.rule,
        "url": reverse("rule", args=[clock.rule]),
        "due": clock.statutory_on or clock.service_on or queue_rows.shown_due(clock.due_at),
        "done": clock.done_at,
        "provisional": clock.provisional,
        "standing": standing_word(clock.rule),
        "unit": sight.unit(clock.duty_unit_id),
    }
