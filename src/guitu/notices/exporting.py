"""What this room holds about a person, for the personal copy; see ledger.holdings."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from guitu.access.exporting import glasses_held_back
from guitu.ledger.holdings import TECHNICAL, TELL, TELL_POST, TELL_UNIT, Holding, TableCopy, copied
from guitu.notices.models import Notice, Reading

WITHHELD_FACTS = {"EVALUATION_CONTACT_ASKED": "code", "EVALUATION_CONTACT_ANSWERED": "code"}
"""What a notice repeats of a column that its room withholds (evaluation_contact.code)."""


def _told(person_id: uuid.UUID) -> QuerySet[Notice]:
    """Notices that concern the person, but for those of looks that are held back from them now."""
    return (
        Notice.objects.filter(person_id=person_id).exclude(subject_id__in=glasses_held_back(person_id)).order_by("pk")
    )


def _notices(person_id: uuid.UUID) -> list[Notice]:
    rows = list(_told(person_id))
    for row in rows:
        row.facts = {key: value for key, value in row.facts.items() if key != WITHHELD_FACTS.get(row.code)}
    return rows


def _readings(person_id: uuid.UUID) -> QuerySet[Reading]:
    return Reading.objects.filter(notice__in=_told(person_id)).order_by("pk")


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
        rows=_notices,
    ),
    Holding(
        Reading,
        {"id": TECHNICAL, "notice_id": TECHNICAL, "post_id": TELL_POST, "at": TELL},
        rows=_readings,
    ),
)


def export(person_id: uuid.UUID) -> list[TableCopy]:
    """What this room holds about the person, table by table. In the open transaction of who may build the copy."""
    return copied(HOLDINGS, person_id)
