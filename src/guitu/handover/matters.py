"""The one open matter of a person, locked for an act."""

from __future__ import annotations

import uuid

from guitu.journeys import operations as journeys
from guitu.journeys import queries as roads
from guitu.journeys.operations import Journey


def locked_matter(person_id: uuid.UUID) -> Journey:
    """The person's open journey, its row locked until the transaction ends. Raises JourneyUnknown."""
    road = roads.road_of(person_id)
    if road is None:
        raise journeys.JourneyUnknown
    return journeys.lock(road.task.journey_id)
