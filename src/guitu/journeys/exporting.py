"""What this room holds about a person, for the personal copy; see ledger.holdings."""

from __future__ import annotations

import uuid

from guitu.journeys.models import Answer, Circumstance, Clock, Journey, Move
from guitu.ledger.holdings import (
    TECHNICAL,
    TELL,
    TELL_POST,
    TELL_UNIT,
    TOLD,
    Decision,
    Holding,
    Row,
    TableCopy,
    copied,
)

INQUIRING = frozenset({"verification_ask", "verification"})
"""Steps whose note tells what family, neighbours and village committee said when an office asked about the person."""


def _inquired(row: Row) -> bool:
    return row.step in INQUIRING


HOLDINGS = (
    Holding(
        Journey,
        {
            "id": TELL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "kind": TELL,
            "pack": TECHNICAL,
            "state": TELL,
            "duty_unit_id": TELL_UNIT,
            "first_desk_id": TELL_UNIT,
            "sending_unit_id": TELL_UNIT,
            "receiving_unit_id": TELL_UNIT,
            "local_unit_id": TELL_UNIT,
            "superior_unit_id": TELL_UNIT,
            "worker_post_id": TELL_POST,
            "definition": TECHNICAL,
            "release_on": TELL,
            "effective_on": TELL,
            "arrival_at": TELL,
            "agreed_on": TELL,
            "released_at": TELL,
            "release_type": TELL,
            "key_person": TELL,
            "key_grounds": TELL,
            "marks": TELL,
            "state_since": TELL,
            "opened_at": TELL,
            "ended_at": TELL,
            "due_at": TELL,
            "due_rule": TELL,
        },
    ),
    Holding(
        Clock,
        {
            "id": TECHNICAL,
            "journey_id": TELL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "rule": TELL,
            "state": TELL,
            "step": TELL,
            "round": TELL,
            "anchor_at": TELL,
            "statutory_on": TELL,
            "statutory_at": TELL,
            "service_on": TELL,
            "service_at": TELL,
            "due_at": TELL,
            "pack": TECHNICAL,
            "provisional": TELL,
            "duty_unit_id": TELL_UNIT,
            "started_at": TELL,
            "done_at": TELL,
            "voided_at": TELL,
            "void_reason": TELL,
        },
    ),
    Holding(
        Move,
        {
            "id": TECHNICAL,
            "journey_id": TELL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "from_state": TELL,
            "to_state": TELL,
            "code": TELL,
            "at": TELL,
            "post_id": TELL_POST,
            "unit_id": TELL_UNIT,
        },
    ),
    Holding(
        Answer,
        {
            "id": TECHNICAL,
            "journey_id": TELL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "step": TELL,
            "round": TELL,
            "outcome": TELL,
            "kind": TELL,
            "note": Decision(TOLD, "STATEMENTS", unless=_inquired),
            "at": TELL,
            "post_id": TELL_POST,
            "unit_id": TELL_UNIT,
            "corrects_id": TECHNICAL,
        },
    ),
    Holding(
        Circumstance,
        {
            "id": TECHNICAL,
            "journey_id": TELL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "mark": TELL,
            "source": TELL,
            "event_id": TECHNICAL,
            "at": TELL,
            "post_id": TELL_POST,
            "unit_id": TELL_UNIT,
            "ended_at": TELL,
            "ended_event_id": TECHNICAL,
        },
    ),
)


def export(person_id: uuid.UUID) -> list[TableCopy]:
    """What this room holds about the person, table by table. In the open transaction of who may build the copy."""
    return copied(HOLDINGS, person_id)
