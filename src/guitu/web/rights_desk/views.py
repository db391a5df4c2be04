"""权利请求: the requests within sight, one of them with its words and decision, the copy in hand, erasures done."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import errands
from guitu.access import queries as access
from guitu.access.deciding import sight_of
from guitu.access.operations import ask
from guitu.access.roles import ROLES
from guitu.papers.policy import AttachmentRefused
from guitu.people import queries as persons
from guitu.people import statements
from guitu.rights import asking, copies, deciding, policy, queries
from guitu.rights.passages import passages
from guitu.rulebook.rights import rights_rules
from guitu.web import refusals
from guitu.web.clock import now
from guitu.web.form_fields import mark_of
from guitu.web.pages import page_number, paged, with_words
from guitu.web.permits import Request, reads, writes
from guitu.web.person_file.sight import unit_name
from guitu.web.rights_desk import words
from guitu.web.rights_desk.expiring import erasing
from guitu.web.shell import frame, show

PAGE = 25
EVERY_SECONDS = 2


@reads("rights:read")
def listed(request: Request) -> HttpResponse:
    """The requests within sight, by state and kind."""
    moment, number = now(), page_number(request)
    state, kind = request.GET.get("state", ""), request.GET.get("kind", "")
    state = state if state in queries.STATES else ""
    kind = kind if kind in rights_rules().kinds else ""
    address, counts, labels = reverse("rights"), queries.counts(now=moment), words.state_words()
    total = None if kind else counts[state]
    found, total = queries.listed(state, kind, now=moment, first=(number - 1) * PAGE, most=PAGE, total=total)
    tabs = [
        {
            "label": labels[one],
            "url": with_words(address, {"kind": kind}, state=one),
            "count": None if kind else counts[one],
            "current": state == one,
        }
        for one in queries.STATES
    ]
    tabs.append({"label": _("全部"), "url": with_words(address, {"kind": kind}), "count": None, "current": not state})
    kinds = [{"value": one, "label": words.kind_word(one)} for one in rights_rules().kinds]
    return show(
        request,
        "rights/list.html",
        frame(request, _("权利请求"), current="rights"),
        rows=words.rows(found, moment),
        tabs=tabs,
        may_erase="rights:erase" in ROLES[request.acting_session.role].may,
        kept={"state": state, "kind": kind},
        kinds=[{"value": "", "label": _("全部")}, *kinds],
        address=address,
        reset_url=with_words(address, {"state": state}),
        **paged(number, total, {"state": state, "kind": kind}, most=PAGE),
    )


@reads("rights:read")
def erasures(request: Request) -> HttpResponse:
    """What was erased by decision: the proof, no person."""
    number = page_number(request)
    found, total = queries.erasures(first=(number - 1) * PAGE, most=PAGE)
    page = frame(request, _("已决定的删除"), current="rights", crumbs=((_("权利请求"), reverse("rights")),))
    rows = [{"one": one, "ground": words.ground_word(one.ground)} for one in found]
    return show(request, "rights/erasures.html", page, rows=rows, **paged(number, total, most=PAGE))


@reads("rights:read")
def one(request: Request, person_id: uuid.UUID, request_id: uuid.UUID) -> HttpResponse:
    """One request: what was said, what is contested, how it was decided, the copy, what this post can do."""
    return _page(request, person_id, request_id)


def _page(
    request: Request,
    person_id: uuid.UUID,
    request_id: uuid.UUID,
    *,
    problem: str = "",
    typed: dict[str, str] | None = None,
) -> HttpResponse:
    found = queries.request_of(person_id, request_id)
    said = statements.statement_of(person_id, request_id)
    if found is None or said is None:
        return refusals.not_found(request)
    may, moment = ROLES[request.acting_session.role].may, now()
    own_act = found.contested_post is not None and deciding.holds(found.contested_post)
    contested = access.units_named({found.contested_unit} if found.contested_unit else set())
    worked = words.progress(
        errands.newest_about([request_id]).get(request_id), erases=policy.erases(found.kind, found.outcome)
    )
    context: dict[str, Any] = {
        "row": words.rows([found], moment)[0],
        "one": found,
        "said": said,
        "speaker": speaker(said.spoken_by),
        "file": persons.file_of(person_id),
        "rule": rights_rules().kinds[found.kind],
        "contested": words.contested_word(found),
        "contested_unit": unit_name(contested.get(found.contested_unit)) if found.contested_unit else "",
        "may_decide": "rights:decide" in may and found.decided_at is None and not own_act,
        "own_act": own_act and found.decided_at is None,
        "outcomes": _outcomes(found.kind, may),
        "grounds": words.grounds_of(found.kind),
        "passages": _passages(request, found, may),
        "needs_head": found.kind == policy.DELETION and "rights:erase" not in may,
        "builds_elsewhere": found.kind == policy.COPY and deciding.BUILD not in may,
        "may_again": (deciding.BUILD if found.kind == policy.COPY else deciding.ERASE) in may,
        "copy": queries.copies_of(person_id, at=moment).get(request_id),
        "may_hand": "rights:hand_over" in may,
        "builds": policy.builds_copy(found.kind, found.outcome),
        "progress": worked,
        "problem": problem,
        "typed": typed or {},
        "mark": uuid.uuid4(),
    }
    page = frame(request, words.kind_word(found.kind), current="rights", crumbs=((_("权利请求"), reverse("rights")),))
    answer = show(request, "rights/request.html", page, **context)
    if problem:
        answer.status_code = 422
    elif worked is not None and not worked["stopped"]:
        answer["Refresh"] = str(EVERY_SECONDS)
    return answer


def _passages(request: Request, found: queries.RequestView, may: frozenset[str]) -> list[dict[str, Any]]:
    """Before a copy is decided: what was written freely about the person, for whoever may have the copy built.

    Items that a letter states stand as on the file: covered, or in part, where the decision table says so. Reading it
    leaves the line of the copy, without which the database gives no word of papers and assessments.
    """
    if found.kind != policy.COPY or found.decided_at is not None or not {deciding.DECIDE, deciding.BUILD} <= may:
        return []
    if ask(deciding.BUILD, [found.person_id]) != "ALLOWED":
        return []
    chosen = set(request.POST.getlist("left_out"))
    named, seen = words.passage_words(), sight_of([found.person_id])
    shown = partial(seen.shown, found.person_id)
    return [
        {
            "value": one.key,
            "label": f"{named[one.table_and_column]}{_('：')}{words.passage_text(one, shown)}",
            "chosen": one.key in chosen,
        }
        for one in passages(found.person_id)
    ]


def speaker(spoken_by: str) -> str:
    """In whose words a request stands."""
    words = {"SELF": _("本人说的"), "REPRESENTATIVE": _("受托人代说"), "OFFICER": _("经办人代记，有本人签字")}
    return (words | {"SUPERIOR": _("上级单位交办")})[spoken_by]


def _outcomes(kind: str, may: frozenset[str]) -> list[dict[str, str]]:
    held = words.outcome_words()
    if kind == policy.DELETION or rights_rules().kinds[kind].look:
        del held[policy.PARTLY]
    if kind == policy.DELETION and "rights:erase" not in may:
        del held[policy.GRANTED]
    if kind == policy.COPY and deciding.BUILD not in may:
        held = {policy.REFUSED: held[policy.REFUSED]}
    return [{"value": code, "label": label} for code, label in held.items()]


@writes("rights:decide", asks=erasing)
def decide(request: Request, person_id: uuid.UUID, request_id: uuid.UUID) -> HttpResponse:
    """Decide a request; what is missing is said on the same page, with what was typed."""
    typed = {name: request.POST.get(name, "") for name in ("outcome", "ground", "words")}
    left_out = request.POST.getlist("left_out")
    try:
        deciding.decide(person_id, request_id, **typed, left_out=left_out, event_id=mark_of(request), at=now())
    except deciding.RequestUnknown:
        return refusals.not_found(request)
    except deciding.DecisionRefused as refusal:
        return _asked_again(request, person_id, request_id, _problem(refusal.reason), typed)
    except statements.StatementRefused as refusal:
        why = _("太长了，请写短一些") if refusal.reason == "LONG" else _("请写给本人看的话：怎么决定的、为什么")
        return _asked_again(request, person_id, request_id, why, typed)
    return redirect("rights-request", person_id=person_id, request_id=request_id)


def _asked_again(
    request: Request, person_id: uuid.UUID, request_id: uuid.UUID, problem: str, typed: dict[str, str]
) -> HttpResponse:
    with transaction.atomic(durable=True):
        return _page(request, person_id, request_id, problem=problem, typed=typed)


def _problem(reason: str) -> str:
    return {
        "OUTCOME": _("请选同意、部分同意还是不同意"),
        "GROUND": _("请选与决定相配的理由：不同意要有不同意的理由，同意删除要有删除的依据"),
        "IN_HAND": _("这个人的事还在办，办结以前不能删除；可以先答复不同意，说明理由"),
        "PASSAGES": _("依法有保密内容、部分同意的，请勾选不给的段落；其他决定不勾选段落"),
    }[reason]


@writes("rights:decide")
def again(request: Request, person_id: uuid.UUID, request_id: uuid.UUID) -> HttpResponse:
    """Hand a granted copy or erasure to the worker once more."""
    mark_of(request)
    try:
        deciding.again(person_id, request_id)
    except deciding.RequestUnknown:
        return refusals.not_found(request)
    return redirect("rights-request", person_id=person_id, request_id=request_id)


@writes("rights:hand_over")
def print_out(request: Request, person_id: uuid.UUID, request_id: uuid.UUID) -> HttpResponse:
    """The readable copy, to be printed and handed over."""
    try:
        data = copies.print_out(person_id, request_id, event_id=mark_of(request), at=now())
    except deciding.RequestUnknown:
        return refusals.not_found(request)
    return as_file(data, copies.READABLE)


@writes("rights:hand_over")
def handed(request: Request, person_id: uuid.UUID, request_id: uuid.UUID) -> HttpResponse:
    """Record that the printed copy was handed over against signature."""
    sheet, mark = request.FILES.get("sheet"), mark_of(request)
    if sheet is None:
        return refusals.unprocessable(request, _("还没有记下"), _("要附本人签收的纸：扫描件或照片。"))
    try:
        copies.hand_over(person_id, request_id, sheet=sheet.read(), file_name=sheet.name or "", event_id=mark, at=now())
    except deciding.RequestUnknown:
        return refusals.not_found(request)
    except AttachmentRefused:
        return refusals.unprocessable(request, _("还没有记下"), _("签字的纸只收10MB以内的PDF、JPEG或PNG。"))
    return redirect("rights-request", person_id=person_id, request_id=request_id)


def as_file(data: bytes, form: str) -> HttpResponse:
    """A copy as the answer to a press of a button."""
    answer = HttpResponse(data, content_type=copies.FORMS[form])
    how = "inline" if form == copies.READABLE else "attachment"
    answer["Content-Disposition"] = f'{how}; filename="copy.{form}"'
    return answer


@reads("my_road:speak_for")
def take_form(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """The form in which an officer takes in a request made on paper."""
    return _take_page(request, person_id)


def _take_page(
    request: Request, person_id: uuid.UUID, *, problem: str = "", typed: dict[str, str] | None = None
) -> HttpResponse:
    file = persons.file_of(person_id)
    page = frame(
        request,
        _("受理书面的权利请求"),
        current="rights",
        crumbs=((file.name, reverse("person", args=[person_id])),),
    )
    answer = show(
        request,
        "rights/take.html",
        page,
        file=file,
        kinds=[
            {"value": one, "label": words.kind_word(one)} for one, of in rights_rules().kinds.items() if not of.look
        ],
        decisions=decisions(person_id),
        problem=problem,
        typed=typed or {},
        mark=uuid.uuid4(),
    )
    if problem:
        answer.status_code = 422
    return answer


def decisions(person_id: uuid.UUID) -> list[dict[str, str]]:
    """What offices did about the person, for naming the one that is contested; the first names none."""
    found = asking.contestable(person_id)
    names = access.units_named({line.unit_id for line in found if line.unit_id})
    return [{"value": "", "label": _("请选是哪一项")}] + [
        {
            "value": str(line.entry_id),
            "label": f"{line.at:%Y-%m-%d} {words.act_word(line.act)} · {unit_name(names.get(line.unit_id))}",
        }
        for line in found
        if line.unit_id
    ]


@writes("my_road:speak_for")
def take(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Take in a request made on paper, with the signed sheet."""
    typed = {name: request.POST.get(name, "") for name in ("kind", "words", "contested")}
    sheet, mark = request.FILES.get("sheet"), mark_of(request)
    try:
        asking.ask_for(
            person_id,
            kind=typed["kind"],
            words=typed["words"],
            contested=entry_of(typed["contested"]),
            sheet=sheet.read() if sheet else b"",
            file_name=(sheet.name or "") if sheet else "",
            event_id=mark,
            at=now(),
        )
    except asking.RequestRefused as refusal:
        if refusal.reason == "KIND":
            return refusals.bad_request(request)
        problem = _("请选本人不同意的是哪一项决定")
    except statements.StatementRefused as refusal:
        problem = _("太长了，请分几次说") if refusal.reason == "LONG" else _("请写几句，不然看不明白")
    except AttachmentRefused:
        problem = _("要附本人签字的纸：10MB以内的PDF、JPEG或PNG。")
    else:
        return redirect("rights-request", person_id=person_id, request_id=mark)
    with transaction.atomic():
        return _take_page(request, person_id, problem=problem, typed=typed)


def entry_of(text: str) -> uuid.UUID | None:
    """The contested line that a form names; None where it names none, or nothing that can be one."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
