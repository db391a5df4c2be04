"""Reads of support: the agreement in force, placements and follow-ups of one person."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from guitu.ledger import keys
from guitu.support.models import Agreement, Placement, Visit


@dataclass(frozen=True)
class AgreementView:
    """An agreement of help, opened. Days are legal days in Asia/Shanghai."""

    id: uuid.UUID
    agreed_on: date
    help_until: date
    wishes: str
    contacts: str
    spoken_by: str
    ended_at: datetime | None
    ended_how: str


@dataclass(frozen=True)
class VisitView:
    """One follow-up, opened."""

    id: uuid.UUID
    outcome: str
    needs: tuple[str, ...]
    note: str
    at: datetime
    post_id: uuid.UUID


@dataclass(frozen=True)
class PlacementView:
    """One placement, opened."""

    id: uuid.UUID
    kind: str
    place: str
    from_on: date
    at: datetime


def _open(sealed: bytes | memoryview, of: uuid.UUID, what: str) -> str:
    return keys.decrypt(sealed, belongs_to=f"support:{of}:{what}")


def agreements_of(journey_id: uuid.UUID) -> list[AgreementView]:
    """The agreements of one journey, the newest first."""
    return [
        AgreementView(
            row.id,
            row.agreed_on,
            row.help_until,
            _open(row.wishes, row.id, "wishes"),
            _open(row.contacts, row.id, "contacts"),
            row.spoken_by,
            row.ended_at,
            row.ended_how,
        )
        for row in Agreement.objects.filter(journey_id=journey_id).order_by("-agreed_at")
    ]


def visits_of(journey_id: uuid.UUID, *, most: int = 50) -> list[VisitView]:
    """The follow-ups of one journey, the newest first."""
    return [
        VisitView(row.id, row.outcome, tuple(row.needs), _open(row.note, row.id, "note"), row.at, row.post_id)
        for row in Visit.objects.filter(journey_id=journey_id).order_by("-at", "id")[:most]
    ]


def placements_of(journey_id: uuid.UUID) -> list[PlacementView]:
    """The placements of one journey, the newest first."""
    return [
        PlacementView(row.id, row.kind, _open(row.place, row.id, "place"), row.from_on, row.at)
        for row in Placement.objects.filter(journey_id=journey_id).order_by("-at")
    ]
