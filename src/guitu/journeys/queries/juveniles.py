"""Juveniles in lists (G-10): by name in the own unit's separate list only, for others by number; never ranked."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db.models import Q

from guitu.access.acting import actor
from guitu.journeys.models import Journey
from guitu.journeys.queries.tasks import TASK_COLUMNS, Task, tasks_of
from guitu.rulebook.juveniles import SHELTERED


def _of_own_unit() -> Q:
    unit_id = actor().session.unit_id
    return Q(sending_unit_id=unit_id) | Q(receiving_unit_id=unit_id) | Q(local_unit_id=unit_id)


def juveniles_among(person_ids: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Those of these persons who are marked as juveniles in any of their matters within reach."""
    if not person_ids:
        return frozenset()
    marked = Journey.objects.filter(person_id__in=list(person_ids), marks__overlap=list(SHELTERED))
    return frozenset(marked.values_list("person_id", flat=True))


def withheld(person_ids: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Those of these persons who are marked as juveniles in a matter in which the acting unit has no part.

    A mark outlasts the matter: who was a juvenile in it stays withheld from others.
    """
    if not person_ids:
        return frozenset()
    marked = Journey.objects.filter(person_id__in=list(person_ids), marks__overlap=list(SHELTERED))
    own = marked.filter(_of_own_unit()).values("person_id")
    return frozenset(marked.exclude(person_id__in=own).values_list("person_id", flat=True))


def juveniles_of_own_unit(*, first: int, most: int) -> tuple[list[Task], int]:
    """One page of the acting unit's juveniles whose matter is open, by day of release; how many there are in all."""
    found = Journey.objects.filter(_of_own_unit(), marks__overlap=list(SHELTERED), ended_at__isnull=True)
    rows = found.order_by("release_on", "id").values_list(*TASK_COLUMNS)[first : first + most]
    return tasks_of(rows), found.count()
