"""The rulebook as people read it: every rule with its text, its clocks, its source and whether that was verified."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import dual_changes, rule_packs
from guitu.access.dual_changes import ChangeRefused
from guitu.rulebook import RulebookError
from guitu.rulebook.book import Rulebook, load_national
from guitu.rulebook.citing import article_en, article_zh
from guitu.rulebook.packs import PackValue
from guitu.rulebook.records import Limit, Rule
from guitu.web import refusals
from guitu.web.clock import now
from guitu.web.form_fields import NotReadable, mark_of
from guitu.web.pages import page_number, paged
from guitu.web.permits import Request, reads, writes
from guitu.web.shell import english, frame, show

PAGE = 50


def _limit(limit: Limit | None) -> str:
    return "—" if limit is None else _length(limit.value, limit.unit)


def _length(value: int, unit: str) -> str:
    units = {
        "hour": _("小时"),
        "day": _("日"),
        "working_day": _("个工作日"),
        "half_month": _("个半月"),
        "month": _("个月"),
        "year": _("年"),
    }
    return f"{value}{' ' if english() else ''}{units[unit]}"


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
    """All rules by number, narrowed by words in id, name or text; a page at a time."""
    words, number = request.GET.get("q", "").strip(), page_number(request)
    found = [
        rule
        for rule in load_national().rules.values()
        if not words or words.lower() in f"{rule.id} {rule.name_zh} {rule.name_en} {rule.text_zh}".lower()
    ]
    shown = [_row(rule) for rule in found[(number - 1) * PAGE : number * PAGE]]
    page = frame(request, _("规则库"), current="rules")
    return show(
        request, "rules/list.html", page, rules=shown, words=words, **paged(number, len(found), {"q": words}, most=PAGE)
    )


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
    return show(
        request,
        "rules/rule.html",
        page,
        rule=row,
        values=values,
        basis=_basis(book, found),
        packs=_changes_of_packs(found.id),
    )


def _changed(value: PackValue, layer: str) -> str:
    """The limits that a pack sets in one layer, those of a variant with its name."""
    return " · ".join(
        _length(one.value, one.unit) + (f"（{one.variant}）" if one.variant else "")
        for one in value.changes
        if one.layer == layer
    )


def _changes_of_packs(rule_id: str) -> list[dict[str, Any]]:
    """What the packs that this installation has loaded say about a rule, the dated values one by one."""
    told = []
    for pack in rule_packs.active_book().packs:
        for own in pack.rules:
            if own.id != rule_id:
                continue
            told += [
                {
                    "pack": pack.en if english() else pack.zh,
                    "jurisdiction": own.jurisdiction,
                    "from": value.from_,
                    "to": value.to,
                    "statutory": _changed(value, "statutory"),
                    "service": _changed(value, "service"),
                }
                for value in own.values
            ]
    return told


@reads("rule:load")
def packs(request: Request) -> HttpResponse:
    """The packs that are loaded, and where a new one is proposed."""
    return _packs(request)


def _packs(request: Request, problems: tuple[str, ...] = (), status: int = 200) -> HttpResponse:
    listed = rule_packs.packs_listed()
    page = frame(request, _("规则包与放假年历"), current="packs", crumbs=((_("规则库"), reverse("rules")),))
    response = show(
        request,
        "rules/packs.html",
        page,
        packs=listed,
        standing=[pack for pack in listed if not pack.replaced],
        problems=[{"text": problem} for problem in problems],
        digest=rule_packs.active_book().sha256,
        words=request.POST.get("words", ""),
        mark=uuid.uuid4(),
    )
    response.status_code = status
    return response


@writes("rule:load")
def propose_pack(request: Request) -> HttpResponse:
    """Prove a pack and propose it; where it cannot be proved, say file, line and reason and store nothing."""
    upload = request.FILES.get("file")
    problems: tuple[str, ...]
    try:
        text = upload.read().decode("utf-8-sig") if upload else ""
        chosen = request.POST.get("replaces", "")
        if not text.strip():
            problems = (_("没有选文件，或文件是空的。"),)
        else:
            mark = mark_of(request)
            dual_changes.propose_pack(
                mark,
                name=upload.name if upload and upload.name else "",
                text=text,
                words=request.POST.get("words", ""),
                replaces=uuid.UUID(chosen) if chosen else None,
                at=now(),
            )
            return redirect("dual-change", change_id=mark)
    except UnicodeDecodeError:
        problems = (_("文件不是 UTF-8 文本。请另存为 UTF-8 后再传。"),)
    except NotReadable:
        raise
    except ValueError as error:
        problems = (_problem(error),)
    except RulebookError as error:
        problems = tuple(_problem(one) for one in (error.problems or (error,)))
    with transaction.atomic():
        return _packs(request, problems, status=422)


def _problem(error: Exception) -> str:
    if isinstance(error, rule_packs.PackLoadedAlready):
        return _("这份规则包已经装载过，没有重复装载。")
    if isinstance(error, rule_packs.PackNameTaken):
        return _("现行的另一份规则包用着这个文件名。请换一个文件名，或选择取代它。")
    if isinstance(error, ChangeRefused):
        return error.en if english() else error.zh
    if isinstance(error, RulebookError):
        return f"{error.file}:{error.line} {error.en if english() else error.zh}"
    return _("要取代的规则包不存在。")


def _basis(book: Rulebook, found: Rule) -> list[dict[str, str]]:
    return [
        {
            "source": book.sources[citation.source].en if english() else book.sources[citation.source].zh,
            "article": (article_en if english() else article_zh)(citation.article) if citation.article else "",
        }
        for citation in found.basis
    ]
