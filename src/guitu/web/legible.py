"""Turns away what no text can hold: the character NUL, which the database refuses and no keyboard makes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict

from guitu.web import refusals

NUL = "\0"


def _holds_nul(given: QueryDict) -> bool:
    return any(NUL in name or any(NUL in value for value in values) for name, values in given.lists())


class Legible:
    """Middleware before every view: an address or a form with NUL in it is answered 400 and reaches no view.

    The interface has its own reading of bodies and says so in its own form (web/api/schemas.py).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if request.path.startswith("/api/"):
            return None
        if NUL in request.path or _holds_nul(request.GET) or _holds_nul(request.POST):
            return refusals.unreadable(request)
        return None
