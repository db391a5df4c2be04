"""Writes of support: the agreement and its end, a placement, a follow-up. Nothing here binds a free person."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from django.db import transaction

from guitu.access import operations as access
from guitu.access.acting import actor
from guitu.handover.matters import locked_matter
from guitu.handover.steps import write_answer
from guitu.journeys import operations as journeys
from guitu.ledger import keys
from guitu.ledger.operations import record
from guitu.ledger.queries import is_recorded
from guitu.support.models import Agreement, Placement, Visit
from guitu.support.policy import RecordIncomplete, faults_of_agreement, steps_for


def _sealed(text: str, of: uuid.UUID, what: str) -> bytes:
    return keys.encrypt(text.strip(), belongs_to=f"support:{of}:{what}")


def agree_on_help(
    person_id: uuid.UUID,
    *,
    on: date,
    wishes: str,
    contacts: str,
    spoken_by: str,
    event_id: uuid.UUID,
    at: datetime,
) -> None:
    """Record the agreement of help signed on the legal day `on`: follow-ups and evaluations begin.

    ``contacts`` are the persons whom the person wants called, one a line; may be empty. Raises RecordIncomplete,
    MoveNotAllowed and what every act raises.
    """
    access.require("support:record", [person_id])
    wrong = faults_of_agreement(wishes=wishes, spoken_by=spoken_by)
    if wrong:
        raise RecordIncomplete(*wrong)
    with transaction.atomic():
        journey = locked_matter(person_id)
        if is_recorded("handover:agreement:signed", event_id):
            return
        journeys.note_agreement(journey, on)
        journeys.advance(journey, "agree", at=at)
        Agreement.objects.create(
            id=event_id,
            person_id=person_id,
            division=journey.division,
            journey_id=journey.id,
            agreed_on=on,
            help_until=journeys.help_until(journey),
            wishes=_sealed(wishes, event_id, "wishes"),
            contacts=_sealed(contacts, event_id, "contacts"),
            spoken_by=spoken_by,
            agreed_at=at,
            agreed_by=actor().session.post_id,
        )
        _record("handover:agreement:signed", journey, event_id=event_id, at=at)


def decline_help(person_id: uuid.UUID, *, event_id: uuid.UUID, at: datetime) -> None:
    """Record that the person wants no help, or no more: every clock stops, the door stays open, no reason is asked."""
    access.require("support:record", [person_id])
    with transaction.atomic():
        journey = locked_matter(person_id)
        if is_recorded("handover:help:declined", event_id):
            return
        journeys.advance(journey, "decline_help", at=at)
        Agreement.objects.filter(journey_id=journey.id, ended_at__isnull=True).update(
            ended_at=at, ended_how="BY_PERSON"
        )
        _record("handover:help:declined", journey, event_id=event_id, at=at)


def place(person_id: uuid.UUID, *, kind: str, place: str, on: date, event_id: uuid.UUID, at: datetime) -> None:
    """Record where the person came to live or work from the legal day `on`; `kind` is an outcome of the placement step.

    Raises RecordIncomplete, StepNotOpen, MoveNotAllowed and what every act raises.
    """
    access.require("support:record", [person_id])
    if not place.strip() and kind != "declined":
        raise RecordIncomplete("place")
    with transaction.atomic():
        journey = locked_matter(person_id)
        if is_recorded("handover:place:confirmed", event_id):
            return
        write_answer(journey, step="placement", outcome=kind, note="", event_id=event_id, at=at)
        Placement.objects.create(
            id=event_id,
            person_id=person_id,
            division=journey.division,
            journey_id=journey.id,
            kind=kind,
            place=_sealed(place, event_id, "place"),
            from_on=on,
            at=at,
            post_id=actor().session.post_id,
        )
        _record("handover:place:confirmed", journey, event_id=event_id, at=at)


def record_visit(
    person_id: uuid.UUID, *, outcome: str, needs: tuple[str, ...], note: str, event_id: uuid.UUID, at: datetime
) -> None:
    """Record a follow-up: how it was made, what is needed (each need opens the step that settles it), and a note.

    Raises RecordIncomplete, StepNotOpen, MoveNotAllowed and what every act raises.
    """
    access.require("support:record", [person_id])
    wanted = steps_for(needs)
    with transaction.atomic():
        journey = locked_matter(person_id)
        if is_recorded("handover:followup:recorded", event_id):
            return
        write_answer(journey, step="follow_up", outcome=outcome, note="", event_id=event_id, at=at)
        Visit.objects.create(
            id=event_id,
            person_id=person_id,
            division=journey.division,
            journey_id=journey.id,
            outcome=outcome,
            needs=sorted(set(needs)),
            note=_sealed(note, event_id, "note"),
            at=at,
            post_id=actor().session.post_id,
        )
        for step in wanted:
            if not journeys.is_open(journey, step):
                journeys.request_step(journey, step, at=at)
        _record("handover:followup:recorded", journey, event_id=event_id, at=at)


def end_terms(*, at: datetime, most: int) -> int:
    """End help whose term is over at `at`; returns how many. Run by the tick, each person in its own transaction."""
    with transaction.atomic():
        waiting = journeys.lapsed_terms(at=at, most=most)
    for journey_id in waiting:
        with transaction.atomic():
            journey = journeys.lock(journey_id)
            if journey.state != "in_help" or journey.due_at is None or journey.due_at > at:
                continue
            journeys.advance(journey, "complete", at=at)
            Agreement.objects.filter(journey_id=journey.id, ended_at__isnull=True).update(ended_at=at, ended_how="TERM")
            _record("handover:help:ended", journey, event_id=uuid.uuid5(journey.id, "term"), at=at)
    return len(waiting)


def _record(act: str, journey: journeys.Journey, *, event_id: uuid.UUID, at: datetime) -> None:
    record(
        act,
        subjects=[journey.person_id],
        division=journey.division,
        at=at,
        event_id=event_id,
        other_unit_id=journey.local_unit_id,
    )
