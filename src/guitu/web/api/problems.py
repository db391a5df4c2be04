"""What the interface says when it cannot do as asked: problem+json (RFC 9457), always in both languages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import get_language

from guitu.rulebook.attempts import AttemptRefused

CONTENT_TYPE = "application/problem+json"
DOCS = "/api/v1/docs"


@dataclass(frozen=True)
class Kind:
    """A kind of problem: its status and its words, of which the detail may be replaced by a closer one."""

    status: int
    title_zh: str
    title_en: str
    detail_zh: str
    detail_en: str


KINDS: dict[str, Kind] = {
    "not-readable": Kind(
        400,
        "请求看不明白",
        "The request cannot be read",
        "请求的内容不是所说的格式。",
        "The content is not in the format it claims.",
    ),
    "key-missing": Kind(
        400,
        "缺少幂等键",
        "The idempotency key is missing",
        "办理类请求须带 Idempotency-Key：16 至 200 个可见的 ASCII 字符，每件事一个。",
        "Send Idempotency-Key with what changes something: 16 to 200 visible ASCII characters, one for each act.",
    ),
    "not-secure": Kind(
        403,
        "连接没有加密",
        "The connection is not encrypted",
        "接口只走 HTTPS。这次的令牌已明文传过，请结束它，换一个新的。",
        "The interface answers over HTTPS only. The token of this call went in the open: end it, have another issued.",
    ),
    "token-missing": Kind(
        401,
        "没有令牌",
        "There is no token",
        "请求头要有 Authorization: Bearer 和令牌；网页登录在这里不算。",
        "Send the token in Authorization: Bearer; signing in to the pages does not count here.",
    ),
    "token-unknown": Kind(
        401,
        "令牌不认识",
        "The token is not known",
        "没有签发过这个令牌，或它不是接口令牌。",
        "No such token was issued, or it is none of the interface.",
    ),
    "token-ended": Kind(
        401,
        "令牌已失效",
        "The token has ended",
        "令牌到期或已被结束，请向安全管理员申请新的。",
        "It ran out or was ended; ask the security administrator for a new one.",
    ),
    "forbidden": Kind(
        403,
        "这个岗位不能办",
        "This post may not do this",
        "令牌所属岗位没有这项权限；这次请求已经留痕。",
        "The token's post lacks the permission; this request has left its line.",
    ),
    "not-found": Kind(
        404,
        "没有找到",
        "Not found",
        "可能不存在，也可能不归这个岗位看。",
        "It may not exist, or it is not this post's to see.",
    ),
    "method-not-allowed": Kind(
        405,
        "这个地址不能这样请求",
        "This address is not asked in this way",
        "允许的方法见 Allow。",
        "See Allow for the methods.",
    ),
    "key-reused": Kind(
        409,
        "幂等键已用于别的请求",
        "The key was used for another request",
        "同一个键先前带的是不同的内容；新的事请用新的键。",
        "The same key came with other content before; use a new key for a new act.",
    ),
    "in-progress": Kind(
        409,
        "同一请求正在办理",
        "The same request is being worked on",
        "请稍候用同一个键重发，会得到同一个答复。",
        "Repeat it with the same key in a moment; the answer will be the same.",
    ),
    "answered-already": Kind(
        409,
        "已经有人答复",
        "It was answered already",
        "这份材料已经签收或退回，这次没有生效。",
        "The dossier was acknowledged or refused before; this request had no effect.",
    ),
    "not-possible-now": Kind(
        409,
        "现在不能办这一步",
        "This step is not possible now",
        "事项已经走到别的环节，没有改动任何记录。",
        "The matter has moved on; nothing was changed.",
    ),
    "too-large": Kind(
        413,
        "内容太大",
        "The content is too large",
        "超过了一次能收的大小。",
        "It is larger than can be taken at once.",
    ),
    "not-supported": Kind(
        415,
        "不收这种内容",
        "This content is not taken",
        "可用的内容类型见接口说明。",
        "See the description for the content types.",
    ),
    "invalid": Kind(
        422,
        "内容不合要求",
        "The content does not meet the requirements",
        "逐项原因见 errors。",
        "See errors, one by one.",
    ),
    "incomplete": Kind(
        422,
        "材料不齐",
        "The dossier is incomplete",
        "缺的数据项见 errors，补齐后再发。",
        "See errors for the missing items; complete them first.",
    ),
    "own-form": Kind(
        422,
        "这个结果另有表单",
        "This answer has a form of its own",
        "要在页面的专门表单上办理，表单名称见 errors。",
        "It is given on a form of the pages; see errors for its name.",
    ),
    "roster-refused": Kind(
        422,
        "名册没有读",
        "The roster was not read",
        "整份文件不能读，原因见 errors。",
        "The file as a whole cannot be read; see errors.",
    ),
    "rule-refused": Kind(
        422,
        "这条规则不能这样算",
        "The rule cannot be asked like this",
        "原因见 detail。",
        "See the detail.",
    ),
    "too-many": Kind(
        429,
        "请求太多",
        "Too many requests",
        "这个令牌本分钟的次数已用完，请按 Retry-After 等待。",
        "The token has used up this minute; wait as Retry-After says.",
    ),
    "too-many-persons": Kind(
        429,
        "取走的人数已到上限",
        "The limit of persons is reached",
        "这个岗位在规定时间内经接口取走的人数已到上限；人数、余数和恢复时刻见 detail。",
        "The post has been told of as many persons as it may be within the time set; see detail.",
    ),
    "failed": Kind(
        500,
        "系统出错了",
        "The system failed",
        "这次没有办成，原来的记录没有变；可用同一个幂等键重发。",
        "Nothing was done; repeat it with the same idempotency key.",
    ),
}
_ATTEMPTS = {"forbidden", "not-found", "not-possible-now", "answered-already", "too-many-persons"}
"""Kinds by which somebody was refused what is not theirs to do; the others say that a request was not made rightly."""
_OF_STATUS = {400: "not-readable", 403: "forbidden", 404: "not-found", 405: "method-not-allowed", 413: "too-large"}


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: where (`field`, `row` as the sheet counts), why, and what to do."""

    field: str
    zh: str
    en: str
    remedy_zh: str = ""
    remedy_en: str = ""
    row: int | None = None

    def as_json(self) -> dict[str, object]:
        """The fault as it stands in `errors`."""
        return {
            "field": self.field,
            "row": self.row,
            "detail_zh": self.zh,
            "detail_en": self.en,
            "remedy_zh": self.remedy_zh,
            "remedy_en": self.remedy_en,
        }


class Problem(AttemptRefused):
    """A refusal of one of the `KINDS`, with closer words, faults and headers where there are any."""

    of_the_form = frozenset(KINDS) - _ATTEMPTS

    def __init__(
        self,
        kind: str,
        *,
        zh: str = "",
        en: str = "",
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.code = kind
        super().__init__(kind)
        self.kind, self.faults, self.headers = kind, tuple(faults), dict(headers or {})
        known = KINDS[kind]
        self.status = known.status
        self.zh, self.en = zh or known.detail_zh, en or known.detail_en

    def as_json(self) -> dict[str, object]:
        """The body; title and detail in the language the request asks for, the details of both beside it."""
        known = KINDS[self.kind]
        english = (get_language() or "").startswith("en")
        return {
            "type": f"{DOCS}#problem-{self.kind}",
            "title": known.title_en if english else known.title_zh,
            "status": self.status,
            "detail": self.en if english else self.zh,
            "detail_zh": self.zh,
            "detail_en": self.en,
            "errors": [fault.as_json() for fault in self.faults],
        }


def respond(problem: Problem) -> HttpResponse:
    """The problem as an answer."""
    text = json.dumps(problem.as_json(), ensure_ascii=False)
    response = HttpResponse(text, status=problem.status, content_type=CONTENT_TYPE)
    for name, value in problem.headers.items():
        response[name] = value
    return response


def of_status(status: int, *, zh: str = "", en: str = "") -> HttpResponse:
    """The problem of an answer that no operation gave: an unknown address, an unreadable request, a failure."""
    kind = "failed" if status >= 500 else _OF_STATUS.get(status, "not-readable")
    return respond(Problem(kind, zh=zh, en=en))


def method_not_allowed(allowed: Iterable[str]) -> HttpResponse:
    """405 with the methods that the address knows."""
    return respond(Problem("method-not-allowed", headers={"Allow": ", ".join(sorted(allowed))}))


_WORDS = {
    "missing": ("缺少这一项", "this is missing"),
    "extra_forbidden": ("没有这一项", "there is no such field"),
    "json_invalid": ("不是 JSON", "this is not JSON"),
    "string_too_long": ("太长", "too long"),
    "string_too_short": ("太短或是空的", "too short or empty"),
    "string_pattern_mismatch": ("写法不对", "not written as required"),
    "string_type": ("应是文字", "text is expected"),
    "uuid_parsing": ("不是编号（UUID）", "not an id (UUID)"),
    "uuid_type": ("不是编号（UUID）", "not an id (UUID)"),
    "literal_error": ("不在可用的值里", "not one of the values"),
    "enum": ("不在可用的值里", "not one of the values"),
    "bool_parsing": ("应是 true 或 false", "true or false is expected"),
    "int_parsing": ("应是整数", "a whole number is expected"),
    "greater_than_equal": ("太小", "too small"),
    "less_than_equal": ("太大", "too large"),
    "date_from_datetime_parsing": ("不是日期", "not a day"),
    "datetime_from_date_parsing": ("不是时刻", "not a moment"),
    "timezone_naive": ("时刻要带时区", "the moment needs a time zone"),
}


def faults_of(errors: Iterable[Mapping[str, object]]) -> list[Fault]:
    """The faults of a request that does not fit its schema, in our words; pydantic's own kind where we have none."""
    made = []
    for error in errors:
        place = error["loc"]
        parts = [str(part) for part in place] if isinstance(place, Sequence) else []
        kind = str(error["type"])
        zh, en = _WORDS.get(kind, (f"不合要求（{kind}）", f"does not meet the requirements ({kind})"))
        remedy_zh, remedy_en = "请照接口说明填写后重发", "Fill it in as the description says and send it again"
        field = ".".join(part for part in parts[1:] if part not in {"query", "body"})
        made.append(Fault(field, zh, en, remedy_zh, remedy_en))
    return made
