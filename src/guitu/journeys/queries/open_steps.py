"""The open steps of a unit in panic order, with counts that link to exactly their rows."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from guitu.access.acting import actor
from guitu.access.deciding import shown_names
from guitu.journeys.models import Answer, Clock
from guitu.people.by_name import called


@dataclass(frozen=True)
class StepTask:
    """One open step as a work queue shows it. Moments are aware (UTC); days are legal days in Asia/Shanghai."""

    clock_id: uuid.UUID
    journey_id: uuid.UUID
    person_id: uuid.UUID
    person_name: str
    person_number: str
    step: str
    round: str
    since: datetime
    due_at: datetime
    due_rule: str
    provisional: bool
    state: str
    release_on: date
    release_type: str
    key_person: bool
    marks: tuple[str, ...]
    duty_unit_id: uuid.UUID
    sending_unit_id: uuid.UUID
    receiving_unit_id: uuid.UUID | None
    worker_post_id: uuid.UUID | None


@dataclass(frozen=True)
class StepFilters:
    """What a list of open steps was asked for; empty means no restriction. `late` compares with the page's moment.

    ``own`` keeps only what is allotted to the acting post.
    """

    steps: tuple[str, ...] = ()
    text: str = ""
    release_type: str = ""
    late: bool = False
    due_before: datetime | None = None
    own: bool = False


_COLUMNS = (
    "id",
    "journey_id",
    "person_id",
    "person__number",
    "step",
    "round",
    "started_at",
    "due_at",
    "rule",
    "provisional",
    "journey__state",
    "journey__release_on",
    "journey__release_type",
    "journey__key_person",
    "journey__marks",
    "duty_unit_id",
    "journey__sending_unit_id",
    "journey__receiving_unit_id",
    "journey__worker_post_id",
)


def _open(filters: StepFilters, now: datetime) -> QuerySet[Clock]:
    session = actor().session
    found = Clock.objects.filter(duty_unit_id=session.unit_id, done_at__isnull=True, voided_at__isnull=True).exclude(
        step=""
    )
    if filters.own:
        found = found.filter(journey__worker_post_id=session.post_id)
    if filters.steps:
        found = found.filter(step__in=filters.steps)
    if filters.text:
        found = found.filter(Q(person_id__in=called(filters.text)) | Q(person__number__iexact=filters.text))
    if filters.release_type:
        found = found.filter(journey__release_type=filters.release_type)
    if filters.late:
        found = found.filter(due_at__lte=now)
    if filters.due_before:
        found = found.filter(due_at__gt=now, due_at__lte=filters.due_before)
    return found


def step_queue(
    filters: StepFilters, *, now: datetime, first: int, most: int, total: int | None = None
) -> tuple[list[StepTask], int]:
    """One page of the open steps that the acting unit has to keep, overdue then due; how many there are in all.

    `total` is handed in by whoever has counted them already (`step_counts` with the same restriction).
    """
    found = _open(filters, now)
    rows = _in_panic_order(found)[first : first + most]
    return _step_tasks(rows), found.count() if total is None else total


def step_queue_after(
    filters: StepFilters, *, now: datetime, after: tuple[datetime, bool, uuid.UUID] | None, most: int
) -> list[StepTask]:
    """`step_queue` from behind a due moment, a key person and an id: a page that others coming in do not move."""
    found = _open(filters, now)
    if after is not None:
        due_at, key_person, last = after
        same = Q(due_at=due_at)
        behind = Q(due_at__gt=due_at) | same & Q(journey__key_person=key_person, id__gt=last)
        found = found.filter(behind | same & Q(journey__key_person=False) if key_person else behind)
    return _step_tasks(_in_panic_order(found)[:most])


def _step_tasks(rows: Iterable[tuple[Any, ...]]) -> list[StepTask]:
    """Rows as steps, with the names as the decision table lets the acting post see them."""
    found = list(rows)
    names = shown_names(row[2] for row in found)
    return [_step_task(row, names[row[2]]) for row in found]


def _in_panic_order(found: QuerySet[Clock]) -> QuerySet[Clock, tuple[Any, ...]]:
    return found.order_by("due_at", F("journey__key_person").desc(), "id").values_list(*_COLUMNS)


def _step_task(row: tuple[Any, ...], name: str) -> StepTask:
    values = dict(zip(_COLUMNS, row, strict=True))
    values["journey__marks"] = tuple(values["journey__marks"])
    return StepTask(values.pop("id"), values.pop("journey_id"), values.pop("person_id"), name, *values.values())


def step_counts(
    *, now: datetime, today_ends: datetime, week_ends: datetime, own: bool = False
) -> dict[str, dict[str, int]]:
    """Per step: how many are open, late, due until `today_ends` and until `week_ends`, in the acting unit (or post).

    One scan for all four.
    """
    rows = (
        _open(StepFilters(own=own), now)
        .values("step")
        .annotate(
            all=Count("step"),
            late=Count("step", filter=Q(due_at__lte=now)),
            today=Count("step", filter=Q(due_at__gt=now, due_at__lte=today_ends)),
            week=Count("step", filter=Q(due_at__gt=now, due_at__lte=week_ends)),
        )
    )
    return {row["step"]: {name: row[name] for name in ("all", "late", "today", "week")} for row in rows}


@dataclass(frozen=True)
class Answered:
    """One answer that the acting post gave. The moment is aware (UTC)."""

    person_id: uuid.UUID
    person_name: str
    step: str
    outcome: str
    at: datetime


def answered_by_me(steps: tuple[str, ...], *, since: datetime, most: int) -> list[Answered]:
    """What the acting post answered of these steps since a moment, newest first."""
    rows = (
        Answer.objects.filter(post_id=actor().session.post_id, step__in=steps, at__gte=since)
        .order_by("-at", "id")
        .values_list("person_id", "step", "outcome", "at")
    )
    found = list(rows[:most])
    names = shown_names(row[0] for row in found)
    return [Answered(person, names[person], step, outcome, at) for person, step, outcome, at in found]
