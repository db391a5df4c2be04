"""Running journeys under older definitions: what the one in force does differently, and moving them to it."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.handover import redefining
from guitu.journeys import queries as roads
from guitu.rulebook.book import load_national
from guitu.web import refusals
from guitu.web.clock import now
from guitu.web.form_fields import mark_of
from guitu.web.pages import page_number, paged
from guitu.web.permits import Request, reads, writes
from guitu.web.queue_rows import state_word
from guitu.web.shell import english, frame, show

PAGE = 25


@reads("definition:change")
def older(request: Request) -> HttpResponse:
    """The older definitions that the own unit's open journeys go on under, with every difference."""
    return _page(request)


@reads("definition:change")
def hindered(request: Request, digest: str) -> HttpResponse:
    """The open journeys under one older definition that cannot be moved, each with the reason."""
    if digest not in {one.digest for one in roads.older_definitions()}:
        return refusals.not_found(request)
    number = page_number(request)
    rows, total = roads.hindered_journeys(digest, first=(number - 1) * PAGE, most=PAGE)
    crumbs = ((_("流程定义"), reverse("older-definitions")),)
    page = frame(request, _("不能移动的流程"), current="older-definitions", crumbs=crumbs)
    return show(
        request,
        "definitions/hindered.html",
        page,
        rows=[
            {
                "url": reverse("person", args=[one.person_id]),
                "number": one.person_number,
                "state": state_word(one.state) if one.state in _known_states() else one.state,
                "why": one.why.en if english() else one.why.zh,
            }
            for one in rows
        ],
        **paged(number, total, most=PAGE),
    )


@writes("definition:change")
def move(request: Request) -> HttpResponse:
    """Move the journeys under one older definition, at most `redefining.MOST`; the rest wait for the next press."""
    mark = mark_of(request)
    with transaction.atomic():
        whom = roads.movable_persons(request.POST.get("digest", ""), most=redefining.MOST)
    try:
        redefining.move_to_definition(whom, reason=request.POST.get("reason", ""), event_id=mark, at=now())
    except redefining.ReasonMissing:
        with transaction.atomic():
            return _page(request, problem=_("请写明为什么移动"), status=422)
    return redirect("older-definitions")


def _page(request: Request, problem: str = "", status: int = 200) -> HttpResponse:
    page = frame(request, _("流程定义"), current="older-definitions")
    response = show(
        request,
        "definitions/older.html",
        page,
        older=[_older(one) for one in roads.older_definitions()],
        most=redefining.MOST,
        problems=[{"target": "reason", "text": problem}] if problem else [],
        mark=uuid.uuid4(),
    )
    response.status_code = status
    return response


def _older(one: roads.Older) -> dict[str, Any]:
    kind = load_national().journey(one.kind)
    return {
        "digest": one.digest,
        "name": kind.en if english() else kind.zh,
        "kept_at": one.kept_at,
        "journeys": one.journeys,
        "hindered": one.hindered,
        "movable": one.journeys - one.hindered,
        "differences": [difference.en if english() else difference.zh for difference in one.differences],
    }


def _known_states() -> set[str]:
    return {state.id for state in load_national().journey("return_home").states}
