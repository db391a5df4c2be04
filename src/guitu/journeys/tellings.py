"""Whom a journey tells of what changes in it, in the transaction of the change."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from guitu.access.tree import desk
from guitu.notices.operations import Person, Telling, tell_all


def tell_release_day(
    person_id: uuid.UUID,
    *,
    journey_id: uuid.UUID,
    units: tuple[uuid.UUID | None, ...],
    former: date,
    release_on: date,
    at: datetime,
) -> None:
    """Tell both sides that the release day has moved, once for each change; a side not known yet is passed over."""
    facts = {"former": former.isoformat(), "release_on": release_on.isoformat()}
    tell_all(
        [
            Telling(desk(unit), "RELEASE_DAY_CHANGED", journey_id, facts, at.isoformat(), None, person_id)
            for unit in units
            if unit is not None
        ]
        + [Telling(Person(person_id), "OWN_RELEASE_DAY_CHANGED", journey_id, facts, at.isoformat())],
        at=at,
    )
