"""The worker's day: late, today and coming visits and calls; one is recorded in three taps."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access.deciding import names_in_sight
from guitu.access.roles import ROLES, Sees
from guitu.handover import pick_ups, steps
from guitu.journeys import queries as roads
from guitu.rulebook.steps import Step
from guitu.support import queries as support
from guitu.web import queue_rows, refusals
from guitu.web.clock import now
from guitu.web.county_desk.views import queues
from guitu.web.form_fields import mark_of, text
from guitu.web.pages import page_number, paged
from guitu.web.permits import Request, reads, writes
from guitu.web.person_file import help_acts, support_forms
from guitu.web.person_file.forms import Form, field, form
from guitu.web.shell import english, frame, show
from guitu.web.templatetags.guitu_words import LEGAL_ZONE, clock_words, sentence_day

SEEN_HERE = ("follow_up", "welfare_call", "arrival")
"""The steps that a worker does face to face or on the telephone."""
PAGE, LAST = 30, 3


def _page(request: Request, title: str) -> dict[str, Any]:
    """The shell of the phone: four places in the bottom bar."""
    page = frame(request, title, current="worker-desk")
    entries = [
        {"label": _("今天"), "url": reverse("worker-desk"), "icon": "desk", "current": True},
        {"label": _("人员"), "url": reverse("county-desk"), "icon": "people"},
        {"label": _("查找"), "url": reverse("search"), "icon": "search"},
        {"label": _("我"), "url": reverse("account"), "icon": "person"},
    ]
    return {**page, "menu": [{"heading": "", "entries": entries}]}


@reads("support:record")
def today(request: Request) -> HttpResponse:
    """The visits and calls of the acting post, or of its whole office, and what was recorded today."""
    moment = now()
    own = request.GET.get("whose") != "unit"
    whole = ROLES[request.acting_session.role].sees is not Sees.ASSIGNED
    number = page_number(request)
    asked = roads.StepFilters(steps=SEEN_HERE, own=own)
    tasks, total = roads.step_queue(asked, now=moment, first=(number - 1) * PAGE, most=PAGE)
    groups: dict[str, list[dict[str, Any]]] = {"late": [], "today": [], "later": []}
    for task in tasks:
        state = clock_words(queue_rows.shown_due(task.due_at), moment).state
        groups[state if state in groups else "later"].append(_card(task))
    address = reverse("worker-desk")
    tabs = [
        {"label": _("分派给我的"), "url": address, "count": None, "current": own},
        {"label": _("本单位的"), "url": f"{address}?whose=unit", "count": None, "current": not own},
    ]
    done = roads.answered_by_me(SEEN_HERE, since=_begin_of_day(moment), most=PAGE)
    juveniles = roads.juveniles_among({one.person_id for one in done})
    return show(
        request,
        "worker/today.html",
        _page(request, _("今天 %(day)s") % {"day": sentence_day(moment)}),
        groups=groups,
        done=[_done(one, listed=one.person_id not in juveniles) for one in done],
        tabs=tabs if whole else [],
        before=_before_help(moment),
        **paged(number, total, {"whose": "" if own else "unit"}, most=PAGE),
    )


def _before_help(moment: datetime) -> list[dict[str, Any]]:
    """What was allotted here and waits before any visit: a registration, help to be agreed; each leads to its rows."""
    counts = roads.counts("local", now=moment, today_ends=moment)
    return [
        {
            "label": queue.label,
            "count": sum(counts[state]["all"] for state in queue.states if state in counts),
            "url": f"{reverse('county-desk')}?queue={queue.key}",
        }
        for queue in queues(local=True)
        if queue.working and not counts.keys().isdisjoint(queue.states)
    ]


def _begin_of_day(moment: datetime) -> datetime:
    return moment.astimezone(LEGAL_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)


def _card(task: roads.StepTask) -> dict[str, Any]:
    step = _step(task.step)
    return {
        "id": task.clock_id,
        "name": queue_rows.listed_name(task),
        "clock": {
            "due": queue_rows.shown_due(task.due_at),
            "rule": task.due_rule,
            "rule_url": reverse("rule", args=[task.due_rule]),
            "provisional": task.provisional,
        },
        "task": " · ".join(part for part in (queue_rows.step_word(step), queue_rows.round_word(task.round)) if part),
        "record_url": reverse("worker-record", args=[task.person_id, task.step]),
    }


def _step(step_id: str) -> Step:
    return queue_rows.load_national().journeys["return_home"].step(step_id)


def _done(one: roads.Answered, *, listed: bool) -> dict[str, Any]:
    step = _step(one.step)
    outcome = step.outcome(one.outcome)
    return {
        "name": one.person_name if listed else _("未成年人"),
        "at": one.at,
        "url": reverse("person", args=[one.person_id]),
        "said": f"{queue_rows.step_word(step)} · {outcome.en if english() else outcome.zh}",
    }


@reads("support:record")
def record(request: Request, person_id: uuid.UUID, step: str) -> HttpResponse:
    """The record of one visit or call: what happened, what is needed, save; above it what was last agreed."""
    road = roads.road_of(person_id)
    if road is None or step not in SEEN_HERE or road.step(step).clock is None:
        return refusals.not_found(request)
    seen, clock = road.step(step), road.step(step).clock
    visits = support.visits_of(road.task.journey_id, most=LAST)
    name = names_in_sight({person_id})[person_id]
    return show(
        request,
        "worker/record.html",
        _page(request, _("记录：%(name)s") % {"name": name}),
        name=name,
        person_id=person_id,
        task=queue_rows.step_word(seen.definition),
        clock={"due": queue_rows.shown_due(clock.due_at) if clock else None},
        last=[
            {"at": visit.at, "needs": [support_forms.need_word(need) for need in visit.needs], "note": visit.note}
            for visit in visits
        ],
        one=_form(seen.definition, person_id),
    )


def _form(step: Step, person_id: uuid.UUID) -> Form:
    if step.id == "follow_up":
        made = support_forms.visit(step, person_id)
        return {**made, "url": reverse("worker-save", args=[person_id, step.id])}
    ways = [{"value": one.id, "label": one.en if english() else one.zh} for one in step.outcomes]
    return form(
        "record",
        _("记录"),
        "worker-save",
        person_id,
        field("taps", "outcome", _("怎么样"), options=ways, nth=1),
        field("textarea", "note", _("补一句（可不填）"), rows=4),
        path=(step.id,),
        submit=_("保存"),
        solid=True,
    )


@writes("support:record")
def save(request: Request, person_id: uuid.UUID, step: str) -> HttpResponse:
    """Save the record; the mark of the form makes a second press harmless."""
    if step not in SEEN_HERE:
        return refusals.not_found(request)
    _save(request, person_id, step, mark_of(request))
    return redirect("worker-desk")


def _save(request: Request, person_id: uuid.UUID, step: str, mark: uuid.UUID) -> None:
    at = now()
    if step == "follow_up":
        help_acts.record(request, person_id, mark, at)
        return
    outcome = text(request, "outcome", _("怎么样"))
    if (step, outcome) == ("arrival", "met"):
        pick_ups.confirm_hand_over(person_id, event_id=mark, at=at)
        return
    note = request.POST.get("note", "").strip()
    steps.answer_step(person_id, step=step, outcome=outcome, note=note, first=True, event_id=mark, at=at)
