"""What the audit administrator reads: changes, what happened at the door, refused requests, what was deleted with its
term. No person's data."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import administration, retention
from guitu.access.roles import PERMISSIONS, PURPOSES
from guitu.web.account.views import outcome_words
from guitu.web.administration.posts import midnight
from guitu.web.administration.views import PAGE, role_word
from guitu.web.clock import now
from guitu.web.form_fields import written_day
from guitu.web.pages import counted_if_few, page_number, with_words
from guitu.web.permits import Request, reads
from guitu.web.record_keeping import keeping
from guitu.web.shell import frame, say, show
from guitu.web.templatetags.guitu_words import legal_day

KINDS = ("changes", "sign-ins", "refusals", "ended")
KEPT = {"sign-ins": retention.SIGN_INS, "refusals": retention.TRACES}
SHOWN_DAYS = 30


@reads("audit:read")
def audit(request: Request) -> HttpResponse:
    """One of four lists, by day and by whose hand; the last thirty days unless others are asked for."""
    kind = request.GET.get("list", "")
    kind = kind if kind in KINDS else KINDS[0]
    who = request.GET.get("who", "").strip()
    failed = request.GET.get("failed") == "yes"
    today = legal_day(now())
    first_day = _day(request.GET.get("from", ""), today - timedelta(days=SHOWN_DAYS))
    last_day = _day(request.GET.get("to", ""), today)
    number = page_number(request)
    since, until = midnight(first_day), midnight(last_day + timedelta(days=1))
    place = {"first": (number - 1) * PAGE, "most": PAGE}
    rows: list[dict[str, Any]]
    total: int | None
    if kind == "changes":
        changes, total = administration.changes_listed(since, until, who, **place)
        rows = [_change(line) for line in changes]
    elif kind == "sign-ins":
        entries, total = administration.sign_ins_listed(since, until, who, failed=failed, **place)
        rows = [_sign_in(line) for line in entries]
    elif kind == "ended":
        ended, total = retention.endings(since, until, **place)
        rows = [{"one": one, "what": say(one.record_class.words)} for one in ended]
    else:
        turned, total = administration.refusals_listed(since, until, who, **place)
        rows = [_refusal(line) for line in turned]
    labels = {"changes": _("管理变更"), "sign-ins": _("登录"), "refusals": _("拒绝"), "ended": _("期满删除")}
    kept = {"list": kind, "who": who, "from": first_day.isoformat(), "to": last_day.isoformat()}
    asked_days = {name: kept[name] for name in ("who", "from", "to") if request.GET.get(name)}
    kept["failed"] = "yes" if failed else ""
    page = frame(request, _("审计"), current="audit")
    return show(
        request,
        "administration/audit.html",
        page,
        kind=kind,
        rows=rows,
        keeping=keeping(KEPT[kind]) if kind in KEPT else None,
        who=who,
        failed=failed,
        first_day=first_day.isoformat(),
        last_day=last_day.isoformat(),
        tabs=[
            {
                "label": labels[name],
                "url": with_words(reverse("audit"), asked_days, list=name),
                "count": None,
                "current": name == kind,
            }
            for name in KINDS
        ],
        **counted_if_few(number, total, kept, most=PAGE),
    )


def _day(text: str, otherwise: date) -> date:
    try:
        return written_day(text)
    except ValueError:
        return otherwise


def _change(line: administration.ChangeLine) -> dict[str, Any]:
    words = {
        "ACCOUNT_ADDED": _("新建账号"),
        "ACCOUNT_LOCKED": _("停用账号"),
        "ACCOUNT_UNLOCKED": _("启用账号"),
        "PASSWORD_SET": _("发放口令"),
        "POST_PROPOSED": _("提议任职"),
        "POST_FILLED": _("任职"),
        "POST_REFUSED": _("未同意任职"),
        "POST_ENDED": _("结束任职"),
        "UNIT_FOUNDED": _("新设单位"),
        "UNIT_CHANGED": _("变更单位"),
        "UNIT_ENDED": _("停用单位"),
    }
    hand = f"{line.done_by} · {line.by_title}" if line.by_title else f"{line.done_by} · {_('服务器命令行')}"
    whom = " · ".join(part for part in (line.account, line.login) if part)
    about = " · ".join(part for part in (role_word(line.role) if line.role else "", line.unit) if part)
    return {"at": line.at, "what": words.get(line.what, line.what), "hand": hand, "whom": whom, "about": about}


def _sign_in(line: administration.SignInLine) -> dict[str, Any]:
    whom = f"{line.account} · {line.login}" if line.login else _("登录名不存在")
    return {"at": line.at, "what": outcome_words()[line.outcome], "whom": whom, "about": line.address}


def _refusal(line: administration.RefusalLine) -> dict[str, Any]:
    permission, purpose = PERMISSIONS.get(line.action), PURPOSES.get(line.purpose)
    why = {
        "DENIED": _("岗位没有这项权限"),
        "REFUSED": _("有权限，但这件事当时不能由这个岗位办"),
    }.get(line.outcome, _("查无此人，或不在可见范围"))
    return {
        "at": line.at,
        "what": say(permission) if permission else line.action,
        "hand": f"{line.holder} · {line.title} · {line.unit}",
        "whom": why,
        "about": f"{say(purpose) if purpose else line.purpose} · {_('涉及%(count)s人') % {'count': line.persons}}",
    }
