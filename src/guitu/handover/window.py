"""一窗受理: any counter takes any of the twelve matters; the first desk is fixed, the matter goes to who answers it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from guitu.access import operations as access
from guitu.access import queries as units
from guitu.access.acting import actor
from guitu.access.rule_packs import active_book
from guitu.access.tree import desk
from guitu.handover import documents, policy
from guitu.handover.models import Request
from guitu.journeys import operations as journeys
from guitu.journeys import queries as roads
from guitu.journeys.policy import clock
from guitu.ledger import keys
from guitu.ledger.operations import record
from guitu.notices.operations import tell
from guitu.papers import operations as papers
from guitu.people import queries as persons
from guitu.rulebook.book import load_national
from guitu.rulebook.divisions import province_code

SLIP = "reception_slip"
MOST_WORDS = 2000
"""Characters of what the person said, and of an answer."""


class RequestRefused(ValueError):
    """What was handed in cannot be taken; `reason` is MATTER, CHANNEL or WORDS."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Routed:
    """Where a matter goes and by when: the step that answers it (or none), the unit in charge, the due moment."""

    step: str
    round: str
    duty_unit_id: uuid.UUID
    due_at: datetime
    due_rule: str


def words_of(request_id: uuid.UUID) -> str:
    """What the sealed words of a request belong to."""
    return f"request:{request_id}"


def take(
    person_id: uuid.UUID, *, matters: Sequence[str], channel: str, words: str, event_id: uuid.UUID, at: datetime
) -> list[uuid.UUID]:
    """Take matters (codes of matter_12) for a person; the acting unit is their first desk from now on.

    Each gets a number and a slip, opens or joins the step that answers it, or goes to the unit that has it in hand,
    which is told; across counties that unit owes a first answer too (RH-FIRST-ANSWER). A repeated `event_id` returns
    what the first made. Raises NotAllowed, PersonUnknown, RequestRefused.
    """
    access.require("matter:take", [person_id])
    wanted = list(dict.fromkeys(matters))
    check(wanted, channel, words)
    with transaction.atomic():
        road = roads.road_of(person_id)
        journey = journeys.lock(road.task.journey_id) if road and road.task.ended_at is None else None
        earlier = dict(Request.objects.filter(event_id=event_id).values_list("matter", "id"))
        return [
            earlier[matter]
            if matter in earlier
            else _take(person_id, journey, matter, channel=channel, words=words.strip(), event_id=event_id, at=at)
            for matter in wanted
        ]


def check(matters: Sequence[str], channel: str, words: str) -> None:
    """Whether this can be taken at all. Raises RequestRefused: MATTER, CHANNEL or WORDS."""
    if not matters or not set(matters) <= {entry.code for entry in load_national().codes["matter_12"].codes}:
        raise RequestRefused("MATTER")
    if channel not in policy.CHANNELS:
        raise RequestRefused("CHANNEL")
    if not words.strip() or len(words) > MOST_WORDS:
        raise RequestRefused("WORDS")


def _take(
    person_id: uuid.UUID,
    journey: journeys.Journey | None,
    matter: str,
    *,
    channel: str,
    words: str,
    event_id: uuid.UUID,
    at: datetime,
) -> uuid.UUID:
    session = actor().session
    request_id = uuid.uuid5(event_id, f"window:{matter}")
    file = persons.file_of(person_id)
    goes = routed(person_id, journey, matter, event_id=request_id, at=at)
    named = units.units_named({session.unit_id, goes.duty_unit_id, file.responsible_unit_id})
    own, duty = named[session.unit_id], named[goes.duty_unit_id]
    if journey is not None and duty.id == journey.receiving_unit_id:
        access.give_reach(person_id, unit_id=duty.id, relation="receiver", at=at)
        access.give_reach(person_id, unit_id=journey.sending_unit_id, relation="sender", at=at)
    first_due = first_answer_due(own, duty, at=at)
    due = {
        "matter": documents.word("matter_12", matter),
        "channel": policy.CHANNELS[channel].zh,
        "due_on": documents.due(goes.due_at),
    }
    slip = papers.issue(
        SLIP,
        person_id=person_id,
        facts={
            "name": file.name,
            "accepted_at": documents.moment(at),
            "first_desk": own.name,
            "duty_unit": duty.name,
            "officer": session.account_name,
            "phone": own.phone,
            "person_number": file.number,
            **due,
        },
        event_id=request_id,
        at=at,
    )
    Request.objects.create(
        id=request_id,
        person_id=person_id,
        division=file.division,
        event_id=event_id,
        journey_id=journey.id if journey else None,
        matter=matter,
        step=goes.step,
        round=goes.round,
        channel=channel,
        words=keys.encrypt(words, belongs_to=words_of(request_id)),
        number=slip.number,
        document_id=slip.id,
        first_desk_id=own.id,
        post_id=session.post_id,
        taken_by=session.account_name,
        taken_at=at,
        duty_unit_id=duty.id,
        due_at=goes.due_at,
        due_rule=goes.due_rule,
        first_due_at=first_due,
        climbs_at=policy.first_of(goes.due_at, first_due),
    )
    if duty.id != own.id:
        facts = {"unit": str(own.id), "number": slip.number}
        tell(desk(duty.id), "REQUEST_TAKEN", facts, at, subject_id=request_id, person_id=person_id)
    record(
        "handover:request:taken",
        subjects=[person_id],
        division=file.division,
        at=at,
        event_id=request_id,
        other_unit_id=duty.id,
        number=slip.number,
        matter=matter,
    )
    return request_id


def routed(
    person_id: uuid.UUID, journey: journeys.Journey | None, matter: str, *, event_id: uuid.UUID, at: datetime
) -> Routed:
    """Where a matter goes: the open step of the matter, one opened for it, or the unit that answers it directly."""
    if journey is not None:
        step = policy.step_of_matter(matter, released=journey.released_at is not None, ended=False)
        if step and _opened(journey, step, event_id=event_id, at=at):
            found = roads.road_by_id(journey.id)
            running = found.step(step).clock if found else None
            if running is not None:
                return Routed(step, running.round, running.duty_unit_id, running.due_at, running.rule)
    duty = units.unit(_in_charge(person_id, journey, matter))
    due = clock(active_book(), policy.ANSWER_RULE, at, province=province_of(duty))
    return Routed("", "", duty.id, due.due_at, due.rule)


def _opened(journey: journeys.Journey, step: str, *, event_id: uuid.UUID, at: datetime) -> bool:
    """Whether the step is open now: it was, or could be opened for this request."""
    if journeys.is_open(journey, step):
        return True
    try:
        journeys.request_step(journey, step, at=at)
    except journeys.StepNotOpen as closed:
        closed.dismiss()  # the matter is taken all the same, and answered without the step
        return False
    record(
        "journeys:step:requested",
        subjects=[journey.person_id],
        division=journey.division,
        at=at,
        event_id=event_id,
        step=step,
    )
    return True


def _in_charge(person_id: uuid.UUID, journey: journeys.Journey | None, matter: str) -> uuid.UUID:
    """Who answers a matter directly: before the release the owner of its open step, else by position, else who is
    responsible.
    """
    found = roads.road_by_id(journey.id) if journey is not None else None
    if journey is None or found is None:
        return persons.file_of(person_id).responsible_unit_id
    released = journey.released_at is not None
    for step in found.steps:
        if not released and step.definition.matter == matter and step.clock is not None:
            return step.clock.duty_unit_id
    if policy.position_for(matter, released=released) == "sending_unit":
        return journey.sending_unit_id
    return journey.local_unit_id or persons.file_of(person_id).responsible_unit_id


def first_answer_due(own: units.UnitView, duty: units.UnitView, *, at: datetime) -> datetime | None:
    """By when a unit owes a first answer to the counter of another county (RH-FIRST-ANSWER); None within one county."""
    if duty.id == own.id or not policy.other_region(own.division, duty.division):
        return None
    return clock(active_book(), policy.FIRST_ANSWER_RULE, at, province=province_of(duty)).due_at


def province_of(unit: units.UnitView) -> str:
    """The province (six digits) whose rules and calendar a unit goes by."""
    return province_code(unit.division)
