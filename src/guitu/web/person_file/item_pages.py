"""The addresses of one core item of one person: opening a sensitive one for a minute."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _

from guitu.access.operations import ask
from guitu.people import queries as persons
from guitu.rulebook.book import load_national
from guitu.web import refusals
from guitu.web.permits import Request, reads, writes
from guitu.web.person_file.views import file_page
from guitu.web.shell import english, frame, show

REVEAL_SECONDS = 60


@reads("person:reveal")
def reveal(request: Request, person_id: uuid.UUID, item: str) -> HttpResponse:
    """Ask before a sensitive item is opened: what will be opened, for which purpose, and that it leaves a trace."""
    found = load_national().items.get(item)
    if found is None:
        return refusals.not_found(request)
    name = found.en if english() else found.zh
    page = frame(request, _("查看%(item)s") % {"item": name}, current="")
    return show(request, "file/reveal.html", page, person_id=person_id, item=item, seconds=REVEAL_SECONDS)


@writes("person:reveal")
def opened(request: Request, person_id: uuid.UUID, item: str) -> HttpResponse:
    """Open one sensitive item for a minute; the line of the look and the value leave in one transaction."""
    if item not in load_national().items:
        return refusals.not_found(request)
    with transaction.atomic(durable=True):
        told = ask("person:reveal", [person_id], seen=[item])
        if told == "DENIED":
            return refusals.forbidden(request, "person:reveal")
        if told == "UNKNOWN":
            return refusals.not_found(request)
        value = persons.reveal(person_id, item)
        if value is None:
            return refusals.not_found(request)
        return file_page(request, person_id, opened=(item, value))
