"""Passing an open matter from one sending unit to another, as when a prisoner was transferred."""

from __future__ import annotations

import uuid

from guitu.journeys.models import Clock, Journey


def change_sender(journey: Journey, *, to_unit_id: uuid.UUID) -> uuid.UUID:
    """Make `to_unit_id` the sending unit of a locked journey; returns the former one.

    What the former sender had in hand (the matter itself, its open clocks) passes with it; no clock begins anew. Inside
    the caller's transaction, which leaves the ledger's line and gives the former sender sight of what it did.
    """
    former = journey.sending_unit_id
    journey.sending_unit_id = to_unit_id
    if journey.duty_unit_id == former:
        journey.duty_unit_id = to_unit_id
    journey.save(update_fields=["sending_unit", "duty_unit"])
    Clock.objects.filter(journey=journey, duty_unit_id=former, done_at__isnull=True, voided_at__isnull=True).update(
        duty_unit_id=to_unit_id
    )
    return former
