"""The prison's releases by step, and its rosters: report first, then take in what is in order."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access.errands import DONE
from guitu.prison import at_length, drafts, reports
from guitu.prison import operations as prison
from guitu.prison.roster import Problem, RosterRefusedError, Sheet
from guitu.prison.roster.catalogue import catalogue
from guitu.prison.told import ToldReport, told_of
from guitu.rulebook.book import load_national
from guitu.web import desk_page, refusals
from guitu.web.clock import now
from guitu.web.listed_names import listed_names
from guitu.web.pages import page_number, paged
from guitu.web.permits import Request, reads, writes
from guitu.web.prison_desk import long_roster
from guitu.web.shell import english, frame, show
from guitu.web.templatetags.guitu_words import LEGAL_ZONE, full_day

SHOWN, FILES = 50, 20
LISTS = ("opened", "correct", "decide", "changed", "missing", "notes")
"""The lists of a report; each has pages of its own."""
CARE = ("guardian_notice", "medical_handover", "document_help", "ban_notice")
RETURNED = (
    *("registered", "in_help", "help_declined", "not_arrived", "completed"),
    *("in_correction", "died", "detained", "withdrawn"),
)
"""Where a matter stands once nothing is left for the sender to do."""


def queues() -> tuple[desk_page.Queue, ...]:
    """The queues of whoever sends, in the order of the road."""
    return (
        desk_page.Queue("send", _("待发送"), ("expected",)),
        desk_page.Queue("nowhere", _("接收单位待查明"), ("no_receiver",)),
        desk_page.Queue("resend", _("被退回"), ("refused",)),
        desk_page.Queue("release", _("释放"), steps=("release", "gate_handover", "person_transfer"), week=True),
        desk_page.Queue("assess", _("出监评估"), steps=("assessment",)),
        desk_page.Queue("educate", _("教育和培训"), steps=("education", "training_offer")),
        desk_page.Queue("police", _("通知公安"), steps=("police_notice", "political_rights_notice")),
        desk_page.Queue("care", _("监护、病情、证件"), steps=CARE),
        desk_page.Queue("meet", _("会见"), steps=("meeting", "meeting_minutes")),
        desk_page.Queue("agency", _("通知和送达社区矫正机构"), steps=("agency_notice", "document_service")),
        desk_page.Queue("contested", _("等裁定"), ("contested",)),
        desk_page.Queue("waiting", _("等县签收"), ("sent",)),
        desk_page.Queue("received", _("县已签收"), ("acknowledged",)),
        desk_page.Queue("done", _("已登记"), RETURNED, working=False),
    )


@reads("person:list")
def desk(request: Request) -> HttpResponse:
    """The prison's releases and its own steps in panic order."""
    moment = now()
    actions = {"expected": _("发送"), "refused": _("重发"), "no_receiver": _("查明")}
    context = desk_page.build(request, "sending", queues(), actions, address=reverse("prison-desk"), now=moment)
    page = frame(request, _("释放工作台"), current="prison-desk", facts=full_day(moment))
    empty = _("还没有在办的释放人员。从“导入名册”开始：导入后每人一档，按释放日倒排时限。")
    links = [{"label": _("我发出的和回执"), "url": reverse("sent")}]
    return show(request, "desks/queue.html", page, empty=empty, links=links, **context)


@reads("roster:import")
def roster(request: Request) -> HttpResponse:
    """Where a roster file is handed in, and which files were taken in before."""
    page = frame(request, _("导入名册"), current="roster")
    number = page_number(request)
    moment = now()
    imported, total = drafts.imported_lately(at=moment, first=(number - 1) * FILES, most=FILES)
    foot = paged(number, total, most=FILES, place="imported")
    return show(request, "prison/roster.html", page, imported=imported, long=long_roster.rows(at=moment), **foot)


@reads("roster:check")
def roster_template(request: Request) -> HttpResponse:
    """Our own template workbook."""
    from guitu.prison.roster.template import template_workbook  # loads openpyxl, which few requests need

    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = HttpResponse(template_workbook(), content_type=kind)
    response["Content-Disposition"] = "attachment; filename*=UTF-8''%E9%87%8A%E6%94%BE%E5%90%8D%E5%86%8C.xlsx"
    return response


def _today(moment: datetime) -> Any:
    return moment.astimezone(LEGAL_ZONE).date()


@writes("roster:check")
def check(request: Request) -> HttpResponse:
    """Read the file and show the report; nothing is written but an encrypted draft that lapses by itself."""
    upload = request.FILES.get("file")
    if upload is None:
        return refusals.unprocessable(request, _("没有选文件"), _("请先选一个名册文件（.xlsx、.xls 或 .csv）。"))
    moment, name = now(), upload.name or ""
    data = upload.read()
    try:
        long = long_roster.is_long(data, name)
        if not long:
            prison.check(data, file_name=name, today=_today(moment))
    except RosterRefusedError as refusal:
        said = (refusal.message_en, refusal.remedy_en) if english() else (refusal.message_zh, refusal.remedy_zh)
        return refusals.unprocessable(request, _("这个文件没有读"), *said)
    draft = drafts.keep(data, file_name=name, at=moment, lasts=timedelta(hours=settings.GUITU_DRAFT_HOURS))
    if long:
        long_roster.hand_over(at_length.CHECK, draft, at=moment)
    return redirect("roster-report", draft_id=draft)


@reads("roster:check")
def report(request: Request, draft_id: uuid.UUID) -> HttpResponse:
    """The report of a file that was handed in: rows to correct, to decide, ready, and what will change.

    Of a long file the report that the worker has made, or how far it is.
    """
    moment = now()
    kept = reports.report_of(draft_id, at=moment)
    errand = at_length.errand_about(draft_id)
    if errand is not None and (kept is None or errand.outcome != DONE):
        return long_roster.waiting(request, draft_id, errand, at=moment)
    if kept is not None:
        typed = draft.corrections if (draft := drafts.open_draft(draft_id, at=moment)) else {}
        return _report_page(request, draft_id, kept.told, kept.file_name, typed=typed, taken_in_at=kept.taken_in_at)
    draft = drafts.open_draft(draft_id, at=moment)
    if draft is None:
        return refusals.not_found(request)
    comparison = prison.compare(
        draft.data, file_name=draft.file_name, today=_today(moment), corrections=draft.corrections
    )
    return _report_page(request, draft_id, told_of(comparison), draft.file_name, typed=draft.corrections)


def _report_page(
    request: Request,
    draft_id: uuid.UUID,
    found: ToldReport,
    file_name: str,
    *,
    typed: Mapping[tuple[str, int, str], str],
    taken_in_at: datetime | None = None,
) -> HttpResponse:
    def told(effect: str) -> list[dict[str, Any]]:
        return [
            {
                "place": f"{problem.sheet} {problem.row}{_('行')}" if problem.row else problem.sheet,
                "name": found.names.get((problem.sheet, problem.row), ""),
                "column": problem.column,
                "value": problem.value_masked,
                "why": problem.message_en if english() else problem.message_zh,
                "remedy": problem.remedy_en if english() else problem.remedy_zh,
                "field": _place(problem) if effect == "correct" and problem.row and problem.field else "",
                "typed": typed.get((problem.sheet, problem.row, problem.field), ""),
            }
            for problem in found.problems
            if problem.effect == effect
        ]

    correct, decide, notes = told("correct"), told("decide"), told("note")
    renewed = found.written.renewed or ("",) * len(found.changes)
    changed = [
        {"name": name, "items": [_item_word(item) for item in items], "person": person}
        for (name, items), person in zip(found.changes, renewed, strict=True)
    ]
    opened = [{"place": f"{sheet} {row}{_('行')}", "person": person} for sheet, row, person in found.written.opened]
    page = frame(
        request,
        _("名册核对报告") if taken_in_at is None else _("名册导入结果"),
        current="roster",
        crumbs=((_("导入名册"), reverse("roster")),),
        facts=file_name,
    )
    context = {
        "draft_id": draft_id,
        "taken_in_at": taken_in_at,
        "written": found.written,
        "raised": found.written.raised,
        "left_out": found.to_correct + found.to_decide,
        "asked_here": found.asked_here,
        "ready": found.new + found.changed,
        "asked": found.asked,
        "new": found.new,
        "changed_count": found.changed,
        "unchanged": found.unchanged,
        "to_correct": found.to_correct,
        "to_decide": found.to_decide,
        "read": found.read,
        **_lists(
            request,
            {
                "opened": opened,
                "correct": correct,
                "decide": decide,
                "changed": changed,
                "missing": list(found.missing),
                "notes": notes,
            },
        ),
        "sheets": [_sheet(sheet) for sheet in found.sheets],
        "unknown": sorted(
            {
                column.heading
                for sheet in found.sheets
                for column in sheet.columns
                if column.how == "unknown" and column.heading
            }
        ),
        "fields": [{"value": code, "label": _field_word(code)} for code in catalogue().fields],
    }
    names = listed_names({uuid.UUID(one["person"]) for one in context["opened"]})
    for one in context["opened"]:
        one["name"] = names.get(uuid.UUID(one["person"]), "")
    return show(request, "prison/report.html", page, **context)


def _lists(request: Request, rows: Mapping[str, list[Any]]) -> dict[str, Any]:
    """One page of each list of a report with its foot; turning one keeps where the others stand."""
    numbers = {name: page_number(request, f"{name}_page") for name in LISTS}
    made: dict[str, Any] = {}
    for name in LISTS:
        others = {f"{other}_page": str(number) for other, number in numbers.items() if other != name and number > 1}
        number, total = numbers[name], len(rows[name])
        made[name] = rows[name][(number - 1) * SHOWN : number * SHOWN]
        made[f"{name}_foot"] = paged(number, total, others, most=SHOWN, place=name, name=f"{name}_page")
    return made | {"correct_page": numbers["correct"]}


def _field_word(code: str) -> str:
    field = catalogue().fields[code]
    return field.en if english() else field.zh


def _item_word(code: str) -> str:
    item = load_national().items[code]
    return item.en if english() else item.zh


def _sheet(sheet: Sheet) -> dict[str, Any]:
    columns = [
        {
            "letter": column.column,
            "heading": column.heading.replace("\n", ""),
            "field": _field_word(column.field) if column.field else "",
        }
        for column in sheet.columns
    ]
    return {"name": sheet.name, "read": sheet.read, "columns": columns}


def _place(problem: Problem) -> str:
    return f"fix:{problem.row}:{problem.field}:{problem.sheet}"


@writes("roster:check")
def correct(request: Request, draft_id: uuid.UUID) -> HttpResponse:
    """Keep what was typed in place of cells and show the report anew; nothing of the roster is written yet."""
    typed: dict[tuple[str, int, str], str] = {}
    for name, text in request.POST.items():
        parts = name.split(":", 3)
        if len(parts) == 4 and parts[0] == "fix" and parts[1].isdecimal() and parts[2] in catalogue().fields:
            typed[parts[3], int(parts[1]), parts[2]] = str(text).strip()
    moment = now()
    if not drafts.correct(draft_id, typed, at=moment):
        return refusals.not_found(request)
    long_roster.check_again(draft_id, at=moment)
    page = request.POST.get("correct_page", "")
    there = f"?correct_page={page}#correct" if page.isdecimal() and page != "1" else ""
    return redirect(reverse("roster-report", args=[draft_id]) + there)


@writes("roster:import")
def map_headings(request: Request, draft_id: uuid.UUID) -> HttpResponse:
    """Remember how this prison's own headings are to be read, and show the report anew."""
    chosen = {
        name.removeprefix("map:"): str(code)
        for name, code in request.POST.items()
        if name.startswith("map:") and (code in catalogue().fields)
    }
    moment = now()
    prison.remember_mapping(chosen, at=moment)
    long_roster.check_again(draft_id, at=moment)
    return redirect("roster-report", draft_id=draft_id)


@reads("roster:check")
def remarked(request: Request, draft_id: uuid.UUID) -> HttpResponse:
    """The same file back, with a remark column that says what to mend in which row."""
    from guitu.prison.roster.remarks import remarked_copy  # loads openpyxl, which few requests need

    moment = now()
    draft = drafts.open_draft(draft_id, at=moment)
    if draft is None:
        return refusals.not_found(request)
    kept = reports.report_of(draft_id, at=moment)
    if kept is not None:
        found = kept.told.as_report()
    else:
        found = prison.compare(
            draft.data, file_name=draft.file_name, today=_today(moment), corrections=draft.corrections
        ).report
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = HttpResponse(remarked_copy(draft.data, found, draft.file_name), content_type=kind)
    name = quote(f"{draft.file_name.rsplit('.', 1)[0]}-批注.xlsx")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response


@writes("roster:import")
def take_in(request: Request, draft_id: uuid.UUID) -> HttpResponse:
    """Take in the rows that are in order and say what was written; the rest waits for a corrected file."""
    moment = now()
    if long_roster.is_one(draft_id):
        found = long_roster.hand_over(at_length.IMPORT, draft_id, at=moment)
    else:
        found = prison.take_in_draft(draft_id, today=_today(moment), at=moment) is not None
    with transaction.atomic():
        found = found or reports.is_taken_in(draft_id)  # pressed twice
    return redirect("roster-report", draft_id=draft_id) if found else refusals.not_found(request)
