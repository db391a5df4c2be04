"""Steps of the road as an office answers them, and the facts that open more of them."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from guitu.access import operations as access
from guitu.handover.matters import begin
from guitu.handover.policy import GATE, has_its_own_form
from guitu.handover.request_answers import step_answered
from guitu.handover.tellings import tell_key_person, tell_marks_taken_back
from guitu.journeys import operations as journeys
from guitu.journeys.policy import MoveNotAllowed
from guitu.ledger.operations import record
from guitu.rulebook.clocks import legal_day


def answer_step(
    person_id: uuid.UUID,
    *,
    step: str,
    outcome: str,
    note: str = "",
    first: bool = False,
    event_id: uuid.UUID,
    at: datetime,
) -> None:
    """Answer a step of the person's road; `event_id` makes a retry harmless.

    `first`: written for an open step, and refused where somebody has answered it meanwhile; else it corrects that.

    An answer that carries more than a word has an operation of its own and is refused here. Raises NotAllowed,
    PersonUnknown, JourneyUnknown, StepNotOpen, MoveNotAllowed (what happens at the gate has not happened yet).
    """
    access.require("step:answer", [person_id])
    if has_its_own_form(step, outcome):
        raise journeys.StepNotOpen("这个结果要在专门的表单上办理", "This answer is given on a form of its own")
    with transaction.atomic():
        journey = begin("journeys:step:answered", person_id, event_id)
        if journey is None:
            return
        if step == GATE:
            not_before_release(journey, at=at)
        write_answer(journey, step=step, outcome=outcome, note=note, first=first, event_id=event_id, at=at)


def not_before_release(journey: journeys.Journey, *, at: datetime) -> None:
    """Raise MoveNotAllowed while the legal day of release has not come."""
    if legal_day(at) < journey.release_on:
        raise MoveNotAllowed(
            "还没有到释放日；释放日有变更的，先更正释放日",
            "The release day has not come; if it has changed, correct it first",
        )


def write_answer(
    journey: journeys.Journey,
    *,
    step: str,
    outcome: str,
    note: str,
    event_id: uuid.UUID,
    at: datetime,
    by: Collection[str] | None = None,
    first: bool = False,
) -> None:
    """Answer a step of a locked journey and record it, inside the act of a caller that has asked and begun.

    `by`: for which positions, where the person's own word gives the answer and not the acting unit.
    `first` as in `answer_step`.
    """
    journeys.answer_step(journey, step, outcome, note=note, event_id=event_id, at=at, by=by, first=first)
    step_answered(journey, step=step, outcome=outcome, note=note, at=at)
    record(
        "journeys:step:answered",
        subjects=[journey.person_id],
        division=journey.division,
        at=at,
        event_id=event_id,
        other_unit_id=journey.sending_unit_id,
        step=step,
        outcome=outcome,
    )


def ask_verification(person_id: uuid.UUID, *, event_id: uuid.UUID, at: datetime) -> None:
    """Ask the receiving county to verify family and address, which shows it the person; the sender keeps sight too.

    Raises MoveNotAllowed where no receiver is known, and what every act raises.
    """
    access.require("step:answer", [person_id])
    with transaction.atomic():
        journey = begin("journeys:step:answered", person_id, event_id)
        if journey is None:
            return
        if journey.receiving_unit_id is None:
            raise MoveNotAllowed("接收单位待查明，还不能请其核实", "The receiver is not known yet and cannot be asked")
        write_answer(journey, step="verification_ask", outcome="asked", note="", event_id=event_id, at=at)
        access.give_reach(person_id, unit_id=journey.receiving_unit_id, relation="receiver", at=at)
        access.give_reach(person_id, unit_id=journey.sending_unit_id, relation="sender", at=at)


def request_step(person_id: uuid.UUID, *, step: str, event_id: uuid.UUID, at: datetime) -> None:
    """Take up a step that begins on request: a meeting before release, one of the matters of help.

    Raises NotAllowed, PersonUnknown, JourneyUnknown, StepNotOpen.
    """
    access.require("step:request", [person_id])
    with transaction.atomic():
        journey = begin("journeys:step:requested", person_id, event_id)
        if journey is None:
            return
        journeys.request_step(journey, step, at=at)
        record(
            "journeys:step:requested",
            subjects=[person_id],
            division=journey.division,
            at=at,
            event_id=event_id,
            step=step,
        )


def note_marks(person_id: uuid.UUID, marks: Collection[str], *, event_id: uuid.UUID, at: datetime) -> None:
    """Add special circumstances (codes of road_mark) to the person's road; the steps they ask for open."""
    access.require("step:answer", [person_id])
    with transaction.atomic():
        journey = begin("journeys:marks:noted", person_id, event_id)
        if journey is not None:
            write_marks(journey, marks, event_id=event_id, at=at)


def write_marks(
    journey: journeys.Journey,
    marks: Collection[str],
    *,
    event_id: uuid.UUID,
    at: datetime,
    source: str = journeys.OFFICER,
    key: Collection[str] = (),
) -> None:
    """Add special circumstances to a locked journey and record them, inside the act of a caller that has begun.

    Those of ``key`` make a key person (RS-16).
    """
    wanted, new_key = sorted(marks), sorted(set(key) - set(journey.key_grounds))
    journeys.note_marks(journey, wanted, event_id=event_id, at=at, source=source, key=key)
    record(
        "journeys:marks:noted",
        subjects=[journey.person_id],
        division=journey.division,
        at=at,
        event_id=event_id,
        marks=wanted,
        key=new_key,
    )
    if new_key:
        tell_key_person(journey, event_id=event_id, at=at)


def correct_marks(
    journey: journeys.Journey,
    *,
    keep: Collection[str],
    key: Collection[str] = (),
    event_id: uuid.UUID,
    number: str,
    at: datetime,
) -> None:
    """Take back what only an earlier assessment found, after a correction (`number`) of it that finds `keep`,
    and among them the grounds `key` of a key person.

    Recorded, and told to the receiving side where it was shown the person. Inside the act of a caller that has begun.
    """
    before = tuple(journey.key_grounds)
    gone = journeys.take_back_marks(journey, keep=keep, key=key, event_id=event_id, at=at)
    fallen = sorted(set(before) - set(journey.key_grounds))
    if not gone and not fallen:
        return
    record(
        "journeys:marks:taken_back",
        subjects=[journey.person_id],
        division=journey.division,
        at=at,
        event_id=event_id,
        other_unit_id=journey.receiving_unit_id,
        number=number,
        marks=list(gone),
        key=fallen,
    )
    tell_marks_taken_back(journey, event_id=event_id, number=number, count=len({*gone, *fallen}), at=at)


def note_effective(person_id: uuid.UUID, on: date, *, event_id: uuid.UUID, at: datetime) -> None:
    """Record the legal day on which the ruling of parole or the decision of temporary execution took effect."""
    access.require("step:answer", [person_id])
    with transaction.atomic():
        journey = begin("journeys:effect:noted", person_id, event_id)
        if journey is None:
            return
        journeys.note_effective(journey, on, at=at)
        record(
            "journeys:effect:noted", subjects=[person_id], division=journey.division, at=at, event_id=event_id, on=on
        )
