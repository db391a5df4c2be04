"""管理终端 by screen: the register, those that open nothing first; one terminal with its checklist and its past."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import queries as access
from guitu.access import terminals
from guitu.access.roles import ROLES, SecurityAdministrator, SystemAdministrator
from guitu.access.terminals import HolderPost, TerminalLine, TerminalRefused
from guitu.rulebook.terminals import terminal_rules
from guitu.web import refusals
from guitu.web.administration.terminal_words import is_due, state_word
from guitu.web.administration.views import role_word
from guitu.web.clock import now
from guitu.web.form_fields import mark_of, row_of, rows_of
from guitu.web.pages import page_number, paged
from guitu.web.permits import Request, reads, writes
from guitu.web.second_question import Question
from guitu.web.shell import english, frame, say, show

PAGE = 50
PAST = 20
HOLDS, FAILS = "yes", "no"


@reads("terminal:read")
def register(request: Request) -> HttpResponse:
    """The terminals in the range of the own unit; below, the form by which one is registered."""
    return _register(request)


def _register(request: Request, problem: str = "", posts: Sequence[HolderPost] = ()) -> HttpResponse:
    at, number = now(), page_number(request)
    lines, total = terminals.terminals_listed(first=(number - 1) * PAGE, most=PAGE)
    can_keep = "terminal:keep" in ROLES[request.acting_session.role].may
    response = show(
        request,
        "administration/terminals.html",
        frame(request, _("管理终端"), current="terminals"),
        lines=[_line(one) | {"due": is_due(one.state, one.ends_at, at=at)} for one in lines],
        starts=access.terminals_from(),
        demanded=_demanded(),
        can_keep=can_keep,
        holders=[_holder(post) for post in posts],
        typed={name: request.POST.get(name, "") for name in ("login", "post", "asset_number", "name")},
        problems=[{"text": problem}] if problem else [],
        mark=uuid.uuid4(),
        **paged(number, total, most=PAGE),
    )
    response.status_code = 422 if problem else 200
    return response


def _demanded() -> bool:
    """Whether the day is over until which administrators without an assessed terminal go on as before."""
    starts = access.terminals_from()
    return starts is not None and starts <= now()


def _line(one: TerminalLine) -> dict[str, Any]:
    return {
        "one": one,
        "state": state_word(one.state),
        "unit": one.unit_en if english() else one.unit,
        "offices": [role_word(role) for role in one.offices],
    }


def _holder(post: HolderPost) -> dict[str, str]:
    unit = post.unit_en if english() else post.unit
    return {"value": str(post.id), "label": f"{post.holder} · {post.title} · {unit}"}


@writes("terminal:keep")
def add(request: Request) -> HttpResponse:
    """Register a terminal for one administrator; it opens nothing before its passkey is made and it is assessed.

    The holder is named by the login; who holds several administrators' posts is asked in which.
    """
    mark, login = mark_of(request), request.POST.get("login", "")
    if request.POST.get("post") or not login:
        post_id = row_of(request, "post")
    else:
        with transaction.atomic():
            posts = terminals.holder_posts(login)
            if len(posts) != 1:
                several = _("这个人担任几个管理岗位，请选一个。")
                return _register(request, several if posts else say(TerminalRefused("HOLDER")), posts)
        post_id = posts[0].id
    try:
        terminals.register(
            mark,
            post_id=post_id,
            asset_number=request.POST.get("asset_number", ""),
            name=request.POST.get("name", ""),
            at=now(),
        )
    except TerminalRefused as refusal:
        with transaction.atomic():
            return _register(request, say(refusal))
    return redirect("terminal", terminal_id=mark)


@reads("terminal:read")
def terminal(request: Request, terminal_id: uuid.UUID) -> HttpResponse:
    """One terminal: whose, where it stands, its passkeys, the checklist for whoever may assess it, the past."""
    return _terminal(request, terminal_id)


def _terminal(request: Request, terminal_id: uuid.UUID, problem: str = "") -> HttpResponse:
    found = terminals.terminal_or_none(terminal_id)
    if found is None:
        return refusals.not_found(request)
    session = request.acting_session
    keeps = "terminal:keep" in ROLES[session.role].may and found.ended_at is None
    assessor = SystemAdministrator if SecurityAdministrator.code in found.offices else SecurityAdministrator
    can_assess = keeps and session.role == assessor.code and session.account_id != found.holder_account
    page = frame(
        request,
        f"{found.name} {found.asset_number}",
        current="terminals",
        crumbs=((_("管理终端"), reverse("terminals")),),
    )
    items = terminal_rules().items
    response = show(
        request,
        "administration/terminal.html",
        page,
        **_line(found),
        due=is_due(found.state, found.ends_at, at=now()),
        keys=terminals.keys_of(terminal_id),
        items=[
            {
                "name": f"item-{item.code}",
                "words": say(item.words),
                "article": item.article,
                "chosen": request.POST.get(f"item-{item.code}", ""),
            }
            for item in items.values()
        ],
        choices=[{"value": HOLDS, "label": _("符合")}, {"value": FAILS, "label": _("不符合")}],
        valid_days=terminal_rules().valid.days,
        past=[
            {
                "one": one,
                "role": role_word(one.assessed_role),
                "fails": [
                    say(items[code].words) for code, holds in one.findings.items() if not holds and code in items
                ],
            }
            for one in terminals.assessments_of(terminal_id, most=PAST)
        ],
        can_assess=can_assess,
        assessor=say(assessor.word),
        keeps=keeps,
        typed={name: request.POST.get(name, "") for name in ("words", "reason")},
        problems=[{"text": problem}] if problem else [],
        mark=uuid.uuid4(),
    )
    response.status_code = 422 if problem else 200
    return response


@writes("terminal:keep")
def assess(request: Request, terminal_id: uuid.UUID) -> HttpResponse:
    """Record what was found at the device, item by item; it stands at once if everything holds."""
    mark, seen = mark_of(request), rows_of(request, "seen")
    judged = {code: request.POST.get(f"item-{code}", "") for code in terminal_rules().items}
    findings = {code: word == HOLDS for code, word in judged.items() if word in {HOLDS, FAILS}}
    try:
        terminals.assess(mark, terminal_id, findings, seen=seen, words=request.POST.get("words", ""), at=now())
    except TerminalRefused as refusal:
        return _again(request, terminal_id, say(refusal))
    return redirect("terminal", terminal_id=terminal_id)


def _for_good(request: Request, **_path: object) -> Question | None:
    if request.POST.get("for_good") != "yes":
        return None  # a new assessment gives it back
    return Question(
        _("停用这台终端？"),
        (
            _("用它登录的马上不能再办管理的事"),
            _("在它上面建立的通行密钥一起停用，不能恢复"),
            _("同一台设备以后再用，要重新登记、重新评估"),
        ),
        _("停用终端"),
    )


@writes("terminal:keep", asks=_for_good)
def withdraw(request: Request, terminal_id: uuid.UUID) -> HttpResponse:
    """Withdraw the assessment at once, or take the terminal out of use for good."""
    try:
        terminals.withdraw(
            terminal_id,
            mark_of(request),
            reason=request.POST.get("reason", ""),
            for_good=request.POST.get("for_good") == "yes",
            at=now(),
        )
    except TerminalRefused as refusal:
        return _again(request, terminal_id, say(refusal))
    return redirect("terminal", terminal_id=terminal_id)


def _again(request: Request, terminal_id: uuid.UUID, problem: str) -> HttpResponse:
    with transaction.atomic():
        return _terminal(request, terminal_id, problem)
