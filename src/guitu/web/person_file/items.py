"""The thirty core items on a person's file: value or cover, source, who collected it and why, when to review it."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access.deciding import sight_of
from guitu.access.roles import PURPOSES, ROLES
from guitu.people import queries as persons
from guitu.people.recording import HEAD
from guitu.rulebook.book import load_national
from guitu.rulebook.catalogues import Item
from guitu.rulebook.masking import COVER
from guitu.web import queue_rows
from guitu.web.clock import now
from guitu.web.permits import Request
from guitu.web.places import division_words
from guitu.web.shell import english, say
from guitu.web.templatetags.guitu_words import LEGAL_ZONE

_STATES = {"allow": "known", "mask": "partly", "reveal": "masked", "two_persons": "two", "deny": "closed"}
"""How a value stands on the page, by the effect of the decision table."""


def item_name(item: Item) -> str:
    """The name of an item in the reader's language."""
    return item.en if english() else item.zh


def head_in_hand(request: Request, file: persons.PersonFile) -> bool:
    """Whether the acting post corrects the head of a file: one in its range, or shown to it for a matter of its own.

    As the database judges it (access/sql/responsibility.sql), so that nobody is offered a form that is refused.
    """
    session, standing = request.acting_session, sight_of([file.id]).standings.get(file.id)
    shared = standing is not None and standing.relation in {"assigned", "receiver"}
    return shared or session.low <= file.division < session.high


def shown(
    request: Request,
    file: persons.PersonFile,
    opened: tuple[str, str] | None,
    posts: dict[uuid.UUID, tuple[str, str]],
) -> list[dict[str, Any]]:
    """All items: first those whose review is overdue, then the held ones in their order, then what is not held yet.

    Each as the decision table lets it be seen, but for the one that was `opened` (code and value). `posts` names the
    collectors. Of an item that is not to be seen nothing is told, not even whether it is held.
    """
    book, today = load_national(), now().astimezone(LEGAL_ZONE).date()
    may, sight = ROLES[request.acting_session.role].may, sight_of([file.id])
    corrects_head = "item:record" in may and head_in_hand(request, file)
    overdue: list[dict[str, Any]] = []
    held: list[dict[str, Any]] = []
    lacking: list[dict[str, Any]] = []
    for code, item in book.items.items():
        row: dict[str, Any] = {"code": code, "name": item_name(item), "level": item.level}
        if item.by_hand and "item:record" in may and (corrects_head or code not in HEAD):
            row["record_url"] = reverse("item-record", args=[file.id, code])
        fact = file.items.get(code)
        row["held"] = fact is not None
        if sight.of(file.id, code).effect == "deny":
            held.append(row | {"state": "closed"})
            continue
        if fact is None:
            lacking.append(row | {"state": "missing"})
            continue
        row |= told(item, fact, posts)
        row["history_url"] = reverse("item-history", args=[file.id, code]) if code in file.with_history else ""
        if opened and opened[0] == code:
            row |= {"state": "open", "value": readable(item, opened[1])}
        elif row["state"] == "masked" and "person:reveal" in may:
            row["url"] = reverse("reveal", args=[file.id, code])
        row["overdue"] = fact.review_on is not None and fact.review_on <= today
        (overdue if row["overdue"] else held).append(row)
    return [*overdue, *held, *lacking]


def told(item: Item, fact: persons.FactView, posts: dict[uuid.UUID, tuple[str, str]]) -> dict[str, Any]:
    """What is told of one value: itself or its cover, source, collector, purpose, days."""
    holder, title = posts.get(fact.collected_by, ("", ""))
    return {
        "state": _STATES[fact.effect],
        "value": readable(item, fact.value) if fact.value is not None else COVER,
        "source": fact.source,
        "on": fact.collected_at,
        "by": " · ".join(part for part in (holder, title) if part),
        "purpose": say(PURPOSES[fact.purpose]) if fact.purpose in PURPOSES else fact.purpose,
        "review_on": fact.review_on,
        "from_at": fact.from_at,
        "to_at": fact.to_at,
    }


def readable(item: Item, value: str) -> str:
    """A stored value in words: parts with their names, codes by their tables, divisions by their names."""
    if item.parts and value.startswith("{"):
        kept = json.loads(value)
        return _("；").join(
            f"{part.en if english() else part.zh} {_part_words(part.kind, kept[part.id])}"
            for part in item.parts
            if kept.get(part.id)
        )
    if item.code_table is not None and item.type == "code":
        return queue_rows.code_word(item.code_table, value)
    return value


def _part_words(kind: str, value: str) -> str:
    return division_words(value) if kind == "division" else value
