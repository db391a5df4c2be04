"""How many persons go out through the interface: counted by the database before an answer is given, said in headers."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from ninja import Schema

from guitu.access.api_tokens import HandedOut, hand_out
from guitu.rulebook.interface import interface_limits
from guitu.web.api.bearer import ApiRequest, lacking
from guitu.web.api.problems import Problem

LIMIT, LEFT, FREE_AT = "Guitu-Persons-Limit", "Guitu-Persons-Left", "Guitu-Persons-Free-At"
_HOUR = 3600
_LEGAL = ZoneInfo("Asia/Shanghai")


def counted(request: ApiRequest, answer: Schema) -> Schema | Problem:
    """The answer, its persons counted and what is left said in its headers; a Problem where they are too many.

    An answer about nobody is not counted. Inside the transaction of the read, which keeps the line.
    """
    persons = set(_persons(answer))
    if not persons:
        return answer
    told = hand_out(persons)
    if told.most == 0:
        return lacking("interface:read")
    request.told = _headers(told)
    return _refusal(told, len(persons)) if told.refused else answer


def _persons(told: Any) -> Iterator[uuid.UUID]:
    """Whom an answer names, wherever it does."""
    if isinstance(told, Schema):
        for name in type(told).model_fields:
            value = getattr(told, name)
            if name == "person_id":
                yield value
            else:
                yield from _persons(value)
    elif isinstance(told, list):
        for one in told:
            yield from _persons(one)


def _headers(told: HandedOut) -> dict[str, str]:
    made = {LIMIT: str(told.most), LEFT: str(told.left)}
    return made if told.free_at is None else made | {FREE_AT: told.free_at.astimezone(_LEGAL).isoformat()}


def _refusal(told: HandedOut, asked: int) -> Problem:
    hours = int(interface_limits().persons_within.total_seconds()) // _HOUR
    zh = (
        f"这个岗位{hours}小时内经接口最多取走{told.most}人的数据，同一人只算一次；"
        f"还可以取{told.left}人，这一页有{asked}人。"
    )
    en = (
        f"Within {hours} hours this post is told of at most {told.most} persons, each counted once;"
        f" {told.left} are left, this answer is about {asked}."
    )
    headers = _headers(told)
    if told.free_at is None:
        zh += "请减小 limit。"
        en += " Ask with a smaller limit."
    else:
        moment = told.free_at.astimezone(_LEGAL)
        zh += f"{moment:%Y-%m-%d %H:%M}（北京时间）以后够取这一页。"
        en += f" There is room for it after {moment:%Y-%m-%d %H:%M} (Beijing time)."
        headers["Retry-After"] = str(told.wait)
    zh += "确需更多的，由本单位人员在页面上申请导出，经领导批准。这次请求已经留痕。"
    en += (
        " Who needs more has it exported on the pages by an officer of the unit, with a leader's approval."
        " This request has left its line."
    )
    return Problem("too-many-persons", zh=zh, en=en, headers=headers)
