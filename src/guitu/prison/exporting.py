"""What this room holds about a person, for the personal copy; see ledger.holdings."""

from __future__ import annotations

import uuid

from guitu.ledger.holdings import (
    TECHNICAL,
    TELL,
    TELL_POST,
    TELL_UNIT,
    Decision,
    Holding,
    TableCopy,
    copied,
    opened,
)
from guitu.prison.assessing import sealed_as
from guitu.prison.models import Assessment


def _part(what: str, *, written: bool = False) -> Decision:
    return opened(lambda row: sealed_as(row.id, what), written=written)


HOLDINGS = (
    Holding(
        Assessment,
        {
            "id": TECHNICAL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "journey_id": TELL,
            "housing": TELL,
            "work": TELL,
            "documents": TELL,
            "family": TELL,
            "attitude": TELL,
            "health": _part("health"),
            "medication": _part("medication"),
            "grade": _part("grade"),
            "band_until": TELL,
            "pick_up": TELL,
            "reasons": _part("reasons", written=True),
            "advice": _part("advice", written=True),
            "statement": _part("statement"),
            "spoken_by": TELL,
            "key_grounds": TELL,
            "correction": _part("correction"),
            "supersedes_id": TECHNICAL,
            "number": TELL,
            "assessed_at": TELL,
            "assessed_by": TELL_POST,
            "unit_id": TELL_UNIT,
        },
        rows=lambda person_id: Assessment.objects.raw("SELECT * FROM prison_copied_assessments(%s::uuid)", [person_id]),
    ),
)


def export(person_id: uuid.UUID) -> list[TableCopy]:
    """What this room holds about the person, table by table. In the open transaction of who may build the copy."""
    return copied(HOLDINGS, person_id)
