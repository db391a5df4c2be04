"""Watching who looks: who read what, unusual reading ranked with its reasons in words, its review, the indicators."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import retention, watching
from guitu.access.policy import Sign
from guitu.access.roles import PERMISSIONS, PURPOSES, ROLES
from guitu.rulebook.looking import ReasonRefused
from guitu.rulebook.watching import VOLUME, Indicator, watch_rules
from guitu.web import refusals
from guitu.web.clock import now
from guitu.web.form_fields import mark_of, written_day
from guitu.web.looking.reasons import reason_word
from guitu.web.pages import counted_if_few, page_number, paged
from guitu.web.permits import Request, own, reads, writes
from guitu.web.record_keeping import keeping
from guitu.web.shell import english, frame, say, show
from guitu.web.templatetags.guitu_words import legal_day

PAGE = 20
LAST_REVIEWS = 10


def _word(one: Indicator) -> str:
    return one.en if english() else one.zh


def _told(sign: Sign) -> str:
    """A sign in one sentence: the count and what it is above."""
    values = {"what": _word(sign.indicator), "count": sign.count, "above": sign.above, "peers": sign.peers}
    if sign.peers:
        percent = watch_rules(legal_day(now())).peers_percent
        return _("%(what)s：%(count)s次，高于同岗位第%(percent)s百分位（%(above)s次，另有%(peers)s个同岗位）") % (
            values | {"percent": percent}
        )
    return _("%(what)s：%(count)s，规则上限%(above)s") % values


def outcome_word(code: str) -> str:
    """What a review of reading found, in words."""
    return {"JUSTIFIED": _("正当"), "UNJUSTIFIED": _("不正当"), "TRAINING": _("须培训提醒")}[code]


def _persons(numbers: Sequence[str], persons: int) -> str:
    """The persons of a line: up to three by number, else how many; whoever was erased has no number any more."""
    if persons > len(numbers):
        return _("%(count)s人") % {"count": persons}
    return "、".join(numbers)


def _line(one: watching.ReadLine | watching.OwnLook) -> dict[str, Any]:
    permission, purpose = PERMISSIONS.get(one.action), PURPOSES.get(one.purpose)
    words = [reason_word(one.reason)] if one.reason else []
    words += [_("紧急查阅")] if one.glass else []
    words += [_("没有办成") if one.outcome == "REFUSED" else _("没有打开")] if one.outcome != "ALLOWED" else []
    return {
        "at": one.at,
        "post": f"{one.post} · {one.unit}",
        "purpose": say(purpose) if purpose else one.purpose,
        "action": say(permission) if permission else one.action,
        "persons": _persons(one.numbers, one.persons),
        "note": "；".join(words),
    }


def _days(request: Request) -> tuple[date, date]:
    """The days asked for, both included; the window of the rulebook unless others are named; at most a year of it."""
    today = legal_day(now())
    window = watch_rules(today).window
    last = min(_day(request.GET.get("to", ""), today), today)
    first = _day(request.GET.get("from", ""), last - window + timedelta(hours=24))
    return max(min(first, last), last - 12 * window), last


def _day(text: str, otherwise: date) -> date:
    try:
        return written_day(text)
    except ValueError:
        return otherwise


@own("GET")
def own_looks(request: Request) -> HttpResponse:
    """What the own account looked at, under all its posts, page by page."""
    number = page_number(request)
    with transaction.atomic():
        first_day, last_day = _days(request)
        window = watching.window_of(first_day, last_day)
        found, total = watching.own_looks(window.since, window.until, first=(number - 1) * PAGE, most=PAGE)
        kept = {"from": first_day.isoformat(), "to": last_day.isoformat()}
        return show(
            request,
            "looking/own_looks.html",
            frame(request, _("我查阅过什么"), current="", crumbs=((_("我的账号"), reverse("account")),)),
            rows=[_line(one) for one in found],
            keeping=keeping(retention.TRACES),
            first_day=kept["from"],
            last_day=kept["to"],
            **paged(number, total, kept, most=PAGE),
        )


def _tabs(current: str) -> list[dict[str, Any]]:
    names = (("watch", _("不寻常的查阅")), ("watch-reads", _("谁看了什么")), ("watch-indicators", _("指标")))
    return [{"label": label, "url": reverse(name), "count": None, "current": name == current} for name, label in names]


@reads("looks:watch")
def unusual(request: Request) -> HttpResponse:
    """The posts in the range whose reading is unusual, the most unusual first, each explained in words."""
    today, number = legal_day(now()), page_number(request)
    window = watching.window_until(today)
    every = watching.watched(window, today)
    ranked = [one for one in every if one.signs]
    shown = ranked[(number - 1) * PAGE : number * PAGE]
    done = watching.reviews(window.since, posts=[one.post_id for one in shown], most=PAGE * LAST_REVIEWS)
    newest = {one.post_id: one for one in reversed(done)}
    return show(
        request,
        "looking/unusual.html",
        frame(request, _("谁在查阅"), current="watch"),
        tabs=_tabs("watch"),
        rows=[
            {
                "one": one,
                "url": reverse("watch-post", args=[one.post_id]),
                "role": say(ROLES[one.role].word),
                "signs": [_told(sign) for sign in one.signs],
                "reviewed": newest.get(one.post_id),
                "outcome": outcome_word(newest[one.post_id].outcome) if one.post_id in newest else "",
            }
            for one in shown
        ],
        looked=len(every),
        days=watch_rules(today).window.days,
        **paged(number, len(ranked), most=PAGE),
    )


@reads("looks:watch")
def reads_page(request: Request) -> HttpResponse:
    """Who read what: by file number, holder, post, purpose and day; from a count of a post, exactly its lines."""
    number = page_number(request)
    first_day, last_day = _days(request)
    asked = {name: request.GET.get(name, "").strip() for name in ("number", "who", "purpose", "post", "indicator")}
    asked["indicator"] = asked["indicator"] if asked["indicator"] in watching.COUNTED_BY_LINE else ""
    try:
        post_id = uuid.UUID(asked["post"]) if asked["post"] else None
    except ValueError:
        return refusals.not_found(request)
    found, total = watching.reads_listed(
        watching.window_of(first_day, last_day),
        number=asked["number"].upper(),
        who=asked["who"],
        post_id=post_id,
        purpose=asked["purpose"],
        indicator=asked["indicator"],
        first=(number - 1) * PAGE,
        most=PAGE,
    )
    kept = asked | {"from": first_day.isoformat(), "to": last_day.isoformat()}
    narrowed = [_word(one) for one in watch_rules(last_day).indicators if one.code == asked["indicator"]]
    return show(
        request,
        "looking/reads.html",
        frame(request, _("谁在查阅"), current="watch"),
        tabs=_tabs("watch-reads"),
        rows=[_line(one) | {"holder": one.holder, "words": one.words} for one in found],
        keeping=keeping(retention.TRACES),
        asked=asked,
        narrowed="".join(narrowed),
        first_day=kept["from"],
        last_day=kept["to"],
        purposes=[
            {"code": code, "label": say(word), "chosen": code == asked["purpose"]} for code, word in PURPOSES.items()
        ],
        **counted_if_few(number, total, kept, most=PAGE),
    )


@reads("looks:watch")
def of_post(request: Request, post_id: uuid.UUID) -> HttpResponse:
    """What one post read in the window, indicator by indicator, its reviews, and the form of the next one."""
    return _post_page(request, post_id)


def _post_page(request: Request, post_id: uuid.UUID, problem: str = "", status: int = 200) -> HttpResponse:
    today = legal_day(now())
    rules, window = watch_rules(today), watching.window_until(today)
    found = watching.watched(window, today, post_id=post_id)
    if not found:
        return refusals.not_found(request)
    one = found[0]
    speaking = {sign.indicator.code: sign for sign in one.signs}
    first_day, last_day = legal_day(window.since).isoformat(), today.isoformat()
    there = f"{reverse('watch-reads')}?post={post_id}&from={first_day}&to={last_day}&indicator="
    lines = []
    for indicator in rules.indicators:
        sign, count = speaking.get(indicator.code), one.reading.counts[indicator.code]
        silent = _("没有超过")
        if indicator.code == VOLUME and one.reading.peers < rules.peers_min:
            silent = _("同岗位不足%(count)s个，不比较") % {"count": rules.peers_min}
        lines.append(
            {
                "what": _word(indicator),
                "count": count,
                "url": there + indicator.code if count and indicator.code in watching.COUNTED_BY_LINE else "",
                "told": _told(sign) if sign else silent,
                "speaks": sign is not None,
            }
        )
    answer = show(
        request,
        "looking/post_reading.html",
        frame(request, one.post, current="watch", crumbs=((_("谁在查阅"), reverse("watch")),)),
        one=one,
        lines=lines,
        days=rules.window.days,
        reviews=[
            {"one": line, "outcome": outcome_word(line.outcome)}
            for line in watching.reviews(now() - 12 * rules.window, posts=[post_id], most=LAST_REVIEWS)
        ],
        reviews_it="looks:review" in ROLES[request.acting_session.role].may,
        outcomes=[
            {"value": code, "label": outcome_word(code), "chosen": code == request.POST.get("outcome")}
            for code in watching.OUTCOMES
        ],
        typed=request.POST.get("words", ""),
        problem=problem,
        mark=request.POST.get("mark") or uuid.uuid4(),
    )
    answer.status_code = status
    return answer


@writes("looks:review")
def review(request: Request, post_id: uuid.UUID) -> HttpResponse:
    """Keep what the review of a post's reading found."""
    mark = mark_of(request)
    given = {name: request.POST.get(name, "") for name in ("outcome", "words")}
    today = legal_day(now())
    try:
        watching.review(post_id, given["outcome"], given["words"], review_id=mark, today=today, at=now())
    except LookupError:
        return refusals.not_found(request)
    except ReasonRefused as refusal:
        with transaction.atomic():
            return _post_page(request, post_id, refusal.en if english() else refusal.zh, 422)
    return redirect("watch-post", post_id)


@reads("looks:watch")
def indicators(request: Request) -> HttpResponse:
    """How often each indicator was right, and the figure that its reviews speak for; nothing is changed here."""
    today = legal_day(now())
    rules = watch_rules(today)
    found = watching.tuning(now() - 12 * rules.window, today)
    return show(
        request,
        "looking/indicators.html",
        frame(request, _("谁在查阅"), current="watch"),
        tabs=_tabs("watch-indicators"),
        rules=rules,
        rows=[
            {
                "what": _word(one.indicator),
                "over": one.indicator.over,
                "weight": one.indicator.weight,
                "reviewed": one.reviewed,
                "wrong": one.wrong,
                "percent": 100 * one.wrong // one.reviewed if one.reviewed else None,
                "proposed": one.proposed,
            }
            for one in found
        ],
    )
