"""依法查询封存档案: the desk of requests, recording, deciding, reading what one names, the sheet for the organ."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.rights import sealed_queries, sealing
from guitu.rulebook.book import load_national
from guitu.rulebook.sealing import sealing_rules
from guitu.web import asked, refusals
from guitu.web.clock import now
from guitu.web.form_fields import mark_of
from guitu.web.pages import page_number, paged, uncounted
from guitu.web.permits import Request, reads, writes
from guitu.web.person_file.items import item_name, readable
from guitu.web.rights_desk.views import entry_of
from guitu.web.sealed import words
from guitu.web.shell import english, frame, show

PAGE, CHOICES = 25, 25
REGISTER = "REGISTER"
_FIELDS = ("number", "organ", "organ_name", "ground", "document", "aim", "post")


@reads("sealed:list")
def listed(request: Request) -> HttpResponse:
    """Requests by how they stand, or the register of what the own office sealed."""
    number, state, moment = page_number(request), request.GET.get("state", ""), now()
    state = state if state in {*sealed_queries.STATES, REGISTER} else sealed_queries.TO_DECIDE
    address, labels = reverse("sealed-queries"), words.state_words() | {REGISTER: _("封存登记")}
    tabs = [
        {"label": label, "url": f"{address}?state={one}", "count": None, "current": one == state}
        for one, label in labels.items()
    ]
    context: dict[str, Any] = {"tabs": tabs, "sealings": [], "rows": []}
    if state == REGISTER:
        held, total = sealing.register(first=(number - 1) * PAGE, most=PAGE)
        context["sealings"] = [{"one": one, "ground": words.ground(sealing_rules().seals, one.ground)} for one in held]
    else:
        found, total = sealed_queries.listed(state=state, first=(number - 1) * PAGE, most=PAGE, at=moment)
        context["rows"] = [_row(one) for one in found]
    page = frame(request, _("封存与查询"), current="sealed-queries")
    kept = {"state": state}
    return show(
        request,
        "sealed/list.html",
        page,
        register=state == REGISTER,
        **context,
        **paged(number, total, kept, most=PAGE),
    )


def _row(one: sealed_queries.QueryView) -> dict[str, Any]:
    book = load_national()
    return {
        "one": one,
        "organ": words.organ(one.organ),
        "ground": words.ground(sealing_rules().queries, one.ground),
        "state": words.state_words()[one.state],
        "copied": one.copied_en if english() else one.copied,
        "items": [{"value": code, "label": item_name(book.items[code])} for code in one.items],
    }


@reads("sealed:ask")
def ask_form(request: Request) -> HttpResponse:
    """The form for a written request: whose file, by whom, on what, for what, which items, to which post."""
    return _ask_page(request)


def _ask_page(
    request: Request, *, problem: str = "", typed: dict[str, str] | None = None, chosen: tuple[str, ...] = ()
) -> HttpResponse:
    rules, book = sealing_rules(), load_national()
    seek, number = request.GET.get("who", "").strip(), page_number(request, "posts_page")
    found = sealed_queries.posts(seek, first=(number - 1) * CHOICES, most=CHOICES + 1)
    posts = [
        {"value": str(one.id), "label": f"{one.title} · {one.unit_en if english() else one.unit}"}
        for one in found[:CHOICES]
    ]
    items = [{"value": code, "label": item_name(item), "chosen": code in chosen} for code, item in book.items.items()]
    answer = show(
        request,
        "sealed/ask.html",
        frame(
            request, _("登记查询申请"), current="sealed-queries", crumbs=((_("封存与查询"), reverse("sealed-queries")),)
        ),
        organs=words.organs(rules),
        grounds=words.grounds(rules.queries),
        items=items,
        posts=posts,
        who=seek,
        posts_foot=uncounted(number, len(found), {"who": seek}, most=CHOICES, name="posts_page"),
        searched=asked.query({"who": seek, "posts_page": str(number)}),
        problem=problem,
        typed=typed or {},
        mark=uuid.uuid4(),
    )
    answer.status_code = 422 if problem else 200
    return answer


@writes("sealed:ask")
def ask(request: Request) -> HttpResponse:
    """Record the request; one that is not lawful is refused in words, and the attempt leaves its line."""
    typed, mark = {name: request.POST.get(name, "") for name in _FIELDS}, mark_of(request)
    chosen = tuple(request.POST.getlist("items"))
    wish = sealed_queries.QueryWish(
        number=typed["number"],
        organ=typed["organ"],
        organ_name=typed["organ_name"],
        ground=typed["ground"],
        document=typed["document"],
        aim=typed["aim"],
        items=chosen,
        post_id=entry_of(typed["post"]),
    )
    try:
        sealed_queries.ask(wish, event_id=mark, at=now())
    except sealed_queries.QueryRefused as refusal:
        with transaction.atomic():
            return _ask_page(request, problem=words.problem(refusal.reason), typed=typed, chosen=chosen)
    return redirect("sealed-query", query_id=mark)


@reads("sealed:list")
def one(request: Request, query_id: uuid.UUID) -> HttpResponse:
    """One request: what was asked, how it was decided, and what this post can do."""
    return _page(request, query_id)


def _page(request: Request, query_id: uuid.UUID, *, problem: str = "", finding: str = "") -> HttpResponse:
    found = sealed_queries.one(query_id, at=now())
    if found is None:
        return refusals.not_found(request)
    answer = show(
        request,
        "sealed/query.html",
        frame(request, found.number, current="sealed-queries", crumbs=((_("封存与查询"), reverse("sealed-queries")),)),
        row=_row(found),
        opens=found.own and found.state == sealed_queries.OPEN,
        look_rule=sealing_rules().look_rule,
        problem=problem,
        finding=finding,
        mark=uuid.uuid4(),
    )
    answer.status_code = 422 if problem else 200
    return answer


@writes("sealed:decide")
def decide(request: Request, query_id: uuid.UUID) -> HttpResponse:
    """Decide a request that somebody else recorded, with the reason."""
    outcome, finding = request.POST.get("outcome", ""), request.POST.get("finding", "")
    try:
        sealed_queries.decide(
            query_id,
            approved=outcome == "yes",
            finding=finding if outcome in {"yes", "no"} else "",
            event_id=mark_of(request),
            at=now(),
        )
    except sealed_queries.QueryUnknown:
        return refusals.not_found(request)
    except sealed_queries.QueryRefused as refusal:
        with transaction.atomic():
            return _page(request, query_id, problem=words.problem(refusal.reason), finding=finding)
    return redirect("sealed-query", query_id=query_id)


@writes("sealed:read")
def look(request: Request, query_id: uuid.UUID) -> HttpResponse:
    """Open the chosen items, as a sheet that can be printed for the organ; the look leaves its line first."""
    chosen, book, moment = request.POST.getlist("items"), load_national(), now()
    try:
        values = sealed_queries.look(query_id, chosen, event_id=uuid.uuid4(), at=moment)
    except sealed_queries.QueryUnknown:
        return refusals.not_found(request)
    except sealed_queries.QueryRefused as refusal:
        with transaction.atomic():
            return _page(request, query_id, problem=words.problem(refusal.reason))
    with transaction.atomic():
        found = sealed_queries.one(query_id, at=moment)
        if found is None:
            return refusals.not_found(request)
        rows = [
            {"name": item_name(book.items[code]), "value": readable(book.items[code], value)}
            for code, value in values.items()
        ]
        page = frame(
            request,
            _("查询结果"),
            current="sealed-queries",
            crumbs=((found.number, reverse("sealed-query", args=[query_id])),),
        )
        return show(request, "sealed/values.html", page, row=_row(found), values=rows)
