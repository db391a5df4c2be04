"""The reason asked before a file outside the own caseload is opened: once for a person in a working session."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access.acting import ActingSession
from guitu.access.permissions import PURPOSES
from guitu.rulebook.book import load_national
from guitu.rulebook.looking import EMERGENCIES, EXPORT_USES, LOOK_REASONS
from guitu.web import refusals
from guitu.web.form_fields import is_own_address
from guitu.web.refusals import english


def options(table: str, chosen: str = "") -> list[dict[str, object]]:
    """A code table of reasons as choices of a form."""
    return [
        {"value": one.code, "label": one.en if english() else one.zh, "chosen": one.code == chosen}
        for one in load_national().codes[table].codes
    ]


def reason_word(code: str) -> str:
    """What a reason in the trace is called, of whichever table; nothing for none."""
    every = (one for table in (LOOK_REASONS, EMERGENCIES, EXPORT_USES) for one in load_national().codes[table].codes)
    found = next((one for one in every if one.code == code), None)
    return "" if found is None else found.en if english() else found.zh


def back_to(request: HttpRequest, person_id: uuid.UUID) -> str:
    """The page that asked, if it is one of ours, else the person's file."""
    wanted = request.POST.get("next", "")
    return wanted if is_own_address(request, wanted) else reverse("person", args=[person_id])


def asked(
    request: HttpRequest,
    person_id: uuid.UUID,
    *,
    session: ActingSession,
    purpose: str,
    problem: str = "",
    to: str = "",
) -> HttpResponse:
    """The page that asks for the reason instead of showing the file; nothing of the person stands on it."""
    word = PURPOSES[purpose]
    answer = render(
        request,
        "looking/reason.html",
        {
            "page": refusals.page_words(_("先说明理由")),
            "person_id": person_id,
            "post": f"{session.post_title} · {session.unit_name}",
            "purpose": word.en if english() else word.zh,
            "reasons": options(LOOK_REASONS, request.POST.get("reason", "")),
            "words": request.POST.get("words", ""),
            "problem": problem,
            "next": to or (request.get_full_path() if request.method in {"GET", "HEAD"} else ""),
        },
    )
    answer.status_code = 422 if problem else 200
    return answer


def sent_back(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """Back to the page that asked for the reason."""
    return redirect(back_to(request, person_id))
