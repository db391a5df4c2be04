"""The rules in force, and when a clock of theirs ends."""

from datetime import date
from typing import Any, Literal

from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from guitu.access import rule_packs
from guitu.rulebook import RefusalError, Rule
from guitu.web.api import paging
from guitu.web.api.bearer import ApiRequest
from guitu.web.api.doing import reads
from guitu.web.api.problems import Fault, Problem
from guitu.web.api.schemas import NextField, PageQuery, Taken, example
from guitu.web.rule_questions import ask_due, both_languages

router = Router(tags=["rules"])
_LINE = {
    "id": "RS-17",
    "kind": "deadline",
    "name_zh": "到达后的登记",
    "name_en": "Registration after arrival",
    "bearer": "person",
    "standing": "policy",
    "verified": False,
    "jurisdiction": "CN",
}
_SENTENCE = {"zh": "自次日起算", "en": "counted from the next day"}
_DUE = {
    "rule": "RS-17",
    "kind": "deadline",
    "anchor": "2026-02-06",
    "statutory": {"due_on": "2026-03-06", "due_at": "2026-03-07T00:00:00+08:00"},
    "service": None,
    "provisional": False,
    "steps": [_SENTENCE],
    "basis": [{"source": "GUITU", "article": None, "zh": "归途服务约定", "en": "Guitu’s own promises"}],
    "verified": False,
    "standing": "policy",
}


class RuleLine(Schema):
    """A rule by its name and kind."""

    id: str
    kind: str
    name_zh: str
    name_en: str
    bearer: str
    standing: str
    verified: bool
    jurisdiction: str

    model_config = example(_LINE)


class RulePage(Schema):
    """A page of rules in the order of the rulebook."""

    items: list[RuleLine]
    next: NextField

    model_config = example({"items": [_LINE], "next": None})


class RuleQuery(PageQuery):
    """Which rules."""

    kind: Literal["deadline", "term", "counter", "norm"] | None = Field(None, description="种类 · kind")


class SentenceBody(Schema):
    """A sentence in both languages."""

    zh: str
    en: str


class RuleBody(RuleLine):
    """A rule with its record as the rulebook holds it, and told in sentences."""

    record: dict[str, Any] = Field(description="完整记录 · the whole record: values, sources, checked_on")
    told: list[SentenceBody]

    model_config = example({**_LINE, "record": {"id": "RS-17"}, "told": [_SENTENCE]})


class MomentBody(Schema):
    """The end of a layer: last legal day, or for an hour clock only the instant."""

    due_on: date | None = None
    due_at: str | None = Field(None, description="到期时刻（不含） · exclusive end")


class BasisBody(Schema):
    """On what the answer stands."""

    source: str
    article: str | None
    zh: str
    en: str


class DueBody(Schema):
    """When a clock ends, how it was counted, on what it stands: as ``rule due --json`` prints it."""

    rule: str
    kind: str
    anchor: str
    statutory: MomentBody | None
    service: MomentBody | None
    provisional: bool
    steps: list[SentenceBody]
    basis: list[BasisBody]
    verified: bool
    standing: str

    model_config = example(_DUE)


class DueQuery(Taken):
    """From when, and what else matters."""

    from_: str = Field(
        alias="from",
        min_length=1,
        max_length=40,
        description="起算：2026-02-06 或 2026-02-06T15:00（北京时间） · start; a time without zone is Asia/Shanghai",
        examples=["2026-02-06"],
    )
    custody: bool = Field(False, description="涉及在押，不顺延 · a person is in custody: no roll")
    province: str = Field("", max_length=6, pattern=r"^([0-9]{6})?$", description="六位区划代码 · six-digit division")
    travel_days: int = Field(0, ge=0, le=366, description="路途日数，不计算在内 · days on the road, not counted")
    fact: list[str] = Field([], description="名称=值，选择变体，可重复 · name=value, may be repeated")

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


def _line(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "kind": rule.kind,
        "name_zh": rule.name_zh,
        "name_en": rule.name_en,
        "bearer": rule.bearer,
        "standing": rule.standing,
        "verified": rule.verified,
        "jurisdiction": rule.jurisdiction,
    }


@reads(router, "/rules", "rule:read", RulePage, summary="规则清单 · Rules")
def rules(request: ApiRequest, query: Query[RuleQuery]) -> RulePage:
    """现行规则，按规则库的次序 · The rules in force, in the order of the rulebook."""
    place = paging.after(request, query.cursor)
    found = [rule for rule in rule_packs.active_book().rules.values() if query.kind in (None, rule.kind)]
    if place:
        ids = [rule.id for rule in found]
        found = found[ids.index(place[0]) + 1 :] if place[0] in ids else []
    shown, following = paging.page(request, found[: query.limit + 1], query.limit, lambda rule: (rule.id,))
    return RulePage(items=[RuleLine(**_line(rule)) for rule in shown], next=following)


@reads(router, "/rules/{rule_id}", "rule:read", RuleBody, summary="一条规则 · One rule")
def rule(request: ApiRequest, rule_id: str) -> RuleBody | Problem:
    """一条规则：数值、出处、核对情况 · One rule with its dated values, its basis and whether it was verified."""
    book = rule_packs.active_book()
    found = book.rules.get(rule_id)
    if found is None:
        return Problem("not-found")
    told = [SentenceBody(zh=one.zh, en=one.en) for one in book.explain(rule_id)]
    return RuleBody(**_line(found), record=book.describe(rule_id), told=told)


@reads(router, "/rules/{rule_id}/due", "rule:read", DueBody, summary="算到期 · When a clock ends")
def due(request: ApiRequest, rule_id: str, query: Query[DueQuery]) -> DueBody | Problem:
    """从起算时刻算到期，写明怎样算、依据什么 · When the clock ends that starts then, how it was counted, and why."""
    book = rule_packs.active_book()
    if rule_id not in book.rules:
        return Problem("not-found")
    flags = [*query.fact, f"travel_days={query.travel_days}"]
    flags += ["custody"] if query.custody else []
    flags += [f"province={query.province}"] if query.province else []
    try:
        answer = ask_due(book, rule_id, query.from_, flags)
    except RefusalError as refusal:
        return Problem("rule-refused", zh=refusal.zh, en=refusal.en)
    except ValueError as error:
        zh, en = both_languages(error)
        remedy = ("请照接口说明填写后重发", "Fill it in as the description says and send it again")
        return Problem("invalid", zh=zh, en=en, faults=[Fault("from", zh, en, *remedy)])
    return DueBody.model_validate(answer.as_json())
