"""Files whose keeping has ended: the list, and the head's decision about those ticked."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.rights import policy, retention
from guitu.rulebook.rights import rights_rules
from guitu.web import refusals
from guitu.web.clock import now
from guitu.web.form_fields import mark_of, rows_of
from guitu.web.pages import page_number, paged
from guitu.web.permits import Request, reads, writes
from guitu.web.second_question import Question
from guitu.web.shell import frame, show

PAGE = 25


@reads("rights:erase")
def listed(request: Request) -> HttpResponse:
    """The own unit's files that are due for erasure, the longest first."""
    number = page_number(request)
    rows, total = retention.due(at=now(), first=(number - 1) * PAGE, most=PAGE)
    page = frame(request, _("保存期满的档案"), current="rights", crumbs=((_("权利请求"), reverse("rights")),))
    return show(
        request,
        "rights/due.html",
        page,
        rows=rows,
        rule=retention.RULE,
        mark=uuid.uuid4(),
        **paged(number, total, most=PAGE),
    )


def erasing(request: Request, **_path: object) -> Question | None:
    """The question before anybody is erased: of the list, or by granting a request; None where nothing is."""
    chosen = len(request.POST.getlist("person"))
    granted = request.POST.get("outcome") == policy.GRANTED and request.POST.get("ground") in rights_rules().deletions
    if not chosen and not granted:
        return None
    return Question(
        _("删除%(number)s个人的全部信息？") % {"number": chosen or 1},
        (
            _("所有章节里关于此人的内容都由后台删除，包括文书和登录"),
            _("只留不写姓名的删除证明；备份恢复后会再次删除"),
            _("删除了不能恢复"),
        ),
        _("决定删除"),
    )


@writes("rights:erase", asks=erasing)
def decide(request: Request) -> HttpResponse:
    """Decide the erasure of those who were ticked."""
    chosen, mark = rows_of(request, "person"), mark_of(request)
    try:
        retention.erase_expired(chosen, event_id=mark, at=now())
    except retention.NotDue:
        return refusals.unprocessable(
            request, _("没有决定删除"), _("请勾选保存期满的人；所选的人里有的已经不在清单上，请重新打开清单。")
        )
    return redirect("rights-erasures")
