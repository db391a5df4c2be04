"""The addresses of /api/v1, bound to one NinjaAPI; every operation declares its permission by its `Bearer`."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.operation import PathView
from ninja.renderers import BaseRenderer
from pydantic_core import to_json

from guitu.web.api import codes, dossiers, journeys, problems, receipts, returns, rosters, rules, steps, tasks
from guitu.web.api.contract import contract, docs_page
from guitu.web.api.problems import Problem
from guitu.web.permits import BEARER, public

PREFIX = "api/v1"
_PLACE = re.compile(r"\{(\w+:)?(\w+)\}")


class _Utf8(BaseRenderer):
    """JSON as UTF-8, moments to the microsecond: the same way first answers are kept."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        """The answer as bytes."""
        return to_json(data)


api = NinjaAPI(
    renderer=_Utf8(),
    title="归途 Guitu",
    version="1",
    description="监地协作一件事：名册、材料、回执、事项、规则 · Rosters, dossiers, receipts, journeys, rules",
    openapi_url=None,
    docs_url=None,
    urls_namespace="guitu-api",
)
for _part in (rosters, dossiers, receipts, journeys, returns, steps, tasks, codes, rules):
    api.add_router("", _part.router)


@api.exception_handler(Problem)
def _problem(_request: HttpRequest, problem: Problem) -> HttpResponse:
    return problems.respond(problem)


@api.exception_handler(ValidationError)
def _invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problems.respond(Problem("invalid", faults=problems.faults_of(error.errors)))


@api.exception_handler(HttpError)
def _not_readable(_request: HttpRequest, _error: HttpError) -> HttpResponse:
    return problems.respond(Problem("not-readable"))


@api.exception_handler(RequestDataTooBig)
def _too_large(_request: HttpRequest, _error: RequestDataTooBig) -> HttpResponse:
    return problems.respond(Problem("too-large"))


def _address(view: PathView) -> Callable[..., HttpResponse]:
    """The view of one path: who may is asked of the token, never of a cookie."""
    inner = view.get_view()
    allowed = {method for operation in view.operations for method in operation.methods}

    @functools.wraps(inner)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.method not in allowed:
            return problems.method_not_allowed(allowed)
        response: HttpResponse = inner(request, *args, **kwargs)
        for name, value in getattr(request, "told", {}).items():
            response[name] = value
        return response

    answer.permission = BEARER  # type: ignore[attr-defined]
    answer.operations = view.operations  # type: ignore[attr-defined]
    answer.csrf_exempt = True  # type: ignore[attr-defined]
    return answer


def _patterns() -> list[URLPattern]:
    found = []
    for bound in api._get_bound_routers():
        for place, view in bound.path_operations.items():
            route = _PLACE.sub(lambda one: f"<{one[1] or 'str:'}{one[2]}>", place.lstrip("/"))
            name = _PLACE.sub(lambda one: one[2], place.strip("/")).replace("/", "-").replace("_", "-")
            found.append(path(f"{PREFIX}/{route}", _address(view), name=f"api-{name}"))
    return found


@public
def openapi(request: HttpRequest) -> HttpResponse:
    """The contract as OpenAPI 3.1."""
    return contract(request, api, PREFIX)


@public
def docs(request: HttpRequest) -> HttpResponse:
    """The contract as a page that needs no network."""
    return docs_page(request, api, PREFIX)


urlpatterns: list[URLPattern] = [
    *_patterns(),
    path(f"{PREFIX}/openapi.json", openapi, name="api-openapi"),
    path(f"{PREFIX}/docs", docs, name="api-docs"),
]
