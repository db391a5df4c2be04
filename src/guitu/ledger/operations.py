"""The one verb of the ledger: `record`. What it writes cannot be changed by the application."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

Fact = str | int | bool | None | date | datetime | Decimal | uuid.UUID


def canonical(facts: dict[str, Fact | list[str]]) -> str:
    """`facts` as canonical JSON: keys sorted, no spaces, UTF-8; dates ISO 8601; the text the commitment covers."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_as_text)


def _as_text(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, uuid.UUID | Decimal):
        return str(value)
    raise TypeError(f"a fact of the ledger cannot be a {type(value).__name__}")


def record(
    act: str,
    *,
    subjects: Iterable[uuid.UUID],
    division: str,
    at: datetime,
    event_id: uuid.UUID,
    other_unit_id: uuid.UUID | None = None,
    **facts: Fact | list[str],
) -> uuid.UUID:
    """Append one act to the ledger in the current transaction and return the entry's id.

    `act` is ``room:thing:happened`` with a sentence in the rulebook; `at` an aware moment (UTC is stored). The acting post
    and purpose are taken by the database from the acting session, never from the caller. Raises DatabaseError GU001 without
    an acting session: then the act itself does not happen.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_append(%s::text, %s::uuid, %s::timestamptz, %s::uuid[], %s::text, %s::uuid, %s::text)",
            [act, event_id, at, list(subjects), division, other_unit_id, canonical(facts)],
        )
        entry: uuid.UUID = cursor.fetchone()[0]
    return entry
