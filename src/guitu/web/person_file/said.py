"""What the person said, on their file: answer it, or record it for them with the sheet they signed."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import queries as access
from guitu.access.deciding import WORDS
from guitu.access.operations import ask
from guitu.access.roles import ROLES
from guitu.papers.policy import AttachmentRefused
from guitu.people import statements
from guitu.rights import queries
from guitu.rulebook.my_road import my_road_words
from guitu.rulebook.rights import rights_rules
from guitu.support.own_word import say_for
from guitu.web import refusals
from guitu.web.clock import now
from guitu.web.form_fields import mark_of
from guitu.web.my_road.views import said, statement_rows
from guitu.web.pages import page_number, uncounted
from guitu.web.papers.rows import closed_words
from guitu.web.permits import Request, writes
from guitu.web.person_file.sight import sees

SHOWN = 20


def context_of(request: Request, person_id: uuid.UUID) -> dict[str, Any]:
    """What the panel of statements on the file needs. Reads in the open transaction."""
    number, shown = page_number(request, "said_page"), sees(person_id)
    found = [] if not shown else statements.statements_of(person_id, first=(number - 1) * SHOWN, most=SHOWN + 1)
    foot = uncounted(number, len(found), most=SHOWN, place="said", name="said_page")
    found = found[:SHOWN]
    names = access.units_named({one.answered_unit for one in found if one.answered_unit})
    asked = queries.asked_in([one.id for one in found])
    may = ROLES[request.acting_session.role].may
    return {
        "statements": [row | {"is_request": row["one"].id in asked} for row in statement_rows(found, names)],
        "said_foot": foot,
        "said_closed": "" if shown else closed_words([WORDS]),
        "may_answer": "statement:answer" in may,
        "may_speak_for": "my_road:speak_for" in may,
        "statement_kinds": [
            {"value": kind.code, "label": said(kind.label)}
            for kind in my_road_words().statements.values()
            if rights_rules().said_as(kind.code) is None
        ],
        "statement_mark": uuid.uuid4(),
        "may_issue_sign_in": "sign_in:issue" in may,
    }


@writes("statement:answer")
def answer(request: Request, person_id: uuid.UUID, statement_id: uuid.UUID) -> HttpResponse:
    """Answer what the person said; they read it on their own page."""
    mark = mark_of(request)
    try:
        statements.answer_statement(
            person_id, statement_id, answer=request.POST.get("answer", ""), event_id=mark, at=now()
        )
    except statements.StatementUnknown:
        return refusals.not_found(request)
    except statements.StatementAnswered:
        return refusals.conflict(
            request, "这一条已经有人答复了，本人看得到。", "Somebody has answered this already; the person can read it."
        )
    except statements.StatementRefused as refusal:
        return refusals.unprocessable(request, _("还没有答复"), _problem(refusal))
    return redirect(f"{reverse('person', args=[person_id])}#said")


@writes("my_road:speak_for")
def record_for(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Record what the person said, with the signed sheet; stated as such wherever it is shown."""
    sheet = request.FILES.get("sheet")
    mark = mark_of(request)
    if sheet is None:
        with transaction.atomic(durable=True):
            if ask("my_road:speak_for", [person_id]) != "ALLOWED":
                return refusals.not_found(request)
        return refusals.unprocessable(request, _("还没有记下"), _("要附本人签字的纸：扫描件或照片。"))
    try:
        say_for(
            person_id,
            kind=request.POST.get("kind", ""),
            words=request.POST.get("words", ""),
            sheet=sheet.read(),
            file_name=sheet.name or "",
            event_id=mark,
            at=now(),
        )
    except statements.StatementRefused as refusal:
        return refusals.unprocessable(request, _("还没有记下"), _problem(refusal))
    except AttachmentRefused:
        return refusals.unprocessable(request, _("还没有记下"), _("签字的纸只收10MB以内的PDF、JPEG或PNG。"))
    return redirect(f"{reverse('person', args=[person_id])}#said")


def _problem(refusal: statements.StatementRefused) -> str:
    return _("太长了，请分几次说") if refusal.reason == "LONG" else _("请写几句，不然看不明白")
