"""What is late, where, in which unit; no person's name."""

from __future__ import annotations

import uuid
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

Load = tuple[uuid.UUID, str, int, int]
UNITS = 50
"""Units on a page."""


@reads("board:read")
def board(request: Request) -> HttpResponse:
    """Open matters by stage in process order, and by unit, the latest first; each number opens to its rows."""
    moment = now()
    rows = roads.load_of_units(now=moment)
    journey = load_national().journeys["return_home"]
    stage_of = {state.id: state.stage for state in journey.states}
    states = [state for state in journey.states if state.kind != "end"]
    chosen_state, chosen_stage = request.GET.get("step", ""), request.GET.get("stage", "")
    only_late = request.GET.get("late") == "yes"
    kept = [
        row
        for row in rows
        if (not chosen_state or row[1] == chosen_state)
        and (not chosen_stage or stage_of.get(row[1]) == chosen_stage)
        and (not only_late or row[3])
    ]
    by_stage, by_state = [], _by_state(rows)
    for stage in journey.stages:
        parts = [row for row in by_state if stage_of.get(row[1]) == stage.id]
        line = _line(stage.en if english() else stage.zh, parts)
        line["asked"], line["number"] = f"stage={stage.id}", stage.number
        line["states"] = [
            {**_line(queue_rows.state_word(state.id), [row for row in by_state if row[1] == state.id])}
            | {"asked": f"step={state.id}"}
            for state in states
            if state.stage == stage.id
        ]
        if line["states"]:
            by_stage.append(line)
    units = _units(kept)
    number = page_number(request)
    asked = {"step": chosen_state, "stage": chosen_stage, "late": "yes" if only_late else ""}
    page = frame(request, _("衔接看板"), current="board", facts=full_day(moment))
    total = _line(_("合计"), by_state)
    return show(
        request,
        "supervisor/board.html",
        page,
        counts=_tiles(request, rows, total),
        by_stage=by_stage,
        by_unit=_named(units[(number - 1) * UNITS : number * UNITS]),
        total=total,
        largest=max((line["all"] for line in by_stage), default=0),
        chosen=_chosen(chosen_state, chosen_stage),
        only_late=only_late,
        shown=_line(_("合计"), kept),
        units=paged(number, len(units), asked, most=UNITS, place="units"),
    )


def _tiles(request: Request, rows: list[Load], total: dict[str, Any]) -> list[dict[str, Any]]:
    """What to look at first: late, without a receiver, to rule on; each leads to its rows."""
    may, board_url = ROLES[request.acting_session.role].may, reverse("board")
    units_late = len({row[0] for row in rows if row[3]})
    parts = [{"text": _("涉及单位"), "value": units_late, "url": f"{board_url}?late=yes#units"}]
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


def _by_state(rows: list[Load]) -> list[Load]:
    """The rows of all units together, one for each state."""
    counted: dict[str, tuple[int, int]] = {}
    for _unit, state, count, late in rows:
        before = counted.get(state, (0, 0))
        counted[state] = before[0] + count, before[1] + late
    return [(uuid.UUID(int=0), state, count, late) for state, (count, late) in counted.items()]


def _units(rows: list[Load]) -> list[tuple[uuid.UUID, list[Load]]]:
    """The rows by unit, the most late first, then the most at hand."""
    units: dict[uuid.UUID, list[Load]] = {}
    for row in rows:
        units.setdefault(row[0], []).append(row)
    return sorted(units.items(), key=lambda one: (*_weight(one[1]), one[0]))


def _weight(rows: list[Load]) -> tuple[int, int]:
    return -sum(row[3] for row in rows), -sum(row[2] for row in rows)


def _named(units: list[tuple[uuid.UUID, list[Load]]]) -> list[dict[str, Any]]:
    """A page of units with their names and numbers; of equal numbers by name."""
    names = access.units_named({unit_id for unit_id, _parts in units})
    lines = []
    for unit_id, parts in units:
        line = _line(names[unit_id].name_en if english() else names[unit_id].name, parts)
        line["parts"] = " · ".join(_part(state, count, late) for _unit, state, count, late in parts)
        lines.append(line)
    return sorted(lines, key=lambda line: (-line["late"], -line["all"], line["label"]))


def _part(state: str, count: int, late: int) -> str:
    """A state with its number, and in brackets how many of them are late."""
    words = f"{queue_rows.state_word(state)} {count}"
    return words + f"{_('（')}{_('逾期')} {late}{_('）')}" if late else words


def _chosen(state: str, stage: str) -> str:
    journey = load_national().journeys["return_home"]
    if state in {found.id for found in journey.states}:
        return queue_rows.state_word(state)
    return next(((found.en if english() else found.zh) for found in journey.stages if found.id == stage), "")


def _line(label: str, rows: list[Load]) -> dict[str, Any]:
    every, late = sum(row[2] for row in rows), sum(row[3] for row in rows)
    return {"label": label, "all": every, "late": late, "in_time": every - late}
