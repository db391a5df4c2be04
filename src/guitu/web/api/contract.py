"""The contract of the interface: OpenAPI 3.1 from the operations themselves, and a page of it without any network."""

from __future__ import annotations

import copy
import json
import re
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from ninja import NinjaAPI

from guitu.access.roles import ROLES
from guitu.rulebook.book import load_national
from guitu.rulebook.interface import interface_limits
from guitu.web.api.persons import FREE_AT, LEFT, LIMIT
from guitu.web.api.problems import CONTENT_TYPE, KINDS
from guitu.web.shell import english, say

_METHODS = ("get", "post")
_STATUS_WORDS = {
    200: "办成 · done",
    202: "已交后台办，按 state_url 询问 · handed to the worker; ask at state_url",
    201: "已发送 · sent",
    400: "看不明白 · not readable",
    401: "没有有效令牌 · no valid token",
    403: "岗位没有权限 · the post lacks the permission",
    404: "没有找到 · not found",
    409: "与现状冲突 · conflict",
    413: "太大 · too large",
    415: "不收这种内容 · content not taken",
    422: "不合要求 · not as required",
    429: "请求太多 · too many requests",
}
_RETRY = {"Retry-After": {"description": "秒 · seconds", "schema": {"type": "string", "pattern": "^[0-9]+$"}}}
_PERSONS = {
    LIMIT: {
        "description": "规定时间内最多多少人 · how many persons at most within the time set",
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    },
    LEFT: {"description": "还剩多少人 · how many are left", "schema": {"type": "string", "pattern": "^[0-9]+$"}},
    FREE_AT: {
        "description": "最早何时恢复 · when somebody is free again at the earliest",
        "schema": {"type": "string", "format": "date-time"},
    },
}
_REPLAYED = {
    "Idempotency-Replayed": {
        "description": "true：这是首次的答复 · this is the first answer again",
        "schema": {"type": "string", "enum": ["true"]},
    }
}


def contract(request: HttpRequest, api: NinjaAPI, prefix: str) -> HttpResponse:
    """The contract as JSON; only read."""
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    return JsonResponse(described(api, prefix), json_dumps_params={"ensure_ascii": False})


@lru_cache(maxsize=1)
def described(api: NinjaAPI, prefix: str) -> dict[str, Any]:
    """The contract as data: what ninja derives from the operations, with our problem type, words and code lists."""
    made: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix=f"/{prefix}/")))
    made["servers"] = [{"url": "/"}]
    made["tags"] = [
        {"name": name} for name in ("roster", "dossiers", "receipts", "journeys", "tasks", "codes", "rules")
    ]
    states = [state.id for state in load_national().journeys["return_home"].states]
    for method, operation in (named for way in made["paths"].values() for named in way.items()):
        for parameter in operation["parameters"]:
            if parameter["name"] == "state":
                parameter["schema"]["items"]["enum"] = states
        for status, answer in operation["responses"].items():
            answer["description"] = _STATUS_WORDS[int(status)]
            if int(status) >= 400:
                answer["content"] = {CONTENT_TYPE: answer["content"]["application/json"]}
            if status in {"409", "429"}:
                answer["headers"] = _RETRY
            elif method == "get" and _tells_of_persons(answer, made):
                answer["headers"] = _PERSONS
            elif operation.get("requestBody") or any(one["in"] == "header" for one in operation["parameters"]):
                answer["headers"] = _REPLAYED
    return made


def _tells_of_persons(answer: dict[str, Any], made: dict[str, Any]) -> bool:
    """Whether this answer names persons, itself or in its lines."""
    text = json.dumps(answer.get("content", {}))
    met: set[str] = set()
    while named := set(re.findall(r'"#/components/schemas/(\w+)"', text)) - met:
        met |= named
        text += json.dumps([made["components"]["schemas"][name] for name in sorted(named)])
    return '"person_id": {' in text


def docs_page(request: HttpRequest, api: NinjaAPI, prefix: str) -> HttpResponse:
    """The contract as a page: every operation with its permission, parameters, content, answers and an example."""
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    made = described(api, prefix)
    limits = interface_limits()
    shown = {
        "page": {"title": _("接口说明"), "unit_name": _("监地协作一件事"), "lang": "en" if english() else "zh"},
        "operations": [
            _operation(method.upper(), place, way[method], made)
            for place, way in made["paths"].items()
            for method in _METHODS
            if method in way
        ],
        "problems": [
            {
                "kind": kind,
                "status": one.status,
                "title": one.title_en if english() else one.title_zh,
                "detail": one.detail_en if english() else one.detail_zh,
            }
            for kind, one in KINDS.items()
        ],
        "calls": settings.GUITU_API_CALLS_A_MINUTE,
        "answer_days": limits.answer_kept.days,
        "token_days": limits.token_lasts.days,
        "person_hours": int(limits.persons_within.total_seconds()) // 3600,
        "persons": [(say(ROLES[role].word), most) for role, most in limits.persons.items()],
    }
    return render(request, "api/docs.html", shown)


def half(text: str) -> str:
    """The half of a bilingual text that the page speaks."""
    zh, _mark, en = text.partition(" · ")
    return (en or zh) if english() else zh


def _operation(method: str, place: str, told: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    success = min(told["responses"])
    return {
        "id": told["operationId"],
        "method": method,
        "parts": place.strip("/").split("/"),
        "summary": half(told["summary"]),
        "description": half(told["description"]),
        "parameters": [
            {
                "name": one["name"],
                "where": {"query": _("在查询里"), "path": _("在路径里"), "header": _("在请求头里")}[one["in"]],
                "required": one["required"],
                "description": half(one.get("description", "")),
            }
            for one in told["parameters"]
        ],
        "takes": [
            {"kind": kind, "example": _shown(content["schema"], made)}
            for kind, content in told.get("requestBody", {}).get("content", {}).items()
        ],
        "answers": [
            {"status": status, "words": half(answer["description"])} for status, answer in told["responses"].items()
        ],
        "success": success,
        "example": _shown(told["responses"][success]["content"]["application/json"]["schema"], made),
    }


def _shown(schema: dict[str, Any], made: dict[str, Any]) -> str:
    """The example of a schema as text; empty where a file is meant."""
    if "$ref" in schema:
        schema = made["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    found = copy.copy(schema.get("examples", []))
    return json.dumps(found[0], ensure_ascii=False, indent=2) if found else ""
