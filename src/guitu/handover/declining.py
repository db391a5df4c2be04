"""A pick-up declined: an offer may be refused without consequence, with whose word it was, and who has to know."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from guitu.access import operations as access
from guitu.access.roles import Word
from guitu.access.tree import tree_above
from guitu.handover.matters import begin
from guitu.handover.policy import GATE, OWN_WORD, OWN_WORD_FOR, SPOKEN_BY, faults_of_decline
from guitu.handover.steps import write_answer
from guitu.handover.tellings import tell_pick_up_declined
from guitu.journeys import operations as journeys
from guitu.journeys import queries as roads
from guitu.journeys.policy import MoveNotAllowed
from guitu.ledger.operations import record
from guitu.rulebook import juveniles


class WordMissing(ValueError):
    """Whose word it was, or the word itself, is missing; `fields` are their names."""

    def __init__(self, *fields: str) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


def decline_pick_up(person_id: uuid.UUID, *, words: str, spoken_by: str, event_id: uuid.UUID, at: datetime) -> None:
    """Record that the offered pick-up is not wanted: nothing follows from it for the person.

    ``spoken_by`` says whose word it is. For a key person (RS-16) the word itself is recorded and the receiving county's
    superior is shown the person and told; the sender is always told. For a juvenile the guardian must have been told
    before, or the answer be that there is none (RS-06). Raises WordMissing, MoveNotAllowed, StepNotOpen and what every
    act raises.
    """
    access.require("pick_up:plan", [person_id])
    with transaction.atomic():
        journey = begin("handover:pickup:declined", person_id, event_id)
        if journey is None:
            return
        guardian = _guardian(journey)
        wrong = faults_of_decline(words=words, spoken_by=spoken_by, key_person=journey.key_person, guardian=guardian)
        if wrong:
            raise WordMissing(*wrong)
        _write(journey, SPOKEN_BY[spoken_by], words, spoken_by=spoken_by, event_id=event_id, at=at)


def declined_by_own_word(
    person_id: uuid.UUID, *, words: str, spoken_by: str, event_id: uuid.UUID, at: datetime
) -> bool:
    """The offered pick-up declined by the person's own word, with all that follows where an officer records it.

    ``spoken_by`` is SELF, REPRESENTATIVE or OFFICER (who recorded the signed sheet). In the transaction of a caller
    that has asked. False where it moves nothing and waits for an officer's answer: no pick-up is offered now, a key
    person's word itself is missing (RS-16), or the word is a guardian's (RS-06). Raises JourneyUnknown.
    """
    journey = begin("handover:pickup:declined", person_id, event_id)
    if journey is None:
        return True
    if not journeys.is_open(journey, "pick_up"):
        return False
    juvenile = juveniles.MARK in journey.marks
    if juvenile and _answer_of_guardian(journey) in {None, "told"}:
        return False
    if journey.key_person and not words.strip():
        return False
    _write(journey, OWN_WORD[spoken_by], words, spoken_by=spoken_by, event_id=event_id, at=at, by=OWN_WORD_FOR)
    return True


def _write(
    journey: journeys.Journey,
    speaker: Word,
    words: str,
    *,
    spoken_by: str,
    event_id: uuid.UUID,
    at: datetime,
    by: frozenset[str] | None = None,
) -> None:
    """The answer, who is told and the record; the receiving side is told too where it was not told by itself."""
    person_id = journey.person_id
    note = f"{speaker.zh}：{words.strip()}" if words.strip() else speaker.zh
    write_answer(journey, step="pick_up", outcome="declined", note=note, event_id=event_id, at=at, by=by)
    if journeys.is_open(journey, GATE):
        _decline_at_the_gate(journey, note, event_id=event_id, at=at)
    superior = _superior(journey, at=at) if journey.key_person else None
    if superior is not None:
        access.give_reach(person_id, unit_id=superior, relation="oversight", at=at)
    told = [journey.sending_unit_id, *([superior] if superior else [])]
    if by is not None:
        told += [unit_id for unit_id in (journey.receiving_unit_id, journey.local_unit_id) if unit_id]
    tell_pick_up_declined(person_id, answer_id=event_id, told=dict.fromkeys(told), at=at)
    record(
        "handover:pickup:declined",
        subjects=[person_id],
        division=journey.division,
        at=at,
        event_id=event_id,
        other_unit_id=journey.sending_unit_id,
        spoken_by=spoken_by,
    )


def _decline_at_the_gate(journey: journeys.Journey, note: str, *, event_id: uuid.UUID, at: datetime) -> None:
    """Who wants no pick-up is met by nobody at the gate: the same word answers the step of RS-16 for the sender."""
    mark, sender = uuid.uuid5(event_id, GATE), frozenset({"sending_unit"})
    write_answer(journey, step=GATE, outcome="declined", note=note, event_id=mark, at=at, by=sender)


def _guardian(journey: journeys.Journey) -> str | None:
    """How the guardian's notice came out for a juvenile, None for others. Raises MoveNotAllowed while it is open."""
    if juveniles.MARK not in journey.marks:
        return None
    answer = _answer_of_guardian(journey)
    if answer is None:
        raise MoveNotAllowed(
            "未成年人的接送，要先有监护人或者民政的答复，才能记为谢绝",
            "For a juvenile the guardian’s or civil affairs’ answer is needed before a pick-up is declined",
        )
    return answer


def _answer_of_guardian(journey: journeys.Journey) -> str | None:
    road = roads.road_by_id(journey.id)
    answer = road.step("guardian_notice").answer if road else None
    return answer.outcome if answer is not None else None


def _superior(journey: journeys.Journey, *, at: datetime) -> uuid.UUID | None:
    """Who stands above the receiving county, or None where nobody does."""
    if journey.receiving_unit_id is None:
        return None
    above = tree_above([journey.receiving_unit_id], at=at).above(journey.receiving_unit_id)
    return above[0].id if above else None
