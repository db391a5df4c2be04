"""What this room holds about a person, for the personal copy; see ledger.holdings."""

from __future__ import annotations

import uuid

from guitu.evaluation.models import Contact, Finding, Matter
from guitu.ledger.holdings import TECHNICAL, TELL, TELL_POST, TELL_UNIT, Holding, TableCopy, copied, withheld

HOLDINGS = (
    Holding(
        Matter,
        {
            "id": TECHNICAL,
            "evaluation_id": TELL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "journey_id": TELL,
            # With the code one could look up what the evaluator found, which is told to nobody by name.
            "code": withheld("EVALUATION"),
            "county_id": TELL_UNIT,
            "recorded": TELL,
            "steps": TELL,
        },
    ),
    Holding(
        Finding,
        {
            "id": TECHNICAL,
            "matter_id": TECHNICAL,
            "event_id": TECHNICAL,
            "question": withheld("EVALUATION"),
            "verdict": withheld("EVALUATION"),
            "note": withheld("EVALUATION"),
            "at": withheld("EVALUATION"),
            "post_id": TECHNICAL,
        },
        # Nobody who knows whom they are about reads findings: the code of a sample is joined to no person.
        closed="EVALUATION",
    ),
    Holding(
        Contact,
        {
            "id": TECHNICAL,
            "matter_id": TECHNICAL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "code": withheld("EVALUATION"),
            "evaluator_id": TELL_UNIT,
            "duty_unit_id": TELL_UNIT,
            "asked_at": TELL,
            "asked_by": TECHNICAL,
            "answer": TELL,
            "way": TELL,
            "meet_at": TELL,
            "answered_at": TELL,
            "answered_by": TELL_POST,
        },
    ),
)


def export(person_id: uuid.UUID) -> list[TableCopy]:
    """What this room holds about the person, table by table. In the open transaction of who may build the copy."""
    return copied(HOLDINGS, person_id)
