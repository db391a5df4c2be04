"""Posts by screen: the system administrator proposes, the security administrator decides, either ends."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import administration
from guitu.access.roles import ROLES
from guitu.access.staffing import StaffingRefused
from guitu.web import refusals
from guitu.web.administration.views import PAGE, role_word, unit_page
from guitu.web.clock import now
from guitu.web.form_fields import day_or_wrong, mark_of, row_or_wrong
from guitu.web.pages import page_number, paged
from guitu.web.permits import Request, reads, writes
from guitu.web.second_question import Question
from guitu.web.shell import english, frame, show
from guitu.web.templatetags.guitu_words import LEGAL_ZONE, legal_day


def said(refusal: StaffingRefused) -> str:
    """Why it was refused, in the language of the page."""
    return refusal.en if english() else refusal.zh


def midnight(day: date) -> datetime:
    """The beginning of a legal day."""
    return datetime.combine(day, time(), LEGAL_ZONE)


@writes("post:propose")
def propose(request: Request, unit_id: uuid.UUID) -> HttpResponse:
    """Propose a post in this unit; what cannot be is said on the unit's page, with what was typed."""
    moment = now()
    mark, wrong = mark_of(request), dict[str, str]()
    account = row_or_wrong(request, "account", _("请选账号"), wrong)
    from_on = day_or_wrong(request, "from_on", wrong)
    to_on = day_or_wrong(request, "to_on", wrong) if request.POST.get("to_on") else None
    if not request.POST.get("title", "").strip():
        wrong["title"] = _("要填岗位名称")
    if wrong or account is None or from_on is None:
        with transaction.atomic():
            return unit_page(request, unit_id, wrong)
    try:
        administration.propose_post(
            mark,
            account_id=account,
            unit_id=unit_id,
            role=request.POST.get("role", ""),
            title=request.POST["title"],
            from_at=moment if from_on == legal_day(moment) else midnight(from_on),
            to_at=midnight(to_on + timedelta(days=1)) if to_on else None,
            at=moment,
        )
    except StaffingRefused as refusal:
        with transaction.atomic():
            return unit_page(request, unit_id, {refusal.field: said(refusal)})
    return redirect("unit", unit_id=unit_id)


def _ending(_request: Request, **_path: object) -> Question:
    return Question(
        _("结束这个岗位？"),
        (
            _("任职从现在起结束，正在使用这个岗位的人马上退出登录"),
            _("办过的事和留痕不变；分派给这个岗位的事要另行分派"),
            _("结束了不能恢复；要再任职，须重新提议、审核"),
        ),
        _("结束岗位"),
    )


@writes("post:end", asks=_ending)
def end(request: Request, post_id: uuid.UUID) -> HttpResponse:
    """End a post now; its sessions end at once."""
    try:
        administration.end_post(post_id, at=now())
    except StaffingRefused as refusal:
        return refusals.unprocessable(request, _("没有结束"), said(refusal))
    back = request.POST.get("unit", "")
    try:
        return redirect("unit", unit_id=uuid.UUID(back))
    except ValueError:
        return redirect("units")


@reads("unit:list")
def proposals(request: Request) -> HttpResponse:
    """The proposals, the undecided first on their own tab."""
    every = request.GET.get("all") == "yes"
    number = page_number(request)
    lines, total = administration.proposals_listed(open_only=not every, first=(number - 1) * PAGE, most=PAGE)
    page = frame(request, _("任职提议"), current="proposals", crumbs=((_("单位与岗位"), reverse("units")),))
    decisions = {"": _("待审核"), "CONFIRMED": _("已同意"), "REFUSED": _("未同意")}
    return show(
        request,
        "administration/proposals.html",
        page,
        lines=[(line, role_word(line.role), decisions[line.decision]) for line in lines],
        can_decide="post:confirm" in ROLES[request.acting_session.role].may,
        tabs=[
            {"label": _("待审核"), "url": reverse("proposals"), "count": None, "current": not every},
            {"label": _("全部"), "url": f"{reverse('proposals')}?all=yes", "count": None, "current": every},
        ],
        **paged(number, total, {"all": "yes" if every else ""}, most=PAGE),
    )


@writes("post:confirm")
def decide(request: Request, proposal_id: uuid.UUID) -> HttpResponse:
    """Confirm or refuse a proposal."""
    confirmed = request.POST.get("decision") == "confirm"
    try:
        administration.decide_proposal(
            proposal_id, confirmed=confirmed, reason=request.POST.get("reason", ""), at=now()
        )
    except StaffingRefused as refusal:
        return refusals.unprocessable(request, _("没有办成"), said(refusal))
    return redirect("proposals")
