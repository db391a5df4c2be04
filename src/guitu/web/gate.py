"""The gate: finds out from the cookie alone who acts, turns away whoever does not, sets the purpose of the work.

Whoever has shown a factor once more leaves with another token: the one before, which may have been stolen, is void."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from guitu.access import signing_in
from guitu.access.acting import ActingSession
from guitu.access.queries import SessionEnded, session_of
from guitu.rulebook.holding import one_reading
from guitu.web import refusals, whereabouts
from guitu.web.api import problems
from guitu.web.clock import now
from guitu.web.kept import keeping
from guitu.web.permits import BEARER, PUBLIC, SIGNED_IN


def token_cookie() -> str:
    """The name of the cookie that carries the raw token."""
    return "__Host-guitu_token" if settings.GUITU_COOKIES_SECURE else "guitu_token"


def set_cookie(response: HttpResponse, name: str, value: str) -> None:
    """Set one of our cookies: not readable by scripts, same site only, secure in a real installation."""
    response.set_cookie(name, value, httponly=True, samesite="Lax", secure=settings.GUITU_COOKIES_SECURE, path="/")


class Gate:
    """Middleware that stands before every view and knows its declared permission."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with one_reading():
            return _renewed(request, keeping.give_back(request, self.get_response(request)))

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        permission = getattr(view, "permission", None)
        if permission is None:
            return refusals.forbidden(request)
        if permission == BEARER:
            return self._interface(request)
        session, over = self._session(request.COOKIES.get(token_cookie(), ""))
        request.acting_session = session  # type: ignore[attr-defined]
        if session is not None:
            whereabouts.follow(request, session, at=now())
            request.purpose = session.chosen or session.purposes[0]  # type: ignore[attr-defined]
            if not session.chosen and len(session.purposes) > 1 and permission not in {PUBLIC, SIGNED_IN}:
                return redirect(f"/post/?next={quote(_asked_for(request))}")
            return None
        if permission == PUBLIC:
            return None
        if over:
            late = request.method == "POST" and getattr(view, "keeps_text", False)
            kept = keeping.keep(request, request.COOKIES.get(token_cookie(), "")) if late else None
            return refusals.session_ended(request, kept=kept, search=_searched(request, view))
        return redirect(f"/sign-in/?next={quote(_searched(request, view) or _asked_for(request))}")

    @staticmethod
    def _interface(request: HttpRequest) -> HttpResponse | None:
        """The interface asks for a token, and a cookie opens nothing there. Where pages go over TLS only, a call that
        came in the open is refused and not led on: its sender must learn that the token was readable on the way."""
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            return problems.respond(problems.Problem("not-secure"))
        return None

    @staticmethod
    def _session(token: str) -> tuple[ActingSession | None, bool]:
        """Whose token it is, and whether it was somebody's whose session is over."""
        try:
            return (session_of(token) if token else None), False
        except SessionEnded:
            return None, True


def _renewed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if getattr(request, "proved_again", False):
        token = signing_in.renew(request.COOKIES.get(token_cookie(), ""))
        if token:
            set_cookie(response, token_cookie(), token)
    return response


def _searched(request: HttpRequest, view: Callable[..., HttpResponse]) -> str:
    """The page that answers the search sent here, its words sealed; empty where nothing was searched for."""
    leads_to = getattr(view, "leads_to", None)
    return str(leads_to(request)) if leads_to is not None and request.method == "POST" else ""


def _asked_for(request: HttpRequest) -> str:
    """The page to lead to afterwards: the one asked for, or the desk where something was sent."""
    return request.get_full_path() if request.method in {"GET", "HEAD"} else "/"
