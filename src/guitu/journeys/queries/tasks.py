"""The matters of a desk in panic order, and counts that link to exactly their rows."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When

from guitu.access.acting import actor
from guitu.access.deciding import shown_names
from guitu.journeys.models import Journey
from guitu.people.by_name import called
from guitu.rulebook.clocks import end_of

_SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Task:
    """One journey as a work queue shows it. Moments are aware (UTC); days are legal days in Asia/Shanghai."""

    journey_id: uuid.UUID
    person_id: uuid.UUID
    person_name: str
    person_number: str
    state: str
    state_since: datetime
    release_on: date
    release_type: str
    key_person: bool
    key_grounds: tuple[str, ...]
    due_at: datetime | None
    due_rule: str
    duty_unit_id: uuid.UUID
    sending_unit_id: uuid.UUID
    receiving_unit_id: uuid.UUID | None
    ended_at: datetime | None
    local_unit_id: uuid.UUID | None
    superior_unit_id: uuid.UUID | None
    worker_post_id: uuid.UUID | None
    marks: tuple[str, ...]
    effective_on: date | None
    arrival_at: datetime | None
    agreed_on: date | None
    released_at: datetime | None
    opened_at: datetime
    kind: str
    definition: str


@dataclass(frozen=True)
class Filters:
    """What a queue was asked for; empty means no restriction. `late` compares with the moment the page was asked."""

    states: tuple[str, ...] = ()
    text: str = ""
    release_type: str = ""
    other_unit: uuid.UUID | None = None
    late: bool = False
    due_before: datetime | None = None
    unallotted: bool = False


TASK_COLUMNS = (
    "id",
    "person_id",
    "person__number",
    "state",
    "state_since",
    "release_on",
    "release_type",
    "key_person",
    "key_grounds",
    "due_at",
    "due_rule",
    "duty_unit_id",
    "sending_unit_id",
    "receiving_unit_id",
    "ended_at",
    "local_unit_id",
    "superior_unit_id",
    "worker_post_id",
    "marks",
    "effective_on",
    "arrival_at",
    "agreed_on",
    "released_at",
    "opened_at",
    "kind",
    "definition",
)


def _task(row: tuple[Any, ...], name: str) -> Task:
    """A task from a row of `TASK_COLUMNS`, with the person's name as it is shown."""
    values = dict(zip(TASK_COLUMNS, row, strict=True))
    values["key_grounds"], values["marks"] = tuple(values["key_grounds"]), tuple(values["marks"])
    return Task(values.pop("id"), values.pop("person_id"), name, *values.values())


def tasks_of(rows: Iterable[tuple[Any, ...]], *, named: Mapping[uuid.UUID, str] | None = None) -> list[Task]:
    """Tasks from rows of `TASK_COLUMNS`, with the names as the decision table lets the acting post see them.

    `named` are these names by person, where the caller has read them before.
    """
    found = list(rows)
    names = shown_names(row[1] for row in found) if named is None else named
    return [_task(row, names[row[1]]) for row in found]


def _side(side: str) -> Q:
    return Q(**{f"{side}_unit_id": actor().session.unit_id})


def _filtered(side: str, filters: Filters, now: datetime) -> QuerySet[Journey]:
    found = Journey.objects.filter(_side(side))
    if filters.states:
        found = found.filter(state__in=filters.states)
    if filters.text:
        found = found.filter(Q(person_id__in=called(filters.text)) | Q(person__number__iexact=filters.text))
    if filters.release_type:
        found = found.filter(release_type=filters.release_type)
    if filters.other_unit:
        other = "receiving" if side == "sending" else "sending"
        found = found.filter(**{f"{other}_unit_id": filters.other_unit})
    if filters.late:
        found = found.filter(ended_at__isnull=True, due_at__lte=now)
    if filters.unallotted:
        found = found.filter(ended_at__isnull=True, local_unit__isnull=True)
    if filters.due_before:
        found = found.filter(ended_at__isnull=True, due_at__gt=now, due_at__lte=filters.due_before)
    return found


def queue(
    side: str, filters: Filters, *, now: datetime, first: int, most: int, total: int | None = None
) -> tuple[list[Task], int]:
    """One page of the acting unit's journeys on `side`; how many there are in all.

    ``side``: sending, receiving, local or superior. `total` is handed in by whoever has counted them already (`counts`
    with the same restriction).

    Panic order: open before resting before ended; overdue, then due, by due moment; key persons first; name never.
    """
    found = _filtered(side, filters, now)
    page = _in_panic_order(found).values("id")[first : first + most]
    rows = _in_panic_order(Journey.objects.filter(id__in=page)).values_list(*TASK_COLUMNS)
    return tasks_of(rows), found.count() if total is None else total


Place = tuple[bool, datetime | None, bool, uuid.UUID]
"""Where a page of a queue ended, in panic order: ended, due moment, key person, journey."""


def place_of(task: Task) -> Place:
    """Where this task stands in the panic order."""
    return (task.ended_at is not None, task.due_at, task.key_person, task.journey_id)


def queue_after(side: str, filters: Filters, *, now: datetime, after: Place | None, most: int) -> list[Task]:
    """`queue` from behind `after`: a page that stays where it is when others come in before it.

    `side` may also be ``duty``: the journeys whose next step the acting unit owes.
    """
    found = _filtered(side, filters, now)
    if after is not None:
        ended, due_at, key_person, journey_id = after
        here = Q(ended_at__isnull=not ended)
        same = here & (Q(due_at__isnull=True) if due_at is None else Q(due_at=due_at))
        later = here & (Q(pk__in=[]) if due_at is None else Q(due_at__gt=due_at) | Q(due_at__isnull=True))
        behind = later | same & Q(key_person=key_person, id__gt=journey_id)
        if key_person:
            behind |= same & Q(key_person=False)
        if not ended:
            behind |= Q(ended_at__isnull=False)
        found = found.filter(behind)
    return tasks_of(_in_panic_order(found).values_list(*TASK_COLUMNS)[:most])


def how_many(side: str, filters: Filters, *, now: datetime, marks: Collection[str]) -> tuple[int, int]:
    """How many journeys `queue` lists in all, and how many of them bear one of these marks. One statement."""
    found = _filtered(side, filters, now).aggregate(
        every=Count("id"), marked=Count("id", filter=Q(marks__overlap=list(marks)))
    )
    return found["every"], found["marked"]


def _in_panic_order(found: QuerySet[Journey]) -> QuerySet[Journey]:
    return found.order_by(
        Case(When(ended_at__isnull=True, then=Value(0)), default=Value(1), output_field=IntegerField()),
        F("due_at").asc(nulls_last=True),
        F("key_person").desc(),
        "id",
    )


def counts(side: str, *, now: datetime, today_ends: datetime) -> dict[str, dict[str, int]]:
    """Per state: how many in all, how many late, how many due until `today_ends`; a desk's tiles link from them."""
    rows = (
        Journey.objects.filter(_side(side))
        .values("state")
        .annotate(
            all=Count("id"),
            late=Count("id", filter=Q(ended_at__isnull=True, due_at__lte=now)),
            today=Count("id", filter=Q(ended_at__isnull=True, due_at__gt=now, due_at__lte=today_ends)),
        )
    )
    return {row["state"]: {name: row[name] for name in ("all", "late", "today")} for row in rows}


def open_journeys_of(person_ids: list[uuid.UUID]) -> dict[uuid.UUID, Journey]:
    """The open journeys of these persons by person."""
    return {found.person_id: found for found in Journey.objects.filter(person_id__in=person_ids, ended_at__isnull=True)}


@dataclass(frozen=True)
class Expected:
    """A person whose dossier the acting unit has still to send."""

    person_id: uuid.UUID
    number: str
    name: str
    release_on: date


def persons_expected() -> list[Expected]:
    """Whom the acting unit expects to release and has not sent on yet, by release day."""
    rows = (
        Journey.objects.filter(_side("sending"), ended_at__isnull=True, state="expected")
        .order_by("release_on", "id")
        .values_list("person_id", "person__number", "release_on")
    )
    found = list(rows)
    names = shown_names(row[0] for row in found)
    return [Expected(person, number, names[person], release_on) for person, number, release_on in found]


def lapsed_in(state: str, *, at: datetime, most: int) -> list[Task]:
    """Open journeys that stand in `state` and whose clock has ended at `at`, the oldest first; without names."""
    rows = Journey.objects.filter(ended_at__isnull=True, state=state, due_at__lte=at).order_by("due_at", "id")
    return [_task(row, "") for row in rows.values_list(*TASK_COLUMNS)[:most]]


def not_yet_released(*, at: datetime, most: int) -> list[Task]:
    """Open journeys whose release day has ended while no release was recorded; without names."""
    today = at.astimezone(_SHANGHAI).date()
    rows = Journey.objects.filter(ended_at__isnull=True, released_at__isnull=True, release_on__lt=today)
    return [_task(row, "") for row in rows.order_by("release_on", "id").values_list(*TASK_COLUMNS)[:most]]


def matters_standing_at(states: tuple[str, ...], *, first: int, most: int) -> tuple[list[Task], int]:
    """One page of the open matters in these states within the acting post's whole range, the latest first."""
    found = Journey.objects.filter(ended_at__isnull=True, state__in=states)
    rows = _in_panic_order(found).values_list(*TASK_COLUMNS)[first : first + most]
    return tasks_of(rows), found.count()


def matters_of(journey_ids: list[uuid.UUID]) -> list[Task]:
    """These journeys as a queue shows them, as far as they are within reach, in one statement."""
    return tasks_of(Journey.objects.filter(id__in=journey_ids).values_list(*TASK_COLUMNS))


def allotted_load(*, now: datetime) -> dict[tuple[uuid.UUID, uuid.UUID | None], tuple[int, int]]:
    """Per office and worker's post: how many open matters the acting county allotted to them, and how many are late."""
    rows = (
        Journey.objects.filter(_side("receiving"), ended_at__isnull=True, local_unit__isnull=False)
        .values_list("local_unit_id", "worker_post_id")
        .annotate(all=Count("id"), late=Count("id", filter=Q(due_at__lte=now)))
    )
    return {(unit_id, post_id): (count, late) for unit_id, post_id, count, late in rows}


def end_of_release_day(release_on: date) -> datetime:
    """The exclusive end of a legal release day: 24:00 in Asia/Shanghai, as an aware moment."""
    return end_of(release_on).due_at


def released_but_not_passed(release_types: tuple[str, ...], *, at: datetime, most: int) -> list[Task]:
    """Open journeys whose release day has ended while the sending unit is still responsible for the person.

    Found inside the cage (access/sql/lapsing.sql), for the tick alone; without names.
    """
    today = at.astimezone(_SHANGHAI).date()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM journeys_not_passed(%s::text[], %s::date, %s::integer)", [list(release_types), today, most]
        )
        found = [row[0] for row in cursor.fetchall()]
    if not found:
        return []
    rows = Journey.objects.filter(id__in=found).order_by("release_on", "id").values_list(*TASK_COLUMNS)
    return [_task(row, "") for row in rows]
