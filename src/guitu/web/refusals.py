"""What the window says when it cannot do as asked: who may, what to do next, and whether anything was saved."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Iterable
from urllib.parse import quote

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext

from guitu.access.acting import attempted
from guitu.access.queries import posts_named
from guitu.access.roles import PERMISSIONS, ROLES
from guitu.exchange.operations import AlreadyAnswered
from guitu.web.administration.terminal_words import missing_word
from guitu.web.api import problems
from guitu.web.clock import now
from guitu.web.clocks_apart import clocks_are_apart
from guitu.web.form_fields import is_ours
from guitu.web.full_disk import disk_is_full
from guitu.web.journal import note_failure
from guitu.web.templatetags.guitu_words import short_moment
from guitu.web.written import written


def page_words(title: str) -> dict[str, object]:
    """What a page that stands alone says around its words."""
    return {"title": title, "unit_name": gettext("监地协作一件事"), "lang": "en" if english() else "zh"}


def english() -> bool:
    """Whether the page is asked for in English."""
    return (get_language() or "").startswith("en")


_ATTEMPTS = {403: "NOT_ALLOWED", 404: "NOT_FOUND", 409: "NOT_NOW"}
"""The answers that refuse an act or a thing, and the code of one for which nobody gave a closer one before."""


def _names_something(request: HttpRequest) -> bool:
    """Whether the address names one person, matter or paper, and is not merely wrong."""
    match = request.resolver_match
    return match is not None and any(isinstance(one, uuid.UUID) for one in match.kwargs.values())


def _say(
    request: HttpRequest, status: int, title: str, *sentences: str, next_url: str = "/", next_label: str = ""
) -> HttpResponse:
    if status in _ATTEMPTS and (request.method == "POST" or _names_something(request)):
        attempted(_ATTEMPTS[status])
    if request.path.startswith("/api/"):
        return problems.of_status(status)
    words = {
        "page": page_words(title),
        "status": status,
        "sentences": sentences,
        "next_url": next_url,
        "next_label": next_label or gettext("回工作台"),
        "written": written(request.POST) if status in {409, 422} else [],
    }
    return render(request, "errors/refusal.html", words, status=status)


def came_from(request: HttpRequest) -> str:
    """The page this request came from if it was one of ours, else the desk: no refusal links to elsewhere."""
    came_from = request.headers.get("Referer", "")
    return came_from if is_ours(request, came_from) else "/"


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request could not be read."""
    return _say(request, 400, gettext("这个请求看不明白"), gettext("什么也没有保存。请从工作台重新进入这一页。"))


def unreadable(request: HttpRequest) -> HttpResponse:
    """400: a character was sent that no text can hold."""
    return _say(
        request,
        400,
        gettext("里面有写不下的字符"),
        gettext("填写的内容里有一个看不见的控制字符，什么也没有保存。请返回上一页，把那一段重新打一遍。"),
        next_url=came_from(request),
        next_label=gettext("返回"),
    )


def session_ended(request: HttpRequest, kept: uuid.UUID | None = None, search: str = "") -> HttpResponse:
    """401: the session is over; says whether something was lost and leads back to the same page after signing in.

    `kept` is the form that was kept: whoever wrote it is led back to it. `search` is the page that answers a search.
    """
    reading = request.method in {"GET", "HEAD"}
    back = request.get_full_path() if reading else f"/kept/{kept}/" if kept else search or came_from(request)
    words = {
        "page": page_words(gettext("登录已结束")),
        "unsaved": not reading,
        "draft_kept": kept is not None,
        "searching": bool(search),
        "sign_in_url": f"/sign-in/?next={quote(back)}",
    }
    return render(request, "errors/session_ended.html", words, status=401)


def forbidden(request: HttpRequest, permission: str = "") -> HttpResponse:
    """403: says which roles may, or what an administrator's session lacks."""
    confined = getattr(getattr(request, "acting_session", None), "confined", "")
    if confined:
        return terminal_needed(request, confined)
    in_english = english()
    holders = [role.word.en if in_english else role.word.zh for role in ROLES.values() if permission in role.may]
    word = PERMISSIONS.get(permission)
    what = (word.en if in_english else word.zh) if word else ""
    who = gettext("、").join(holders)
    sentences = [gettext("您现在的岗位不能办这件事。这次请求已经留痕。")]
    if what and who:
        sentences.append(gettext("“%(what)s”可由以下岗位办理：%(who)s。") % {"what": what, "who": who})
    return _say(
        request, 403, gettext("这个岗位不能打开"), *sentences, next_url="/post/", next_label=gettext("换一个岗位")
    )


def terminal_needed(request: HttpRequest, missing: str) -> HttpResponse:
    """403: administration needs an assessed terminal, and what is missing of it."""
    return _say(
        request,
        403,
        gettext("管理的事要在管理终端上办"),
        missing_word(missing),
        gettext("这次请求已经留痕。"),
        next_url="/account/#terminals",
        next_label=gettext("我的账号"),
    )


def factor_demanded(request: HttpRequest) -> HttpResponse:
    """403: this post demands a second factor that the account does not have."""
    return _say(
        request,
        403,
        gettext("这个岗位要先启用第二重验证"),
        gettext("请在“我的账号”里启用，然后再换到这个岗位。"),
        next_url="/account/",
        next_label=gettext("我的账号"),
    )


def closed(request: HttpRequest) -> HttpResponse:
    """403: the decision table keeps something of the paper from this post, as the file and its relation now stand."""
    confined = getattr(getattr(request, "acting_session", None), "confined", "")
    if confined:
        return terminal_needed(request, confined)
    return _say(
        request,
        403,
        gettext("按决定表现在不能打开"),
        gettext("里面有您的岗位为现在的目的、在这份档案现在的状态下不可看的项。这次请求已经留痕。"),
        gettext("谁能看什么、依据哪条法律，写在“依据 → 决定表”里。"),
        next_url=came_from(request),
        next_label=gettext("返回"),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: the same words for what does not exist and for what is not this post's to see."""
    return _say(
        request,
        404,
        gettext("没有找到"),
        gettext("可能没有这一页，也可能不归您的岗位看。"),
        gettext("请核对编号，或从工作台的清单进入。"),
    )


def method_not_allowed(request: HttpRequest, allowed: Iterable[str]) -> HttpResponse:
    """405: this address is not asked in this way."""
    answer = _say(request, 405, gettext("这个地址不能这样打开"), gettext("什么也没有保存。请从页面上的按钮进入。"))
    answer["Allow"] = ", ".join(allowed)
    return answer


def conflict(request: HttpRequest, zh: str, en: str) -> HttpResponse:
    """409: the matter has moved on meanwhile."""
    return _say(
        request,
        409,
        gettext("这一步已经变了"),
        en if english() else zh,
        gettext("您的操作没有生效，也没有改动任何记录。"),
        next_url=came_from(request),
        next_label=gettext("看现在的情况"),
    )


def answered_by(refusal: AlreadyAnswered) -> str:
    """Who was quicker in a lost race, when, and that the second act had no effect."""
    with transaction.atomic():
        name, _ = posts_named({refusal.post_id}).get(refusal.post_id, ("", ""))
    words = {"name": name, "at": short_moment(refusal.at, now())}
    return (
        gettext("%(name)s已于%(at)s签收，您的操作没有重复生效。")
        if refusal.outcome == "ACKNOWLEDGED"
        else gettext("%(name)s已于%(at)s退回，您的操作没有重复生效。")
    ) % words


def answered_already(request: HttpRequest, said: str) -> HttpResponse:
    """409 for a lost race, in the words of `answered_by`."""
    return _say(
        request,
        409,
        gettext("已经有人办了"),
        said,
        next_url=came_from(request),
        next_label=gettext("看现在的情况"),
    )


def unprocessable(request: HttpRequest, title: str, *sentences: str) -> HttpResponse:
    """422: what was handed in cannot be taken; says why and what to do."""
    return _say(
        request,
        422,
        title,
        *sentences,
        next_url=came_from(request),
        next_label=gettext("返回修改"),
    )


def failed(request: HttpRequest) -> HttpResponse:
    """500: a number for the journal, and that nothing was saved (every write is one transaction).

    Where the database has no more room: 507 for what would be written; 503 for what would be read, since nobody looks
    where the look cannot be written down. Where the clocks are apart: 503.
    """
    number = uuid.uuid4().hex[:8].upper()
    match = request.resolver_match
    note_failure(number, match.view_name if match else "?", sys.exc_info()[1])
    full = disk_is_full(sys.exc_info()[1])
    if full and request.path.startswith("/api/"):
        zh = f"服务器的磁盘满了：写不下记录，就不办也不给看；什么也没有丢。腾出空间后再来一次，编号{number}。"
        en = f"The disk is full: what cannot be recorded is neither done nor shown; nothing is lost. Number {number}."
        return problems.of_status(500, zh=zh, en=en)
    if full and request.method in {"GET", "HEAD"}:
        return _say(
            request,
            503,
            gettext("服务器的磁盘满了，现在什么也打不开"),
            gettext("谁看了什么都要先记下来；现在记不下，所以没有打开。什么也没有丢。"),
            gettext("请告诉系统管理员腾出空间，编号%(number)s；之后再打开即可。") % {"number": number},
        )
    if full:
        return _say(
            request,
            507,
            gettext("服务器的磁盘满了"),
            gettext("这一步没有保存，原来的记录没有变。"),
            gettext("请告诉系统管理员腾出空间，编号%(number)s；之后再办一次即可。") % {"number": number},
        )
    if clocks_are_apart(sys.exc_info()[1]):
        return _clocks_apart(request, number)
    if request.path.startswith("/api/"):
        zh, en = f"没有办成，原来的记录没有变；编号{number}。", f"Nothing was done; number {number}."
        return problems.of_status(500, zh=zh, en=en)
    return _say(
        request,
        500,
        gettext("系统出错了"),
        gettext("这一步没有保存，原来的记录没有变。"),
        gettext("请把编号%(number)s告诉系统管理员。") % {"number": number},
    )


def _clocks_apart(request: HttpRequest, number: str) -> HttpResponse:
    """503: this machine's clock and the database's differ by more than they may, so that no moment would be right."""
    if request.path.startswith("/api/"):
        zh = f"服务器和数据库的时钟不一致，时刻记不准就不办；什么也没有丢。请告诉系统管理员对时，编号{number}。"
        en = f"The clocks of server and database differ: nothing was done and nothing is lost. Number {number}."
        return problems.of_status(500, zh=zh, en=en)
    return _say(
        request,
        503,
        gettext("服务器和数据库的时钟不一致"),
        gettext("时刻记不准就不办，所以这一步没有保存，原来的记录没有变。"),
        gettext("请告诉系统管理员核对两边的时钟，编号%(number)s；之后再办一次即可。") % {"number": number},
    )


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose page is too old or came from elsewhere."""
    return _say(
        request,
        403,
        gettext("页面放得太久了"),
        gettext("为防止他人冒用，请返回、刷新后再提交一次。什么也没有保存。"),
        next_url=came_from(request),
        next_label=gettext("返回刷新"),
    )
