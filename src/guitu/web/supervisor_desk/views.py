"""What is late, where, in which unit; no person's name."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from guitu.access import queries as access
from guitu.journeys import queries as roads
from guitu.rulebook.book import load_national
from guitu.web import queue_rows
from guitu.web.clock import now
from guitu.web.permits import Request, reads
from guitu.web.shell import english, frame, show
from guitu.web.templatetags.guitu_words import full_day


@reads("board:read")
def board(request: Request) -> HttpResponse:
    """Open matters by step in process order, and by unit, the latest first; each row opens to its parts."""
    moment = now()
    rows = roads.load_of_units(now=moment)
    chosen = request.GET.get("step", "")
    only_late = request.GET.get("late") == "yes"
    names = access.units_named({unit for unit, _state, _all, _late in rows})
    states = [state for state in load_national().journeys["return_home"].states if state.kind != "end"]
    by_state = [
        {**_line(queue_rows.state_word(state.id), [row for row in rows if row[1] == state.id]), "step": state.id}
        for state in states
    ]
    units: dict[uuid.UUID, list[tuple[uuid.UUID, str, int, int]]] = {}
    for row in rows:
        if (not chosen or row[1] == chosen) and (not only_late or row[3]):
            units.setdefault(row[0], []).append(row)
    by_unit = []
    for unit_id, parts in units.items():
        name = names[unit_id].name_en if english() else names[unit_id].name
        line = _line(name, parts)
        line["parts"] = [
            {"label": queue_rows.state_word(state), "all": count, "late": late} for _unit, state, count, late in parts
        ]
        by_unit.append(line)
    by_unit.sort(key=lambda line: (-line["late"], -line["all"], line["label"]))
    total = _line(_("合计"), rows)
    page = frame(request, _("衔接看板"), current="board", facts=full_day(moment))
    largest = max((line["all"] for line in by_state), default=0)
    return show(
        request,
        "supervisor/board.html",
        page,
        by_state=by_state,
        by_unit=by_unit,
        total=total,
        largest=largest,
        chosen=queue_rows.state_word(chosen) if chosen in {state.id for state in states} else "",
        only_late=only_late,
        shown=_line(_("合计"), [row for parts in units.values() for row in parts]),
    )


def _line(label: str, rows: list[tuple[uuid.UUID, str, int, int]]) -> dict[str, Any]:
    every, late = sum(row[2] for row in rows), sum(row[3] for row in rows)
    return {"label": label, "all": every, "late": late, "in_time": every - late}
