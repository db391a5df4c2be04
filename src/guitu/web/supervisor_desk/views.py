"""What is late, where, in which unit; no person's name."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import queries as access
from guitu.access.roles import ROLES
from guitu.handover import queries as disputes
from guitu.journeys import queries as roads
from guitu.rulebook.book import load_national
from guitu.web import queue_rows
from guitu.web.clock import now
from guitu.web.pages import page_number, paged
from guitu.web.permits import Request, reads
from guitu.web.shell import english, frame, show
from guitu.web.templatetags.guitu_words import full_day

UNITS = 50
"""Units on a page."""


@reads("board:read")
def board(request: Request) -> HttpResponse:
    """Open matters by stage in process order, and by unit, the latest first; each number opens to its rows."""
    moment = now()
    journey = load_national().journeys["return_home"]
    stage_of = {state.id: state.stage for state in journey.states}
    states = [state for state in journey.states if state.kind != "end"]
    chosen_state, chosen_stage = request.GET.get("step", ""), request.GET.get("stage", "")
    only_late = request.GET.get("late") == "yes"
    number = page_number(request)
    wanted = [
        state
        for state, stage in stage_of.items()
        if (not chosen_state or state == chosen_state) and (not chosen_stage or stage == chosen_stage)
    ]
    found = roads.board_of_units(
        now=moment,
        states=wanted if chosen_state or chosen_stage else None,
        only_late=only_late,
        first=(number - 1) * UNITS,
        most=UNITS,
    )
    by_stage, by_state = [], found.states
    for stage in journey.stages:
        parts = [row for row in by_state if stage_of.get(row.state) == stage.id]
        line = _line(stage.en if english() else stage.zh, parts)
        line["asked"], line["number"] = f"stage={stage.id}", stage.number
        line["states"] = [
            {**_line(queue_rows.state_word(state.id), [row for row in by_state if row.state == state.id])}
            | {"asked": f"step={state.id}"}
            for state in states
            if state.stage == stage.id
        ]
        if line["states"]:
            by_stage.append(line)
    asked = {"step": chosen_state, "stage": chosen_stage, "late": "yes" if only_late else ""}
    page = frame(request, _("衔接看板"), current="board", facts=full_day(moment))
    total = _line(_("合计"), by_state)
    return show(
        request,
        "supervisor/board.html",
        page,
        counts=_tiles(request, found, total),
        by_stage=by_stage,
        by_unit=_named(found.page),
        total=total,
        largest=max((line["all"] for line in by_stage), default=0),
        chosen=_chosen(chosen_state, chosen_stage),
        only_late=only_late,
        shown=_numbers(_("合计"), found.in_hand, found.late),
        units=paged(number, found.units, asked, most=UNITS, place="units"),
    )


def _tiles(request: Request, found: roads.Board, total: dict[str, Any]) -> list[dict[str, Any]]:
    """What to look at first: late, without a receiver, to rule on; each leads to its rows."""
    may, board_url = ROLES[request.acting_session.role].may, reverse("board")
    parts = [{"text": _("涉及单位"), "value": found.units_late, "url": f"{board_url}?late=yes#units"}]
    tiles: list[dict[str, Any]] = [
        {"label": _("先看：已逾期"), "value": total["late"], "url": f"{board_url}?late=yes#units", "first": True}
        | {"parts": parts}
    ]
    if "receiver:name" in may:
        _tasks, lost = roads.matters_standing_at(("no_receiver",), first=0, most=1)
        tiles.append({"label": _("接收单位待查明"), "value": lost, "url": reverse("no-receiver"), "parts": []})
    if "ruling:make" in may:
        _waiting, count = disputes.disputes_to_rule(first=0, most=1)
        tiles.append({"label": _("等本单位裁定"), "value": count, "url": reverse("disputes"), "parts": []})
    return tiles


def _named(page: tuple[roads.Load, ...]) -> list[dict[str, Any]]:
    """A page of units with their names and numbers; of equal numbers by name."""
    units: dict[uuid.UUID, list[roads.Load]] = {}
    for load in page:
        if load.unit_id is not None:
            units.setdefault(load.unit_id, []).append(load)
    names = access.units_named(set(units))
    lines = []
    for unit_id, parts in units.items():
        line = _line(names[unit_id].name_en if english() else names[unit_id].name, parts)
        line["parts"] = " · ".join(_part(part) for part in parts)
        lines.append(line)
    return sorted(lines, key=lambda line: (-line["late"], -line["all"], line["label"]))


def _part(load: roads.Load) -> str:
    """A state with its number, and in brackets how many of them are late."""
    words = f"{queue_rows.state_word(load.state)} {load.in_hand}"
    return words + f"{_('（')}{_('逾期')} {load.late}{_('）')}" if load.late else words


def _chosen(state: str, stage: str) -> str:
    journey = load_national().journeys["return_home"]
    if state in {found.id for found in journey.states}:
        return queue_rows.state_word(state)
    return next(((found.en if english() else found.zh) for found in journey.stages if found.id == stage), "")


def _line(label: str, parts: Iterable[roads.Load]) -> dict[str, Any]:
    parts = list(parts)
    return _numbers(label, sum(part.in_hand for part in parts), sum(part.late for part in parts))


def _numbers(label: str, every: int, late: int) -> dict[str, Any]:
    return {"label": label, "all": every, "late": late, "in_time": every - late}
