"""Sending a parcel and answering it. The body is sealed and signed at once; a parcel is never changed."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

from guitu.access.acting import actor
from guitu.exchange.models import Parcel, Receipt
from guitu.ledger import keys
from guitu.ledger.operations import Fact, canonical
from guitu.rulebook.attempts import AttemptRefused

Outcome = Literal["ACKNOWLEDGED", "REFUSED"]
_NUMBER_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class ParcelUnknown(AttemptRefused, LookupError):
    """No such parcel within the acting post's reach, or it is not addressed to the acting unit."""


class AlreadyAnswered(AttemptRefused, ValueError):
    """Somebody has answered this parcel before; `outcome`, `at` and `post_id` say how, when, who."""

    def __init__(self, receipt: Receipt) -> None:
        super().__init__(receipt.number)
        self.outcome, self.at, self.post_id = receipt.outcome, receipt.at, receipt.post_id


def reference_number(prefix: str, at: datetime) -> str:
    """A fresh number of a parcel, letter or reply: prefix, day (UTC) and eight signs by chance."""
    tail = "".join(secrets.choice(_NUMBER_ALPHABET) for _ in range(8))
    return f"{prefix}{at:%Y%m%d}-{tail[:4]}-{tail[4:]}"


def send(
    *,
    parcel_id: uuid.UUID,
    person_id: uuid.UUID,
    division: str,
    journey_id: uuid.UUID,
    kind: str,
    receiver_id: uuid.UUID,
    items: Mapping[str, Fact | list[str]],
    at: datetime,
) -> str:
    """Seal `items` (codes of the core items and their values) and send them to `receiver_id`; returns the number.

    Sent once: a repeated `parcel_id` returns the number of the first sending.
    """
    earlier = Parcel.objects.filter(id=parcel_id).values_list("number", flat=True).first()
    if earlier is not None:
        return earlier
    text = canonical(items)
    digest = hashlib.sha256(text.encode()).digest()
    number = reference_number("F", at)
    sender_id = actor().session.unit_id
    Parcel.objects.create(
        id=parcel_id,
        person_id=person_id,
        division=division,
        journey_id=journey_id,
        kind=kind,
        number=number,
        sender_id=sender_id,
        receiver_id=receiver_id,
        body=keys.encrypt(text, belongs_to=f"parcel:{parcel_id}"),
        digest=digest,
        seal=keys.sign(
            sealed_text(
                parcel_id,
                sender_id=sender_id,
                receiver_id=receiver_id,
                number=number,
                digest=digest,
                at=at,
            )
        ),
        sent_at=at,
    )
    return number


def number_of(parcel_id: uuid.UUID) -> str:
    """The number under which a parcel was sent. Raises ParcelUnknown."""
    number = Parcel.objects.filter(id=parcel_id).values_list("number", flat=True).first()
    if number is None:
        raise ParcelUnknown
    return number


def forward(parcel_id: uuid.UUID, *, forwarded: uuid.UUID, receiver_id: uuid.UUID, at: datetime) -> str:
    """Send the same contents on to the unit that a ruling names, in the first sender's name; returns the new number.

    The first parcel and its refusal stay as they are. Sent once for each `forwarded`. Raises ParcelUnknown.
    """
    earlier = Parcel.objects.filter(id=forwarded).values_list("number", flat=True).first()
    if earlier is not None:
        return earlier
    first = Parcel.objects.filter(id=parcel_id).first()
    if first is None:
        raise ParcelUnknown
    text = keys.decrypt(bytes(first.body), belongs_to=f"parcel:{parcel_id}")
    digest, number = bytes(first.digest), reference_number("F", at)
    Parcel.objects.create(
        id=forwarded,
        person_id=first.person_id,
        division=first.division,
        journey_id=first.journey_id,
        kind=first.kind,
        number=number,
        sender_id=first.sender_id,
        receiver_id=receiver_id,
        body=keys.encrypt(text, belongs_to=f"parcel:{forwarded}"),
        digest=digest,
        seal=keys.sign(
            sealed_text(
                forwarded,
                sender_id=first.sender_id,
                receiver_id=receiver_id,
                number=number,
                digest=digest,
                at=at,
            )
        ),
        sent_at=at,
    )
    return number


def hold(journey_id: uuid.UUID) -> None:
    """Lock the parcels of a journey until the transaction ends: whoever presses at the same moment waits."""
    list(Parcel.objects.select_for_update(no_key=True).filter(journey_id=journey_id).order_by("id").values_list("id"))


def signed_moment(at: datetime) -> str:
    """A moment as signatures cover it: in UTC, whatever the zone it was handed in with."""
    return at.astimezone(UTC).isoformat()


def sealed_text(
    sent_id: uuid.UUID,
    *,
    what: Literal["parcel", "letter"] = "parcel",
    sender_id: uuid.UUID,
    receiver_id: uuid.UUID,
    number: str,
    digest: bytes,
    at: datetime,
) -> bytes:
    """The bytes under the seal of a parcel or letter: both ends, number, SHA-256 of the body, moment of sending."""
    parts = (
        f"guitu-{what}-1",
        str(sent_id),
        str(sender_id),
        str(receiver_id),
        number,
        digest.hex(),
        signed_moment(at),
    )
    return "\n".join(parts).encode()


def receipt_text(parcel_id: uuid.UUID, *, number: str, outcome: str, ground: str, digest: bytes, at: datetime) -> bytes:
    """The bytes that a receipt's signature covers: parcel, number, outcome, ground, SHA-256 of the body, the moment."""
    parts = ("guitu-receipt-1", str(parcel_id), number, outcome, ground, digest.hex(), signed_moment(at))
    return "\n".join(parts).encode()


def answer(parcel_id: uuid.UUID, *, outcome: Outcome, ground: str = "", remark: str = "", at: datetime) -> str:
    """Answer a parcel addressed to the acting unit, once; returns the number of the signed receipt or refusal.

    Raises ParcelUnknown, or AlreadyAnswered if another post was quicker.
    """
    session = actor().session
    parcel = Parcel.objects.select_for_update(no_key=True).filter(id=parcel_id, receiver_id=session.unit_id).first()
    if parcel is None:
        raise ParcelUnknown
    earlier = Receipt.objects.filter(parcel=parcel).first()
    if earlier is not None:
        raise AlreadyAnswered(earlier)
    number = reference_number("H" if outcome == "ACKNOWLEDGED" else "T", at)
    text = receipt_text(parcel_id, number=number, outcome=outcome, ground=ground, digest=bytes(parcel.digest), at=at)
    Receipt.objects.create(
        person_id=parcel.person_id,
        division=parcel.division,
        parcel=parcel,
        number=number,
        outcome=outcome,
        ground=ground,
        remark=remark,
        post_id=session.post_id,
        at=at,
        signature=keys.sign(text),
    )
    parcel.answered_at = at
    parcel.save(update_fields=["answered_at"])
    return number
