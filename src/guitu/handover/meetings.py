"""Meetings before release: asked for by home, family or a helper; the prison's time; minutes and agreements."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from guitu.access import operations as access
from guitu.access.acting import actor
from guitu.handover.matters import begin, record_matter
from guitu.handover.models import Meeting
from guitu.handover.policy import MEETING_SIDES, MEETING_WAYS
from guitu.handover.steps import write_answer
from guitu.handover.tellings import tell_of_meeting
from guitu.journeys import operations as journeys
from guitu.journeys import queries as roads
from guitu.journeys.policy import MoveNotAllowed
from guitu.ledger import keys

_SHANGHAI = ZoneInfo("Asia/Shanghai")
MEETING, MINUTES = "meeting", "meeting_minutes"


class MeetingIncomplete(ValueError):
    """What a meeting lacks; `fields` are the names of what is missing or wrong."""

    def __init__(self, *fields: str) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


@dataclass(frozen=True)
class Wish:
    """A meeting as it is wished: by which side and how, who comes in which relation (one a line), at which times."""

    side: str
    way: str
    visitors: str
    wished: str


def sealed_as(meeting_id: uuid.UUID, what: str) -> str:
    """What an encrypted part of a meeting is bound to."""
    return f"meeting:{meeting_id}:{what}"


def _sealed(text: str, meeting_id: uuid.UUID, what: str) -> bytes:
    return keys.encrypt(text.strip(), belongs_to=sealed_as(meeting_id, what))


def ask_for_meeting(person_id: uuid.UUID, wish: Wish, *, event_id: uuid.UUID, at: datetime) -> None:
    """Ask for a meeting before release; the prison's first answer is due within the hours of RH-FIRST-ANSWER.

    One request at a time; `event_id` makes a retry harmless. Raises MeetingIncomplete, MoveNotAllowed after the
    release, StepNotOpen while another is open, and what every act raises.
    """
    access.require("step:request", [person_id])
    wrong = [] if wish.side in MEETING_SIDES else ["side"]
    wrong += [] if wish.way in MEETING_WAYS else ["way"]
    wrong += [name for name in ("visitors", "wished") if not getattr(wish, name).strip()]
    if wrong:
        raise MeetingIncomplete(*wrong)
    with transaction.atomic():
        journey = begin("handover:meeting:asked", person_id, event_id)
        if journey is None:
            return
        if journey.released_at is not None:
            raise MoveNotAllowed("本人已经释放，不再安排监内会见", "The person has been released; none is arranged now")
        session = actor().session
        Meeting.objects.create(
            id=event_id,
            person_id=person_id,
            division=journey.division,
            journey_id=journey.id,
            round=journeys.request_step(journey, MEETING, at=at),
            side=wish.side,
            way=wish.way,
            visitors=_sealed(wish.visitors, event_id, "visitors"),
            wished=_sealed(wish.wished, event_id, "wished"),
            asked_at=at,
            asked_by=session.post_id,
            asked_unit_id=session.unit_id,
        )
        if session.unit_id != journey.sending_unit_id:
            tell_of_meeting(person_id, "MEETING_ASKED", meeting_id=event_id, unit_id=journey.sending_unit_id, at=at)
        record_matter("handover:meeting:asked", journey, event_id=event_id, at=at, other=journey.receiving_unit_id)


def give_slot(person_id: uuid.UUID, *, slot_at: datetime, place: str, event_id: uuid.UUID, at: datetime) -> None:
    """Give the meeting that is asked for its time and place: not in the past, not after the release day.

    Raises MeetingIncomplete, StepNotOpen, MoveNotAllowed and what every act raises.
    """
    access.require("step:answer", [person_id])
    if not place.strip():
        raise MeetingIncomplete("place")
    with transaction.atomic():
        journey = begin("handover:meeting:given", person_id, event_id)
        if journey is None:
            return
        if slot_at <= at or slot_at.astimezone(_SHANGHAI).date() > journey.release_on:
            raise MeetingIncomplete("slot_at")
        meeting = _asked(journey, at=at)
        said = f"{slot_at.astimezone(_SHANGHAI):%Y-%m-%d %H:%M} {place.strip()}"
        write_answer(journey, step=MEETING, outcome="slot_given", note=said, event_id=event_id, at=at)
        meeting.slot_at, meeting.place = slot_at, place.strip()
        _answered(meeting, journey, "MEETING_GIVEN", at=at)
        record_matter("handover:meeting:given", journey, event_id=event_id, at=at, other=journey.receiving_unit_id)


def refuse_slot(person_id: uuid.UUID, *, reason: str, event_id: uuid.UUID, at: datetime) -> None:
    """Say why the meeting that is asked for is not possible. Raises as `give_slot`."""
    access.require("step:answer", [person_id])
    if not reason.strip():
        raise MeetingIncomplete("reason")
    with transaction.atomic():
        journey = begin("handover:meeting:refused", person_id, event_id)
        if journey is None:
            return
        meeting = _asked(journey, at=at)
        note = reason.strip()
        write_answer(journey, step=MEETING, outcome="not_possible", note=note, event_id=event_id, at=at)
        meeting.refusal = note
        _answered(meeting, journey, "MEETING_REFUSED", at=at)
        record_matter("handover:meeting:refused", journey, event_id=event_id, at=at, other=journey.receiving_unit_id)


def keep_minutes(
    person_id: uuid.UUID, *, held: bool, minutes: str, agreements: str, event_id: uuid.UUID, at: datetime
) -> None:
    """Keep what was said and agreed at the meeting, or why it was not held. Raises as `give_slot`."""
    access.require("step:answer", [person_id])
    if not minutes.strip():
        raise MeetingIncomplete("minutes")
    with transaction.atomic():
        journey = begin("handover:meeting:minuted", person_id, event_id)
        if journey is None:
            return
        waiting = Meeting.objects.select_for_update(no_key=True).filter(journey_id=journey.id, slot_at__isnull=False)
        meeting = waiting.filter(held__isnull=True).order_by("-slot_at").first()
        if meeting is None:
            raise MoveNotAllowed("没有排定的会见，无从记录", "No meeting has a time that could be minuted")
        if held and meeting.slot_at is not None and meeting.slot_at > at:
            raise MoveNotAllowed("还没有到会见时间，不能记为已会见", "The meeting lies ahead; it cannot have been held")
        write_answer(journey, step=MINUTES, outcome="held" if held else "not_held", note="", event_id=event_id, at=at)
        meeting.held, meeting.minuted_at, meeting.minuted_by = held, at, actor().session.post_id
        meeting.minutes = _sealed(minutes, meeting.id, "minutes")
        meeting.agreements = _sealed(agreements, meeting.id, "agreements")
        meeting.save(update_fields=["held", "minuted_at", "minuted_by", "minutes", "agreements"])
        record_matter("handover:meeting:minuted", journey, event_id=event_id, at=at, other=journey.receiving_unit_id)


def _asked(journey: journeys.Journey, *, at: datetime) -> Meeting:
    """The meeting that the open step waits for; one taken at a counter has no wishes on record yet."""
    road = roads.road_by_id(journey.id)
    clock = road.step(MEETING).clock if road else None
    if clock is None:
        raise journeys.StepNotOpen("没有待答复的会见申请", "No meeting waits for an answer")
    held = Meeting.objects.select_for_update(no_key=True).filter(journey_id=journey.id, round=clock.round).first()
    return held or Meeting.objects.create(
        person_id=journey.person_id,
        division=journey.division,
        journey_id=journey.id,
        round=clock.round,
        asked_at=clock.started_at,
    )


def _answered(meeting: Meeting, journey: journeys.Journey, notice: str, *, at: datetime) -> None:
    session = actor().session
    meeting.answered_at, meeting.answered_by = at, session.post_id
    meeting.save(update_fields=["slot_at", "place", "refusal", "answered_at", "answered_by"])
    told = meeting.asked_unit_id or journey.receiving_unit_id
    if told is not None and told != session.unit_id:
        tell_of_meeting(journey.person_id, notice, meeting_id=meeting.id, unit_id=told, at=at)


@dataclass(frozen=True)
class MeetingView:
    """A meeting, opened. Moments are aware (UTC); ``held`` None: not minuted yet."""

    id: uuid.UUID
    side: str
    way: str
    visitors: str
    wished: str
    asked_at: datetime
    slot_at: datetime | None
    place: str
    refusal: str
    held: bool | None
    minutes: str
    agreements: str


def meetings_of(journey_id: uuid.UUID) -> list[MeetingView]:
    """The meetings of one journey, the newest first."""

    def opened(row: Meeting, what: str) -> str:
        sealed = getattr(row, what)
        return keys.decrypt(sealed, belongs_to=sealed_as(row.id, what)) if sealed is not None else ""

    return [
        MeetingView(
            row.id,
            row.side,
            row.way,
            opened(row, "visitors"),
            opened(row, "wished"),
            row.asked_at,
            row.slot_at,
            row.place,
            row.refusal,
            row.held,
            opened(row, "minutes"),
            opened(row, "agreements"),
        )
        for row in Meeting.objects.filter(journey_id=journey_id).order_by("-asked_at")
    ]
