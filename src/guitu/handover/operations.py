"""交接: what prison and county both need to pass a person on. One call of a desk is one operation here.

Each asks first (durable line), then does everything in one transaction: lock, decide, write, advance, send, record.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from guitu.access import operations as access
from guitu.access import queries as units
from guitu.access.acting import actor
from guitu.exchange import operations as exchange
from guitu.exchange import queries as parcels
from guitu.handover import documents
from guitu.handover.issuing import issue_answer, issue_with_dossier
from guitu.handover.matters import begin
from guitu.handover.policy import FREE_AT_RELEASE, REFUSAL_GROUNDS, missing_for_dossier
from guitu.handover.releases import count_as_released
from guitu.handover.rulings import is_ruled
from guitu.handover.tellings import tell_answered, tell_registered, tell_sent
from guitu.journeys import operations as journeys
from guitu.journeys import queries as roads
from guitu.journeys.policy import MoveNotAllowed
from guitu.ledger.operations import record
from guitu.people import operations as people
from guitu.people import queries as persons
from guitu.people.dossiers import items_for_dossier

DOSSIER = "DOSSIER"
_SHANGHAI = ZoneInfo("Asia/Shanghai")


class DossierIncomplete(ValueError):
    """Items without which no county can receive; `items` are their codes."""

    def __init__(self, items: tuple[str, ...]) -> None:
        super().__init__(", ".join(items))
        self.items = items


class RefusalWithoutGround(ValueError):
    """A refusal names one of the listed grounds and says in words what to do."""


def send_dossier(person_id: uuid.UUID, *, sending: uuid.UUID, at: datetime) -> str:
    """Send the person's dossier to the receiving county; returns its number. `sending` makes a retry harmless.

    The sender keeps sight of it for ever. Raises NotAllowed, PersonUnknown, JourneyUnknown, MoveNotAllowed,
    DossierIncomplete.
    """
    access.require("dossier:send", [person_id])
    with transaction.atomic():
        journey = begin("handover:dossier:sent", person_id, sending)
        if journey is None:
            return exchange.number_of(sending)
        file = persons.file_of(person_id)
        lacking = missing_for_dossier(frozenset(file.items), has_receiver=journey.receiving_unit_id is not None)
        if lacking or journey.receiving_unit_id is None:
            raise DossierIncomplete(lacking)
        receiver_id = journey.receiving_unit_id
        journeys.advance(journey, "send", at=at)
        access.give_reach(person_id, unit_id=receiver_id, relation="receiver", at=at)
        access.give_reach(person_id, unit_id=journey.sending_unit_id, relation="sender", at=at)
        items = items_for_dossier(person_id)
        number = exchange.send(
            parcel_id=sending,
            person_id=person_id,
            division=file.division,
            journey_id=journey.id,
            kind=DOSSIER,
            receiver_id=receiver_id,
            items=items,
            at=at,
        )
        release = documents.Release(
            receiver=units.unit(receiver_id).name,
            on=journey.release_on,
            type=journey.release_type,
            key_grounds=tuple(journey.key_grounds),
        )
        issued = issue_with_dossier(
            person_id, items, release, parcel=number, sending=sending, journey_id=journey.id, at=at
        )
        tell_sent(person_id, parcel_id=sending, receiver_id=receiver_id, number=number, at=at)
        record(
            "handover:dossier:sent",
            subjects=[person_id],
            division=file.division,
            at=at,
            event_id=sending,
            other_unit_id=receiver_id,
            number=number,
            documents=issued,
        )
    return number


def acknowledge_dossier(person_id: uuid.UUID, *, parcel_id: uuid.UUID, at: datetime) -> str:
    """Acknowledge with a signed receipt: the county's next clock starts; returns the receipt's number.

    Responsibility stays with the prison until the moment of release (decision 8). Raises AlreadyAnswered if a colleague
    was quicker.
    """
    access.require("dossier:answer", [person_id])
    with transaction.atomic():
        parcel = _locked_parcel(person_id, parcel_id)
        number = exchange.answer(parcel_id, outcome="ACKNOWLEDGED", at=at)
        journey = journeys.lock(parcel.journey_id)
        journeys.advance(journey, "acknowledge", at=at)
        more = documents.said_in_receipt(at, journey.release_on)
        issued = issue_answer("aftercare_receipt", parcel, number, more, at=at)
        tell_answered(
            person_id, parcel_id=parcel_id, sender_id=parcel.sender_id, outcome="ACKNOWLEDGED", number=number, at=at
        )
        record(
            "handover:dossier:acknowledged",
            subjects=[person_id],
            division=persons.division_of(person_id),
            at=at,
            event_id=parcel_id,
            other_unit_id=parcel.sender_id,
            number=number,
            documents=issued,
        )
    return number


def refuse_dossier(person_id: uuid.UUID, *, parcel_id: uuid.UUID, ground: str, remark: str, at: datetime) -> str:
    """Refuse with a listed ground and words for the sender, whose clock to resend starts; returns the number."""
    access.require("dossier:answer", [person_id])
    if ground not in REFUSAL_GROUNDS or not remark.strip():
        raise RefusalWithoutGround
    with transaction.atomic():
        parcel = _locked_parcel(person_id, parcel_id)
        if is_ruled(parcel.journey_id, parcel.receiver_id):
            raise MoveNotAllowed(
                "共同上级已裁定由本单位接收，不能再退回",
                "A ruling names your unit as the receiver; it cannot refuse again",
            )
        number = exchange.answer(parcel_id, outcome="REFUSED", ground=ground, remark=remark.strip(), at=at)
        journeys.advance(journeys.lock(parcel.journey_id), "refuse", at=at)
        more = documents.said_in_refusal(ground, remark.strip())
        issued = issue_answer("aftercare_refusal", parcel, number, more, at=at)
        tell_answered(
            person_id, parcel_id=parcel_id, sender_id=parcel.sender_id, outcome="REFUSED", number=number, at=at
        )
        record(
            "handover:dossier:refused",
            subjects=[person_id],
            division=persons.division_of(person_id),
            at=at,
            event_id=parcel_id,
            other_unit_id=parcel.sender_id,
            number=number,
            ground=ground,
            documents=issued,
        )
    return number


def register_return(person_id: uuid.UUID, *, event_id: uuid.UUID, at: datetime) -> None:
    """Register the person at home: the receiving county is responsible, the sender keeps sight of what it sent.

    Parole and temporary execution go on in community corrections; a free person is offered help.

    Raises NotAllowed, PersonUnknown, JourneyUnknown, MoveNotAllowed.
    """
    access.require("return:register", [person_id])
    with transaction.atomic():
        journey = begin("handover:person:registered", person_id, event_id)
        if journey is None:
            return
        if at.astimezone(_SHANGHAI).date() < journey.release_on:
            raise MoveNotAllowed("还没有到释放日，不能登记", "The release day has not come; nobody can be registered")
        count_as_released(journey, at=at)
        free = journey.release_type in FREE_AT_RELEASE
        journeys.advance(journey, "register" if free else "enter_correction", at=at)
        county = units.unit(journey.receiving_unit_id or actor().session.unit_id)
        people.move_responsibility(person_id, unit_id=county.id, division=county.division, reason="REGISTERED", at=at)
        tell_registered(person_id, journey_id=journey.id, sender_id=journey.sending_unit_id, at=at)
        record(
            "handover:person:registered",
            subjects=[person_id],
            division=county.division,
            at=at,
            event_id=event_id,
            other_unit_id=journey.sending_unit_id,
        )


def _locked_parcel(person_id: uuid.UUID, parcel_id: uuid.UUID) -> parcels.ParcelView:
    road = roads.road_of(person_id)
    if road is None:
        raise journeys.JourneyUnknown
    found = next((parcel for parcel in parcels.parcels_of(road.task.journey_id) if parcel.id == parcel_id), None)
    if found is None:
        raise exchange.ParcelUnknown
    return found
