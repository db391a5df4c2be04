"""The one open matter of a person: how every act on it begins, and how it is recorded."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import transaction

from guitu.journeys import operations as journeys
from guitu.journeys import queries as roads
from guitu.journeys.operations import Journey
from guitu.journeys.policy import MoveNotAllowed
from guitu.ledger.operations import record
from guitu.ledger.queries import is_recorded


def begin(act: str, person_id: uuid.UUID, event_id: uuid.UUID) -> Journey | None:
    """The person's open journey, locked for an act; None if this very event was recorded before: a retry is harmless.

    Inside the caller's transaction. Raises JourneyUnknown.
    """
    if is_recorded(act, event_id):
        return None
    journey = journeys.lock_of(person_id)
    # Whoever pressed at the same moment may have been first while we waited for the lock.
    return None if is_recorded(act, event_id) else journey


def record_matter(
    act: str,
    journey: Journey,
    *,
    event_id: uuid.UUID,
    at: datetime,
    other: uuid.UUID | None = None,
    **facts: str | bool | list[str],
) -> None:
    """Record an act on a locked journey; `other` is the unit on the other side."""
    record(
        act,
        subjects=[journey.person_id],
        division=journey.division,
        at=at,
        event_id=event_id,
        other_unit_id=other,
        **facts,
    )


def each_alone(waiting: Iterable[roads.Task], act: Callable[[Journey], None]) -> tuple[int, list[uuid.UUID]]:
    """Do what time brings about for each matter in a transaction of its own; how many were done, and which were not.

    One that cannot be done, or that somebody else is changing, does not hold up the others.
    """
    done, left = 0, []
    for task in waiting:
        try:
            with transaction.atomic():
                act(journeys.lock(task.journey_id))
            done += 1
        except (journeys.JourneyUnknown, journeys.StepNotOpen, MoveNotAllowed):
            left.append(task.journey_id)
    return done, left
