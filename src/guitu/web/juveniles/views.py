"""The acting unit's own juveniles, by day of release: no ranking, no export (G-10)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import queries as access
from guitu.access.roles import ROLES
from guitu.journeys import queries as roads
from guitu.rights import sealing, sealing_due
from guitu.rulebook.sealing import sealing_rules
from guitu.web import queue_rows
from guitu.web.clock import now
from guitu.web.pages import page_number, paged
from guitu.web.permits import Request, reads
from guitu.web.person_file.sight import unit_name
from guitu.web.shell import frame, show

PAGE = 25


@reads("person:open")
def listed(request: Request) -> HttpResponse:
    """The juveniles in whose open matter the acting unit has a part."""
    number = page_number(request)
    tasks, total = roads.juveniles_of_own_unit(first=(number - 1) * PAGE, most=PAGE)
    names = access.units_named({task.duty_unit_id for task in tasks})
    rows = [
        {
            "url": reverse("person", args=[task.person_id]),
            "name": task.person_name,
            "number": task.person_number,
            "release_on": task.release_on,
            "state": queue_rows.state_word(task.state),
            "duty": unit_name(names.get(task.duty_unit_id)),
            "clock": queue_rows.clock_of(task),
        }
        for task in tasks
    ]
    return show(
        request,
        "juveniles/list.html",
        frame(request, _("未成年人"), current="juveniles"),
        rows=rows,
        **_to_seal(request),
        **paged(number, total, most=PAGE),
    )


def _to_seal(request: Request) -> dict[str, Any]:
    """Files to seal or to answer for, by number: for who seals; the longest waiting first, on pages of their own."""
    if sealing.SEAL not in ROLES[request.acting_session.role].may:
        return {}
    number, rule = page_number(request, "seal_page"), sealing_rules().seal_rule
    found, total = sealing_due.own_files_to_seal(first=(number - 1) * PAGE, most=PAGE, at=now())
    rows = [
        {
            "url": reverse("seal-form", args=[one.person_id]),
            "number": one.number,
            "since": one.since,
            "clock": {"due": queue_rows.shown_due(one.due_at), "rule": rule, "rule_url": reverse("rule", args=[rule])},
        }
        for one in found
    ]
    return {"to_seal": rows, "seal_foot": paged(number, total, most=PAGE, place="to-seal", name="seal_page")}
