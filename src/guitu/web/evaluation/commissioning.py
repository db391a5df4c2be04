"""The supervisor's pages: what was commissioned, a new commission, one result with the counties' replies, its end."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
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
from guitu.web.evaluation.listing import listed as evaluations
from guitu.web.form_fields import day_or_wrong, mark_of, problems_of, row_or_wrong
from guitu.web.permits import Request, reads, writes
from guitu.web.second_question import Question
from guitu.web.shell import english, frame, show
from guitu.web.templatetags.guitu_words import legal_day

MAY = "evaluation:commission"
SCOPES = ("nation", "province", "city", "county")
OFFERED = 200
"""How many regions are offered while one is written; every other one is found by its whole name or code."""
_DAYS = ("released_from", "released_to", "from_on", "to_on")
_TYPED = ("title", "evaluator", "scope", *_DAYS)


@reads(MAY)
def listed(request: Request) -> HttpResponse:
    """The evaluations within the own range, and where a new one is commissioned."""
    return _page(request)


def _page(
    request: Request, wrong: Mapping[str, str] | None = None, typed: Mapping[str, str] | None = None, status: int = 200
) -> HttpResponse:
    moment, wrong = now(), wrong or {}
    chosen = set(request.POST.getlist("questions")) if typed else set(evaluation_rules().questions)
    response = show(
        request,
        "evaluation/listed.html",
        frame(request, _("第三方评估"), current="evaluations"),
        **evaluations(request, MAY, address=reverse("evaluations")),
        scopes=[{"value": _name(one), "label": one.code} for one in _scopes(request)[:OFFERED]],
        evaluators=[_option(one) for one in access.living_of_kind("evaluator")],
        questions=[
            {"value": code, "label": words.question_word(code), "chosen": code in chosen}
            for code in evaluation_rules().questions
        ],
        problems=problems_of(wrong, (*_TYPED, "questions")),
        wrong=wrong,
        typed=typed or {"from_on": legal_day(moment).isoformat(), "scope": request.acting_session.unit_name},
        least=evaluation_rules().least_group(legal_day(moment)),
        mark=uuid.uuid4(),
    )
    response.status_code = status
    return response


def _option(unit: access.UnitView) -> dict[str, str]:
    return {"value": str(unit.id), "label": _name(unit)}


def _name(unit: access.UnitView) -> str:
    return unit.name_en if english() else unit.name


def _scopes(request: Request) -> list[access.UnitView]:
    """What can be evaluated, the larger first."""
    own = access.unit(request.acting_session.unit_id)
    return sorted(
        (unit for unit in access.regions_within(own) if unit.kind in SCOPES),
        key=lambda unit: (SCOPES.index(unit.kind), unit.code),
    )


def _scope(request: Request, wrong: dict[str, str]) -> uuid.UUID | None:
    """The scope that was written, by its name or its code; where none or several are meant, `wrong` says so."""
    text = request.POST.get("scope", "").strip()
    with transaction.atomic():
        meant = [one for one in _scopes(request) if text and text in {one.name, one.name_en, one.code, one.code[:6]}]
    if len(meant) == 1:
        return meant[0].id
    if not text:
        wrong["scope"] = _("请写范围")
    elif meant:
        codes = _("、").join(one.code for one in meant)
        wrong["scope"] = _("有几个同名的，请写代码：%(codes)s") % {"codes": codes}
    else:
        wrong["scope"] = _("本单位的范围里没有这个市、县；请写司法局的全称或者代码")
    return None


@writes(MAY)
def commission(request: Request) -> HttpResponse:
    """Commission an evaluation; what cannot be is said on the same page, with what was typed."""
    moment, mark, wrong = now(), mark_of(request), dict[str, str]()
    evaluator_id = row_or_wrong(request, "evaluator", _("请选评估机构"), wrong)
    scope_id = _scope(request, wrong)
    days = {name: found for name in _DAYS if (found := day_or_wrong(request, name, wrong)) is not None}
    if wrong or evaluator_id is None or scope_id is None:
        return _again(request, wrong)
    try:
        operations.commission(
            title=request.POST.get("title", ""),
            questions=request.POST.getlist("questions"),
            event_id=mark,
            today=legal_day(moment),
            at=moment,
            evaluator_id=evaluator_id,
            scope_id=scope_id,
            released_from=days["released_from"],
            released_to=days["released_to"],
            from_on=days["from_on"],
            to_on=days["to_on"],
        )
    except EvaluationRefused as refusal:
        said = {fault.field: fault.en if english() else fault.zh for fault in reversed(refusal.faults)}
        return _again(request, said)
    return redirect("evaluations")


def _again(request: Request, wrong: Mapping[str, str]) -> HttpResponse:
    typed = {name: request.POST.get(name, "") for name in _TYPED}
    with transaction.atomic():
        return _page(request, wrong, typed, status=422)


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


def _ending(_request: Request, **_path: object) -> Question:
    return Question(
        _("提前结束这次评估？"),
        (
            _("评估机构从现在起看不到这次评估，也不能再核实"),
            _("已有的数字、核实结果和答复保留，委托单位和各县照样看得到"),
            _("结束了不能恢复；要再评估，须另行委托，且不得与这次重叠"),
        ),
        _("结束评估"),
    )


@writes(MAY, asks=_ending)
def end(request: Request, evaluation_id: uuid.UUID) -> HttpResponse:
    """End an evaluation before its day."""
    try:
        operations.end(evaluation_id, at=now())
    except operations.EvaluationUnknown:
        return refusals.not_found(request)
    return redirect("evaluations")
