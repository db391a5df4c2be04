"""Writing values of the core items, set-wise: all rows of a call travel as one parameter of one statement."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection

from guitu.access.acting import actor
from guitu.ledger import keys
from guitu.people.models import Fact
from guitu.rulebook.book import load_national

_LEGAL_ZONE = ZoneInfo("Asia/Shanghai")
_BATCH = 10_000
_INSERT = """
INSERT INTO people_fact (id, person_id, division, item, value, sealed_value, source, collected_at, collected_by,
  purpose, review_on, from_at)
SELECT gen_random_uuid(), g.p, g.d, g.i, g.v, g.s, g.o, %s::timestamptz, %s::uuid, %s::text, g.r, %s::timestamptz
  FROM json_to_recordset(%s::json) AS g(p uuid, d text, i text, v text, s bytea, o text, r date)
"""
_COMPARED = "SELECT * FROM people_facts_compared(%s::uuid[], %s::timestamptz)"
_END = """
UPDATE people_fact f SET to_at = %s::timestamptz FROM json_to_recordset(%s::json) AS g(p uuid, i text)
 WHERE f.person_id = g.p AND f.item = g.i AND f.to_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class NewFact:
    """A value to be written: whose (with the responsible unit's division), which item, and where it comes from."""

    person_id: uuid.UUID
    division: str
    item: str
    value: str
    source: str


def sensitive_items() -> frozenset[str]:
    """Codes of the core items of level L4, which are stored encrypted."""
    return frozenset(code for code, item in load_national().items.items() if item.level == "L4")


def item_key(person_id: uuid.UUID, item: str) -> str:
    """What an encrypted value is bound to: this person and this item."""
    return f"{person_id}:{item}"


def clear(person_id: uuid.UUID, item: str, value: str, sealed: bytes | memoryview | None) -> str:
    """A value as the database gives it out, in the clear."""
    return value if sealed is None else keys.decrypt(sealed, belongs_to=item_key(person_id, item))


def facts_compared(person_ids: Iterable[uuid.UUID], *, ended: datetime | None = None) -> list[Fact]:
    """The present core items of these persons in the clear, or those that ended at a moment; L4 stays encrypted.

    For work that compares or takes over values and has asked and traced before; the database refuses any other.
    """
    return list(Fact.objects.raw(_COMPARED, [list(person_ids), ended]))


def write_facts(news: Sequence[NewFact], *, at: datetime) -> None:
    """Write the values, collected at `at` by the acting post for its purpose; the rulebook says when to review them.

    L4 values are stored encrypted only. The caller has ended what they replace; inside the caller's transaction.
    """
    acting, sensitive, collected_on = actor(), sensitive_items(), at.astimezone(_LEGAL_ZONE).date()
    reviews = {code: item.review_on(collected_on) for code, item in load_national().items.items()}
    rows = []
    for new in news:
        row: dict[str, str] = {"p": str(new.person_id), "d": new.division, "i": new.item, "o": new.source}
        if new.item in sensitive:
            row["v"] = ""
            row["s"] = "\\x" + keys.encrypt(new.value, belongs_to=item_key(new.person_id, new.item)).hex()
        else:
            row["v"] = new.value
        review = reviews[new.item]
        if review is not None:
            row["r"] = review.isoformat()
        rows.append(row)
    with connection.cursor() as cursor:
        for first in range(0, len(rows), _BATCH):
            text = json.dumps(rows[first : first + _BATCH], ensure_ascii=False, separators=(",", ":"))
            cursor.execute(_INSERT, [at, acting.session.post_id, acting.purpose, at, text])


def end_facts(ended: Iterable[tuple[uuid.UUID, str]], *, at: datetime) -> None:
    """End the present values of these persons' items at `at`; they stay as history."""
    rows = [{"p": str(person_id), "i": item} for person_id, item in ended]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_END, [at, json.dumps(rows)])
