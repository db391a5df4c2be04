"""How this person comes in by themself: issue a code at the desk, record who may see or speak for them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, time
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import person_codes
from guitu.access import queries as access
from guitu.access.operations import ask
from guitu.access.roles import ROLES
from guitu.notices import channels
from guitu.people import queries as persons
from guitu.rulebook.clocks import end_of
from guitu.rulebook.sign_in import person_sign_in
from guitu.web import queue_rows, refusals
from guitu.web.clock import now
from guitu.web.form_fields import day_or_wrong, mark_of, problems_of, row_of
from guitu.web.permits import Request, reads, writes
from guitu.web.person_file.views import unit_name
from guitu.web.second_question import mandate_ends
from guitu.web.shell import frame, show
from guitu.web.templatetags.guitu_words import LEGAL_ZONE

CODES = 20
MANDATE = ("name", "relation", "scope", "document", "first", "last")


@reads("sign_in:issue")
def sign_in_page(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """What was issued and whether it was used; who holds a mandate."""
    return _page(request, person_id)


def _page(
    request: Request,
    person_id: uuid.UUID,
    *,
    problem: str = "",
    wrong: Mapping[str, str] = MappingProxyType({}),
    status: int = 200,
    **typed: str,
) -> HttpResponse:
    file = persons.file_of(person_id)
    codes = person_codes.codes_of(person_id, most=CODES)
    may_record = "mandate:record" in ROLES[request.acting_session.role].may
    mandates = person_codes.mandates_of(person_id) if may_record else []
    names = access.units_named({code.unit_id for code in codes} | {one.unit_id for one in mandates})
    at = now()
    context: dict[str, Any] = {
        "file": file,
        "rules": person_sign_in(),
        "hours": int(person_sign_in().code_lasts.total_seconds()) // 3600,
        "minutes": int(person_sign_in().message_lasts.total_seconds()) // 60,
        "codes": [
            {"one": code, "unit": unit_name(names.get(code.unit_id)), "state": _state(code, at)} for code in codes
        ],
        "mandates": [
            {
                "one": one,
                "unit": unit_name(names.get(one.unit_id)),
                "relation": queue_rows.code_word("family_relation", one.relation),
                "open": one.ended_at is None and one.to_at > at,
                "mark": uuid.uuid4(),
            }
            for one in mandates
        ],
        "may_record": may_record,
        "sends": "SMS" in channels.offered(),
        "mark": uuid.uuid4(),
        "relations": [
            {"value": entry.code, "label": queue_rows.code_word("family_relation", entry.code)}
            for entry in queue_rows.load_national().codes["family_relation"].codes
        ],
        "scopes": [
            {"value": "READ", "label": _("只能看")},
            {"value": "SPEAK", "label": _("可以看，也可以代为表示")},
            {"value": "ATTEND", "label": _("监护人或小组成员：只请其到场")},
        ],
        "problem": problem,
        "problems": problems_of(wrong, MANDATE),
        "wrong": wrong,
        "typed": typed,
    }
    title = _("本人登录与委托")
    page = frame(request, title, current="", crumbs=((file.name, reverse("person", args=[person_id])),))
    answer = show(request, "file/sign_in.html", page, **context)
    answer.status_code = status
    return answer


def _state(code: person_codes.CodeLine, at: datetime) -> str:
    if code.used_at:
        return _("已用，本人已设PIN")
    if code.ended_at:
        return _("作废")
    if code.expires_at <= at:
        return _("过期未用")
    return _("已在一台设备上用，还没有设PIN") if code.bound_at else _("还没有用")


def _again(
    request: Request,
    person_id: uuid.UUID,
    problem: str = "",
    wrong: Mapping[str, str] = MappingProxyType({}),
    **typed: str,
) -> HttpResponse:
    with transaction.atomic(durable=True):
        if ask("sign_in:issue", [person_id]) != "ALLOWED":
            return refusals.not_found(request)
        return _page(request, person_id, problem=problem, wrong=wrong, status=422, **typed)


@writes("sign_in:issue")
def issue(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Issue a code and show it this once, as a slip to be printed; or send it to the telephone the person names."""
    mark = mark_of(request)
    mandate_id = row_of(request, "mandate") if request.POST.get("mandate") else None
    by_message = request.POST.get("channel") == "SMS"
    telephone = "".join(sign for sign in request.POST.get("telephone", "") if sign.isdigit() or sign == "+")
    carrier = channels.sender("SMS") if by_message and "SMS" in channels.offered() else None
    if by_message and (carrier is None or not telephone):
        return _again(request, person_id, _("短信要填本人当面说的手机号"))
    try:
        division = _division(person_id)
        made = person_codes.issue_code(
            person_id,
            code_id=mark,
            division=division,
            at=now(),
            rules=person_sign_in(),
            mandate_id=mandate_id,
            telephone=telephone,
            sender=carrier,
        )
    except person_codes.TooManyCodes:
        return _again(request, person_id, _("给这个人签发得太多了。请用最近一张凭条，或过一天再签发。"))
    except channels.NotSent:
        return _again(request, person_id, _("短信没有发出去，登录码已作废。请改用打印凭条。"))
    if not made.code:
        return _again(request, person_id, _("这一次的登录码已经给过，不再显示。需要时请另签发一个。"))
    if carrier is not None:
        return redirect("person-sign-in", person_id=person_id)
    with transaction.atomic():
        unit = access.unit(request.acting_session.unit_id)
        context = {
            "made": made,
            "unit": unit_name(unit),
            "phone": unit.phone,
            "file": persons.file_of(person_id),
            "for_mandate": mandate_id is not None,
            "address": request.build_absolute_uri(reverse("sign-in-person")),
            "tries": person_sign_in().code_tries,
        }
        return show(request, "file/sign_in_slip.html", frame(request, _("登录凭条"), current=""), **context)


def _division(person_id: uuid.UUID) -> str:
    """The person's division, or nothing where the acting post does not see the person: the operation answers that."""
    with transaction.atomic():
        return persons.divisions_of([person_id]).get(person_id, "")


@writes("mandate:record")
def record_mandate(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Record a mandate with its document; its first and last day are whole legal days."""
    typed = {key: request.POST.get(key, "").strip() for key in MANDATE}
    mark, wrong = mark_of(request), dict[str, str]()
    first, last = (day_or_wrong(request, name, wrong) for name in ("first", "last"))
    for name, problem in {"name": _("请写受托人姓名"), "document": _("请写委托书的名称与编号")}.items():
        if not typed[name]:
            wrong[name] = problem
    if typed["scope"] not in person_codes.SCOPES:
        wrong["scope"] = _("请选委托到什么程度")
    if wrong or first is None or last is None:
        return _again(request, person_id, wrong=wrong, **typed)
    try:
        person_codes.record_mandate(
            person_id,
            mandate_id=mark,
            division=_division(person_id),
            name=typed["name"],
            relation=typed["relation"],
            scope=typed["scope"],
            document=typed["document"],
            from_at=datetime.combine(first, time(), LEGAL_ZONE),
            to_at=end_of(last).due_at,
            at=now(),
        )
    except person_codes.MandateRefused:
        return _again(request, person_id, wrong={"last": _("止日不早于起日，也不能已经过去")}, **typed)
    return redirect("person-sign-in", person_id=person_id)


@writes("mandate:record", asks=mandate_ends)
def end_mandate(request: Request, person_id: uuid.UUID, mandate_id: uuid.UUID) -> HttpResponse:
    """End a mandate before its day; whoever held it is signed out."""
    mark = mark_of(request)
    ended = person_codes.end_mandate(
        person_id, mandate_id, division=_division(person_id), permission="mandate:record", event_id=mark, at=now()
    )
    return redirect("person-sign-in", person_id=person_id) if ended else refusals.not_found(request)
