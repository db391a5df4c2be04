"""What this room holds about a person, for the personal copy; see ledger.holdings."""

from __future__ import annotations

import uuid

from guitu.ledger.holdings import TECHNICAL, TELL, TELL_POST, TELL_UNIT, Holding, TableCopy, copied
from guitu.notices.models import Notice, Reading

HOLDINGS = (
    Holding(
        Notice,
        {
            "id": TECHNICAL,
            "code": TELL,
            "subject_id": TECHNICAL,
            "key": TECHNICAL,
            "step": TELL,
            "unit_id": TELL_UNIT,
            "roles": TELL,
            "post_id": TELL_POST,
            "to_person": TELL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "told_division": TECHNICAL,
            "facts": TELL,
            "at": TELL,
            "dispatched_at": TELL,
        },
    ),
    Holding(
        Reading,
        {"id": TECHNICAL, "notice_id": TECHNICAL, "post_id": TELL_POST, "at": TELL},
        of_person="notice__person_id",
    ),
)


def export(person_id: uuid.UUID) -> list[TableCopy]:
    """What this room holds about the person, table by table. In the open transaction of who may build the copy."""
    return copied(HOLDINGS, person_id)
