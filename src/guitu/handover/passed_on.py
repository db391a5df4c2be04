"""Reads of matters taken in words and passed on: those of the first desk, those of the unit they went to."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, F, Q, QuerySet, When
from django.db.models.functions import Greatest, Least

from guitu.access.acting import actor
from guitu.handover import policy
from guitu.handover.handing_on import HandOn, way_of
from guitu.handover.models import PassedMatter
from guitu.handover.passed_matters import said_by
from guitu.handover.request_answers import answer_of, first_answer_of
from guitu.handover.requests import ANSWERED, LATE, NOT_DONE, OPEN
from guitu.ledger import keys

LINKED = "LINKED"
STATES = (LATE, OPEN, LINKED, ANSWERED, NOT_DONE)
"""How a list is asked for; LINKED (put on a file) only where the matter went to, where the file then tells the rest."""


@dataclass(frozen=True)
class PassedMatterView:
    """One half of a matter passed on, opened. `unit_id` holds this half; moments are aware, due moments exclusive."""

    request_id: uuid.UUID
    side: str
    unit_id: uuid.UUID
    event_id: uuid.UUID
    matter: str
    channel: str
    name: str
    phone: str
    words: str
    document_number: str
    document_shown: bool
    number: str
    first_desk_id: uuid.UUID
    taken_by: str
    taken_at: datetime
    handed_to_id: uuid.UUID
    due_at: datetime
    due_rule: str
    first_due_at: datetime | None
    first_answered_at: datetime | None
    first_answer: str
    linked_at: datetime | None
    answered_at: datetime | None
    answered_unit_id: uuid.UUID | None
    outcome: str
    kind: str
    answer: str
    handed_on: int
    held_since: datetime | None
    held_level: str
    whose: str
    way: tuple[HandOn, ...]


def _view(half: PassedMatter) -> PassedMatterView:
    said, key = said_by(half), half.request_id
    first, last = half.first_answer, half.answer
    return PassedMatterView(
        key,
        half.side,
        half.unit_id,
        half.event_id,
        half.matter,
        half.channel,
        said["name"],
        said["phone"],
        said["words"],
        said.get("document_number", ""),
        half.document_shown,
        half.number,
        half.first_desk_id,
        half.taken_by,
        half.taken_at,
        half.handed_to_id,
        half.due_at,
        half.due_rule,
        half.first_due_at,
        half.first_answered_at,
        keys.decrypt(bytes(first), belongs_to=first_answer_of(key)) if first else "",
        half.linked_at,
        half.answered_at,
        half.answered_unit_id,
        half.outcome,
        half.kind,
        keys.decrypt(bytes(last), belongs_to=answer_of(key)) if last else "",
        half.handed_on,
        half.held_since,
        half.held_level,
        half.whose,
        way_of(half),
    )


def _of(state: str, now: datetime) -> Q:
    waiting = Q(answered_at__isnull=True, linked_at__isnull=True)
    first = Q(first_due_at__lte=now, first_answered_at__isnull=True)
    found = {
        OPEN: waiting,
        LATE: waiting & (Q(due_at__lte=now) | first),
        LINKED: Q(linked_at__isnull=False),
        ANSWERED: Q(kind="done", linked_at__isnull=True),
        NOT_DONE: Q(kind__in=["declined", "not_possible"], linked_at__isnull=True),
    }
    return found.get(state, Q())


def _own(side: str) -> QuerySet[PassedMatter]:
    return PassedMatter.objects.filter(unit_id=actor().session.unit_id, side=side)


def passed_matters_listed(
    side: str, *, state: str = "", number: str = "", now: datetime, first: int, most: int
) -> tuple[list[PassedMatterView], int]:
    """One page of the acting unit's halves of one side in panic order, and how many there are.

    What is late comes first, then what is due, by the earlier of the moment of a first answer still owed and that of
    the answer; then what rests, the latest settled first. `number` narrows to slips whose number ends in it.
    """
    found = _own(side).filter(_of(state, now))
    if number.strip():
        found = found.filter(number__endswith=number.strip())
    waiting = Q(answered_at__isnull=True, linked_at__isnull=True)
    first_owed = Case(When(first_answered_at__isnull=True, then=F("first_due_at")))
    owed = Case(When(waiting, then=Least(F("due_at"), first_owed)))
    settled = Greatest(F("answered_at"), F("linked_at"))
    ordered = found.order_by(owed.asc(nulls_last=True), settled.desc(nulls_last=True), "id")
    return [_view(half) for half in ordered[first : first + most]], found.count()


def passed_matter_counts(side: str, *, now: datetime) -> dict[str, int]:
    """How many of the acting unit's halves of one side stand in each of `STATES`."""
    return _own(side).aggregate(**{state: Count("id", filter=_of(state, now)) for state in STATES})


def halves_of(request_id: uuid.UUID) -> dict[str, PassedMatterView]:
    """The acting unit's own halves of one matter by side: mostly one, both where it passed a matter to itself."""
    unit_id = actor().session.unit_id
    return {half.side: _view(half) for half in PassedMatter.objects.filter(request_id=request_id, unit_id=unit_id)}


def taken_together(event_id: uuid.UUID) -> list[PassedMatterView]:
    """What one taking passed on, as its first desk keeps it, in the order of the numbers."""
    return [_view(half) for half in _own(policy.TAKEN).filter(event_id=event_id).order_by("number")]
