"""Meetings before release on a person's file: asking, giving a time or saying why not, keeping minutes."""

from __future__ import annotations

import dataclasses
import uuid
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from guitu.handover import meetings
from guitu.handover.policy import MEETING_SIDES, MEETING_WAYS
from guitu.rulebook.steps import Step
from guitu.web.form_fields import NotReadable, moment
from guitu.web.permits import Request, writes
from guitu.web.person_file.forms import Form, field, form
from guitu.web.person_file.sight import RECEIVERS, Sight, sees
from guitu.web.person_file.step_acts import Act, done
from guitu.web.shell import say


def context(sight: Sight) -> dict[str, Any]:
    """The meetings for both sides, and the form to ask for one while none waits and the person is not released."""
    task = sight.road.task
    if sight.positions.isdisjoint(RECEIVERS | {"sending_unit"}):
        return {}
    begun = any(clock.step == meetings.MEETING for clock in sight.road.clocks)
    held = meetings.meetings_of(task.journey_id) if begun else []
    may = "step:request" in sight.may and task.released_at is None and task.ended_at is None
    ask = _ask(sight.person_id) if may and sight.road.step(meetings.MEETING).standing != "open" else None
    if not held and ask is None:
        return {}
    held = [_as_seen(one, sight.person_id) for one in held]
    return {"meetings": [_shown(one) for one in held], "meeting_ask": ask, "meeting_shown": True}


def _as_seen(one: meetings.MeetingView, person_id: uuid.UUID) -> meetings.MeetingView:
    """A meeting as the decision table lets the post see it: who comes, and the words that were written down."""
    if not sees(person_id, "family_support"):
        one = dataclasses.replace(one, visitors="", wished="")
    return one if sees(person_id) else dataclasses.replace(one, minutes="", agreements="")


def _shown(one: meetings.MeetingView) -> dict[str, Any]:
    return {
        "view": one,
        "side": say(MEETING_SIDES[one.side]) if one.side else _("经一窗受理"),
        "way": say(MEETING_WAYS[one.way]) if one.way else "",
    }


def _ask(person_id: uuid.UUID) -> Form:
    sides = [{"value": code, "label": say(word), "effect": ""} for code, word in MEETING_SIDES.items()]
    ways = [{"value": code, "label": say(word), "effect": ""} for code, word in MEETING_WAYS.items()]
    hint = _("一行一个：姓名、与本人的关系；加密保存")
    return form(
        "meeting-ask",
        _("申请会见"),
        "meeting-ask",
        person_id,
        field("radio", "side", _("谁要会见"), options=sides, chosen="", row=True),
        field("radio", "way", _("怎么见"), options=ways, chosen="", row=True),
        field("textarea", "visitors", _("会见人"), hint=hint, required=True),
        field("textarea", "wished", _("希望的时间"), required=True),
        submit=_("提出申请"),
    )


def of_step(step: Step, sight: Sight) -> list[Form]:
    """The prison's answer to a request, and the minutes of a meeting that has its time."""
    if "step:answer" not in sight.may or sight.positions.isdisjoint(step.by):
        return []
    if step.id == meetings.MEETING:
        return [_slot(sight.person_id), _refusal(sight.person_id)]
    return [_minutes(sight.person_id)] if step.id == meetings.MINUTES else []


def _slot(person_id: uuid.UUID) -> Form:
    return form(
        "meeting-slot",
        _("排定会见时间"),
        "meeting-slot",
        person_id,
        field("datetime-local", "slot_at", _("会见时间（今后、不晚于释放日）"), required=True),
        field("text", "place", _("会见室或者视频室"), required=True),
        submit=_("排定"),
        solid=True,
    )


def _refusal(person_id: uuid.UUID) -> Form:
    words = field("textarea", "reason", _("为什么不能安排"), required=True)
    return form("meeting-refuse", _("不能安排"), "meeting-refuse", person_id, words, submit=_("记下理由"))


def _minutes(person_id: uuid.UUID) -> Form:
    held = [
        {"value": "yes", "label": _("已会见"), "effect": ""},
        {"value": "no", "label": _("没有举行"), "effect": _("写明原因，不算逾期")},
    ]
    return form(
        "meeting-minutes",
        _("会见记录"),
        "meeting-minutes",
        person_id,
        field("radio", "held", _("举行了吗"), options=held, chosen="", row=True),
        field("textarea", "minutes", _("谈了什么，或者没有举行的原因"), hint=_("加密保存"), required=True),
        field("textarea", "agreements", _("约定的事（可不填）"), hint=_("加密保存")),
        submit=_("保存"),
        solid=True,
    )


def _labels() -> dict[str, str]:
    return {
        "side": _("谁要会见"),
        "way": _("怎么见"),
        "visitors": _("会见人"),
        "wished": _("希望的时间"),
        "slot_at": _("会见时间（今后、不晚于释放日）"),
        "place": _("会见室或者视频室"),
        "reason": _("为什么不能安排"),
        "minutes": _("谈了什么，或者没有举行的原因"),
    }


def _do(request: Request, person_id: uuid.UUID, act: Act) -> HttpResponse:
    def named(mark: uuid.UUID, at: datetime) -> None:
        try:
            act(mark, at)
        except meetings.MeetingIncomplete as fault:
            labels = _labels()
            raise NotReadable(_("、").join(labels[name] for name in fault.fields)) from fault

    return done(request, person_id, named)


@writes("step:request")
def ask(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Ask for a meeting before release."""

    def act(mark: uuid.UUID, at: datetime) -> None:
        words = {name: request.POST.get(name, "") for name in ("side", "way", "visitors", "wished")}
        meetings.ask_for_meeting(person_id, meetings.Wish(**words), event_id=mark, at=at)

    return _do(request, person_id, act)


@writes("step:answer")
def slot(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Give the meeting its time and place."""

    def act(mark: uuid.UUID, at: datetime) -> None:
        slot_at = moment(request, "slot_at", _("会见时间（今后、不晚于释放日）"))
        place = request.POST.get("place", "")
        meetings.give_slot(person_id, slot_at=slot_at, place=place, event_id=mark, at=at)

    return _do(request, person_id, act)


@writes("step:answer")
def refuse(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Say why no meeting can be arranged."""

    def act(mark: uuid.UUID, at: datetime) -> None:
        meetings.refuse_slot(person_id, reason=request.POST.get("reason", ""), event_id=mark, at=at)

    return _do(request, person_id, act)


@writes("step:answer")
def minutes(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Keep the minutes of a meeting, or why it was not held."""

    def act(mark: uuid.UUID, at: datetime) -> None:
        held = request.POST.get("held", "")
        if held not in {"yes", "no"}:
            raise NotReadable(_("举行了吗"))
        meetings.keep_minutes(
            person_id,
            held=held == "yes",
            minutes=request.POST.get("minutes", ""),
            agreements=request.POST.get("agreements", ""),
            event_id=mark,
            at=at,
        )

    return _do(request, person_id, act)
