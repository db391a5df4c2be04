"""The decision table as people read it: who, for what, sees what of whom, line by line with its legal basis."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access.roles import MACHINES, PURPOSES, ROLES
from guitu.rulebook.book import load_national
from guitu.rulebook.catalogues import LEVELS
from guitu.rulebook.citing import article_en, article_zh
from guitu.rulebook.decision_table import DecisionTable, TableLine, decision_table
from guitu.rulebook.records import Sentence
from guitu.web.pages import page_number, paged
from guitu.web.permits import Request, reads
from guitu.web.shell import english, frame, say, show

PAGE = 25


@reads("rule:read")
def decisions(request: Request) -> HttpResponse:
    """The lines of the table, narrowed by role, purpose and class or item; a page at a time."""
    table, number = decision_table(), page_number(request)
    asked = {key: request.GET.get(key, "") for key in ("role", "purpose", "what")}
    found = sorted((line for line in table.lines if _is_asked(line, asked, table)), key=lambda line: line.id)
    shown = [_row(line, table) for line in found[(number - 1) * PAGE : number * PAGE]]
    page = frame(request, _("决定表"), current="decisions", crumbs=((_("规则库"), reverse("rules")),))
    return show(
        request,
        "rules/decisions.html",
        page,
        lines=shown,
        asked=asked,
        **_choices(),
        **paged(number, len(found), asked, most=PAGE),
    )


def _is_asked(line: TableLine, asked: dict[str, str], table: DecisionTable) -> bool:
    """Whether a line meets the conditions: an item is met by its level too, a level by every item of it."""
    what = asked["what"]
    whole = {what, table.levels.get(what, what), *(item for item, level in table.levels.items() if level == what)}
    return (
        asked["role"] in {"", *line.roles}
        and asked["purpose"] in {"", *line.purposes}
        and (not what or bool(whole & {*line.items, *line.levels}))
    )


def _choices() -> dict[str, list[dict[str, str]]]:
    every = {"value": "", "label": _("全部")}
    items = load_national().items
    sights = decision_table().sights
    purposes = dict.fromkeys(purpose for sight in sights.values() for purpose in sight.purposes)
    return {
        "roles": [every, *({"value": code, "label": _role(code)} for code in sights)],
        "purposes": [every, *({"value": code, "label": say(PURPOSES[code])} for code in purposes)],
        "whats": [
            every,
            *({"value": level, "label": _level(level)} for level in LEVELS),
            *({"value": code, "label": _one(Sentence(item.zh, item.en))} for code, item in items.items()),
        ],
    }


def _one(word: Sentence) -> str:
    return word.en if english() else word.zh


def _role(code: str) -> str:
    held = {**ROLES, **{machine.code: machine for machine in MACHINES}}
    return say(held[code].word)


def _level(code: str) -> str:
    word = load_national().code_table("data_level").code(code)
    return f"{code} {word.en if english() else word.zh}"


def _words(codes: Iterable[str], words: dict[str, Sentence]) -> list[str]:
    return [_one(words[code]) for code in codes]


def _row(line: TableLine, table: DecisionTable) -> dict[str, Any]:
    book = load_national()
    items = {code: Sentence(item.zh, item.en) for code, item in book.items.items()}
    mask = f"{_('：')}{_one(table.words['masks'][line.mask])}" if line.mask else ""
    return {
        "id": line.id,
        "words": _one(line.word),
        "roles": [_role(code) for code in line.roles],
        "purposes": [say(PURPOSES[code]) for code in line.purposes],
        "relations": _words(line.relations, dict(table.words["relations"])),
        "states": _words(line.states, dict(table.words["states"])),
        "what": [_level(code) for code in line.levels] or _words(line.items, items),
        "effect": _one(table.words["effects"][line.effect]) + mask,
        "basis": [
            f"{_one(Sentence(book.sources[one.source].zh, book.sources[one.source].en))} "
            f"{(article_en if english() else article_zh)(one.article or '')}"
            for one in line.basis
        ],
        "retention": _one(table.words["retentions"][line.retention]),
        "from": line.from_,
        "to": line.to,
        "checked_on": line.checked_on,
    }
