"""The log as anybody may read it (C2SP tlog-tiles): ``/log/checkpoint`` and ``/log/tile/<L>/<N>[.p/<W>]``.

Hashes and signatures, nothing else: the entries themselves, which would tell which office does what and when, are not
published; who holds a bundle has the entry that concerns them.
"""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from guitu.ledger import proving
from guitu.ledger.log import tiles
from guitu.web.permits import public

READ = ("GET", "HEAD")
FOR_EVER = "public, max-age=31536000, immutable"
"""A tile of a given width never changes: whoever stands between may keep it."""


@public
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The latest checkpoint with the co-signatures that have come in; 404 before the first."""
    if request.method not in READ:
        return HttpResponseNotAllowed(READ)
    latest = proving.published()
    if latest is None:
        return _nothing()
    answer = HttpResponse(latest.note, content_type="text/plain; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    return answer


@public
def tile(request: HttpRequest, place: str) -> HttpResponse:
    """A tile of 256 hashes, or the first of it; 404 where the log has not grown so far, or there is no such place."""
    if request.method not in READ:
        return HttpResponseNotAllowed(READ)
    found = tiles.read_path(place)
    hashes = proving.published_tile(*found) if found else None
    if hashes is None:
        return _nothing()
    answer = HttpResponse(hashes, content_type="application/octet-stream")
    answer["Cache-Control"] = FOR_EVER
    return answer


def _nothing() -> HttpResponse:
    return HttpResponse("not found\n", status=HTTPStatus.NOT_FOUND, content_type="text/plain; charset=utf-8")
