"""The county head's page of commissions: which township office may do what, from when to when, by which document."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import commissions
from guitu.access.policy import Commissioned
from guitu.rulebook.powers import commission_powers
from guitu.web import refusals
from guitu.web.clock import now
from guitu.web.form_fields import day_or_wrong, mark_of, problems_of, row_or_wrong
from guitu.web.pages import page_number, paged
from guitu.web.permits import Request, reads, writes
from guitu.web.second_question import Question
from guitu.web.shell import english, frame, show
from guitu.web.templatetags.guitu_words import legal_day

PAGE = 25


@reads("commission:keep")
def kept(request: Request) -> HttpResponse:
    """The commissions of this county, and where a new one is kept."""
    return _page(request)


def _page(
    request: Request, wrong: Mapping[str, str] | None = None, typed: Mapping[str, str] | None = None, status: int = 200
) -> HttpResponse:
    number, wrong = page_number(request), wrong or {}
    today = legal_day(now())
    lines, total = commissions.commissions_listed(first=(number - 1) * PAGE, most=PAGE)
    powers = commission_powers()
    page = frame(request, _("司法所委托"), current="commissions")
    response = show(
        request,
        "commissions/list.html",
        page,
        lines=[
            {
                "id": line.commission.id,
                "number": line.commission.number,
                "office": line.office_en if english() else line.office,
                "powers": [
                    powers[code].en if english() else powers[code].zh for code in sorted(line.commission.powers)
                ],
                "from_on": line.commission.from_on,
                "to_on": line.commission.to_on,
                "revoked_on": line.commission.revoked_on,
                "state": _state(line.commission, today),
                "open": line.commission.revoked_on is None
                and (line.commission.to_on is None or line.commission.to_on >= today),
            }
            for line in lines
        ],
        offices=[
            {"value": str(office.id), "label": office.name_en if english() else office.name}
            for office in commissions.offices()
        ],
        powers=[
            {
                "value": one.code,
                "label": one.en if english() else one.zh,
                "chosen": one.code in request.POST.getlist("powers"),
            }
            for one in powers.values()
        ],
        problems=problems_of(wrong, ("office", "number", "powers", "from_on", "to_on")),
        wrong=wrong,
        typed=typed or {},
        mark=uuid.uuid4(),
        **paged(number, total, most=PAGE, address=reverse("commissions")),
    )
    response.status_code = status
    return response


def _state(commission: Commissioned, today: date) -> str:
    if commission.holds_on(today):
        return _("有效")
    if commission.revoked_on is not None:
        return _("已撤销")
    return _("未到起日") if commission.from_on > today else _("已到期")


@writes("commission:keep")
def issue(request: Request) -> HttpResponse:
    """Keep a commission; what cannot be kept is said on the same page, with what was typed."""
    mark, wrong = mark_of(request), dict[str, str]()
    office = row_or_wrong(request, "office", _("请选司法所"), wrong)
    from_on = day_or_wrong(request, "from_on", wrong)
    to_on = day_or_wrong(request, "to_on", wrong) if request.POST.get("to_on") else None
    if not request.POST.get("number", "").strip():
        wrong["number"] = _("要填委托文号")
    if not request.POST.getlist("powers"):
        wrong["powers"] = _("至少选一项委托事项")
    if wrong or office is None or from_on is None:
        return _again(request, wrong)
    try:
        commissions.issue_commission(
            office,
            number=request.POST["number"],
            powers=request.POST.getlist("powers"),
            from_on=from_on,
            to_on=to_on,
            event_id=mark,
            at=now(),
        )
    except commissions.CommissionRefused as refusal:
        return _again(request, {refusal.field: refusal.en if english() else refusal.zh})
    return redirect("commissions")


def _again(request: Request, wrong: Mapping[str, str]) -> HttpResponse:
    typed = {name: request.POST.get(name, "") for name in ("number", "office", "from_on", "to_on")}
    with transaction.atomic():
        return _page(request, wrong, typed, status=422)


def _revoking(_request: Request, **_path: object) -> Question:
    return Question(
        _("撤销这份委托？"),
        (
            _("司法所从今天起不能再办委托的事项，相应的审批回到县司法局"),
            _("撤销以前办的事照样有效"),
            _("撤销了不能恢复；要再委托，须另行发文"),
        ),
        _("撤销委托"),
    )


@writes("commission:keep", asks=_revoking)
def revoke(request: Request, commission_id: uuid.UUID) -> HttpResponse:
    """Revoke a commission from today on."""
    moment = now()
    if not commissions.revoke_commission(commission_id, on=legal_day(moment), at=moment):
        return refusals.not_found(request)
    return redirect("commissions")
