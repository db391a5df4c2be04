"""How a matter that a counter took is answered: by the step it waits for, or on itself; the first desk is told."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import connection, transaction

from guitu.access import operations as access
from guitu.access.acting import actor
from guitu.access.tree import counter_desk
from guitu.handover import policy
from guitu.handover.models import Request
from guitu.journeys import operations as journeys
from guitu.journeys import queries as roads
from guitu.journeys.policy import MoveNotAllowed
from guitu.ledger import keys
from guitu.ledger.operations import record
from guitu.ledger.queries import is_recorded
from guitu.notices.operations import Person, tell
from guitu.rulebook.attempts import AttemptRefused


class RequestUnknown(AttemptRefused, LookupError):
    """No such request of this person within the acting post's reach."""


class AnswerRefused(ValueError):
    """An answer says how the matter came out, in one of the known ways, and something in words."""


def answer_of(request_id: uuid.UUID) -> str:
    """What the sealed answer of a request belongs to."""
    return f"request:{request_id}:answer"


def first_answer_of(request_id: uuid.UUID) -> str:
    """What the sealed first answer of a request belongs to."""
    return f"request:{request_id}:first"


def give_first_answer(
    person_id: uuid.UUID, request_id: uuid.UUID, *, words: str, event_id: uuid.UUID, at: datetime
) -> None:
    """Say at once what will be done and when (RH-FIRST-ANSWER); the matter stays open. For the unit in charge.

    Raises NotAllowed, PersonUnknown, RequestUnknown, AnswerRefused, MoveNotAllowed.
    """
    access.require("matter:take", [person_id])
    if not words.strip():
        raise AnswerRefused
    with transaction.atomic():
        request = _locked(person_id, request_id)
        if is_recorded("handover:request:first_answered", event_id):
            return
        _require_open(request, {request.duty_unit_id})
        if request.first_due_at is None or request.first_answered_at is not None:
            raise MoveNotAllowed("首次答复已经作过，或者本来不用", "The first answer was given, or none is owed")
        request.first_answered_at = at
        request.first_answer = keys.encrypt(words.strip(), belongs_to=first_answer_of(request.id))
        request.climbs_at = request.due_at
        request.save(update_fields=["first_answered_at", "first_answer", "climbs_at"])
        _tell_first_desk(request, "REQUEST_FIRST_ANSWERED", at=at)
        _record("handover:request:first_answered", request, event_id=event_id, at=at)


def answer_request(
    person_id: uuid.UUID, request_id: uuid.UUID, *, outcome: str, words: str, event_id: uuid.UUID, at: datetime
) -> None:
    """Answer a request that no open step answers; for the unit in charge or the first desk.

    Raises NotAllowed, PersonUnknown, RequestUnknown, AnswerRefused, MoveNotAllowed.
    """
    access.require("matter:take", [person_id])
    kinds = policy.outcome_kinds(with_file=True)
    if outcome not in kinds or not words.strip():
        raise AnswerRefused
    with transaction.atomic():
        request = _locked(person_id, request_id)
        if is_recorded("handover:request:answered", event_id):
            return
        _require_open(request, {request.duty_unit_id, request.first_desk_id})
        if waits_for_step(request.journey_id, request.step):
            raise MoveNotAllowed(
                "这件事由途中的步骤答复，请在档案里办理该步骤", "The step of the road answers this matter"
            )
        _answer(request, outcome=outcome, kind=kinds[outcome], words=words.strip(), at=at)
        _record("handover:request:answered", request, event_id=event_id, at=at, outcome=outcome)


def waits_for_step(journey_id: uuid.UUID | None, step: str) -> bool:
    """Whether the step that answers a request is still open."""
    found = roads.road_by_id(journey_id) if journey_id is not None and step else None
    return found is not None and found.step(step).clock is not None


def step_answered(journey: journeys.Journey, *, step: str, outcome: str, note: str, at: datetime) -> None:
    """Answer the requests that wait for this step; an answer given anew corrects the latest ones. In the transaction
    of the step's answer.
    """
    waiting = Request.objects.filter(journey_id=journey.id, step=step)
    road = roads.road_by_id(journey.id) if waiting.exists() else None
    if road is None:
        return
    given = [one for one in road.answers if one.step == step][-1]
    for request in waiting.select_for_update(no_key=True).filter(round=given.round):
        _answer(request, outcome=outcome, kind=given.kind, words=note, at=at)


def _answer(request: Request, *, outcome: str, kind: str, words: str, at: datetime) -> None:
    session = actor().session
    request.outcome, request.kind, request.answered_at = outcome, kind, at
    request.answered_unit_id, request.answered_post_id = session.unit_id, session.post_id
    request.answer = keys.encrypt(words, belongs_to=answer_of(request.id)) if words else None
    if request.first_due_at is not None and request.first_answered_at is None:
        request.first_answered_at = at
    request.save()
    _tell_first_desk(request, policy.told_of_answer(kind), at=at)
    facts = {"unit": str(session.unit_id), "number": request.number}
    tell(Person(request.person_id), "OWN_REQUEST_ANSWERED", facts, at, subject_id=request.id, key=at.isoformat())


def carry_back(request_id: uuid.UUID) -> uuid.UUID | None:
    """Carry what was answered to the first desk's own half, where a matter was taken in words and passed on.

    Returns the county on its slip, the only unit that the first desk is told of; None for a matter taken otherwise.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT handover_carry_back(%s::uuid)", [request_id])
        named: uuid.UUID | None = cursor.fetchone()[0]
    return named


def _locked(person_id: uuid.UUID, request_id: uuid.UUID) -> Request:
    found = Request.objects.select_for_update(no_key=True).filter(id=request_id, person_id=person_id).first()
    if found is None:
        raise RequestUnknown
    return found


def _require_open(request: Request, by: set[uuid.UUID]) -> None:
    if request.answered_at is not None:
        raise MoveNotAllowed("这件事已经答复过了", "This matter has been answered")
    if actor().session.unit_id not in by:
        raise MoveNotAllowed("由承办单位或者首问单位答复", "The unit in charge or the first desk answers")


def _tell_first_desk(request: Request, code: str, *, at: datetime) -> None:
    named = carry_back(request.id)
    unit_id = actor().session.unit_id
    if unit_id != request.first_desk_id:
        facts = {"unit": str(named or unit_id), "number": request.number}
        told = counter_desk(request.first_desk_id)
        tell(told, code, facts, at, subject_id=request.id, key=at.isoformat(), person_id=request.person_id)


def _record(act: str, request: Request, *, event_id: uuid.UUID, at: datetime, **facts: str) -> None:
    record(
        act,
        subjects=[request.person_id],
        division=request.division,
        at=at,
        event_id=event_id,
        other_unit_id=request.first_desk_id,
        number=request.number,
        **facts,
    )
