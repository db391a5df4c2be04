"""Allotting matters to township offices and workers, one or several at once, with what each carries in sight."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import queries as access
from guitu.handover import allotting
from guitu.journeys import queries as roads
from guitu.journeys.operations import JourneyUnknown
from guitu.journeys.policy import MoveNotAllowed
from guitu.web import queue_rows, refusals
from guitu.web.clock import now
from guitu.web.form_fields import mark_of, rows_of
from guitu.web.pages import page_number, paged, with_words
from guitu.web.permits import Request, reads, writes
from guitu.web.person_file.sight import unit_name
from guitu.web.shell import english, frame, show

STATES = ("sent", "acknowledged", "registered", "in_help")
"""In which states a matter of the receiving side can be handed to an office."""
PAGE = 50
Load = dict[tuple[uuid.UUID, uuid.UUID | None], tuple[int, int]]


@reads("matter:allot")
def desk(request: Request) -> HttpResponse:
    """The matters not yet allotted, in panic order, and the offices and workers with their present load."""
    moment = now()
    number = page_number(request)
    words = request.GET.get("q", "").strip()
    filters = roads.Filters(states=STATES, text=words, unallotted=request.GET.get("all") != "yes")
    tasks, total = roads.queue("receiving", filters, now=moment, first=(number - 1) * PAGE, most=PAGE)
    offices = access.offices_below(at=moment)
    load = roads.allotted_load(now=moment)
    named = {task.local_unit_id for task in tasks if task.local_unit_id}
    names = access.units_named(named)
    address = reverse("allot-desk")
    every = "" if filters.unallotted else "yes"
    kept = {"q": words}
    tabs = [
        {"label": _("还没有分派"), "url": with_words(address, kept), "count": None, "current": filters.unallotted},
        {
            "label": _("全部，可改派"),
            "url": with_words(address, kept, all="yes"),
            "count": None,
            "current": not filters.unallotted,
        },
    ]
    crumbs = ((_("衔接工作台"), reverse("county-desk")),)
    page = frame(request, _("分派"), current="county-desk", crumbs=crumbs)
    return show(
        request,
        "county/allot.html",
        page,
        rows=[_row(task, names) for task in tasks],
        places=_places(offices, load, {task.local_unit_id for task in tasks}),
        tabs=tabs,
        words=words,
        all=every,
        address=address,
        mark=uuid.uuid4(),
        **paged(number, total, {"all": every, "q": words}, most=PAGE),
    )


def _row(task: roads.Task, names: dict[uuid.UUID, access.UnitView]) -> dict[str, Any]:
    return {
        "id": task.person_id,
        "url": reverse("person", args=[task.person_id]),
        "name": queue_rows.listed_name(task),
        "number": task.person_number,
        "key": task.key_person,
        "state": queue_rows.state_word(task.state),
        "release_on": task.release_on,
        "clock": queue_rows.clock_of(task),
        "now_at": unit_name(names.get(task.local_unit_id)) if task.local_unit_id else "",
    }


def _places(offices: list[access.Office], load: Load, before: set[uuid.UUID | None]) -> list[dict[str, Any]]:
    """Offices and their posts: who has one of these persons already first, then the least loaded."""
    made = []
    for office in offices:
        parts = [counts for (unit_id, _post), counts in load.items() if unit_id == office.unit.id]
        posts = []
        for post_id, name, title in office.posts:
            carried, late = load.get((office.unit.id, post_id), (0, 0))
            posts.append(
                {
                    "value": f"{office.unit.id}:{post_id}",
                    "name": name,
                    "title": "" if english() else title,
                    "all": carried,
                    "late": late,
                }
            )
        made.append(
            {
                "value": f"{office.unit.id}:",
                "name": unit_name(office.unit),
                "all": sum(counts[0] for counts in parts),
                "late": sum(counts[1] for counts in parts),
                "before": office.unit.id in before,
                "posts": sorted(posts, key=lambda post: (post["all"], post["name"])),
            }
        )
    return sorted(made, key=lambda place: (not place["before"], place["all"], place["name"]))


@writes("matter:allot")
def allot(request: Request) -> HttpResponse:
    """Allot every chosen matter to the chosen office or worker, each as an act of its own."""
    mark, persons = mark_of(request), rows_of(request, "persons")
    unit_text, _colon, post_text = request.POST.get("place", "").partition(":")
    if not persons or not unit_text:
        return refusals.unprocessable(request, _("还没有分派"), _("先勾选人员，再选一个单位或者一个人。"))
    try:
        unit_id, post_id = uuid.UUID(unit_text), uuid.UUID(post_text) if post_text else None
    except ValueError:
        return refusals.bad_request(request)
    at, left = now(), 0
    for person_id in persons:
        event = uuid.uuid5(mark, str(person_id))
        try:
            allotting.allot(person_id, local_unit_id=unit_id, worker_post_id=post_id, event_id=event, at=at)
        except (MoveNotAllowed, JourneyUnknown):
            if len(persons) == 1:
                raise
            left += 1
    if left:
        title = _("%(done)d件已分派，%(left)d件没有") % {"done": len(persons) - left, "left": left}
        return refusals.unprocessable(request, title, _("没有分派的，可能已经办结，或者不归本县接收。"))
    return redirect("allot-desk")
