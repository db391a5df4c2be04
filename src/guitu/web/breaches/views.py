"""信息安全事件: recorded, whom they concern, the authority and the persons told; and the person's own page."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import person_codes
from guitu.access.queries import posts_named, units_named
from guitu.rights import breaches
from guitu.rights.policy import AVOIDED, TELL, Incident
from guitu.rulebook.breach import breach_rules
from guitu.rulebook.my_road import my_road_words
from guitu.rulebook.records import Sentence
from guitu.web import refusals
from guitu.web.clock import now
from guitu.web.form_fields import mark_of, moment, row_of
from guitu.web.my_road.papers import own as own_persons
from guitu.web.my_road.views import own_page, said
from guitu.web.pages import page_number, paged, uncounted
from guitu.web.permits import Request, reads, writes
from guitu.web.person_file.sight import permissions_of, unit_name
from guitu.web.second_question import Question
from guitu.web.shell import english, frame, show

PAGE, CHOICES, MOST_PAGES = 20, 20, 10
TYPED = ("cause", "words", "measures", "advice", "contact", "noticed_at")


def _words(codes: list[str], table: Mapping[str, Sentence]) -> str:
    return "、".join(said(table[code]) if code in table else code for code in codes)


def _options(table: Mapping[str, Sentence], chosen: list[str] | None = None) -> list[dict[str, Any]]:
    return [{"value": code, "label": said(word), "chosen": code in (chosen or ())} for code, word in table.items()]


@reads("breach:read")
def listed(request: Request) -> HttpResponse:
    """Breaches of the range: open ones, the most pressing first, or those that are done; and the forms."""
    return _page(request)


def _page(request: Request, problem: str = "", about: str = "", *, fresh: bool = False) -> HttpResponse:
    """With a `problem` in words, at the form `about`; `fresh` where something was kept and the form begins anew."""
    number, is_open, may = page_number(request), request.GET.get("list", "") != "done", permissions_of(request)
    found, total = breaches.listed(is_open=is_open, first=(number - 1) * PAGE, most=PAGE)
    names, rules, address = units_named({one.unit_id for one in found}), breach_rules(), reverse("breaches")
    posts = posts_named({one.recorded_by for one in found} | {said.by for one in found for said in one.decisions})
    who = request.GET.get("who", "").strip()
    turned = page_number(request, "who_page", most=MOST_PAGES)
    # All that the pages can hold and one more: then it is known how many there are, or that there are more.
    chosen = breaches.RECORD in may and found and is_open
    offered = breaches.looked_from(who, most=MOST_PAGES * CHOICES + 1) if chosen else []
    kept = {"who": who, "page": str(number) if number > 1 else ""}
    foot = _posts_foot(turned, len(offered), kept)
    form = request.resolver_match.url_name if request.resolver_match and problem else ""
    answer = show(
        request,
        "breaches/breaches.html",
        frame(request, _("信息安全事件"), current="breaches"),
        rows=[
            _row(one, posts, request)
            | {"unit": unit_name(names.get(one.unit_id))}
            | ({"form": form, "typed": request.POST.dict()} if about == str(one.id) and not fresh else {})
            for one in found
        ],
        tabs=[
            {"label": _("没有办完"), "url": address, "count": total if is_open else None, "current": is_open},
            {"label": _("已办完"), "url": f"{address}?list=done", "count": None, "current": not is_open},
        ],
        is_open=is_open,
        records=breaches.RECORD in may,
        decides=breaches.DECIDE in may,
        names_files=breaches.LIST in may,
        who=who,
        posts=[
            {"value": str(one.id), "label": f"{one.unit_en if english() else one.unit} · {one.post} · {one.holder}"}
            for one in offered[(turned - 1) * CHOICES : turned * CHOICES]
        ],
        posts_foot=foot,
        narrower=turned == MOST_PAGES and len(offered) > MOST_PAGES * CHOICES,
        kinds=_options(rules.kinds, request.POST.getlist("kinds")),
        causes=_options(rules.causes),
        harms=_options(rules.harms, request.POST.getlist("harms")),
        problem=problem,
        about=about,
        typed={name: request.POST.get(name, "") for name in TYPED} if about == "record" else {},
        mark=uuid.uuid4() if fresh else request.POST.get("mark") or uuid.uuid4(),
        **paged(number, total, {} if is_open else {"list": "done"}, most=PAGE, address=address),
    )
    answer.status_code = 422 if problem else 200
    return answer


def _posts_foot(turned: int, found: int, kept: Mapping[str, str]) -> dict[str, Any]:
    """The foot of the posts that can be chosen: how many were found, where the pages can hold them all."""
    if found <= MOST_PAGES * CHOICES:
        return paged(turned, found, kept, most=CHOICES, place="who", name="who_page")
    return uncounted(turned, CHOICES + 1, kept, most=CHOICES, place="who", name="who_page", last=MOST_PAGES)


def _row(one: breaches.BreachView, posts: Mapping[uuid.UUID, tuple[str, str]], request: Request) -> dict[str, Any]:
    rules, at = breach_rules(), now()
    outcomes = {
        TELL: _("通知本人"),
        AVOIDED: _("措施能有效避免危害，不通知本人"),
        "": _("还没有决定"),
    }
    return {
        "one": one,
        "kinds": _words(one.kinds, rules.kinds),
        "cause": _words([one.cause], rules.causes),
        "harms": _words(one.harms, rules.harms),
        "recorder": " · ".join(posts.get(one.recorded_by, ())),
        "authority_late": (one.authority_told_at or at) >= one.authority_due_at,
        "persons_late": not one.outcome and at >= one.persons_due_at,
        "outcome": outcomes[one.outcome],
        "decisions": [
            {"one": held, "outcome": outcomes[held.outcome], "by": " · ".join(posts.get(held.by, ()))}
            for held in one.decisions
        ],
        "to_decide": one.outcome != TELL,
        "own": one.recorded_by == request.acting_session.post_id,
        "anew": one.outcome == AVOIDED,
    }


def _again(request: Request, refusal: breaches.BreachRefused, about: str) -> HttpResponse:
    with transaction.atomic():
        return _page(request, refusal.en if english() else refusal.zh, about)


@writes("breach:record")
def record(request: Request) -> HttpResponse:
    """Record a breach; what is missing is said with what was typed."""
    mark, given = mark_of(request), request.POST
    incident = Incident(
        kinds=tuple(given.getlist("kinds")),
        cause=given.get("cause", ""),
        harms=tuple(given.getlist("harms")),
        words=given.get("words", ""),
        measures=given.get("measures", ""),
        advice=given.get("advice", ""),
        contact=given.get("contact", ""),
        noticed_at=moment(request, "noticed_at", _("什么时候发现的")),
    )
    try:
        breaches.record_breach(incident, event_id=mark, at=now())
    except breaches.BreachRefused as refusal:
        return _again(request, refusal, "record")
    return redirect("breaches")


@writes("breach:record")
def concern(request: Request) -> HttpResponse:
    """Keep whom a breach concerns, by a post's looks or by numbers; the page says how many, never who."""
    mark, held, given = mark_of(request), row_of(request, "breach"), request.POST
    by_post = bool(given.get("post"))
    numbers = given.get("numbers", "").replace("，", " ").replace(",", " ").split()
    try:
        fresh, unknown = breaches.concern(
            held,
            post_id=row_of(request, "post") if by_post else None,
            first=moment(request, "first", _("从什么时候")) if by_post else None,
            until=moment(request, "until", _("到什么时候")) if by_post else None,
            numbers=numbers,
            event_id=mark,
            at=now(),
        )
    except breaches.BreachUnknown:
        return refusals.not_found(request)
    except breaches.BreachRefused as refusal:
        return _again(request, refusal, str(held))
    if unknown:
        words = _("新记下%(fresh)d人；有%(unknown)d个编号在本单位范围里没有，请核对。")
        with transaction.atomic():
            return _page(request, words % {"fresh": fresh, "unknown": unknown}, str(held), fresh=True)
    return redirect("breaches")


@writes("breach:record")
def authority(request: Request) -> HttpResponse:
    """Keep that the authority was told."""
    mark, held = mark_of(request), row_of(request, "breach")
    try:
        breaches.tell_authority(
            held,
            authority=request.POST.get("authority", ""),
            number=request.POST.get("number", ""),
            told_at=moment(request, "told_at", _("什么时候通知的")),
            event_id=mark,
            at=now(),
        )
    except breaches.BreachUnknown:
        return refusals.not_found(request)
    except breaches.BreachRefused as refusal:
        return _again(request, refusal, str(held))
    return redirect("breaches")


def _telling(request: HttpRequest, **_path: object) -> Question | None:
    if request.POST.get("outcome") != TELL:
        return None
    return Question(
        _("通知本人？"),
        (_("涉及的每个人都会在“我的路”里看到事件的内容"), _("没有账号的，由负责的单位去告知"), _("通知了不能撤回")),
        _("通知本人"),
    )


@writes("breach:decide", asks=_telling)
def decide(request: Request) -> HttpResponse:
    """Decide whether the persons are told; the worker tells them."""
    mark, held = mark_of(request), row_of(request, "breach")
    given = {name: request.POST.get(name, "") for name in ("outcome", "words", "required")}
    try:
        breaches.decide(held, **given, event_id=mark, at=now())
    except breaches.BreachUnknown:
        return refusals.not_found(request)
    except breaches.BreachRefused as refusal:
        return _again(request, refusal, str(held))
    return redirect("breaches")


@reads("my_road:read", about=own_persons)
def own(request: Request) -> HttpResponse:
    """What happened to the own data: which, why, what may follow, what was done and can be done, whom to call."""
    held = person_codes.own_person()
    if held is None:
        return refusals.not_found(request)
    number, rules = page_number(request), breach_rules()
    found, total = breaches.own_breaches(first=(number - 1) * PAGE, most=PAGE)
    context = {
        "page": own_page(request, _("我的信息安全"), held),
        "now": now(),
        "rows": [
            {
                "one": one,
                "unit": one.unit_en if english() else one.unit,
                "kinds": [said(rules.kinds[code]) for code in one.kinds],
                "cause": said(rules.causes[one.cause]),
                "harms": [said(rules.harms[code]) for code in one.harms],
            }
            for one in found
        ],
        "may_complain": held.scope == "SPEAK",
        "telephone": my_road_words().complaint_telephone,
        **paged(number, total, most=PAGE, address=reverse("my-breaches")),
    }
    return render(request, "breaches/own.html", context)
