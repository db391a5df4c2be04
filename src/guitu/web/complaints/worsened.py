"""投诉以后的复核: what went worse after a complaint, on the desk of the common superior."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access.operations import PersonUnknown
from guitu.rights import complaints, worsening
from guitu.web import refusals
from guitu.web.clock import now
from guitu.web.complaints.worsened_words import outcomes, worsened_rows
from guitu.web.form_fields import mark_of, row_of
from guitu.web.pages import page_number, paged
from guitu.web.permits import Request, reads, writes
from guitu.web.shell import frame, show

PAGE = 25


@reads("worsening:read")
def listed(request: Request) -> HttpResponse:
    """What waits for the acting superior, the first due first, or what was reviewed."""
    return _page(request)


def _page(request: Request, *, problem: str = "", about: str = "") -> HttpResponse:
    number, is_open = page_number(request), request.GET.get("state", "") != "reviewed"
    found, total = worsening.listed(is_open=is_open, first=(number - 1) * PAGE, most=PAGE)
    address = reverse("worsened")
    answer = show(
        request,
        "complaints/worsened.html",
        frame(request, _("投诉以后的复核"), current="worsened"),
        rows=worsened_rows(found),
        tabs=[
            {"label": _("待复核"), "url": address, "count": total if is_open else None, "current": is_open},
            {"label": _("已复核"), "url": f"{address}?state=reviewed", "count": None, "current": not is_open},
        ],
        outcomes=[{"value": code, "label": label} for code, label in outcomes().items()],
        problem=problem,
        about=about,
        typed=request.POST.get("words", ""),
        chosen=request.POST.get("outcome", ""),
        mark=request.POST.get("mark") or uuid.uuid4(),
        **paged(number, total, {} if is_open else {"state": "reviewed"}, most=PAGE, address=address),
    )
    answer.status_code = 422 if problem else 200
    return answer


@writes("worsening:decide")
def decide(request: Request) -> HttpResponse:
    """Keep what the review found; what is missing is said beside the row, with what was typed."""
    mark, held = mark_of(request), row_of(request, "worsening")
    given = {name: request.POST.get(name, "") for name in ("outcome", "words")}
    try:
        worsening.decide(held, **given, event_id=mark, at=now())
    except worsening.WorseningUnknown:
        return refusals.not_found(request)
    except PersonUnknown:
        return _again(request, held, _("本人已经不在本单位范围，不能退回；请写明意见，选“维持”或者报上级。"))
    except complaints.ComplaintRefused as refusal:
        problems = {
            "WORDS": _("请写明意见，本人要看"),
            "LONG": _("太长了，请写短一些"),
            "OUTCOME": _("请选结果"),
        }
        return _again(request, held, problems[refusal.reason])
    return redirect("worsened")


def _again(request: Request, held: uuid.UUID, problem: str) -> HttpResponse:
    with transaction.atomic():
        return _page(request, problem=problem, about=str(held))
