"""Whom a search is for stands in no address: typed words go out in the body and come back sealed.

Browsers, proxies and their logs keep addresses; what is typed into a search is a name or a number (ASVS V14.2.1).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest, HttpResponse

from guitu.ledger import keys

SEALED = "w"
TYPED = frozenset({"q", "who", "name", "number", "kept", "joined", "account_words"})
"""The fields of our searches into which a name or a number is typed."""
_BELONGS_TO = "asked"


def query(given: Mapping[str, str]) -> str:
    """These conditions as the query of an address of ours: the typed ones sealed, the others as they are."""
    typed = {name: value for name, value in given.items() if name in TYPED and value}
    open_ = {name: value for name, value in given.items() if name not in TYPED}
    if not typed:
        return urlencode(open_)
    sealed = keys.encrypt_bytes(urlencode(typed).encode(), belongs_to=_BELONGS_TO)
    return urlencode({**open_, SEALED: base64.urlsafe_b64encode(sealed).decode().rstrip("=")})


def _opened(sealed: str) -> list[tuple[str, str]]:
    """The words sealed in an address; none where somebody has changed it."""
    try:
        held = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
        words = keys.decrypt_bytes(held, belongs_to=_BELONGS_TO).decode()
    except (binascii.Error, ValueError, keys.KeyMissing):
        return []
    return parse_qsl(words)


class Asked:
    """Puts the words sealed in an address where the pages read them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        if SEALED in request.GET:
            words = request.GET.copy()
            for name, value in _opened(words.pop(SEALED)[-1]):
                words.setlist(name, [value])
            words._mutable = False
            request.GET = words  # type: ignore[assignment]
        return self.get_response(request)
