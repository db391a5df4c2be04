"""The evaluator's pages: the commissions in force, figures with a sheet, the sample, one matter and what was found."""

from __future__ import annotations

import csv
import io
import secrets
import uuid

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from guitu.access import impact
from guitu.evaluation import operations, queries
from guitu.evaluation.policy import EvaluationRefused
from guitu.handover.sheet_files import safe
from guitu.web import refusals
from guitu.web.clock import now
from guitu.web.evaluation import words
from guitu.web.evaluation.listing import listed
from guitu.web.form_fields import mark_of
from guitu.web.impact.views import unassessed
from guitu.web.pages import page_number, paged
from guitu.web.permits import Request, reads, writes
from guitu.web.second_question import Question
from guitu.web.shell import frame, show

MAY = "evaluation:work"
PAGE = 25
_SEEDS = 10**8


@reads(MAY)
def desk(request: Request) -> HttpResponse:
    """The commissions that the evaluator works on now."""
    context = listed(request, MAY, address=reverse("evaluator-desk"))
    return show(request, "evaluation/desk.html", frame(request, _("受托评估"), current="evaluator-desk"), **context)


@reads(MAY)
def figures(request: Request, evaluation_id: uuid.UUID) -> HttpResponse:
    """Figures by county, the sample as far as it is verified, recorded against verified."""
    held = queries.evaluation(MAY, evaluation_id)
    if held is None:
        return refusals.not_found(request)
    tables = words.figure_tables(queries.figures(MAY, held.id), request.GET.get("question", ""))
    todo = request.GET.get("show", "todo") != "all"
    number = page_number(request)
    drawn, total = queries.sample(held.id, unfinished=todo, first=(number - 1) * PAGE, most=PAGE)
    told = words.names({line.county_id for line in drawn})
    rows = [
        {
            "line": line,
            "county": told[line.county_id],
            "url": reverse("evaluator-matter", args=[held.id, line.code]),
            "talk": _talk(line),
        }
        for line in drawn
    ]
    page = frame(request, held.title, current="evaluator-desk", crumbs=((_("受托评估"), reverse("evaluator-desk")),))
    return show(
        request,
        "evaluation/figures.html",
        page,
        about=words.about(held),
        unassessed="" if held.seed else unassessed(impact.EVALUATION_SAMPLE, at=now()),
        **tables,
        **words.compared(queries.comparison(MAY, held.id), tables["chosen"], held.least_group),
        rows=rows,
        todo=todo,
        seed=secrets.randbelow(_SEEDS),
        most=held.sample_most,
        share=held.sample_share,
        **paged(
            number,
            total,
            {"show": "" if todo else "all", "question": request.GET.get("question", "")},
            most=PAGE,
        ),
    )


def _talk(line: queries.SampledMatter) -> str:
    if line.contact_asked_at is None:
        return ""
    return words.answer_words().get(line.contact_answer or "", _("等答复"))


@reads(MAY)
def sheet(request: Request, evaluation_id: uuid.UUID) -> HttpResponse:
    """The same figures as a sheet (CSV, UTF-8): what is hidden on the page is hidden here; no cell is computed."""
    held = queries.evaluation(MAY, evaluation_id)
    if held is None:
        return refusals.not_found(request)
    lines = queries.figures(MAY, held.id)
    told = words.names({line.county_id for line in lines})
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow([_("问题"), _("县"), _("是（件）"), _("件数"), _("比例")])
    for line in lines:
        cells = [words.question_word(line.question), told[line.county_id] if line.county_id else _("合计")]
        if line.matters is None or line.held is None:
            cells += [_("不公开")] * 3
        else:
            share = words.percent(line.held, line.matters) if line.matters else ""
            cells += [str(line.held), str(line.matters), share]
        rows.writerow([safe(cell) for cell in cells])
    answer = HttpResponse(written.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = content_disposition_header(True, f"{held.title}.csv") or "attachment"
    return answer


def _drawing(_request: Request, **_path: object) -> Question:
    return Question(
        _("按这个种子和件数抽样？"),
        (
            _("样本抽定以后不能重抽，也不能改种子和件数"),
            _("种子和抽样框校验码公开给委托单位和各县，谁都可以复算"),
        ),
        _("抽样"),
    )


@writes(MAY, asks=_drawing)
def draw(request: Request, evaluation_id: uuid.UUID) -> HttpResponse:
    """Draw the sample; a second time nothing changes."""
    size, seed = request.POST.get("size", ""), request.POST.get("seed", "")
    try:
        operations.draw(evaluation_id, seed=seed, size=int(size) if size.isdecimal() else 0, at=now())
    except operations.EvaluationUnknown:
        return refusals.not_found(request)
    except EvaluationRefused as refusal:
        return refusals.conflict(request, refusal.zh, refusal.en)
    return redirect("evaluator-figures", evaluation_id=evaluation_id)


@reads(MAY)
def matter(request: Request, evaluation_id: uuid.UUID, code: str) -> HttpResponse:
    """One matter under its code: what is on record, what was found, and where to ask for a talk."""
    return _matter(request, evaluation_id, code)


def _matter(
    request: Request, evaluation_id: uuid.UUID, code: str, *, note: str = "", problem: str = ""
) -> HttpResponse:
    held, seen = queries.evaluation(MAY, evaluation_id), queries.matter(evaluation_id, code)
    line = queries.sampled(evaluation_id, code) if seen else None
    if held is None or seen is None or line is None:
        return refusals.not_found(request)
    found = queries.findings(held.id, code)
    latest = {one.question: one.verdict for one in reversed(found)}
    verdicts = words.verdict_words()
    crumbs = (
        (_("受托评估"), reverse("evaluator-desk")),
        (held.title, reverse("evaluator-figures", args=[held.id])),
    )
    response = show(
        request,
        "evaluation/matter.html",
        frame(request, _("代号 %(code)s") % {"code": code}, current="evaluator-desk", crumbs=crumbs),
        about=words.about(held),
        code=code,
        county=words.names({seen.county_id})[seen.county_id],
        steps=words.step_lines(seen.steps),
        asked=[
            {
                "name": f"verdict-{question}",
                "label": words.question_word(question),
                "recorded": seen.recorded[question],
                "options": [{"value": value, "label": word} for value, word in verdicts.items()],
                "chosen": latest.get(question, ""),
            }
            for question in held.questions
            if question in seen.recorded
        ],
        found=[
            {
                "label": words.question_word(one.question),
                "verdict": verdicts[one.verdict],
                "note": one.note,
                "at": one.at,
            }
            for one in found
        ],
        line=line,
        talk=_talk(line),
        way=words.way_words().get(line.contact_way or "", ""),
        may_ask=line.contact_asked_at is None or bool(line.contact_answer),
        note=note,
        problems=[{"text": problem, "target": "verify"}] if problem else [],
        mark=uuid.uuid4(),
    )
    response.status_code = 422 if problem else 200
    return response


@writes(MAY)
def verify(request: Request, evaluation_id: uuid.UUID, code: str) -> HttpResponse:
    """Keep what was found about a matter."""
    given = {
        name.removeprefix("verdict-"): value
        for name, value in request.POST.items()
        if name.startswith("verdict-") and isinstance(value, str) and value
    }
    note = request.POST.get("note", "")
    if not given:
        with transaction.atomic():
            return _matter(request, evaluation_id, code, note=note, problem=_("至少核实一个问题"))
    try:
        operations.verify(evaluation_id, code, verdicts=given, note=note, event_id=mark_of(request), at=now())
    except EvaluationRefused as refusal:
        return refusals.conflict(request, refusal.zh, refusal.en)
    except operations.EvaluationUnknown:
        return refusals.not_found(request)
    return redirect("evaluator-figures", evaluation_id=evaluation_id)


@writes(MAY)
def ask_for_talk(request: Request, evaluation_id: uuid.UUID, code: str) -> HttpResponse:
    """Ask whoever is responsible to bring about a talk."""
    try:
        operations.ask_for_talk(evaluation_id, code, event_id=mark_of(request), at=now())
    except EvaluationRefused as refusal:
        return refusals.conflict(request, refusal.zh, refusal.en)
    except operations.EvaluationUnknown:
        return refusals.not_found(request)
    return redirect("evaluator-matter", evaluation_id=evaluation_id, code=code)
