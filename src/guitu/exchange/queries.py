"""Reads of the exchange: what was sent, to whom, and how it was answered."""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import datetime

from guitu.exchange.models import Parcel
from guitu.exchange.operations import sealed_text
from guitu.ledger import keys


@dataclass(frozen=True)
class ParcelView:
    """A parcel and its answer, without its content."""

    id: uuid.UUID
    person_id: uuid.UUID
    journey_id: uuid.UUID
    number: str
    sender_id: uuid.UUID
    receiver_id: uuid.UUID
    sent_at: datetime
    outcome: str
    ground: str
    remark: str
    receipt_number: str
    answered_at: datetime | None
    answered_by: uuid.UUID | None


def _view(parcel: Parcel) -> ParcelView:
    receipt = getattr(parcel, "receipt", None)
    return ParcelView(
        parcel.id,
        parcel.person_id,
        parcel.journey_id,
        parcel.number,
        parcel.sender_id,
        parcel.receiver_id,
        parcel.sent_at,
        receipt.outcome if receipt else "",
        receipt.ground if receipt else "",
        receipt.remark if receipt else "",
        receipt.number if receipt else "",
        receipt.at if receipt else None,
        receipt.post_id if receipt else None,
    )


def parcels_of(journey_id: uuid.UUID) -> list[ParcelView]:
    """All parcels of a journey with their answers, newest first."""
    found = Parcel.objects.filter(journey_id=journey_id).select_related("receipt").order_by("-sent_at")
    return [_view(parcel) for parcel in found]


def open_parcel(journey_id: uuid.UUID) -> ParcelView | None:
    """The parcel of this journey that still waits for an answer, or None."""
    found = Parcel.objects.filter(journey_id=journey_id, answered_at__isnull=True).order_by("-sent_at").first()
    return _view(found) if found else None


def content(parcel_id: uuid.UUID) -> dict[str, object]:
    """The items inside a parcel, after its seal and digest were checked.

    Raises keys.ValueTampered if they do not hold.
    """
    parcel = Parcel.objects.get(id=parcel_id)
    text = keys.decrypt(parcel.body, belongs_to=f"parcel:{parcel_id}")
    digest = hashlib.sha256(text.encode()).digest()
    sealed = sealed_text(
        parcel.id,
        sender_id=parcel.sender_id,
        receiver_id=parcel.receiver_id,
        number=parcel.number,
        digest=digest,
        at=parcel.sent_at,
    )
    if digest != bytes(parcel.digest) or not keys.verify(sealed, bytes(parcel.seal)):
        raise keys.ValueTampered(f"parcel {parcel.number} does not match its seal")
    items: dict[str, object] = json.loads(text)
    return items
