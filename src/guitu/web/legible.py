"""Turns away what no text can hold: the character NUL, which the database refuses and no keyboard makes.

And what says that it is written in other characters than our pages ask for. Some of Python's codings are no characters
at all, and one takes hours for a megabyte (punycode); Django would use whichever is named before anybody has signed in.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.http import parse_header_parameters

from guitu.web import refusals

NUL = "\0"
_OTHER = "guitu.other_characters"


def _holds_nul(given: QueryDict) -> bool:
    return any(NUL in name or any(NUL in value for value in values) for name, values in given.lists())


def _in_other_characters(content_type: str) -> bool:
    try:
        named = parse_header_parameters(content_type)[1].get("charset", "utf-8")
        return codecs.lookup(named).name != "utf-8"
    except (LookupError, ValueError):
        return True


def in_our_characters(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """The application behind a look at each request: other characters than UTF-8 are not believed, and it is told so.

    It stands before Django, which decodes the address while it makes the request, where no middleware can refuse.
    """

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if _in_other_characters(environ.get("CONTENT_TYPE", "")):
            environ |= {"CONTENT_TYPE": "", _OTHER: True}
        return application(environ, start_response)

    return answer


class Legible:
    """Middleware before every view: an address or a form with NUL in it, or written in other characters than UTF-8, is
    answered 400 and reaches no view.

    The interface has its own reading of bodies and says so in its own form (web/api/schemas.py).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.META.get(_OTHER):
            return refusals.bad_request(request)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if request.path.startswith("/api/"):
            return None
        if NUL in request.path or _holds_nul(request.GET) or _holds_nul(request.POST):
            return refusals.unreadable(request)
        return None
