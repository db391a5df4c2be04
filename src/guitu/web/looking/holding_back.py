"""Looks held back from the person: who decides, lengthens, reviews; the audit; the public number."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import holding_back
from guitu.rulebook.holding_back import HoldGround, hold_rules
from guitu.rulebook.looking import ReasonRefused
from guitu.web import asked, refusals
from guitu.web.clock import now
from guitu.web.entrance.coming_in import plain_page
from guitu.web.form_fields import day, mark_of, row_of
from guitu.web.pages import page_number, paged, uncounted
from guitu.web.permits import Request, public, reads, writes
from guitu.web.person_file.sight import permissions_of
from guitu.web.shell import english, frame, show
from guitu.web.templatetags.guitu_words import legal_day

PAGE, CHOICES = 20, 25
READ = ("GET", "HEAD")


def _ground(one: HoldGround) -> str:
    words = one.en if english() else one.zh
    return _("%(words)s（个人信息保护法第%(article)s条）") % {"words": words, "article": one.article}


def _row(one: holding_back.Hold, grounds: Mapping[str, HoldGround]) -> dict[str, Any]:
    ground = grounds.get(one.ground)
    return {
        "one": one,
        "unit": one.unit_en if english() else one.unit,
        "ground": _ground(ground) if ground else one.ground,
        "ended": one.reviewed_at is not None and not one.upheld,
    }


@reads("looks:held")
def holds(request: Request) -> HttpResponse:
    """The decisions in the range, running or ended, with the forms to decide, to lengthen and to review."""
    return _page(request)


@reads("audit:read")
def audited(request: Request) -> HttpResponse:
    """All decisions of the units within the range, for the audit; the person by the number of the file."""
    return _page(request)


def _page(request: Request, problem: str = "", about: str = "") -> HttpResponse:
    may, today, number = permissions_of(request), legal_day(now()), page_number(request)
    place = "holds-audit" if "audit:read" in may else "holds"
    which = holding_back.ENDED if request.GET.get("list") == "ended" else holding_back.RUNNING
    found, total = holding_back.holds(which, first=(number - 1) * PAGE, most=PAGE)
    rules, address, decides = hold_rules(today), reverse(place), "looks:hold_back" in may
    running = which == holding_back.RUNNING
    answer = show(
        request,
        "looking/holding_back.html",
        frame(request, _("暂不显示的查阅"), current=place),
        rows=[_row(one, rules.grounds) for one in found],
        tabs=[
            {"label": _("正在执行"), "url": address, "count": total if running else None, "current": running},
            {"label": _("已结束"), "url": f"{address}?list=ended", "count": None, "current": not running},
        ],
        running=running,
        decides=decides,
        reviews_it="looks:hold_review" in may,
        **(_choice(request) if decides and running else {}),
        grounds=[{"value": one.code, "label": _ground(one)} for one in rules.grounds.values()],
        days=rules.most.days,
        back=rules.back.days,
        today=today.isoformat(),
        public=holding_back.held_back_publicly(today),
        problem=problem,
        about=about,
        typed={name: request.POST.get(name, "") for name in ("number", "whose", "case", "ground", "words")}
        | {"first": request.POST.get("first", today.isoformat()), "last": request.POST.get("last", "")},
        mark=request.POST.get("mark") or uuid.uuid4(),
        **paged(number, total, {} if running else {"list": "ended"}, most=PAGE, address=address),
    )
    answer.status_code = 422 if problem else 200
    return answer


def _choice(request: Request) -> dict[str, Any]:
    """Whose looks can be chosen: those who fit the words searched for, a page at a time, and the foot of that page."""
    words, number = request.GET.get("who", "").strip(), page_number(request, "whose_page")
    found = holding_back.holdable(words, first=(number - 1) * CHOICES, most=CHOICES + 1)
    foot = uncounted(number, len(found), {"who": words}, most=CHOICES, place="decide", name="whose_page")
    kept = asked.query({"who": words, "whose_page": str(number)})
    return {"who": words, "whose": [_option(one) for one in found[:CHOICES]], "whose_foot": foot, "searched": kept}


def _option(one: holding_back.Holdable) -> dict[str, str]:
    """``unit`` or ``unit post``, as the form sends it back, and its words."""
    unit = one.unit_en if english() else one.unit
    if one.post_id is None:
        return {"value": str(one.unit_id), "label": _("%(unit)s：各岗位") % {"unit": unit}}
    return {"value": f"{one.unit_id} {one.post_id}", "label": f"{unit} · {one.post} · {one.holder}"}


@writes("looks:hold_back")
def decide(request: Request) -> HttpResponse:
    """Hold the looks of a unit or post at one file back until a day; what is missing is said with what was typed."""
    mark, given, today = mark_of(request), request.POST, legal_day(now())
    try:
        unit_id, post_id = _chosen(given.get("whose", ""))
        holding_back.hold_back(
            mark,
            number=given.get("number", ""),
            unit_id=unit_id,
            post_id=post_id,
            case_number=given.get("case", ""),
            ground=given.get("ground", ""),
            words=given.get("words", ""),
            first=day(request, "first", _("从哪天的查阅起")),
            last=day(request, "last", _("到哪天为止")),
            today=today,
            at=now(),
        )
    except ReasonRefused as refusal:
        return _again(request, refusal, "decide")
    return redirect("holds")


def _chosen(text: str) -> tuple[uuid.UUID, uuid.UUID | None]:
    """The unit and post of a choice of `_option`. Raises ReasonRefused."""
    parts = text.split(" ")
    try:
        return uuid.UUID(parts[0]), uuid.UUID(parts[1]) if len(parts) > 1 else None
    except ValueError as fault:
        raise ReasonRefused("请选谁的查阅。", "Choose whose looks.") from fault


def _again(request: Request, refusal: ReasonRefused, about: str) -> HttpResponse:
    with transaction.atomic():
        return _page(request, refusal.en if english() else refusal.zh, about)


@writes("looks:hold_back")
def lengthen(request: Request) -> HttpResponse:
    """Decide anew, before a decision ends, that the same looks stay held back."""
    mark, former, given = mark_of(request), row_of(request, "hold"), request.POST
    try:
        holding_back.lengthen(
            mark,
            former,
            ground=given.get("ground", ""),
            words=given.get("words", ""),
            last=day(request, "last", _("到哪天为止")),
            today=legal_day(now()),
            at=now(),
        )
    except ReasonRefused as refusal:
        return _again(request, refusal, str(former))
    return redirect("holds")


@writes("looks:hold_review")
def review(request: Request) -> HttpResponse:
    """Say of a decision of somebody else whether it stays; if not, the looks are shown at once."""
    mark, held, found = mark_of(request), row_of(request, "hold"), request.POST.get("outcome", "")
    try:
        if found not in {"stays", "ends"}:
            raise ReasonRefused("请选审查结论。", "Choose what the review found.")
        holding_back.review(
            held,
            upheld=found == "stays",
            words=request.POST.get("words", ""),
            review_id=mark,
            today=legal_day(now()),
            at=now(),
        )
    except LookupError:
        return refusals.not_found(request)
    except ReasonRefused as refusal:
        return _again(request, refusal, str(held))
    return redirect("holds")


@public
def held_back(request: HttpRequest) -> HttpResponse:
    """How many looks were held back when this day began, on which grounds; public, no person."""
    if request.method not in READ:
        return refusals.method_not_allowed(request, READ)
    today = legal_day(now())
    with transaction.atomic():
        public = holding_back.held_back_publicly(today)
    rules = hold_rules(today)
    return render(
        request,
        "looking/held_back.html",
        {
            "page": plain_page(_("暂不显示的查阅")),
            "public": public,
            "today": today.isoformat(),
            "grounds": [_ground(one) for one in rules.grounds.values()],
            "days": rules.most.days,
        },
    )
