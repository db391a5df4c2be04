"""Somebody whom this counter does not see: taken in words, handed on to the county they name, the slips."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import operations as asking
from guitu.access import queries as access
from guitu.handover import passed_matters, passed_on, window
from guitu.journeys import queries as roads
from guitu.people import queries as persons
from guitu.rulebook.my_road import my_road_words
from guitu.web import refusals
from guitu.web.clock import now
from guitu.web.form_fields import NotReadable, mark_of
from guitu.web.permits import Request, reads, writes
from guitu.web.person_file.receiver_acts import county_named
from guitu.web.person_file.sight import unit_name
from guitu.web.shell import frame, show
from guitu.web.window import passed_rows, rows
from guitu.web.window.counter import due_words

FIELDS = ("name", "phone", "document_number", "document_shown", "county", "channel", "words")


@reads("matter:take")
def elsewhere(request: Request) -> HttpResponse:
    """The form: who comes, by their own word; where they belong; what they ask."""
    return _form(request, {"name": request.GET.get("name", "").strip(), "channel": "COUNTER"})


def _form(
    request: Request,
    typed: Mapping[str, Any],
    *,
    problem: str = "",
    field: str = "",
    seen: uuid.UUID | None = None,
) -> HttpResponse:
    session = request.acting_session
    own = access.unit(session.unit_id)
    page = frame(request, _("按来人所说受理"), current="window", crumbs=((_("一窗受理"), reverse("window")),))
    response = show(
        request,
        "window/elsewhere.html",
        page,
        typed=typed,
        matters=rows.matters(typed.get("matters", ())),
        channels=rows.channels(),
        problems=[{"text": problem, "target": field}] if problem else [],
        seen_url=reverse("window-person", args=[seen]) if seen else "",
        shown=[{"value": "YES", "label": _("出示了")}, {"value": "NO", "label": _("没有出示")}],
        mark=uuid.uuid4(),
        own={"unit": unit_name(own), "phone": own.phone, "officer": session.account_name},
    )
    response.status_code = 422 if problem else 200
    return response


@writes("matter:take")
def take_in_words(request: Request) -> HttpResponse:
    """Take the chosen matters in words and hand them on; who is in sight by the number is taken on the file."""
    mark = mark_of(request)
    typed: dict[str, Any] = {name: request.POST.get(name, "").strip() for name in FIELDS}
    typed["matters"] = request.POST.getlist("matters")
    seen = _in_sight(typed["document_number"])
    if seen is not None:
        problem = _("这个证件号码的人在您的查看范围内，请在这个人名下受理")
        return _again(request, typed, problem, "document_number", seen=seen)
    caller = passed_matters.Caller(
        typed["name"], typed["phone"], typed["document_number"], typed["document_shown"] == "YES"
    )
    moment = now()
    try:
        if not typed["county"]:
            raise NotReadable(_("户籍地或者要回的县"))
        passed_matters.take_in_words(
            caller,
            county_id=county_named(typed["county"], moment),
            matters=typed["matters"],
            channel=typed["channel"],
            words=typed["words"],
            event_id=mark,
            at=moment,
        )
    except NotReadable:
        return _again(
            request, typed, _("请填户籍地或者要回的县：县司法局的全称或者12位代码，要查得到唯一的一个"), "county"
        )
    except window.RequestRefused as refusal:
        problems = {
            "MATTER": (_("请选至少一个事项"), "matter-1"),
            "CHANNEL": (_("请选来的方式"), "channel-COUNTER"),
            "WORDS": (_("请记下本人怎么说，不超过%(most)s字") % {"most": window.MOST_WORDS}, "words"),
            "CALLER": (_("请填来人的姓名；姓名、电话、证件号码不要过长"), "name"),
        }
        return _again(request, typed, *problems[refusal.reason])
    return redirect("window-passed-slips", mark=mark)


def _in_sight(number: str) -> uuid.UUID | None:
    """The person whom this counter sees and who holds exactly this number: taken on the file, not in words."""
    digests = persons.digests_of(number)
    if not digests:
        return None
    with transaction.atomic(durable=True):
        if asking.ask("matter:take") != "ALLOWED":
            return None
        found = persons.person_numbered(digests)
        return None if found is None or found in roads.withheld({found}) else found


def _again(
    request: Request, typed: Mapping[str, Any], problem: str, field: str, *, seen: uuid.UUID | None = None
) -> HttpResponse:
    with transaction.atomic():
        return _form(request, typed, problem=problem, field=field, seen=seen)


@reads("matter:take")
def passed_slips(request: Request, mark: uuid.UUID) -> HttpResponse:
    """The slips of one taking in words, to be printed and handed over."""
    found = passed_on.taken_together(mark)
    if not found:
        return refusals.not_found(request)
    made = passed_rows.rows(found, now())
    page = frame(request, _("已受理"), current="window", crumbs=((_("一窗受理"), reverse("window")),))
    return show(
        request,
        "window/passed_slips.html",
        page,
        slips=[row | {"matters": [row["matter"]], "answers": [{"when": due_words(row["due"])}]} for row in made],
        complaint_telephone=my_road_words().complaint_telephone,
    )
