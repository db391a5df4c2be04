"""Who calls: a bearer token, its rate, and whether its post may do what the address is for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from ninja.security import HttpBearer

from guitu.access.acting import acting
from guitu.access.api_tokens import PREFIX, Calling, caller
from guitu.access.operations import ask
from guitu.access.queries import SessionEnded
from guitu.access.roles import PERMISSIONS, ROLES
from guitu.web.api.problems import Problem
from guitu.web.clock import now

MINUTE = 60
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="guitu"'}


class ApiRequest(HttpRequest):
    """A request of another system: who calls is known, permitted and counted; `told` are the headers of its answer."""

    calling: Calling
    told: Mapping[str, str]


def lacking(permission: str) -> Problem:
    """The refusal of a post without this permission, in its words."""
    word = PERMISSIONS[permission]
    return Problem(
        "forbidden",
        zh=f"令牌所属岗位没有“{word.zh}”的权限；这次请求已经留痕。",
        en=f"The token's post may not “{word.en}”; this request has left its line.",
    )


class Bearer(HttpBearer):
    """An address for posts with `permission`: turns away whoever has no token, calls too often, or may not."""

    openapi_description = "接口令牌：一个机器岗位、一个目的 · token of a machine post for one purpose"

    def __init__(self, permission: str) -> None:
        super().__init__()
        if permission not in PERMISSIONS:
            raise LookupError(f"no permission is called {permission}")
        self.permission = permission

    def __call__(self, request: HttpRequest) -> Any:
        """Who calls. Raises Problem: token-missing, token-unknown, token-ended, too-many, forbidden."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Problem("token-missing", headers=_CHALLENGE)
        return self.authenticate(request, token.strip())

    def authenticate(self, request: HttpRequest, token: str) -> Calling:
        """The caller behind this token, permitted; a refusal for want of permission leaves its line."""
        moment = now()
        try:
            known = token.isascii() and token.startswith(PREFIX)
            calling = caller(token, minute=moment.replace(second=0, microsecond=0)) if known else None
        except SessionEnded:
            raise Problem("token-ended", headers=_CHALLENGE) from None
        if calling is None:
            raise Problem("token-unknown", headers=_CHALLENGE)
        if calling.minute_calls > settings.GUITU_API_CALLS_A_MINUTE:
            raise Problem("too-many", headers={"Retry-After": str(MINUTE - moment.second)})
        session = calling.session
        if self.permission not in ROLES[session.role].may:
            with acting(session, session.purposes[0]), transaction.atomic(durable=True):
                ask(self.permission)
            raise lacking(self.permission)
        request.calling = calling  # type: ignore[attr-defined]
        return calling
