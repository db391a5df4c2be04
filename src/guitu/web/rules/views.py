"""The rulebook as people read it: every rule with its text, its clocks, its source and whether that was verified."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.rulebook.book import Rulebook, load_national
from guitu.rulebook.citing import article_en, article_zh
from guitu.rulebook.records import Limit, Rule
from guitu.web import refusals
from guitu.web.permits import Request, reads
from guitu.web.shell import english, frame, show


def _limit(limit: Limit | None) -> str:
    if limit is None:
        return "—"
    units = {
        "hour": _("小时"),
        "day": _("日"),
        "working_day": _("个工作日"),
        "half_month": _("个半月"),
        "month": _("个月"),
        "year": _("年"),
    }
    return f"{limit.value}{' ' if english() else ''}{units[limit.unit]}"


def _row(rule: Rule) -> dict[str, Any]:
    kinds = {"deadline": _("期限"), "term": _("期间"), "counter": _("计数"), "norm": _("规范")}
    return {
        "id": rule.id,
        "name": rule.name_en if english() else rule.name_zh,
        "text": rule.text_en if english() else rule.text_zh,
        "kind": kinds[rule.kind],
        "url": reverse("rule", args=[rule.id]),
        "verified": rule.verified,
        "evidence": rule.evidence,
        "standing": rule.standing,
        "checked_on": rule.checked_on,
    }


@reads("rule:read")
def rules(request: Request) -> HttpResponse:
    """All rules, narrowed by words in id, name or text."""
    words = request.GET.get("q", "").strip()
    book = load_national()
    found = [
        _row(rule)
        for rule in book.rules.values()
        if not words or words.lower() in f"{rule.id} {rule.name_zh} {rule.name_en} {rule.text_zh}".lower()
    ]
    page = frame(request, _("规则库"), current="rules")
    return show(request, "rules/list.html", page, rules=found, words=words, count=len(book.rules))


@reads("rule:read")
def rule(request: Request, rule_id: str) -> HttpResponse:
    """One rule with its dated values and its basis."""
    book = load_national()
    found = book.rules.get(rule_id)
    if found is None:
        return refusals.not_found(request)
    row = _row(found)
    page = frame(request, f"{found.id} {row['name']}", current="rules", crumbs=((_("规则库"), reverse("rules")),))
    values = [
        {
            "from": value.from_,
            "to": value.to,
            "statutory": _limit(value.statutory),
            "service": _limit(value.service),
            "variants": [
                {"id": variant.id, "statutory": _limit(variant.statutory), "service": _limit(variant.service)}
                for variant in value.variants
            ],
        }
        for value in found.values
    ]
    return show(request, "rules/rule.html", page, rule=row, values=values, basis=_basis(book, found))


def _basis(book: Rulebook, found: Rule) -> list[dict[str, str]]:
    return [
        {
            "source": book.sources[citation.source].en if english() else book.sources[citation.source].zh,
            "article": (article_en if english() else article_zh)(citation.article) if citation.article else "",
        }
        for citation in found.basis
    ]
