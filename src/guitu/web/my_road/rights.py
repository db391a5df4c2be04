"""What the person asked about their own data: where each request stands, copies to fetch, asking by the own word."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _

from guitu.access import person_codes
from guitu.rights import asking, copies, deciding, queries
from guitu.rulebook.rights import rights_rules
from guitu.web import refusals
from guitu.web.clock import now
from guitu.web.form_fields import mark_of
from guitu.web.permits import Request, writes
from guitu.web.rights_desk import words
from guitu.web.rights_desk.views import as_file, decisions, entry_of
from guitu.web.shell import english
from guitu.web.templatetags.guitu_words import iso_minute

SHOWN = 10


def of_person(person_id: uuid.UUID, at: datetime) -> list[dict[str, Any]]:
    """The person's requests as rows, the newest first, each with the copy that can be fetched, or who looked."""
    found = queries.requests_of(person_id, most=SHOWN)
    kept = queries.copies_of(person_id, at=at) if found else {}
    asked = any(rights_rules().kinds[one.kind].look for one in found)
    names = person_codes.look_names(person_id) if asked else {}
    return [
        row | {"copy": kept.get(row["one"].id), "looker": names.get(row["one"].id)} for row in words.rows(found, at)
    ]


def choices(person_id: uuid.UUID, statement: str) -> list[dict[str, str]]:
    """The decisions or looks to choose from where this kind of statement names one; else none."""
    kind = rights_rules().said_as(statement)
    if kind is not None and kind.look:
        return _looks(person_id)
    return decisions(person_id) if kind is not None and kind.contests else []


def _looks(person_id: uuid.UUID) -> list[dict[str, str]]:
    """The looks whose name can be asked for; the first names none."""
    return [{"value": "", "label": _("请选是哪一次")}] + [
        {"value": str(one.id), "label": f"{iso_minute(one.at)} · {one.unit_en if english() else one.unit} · {one.post}"}
        for one in asking.namable(person_id)
    ]


def is_request(statement: str) -> bool:
    """Whether a statement of this kind is a request with a clock of its own."""
    return rights_rules().said_as(statement) is not None


def ask(request: Request, person_id: uuid.UUID, statement: str) -> None:
    """Take what was sent as a request. Raises asking.RequestRefused, statements.StatementRefused."""
    kind = rights_rules().said_as(statement)
    asking.ask(
        person_id,
        kind=kind.code if kind else "",
        words=request.POST.get("words", ""),
        contested=entry_of(request.POST.get("contested", "")),
        event_id=mark_of(request),
        at=now(),
    )


@writes("rights:fetch")
def copy(request: Request, request_id: uuid.UUID, form: str) -> HttpResponse:
    """Hand the person their copy: readable, or for machines."""
    if form not in copies.FORMS:
        return refusals.not_found(request)
    mark = mark_of(request)
    with transaction.atomic():
        held = person_codes.own_person()
    if held is None:
        return refusals.not_found(request)
    try:
        data = copies.fetch(held.person_id, request_id, form, event_id=mark, at=now())
    except deciding.RequestUnknown:
        return refusals.not_found(request)
    return as_file(data, form)
