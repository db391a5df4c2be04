"""投诉: the person's own page, the desk of the procuratorate, and the counter that takes in a closed envelope."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import person_codes
from guitu.access import queries as access
from guitu.people import queries as persons
from guitu.rights import complaints, worsening
from guitu.rulebook.my_road import my_road_words
from guitu.web import queue_rows, refusals
from guitu.web.clock import now
from guitu.web.complaints.worsened_words import worsened_rows
from guitu.web.form_fields import mark_of
from guitu.web.my_road.papers import own
from guitu.web.my_road.views import own_page, said
from guitu.web.pages import page_number, paged
from guitu.web.permits import Request, reads, writes
from guitu.web.person_file.sight import unit_name
from guitu.web.rights_desk.views import entry_of
from guitu.web.shell import frame, show

PAGE, OWN = 25, 20


def _outcomes() -> dict[str, str]:
    return {"FOUND": _("属实，已经处理"), "UNFOUNDED": _("查了，不属实"), "PASSED_ON": _("转给有权处理的机关")}


def _problem(reason: str) -> str:
    return {
        "WORDS": _("请写几句，不然看不明白"),
        "LONG": _("太长了，请写短一些"),
        "UNIT": _("请选投诉的是哪个单位"),
        "OUTCOME": _("请选结果"),
        "NOWHERE": _("这里没有接入的检察院，请直接打12309。"),
    }[reason]


def _rows(found: Iterable[complaints.ComplaintView]) -> list[dict[str, Any]]:
    views, moment, words = list(found), now(), _outcomes()
    names = access.units_named(
        {one.addressee_id for one in views} | {one.about_unit_id for one in views if one.about_unit_id}
    )
    return [
        {
            "one": one,
            "to": unit_name(names.get(one.addressee_id)),
            "about": unit_name(names.get(one.about_unit_id)) if one.about_unit_id else "",
            "envelope": one.way == complaints.ENVELOPE,
            "open": one.answered_at is None,
            "late": one.answered_at is None and one.due_at <= moment,
            "due": queue_rows.shown_due(one.due_at),
            "outcome": words.get(one.outcome, ""),
        }
        for one in views
    ]


@reads("complaint:make", about=own)
def own_list(request: Request) -> HttpResponse:
    """The person's own complaints with their answers, and the form for another."""
    return _own_page(request)


def _own_page(request: Request, *, problem: str = "", typed: dict[str, str] | None = None) -> HttpResponse:
    held = person_codes.own_person()
    if held is None:
        return refusals.not_found(request)
    context = {
        "page": own_page(request, _("向检察院投诉"), held),
        "now": now(),
        "rows": _rows(complaints.of_person(held.person_id, most=OWN)),
        "worsened": worsened_rows(worsening.of_person(held.person_id, most=OWN)),
        "offices": [{"value": str(one.id), "label": unit_name(one)} for one in complaints.offices(held.person_id)],
        "telephone": my_road_words().complaint_telephone,
        "article": said(my_road_words().complaint_article),
        "problem": problem,
        "typed": typed or {},
        "mark": uuid.uuid4(),
    }
    return render(request, "complaints/own.html", context, status=422 if problem else 200)


@writes("complaint:make")
def complain(request: Request) -> HttpResponse:
    """Take the complaint; a second press changes nothing."""
    mark = mark_of(request)
    with transaction.atomic():
        held = person_codes.own_person()
    if held is None:
        return refusals.not_found(request)
    typed = {name: request.POST.get(name, "") for name in ("about", "words")}
    try:
        complaints.complain(
            held.person_id, about=entry_of(typed["about"]), words=typed["words"], event_id=mark, at=now()
        )
    except complaints.ComplaintRefused as refusal:
        with transaction.atomic():
            return _own_page(request, problem=_problem(refusal.reason), typed=typed)
    return redirect("my-complaints")


@reads("complaint:read")
def listed(request: Request) -> HttpResponse:
    """The complaints to the own procuratorate: those that wait, the most urgent first, or those answered."""
    number, is_open = page_number(request), request.GET.get("state", "") != "answered"
    found, total = complaints.listed(is_open=is_open, first=(number - 1) * PAGE, most=PAGE)
    address = reverse("complaints")
    tabs = [
        {"label": _("待答复"), "url": address, "count": None, "current": is_open},
        {"label": _("已答复"), "url": f"{address}?state=answered", "count": None, "current": not is_open},
    ]
    page = frame(request, _("投诉"), current="complaints")
    kept = {} if is_open else {"state": "answered"}
    return show(
        request, "complaints/list.html", page, rows=_rows(found), tabs=tabs, **paged(number, total, kept, most=PAGE)
    )


@reads("complaint:read")
def one(request: Request, complaint_id: uuid.UUID) -> HttpResponse:
    """One complaint: who complains of whom, the words, the answer."""
    return _page(request, complaint_id)


def _page(
    request: Request, complaint_id: uuid.UUID, *, problem: str = "", typed: dict[str, str] | None = None
) -> HttpResponse:
    found = complaints.one(complaint_id)
    if found is None:
        return refusals.not_found(request)
    answer_page = show(
        request,
        "complaints/one.html",
        frame(request, found.number, current="complaints", crumbs=((_("投诉"), reverse("complaints")),)),
        row=_rows([found])[0],
        outcomes=[{"value": code, "label": label} for code, label in _outcomes().items()],
        problem=problem,
        typed=typed or {},
        mark=uuid.uuid4(),
    )
    if problem:
        answer_page.status_code = 422
    return answer_page


@writes("complaint:answer")
def answer(request: Request, complaint_id: uuid.UUID) -> HttpResponse:
    """Answer a complaint; what is missing is said on the same page, with what was typed."""
    typed = {name: request.POST.get(name, "") for name in ("outcome", "words")}
    try:
        complaints.answer(complaint_id, **typed, event_id=mark_of(request), at=now())
    except complaints.ComplaintUnknown:
        return refusals.not_found(request)
    except complaints.ComplaintRefused as refusal:
        with transaction.atomic():
            return _page(request, complaint_id, problem=_problem(refusal.reason), typed=typed)
    return redirect("complaint", complaint_id=complaint_id)


@reads("complaint:take")
def envelope(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """The counter's form: who hands in a closed envelope for the procuratorate; nothing of what is in it."""
    return _envelope_page(request, person_id)


def _envelope_page(request: Request, person_id: uuid.UUID, *, number: str = "") -> HttpResponse:
    file = persons.file_of(person_id)
    page = frame(
        request, _("代收给检察院的信封"), current="", crumbs=((file.name, reverse("person", args=[person_id])),)
    )
    return show(request, "complaints/envelope.html", page, file=file, number=number, mark=uuid.uuid4())


@writes("complaint:take")
def take_envelope(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Take in the envelope and show its number, for the person's slip; afterwards this counter sees nothing of it."""
    try:
        number = complaints.take_envelope(person_id, event_id=mark_of(request), at=now())
    except complaints.ComplaintRefused as refusal:
        return refusals.unprocessable(request, _("还没有收下"), _problem(refusal.reason))
    with transaction.atomic():
        return _envelope_page(request, person_id, number=number)
