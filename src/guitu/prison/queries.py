"""Reads of the prison platform: the assessments of one road, opened."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import date, datetime

from guitu.journeys import queries as roads
from guitu.ledger import keys
from guitu.prison.assessing import sealed_as
from guitu.prison.models import Assessment
from guitu.prison.needs import Findings

SHOWN = ("employment", "family_support", "health_needs", "living_needs", "name", "prison_grade")
"""The L3 and L4 items that an assessment shows: it opens where the decision table gives the post all of them, and they
stand in the trace line of whoever reads it."""


@dataclass(frozen=True)
class GradeView:
    """The prison's grade as it was held: its code, who assessed it, when; the band it led to, provisional until."""

    value: str
    source: str
    on: date
    band: str
    until: date


@dataclass(frozen=True)
class AssessmentView:
    """A report of an assessment, opened. ``grade`` is None where nothing was assessed, which is never low."""

    id: uuid.UUID
    found: Findings
    grade: GradeView | None
    number: str
    assessed_at: datetime
    assessed_by: uuid.UUID
    unit_id: uuid.UUID
    supersedes: uuid.UUID | None


def assessments_of(journey_id: uuid.UUID) -> list[AssessmentView]:
    """The assessments of one journey, the one that stands first, then what it superseded.

    The caller has asked and traced the look with `items_in_assessment`: without that line the database gives no word
    of them (DatabaseError GU025).
    """
    rows = Assessment.objects.raw("SELECT * FROM prison_assessments_opened(%s::uuid)", [journey_id])
    return [_view(row) for row in rows]


@dataclass(frozen=True)
class ReportLine:
    """A report as a list names it: its number and moment, nothing of what it holds."""

    number: str
    at: datetime


def assessments_listed(journey_id: uuid.UUID) -> list[ReportLine]:
    """The reports of one journey by number, the one that stands first; nothing is opened."""
    rows = Assessment.objects.filter(journey_id=journey_id).order_by("-assessed_at")
    return [ReportLine(number, at) for number, at in rows.values_list("number", "assessed_at")]


def items_in_assessment(person_id: uuid.UUID) -> tuple[str, ...]:
    """The items above L2 that the person's standing assessment shows; none where there is no assessment."""
    road = roads.road_of(person_id, named="")
    made = road is not None and Assessment.objects.filter(journey_id=road.task.journey_id).exists()
    return SHOWN if made else ()


def _view(row: Assessment) -> AssessmentView:
    def opened(what: str) -> str:
        return keys.decrypt(getattr(row, what), belongs_to=sealed_as(row.id, what))

    grade = None
    if row.grade is not None and row.band_until is not None:
        kept = json.loads(opened("grade"))
        grade = GradeView(kept["value"], kept["source"], date.fromisoformat(kept["on"]), kept["band"], row.band_until)
    found = Findings(
        housing=row.housing,
        work=row.work,
        documents=row.documents,
        health=opened("health"),
        medication=opened("medication"),
        family=row.family,
        attitude=row.attitude,
        pick_up=row.pick_up,
        reasons=opened("reasons"),
        advice=opened("advice"),
        statement=opened("statement"),
        spoken_by=row.spoken_by,
        correction=opened("correction"),
        key=tuple(row.key_grounds),
    )
    return AssessmentView(
        row.id, found, grade, row.number, row.assessed_at, row.assessed_by, row.unit_id, row.supersedes_id
    )
