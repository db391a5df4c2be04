"""What this room holds about a person, for the personal copy; see ledger.holdings."""

from __future__ import annotations

import uuid
from types import SimpleNamespace

from django.db import connection

from guitu.ledger.holdings import TECHNICAL, TELL, TELL_POST, Holding, Row, TableCopy, copied, tell
from guitu.ledger.models import Erasure, Payload
from guitu.ledger.told import facts_told, is_secret
from guitu.rulebook.book import load_national


def _lines(person_id: uuid.UUID) -> list[Row]:
    """The lines about the person alone, as far as the acting session sees them: who else stands in a line is theirs."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT entry_id, act, at, canonical, subjects, post_id, purpose FROM ledger_lines_of(%s::uuid)"
            " ORDER BY at, entry_id",
            [person_id],
        )
        rows = cursor.fetchall()
    return [
        SimpleNamespace(
            entry_id=entry_id,
            act=act,
            canonical={"act": act, "at": at.isoformat(), **(facts_told(act, canonical) if len(subjects) == 1 else {})},
            post_id=post_id,
            purpose=purpose,
        )
        for entry_id, act, at, canonical, subjects, post_id, purpose in rows
        if not is_secret(act, canonical)
    ]


HOLDINGS = (
    Holding(
        Payload,
        {
            "entry_id": TELL,
            "salt": TECHNICAL,
            "canonical": tell(lambda row: load_national().acts[row.act].zh),
            "division": TECHNICAL,
            "subjects": TECHNICAL,
            "post_id": TELL_POST,
            "purpose": TELL,
        },
        rows=_lines,
    ),
    # The register, closed to pages, names only persons of whom nothing else is held any more.
    Holding(
        Erasure,
        {"id": TECHNICAL, "person_id": TECHNICAL, "ground": TECHNICAL, "approved_by": TECHNICAL, "at": TECHNICAL},
        rows=lambda _person_id: (),
    ),
)


def export(person_id: uuid.UUID) -> list[TableCopy]:
    """What this room holds about the person, table by table. In the open transaction of who may build the copy."""
    return copied(HOLDINGS, person_id)
