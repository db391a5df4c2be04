"""Clocks as rows: writing them, and the one that a journey itself shows."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from guitu.access import queries as units
from guitu.journeys.models import Clock, Journey
from guitu.journeys.policy import ClockFace
from guitu.rulebook.divisions import province_code

_SHANGHAI = ZoneInfo("Asia/Shanghai")


def anchor_moment(anchor: date | datetime) -> datetime:
    """An anchor as an aware moment in UTC; a legal day begins at midnight in Asia/Shanghai."""
    if isinstance(anchor, datetime):
        return anchor.astimezone(UTC) if anchor.tzinfo else anchor.replace(tzinfo=_SHANGHAI).astimezone(UTC)
    return datetime.combine(anchor, time(), _SHANGHAI).astimezone(UTC)


def province_of(unit_ids: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The six-digit province code whose packs apply to each of these units; one query."""
    return {found.id: province_code(found.division) for found in units.units_named(unit_ids).values()}


def clock_row(journey: Journey, face: ClockFace, duty_unit_id: uuid.UUID, *, state: str, at: datetime) -> Clock:
    """The row of a clock that begins at `at` and that `duty_unit_id` has to keep; `state` is empty for a step's."""
    return Clock(
        journey=journey,
        person_id=journey.person_id,
        division=journey.division,
        rule=face.rule,
        state=state,
        step=face.step,
        round=face.round,
        anchor_at=anchor_moment(face.anchor),
        statutory_on=face.statutory_on,
        statutory_at=face.statutory_at,
        service_on=face.service_on,
        service_at=face.service_at,
        due_at=face.due_at,
        pack=face.pack,
        provisional=face.provisional,
        duty_unit_id=duty_unit_id,
        started_at=at,
    )


def set_due(journey: Journey, faces: Iterable[ClockFace]) -> None:
    """Show on the journey the first of its state's clocks."""
    first = min(faces, key=lambda face: face.due_at, default=None)
    journey.due_at = first.due_at if first else None
    journey.due_rule = first.rule if first else ""
