"""Running journeys under an older definition: how many, what the one in force does differently, what hinders.

Only those for whose persons the acting unit is responsible.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from guitu.access.acting import actor
from guitu.journeys import definitions
from guitu.journeys.models import Answer, Definition, Journey, Move
from guitu.journeys.walked import walked
from guitu.rulebook.journey import Journey as JourneyDefinition
from guitu.rulebook.journey_differences import Difference, Obstacle, differences, obstacle


@dataclass(frozen=True)
class Older:
    """One older definition with open journeys: since when it was kept, how many, how many cannot be moved, why not."""

    digest: str
    kind: str
    kept_at: datetime
    journeys: int
    hindered: int
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Hindered:
    """An open journey that cannot be moved, and the reason."""

    person_id: uuid.UUID
    person_number: str
    state: str
    why: Obstacle


def _own() -> QuerySet[Journey]:
    unit_id = actor().session.unit_id
    return Journey.objects.filter(ended_at__isnull=True, person__responsible_unit_id=unit_id)


def older_definitions() -> list[Older]:
    """The older definitions under which the acting unit's own open journeys go on, the oldest first."""
    counted = dict(_own().order_by().values_list("definition").annotate(Count("id")))
    found = []
    for kept in Definition.objects.filter(sha256__in=list(counted)).order_by("kept_at"):
        present, digest = definitions.present(kept.kind)
        if kept.sha256 == digest:
            continue
        old = definitions.pinned(kept.kind, kept.sha256)
        hindered = _hindered(kept.sha256, present).count()
        found.append(
            Older(kept.sha256, kept.kind, kept.kept_at, counted[kept.sha256], hindered, differences(old, present))
        )
    return found


def hindered_journeys(digest: str, *, first: int, most: int) -> tuple[list[Hindered], int]:
    """A page of the own open journeys under `digest` that cannot be moved, by the person's number; how many."""
    kept = Definition.objects.get(sha256=digest)
    present, _ = definitions.present(kept.kind)
    hindered = _hindered(digest, present)
    rows = hindered.order_by("person__number").values_list("id", "person_id", "person__number", "state")
    shown = []
    for journey_id, person_id, number, state in rows[first : first + most]:
        why = obstacle(walked(journey_id, state), present)
        if why is not None:
            shown.append(Hindered(person_id, number, state, why))
    return shown, hindered.count()


def movable_persons(digest: str, *, most: int) -> list[uuid.UUID]:
    """Whose own open journeys under `digest` can be moved to the definition in force; the oldest openings first."""
    kept = Definition.objects.filter(sha256=digest).first()
    if kept is None:
        return []
    present, present_digest = definitions.present(kept.kind)
    if digest == present_digest:
        return []
    rows = _own().filter(definition=digest).exclude(id__in=_hindered(digest, present).values("id"))
    return list(rows.order_by("opened_at", "id").values_list("person_id", flat=True)[:most])


def _hindered(digest: str, present: JourneyDefinition) -> QuerySet[Journey]:
    """The set of what `obstacle` says of each: states and answers that the present definition does not know."""
    states = [state.id for state in present.states]
    ends = [state.id for state in present.states if state.kind == "end"]
    known = Q(pk__in=[])
    for step in present.steps:
        known |= Q(step=step.id, outcome__in=[outcome.id for outcome in step.outcomes])
    own = _own().filter(definition=digest)
    moved = Move.objects.filter(journey__in=own).exclude(from_state__in=states, to_state__in=states)
    answered = Answer.objects.filter(journey__in=own).exclude(known)
    return own.filter(
        ~Q(state__in=states)
        | Q(state__in=ends)
        | Q(id__in=moved.values("journey_id"))
        | Q(id__in=answered.values("journey_id"))
    )
