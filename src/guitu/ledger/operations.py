"""The one verb of the ledger: `record`. What it writes cannot be changed by the application."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

Fact = str | int | bool | None | date | datetime | Decimal | uuid.UUID


def canonical(facts: Mapping[str, Fact | list[str]]) -> str:
    """`facts` as canonical JSON: keys sorted, no spaces, UTF-8; dates ISO 8601; the text the commitment covers."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_as_text)


def _as_text(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, uuid.UUID | Decimal):
        return str(value)
    raise TypeError(f"a fact of the ledger cannot be a {type(value).__name__}")


@dataclass(frozen=True)
class Act:
    """One event to be recorded: its id, whom it concerns, the responsible division, and the facts of the moment."""

    event_id: uuid.UUID
    subjects: tuple[uuid.UUID, ...]
    division: str
    facts: Mapping[str, Fact | list[str]]


def record_many(act: str, events: Sequence[Act], *, at: datetime, other_unit_id: uuid.UUID | None = None) -> None:
    """Append one entry per event in one statement, in the current transaction.

    `act` is ``room:thing:happened`` with a sentence in the rulebook; `at` an aware moment. The acting post and purpose
    are taken by the database from the acting session. Raises DatabaseError GU001 without one: the act does not happen.
    """
    if not events:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_append(%s::text, %s::uuid[], %s::timestamptz, %s::text[], %s::text[], %s::uuid, %s::text[])",
            [
                act,
                [event.event_id for event in events],
                at,
                [",".join(str(subject) for subject in event.subjects) for event in events],
                [event.division for event in events],
                other_unit_id,
                [canonical(event.facts) for event in events],
            ],
        )


def record(
    act: str,
    *,
    subjects: Iterable[uuid.UUID],
    division: str,
    at: datetime,
    event_id: uuid.UUID,
    other_unit_id: uuid.UUID | None = None,
    **facts: Fact | list[str],
) -> None:
    """Append one act: `record_many` of one."""
    record_many(act, [Act(event_id, tuple(subjects), division, facts)], at=at, other_unit_id=other_unit_id)


def record_at_machine(act: str, *, event_id: uuid.UUID, at: datetime, **facts: Fact) -> None:
    """Append one act of the machine's own verbs, where nobody acts in a post: as guitu_owner, about no person."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_keep(%s::text, %s::uuid, %s::timestamptz, NULL, NULL, NULL, '', '{}', %s::jsonb)",
            [act, event_id, at, canonical(facts)],
        )
