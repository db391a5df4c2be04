"""Where every search of ours is sent: on to the page that answers it, with what was typed sealed (asked.py)."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from guitu.web import refusals
from guitu.web.form_fields import is_own_address
from guitu.web.pages import with_words
from guitu.web.permits import Request, own

TO = "page_asked"


@own("POST")
def send(request: Request) -> HttpResponse:
    """On to the page of ours that the form names. Nothing is looked for here."""
    to = leads_to(request)
    return redirect(to) if to else refusals.bad_request(request)


def leads_to(request: HttpRequest) -> str:
    """The address of the page that answers this search, its words sealed; empty where the form names no page of ours.

    It stands still when the session is over: whoever signs in again is led there (gate).
    """
    wanted = request.POST.get(TO, "")
    if not is_own_address(request, wanted):
        return ""
    to = urlsplit(wanted)
    return f"{with_words(to.path, _fields(request.POST))}{'#' if to.fragment else ''}{to.fragment}"


send.leads_to = leads_to  # type: ignore[attr-defined]


def _fields(posted: QueryDict) -> dict[str, str]:
    """What was asked, without what every form of ours brings along."""
    return {name: str(value) for name, value in posted.items() if name not in {TO, "csrfmiddlewaretoken"}}
