"""Whom the hand-over tells, in the transaction of the fact: always the other side, the own side where it matters."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from guitu.access.acting import actor
from guitu.access.tree import desk
from guitu.journeys import operations as journeys
from guitu.journeys import queries as roads
from guitu.notices.operations import tell


def tell_sent(person_id: uuid.UUID, *, parcel_id: uuid.UUID, receiver_id: uuid.UUID, number: str, at: datetime) -> None:
    """Tell the receiving county that a dossier waits for its answer."""
    facts = {"unit": str(actor().session.unit_id), "number": number}
    tell(desk(receiver_id), "DOSSIER_SENT", facts, at, subject_id=parcel_id, person_id=person_id)


def tell_answered(
    person_id: uuid.UUID, *, parcel_id: uuid.UUID, sender_id: uuid.UUID, outcome: str, number: str, at: datetime
) -> None:
    """Tell the sender that its dossier was ``ACKNOWLEDGED`` or ``REFUSED``."""
    facts = {"unit": str(actor().session.unit_id), "number": number}
    tell(desk(sender_id), f"DOSSIER_{outcome}", facts, at, subject_id=parcel_id, person_id=person_id)


def tell_registered(person_id: uuid.UUID, *, journey_id: uuid.UUID, sender_id: uuid.UUID, at: datetime) -> None:
    """Tell the sender that the person has been registered at home."""
    facts = {"unit": str(actor().session.unit_id)}
    tell(desk(sender_id), "PERSON_REGISTERED", facts, at, subject_id=journey_id, person_id=person_id)


def tell_passed(
    person_id: uuid.UUID, *, journey_id: uuid.UUID, sender_id: uuid.UUID, receiver_id: uuid.UUID, at: datetime
) -> None:
    """Tell both sides that responsibility has passed at the release."""
    for told, code, named in (
        (receiver_id, "RESPONSIBILITY_RECEIVED", sender_id),
        (sender_id, "RESPONSIBILITY_PASSED", receiver_id),
    ):
        tell(desk(told), code, {"unit": str(named)}, at, subject_id=journey_id, person_id=person_id)


def tell_pick_up_declined(
    person_id: uuid.UUID, *, answer_id: uuid.UUID, told: Iterable[uuid.UUID], at: datetime
) -> None:
    """Tell these units that the offered pick-up was declined."""
    facts = {"unit": str(actor().session.unit_id)}
    for unit_id in told:
        tell(desk(unit_id), "PICK_UP_DECLINED", facts, at, subject_id=answer_id, key=str(unit_id), person_id=person_id)


def tell_of_meeting(
    person_id: uuid.UUID, code: str, *, meeting_id: uuid.UUID, unit_id: uuid.UUID, at: datetime
) -> None:
    """Tell the other side that a meeting was asked for, given its time or refused: a notice ``MEETING_…``."""
    facts = {"unit": str(actor().session.unit_id)}
    tell(desk(unit_id), code, facts, at, subject_id=meeting_id, person_id=person_id)


def tell_marks_taken_back(
    journey: journeys.Journey, *, event_id: uuid.UUID, number: str, count: int, at: datetime
) -> None:
    """Tell the receiving side, where it was shown the person, that a corrected assessment took circumstances back."""
    facts = {"unit": str(actor().session.unit_id), "number": number, "count": str(count)}
    _tell_receivers(journey, "MARKS_TAKEN_BACK", facts, event_id=event_id, at=at)


def tell_key_person(journey: journeys.Journey, *, event_id: uuid.UUID, at: datetime) -> None:
    """Tell the receiving side, where it was shown the person, that it is to be met at the gate (RS-16)."""
    facts = {"unit": str(actor().session.unit_id)}
    _tell_receivers(journey, "KEY_PERSON_NAMED", facts, event_id=event_id, at=at)


def _tell_receivers(
    journey: journeys.Journey, code: str, facts: dict[str, str], *, event_id: uuid.UUID, at: datetime
) -> None:
    road = roads.road_by_id(journey.id)
    if road is None or not (road.step("verification_ask").answer or any(move.code == "send" for move in road.moves)):
        return
    for unit_id in dict.fromkeys((journey.receiving_unit_id, journey.local_unit_id)):
        if unit_id is not None:
            tell(desk(unit_id), code, facts, at, subject_id=event_id, key=str(unit_id), person_id=journey.person_id)
