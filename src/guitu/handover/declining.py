"""A pick-up declined: an offer may be refused without consequence, with whose word it was, and who has to know."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from guitu.access import operations as access
from guitu.access.tree import tree_above
from guitu.handover.matters import begin
from guitu.handover.policy import SPOKEN_BY, faults_of_decline
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
        note = f"{SPOKEN_BY[spoken_by].zh}：{words.strip()}" if words.strip() else SPOKEN_BY[spoken_by].zh
        write_answer(journey, step="pick_up", outcome="declined", note=note, event_id=event_id, at=at)
        superior = _superior(journey, at=at) if journey.key_person else None
        if superior is not None:
            access.give_reach(person_id, unit_id=superior, relation="oversight", at=at)
        tell_pick_up_declined(
            person_id,
            answer_id=event_id,
            told=[journey.sending_unit_id, *([superior] if superior else [])],
            at=at,
        )
        record(
            "handover:pickup:declined",
            subjects=[person_id],
            division=journey.division,
            at=at,
            event_id=event_id,
            other_unit_id=journey.sending_unit_id,
            spoken_by=spoken_by,
        )


def _guardian(journey: journeys.Journey) -> str | None:
    """How the guardian's notice came out for a juvenile, None for others. Raises MoveNotAllowed while it is open."""
    if juveniles.MARK not in journey.marks:
        return None
    road = roads.road_by_id(journey.id)
    answer = road.step("guardian_notice").answer if road else None
    if answer is None:
        raise MoveNotAllowed(
            "未成年人的接送，要先有监护人或者民政的答复，才能记为谢绝",
            "For a juvenile the guardian’s or civil affairs’ answer is needed before a pick-up is declined",
        )
    return answer.outcome


def _superior(journey: journeys.Journey, *, at: datetime) -> uuid.UUID | None:
    """Who stands above the receiving county, or None where nobody does."""
    if journey.receiving_unit_id is None:
        return None
    above = tree_above([journey.receiving_unit_id], at=at).above(journey.receiving_unit_id)
    return above[0].id if above else None
