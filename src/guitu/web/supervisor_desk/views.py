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
from guitu.web.permits import Request, reads
from guitu.web.shell import english, frame, show
from guitu.web.templatetags.guitu_words import full_day

Load = tuple[uuid.UUID, str, int, int]


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
    by_stage = []
    for stage in journey.stages:
        parts = [row for row in rows if stage_of.get(row[1]) == stage.id]
        line = _line(stage.en if english() else stage.zh, parts)
        line["asked"], line["number"] = f"stage={stage.id}", stage.number
        line["states"] = [
            {**_line(queue_rows.state_word(state.id), [row for row in rows if row[1] == state.id])}
            | {"asked": f"step={state.id}"}
            for state in states
            if state.stage == stage.id
        ]
        if line["states"]:
            by_stage.append(line)
    page = frame(request, _("衔接看板"), current="board", facts=full_day(moment))
    total = _line(_("合计"), rows)
    return show(
        request,
        "supervisor/board.html",
        page,
        counts=_tiles(request, rows, total),
        by_stage=by_stage,
        by_unit=_units(kept),
        total=total,
        largest=max((line["all"] for line in by_stage), default=0),
        chosen=_chosen(chosen_state, chosen_stage),
        only_late=only_late,
        shown=_line(_("合计"), kept),
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


def _units(rows: list[Load]) -> list[dict[str, Any]]:
    names = access.units_named({row[0] for row in rows})
    units: dict[uuid.UUID, list[Load]] = {}
    for row in rows:
        units.setdefault(row[0], []).append(row)
    lines = []
    for unit_id, parts in units.items():
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
