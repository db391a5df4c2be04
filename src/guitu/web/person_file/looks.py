"""Everybody who looked at one person's file, page by page, for the units that see the person."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import queries as access
from guitu.access import retention
from guitu.access.deciding import names_in_sight
from guitu.web.form_fields import written_moment
from guitu.web.pages import page_number, paged
from guitu.web.permits import Request, reads
from guitu.web.person_file.views import look_row
from guitu.web.record_keeping import keeping
from guitu.web.shell import frame, show

PAGE = 50


@reads("person:open")
def looks(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """All looks, newest first; the later pages tell until the newest look of the first one."""
    number, until = page_number(request), _until(request)
    found, total = access.looks_until(person_id, until=until, first=(number - 1) * PAGE, most=PAGE)
    newest = until or (found[0].at if found else None)
    name = names_in_sight([person_id]).get(person_id, "")
    back = ((name, reverse("person", args=[person_id])),)
    return show(
        request,
        "file/looks.html",
        frame(request, _("谁看过"), current="", crumbs=back),
        rows=[look_row(look) for look in found],
        keeping=keeping(retention.TRACES),
        **paged(number, total, {"until": newest.isoformat() if newest else ""}, most=PAGE),
    )


def _until(request: Request) -> datetime | None:
    """The moment up to which the list tells, as the address says it."""
    try:
        given = written_moment(request.GET.get("until", ""))
    except ValueError:
        return None
    return given if given.tzinfo is not None else None
