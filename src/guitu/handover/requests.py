"""Reads of the matters that counters took: those of a counter, those of a person, one of them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from guitu.access.acting import actor
from guitu.access.deciding import shown_names
from guitu.handover.models import Request
from guitu.handover.request_answers import answer_of, first_answer_of
from guitu.handover.window import words_of
from guitu.ledger import keys
from guitu.people.by_name import called

OPEN, LATE, ANSWERED, NOT_DONE = "OPEN", "LATE", "ANSWERED", "NOT_DONE"
STATES = (LATE, OPEN, ANSWERED, NOT_DONE)
"""How a list is asked for: past its day, in hand (the late ones too), answered, not done (declined, not possible)."""


@dataclass(frozen=True)
class RequestView:
    """A request without what was said. Moments are aware (UTC); due moments are exclusive."""

    id: uuid.UUID
    person_id: uuid.UUID
    person_name: str
    matter: str
    step: str
    journey_id: uuid.UUID | None
    channel: str
    number: str
    document_id: uuid.UUID | None
    first_desk_id: uuid.UUID
    taken_by: str
    taken_at: datetime
    duty_unit_id: uuid.UUID
    due_at: datetime
    due_rule: str
    first_due_at: datetime | None
    first_answered_at: datetime | None
    answered_at: datetime | None
    answered_unit_id: uuid.UUID | None
    outcome: str
    kind: str


@dataclass(frozen=True)
class Said:
    """What was said in a matter: the person's words, the first answer, the answer; empty where there is none."""

    words: str
    first_answer: str
    answer: str


@dataclass(frozen=True)
class RequestFilters:
    """What a list was asked for; empty means no restriction. ``side`` is ``taken`` (first desk) or ``duty``."""

    side: str = "taken"
    state: str = ""
    matter: str = ""
    channel: str = ""
    text: str = ""


_COLUMNS = (
    "id",
    "person_id",
    "matter",
    "step",
    "journey_id",
    "channel",
    "number",
    "document_id",
    "first_desk_id",
    "taken_by",
    "taken_at",
    "duty_unit_id",
    "due_at",
    "due_rule",
    "first_due_at",
    "first_answered_at",
    "answered_at",
    "answered_unit_id",
    "outcome",
    "kind",
)


def _views(rows: Iterable[tuple[Any, ...]]) -> list[RequestView]:
    """Rows as requests, with the names as the decision table lets the acting post see them."""
    found = list(rows)
    names = shown_names(row[1] for row in found)
    return [RequestView(key, person, names[person], *rest) for key, person, *rest in found]


def _late(now: datetime) -> Q:
    first = Q(first_due_at__lte=now, first_answered_at__isnull=True)
    return Q(answered_at__isnull=True) & (Q(due_at__lte=now) | first)


def _of(state: str, now: datetime) -> Q:
    found = {
        OPEN: Q(answered_at__isnull=True),
        LATE: _late(now),
        ANSWERED: Q(kind="done"),
        NOT_DONE: Q(kind__in=["declined", "not_possible"]),
    }
    return found.get(state, Q())


def _asked(filters: RequestFilters, now: datetime) -> QuerySet[Request]:
    unit_id = actor().session.unit_id
    found = Request.objects.filter(**{"duty_unit_id" if filters.side == "duty" else "first_desk_id": unit_id})
    found = found.filter(_of(filters.state, now))
    if filters.matter:
        found = found.filter(matter=filters.matter)
    if filters.channel:
        found = found.filter(channel=filters.channel)
    if filters.text:
        name = Q(person_id__in=called(filters.text))
        found = found.filter(name | Q(number__icontains=filters.text) | Q(person__number__iexact=filters.text))
    return found


def requests_listed(filters: RequestFilters, *, now: datetime, first: int, most: int) -> tuple[list[RequestView], int]:
    """One page of the acting unit's requests: open ones by due moment, then the latest answered; how many in all."""
    found = _asked(filters, now)
    rows = found.order_by(F("answered_at").desc(nulls_first=True), "due_at", "id")
    return _views(rows.values_list(*_COLUMNS)[first : first + most]), found.count()


def request_counts(side: str, *, now: datetime) -> dict[str, int]:
    """How many of the acting unit's requests stand in each of `STATES`."""
    counted = {state: Count("id", filter=_of(state, now)) for state in STATES}
    return _asked(RequestFilters(side=side), now).aggregate(**counted)


def requests_of(person_id: uuid.UUID) -> list[RequestView]:
    """Everything that counters took for one person, the newest first."""
    rows = Request.objects.filter(person_id=person_id).order_by("-taken_at", "id")
    return _views(rows.values_list(*_COLUMNS))


def request_of(person_id: uuid.UUID, request_id: uuid.UUID) -> RequestView | None:
    """One request of a person, or None."""
    row = Request.objects.filter(id=request_id, person_id=person_id).values_list(*_COLUMNS).first()
    return None if row is None else _views([row])[0]


def requests_numbered(number: str, *, most: int) -> list[RequestView]:
    """The requests within reach whose slip carries this number, or ends in it."""
    rows = Request.objects.filter(number__endswith=number.strip()).order_by("-taken_at", "id")
    return _views(rows.values_list(*_COLUMNS)[:most])


def taken_together(person_id: uuid.UUID, event_id: uuid.UUID) -> list[RequestView]:
    """What one taking made: the matters with the same event, in the order of their numbers."""
    rows = Request.objects.filter(person_id=person_id, event_id=event_id).order_by("number")
    return _views(rows.values_list(*_COLUMNS))


def said_in(request_ids: list[uuid.UUID]) -> dict[uuid.UUID, Said]:
    """What was said in each of these requests, opened."""
    rows = Request.objects.filter(id__in=request_ids).values_list("id", "words", "first_answer", "answer")
    return {
        key: Said(
            keys.decrypt(bytes(words), belongs_to=words_of(key)),
            keys.decrypt(bytes(first), belongs_to=first_answer_of(key)) if first else "",
            keys.decrypt(bytes(answer), belongs_to=answer_of(key)) if answer else "",
        )
        for key, words, first, answer in rows
    }
