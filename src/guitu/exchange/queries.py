"""Reads of the exchange: what was sent, to whom, and how it was answered."""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from guitu.access.acting import actor
from guitu.exchange.models import Parcel, Receipt
from guitu.exchange.operations import receipt_text, sealed_text
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


@dataclass(frozen=True)
class ReceiptView:
    """A receipt or refusal with what is needed to verify it elsewhere: the signed bytes and the signature."""

    id: uuid.UUID
    number: str
    parcel_id: uuid.UUID
    parcel_number: str
    person_id: uuid.UUID
    journey_id: uuid.UUID
    sender_id: uuid.UUID
    receiver_id: uuid.UUID
    outcome: str
    ground: str
    remark: str
    at: datetime
    signed_text: bytes
    signature: bytes
    holds: bool


Ended = tuple[datetime, uuid.UUID]
"""Where a page of a list ended: the moment and the id of its last line."""


def parcel(parcel_id: uuid.UUID) -> ParcelView | None:
    """A parcel that the acting unit sent or was sent, or None."""
    found = Parcel.objects.filter(_own(), id=parcel_id).select_related("receipt").first()
    return _view(found) if found else None


def parcels_listed(end: str, *, waiting: bool = False, after: Ended | None = None, most: int) -> list[ParcelView]:
    """What the acting unit sent (`end` ``sender``) or was sent (``receiver``), newest first, from behind `after`.

    `waiting` keeps those without an answer.
    """
    found = Parcel.objects.filter(**{f"{end}_id": actor().session.unit_id}).select_related("receipt")
    if waiting:
        found = found.filter(answered_at__isnull=True)
    if after is not None:
        found = found.filter(Q(sent_at__lt=after[0]) | Q(sent_at=after[0], id__lt=after[1]))
    return [_view(one) for one in found.order_by("-sent_at", "-id")[:most]]


def receipts_listed(*, after: Ended | None = None, most: int) -> list[ReceiptView]:
    """The receipts and refusals that the acting unit gave or was given, newest first, from behind `after`."""
    found = Receipt.objects.filter(_own("parcel__")).select_related("parcel")
    if after is not None:
        found = found.filter(Q(at__lt=after[0]) | Q(at=after[0], id__lt=after[1]))
    return [_receipt(one) for one in found.order_by("-at", "-id")[:most]]


def receipt(number: str) -> ReceiptView | None:
    """The receipt or refusal with this number that the acting unit gave or was given, or None."""
    found = Receipt.objects.filter(_own("parcel__"), number=number).select_related("parcel").first()
    return _receipt(found) if found else None


def _own(way: str = "") -> Q:
    unit_id = actor().session.unit_id
    return Q(**{f"{way}sender_id": unit_id}) | Q(**{f"{way}receiver_id": unit_id})


def _receipt(found: Receipt) -> ReceiptView:
    text = receipt_text(
        found.parcel_id,
        number=found.number,
        outcome=found.outcome,
        ground=found.ground,
        digest=bytes(found.parcel.digest),
        at=found.at,
    )
    signature = bytes(found.signature)
    return ReceiptView(
        found.id,
        found.number,
        found.parcel_id,
        found.parcel.number,
        found.person_id,
        found.parcel.journey_id,
        found.parcel.sender_id,
        found.parcel.receiver_id,
        found.outcome,
        found.ground,
        found.remark,
        found.at,
        text,
        signature,
        keys.verify(text, signature),
    )
