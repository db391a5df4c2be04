"""A form of the file that was not taken, shown again in its place with what was typed and what is wrong."""

from __future__ import annotations

import uuid
from urllib.parse import urlsplit

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse

from guitu.access.deciding import one_look
from guitu.access.operations import ask
from guitu.people import queries as persons
from guitu.web.permits import Request
from guitu.web.person_file.typed import Typed
from guitu.web.person_file.views import file_page
from guitu.web.refusals import came_from


def file_again(request: Request, person_id: uuid.UUID, problem: str, *, moved_on: bool = False) -> HttpResponse | None:
    """The file with the posted form filled in; None where it did not come from there or may not be opened.

    `problem` says what cannot be read (422) or, with `moved_on`, how the matter stands by now (409). The look leaves
    its line as any opening of the file does.
    """
    address, posted = reverse("person", args=[person_id]), request.path
    if urlsplit(came_from(request)).path not in {address, posted}:  # the latter: it was shown again before
        return None
    with transaction.atomic(durable=True), one_look():
        if ask("person:open", [person_id], seen=persons.items_told(person_id=person_id), look=True) != "ALLOWED":
            return None
        # What the page says of itself leads to the file, not to the act.
        request.path = request.path_info = request.shown_at = address
        shown = file_page(request, person_id, typed=Typed(posted, request.POST, problem, moved_on))
    shown.status_code = 409 if moved_on else 422
    return shown
