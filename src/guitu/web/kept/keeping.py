"""At the gate: keep the text of a form that came too late, give it back where it was written, delete it once sent."""

from __future__ import annotations

import uuid
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string

from guitu.access import kept_forms
from guitu.access.kept_forms import Keeping, KeptFormView
from guitu.web.clock import now
from guitu.web.form_fields import is_ours
from guitu.web.kept.refilling import refill
from guitu.web.written import SHEET

FIELD = "kept_form"
"""Of no search of ours: what is typed comes back under the names of `asked.TYPED`."""
# What is made anew with each page and never kept: tokens against forgery and repetition, what a form says of itself,
# the id of a kept form.
NEVER = frozenset({"csrfmiddlewaretoken", "mark", SHEET, FIELD})


def rules() -> Keeping:
    """How this installation keeps forms, from its settings."""
    return Keeping(
        lasts=timedelta(hours=settings.GUITU_DRAFT_HOURS),
        most=settings.GUITU_KEPT_FORMS,
        largest=settings.GUITU_KEPT_FORM_CHARACTERS,
    )


def keep(request: HttpRequest, token: str) -> uuid.UUID | None:
    """Keep the text fields of this form for whoever the token belonged to; files and tokens are left out."""
    fields = {name: values for name, values in request.POST.lists() if name not in NEVER}
    return kept_forms.keep(token, page=_page_of(request), address=request.path, fields=fields, at=now(), rules=rules())


def _page_of(request: HttpRequest) -> str:
    """The address within this house of the page the form stood on; empty if it was none of ours."""
    came_from = request.headers.get("Referer", "")
    if not is_ours(request, came_from):
        return ""
    parts = urlsplit(came_from)
    query = urlencode([(name, value) for name, value in parse_qsl(parts.query) if name != FIELD])
    return f"{parts.path}?{query}" if query else parts.path


def page_with(form: KeptFormView) -> str:
    """The address of the page on which this form is offered filled in."""
    return f"{form.page}{'&' if '?' in form.page else '?'}{urlencode({FIELD: str(form.id)})}"


def held(account_id: uuid.UUID, text: str) -> KeptFormView | None:
    """The kept form of this account with this id; None for anything else, also for somebody else's."""
    return next((one for one in kept_forms.kept_by(account_id, at=now()) if str(one.id) == text), None)


def give_back(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Fill the page asked for with a kept form; after the form was sent, delete what was kept."""
    session = getattr(request, "acting_session", None)
    if session is None:
        return response
    if request.method == "POST" and request.POST.get(FIELD) and response.status_code < 400:
        form = held(session.account_id, request.POST[FIELD])
        if form is not None and form.address == request.path:
            kept_forms.drop(session.account_id, form.id)
        return response
    if request.method != "GET" or not request.GET.get(FIELD) or response.status_code != 200:
        return response
    form = held(session.account_id, request.GET[FIELD])
    if form is None or urlsplit(form.page).path != request.path or "html" not in response.get("Content-Type", ""):
        return response
    opening = render_to_string("kept/_opening.html", {"form": form, "field": FIELD})
    filled = refill(response.content.decode(), address=form.address, fields=form.fields, opening=opening)
    if filled is None:
        return redirect("kept")
    response.content = filled.encode()
    return response
