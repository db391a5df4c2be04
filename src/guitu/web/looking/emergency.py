"""Emergency looks: the request with its countdown, and the list of those to be reviewed."""

from __future__ import annotations

import math
import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import looking
from guitu.access.queries import UnitView, units_named
from guitu.people import emergency as glass
from guitu.rulebook.looking import EMERGENCIES, ReasonRefused, emergency_rules
from guitu.web.clock import now
from guitu.web.form_fields import mark_of, row_of
from guitu.web.looking.reasons import options, reason_word
from guitu.web.pages import page_number, paged
from guitu.web.permits import Request, reads, writes
from guitu.web.person_file.sight import unit_name
from guitu.web.shell import english, frame, show

PAGE = 20


@reads("glass:break")
def emergency(request: Request) -> HttpResponse:
    """The form for one whole number, and the own emergency looks with the time that is left."""
    return _form(request)


def _form(request: Request, problem: str = "", status: int = 200) -> HttpResponse:
    at, number, rules = now(), page_number(request), emergency_rules()
    own, total = looking.glasses("OWN", at=at, first=(number - 1) * PAGE, most=PAGE)
    names = units_named({one.responsible_unit_id for one in own})
    answer = show(
        request,
        "looking/emergency.html",
        frame(request, _("紧急查阅"), current="emergency"),
        minutes=int(rules.lasts.total_seconds() // 60),
        attempts=rules.attempts,
        hours=int(rules.within.total_seconds() // 3600),
        emergencies=options(EMERGENCIES, request.POST.get("reason", "")),
        typed={"number": request.POST.get("number", ""), "words": request.POST.get("words", "")},
        problem=problem,
        mark=request.POST.get("mark") or uuid.uuid4(),
        rows=[_row(one, names, at) for one in own],
        **paged(number, total, most=PAGE, address=reverse("emergency")),
    )
    answer.status_code = status
    return answer


def _row(one: looking.GlassView, names: dict[uuid.UUID, UnitView], at: datetime) -> dict[str, Any]:
    return {
        "one": one,
        "responsible": unit_name(names.get(one.responsible_unit_id)),
        "unit": unit_name(names.get(one.unit_id)),
        "reason": reason_word(one.code),
        "minutes": math.ceil((one.until_at - at).total_seconds() / 60),
        "open": one.until_at > at,
        "late": one.reviewed_at is None and one.review_by <= at,
    }


@writes("glass:break")
def break_glass(request: Request) -> HttpResponse:
    """Open one person for some minutes; whatever comes of it leaves a line."""
    mark = mark_of(request)
    given = {name: request.POST.get(name, "") for name in ("number", "reason", "words")}
    try:
        broken = glass.break_glass(given["number"], given["reason"], given["words"], glass_id=mark, at=now())
    except ReasonRefused as refusal:
        return _again(request, refusal.en if english() else refusal.zh)
    if broken.outcome == glass.OPENED and broken.person_id is not None:
        return redirect("person", broken.person_id)
    rules = emergency_rules()
    words = {
        glass.WITHIN: _("这个人本来就在您的可见范围，请用查找打开，不必紧急查阅。"),
        glass.UNKNOWN: _("没有这个号码的人。请核对完整号码；这一次也已留痕。"),
        glass.TOO_MANY: _("次数已满：每个岗位%(hours)s小时内最多%(most)s次。请找本单位领导。")
        % {"hours": int(rules.within.total_seconds() // 3600), "most": rules.attempts},
        glass.BARRED: _("此前的紧急查阅经审查不正当，%(days)s天内不能再用。请找本单位领导。")
        % {"days": rules.barred.days},
    }
    return _again(request, words[broken.outcome])


def _again(request: Request, problem: str) -> HttpResponse:
    with transaction.atomic():
        return _form(request, problem, 422)


@reads("glass:review")
def reviews(request: Request) -> HttpResponse:
    """What waits for review, the first due first, or what was reviewed."""
    return _reviews(request)


def _reviews(request: Request, problem: str = "", status: int = 200) -> HttpResponse:
    at, number = now(), page_number(request)
    which = "REVIEWED" if request.GET.get("list") == "reviewed" else "TO_REVIEW"
    found, total = looking.glasses(which, at=at, first=(number - 1) * PAGE, most=PAGE)
    names = units_named({one.unit_id for one in found} | {one.responsible_unit_id for one in found})
    address = reverse("emergency-reviews")
    tabs = [
        {
            "label": _("待审查"),
            "url": address,
            "count": total if which == "TO_REVIEW" else None,
            "current": which == "TO_REVIEW",
        },
        {"label": _("已审查"), "url": f"{address}?list=reviewed", "count": None, "current": which == "REVIEWED"},
    ]
    answer = show(
        request,
        "looking/reviews.html",
        frame(request, _("紧急查阅审查"), current="emergency-reviews"),
        rows=[_row(one, names, at) for one in found],
        tabs=tabs,
        waiting=which == "TO_REVIEW",
        problem=problem,
        days=emergency_rules().barred.days,
        **paged(number, total, {"list": "reviewed"} if which == "REVIEWED" else {}, most=PAGE, address=address),
    )
    answer.status_code = status
    return answer


@writes("glass:review")
def review(request: Request) -> HttpResponse:
    """Say whether one emergency look was justified, and why."""
    glass_id, found = row_of(request, "glass"), request.POST.get("outcome", "")
    try:
        if found not in {"justified", "unjustified"}:
            raise ReasonRefused("请选审查结论。", "Choose what the review found.")
        glass.review(glass_id, justified=found == "justified", finding=request.POST.get("finding", ""), at=now())
    except ReasonRefused as refusal:
        with transaction.atomic():
            return _reviews(request, refusal.en if english() else refusal.zh, 422)
    return redirect("emergency-reviews")
