"""Exports: asking with a use and the row count shown before, approving, fetching, and the list of all of them."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import impact
from guitu.access.exports import ExportView, exports_listed
from guitu.access.queries import units_named
from guitu.handover import exports
from guitu.rulebook.looking import EXPORT_USES, ReasonRefused, export_rules
from guitu.web import refusals
from guitu.web.clock import now
from guitu.web.form_fields import mark_of, row_of
from guitu.web.impact.views import unassessed
from guitu.web.looking import lists
from guitu.web.looking.reasons import options, reason_word
from guitu.web.pages import page_number, paged
from guitu.web.permits import Request, reads, writes
from guitu.web.person_file.sight import permissions_of, unit_name
from guitu.web.shell import english, frame, show
from guitu.web.templatetags.guitu_words import legal_day

PAGE = 20
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@reads("export:ask")
def own(request: Request) -> HttpResponse:
    """The form with the rows that the list has now, and the own exports."""
    return _own(request)


def _own(request: Request, problem: str = "") -> HttpResponse:
    number, wanted = page_number(request), lists.chosen(request.POST or request.GET)
    offered, rules = exports.offer(states=wanted.states, late_only=wanted.late, at=now()), export_rules()
    found, total = exports_listed("OWN", first=(number - 1) * PAGE, most=PAGE)
    answer = show(
        request,
        "looking/exports.html",
        frame(request, _("导出"), current="exports"),
        offered=offered,
        wanted=wanted,
        other_url=_beside(wanted),
        taken=offered.most - offered.alone,
        waits=offered.two and offered.rows <= offered.most,
        unassessed=unassessed(impact.EXPORT_ABOVE_LIMIT, at=now()) if offered.two else "",
        headings="、".join(exports.HEADINGS),
        hours=int(rules.kept.total_seconds() // 3600),
        within=int(rules.within.total_seconds() // 3600),
        uses=options(EXPORT_USES, request.POST.get("use", "")),
        words=request.POST.get("words", ""),
        formats=[{"value": one, "label": one.upper(), "chosen": one == "xlsx"} for one in exports.FORMATS],
        mark=request.POST.get("mark") or uuid.uuid4(),
        problem=problem,
        rows=[_row(one) for one in found],
        **paged(number, total, wanted.asked(), most=PAGE, address=reverse("exports")),
    )
    answer.status_code = 422 if problem else 200
    return answer


def _beside(wanted: lists.Chosen) -> str:
    """The same list with what is late alone, or whole again."""
    words = urlencode(replace(wanted, late=not wanted.late).asked())
    return f"{reverse('exports')}?{words}" if words else reverse("exports")


def _row(one: ExportView) -> dict[str, Any]:
    at = now()
    kept = one.here and one.expires_at is not None and one.expires_at > at
    if one.needs_two and one.approved is None:
        state = _("待领导审批")
    elif one.approved is False:
        state = _("没有批准")
    elif one.made_at is None:
        state = _("可以生成")
    elif kept and not (one.needs_two and one.fetches):
        state = _("可以取走")
    else:
        state = _("文件已删除") if not kept else _("已取走")
    return {
        "one": one,
        "use": reason_word(one.code),
        "state": state,
        "makeable": one.made_at is None and (not one.needs_two or one.approved is True),
        "fetchable": kept and not (one.needs_two and one.fetches),
        "list": lists.words_of(one.listed, late=one.late_only),
    }


@writes("export:ask")
def ask(request: Request) -> HttpResponse:
    """Ask; what one person may take is made at once, a long one by the worker, the rest waits for a leader."""
    mark, given = mark_of(request), request.POST
    wanted = lists.chosen(given)
    try:
        made = exports.ask(
            mark,
            states=wanted.states,
            late_only=wanted.late,
            file_format=given.get("format", ""),
            code=given.get("use", ""),
            words=given.get("words", ""),
            at=now(),
        )
    except (ReasonRefused, exports.ExportRefused) as refusal:
        with transaction.atomic():
            return _own(request, refusal.en if english() else refusal.zh)
    if not made.needs_two:
        _make(made)
    return redirect("exports")


def _make(one: ExportView) -> None:
    if one.rows > export_rules().errand_rows:
        exports.give_to_worker(one.id)
    else:
        exports.make(one.id, today=legal_day(now()), at=now())


@writes("export:ask")
def make(request: Request) -> HttpResponse:
    """Make the file of an export that was approved."""
    export_id = row_of(request, "export")
    with transaction.atomic():
        found, _total = exports_listed("OWN", first=0, most=1, only=export_id)
    if not found or (found[0].needs_two and not found[0].approved):
        return refusals.not_found(request)
    _make(found[0])
    return redirect("exports")


@writes("export:ask")
def fetch(request: Request) -> HttpResponse:
    """The file, for its asker alone."""
    held = exports.fetch(row_of(request, "export"), at=now())
    if held is None:
        return refusals.not_found(request)
    number, file_format, data = held
    answer = HttpResponse(data, content_type=TYPES[file_format])
    answer["Content-Disposition"] = f'attachment; filename="{number}.{file_format}"'
    return answer


@reads("export:approve")
def decisions(request: Request) -> HttpResponse:
    """What waits for approval, and all that the units within the range exported."""
    return _listed(request)


@writes("export:approve")
def decide(request: Request) -> HttpResponse:
    """Approve or refuse an export above the limit."""
    export_id, said = row_of(request, "export"), request.POST.get("decision", "")
    try:
        if said not in {"approve", "refuse"}:
            raise ReasonRefused("请选批准或不批准。", "Choose to approve or to refuse.")
        exports.decide(export_id, approved=said == "approve", finding=request.POST.get("finding", ""), at=now())
    except ReasonRefused as refusal:
        with transaction.atomic():
            return _listed(request, refusal.en if english() else refusal.zh)
    return redirect("export-decisions")


@reads("audit:read")
def audited(request: Request) -> HttpResponse:
    """All exports of the units within the range, for the audit; no file and no person."""
    return _listed(request)


def _listed(request: Request, problem: str = "") -> HttpResponse:
    number, approves = page_number(request), "export:approve" in permissions_of(request)
    waiting = exports_listed("TO_APPROVE", first=0, most=PAGE)[0] if approves else []
    found, total = exports_listed("ALL", first=(number - 1) * PAGE, most=PAGE)
    names = units_named({one.unit_id for one in [*waiting, *found]})
    place = "export-decisions" if approves else "export-audit"
    answer = show(
        request,
        "looking/export_register.html",
        frame(request, _("导出登记"), current=place),
        approves=approves,
        problem=problem,
        waiting=[_row(one) | {"unit": unit_name(names.get(one.unit_id))} for one in waiting],
        rows=[_row(one) | {"unit": unit_name(names.get(one.unit_id))} for one in found],
        **paged(number, total, most=PAGE, address=reverse(place)),
    )
    answer.status_code = 422 if problem else 200
    return answer
