"""影响评估: which sensitive features may be used and until when, every assessment, its form, and the second hand."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import impact
from guitu.access.impact import AssessmentRefused, AssessmentView
from guitu.access.roles import ROLES
from guitu.rulebook.impact import Feature, impact_rules
from guitu.web import refusals
from guitu.web.administration.views import role_word
from guitu.web.clock import now
from guitu.web.form_fields import mark_of, problems_of
from guitu.web.pages import page_number, paged
from guitu.web.permits import Request, reads, writes
from guitu.web.shell import frame, say, show

PAGE = 20


def part_words() -> dict[str, tuple[str, str]]:
    """The four parts of an assessment with their question, in the language of the page (PIPL 56)."""
    return {
        "processed": (_("处理什么"), _("处理谁的哪些信息，从哪里来，给谁，存多久")),
        "lawful": (_("目的和方式"), _("处理目的、处理方式是否合法、正当、必要；不用它行不行")),
        "effects": (_("影响和风险"), _("对个人权益的影响，泄露、误用会怎样")),
        "measures": (_("保护措施"), _("所采取的保护措施是否合法、有效，与风险程度是否相适应")),
    }


def unassessed(feature: str, *, at: datetime) -> str:
    """What a feature's own page says while no assessment is in force; empty where one is. In a transaction."""
    if impact.is_assessed(feature, at=at):
        return ""
    return say(impact.NotAssessed(feature))


def _word(feature: Feature | None, code: str) -> str:
    if feature is None:
        return code
    return say(feature.words)


def state_word(one: AssessmentView) -> str:
    """Where an assessment stands, in the language of the page."""
    if not one.decision:
        return _("待复核")
    if one.decision == "REFUSED":
        return _("未通过")
    if one.in_force:
        return _("现行")
    return _("功能规则已变，失效") if one.feature_changed else _("已到期")


@reads("impact:read")
def listed(request: Request) -> HttpResponse:
    """Each sensitive feature with its state, and every assessment, newest first."""
    at, number = now(), page_number(request)
    until = impact.assessed_until(at=at)
    lines, total = impact.assessments_listed(at=at, first=(number - 1) * PAGE, most=PAGE)
    features = impact_rules().features
    return show(
        request,
        "impact/list.html",
        frame(request, _("个人信息保护影响评估"), current="impact"),
        features=[
            {
                "code": code,
                "word": _word(one, code),
                "why": say(one.why),
                "article": say(one.article),
                "until": until.get(code),
            }
            for code, one in features.items()
        ],
        lines=[{"one": one, "word": _word(features.get(one.feature), one.feature)} | _hands(one) for one in lines],
        can_write="impact:write" in ROLES[request.acting_session.role].may,
        **paged(number, total, most=PAGE),
    )


def _hands(one: AssessmentView) -> dict[str, Any]:
    return {
        "state": state_word(one),
        "written_role": role_word(one.written_role),
        "decided_role": role_word(one.decided_role),
    }


@reads("impact:write")
def form(request: Request, feature: str) -> HttpResponse:
    """The form of an assessment of one feature."""
    return _form(request, feature)


def _form(request: Request, code: str, wrong: Mapping[str, str] = MappingProxyType({})) -> HttpResponse:
    rules = impact_rules()
    feature = rules.features.get(code)
    if feature is None:
        return refusals.not_found(request)
    title = f"{_('影响评估')} · {_word(feature, code)}"
    crumbs = ((_("个人信息保护影响评估"), reverse("impact")),)
    response = show(
        request,
        "impact/form.html",
        frame(request, title, current="impact", crumbs=crumbs),
        code=code,
        why=say(feature.why),
        article=say(feature.article),
        parts=[
            {
                "name": name,
                "label": label,
                "hint": hint,
                "value": request.POST.get(name, ""),
                "wrong": wrong.get(name, ""),
            }
            for name, (label, hint) in part_words().items()
        ],
        problems=problems_of(wrong, impact.PARTS),
        mark=request.POST.get("mark") or uuid.uuid4(),
    )
    response.status_code = 422 if wrong else 200
    return response


@writes("impact:write")
def save(request: Request) -> HttpResponse:
    """Hand in an assessment; it is in force once a security administrator has signed it."""
    mark, code = mark_of(request), request.POST.get("feature", "")
    if code not in impact_rules().features:
        return refusals.bad_request(request)
    try:
        impact.write(mark, code, {name: request.POST.get(name, "") for name in impact.PARTS}, at=now())
    except AssessmentRefused as refusal:
        with transaction.atomic():
            return _form(request, code, dict.fromkeys(refusal.fields, say(refusal)))
    return redirect("impact-assessment", assessment_id=mark)


@reads("impact:read")
def one(request: Request, assessment_id: uuid.UUID) -> HttpResponse:
    """One assessment in full, to read and to print; the second hand signs here."""
    return _one(request, assessment_id)


def _one(request: Request, assessment_id: uuid.UUID, problem: str = "") -> HttpResponse:
    found = impact.assessment_or_none(assessment_id, at=now())
    if found is None:
        return refusals.not_found(request)
    feature, session = impact_rules().features.get(found.feature), request.acting_session
    crumbs = ((_("个人信息保护影响评估"), reverse("impact")),)
    page = frame(request, _word(feature, found.feature), current="impact", crumbs=crumbs)
    response = show(
        request,
        "impact/assessment.html",
        page,
        one=found,
        **_hands(found),
        why=say(feature.why) if feature else "",
        article=say(feature.article) if feature else "",
        parts=[{"label": label, "text": found.parts[name]} for name, (label, _hint) in part_words().items()],
        can_decide="impact:confirm" in ROLES[session.role].may and not found.decision,
        problems=[{"text": problem}] if problem else [],
    )
    response.status_code = 422 if problem else 200
    return response


@writes("impact:confirm")
def decide(request: Request, assessment_id: uuid.UUID) -> HttpResponse:
    """Sign an assessment, which turns the feature on, or refuse it with a reason."""
    decision = request.POST.get("decision", "")
    if decision not in {"confirm", "refuse"}:
        return refusals.bad_request(request)
    try:
        impact.decide(assessment_id, confirmed=decision == "confirm", reason=request.POST.get("reason", ""), at=now())
    except AssessmentRefused as refusal:
        with transaction.atomic():
            return _one(request, assessment_id, say(refusal))
    return redirect("impact-assessment", assessment_id=assessment_id)
