"""The evaluated side: a county's own result and its reply; the talks that an office is asked to bring about."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access.deciding import names_in_sight
from guitu.access.operations import ask
from guitu.evaluation import operations, queries
from guitu.evaluation.policy import EvaluationRefused
from guitu.journeys.queries import withheld
from guitu.web import refusals
from guitu.web.clock import now
from guitu.web.evaluation import words
from guitu.web.evaluation.commissioning import result_context
from guitu.web.evaluation.listing import listed as evaluations
from guitu.web.form_fields import mark_of, written_moment
from guitu.web.pages import page_number, paged
from guitu.web.permits import Request, reads, writes
from guitu.web.shell import frame, show
from guitu.web.templatetags.guitu_words import LEGAL_ZONE

MAY = "evaluation:answer"
PAGE = 25


@reads(MAY)
def listed(request: Request) -> HttpResponse:
    """The evaluations that the own county lies in."""
    context = evaluations(request, MAY, address=reverse("evaluated"))
    return show(request, "evaluation/evaluated.html", frame(request, _("评估结果"), current="evaluated"), **context)


@reads(MAY)
def result(request: Request, evaluation_id: uuid.UUID) -> HttpResponse:
    """The own county's result beside the figures of all, and where to reply."""
    held = queries.evaluation(MAY, evaluation_id)
    if held is None:
        return refusals.not_found(request)
    return show(request, "evaluation/result.html", **result_context(request, held, MAY, "evaluated"))


@writes(MAY)
def reply(request: Request, evaluation_id: uuid.UUID) -> HttpResponse:
    """Keep the county's reply."""
    mark = mark_of(request)
    try:
        operations.reply(evaluation_id, words=request.POST.get("words", ""), event_id=mark, at=now())
    except operations.EvaluationUnknown:
        return refusals.not_found(request)
    except EvaluationRefused as refusal:
        return refusals.conflict(request, refusal.zh, refusal.en)
    return redirect("evaluated-result", evaluation_id=evaluation_id)


@reads("contact:arrange")
def talks(request: Request) -> HttpResponse:
    """Talks that the own office is asked to bring about, those that wait first asked; or those answered."""
    waiting, number = request.GET.get("show") != "answered", page_number(request)
    found, total = queries.contacts(waiting=waiting, first=(number - 1) * PAGE, most=PAGE)
    persons = {one.person_id for one in found}
    named = names_in_sight(persons - withheld(persons))
    if persons:
        ask("contact:arrange", persons)
    told = words.names({one.evaluator_id for one in found})
    answers, ways = words.answer_words(), words.way_words()
    rows = [
        {
            "one": one,
            "name": named.get(one.person_id, ""),
            "url": reverse("person", args=[one.person_id]),
            "evaluator": told[one.evaluator_id],
            "answer": answers.get(one.answer, ""),
            "way": ways.get(one.way, ""),
        }
        for one in found
    ]
    return show(
        request,
        "evaluation/talks.html",
        frame(request, _("评估谈话"), current="talks"),
        rows=rows,
        waiting=waiting,
        answers=[{"value": value, "label": word} for value, word in answers.items()],
        ways=[{"value": "", "label": "–"}] + [{"value": value, "label": word} for value, word in ways.items()],
        **paged(number, total, {"show": "" if waiting else "answered"}, most=PAGE),
    )


@writes("contact:arrange")
def answer(request: Request, person_id: uuid.UUID, contact_id: uuid.UUID) -> HttpResponse:
    """Answer whether a person is willing to talk, and then when and how."""
    written = request.POST.get("meet_at", "")
    try:
        meet_at = written_moment(written).replace(tzinfo=LEGAL_ZONE) if written else None
    except ValueError:
        return refusals.bad_request(request)
    try:
        operations.answer_talk(
            person_id,
            contact_id,
            answer=request.POST.get("answer", ""),
            way=request.POST.get("way", ""),
            meet_at=meet_at,
            at=now(),
        )
    except operations.EvaluationUnknown:
        return refusals.not_found(request)
    except EvaluationRefused as refusal:
        return refusals.conflict(request, refusal.zh, refusal.en)
    return redirect("talks")
