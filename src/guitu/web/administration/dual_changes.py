"""双人变更 by screen: what waits, one change with its differences, the two hands; where a key change is proposed."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import dual_changes, rule_packs
from guitu.access.dual_changes import ChangeRefused, ChangeView
from guitu.access.roles import ROLES
from guitu.rulebook import RulebookError
from guitu.web import refusals
from guitu.web.administration.views import role_word
from guitu.web.clock import now
from guitu.web.form_fields import mark_of
from guitu.web.pages import page_number, paged
from guitu.web.permits import Request, reads, writes
from guitu.web.shell import frame, say, show

PAGE = 20
EDITIONS = 5
KEY_KINDS = (dual_changes.KEY_ROTATION, dual_changes.KEY_RETIREMENT, dual_changes.BACKUP_RECIPIENT)


def kind_word(kind: str) -> str:
    """What a kind of change is called in the language of the page."""
    return {
        "RULE_PACK": _("规则包"),
        "DIVISION_LIST": _("行政区划表"),
        "KEY_ROTATION": _("换用数据密钥"),
        "KEY_RETIREMENT": _("停用数据密钥"),
        "BACKUP_RECIPIENT": _("备份公钥"),
    }[kind]


def state_word(change: ChangeView) -> str:
    """Where a change stands, in the language of the page."""
    at_machine = change.kind != dual_changes.RULE_PACK and change.done_at is None
    return {
        "": _("待另一类管理员审核"),
        "CONFIRMED": _("已同意，待在本机照办") if at_machine else _("已同意，已生效"),
        "REFUSED": _("不同意"),
        "WITHDRAWN": _("已撤回"),
        "EMERGENCY": _("本机紧急办理，事先没有第二人"),
    }[change.decision]


@reads("change:read")
def changes(request: Request) -> HttpResponse:
    """The changes, those that wait on their own tab; below, which roles the starts have brought."""
    return _listed(request)


def _listed(request: Request, problem: str = "") -> HttpResponse:
    every, number = request.GET.get("all") == "yes", page_number(request)
    lines, total = dual_changes.changes_listed(open_only=not every, first=(number - 1) * PAGE, most=PAGE)
    page = frame(request, _("双人变更"), current="dual-changes")
    response = show(
        request,
        "administration/dual_changes.html",
        page,
        lines=[_line(line) for line in lines],
        every=every,
        can_propose_key="key:change" in ROLES[request.acting_session.role].may,
        can_propose_pack="rule:load" in ROLES[request.acting_session.role].may,
        kinds=[{"value": kind, "label": kind_word(kind)} for kind in KEY_KINDS],
        typed={name: request.POST.get(name, "") for name in ("kind", "named", "words")},
        problems=[{"text": problem}] if problem else [],
        editions=dual_changes.role_editions(most=EDITIONS),
        mark=uuid.uuid4(),
        tabs=[
            {"label": _("待审核"), "url": reverse("dual-changes"), "count": None, "current": not every},
            {"label": _("全部"), "url": f"{reverse('dual-changes')}?all=yes", "count": None, "current": every},
        ],
        **paged(number, total, {"all": "yes" if every else ""}, most=PAGE),
    )
    response.status_code = 422 if problem else 200
    return response


def _line(change: ChangeView) -> dict[str, Any]:
    return {
        "change": change,
        "kind": kind_word(change.kind),
        "state": state_word(change),
        "proposed_role": role_word(change.proposed.role),
        "decided_role": role_word(change.decided.role),
    }


@reads("change:read")
def change(request: Request, change_id: uuid.UUID) -> HttpResponse:
    """One change: what it changes from what to what and why, both hands, and what may be done with it."""
    return _one(request, change_id)


def _one(request: Request, change_id: uuid.UUID, problem: str = "") -> HttpResponse:
    found = dual_changes.change_or_none(change_id)
    if found is None:
        return refusals.not_found(request)
    session = request.acting_session
    decides = "change:decide" in ROLES[session.role].may and not found.decision
    mine = found.proposed_account == session.account_id
    page = frame(
        request,
        f"{kind_word(found.kind)} {found.named}",
        current="dual-changes",
        crumbs=((_("双人变更"), reverse("dual-changes")),),
    )
    response = show(
        request,
        "administration/dual_change.html",
        page,
        **_line(found),
        differences=[
            {
                "what": say(one.what),
                "since": one.since,
                "old": say(one.old),
                "new": say(one.new),
                "basis": say(one.basis),
            }
            for one in found.differences
        ],
        can_withdraw=decides and mine,
        can_decide=decides and not mine and session.role != found.proposed.role,
        same_office=decides and not mine and session.role == found.proposed.role,
        problems=[{"text": problem}] if problem else [],
    )
    response.status_code = 422 if problem else 200
    return response


@writes("change:decide")
def decide(request: Request, change_id: uuid.UUID) -> HttpResponse:
    """Confirm, refuse or take back; a confirmed rule pack is in force at once."""
    wanted = {"confirm": "CONFIRMED", "refuse": "REFUSED", "withdraw": "WITHDRAWN"}
    decision = wanted.get(request.POST.get("decision", ""), "")
    if not decision:
        return refusals.bad_request(request)
    try:
        dual_changes.decide(
            change_id,
            decision,
            shown=request.POST.get("shown", ""),
            reason=request.POST.get("reason", ""),
            at=now(),
        )
    except ChangeRefused as refusal:
        return _again(request, change_id, say(refusal))
    except (rule_packs.PackLoadedAlready, rule_packs.PackNameTaken, rule_packs.PackNotInForce, RulebookError):
        return _again(request, change_id, say(ChangeRefused("DIFFERENCES")))
    return redirect("dual-change", change_id=change_id)


def _again(request: Request, change_id: uuid.UUID, problem: str) -> HttpResponse:
    with transaction.atomic():
        return _one(request, change_id, problem)


@writes("key:change")
def propose_key(request: Request) -> HttpResponse:
    """Propose to rotate to a suite or to retire a key; the machine acts once another office has confirmed."""
    mark, kind = mark_of(request), request.POST.get("kind", "")
    if kind not in KEY_KINDS:
        return refusals.bad_request(request)
    try:
        dual_changes.propose_key(
            mark, kind, named=request.POST.get("named", ""), words=request.POST.get("words", ""), at=now()
        )
    except ChangeRefused as refusal:
        with transaction.atomic():
            return _listed(request, say(refusal))
    return redirect("dual-change", change_id=mark)
