"""The words of matters taken in words: their states, one of them as a row of the first desk or of who has it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import queries as access
from guitu.handover import passed_on
from guitu.handover.policy import CHANNELS, FIRST_ANSWER_RULE, OUTCOMES, TAKEN, outcome_kinds
from guitu.handover.requests import ANSWERED, LATE, NOT_DONE, OPEN
from guitu.web import queue_rows
from guitu.web.person_file.sight import unit_name
from guitu.web.shell import say
from guitu.web.window.rows import outcome_of_step


def state_words(side: str) -> dict[str, str]:
    """The states by which a list of one side is asked for; only who has a matter knows that it is on a file."""
    words = {
        LATE: _("已过答复期限"),
        OPEN: _("在办"),
        passed_on.LINKED: _("已归入档案"),
        ANSWERED: _("已答复"),
        NOT_DONE: _("不办或不能办"),
    }
    return {state: word for state, word in words.items() if side != TAKEN or state != passed_on.LINKED}


def _state(one: passed_on.PassedMatterView) -> str:
    if one.answered_at is not None:
        held = one.outcome in outcome_kinds(with_file=False)
        return queue_rows.code_word(OUTCOMES, one.outcome) if held else outcome_of_step(one.outcome)
    return _("已归入档案") if one.linked_at is not None else _("在办")


def _row(one: passed_on.PassedMatterView, units: Mapping[uuid.UUID, access.UnitView], now: datetime) -> dict[str, Any]:
    first_open = one.first_due_at is not None and one.first_answered_at is None and one.answered_at is None
    due, rule = (one.first_due_at, FIRST_ANSWER_RULE) if first_open else (one.due_at, one.due_rule)
    waiting = one.answered_at is None and one.linked_at is None
    return {
        "url": reverse("window-passed", args=[one.request_id]),
        "name": one.name,
        "number": one.number,
        "matter": queue_rows.code_word("matter_12", one.matter),
        "channel": say(CHANNELS[one.channel]),
        "taken_at": one.taken_at,
        "taken_by": one.taken_by,
        "first_desk": unit_name(units.get(one.first_desk_id)),
        "phone": units[one.first_desk_id].phone if one.first_desk_id in units else "",
        "handed_to": unit_name(units.get(one.handed_to_id)),
        "handed_on": one.handed_on,
        "level": level_word(one),
        "handed_phone": units[one.handed_to_id].phone if one.handed_to_id in units else "",
        "open": waiting,
        "state": _state(one),
        "first_open": first_open,
        "answered_at": one.answered_at,
        "clock": {"due": queue_rows.shown_due(due), "rule": rule, "rule_url": reverse("rule", args=[rule])}
        if waiting
        else None,
        "due": queue_rows.shown_due(one.due_at),
        "late": waiting and due is not None and due <= now,
    }


def level_word(one: passed_on.PassedMatterView) -> str:
    """At which level a matter handed on lies now; what the first desk is told instead of the unit."""
    return {"COUNTY": _("县级单位"), "ABOVE": _("市级以上单位")}.get(one.held_level, "")


def way(one: passed_on.PassedMatterView) -> list[dict[str, Any]]:
    """The hand-ons of a matter for who has it, in their order."""
    units = access.units_named({unit_id for step in one.way for unit_id in (step.from_id, step.to_id)})
    return [
        {
            "at": step.at,
            "from": unit_name(units.get(step.from_id)),
            "to": unit_name(units.get(step.to_id)),
            "words": step.words,
        }
        for step in one.way
    ]


def rows(found: Iterable[passed_on.PassedMatterView], now: datetime) -> list[dict[str, Any]]:
    """Matters taken in words as rows, with the names of the units that may be told."""
    made = list(found)
    units = access.units_named({one.first_desk_id for one in made} | {one.handed_to_id for one in made})
    return [_row(one, units, now) for one in made]
