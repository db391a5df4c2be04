"""Writes of support: the agreement and its end, a placement, a follow-up. Nothing here binds a free person."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from django.db import transaction

from guitu.access import operations as access
from guitu.access.acting import actor
from guitu.access.tree import desk
from guitu.handover.matters import begin, each_alone, record_matter
from guitu.handover.policy import OWN_WORD_FOR
from guitu.handover.steps import write_answer
from guitu.journeys import operations as journeys
from guitu.journeys import queries as roads
from guitu.ledger import keys
from guitu.notices.operations import tell
from guitu.rulebook.clocks import legal_day
from guitu.support.models import Agreement, HelpProposal, Placement, Visit
from guitu.support.policy import HELP_OFFERED, SPOKEN_BY, RecordIncomplete, faults_of_agreement, steps_for


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
        journey = begin("handover:agreement:signed", person_id, event_id)
        if journey is None:
            return
        if not journey.release_on <= on <= legal_day(at):
            raise RecordIncomplete("on")
        write_agreement(journey, on=on, wishes=wishes, contacts=contacts, spoken_by=spoken_by, event_id=event_id, at=at)
        record_matter("handover:agreement:signed", journey, event_id=event_id, at=at, other=journey.local_unit_id)


def write_agreement(
    journey: journeys.Journey,
    *,
    on: date,
    wishes: str,
    contacts: str,
    spoken_by: str,
    event_id: uuid.UUID,
    at: datetime,
    by: set[str] | None = None,
) -> None:
    """The agreement on a locked journey, inside the act of a caller that has asked and begun and that records it.

    `by`: the positions that act where it is not the acting unit's own. Raises MoveNotAllowed.
    """
    journeys.note_agreement(journey, on)
    journeys.advance(journey, "agree", at=at, by=by)
    Agreement.objects.create(
        id=event_id,
        person_id=journey.person_id,
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
    close_proposal(journey, at=at)


def close_proposal(journey: journeys.Journey, *, at: datetime) -> None:
    """A draft that waits for the person's answer is overtaken: by a newer one, or by what was agreed or declined."""
    HelpProposal.objects.filter(journey_id=journey.id, state="OPEN").update(state="REPLACED", answered_at=at)


def decline_help(person_id: uuid.UUID, *, spoken_by: str, event_id: uuid.UUID, at: datetime) -> None:
    """Record that the person wants no help, or no more: every clock stops, the door stays open, no reason is asked.

    ``spoken_by`` says whose word it is. Raises RecordIncomplete, MoveNotAllowed and what every act raises.
    """
    access.require("support:record", [person_id])
    if spoken_by not in SPOKEN_BY:
        raise RecordIncomplete("spoken_by")
    with transaction.atomic():
        journey = begin("handover:help:declined", person_id, event_id)
        if journey is not None:
            _decline(journey, spoken_by=spoken_by, event_id=event_id, at=at)


def help_declined_by_own_word(person_id: uuid.UUID, *, spoken_by: str, event_id: uuid.UUID, at: datetime) -> bool:
    """Help declined or ended by the person's own word, as where an officer records it.

    ``spoken_by`` is SELF, REPRESENTATIVE or OFFICER. In the transaction of a caller that has asked. False where there
    is nothing to decline yet, or no more. Raises JourneyUnknown.
    """
    journey = begin("handover:help:declined", person_id, event_id)
    if journey is None:
        return True
    if journey.state not in HELP_OFFERED:
        return False
    _decline(journey, spoken_by=spoken_by, event_id=event_id, at=at, by=set(OWN_WORD_FOR))
    for unit_id in dict.fromkeys(one for one in (journey.receiving_unit_id, journey.local_unit_id) if one):
        key = str(unit_id)
        tell(desk(unit_id), "HELP_DECLINED", {}, at, subject_id=event_id, key=key, person_id=person_id)
    return True


def _decline(
    journey: journeys.Journey, *, spoken_by: str, event_id: uuid.UUID, at: datetime, by: set[str] | None = None
) -> None:
    journeys.advance(journey, "decline_help", at=at, by=by)
    Agreement.objects.filter(journey_id=journey.id, ended_at__isnull=True).update(ended_at=at, ended_how="BY_PERSON")
    close_proposal(journey, at=at)
    other = journey.local_unit_id
    record_matter("handover:help:declined", journey, event_id=event_id, at=at, other=other, spoken_by=spoken_by)


def place(person_id: uuid.UUID, *, kind: str, place: str, on: date, event_id: uuid.UUID, at: datetime) -> None:
    """Record where the person came to live or work from the legal day `on`; `kind` is an outcome of the placement step.

    Raises RecordIncomplete, StepNotOpen, MoveNotAllowed and what every act raises.
    """
    access.require("support:record", [person_id])
    if not place.strip() and kind != "declined":
        raise RecordIncomplete("place")
    with transaction.atomic():
        journey = begin("handover:place:confirmed", person_id, event_id)
        if journey is None:
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
        record_matter("handover:place:confirmed", journey, event_id=event_id, at=at, other=journey.local_unit_id)


def record_visit(
    person_id: uuid.UUID, *, outcome: str, needs: tuple[str, ...], note: str, event_id: uuid.UUID, at: datetime
) -> None:
    """Record a follow-up: how it was made, what is needed (each need opens the step that settles it), and a note.

    Raises RecordIncomplete, StepNotOpen, MoveNotAllowed and what every act raises.
    """
    access.require("support:record", [person_id])
    wanted = steps_for(needs)
    with transaction.atomic():
        journey = begin("handover:followup:recorded", person_id, event_id)
        if journey is None:
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
        record_matter("handover:followup:recorded", journey, event_id=event_id, at=at, other=journey.local_unit_id)


def end_terms(*, at: datetime, most: int) -> tuple[int, list[uuid.UUID]]:
    """End help whose term is over at `at`; how many, and whose not. Run by the tick, each in its own transaction."""

    def end(journey: journeys.Journey) -> None:
        if journey.state != "in_help" or journey.due_at is None or journey.due_at > at:
            return
        journeys.advance(journey, "complete", at=at)
        Agreement.objects.filter(journey_id=journey.id, ended_at__isnull=True).update(ended_at=at, ended_how="TERM")
        event_id = uuid.uuid5(journey.id, "term")
        record_matter("handover:help:ended", journey, event_id=event_id, at=at, other=journey.local_unit_id)

    with transaction.atomic():
        waiting = roads.lapsed_in("in_help", at=at, most=most)
    return each_alone(waiting, end)
