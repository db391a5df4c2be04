"""What this room holds about a person, for the personal copy; see ledger.holdings."""

from __future__ import annotations

import uuid

from guitu.exchange.models import Letter, Parcel, Receipt, Reply
from guitu.ledger.holdings import (
    TECHNICAL,
    TELL,
    TELL_POST,
    TELL_UNIT,
    TELL_WRITTEN,
    Holding,
    TableCopy,
    copied,
    opened,
    withheld,
)

HOLDINGS = (
    Holding(
        Parcel,
        {
            "id": TECHNICAL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "journey_id": TELL,
            "kind": TELL,
            "number": TELL,
            "sender_id": TELL_UNIT,
            "receiver_id": TELL_UNIT,
            "body": opened(lambda row: f"parcel:{row.id}"),
            "digest": TELL,
            "seal": TECHNICAL,
            "sent_at": TELL,
            "answered_at": TELL,
        },
    ),
    Holding(
        Receipt,
        {
            "id": TECHNICAL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "parcel_id": TECHNICAL,
            "number": TELL,
            "outcome": TELL,
            "ground": TELL,
            "remark": TELL_WRITTEN,
            "post_id": TELL_POST,
            "at": TELL,
            "signature": TECHNICAL,
        },
    ),
    Holding(
        Letter,
        {
            "id": TECHNICAL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "journey_id": TELL,
            "kind": TELL,
            "step": TELL,
            "number": TELL,
            "sender_id": TELL_UNIT,
            "sent_by": TELL_POST,
            "receiver_id": TELL_UNIT,
            "addressee": TECHNICAL,
            "body": opened(lambda row: f"letter:{row.id}", written=True),
            "digest": TELL,
            "seal": TECHNICAL,
            "closes": TELL,
            "sent_at": TELL,
            "due_at": TELL,
            "due_rule": TELL,
            "late_told_at": TELL,
        },
    ),
    Holding(
        Reply,
        {
            "id": TECHNICAL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "letter_id": TECHNICAL,
            "addressee": TECHNICAL,
            "number": TELL,
            "outcome": TELL,
            "answer": TELL,
            "day": TELL,
            # What another organ or a guardian wrote in their own words.
            "words": withheld("STATEMENTS"),
            "post_id": TECHNICAL,
            "at": TELL,
            "signature": TECHNICAL,
            "due_at": TELL,
            "due_rule": TELL,
        },
    ),
)


def export(person_id: uuid.UUID) -> list[TableCopy]:
    """What this room holds about the person, table by table. In the open transaction of who may build the copy."""
    return copied(HOLDINGS, person_id)
