"""The day of release arranged and kept: who meets whom, where and when, and what the person carries with them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from guitu.access import operations as access
from guitu.access.acting import actor
from guitu.handover.matters import begin, record_matter
from guitu.handover.models import PickUp
from guitu.handover.policy import GATE, TRANSPORT
from guitu.handover.steps import not_before_release, write_answer
from guitu.journeys import operations as journeys
from guitu.journeys.policy import MoveNotAllowed
from guitu.ledger import keys
from guitu.notices.operations import Person, tell


class PlanIncomplete(ValueError):
    """A plan names both sides, the place, the way and the hours; `fields` are those that are missing or wrong."""

    def __init__(self, fields: tuple[str, ...]) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


@dataclass(frozen=True)
class Plan:
    """A pick-up as both sides agree it. Moments are aware; money in cents; `medication_days` None where none is needed.

    ``contacts`` are the agreed persons to be called if somebody who wanted to be met has not arrived: one line each.
    """

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
    remark: str = ""


_SIDES = ("sender", "receiver")
_TEXTS = ("place", "sender_name", "sender_phone", "receiver_name", "receiver_phone", "contacts")


def _faults(plan: Plan) -> tuple[str, ...]:
    wrong = [name for name in _TEXTS if not getattr(plan, name).strip()]
    if plan.transport not in TRANSPORT:
        wrong.append("transport")
    if plan.arrival_at < plan.leaves_at:
        wrong.append("arrival_at")
    if plan.money_cents < 0 or (plan.medication_days is not None and plan.medication_days < 0):
        wrong.append("money_cents" if plan.money_cents < 0 else "medication_days")
    return tuple(wrong)


def plan_pick_up(person_id: uuid.UUID, plan: Plan, *, event_id: uuid.UUID, at: datetime) -> None:
    """Plan the pick-up, or plan it anew; a newer plan replaces the older one, which stays readable.

    Raises PlanIncomplete, StepNotOpen, MoveNotAllowed and what every act raises.
    """
    access.require("pick_up:plan", [person_id])
    wrong = _faults(plan)
    if wrong:
        raise PlanIncomplete(wrong)
    with transaction.atomic():
        journey = begin("handover:pickup:planned", person_id, event_id)
        if journey is None:
            return
        replaced = PickUp.objects.filter(journey_id=journey.id, replaced_at__isnull=True).update(replaced_at=at)
        PickUp.objects.create(
            id=event_id,
            person_id=person_id,
            division=journey.division,
            journey_id=journey.id,
            place=plan.place.strip(),
            leaves_at=plan.leaves_at,
            arrival_at=plan.arrival_at,
            sender_name=plan.sender_name.strip(),
            sender_phone=plan.sender_phone.strip(),
            receiver_name=plan.receiver_name.strip(),
            receiver_phone=plan.receiver_phone.strip(),
            transport=plan.transport,
            medication_days=plan.medication_days,
            has_id_card=plan.has_id_card,
            has_phone=plan.has_phone,
            money_cents=plan.money_cents,
            contacts=keys.encrypt(plan.contacts.strip(), belongs_to=contacts_of(event_id)),
            remark=plan.remark.strip(),
            planned_at=at,
            planned_by=actor().session.post_id,
        )
        journeys.note_arrival(journey, plan.arrival_at)
        if replaced:
            journeys.replan_arrival(journey, at=at)
        else:
            write_answer(journey, step="pick_up", outcome="planned", note="", event_id=event_id, at=at)
        facts = {"unit": str(actor().session.unit_id)}
        tell(Person(person_id), "OWN_PICK_UP_PLANNED", facts, at, subject_id=event_id)
        record_matter("handover:pickup:planned", journey, event_id=event_id, at=at, other=journey.sending_unit_id)


def contacts_of(plan_id: uuid.UUID) -> str:
    """What the encrypted contacts of a plan are bound to."""
    return f"pick_up:{plan_id}:contacts"


def confirm_hand_over(person_id: uuid.UUID, *, event_id: uuid.UUID, at: datetime) -> None:
    """Confirm for the acting side that the person was handed over as planned.

    The receiving side's word ends the arrival, the sending side's that of a key person at the gate (RS-16), also where
    nothing was planned. Raises MoveNotAllowed before the release day for the sender, and where nothing was planned that
    could be confirmed; and what every act raises.
    """
    access.require("step:answer", [person_id])
    with transaction.atomic():
        journey = begin("handover:person:met", person_id, event_id)
        if journey is None:
            return
        plan = (
            PickUp.objects.select_for_update(no_key=True)
            .filter(journey_id=journey.id, replaced_at__isnull=True)
            .first()
        )
        session = actor().session
        sending = session.unit_id == journey.sending_unit_id
        at_the_gate = sending and journeys.is_open(journey, GATE)
        if plan is None and not at_the_gate:
            raise MoveNotAllowed("没有排定的接送，无从确认交接", "No pick-up is planned that could be confirmed")
        if sending:
            not_before_release(journey, at=at)
        if at_the_gate:
            write_answer(journey, step=GATE, outcome="handed_over", note="", event_id=event_id, at=at)
        if sending and plan is not None:
            plan.sender_confirmed_at, plan.sender_confirmed_by = at, session.post_id
        elif plan is not None:
            write_answer(journey, step="arrival", outcome="met", note="", event_id=event_id, at=at)
            plan.receiver_confirmed_at, plan.receiver_confirmed_by = at, session.post_id
        if plan is not None:
            plan.save(update_fields=[f"{side}_confirmed_{what}" for side in _SIDES for what in ("at", "by")])
        record_matter("handover:person:met", journey, event_id=event_id, at=at, other=journey.sending_unit_id)
