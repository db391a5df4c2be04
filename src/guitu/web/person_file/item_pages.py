"""The addresses of one core item of one person: opening a sensitive one, its history, recording a newer value."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import queries as access
from guitu.access.deciding import one_look, sight_of
from guitu.access.operations import ask
from guitu.people import queries as persons
from guitu.people.recording import HEAD, NOT_IN_HAND, ItemRefused, record_item
from guitu.rulebook.book import load_national
from guitu.rulebook.catalogues import Item
from guitu.web import refusals
from guitu.web.clock import now
from guitu.web.form_fields import mark_of
from guitu.web.looking import reasons
from guitu.web.permits import Request, reads, writes
from guitu.web.person_file.items import head_in_hand, item_name, told
from guitu.web.person_file.views import file_page
from guitu.web.places import division_words
from guitu.web.shell import english, frame, show

REVEAL_SECONDS = 60
_KINDS = {"date": "date", "phone": "tel"}


@reads("person:reveal")
def reveal(request: Request, person_id: uuid.UUID, item: str) -> HttpResponse:
    """Ask before a sensitive item is opened: what will be opened, for which purpose, and that it leaves a trace."""
    found = load_national().items.get(item)
    if found is None:
        return refusals.not_found(request)
    page = frame(request, _("查看%(item)s") % {"item": item_name(found)}, current="")
    return show(request, "file/reveal.html", page, person_id=person_id, item=item, seconds=REVEAL_SECONDS)


@writes("person:reveal")
def opened(request: Request, person_id: uuid.UUID, item: str) -> HttpResponse:
    """Open one sensitive item for a minute; the line of the look and the value leave in one transaction."""
    if item not in load_national().items:
        return refusals.not_found(request)
    with transaction.atomic(durable=True), one_look():
        answer = ask("person:reveal", [person_id], seen=[item, *persons.items_told(person_id)], look=True)
        if answer == "DENIED":
            return refusals.forbidden(request, "person:reveal")
        if answer == "UNKNOWN":
            return refusals.not_found(request)
        if answer == "ASKED":
            return reasons.asked(
                request,
                person_id,
                session=request.acting_session,
                purpose=request.purpose,
                to=reverse("reveal", args=[person_id, item]),
            )
        value = persons.reveal(person_id, item)
        if value is None:
            return refusals.not_found(request)
        return file_page(request, person_id, opened=(item, value))


def _if_open(person_id: uuid.UUID, item: str) -> list[str]:
    """The item itself where it is of level L3 and shown unmasked."""
    return [code for code in persons.open_items(person_id) if code == item]


@reads("person:open", seen=_if_open)
def history(request: Request, person_id: uuid.UUID, item: str) -> HttpResponse:
    """Every value that an item has had, the present one first; sensitive ones stay covered."""
    found = load_national().items.get(item)
    if found is None:
        return refusals.not_found(request)
    if sight_of([person_id]).of(person_id, item).effect == "deny":
        return refusals.closed(request)  # whether it is held or not
    facts, file = persons.history_of(person_id, item), persons.file_of(person_id)
    posts = access.posts_named({fact.collected_by for fact in facts})
    page = frame(
        request,
        _("%(item)s的历史") % {"item": item_name(found)},
        current="",
        crumbs=((file.name, reverse("person", args=[person_id])),),
    )
    rows = [told(found, fact, posts) for fact in facts]
    return show(request, "file/history.html", page, rows=rows, back=reverse("person", args=[person_id]))


@reads("item:record", seen=_if_open)
def record_form(request: Request, person_id: uuid.UUID, item: str) -> HttpResponse:
    """The form for a newer value, begun from the present one where that is not sensitive."""
    found = load_national().items.get(item)
    if found is None or not found.by_hand:
        return refusals.not_found(request)
    file = persons.file_of(person_id)
    if item in HEAD and not head_in_hand(request, file):
        return refusals.conflict(request, *NOT_IN_HAND)
    fact = file.items.get(item)
    value = (fact.value if fact else None) or ""
    present = json.loads(value) if found.parts and value.startswith("{") else {"value": value}
    return _form(request, person_id, found, present)


@writes("item:record")
def record(request: Request, person_id: uuid.UUID, item: str) -> HttpResponse:
    """Record a newer value; what is refused comes back with all that was typed."""
    found = load_national().items.get(item)
    if found is None or not found.by_hand:
        return refusals.not_found(request)
    names = [part.id for part in found.parts] or ["value"]
    typed = {name: request.POST.get(name, "") for name in names}
    mark = mark_of(request)
    try:
        record_item(
            person_id,
            item,
            typed,
            source=request.POST.get("source", ""),
            reason=request.POST.get("reason", ""),
            confirmed=request.POST.get("confirmed") == "yes",
            event_id=mark,
            at=now(),
        )
    except ItemRefused as refusal:
        with transaction.atomic():
            return _form(request, person_id, found, typed, refusal=refusal)
    return redirect(f"{reverse('person', args=[person_id])}#item-{item}")


def _form(
    request: Request,
    person_id: uuid.UUID,
    item: Item,
    typed: Mapping[str, str],
    *,
    refusal: ItemRefused | None = None,
) -> HttpResponse:
    file = persons.file_of(person_id)
    page = frame(
        request,
        _("记录%(item)s") % {"item": item_name(item)},
        current="",
        crumbs=((file.name, reverse("person", args=[person_id])),),
    )
    answer = show(
        request,
        "file/record.html",
        page,
        action=reverse("item-recorded", args=[person_id, item.id]),
        back=reverse("person", args=[person_id]),
        fields=_fields(item, typed),
        mark=uuid.uuid4(),
        source=request.POST.get("source", request.acting_session.unit_name),
        reason=request.POST.get("reason", ""),
        error=(refusal.en if english() else refusal.zh) if refusal else "",
        confirmable=refusal.confirmable if refusal else False,
    )
    answer.status_code = 422 if refusal else 200
    return answer


def _fields(item: Item, typed: Mapping[str, str]) -> list[dict[str, Any]]:
    """The fields of the form, as the rulebook describes the item."""
    if item.parts:
        return [
            {
                "name": part.id,
                "label": part.en if english() else part.zh,
                "kind": _KINDS.get(part.kind, "text"),
                "value": typed.get(part.id, ""),
                "hint": _division_hint(typed.get(part.id, "")) if part.kind == "division" else "",
                "options": [],
            }
            for part in item.parts
        ]
    options: list[dict[str, str]] = []
    if item.code_table is not None and item.type == "code":
        entries = load_national().codes[item.code_table].codes
        options = [{"value": one.code, "label": one.en if english() else one.zh} for one in entries]
        options.insert(0, {"value": "", "label": ""})
    kind = "select" if options else _KINDS.get(item.type, "text")
    return [
        {
            "name": "value",
            "label": item_name(item),
            "kind": kind,
            "value": typed.get("value", ""),
            "hint": "",
            "options": options,
        }
    ]


def _division_hint(code: str) -> str:
    words = division_words(code) if code else ""
    return _("六位区划代码") + (f"{_('：')}{words}" if words and words != code else "")
