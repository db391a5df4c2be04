"""A roster too long for a page: handed to the worker, how far it is, what stopped it, trying again."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access.errands import DONE, ErrandView
from guitu.prison import at_length
from guitu.web import refusals
from guitu.web.clock import now
from guitu.web.permits import Request, writes
from guitu.web.shell import english, frame, show

EVERY_SECONDS = 2
"""How often the page of a roster under way asks anew."""


def hand_over(action: str, draft_id: uuid.UUID, *, at: datetime) -> bool:
    """Give the check or import of a draft to the worker; False if the draft is gone."""
    return at_length.hand_over(action, draft_id, at=at)


def is_long(data: bytes, file_name: str) -> bool:
    """Whether this file goes to the worker. Raises RosterRefusedError where a short look finds that it is none."""
    return at_length.is_long(
        data,
        file_name=file_name,
        at_once=settings.GUITU_ROSTER_AT_ONCE,
        bytes_at_once=settings.GUITU_ROSTER_BYTES_AT_ONCE,
    )


def is_one(draft_id: uuid.UUID) -> bool:
    """Whether this draft was handed to the worker, so that it stays with it."""
    with transaction.atomic():
        return at_length.errand_about(draft_id) is not None


def check_again(draft_id: uuid.UUID, *, at: datetime) -> None:
    """After a correction: a long roster is checked anew by the worker, a short one by its page."""
    if is_one(draft_id):
        hand_over(at_length.CHECK, draft_id, at=at)


def rows(*, at: datetime) -> list[dict[str, Any]]:
    """The own unit's long rosters for the page of rosters: file, what is done with it, how far."""
    return [
        {
            "file_name": one.file_name,
            "url": reverse("roster-report", args=[one.draft_id]),
            "given_at": one.errand.given_at,
            "what": _what(one.errand),
        }
        for one in at_length.long_rosters(at=at)
    ]


def _what(errand: ErrandView) -> str:
    importing = errand.action == at_length.IMPORT
    if errand.outcome == DONE:
        return _("已导入") if importing else _("已核对，等您确认")
    if errand.outcome:
        return why(errand.outcome)
    if not errand.rows_all:
        return _("正在读文件")
    word = _("正在导入：%(done)d / %(all)d 行") if importing else _("正在核对：%(done)d / %(all)d 行")
    return word % {"done": errand.rows_done, "all": errand.rows_all}


def why(outcome: str) -> str:
    """Why an errand was stopped, in the language of the page."""
    refusal = at_length.refusal_of(outcome)
    if refusal is not None:
        said = (refusal.message_en, refusal.remedy_en) if english() else (refusal.message_zh, refusal.remedy_zh)
        return "".join(_("%(one)s。") % {"one": one} for one in said)
    return {
        "GIVEN_UP": _("几次都没有办成，什么也没有写入。请再试一次；仍不行请告诉系统管理员。"),
        "TOO_LATE": _("等得太久没有办，什么也没有写入。请再试一次。"),
        "POST_ENDED": _("交办的岗位已经结束或停用，什么也没有写入。请用现在的岗位再试。"),
        "GONE": _("这份草稿已经过期，什么也没有写入。请重新选文件。"),
    }[outcome]


def waiting(request: Request, draft_id: uuid.UUID, errand: ErrandView, *, at: datetime) -> HttpResponse:
    """The page of a roster that the worker has in hand, or that stopped; it asks anew while it is under way."""
    importing = errand.action == at_length.IMPORT
    page = frame(
        request,
        _("正在导入名册") if importing else _("正在核对名册"),
        current="roster",
        crumbs=((_("导入名册"), reverse("roster")),),
    )
    stopped = bool(errand.outcome)
    answer = show(
        request,
        "prison/under_way.html",
        page,
        what=_what(errand),
        done=errand.rows_done,
        all=errand.rows_all,
        stopped=stopped,
        again=reverse("roster-again", args=[draft_id]),
    )
    if not stopped:
        answer["Refresh"] = str(EVERY_SECONDS)
    return answer


@writes("roster:check")
def again(request: Request, draft_id: uuid.UUID) -> HttpResponse:
    """Hand a long roster to the worker once more after it was stopped; it is checked first, as at the beginning."""
    if not is_one(draft_id) or not hand_over(at_length.CHECK, draft_id, at=now()):
        return refusals.not_found(request)
    return redirect("roster-report", draft_id=draft_id)
