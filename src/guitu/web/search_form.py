"""Where every search of ours is sent: on to the page that answers it, with what was typed sealed (asked.py)."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect

from guitu.web import asked, refusals
from guitu.web.permits import Request, own

TO = "page_asked"


@own("POST")
def send(request: Request) -> HttpResponse:
    """On to the page of ours that the form names. Nothing is looked for here."""
    to = urlsplit(request.POST.get(TO, ""))
    if to.scheme or to.netloc or not to.path.startswith("/") or to.path.startswith("//"):
        return refusals.bad_request(request)
    given = {name: value for name, value in _fields(request.POST).items() if value}
    words = asked.query(given)
    return redirect(f"{to.path}{'?' if words else ''}{words}{'#' if to.fragment else ''}{to.fragment}")


def _fields(posted: QueryDict) -> dict[str, str]:
    """What was asked, without what every form of ours brings along."""
    return {name: str(value) for name, value in posted.items() if name not in {TO, "csrfmiddlewaretoken"}}
