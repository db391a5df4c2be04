"""Reads of the rights desk: requests of a unit and of a person, their copies, erasures."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from guitu.access.deciding import shown_names
from guitu.rights.models import Copy, Erasure, Request

OPEN, LATE, DECIDED, REFUSED = "OPEN", "LATE", "DECIDED", "REFUSED"
STATES = (LATE, OPEN, DECIDED, REFUSED)


@dataclass(frozen=True)
class RequestView:
    """A request without its words, which are a statement of the same id. `due_at` is exclusive."""

    id: uuid.UUID
    person_id: uuid.UUID
    person_name: str
    person_number: str
    kind: str
    number: str
    asked_at: datetime
    duty_unit_id: uuid.UUID
    due_at: datetime
    due_rule: str
    contested_act: str
    contested_at: datetime | None
    contested_post: uuid.UUID | None
    contested_unit: uuid.UUID | None
    decided_at: datetime | None
    decided_by: uuid.UUID | None
    decided_unit: uuid.UUID | None
    outcome: str
    ground: str


@dataclass(frozen=True)
class CopyView:
    """A kept copy without its content."""

    made_at: datetime
    expires_at: datetime
    fetched_at: datetime | None
    handed_at: datetime | None


@dataclass(frozen=True)
class ErasureView:
    """An erasure: decided, and done with its certificate, or not yet."""

    id: uuid.UUID
    number: str
    ground: str
    decided_at: datetime
    done_at: datetime | None
    rows: int
    document_id: uuid.UUID | None


_COLUMNS = (
    *(
        "id",
        "person_id",
        "person__number",
        "kind",
        "number",
        "asked_at",
        "duty_unit_id",
        "due_at",
        "due_rule",
    ),
    *("contested_act", "contested_at", "contested_post", "contested_unit"),
    *("decided_at", "decided_by", "decided_unit", "outcome", "ground"),
)


def _views(rows: Iterable[tuple[Any, ...]]) -> list[RequestView]:
    """Rows as requests, with the names as the decision table lets the acting post see them."""
    found = list(rows)
    names = shown_names(row[1] for row in found)
    return [RequestView(key, person, names[person], *rest) for key, person, *rest in found]


def _of(state: str, now: datetime) -> Q:
    found = {
        OPEN: Q(decided_at__isnull=True),
        LATE: Q(decided_at__isnull=True, due_at__lte=now),
        DECIDED: Q(outcome__in=["GRANTED", "PARTLY"]),
        REFUSED: Q(outcome="REFUSED"),
    }
    return found.get(state, Q())


def _asked(state: str, kind: str, now: datetime) -> QuerySet[Request]:
    found = Request.objects.filter(_of(state, now))
    return found.filter(kind=kind) if kind else found


def listed(
    state: str, kind: str, *, now: datetime, first: int, most: int, total: int | None = None
) -> tuple[list[RequestView], int]:
    """One page of the requests within sight: open ones by due moment, then the latest decided; how many in all.

    `total` is handed in by whoever has counted them already (`counts`).
    """
    found = _asked(state, kind, now)
    page = _in_order(found).values("id")[first : first + most]
    rows = _in_order(Request.objects.filter(id__in=page)).values_list(*_COLUMNS)
    return _views(rows), found.count() if total is None else total


def _in_order(found: QuerySet[Request]) -> QuerySet[Request]:
    return found.order_by(F("decided_at").desc(nulls_first=True), "due_at", "id")


def counts(*, now: datetime) -> dict[str, int]:
    """How many requests within sight stand in each of `STATES`, and (empty) how many there are in all."""
    wanted = {state: Count("id", filter=_of(state, now)) for state in STATES}
    found: dict[str, int] = Request.objects.aggregate(ALL=Count("id"), **wanted)
    return {"": found.pop("ALL"), **found}


def requests_of(person_id: uuid.UUID, *, most: int) -> list[RequestView]:
    """What this person asked, newest first."""
    rows = Request.objects.filter(person_id=person_id).order_by("-asked_at", "id")
    return _views(rows.values_list(*_COLUMNS)[:most])


def request_of(person_id: uuid.UUID, request_id: uuid.UUID) -> RequestView | None:
    """One request of a person, or None."""
    row = Request.objects.filter(id=request_id, person_id=person_id).values_list(*_COLUMNS).first()
    return None if row is None else _views([row])[0]


def asked_in(statement_ids: list[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these statements are requests."""
    return set(Request.objects.filter(id__in=statement_ids).values_list("id", flat=True)) if statement_ids else set()


def copies_of(person_id: uuid.UUID, *, at: datetime) -> dict[uuid.UUID, CopyView]:
    """The copies of this person that are kept at `at`, by request."""
    held = Copy.objects.filter(person_id=person_id, expires_at__gt=at).defer("readable", "machine")
    return {one.id: CopyView(one.made_at, one.expires_at, one.fetched_at, one.handed_at) for one in held}


def erasures(*, first: int, most: int) -> tuple[list[ErasureView], int]:
    """Erasures decided by units within sight, newest first; how many in all."""
    found = Erasure.objects.order_by("-decided_at", "id")
    rows = found.values_list("id", "number", "ground", "decided_at", "done_at", "counts", "document_id")
    return [
        ErasureView(key, number, ground, decided_at, done_at, sum(held.values()), document_id)
        for key, number, ground, decided_at, done_at, held, document_id in rows[first : first + most]
    ], found.count()
