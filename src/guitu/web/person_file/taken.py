"""What counters took for a person, on the file: each matter with its state, and the way to take another."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.urls import reverse

from guitu.access.roles import ROLES
from guitu.handover import requests
from guitu.web.pages import page_number, paged
from guitu.web.permits import Request
from guitu.web.person_file.sight import Names
from guitu.web.window.rows import row

SHOWN = 8


def of_person(request: Request, person_id: uuid.UUID) -> list[requests.RequestView] | None:
    """The matters taken for a person, the newest first, for those who take and answer them; None for the others."""
    if "matter:take" not in ROLES[request.acting_session.role].may:
        return None
    return requests.requests_of(person_id)


def units_of(found: list[requests.RequestView] | None) -> set[uuid.UUID]:
    """Every unit that these matters name."""
    return {unit_id for one in found or () for unit_id in (one.first_desk_id, one.duty_unit_id)}


def panel(
    request: Request, found: list[requests.RequestView] | None, person_id: uuid.UUID, names: Names, now: datetime
) -> dict[str, Any]:
    """What the file shows of them; nothing for who neither takes nor answers any."""
    if found is None:
        return {"taken": None}
    number = page_number(request, "taken_page")
    return {
        "taken": [row(one, names, now) for one in found[(number - 1) * SHOWN : number * SHOWN]],
        "taken_foot": paged(number, len(found), most=SHOWN, place="taken", name="taken_page"),
        "take_url": reverse("window-person", args=[person_id]),
    }
