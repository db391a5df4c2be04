"""The supervisor's pages: what was commissioned, a new commission, one result with the counties' replies, its end."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import queries as access
from guitu.evaluation import operations, queries
from guitu.evaluation.policy import EvaluationRefused
from guitu.rulebook.evaluation import evaluation_rules
from guitu.web import refusals
from guitu.web.clock import now
from guitu.web.evaluation import words
from guitu.web.permits import Request, reads, writes
from guitu.web.person_file.step_acts import mark_of
from guitu.web.shell import english, frame, show
from guitu.web.templatetags.guitu_words import legal_day

MAY = "evaluation:commission"
SCOPES = frozenset({"nation", "province", "city", "county"})
EVALUATORS_LISTED = 50
_TYPED = ("title", "scope", "evaluator", "released_from", "released_to", "from_on", "to_on")


@reads(MAY)
def listed(request: Request) -> HttpResponse:
    """The evaluations within the own range, and where a new one is commissioned."""
    return _page(request)


def _page(
    request: Request, problem: str = "", typed: Mapping[str, str] | None = None, status: int = 200
) -> HttpResponse:
    moment = now()
    chosen = set(request.POST.getlist("questions")) if typed else set(evaluation_rules().questions)
    found, _total = access.units_listed("", kind="evaluator", first=0, most=EVALUATORS_LISTED)
    response = show(
        request,
        "evaluation/listed.html",
        frame(request, _("第三方评估"), current="evaluations"),
        lines=[{**words.about(one), "state": _state(one)} for one in queries.evaluations(MAY)],
        scopes=[_option(one) for one in _scopes(request)],
        evaluators=[_option(one.unit) for one in found],
        questions=[
            {"value": code, "label": words.question_word(code), "chosen": code in chosen}
            for code in evaluation_rules().questions
        ],
        problems=[{"text": problem}] if problem else [],
        typed=typed or {"from_on": legal_day(moment).isoformat()},
        least=evaluation_rules().least_group(legal_day(moment)),
        mark=uuid.uuid4(),
    )
    response.status_code = status
    return response


def _option(unit: access.UnitView) -> dict[str, str]:
    return {"value": str(unit.id), "label": unit.name_en if english() else unit.name}


def _scopes(request: Request) -> list[access.UnitView]:
    own = access.unit(request.acting_session.unit_id)
    return [unit for unit in access.regions_within(own) if unit.kind in SCOPES]


def _state(held: queries.EvaluationView) -> str:
    moment = now()
    if held.ended_at is not None:
        return _("已提前结束")
    if moment < held.from_at:
        return _("未到起日")
    return _("进行中") if moment < held.to_at else _("已到期")


@writes(MAY)
def commission(request: Request) -> HttpResponse:
    """Commission an evaluation; what cannot be is said on the same page, with what was typed."""
    moment = now()
    try:
        mark = mark_of(request)
        evaluator_id, scope_id = uuid.UUID(request.POST["evaluator"]), uuid.UUID(request.POST["scope"])
        days = {name: date.fromisoformat(request.POST[name]) for name in _TYPED[3:]}
    except (KeyError, ValueError):
        return _again(request, _("请选评估机构和范围，并把日期写成 2026-01-31 的样子。"))
    try:
        operations.commission(
            title=request.POST.get("title", ""),
            evaluator_id=evaluator_id,
            scope_id=scope_id,
            questions=request.POST.getlist("questions"),
            event_id=mark,
            today=legal_day(moment),
            at=moment,
            **days,
        )
    except EvaluationRefused as refusal:
        return _again(request, refusal.en if english() else refusal.zh)
    return redirect("evaluations")


def _again(request: Request, problem: str) -> HttpResponse:
    typed = {name: request.POST.get(name, "") for name in _TYPED}
    with transaction.atomic():
        return _page(request, problem, typed, status=422)


@reads(MAY)
def result(request: Request, evaluation_id: uuid.UUID) -> HttpResponse:
    """What was reported, what was verified, and what the counties say to it."""
    held = queries.evaluation(MAY, evaluation_id)
    if held is None:
        return refusals.not_found(request)
    return show(request, "evaluation/result.html", **result_context(request, held, MAY, "evaluations"))


def result_context(request: Request, held: queries.EvaluationView, wanted: str, current: str) -> dict[str, Any]:
    """The context of a result's page for whoever may read it as `wanted`."""
    tables = words.figure_tables(queries.figures(wanted, held.id), request.GET.get("question", ""))
    said = queries.replies(held.id)
    told = words.names({one.county_id for one in said})
    return {
        "page": frame(request, held.title, current=current, crumbs=((_("第三方评估"), reverse(current)),)),
        "about": words.about(held),
        **tables,
        **words.compared(queries.comparison(wanted, held.id), tables["chosen"], held.least_group),
        "replies": [{"county": told[one.county_id], "words": one.words, "at": one.at} for one in said],
        "may_end": wanted == MAY and held.ended_at is None and held.to_at > now(),
        "may_reply": wanted != MAY,
        "mark": uuid.uuid4(),
    }


@writes(MAY)
def end(request: Request, evaluation_id: uuid.UUID) -> HttpResponse:
    """End an evaluation before its day."""
    try:
        operations.end(evaluation_id, at=now())
    except operations.EvaluationUnknown:
        return refusals.not_found(request)
    return redirect("evaluations")
