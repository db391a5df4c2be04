"""Officers' accounts: listed, added, closed and opened, and the first password on a printed slip."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import administration
from guitu.access import queries as access
from guitu.access.roles import ROLES
from guitu.access.staffing import StaffingRefused
from guitu.rulebook.sign_in import password_profile
from guitu.web import refusals
from guitu.web.administration.posts import said
from guitu.web.administration.views import PAGE
from guitu.web.clock import now
from guitu.web.form_fields import mark_of
from guitu.web.pages import page_number, paged
from guitu.web.permits import Request, reads, writes
from guitu.web.second_question import Question
from guitu.web.shell import frame, show


@reads("account:list")
def accounts(request: Request) -> HttpResponse:
    """The accounts in the range of the administrator's unit, by login; words narrow them."""
    return _page(request)


def _page(request: Request, problem: str = "") -> HttpResponse:
    words = request.GET.get("q", "").strip()
    number = page_number(request)
    lines, total = administration.accounts_listed(words, first=(number - 1) * PAGE, most=PAGE)
    may = ROLES[request.acting_session.role].may
    page = frame(request, _("账号"), current="accounts", crumbs=((_("单位与岗位"), reverse("units")),))
    response = show(
        request,
        "administration/accounts.html",
        page,
        lines=lines,
        words=words,
        own=request.acting_session.account_id,
        can_add="account:add" in may,
        can_lock="account:lock" in may,
        can_reset="account:reset" in may,
        typed={name: request.POST.get(name, "") for name in ("login", "name")},
        problems=[{"text": problem}] if problem else [],
        mark=uuid.uuid4(),
        **paged(number, total, {"q": words}, most=PAGE),
    )
    response.status_code = 422 if problem else 200
    return response


@writes("account:add")
def add(request: Request) -> HttpResponse:
    """Add an account; it gets its password from the security administrator, its posts by proposals."""
    mark = mark_of(request)
    try:
        administration.add_account(
            mark, login=request.POST.get("login", ""), name=request.POST.get("name", ""), at=now()
        )
    except StaffingRefused as refusal:
        with transaction.atomic():
            return _page(request, said(refusal))
    return redirect("accounts")


def _closing(request: Request, **_path: object) -> Question | None:
    if request.POST.get("locked") != "yes":
        return None  # opening it again takes nothing away
    return Question(
        _("停用这个账号？"),
        (
            _("这个人马上退出登录，停用期间不能再登录"),
            _("交给系统办、还没有开始的事不再办"),
            _("任职不变；以后可以由安全管理员重新启用"),
        ),
        _("停用账号"),
    )


@writes("account:lock", asks=_closing)
def lock(request: Request, account_id: uuid.UUID) -> HttpResponse:
    """Close an account, or open it again and forget its failures."""
    try:
        administration.lock_account(account_id, locked=request.POST.get("locked") == "yes", at=now())
    except StaffingRefused as refusal:
        return refusals.unprocessable(request, _("没有办成"), said(refusal))
    return redirect("accounts")


def _renewing(_request: Request, **_path: object) -> Question:
    return Question(
        _("发放新的首次口令？"),
        (
            _("原来的口令马上作废"),
            _("新口令只显示这一次，要当面交给本人"),
        ),
        _("发放口令"),
    )


@writes("account:reset", asks=_renewing)
def slip(request: Request, account_id: uuid.UUID) -> HttpResponse:
    """Make a new password and show it this once, to be printed and handed over in person."""
    moment = now()
    try:
        made = administration.hand_out_password(
            account_id, profile=password_profile(settings.GUITU_PASSWORD_PROFILE), at=moment
        )
    except StaffingRefused as refusal:
        return refusals.unprocessable(request, _("没有发放"), said(refusal))
    with transaction.atomic():
        line = administration.account(account_id)
        page = frame(request, _("首次口令凭条"), current="accounts", crumbs=((_("账号"), reverse("accounts")),))
        unit = access.unit(request.acting_session.unit_id)
        return show(request, "administration/slip.html", page, line=line, made=made, phone=unit.phone)
