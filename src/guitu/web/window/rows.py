"""The words of the one window: matters with plain words, channels, states, one request as a row."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import queries as access
from guitu.handover import requests
from guitu.handover.policy import CHANNELS, FIRST_ANSWER_RULE, MATTER_STEPS, OUTCOMES, outcome_kinds
from guitu.journeys import queries as roads
from guitu.rulebook.book import load_national
from guitu.web import queue_rows
from guitu.web.person_file.sight import unit_name
from guitu.web.shell import english, say

Units = Mapping[uuid.UUID, access.UnitView]


def matters(chosen: Iterable[str] = ()) -> list[dict[str, Any]]:
    """The twelve matters as cards, each with what people say when they mean it."""
    hints = {
        "1": _("姓名、住址、家庭情况有误"),
        "2": _("查询或补发"),
        "3": _("材料没到、寄错地方"),
        "4": _("约定释放当天、释放前见面"),
        "5": _("恢复户口、补证件"),
        "6": _("报到、签或改协议"),
        "7": _("今晚或近期没有住处"),
        "8": _("临时救助、特困"),
        "9": _("参保、转移、报销"),
        "10": _("找工作、学手艺"),
        "11": _("咨询、法律援助、上学"),
        "12": _("意见、投诉、评价"),
    }
    wanted = set(chosen)
    return [
        {
            "code": code,
            "label": queue_rows.code_word("matter_12", code),
            "hint": hints[code],
            "chosen": code in wanted,
        }
        for code in queue_rows.codes_of("matter_12")
    ]


def channels() -> list[dict[str, str]]:
    """The ways in which somebody comes, for a choice."""
    icons = {"COUNTER": "person", "FAMILY": "people", "PHONE": "phone", "LETTER": "file"}
    return [{"value": code, "label": say(word), "icon": icons[code]} for code, word in CHANNELS.items()]


def outcomes(*, with_file: bool = True) -> list[dict[str, str]]:
    """How a matter can come out, for a choice; `with_file`: of somebody who is known here."""
    return [
        {"value": code, "label": queue_rows.code_word(OUTCOMES, code)} for code in outcome_kinds(with_file=with_file)
    ]


def outcome_word(one: requests.RequestView) -> str:
    """How an answered request came out, in words; of its step where one answered it."""
    if one.step:
        for found in load_national().journeys["return_home"].step(one.step).outcomes:
            if found.id == one.outcome:
                return found.en if english() else found.zh
    return queue_rows.code_word(OUTCOMES, one.outcome)


def outcome_of_step(outcome: str) -> str:
    """How a step that answers matters came out, by the outcome alone; the code itself where no such step has it."""
    journey = load_national().journeys["return_home"]
    for step in dict.fromkeys(MATTER_STEPS.values()):
        for found in journey.step(step).outcomes:
            if found.id == outcome:
                return found.en if english() else found.zh
    return outcome


def state_words() -> dict[str, str]:
    """The states by which a list is asked for."""
    return {
        requests.LATE: _("已过答复期限"),
        requests.OPEN: _("在办"),
        requests.ANSWERED: _("已答复"),
        requests.NOT_DONE: _("不办或不能办"),
    }


def row(one: requests.RequestView, units: Units, now: datetime, *, listed: bool = True) -> dict[str, Any]:
    """One request as a list shows it; the name is left out where it may not be `listed` (G-10)."""
    first_open = one.first_due_at is not None and one.first_answered_at is None and one.answered_at is None
    due, rule = (one.first_due_at, FIRST_ANSWER_RULE) if first_open else (one.due_at, one.due_rule)
    return {
        "url": reverse("window-request", args=[one.person_id, one.id]),
        "name": one.person_name if listed else _("未成年人"),
        "number": one.number,
        "matter": queue_rows.code_word("matter_12", one.matter),
        "channel": say(CHANNELS[one.channel]),
        "taken_at": one.taken_at,
        "taken_by": one.taken_by,
        "first_desk": unit_name(units.get(one.first_desk_id)),
        "phone": units[one.first_desk_id].phone if one.first_desk_id in units else "",
        "duty": unit_name(units.get(one.duty_unit_id)),
        "open": one.answered_at is None,
        "state": outcome_word(one) if one.answered_at else _("在办"),
        "first_open": first_open,
        "answered_at": one.answered_at,
        "clock": {"due": queue_rows.shown_due(due), "rule": rule, "rule_url": reverse("rule", args=[rule])}
        if one.answered_at is None
        else None,
        "due": queue_rows.shown_due(one.due_at),
        "late": one.answered_at is None and due is not None and due <= now,
        "slip_url": reverse("paper", args=[one.person_id, one.document_id]) if one.document_id else "",
    }


def rows(found: Iterable[requests.RequestView], now: datetime) -> list[dict[str, Any]]:
    """Requests as rows, with the names of their units; juveniles without their names."""
    made = list(found)
    juveniles = roads.juveniles_among({one.person_id for one in made})
    units = access.units_named({one.first_desk_id for one in made} | {one.duty_unit_id for one in made})
    return [row(one, units, now, listed=one.person_id not in juveniles) for one in made]
