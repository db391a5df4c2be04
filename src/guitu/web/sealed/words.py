"""What stands on the pages of sealed files: grounds with their articles, organs, states, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from guitu.access.rule_packs import active_book
from guitu.rights import sealed_queries
from guitu.rulebook.records import Source
from guitu.rulebook.sealing import Ground, SealingRules, sealing_rules
from guitu.web.shell import say


def ground(held: Mapping[str, Ground], code: str) -> dict[str, Any]:
    """A ground in words, its articles, and whether they have been compared with the full text."""
    found = held[code]
    sources = active_book().sources
    named = [_cited(sources[one.source], one.article) for one in found.basis]
    return {
        "words": say(found.words),
        "articles": _("、").join(named),
        "verified": found.verified,
    }


def _cited(source: Source, article: str | None) -> str:
    """A source and its article as an officer cites them; the name alone where no article is named."""
    name = say(source)
    return _("%(law)s第%(article)s条") % {"law": name, "article": article} if article else name


def grounds(held: Mapping[str, Ground]) -> list[dict[str, str]]:
    """Grounds to choose from."""
    return [
        {"value": code, "label": f"{told['words']}（{told['articles']}）"}
        for code in held
        for told in [ground(held, code)]
    ]


def organs(rules: SealingRules) -> list[dict[str, str]]:
    """Kinds of organs to choose from."""
    return [{"value": code, "label": organ(code)} for code in rules.organs]


def organ(code: str) -> str:
    """A kind of organ in words."""
    found = sealing_rules().organs[code]
    return say(found)


def state_words() -> dict[str, str]:
    """How a request stands."""
    return {
        sealed_queries.TO_DECIDE: _("待决定"),
        sealed_queries.OPEN: _("可以查看"),
        sealed_queries.ENDED: _("已结束"),
    }


def problem(reason: str) -> str:
    """What is wrong, and what to do."""
    rules = sealing_rules()
    return {
        "GROUND": _("请选能用在这里的依据。不符合法定情形的，不封存，也不查询。"),
        "ORGAN": _("请填写机关；按这个依据，这类机关无权申请。"),
        "NAME": _("请填写申请机关的名称"),
        "DOCUMENT": _("请填写文书的文号，至少%(least)d个字") % {"least": rules.document_min},
        "DAY": _("请填写决定日期，不能晚于今天"),
        "WORDS": _("请写清楚，至少%(least)d个字") % {"least": rules.words_min},
        "ITEMS": _("请选要查询的数据项；没有列出的，不会打开"),
        "NUMBER": _("请填写完整的证件号码"),
        "POST": _("请选由哪个岗位查看"),
        "UNKNOWN": _("本单位没有封存过这个号码的档案，不能登记。"),
        "IN_HAND": _("这个人还有事在办（帮教、受理的事、权利请求、身份核对或者紧急查阅的审查），办结以后才能封存。"),
        "NOT_OURS": _("这份档案不由本单位负责，或者已经封存、已经并入别的档案。"),
        "OPEN": _("已经有人提出更正，还没有决定。"),
        "SAME": _("这是您自己登记的，要由另一个人决定。"),
        "UNDECIDED": _("这件申请还没有决定，不能查看。"),
        "REFUSED": _("这件申请没有同意，不能查看。"),
        "ENDED": _("查看的期间已经过了；还要看的，请申请机关重新申请。"),
        "ITEM": _("只能查看申请书列出、并且同意了的数据项。"),
    }[reason]
