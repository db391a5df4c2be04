"""A breach of personal data that is told late, to the authority or to the persons: up the ladder of its rule (G-20).

Those above see the same page; the notice makes sure that somebody looks. It names no person: whom a breach concerns no
office knows (docs/adr/0047).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction

from guitu.access.rule_packs import active_book
from guitu.access.tree import Tree, tree_above
from guitu.journeys.ladder import rungs
from guitu.notices.operations import Telling, tell_all
from guitu.rulebook.book import Rulebook
from guitu.rulebook.breach import breach_rules


def tell_late_breaches(*, at: datetime) -> int:
    """Tell of breaches whose authority is not told, or about whose persons nobody has decided, past their moment.

    Each step of each ladder once; how many notices were new. Run by the tick.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM rights_breaches_open()")
        waiting = cursor.fetchall()
        if not waiting:
            return 0
        book = active_book()
        tree = tree_above({row[1] for row in waiting}, at=at)
        tellings = [one for row in waiting for one in _reached(_Open(*row), book, tree, at=at)]
        return tell_all(tellings, at=at)


class _Open(NamedTuple):
    """A breach of which something is still due; an end is None where that was done. Ends are exclusive."""

    id: uuid.UUID
    unit_id: uuid.UUID
    number: str
    noticed_at: datetime
    authority_due_at: datetime | None
    persons_due_at: datetime | None


def _reached(one: _Open, book: Rulebook, tree: Tree, *, at: datetime) -> Iterator[Telling]:
    """What is told of both clocks of a breach, as far as they climbed."""
    rules = breach_rules()
    for code, rule, due_at in (
        ("BREACH_AUTHORITY_LATE", rules.authority_rule, one.authority_due_at),
        ("BREACH_DECISION_LATE", rules.persons_rule, one.persons_due_at),
    ):
        if due_at is None:
            continue
        for rung in rungs(book, rule, anchor_at=one.noticed_at, due_at=due_at, at=at):
            if rung.from_at <= at:
                facts = {"unit": str(one.unit_id), "number": one.number, "due_at": due_at.isoformat()}
                facts |= {"step": str(rung.number), "office": rung.office}
                yield Telling(tree.bearer(rung.office, one.unit_id), code, one.id, facts, str(rung.number))
