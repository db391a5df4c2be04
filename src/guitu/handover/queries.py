"""Reads of the hand-over: plans of pick-up, disputes that wait for a ruling, where a matter can be allotted."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from guitu.access.acting import actor
from guitu.access.tree import tree_above
from guitu.handover.models import Dispute, PickUp
from guitu.handover.pick_ups import contacts_of
from guitu.ledger import keys


@dataclass(frozen=True)
class PickUpView:
    """A plan of pick-up, opened. Moments are aware (UTC); money in cents."""

    id: uuid.UUID
    place: str
    leaves_at: datetime
    arrival_at: datetime
    sender_name: str
    sender_phone: str
    receiver_name: str
    receiver_phone: str
    transport: str
    medication_days: int | None
    has_id_card: bool
    has_phone: bool
    money_cents: int
    contacts: str
    remark: str
    planned_at: datetime
    sender_confirmed_at: datetime | None
    receiver_confirmed_at: datetime | None


@dataclass(frozen=True)
class DisputeView:
    """A dispute about who receives, with the sender's reasons and, once made, the ruling."""

    id: uuid.UUID
    person_id: uuid.UUID
    journey_id: uuid.UUID
    parcel_id: uuid.UUID
    superior_id: uuid.UUID
    opened_at: datetime
    lapsed: bool
    reasons: str
    ruled_at: datetime | None
    outcome: str
    receiver_id: uuid.UUID | None
    ruling_reasons: str


def pick_up_of(journey_id: uuid.UUID) -> PickUpView | None:
    """The plan in force of one journey, or None."""
    row = PickUp.objects.filter(journey_id=journey_id, replaced_at__isnull=True).first()
    if row is None:
        return None
    return PickUpView(
        row.id,
        row.place,
        row.leaves_at,
        row.arrival_at,
        row.sender_name,
        row.sender_phone,
        row.receiver_name,
        row.receiver_phone,
        row.transport,
        row.medication_days,
        row.has_id_card,
        row.has_phone,
        row.money_cents,
        keys.decrypt(row.contacts, belongs_to=contacts_of(row.id)),
        row.remark,
        row.planned_at,
        row.sender_confirmed_at,
        row.receiver_confirmed_at,
    )


def _dispute(row: Dispute) -> DisputeView:
    return DisputeView(
        row.id,
        row.person_id,
        row.journey_id,
        row.parcel_id,
        row.superior_id,
        row.opened_at,
        row.lapsed,
        row.reasons,
        row.ruled_at,
        row.outcome,
        row.receiver_id,
        row.ruling_reasons,
    )


def disputes_of(journey_id: uuid.UUID) -> list[DisputeView]:
    """The disputes of one journey, the newest first."""
    return [_dispute(row) for row in Dispute.objects.filter(journey_id=journey_id).order_by("-opened_at")]


def disputes_to_rule(*, first: int, most: int) -> tuple[list[DisputeView], int]:
    """One page of the disputes that wait for the acting unit's ruling, the oldest first; how many there are in all."""
    waiting = Dispute.objects.filter(superior_id=actor().session.unit_id, outcome="").order_by("opened_at", "id")
    return [_dispute(row) for row in waiting[first : first + most]], waiting.count()


def stands_below(unit_id: uuid.UUID, *, at: datetime) -> bool:
    """Whether a unit stands below the acting one: whom its rulings bind."""
    return actor().session.unit_id in {unit.id for unit in tree_above([unit_id], at=at).above(unit_id)}
