"""封存登记: sealing a file from its page, the register, and the correction of a sealing by two persons."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.people import queries as persons
from guitu.rights import sealing, sealing_due
from guitu.rulebook.sealing import sealing_rules
from guitu.web import refusals
from guitu.web.clock import now
from guitu.web.form_fields import day_or_wrong, mark_of, row_of
from guitu.web.permits import Request, reads, writes
from guitu.web.sealed import words
from guitu.web.second_question import Question
from guitu.web.shell import frame, show

_SEAL_FIELDS = ("ground", "organ", "document", "decided_on")


def _before_sealing(_request: HttpRequest, **_path: object) -> Question:
    return Question(
        _("封存这份档案？"),
        (
            _("封存以后，除了本人和受托人，谁都看不到，本单位也看不到；清单、统计、检索里都没有这个人"),
            _("有权机关要查，须书面申请，由另一个人同意，只打开所列的数据项"),
            _("封错了，要由两个人办理更正才能恢复"),
        ),
        _("封存"),
    )


@reads("sealing:seal")
def seal_form(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """What a file is sealed on: ground, deciding organ, document and day."""
    return _seal_page(request, person_id)


def _seal_page(
    request: Request,
    person_id: uuid.UUID,
    *,
    problem: str = "",
    typed: dict[str, str] | None = None,
    refused: dict[str, str] | None = None,
) -> HttpResponse:
    """`typed`: of the form that seals; `refused`: of the form that says why not."""
    file = persons.file_of(person_id)
    page = frame(request, _("封存档案"), current="", crumbs=((file.name, reverse("person", args=[person_id])),))
    answer = show(
        request,
        "sealed/seal.html",
        page,
        file=file,
        grounds=words.grounds(sealing_rules().seals),
        reasons=words.grounds(sealing_rules().not_sealed),
        answers=[
            {"one": one, "ground": words.ground(sealing_rules().not_sealed, one.ground)}
            for one in sealing_due.answers_of(person_id)
        ],
        problem=problem,
        typed=typed or {},
        refused=refused or {},
        mark=uuid.uuid4(),
    )
    answer.status_code = 422 if problem else 200
    return answer


@writes("sealing:seal")
def decline(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Record that the file is not to be sealed, and why; what is missing is said on the form, with what was typed."""
    typed = {name: request.POST.get(name, "") for name in ("ground", "document", "words")}
    try:
        sealing_due.answer_not_sealed(person_id, **typed, event_id=mark_of(request), at=now())
    except sealing.SealingRefused as refusal:
        with transaction.atomic():
            return _seal_page(request, person_id, problem=words.problem(refusal.reason), refused=typed)
    return redirect("seal-form", person_id=person_id)


@writes("sealing:seal", asks=_before_sealing)
def seal(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Seal the file; what is missing is said on the form, with what was typed."""
    typed, mark = {name: request.POST.get(name, "") for name in _SEAL_FIELDS}, mark_of(request)
    day = day_or_wrong(request, "decided_on", {})
    wish = sealing.SealWish(typed["ground"], typed["organ"], typed["document"], day)
    try:
        sealing.seal(person_id, wish, event_id=mark, at=now())
    except sealing.SealingRefused as refusal:
        with transaction.atomic():
            return _seal_page(request, person_id, problem=words.problem(refusal.reason), typed=typed)
    return redirect("sealing", sealing_id=mark)


@reads("sealed:list")
def one(request: Request, sealing_id: uuid.UUID) -> HttpResponse:
    """One sealing of the own office: ground and document, and a correction that is proposed."""
    return _page(request, sealing_id)


def _page(
    request: Request, sealing_id: uuid.UUID, *, problem: str = "", typed: dict[str, str] | None = None
) -> HttpResponse:
    found, rules = sealing.sealing(sealing_id), sealing_rules()
    if found is None:
        return refusals.not_found(request)
    crumbs = ((_("封存与查询"), reverse("sealed-queries") + "?state=REGISTER"),)
    answer = show(
        request,
        "sealed/sealing.html",
        frame(request, found.number, current="sealed-queries", crumbs=crumbs),
        one=found,
        ground=words.ground(rules.seals, found.ground),
        proposed=words.ground(rules.corrections, found.proposed_ground) if found.proposed_ground else None,
        grounds=words.grounds(rules.corrections),
        problem=problem,
        typed=typed or {},
        mark=uuid.uuid4(),
    )
    answer.status_code = 422 if problem else 200
    return answer


@writes("sealed:ask")
def correct(request: Request, sealing_id: uuid.UUID) -> HttpResponse:
    """Say that a sealing is wrong; another person decides."""
    typed = {name: request.POST.get(name, "") for name in ("ground", "document", "words")}
    try:
        sealing.propose_correction(sealing_id, **typed, event_id=mark_of(request), at=now())
    except sealing.SealingUnknown:
        return refusals.not_found(request)
    except sealing.SealingRefused as refusal:
        with transaction.atomic():
            return _page(request, sealing_id, problem=words.problem(refusal.reason), typed=typed)
    return redirect("sealing", sealing_id=sealing_id)


def _before_deciding(request: HttpRequest, **_path: object) -> Question | None:
    if request.POST.get("outcome") != "yes":
        return None
    return Question(
        _("同意更正，解除这份封存？"),
        (_("档案恢复到封存以前的样子，负责的单位重新看得到"), _("解除以后要再封存，须重新办理")),
        _("同意更正"),
    )


@writes("sealed:decide", asks=_before_deciding)
def decide(request: Request, sealing_id: uuid.UUID) -> HttpResponse:
    """Decide a proposed correction, by somebody else than who proposed it."""
    outcome, finding = request.POST.get("outcome", ""), request.POST.get("finding", "")
    try:
        sealing.decide_correction(
            sealing_id,
            row_of(request, "proposal"),
            approved=outcome == "yes",
            finding=finding if outcome in {"yes", "no"} else "",
            event_id=mark_of(request),
            at=now(),
        )
    except sealing.SealingUnknown:
        return refusals.not_found(request)
    except sealing.SealingRefused as refusal:
        with transaction.atomic():
            return _page(request, sealing_id, problem=words.problem(refusal.reason), typed={"finding": finding})
    return redirect("sealing", sealing_id=sealing_id)
