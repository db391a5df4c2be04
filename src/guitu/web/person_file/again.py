"""A form of the file that could not be read, shown again in its place with what was typed and what is wrong."""

from __future__ import annotations

import uuid
from urllib.parse import urlsplit

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access.deciding import one_look
from guitu.access.operations import ask
from guitu.people import queries as persons
from guitu.web.permits import Request
from guitu.web.person_file.views import file_page
from guitu.web.refusals import came_from


def file_again(request: Request, person_id: uuid.UUID, label: str) -> HttpResponse | None:
    """The file with the posted form filled in, 422; None where it did not come from there or may not be opened.

    `label` names the field that could not be read. The look leaves its line as any opening of the file does.
    """
    address, posted = reverse("person", args=[person_id]), request.path
    if urlsplit(came_from(request)).path not in {address, posted}:  # the latter: it was shown again before
        return None
    problem = _("请填写：%(field)s。") % {"field": label}
    with transaction.atomic(durable=True), one_look():
        if ask("person:open", [person_id], seen=persons.open_items(person_id=person_id), look=True) != "ALLOWED":
            return None
        # What the page says of itself leads to the file, not to the act.
        request.path = request.path_info = address
        shown = file_page(request, person_id, typed=(posted, request.POST, problem))
    shown.status_code = 422
    return shown
