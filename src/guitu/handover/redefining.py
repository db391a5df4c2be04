"""Moving running journeys to the definition in force: by whoever answers for them, with the reason in words."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from guitu.access import operations as access
from guitu.access.acting import actor
from guitu.handover.matters import begin
from guitu.journeys import operations as journeys
from guitu.journeys.policy import MoveNotAllowed
from guitu.ledger.operations import record
from guitu.people import queries as persons

MOST = 100
"""How many journeys one act moves; more are moved by the next."""


class ReasonMissing(ValueError):
    """Why journeys are moved has to be said."""


def move_to_definition(
    person_ids: Sequence[uuid.UUID], *, reason: str, event_id: uuid.UUID, at: datetime
) -> tuple[int, int]:
    """Move the open journeys of these persons (at most `MOST`) to the definition in force; how many, and how many not.

    Each by itself: one that the new definition cannot hold stays where it is and stops no other. The acting unit must
    be the responsible one. The record says from which text to which, and what became of the clocks. A repeated
    `event_id` changes nothing. Raises NotAllowed, PersonUnknown, ReasonMissing.
    """
    wanted = list(dict.fromkeys(person_ids))[:MOST]
    access.require("definition:change", wanted)
    if not reason.strip():
        raise ReasonMissing
    moved = 0
    for person_id in wanted:
        try:
            with transaction.atomic():
                moved += _move(person_id, reason.strip(), uuid.uuid5(event_id, str(person_id)), at=at)
        except (MoveNotAllowed, journeys.JourneyUnknown):
            continue
    return moved, len(wanted) - moved


def _move(person_id: uuid.UUID, reason: str, event_id: uuid.UUID, *, at: datetime) -> bool:
    journey = begin("journeys:definition:changed", person_id, event_id)
    if journey is None:
        return True
    if persons.file_of(person_id).responsible_unit_id != actor().session.unit_id:
        raise MoveNotAllowed("只有责任单位可以移动", "Only the responsible unit moves a journey")
    done = journeys.redefine(journey, at=at)
    if done is None:
        return False
    record(
        "journeys:definition:changed",
        subjects=[person_id],
        division=journey.division,
        at=at,
        event_id=event_id,
        other_unit_id=journey.receiving_unit_id,
        former=done.former,
        present=done.present,
        kept=done.kept,
        recounted=done.recounted,
        ended=done.ended,
        begun=done.begun,
        source=reason,
    )
    return True
