"""The gate: finds out from the cookie alone who acts, turns away whoever does not, sets the purpose of the work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from guitu.access.acting import ActingSession
from guitu.access.queries import session_of
from guitu.web import refusals
from guitu.web.permits import PUBLIC

PURPOSE_COOKIE = "guitu_purpose"
ENDED = "GU002"
"""What the database says of a session that was ended, has run out, or whose post is over (access/sql/functions.sql)."""


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
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        permission = getattr(view, "permission", None)
        if permission is None:
            return refusals.forbidden(request)
        token = request.COOKIES.get(token_cookie(), "")
        session = self._session(token) if token else None
        request.acting_session = session  # type: ignore[attr-defined]
        if session is not None:
            request.purpose = self._purpose(request, session.purposes)  # type: ignore[attr-defined]
            return None
        if permission == PUBLIC:
            return None
        back = request.get_full_path() if request.method in {"GET", "HEAD"} else "/"
        return redirect(f"/sign-in/?next={quote(back)}")

    @staticmethod
    def _session(token: str) -> ActingSession | None:
        try:
            return session_of(token)
        except DatabaseError as error:
            if getattr(error.__cause__, "sqlstate", "") == ENDED:
                return None
            raise

    @staticmethod
    def _purpose(request: HttpRequest, allowed: tuple[str, ...]) -> str:
        try:
            chosen = Signer(salt=PURPOSE_COOKIE).unsign(request.COOKIES.get(PURPOSE_COOKIE, ""))
        except BadSignature:
            chosen = ""
        return chosen if chosen in allowed else allowed[0]
