"""How a road can end or rest before its time: death, another detention, nobody came."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from guitu.access import operations as access
from guitu.handover.matters import begin
from guitu.handover.policy import CAME, FREE_AT_RELEASE
from guitu.journeys import operations as journeys
from guitu.journeys import queries as roads
from guitu.journeys.policy import MoveNotAllowed
from guitu.ledger.operations import record


def note_death(person_id: uuid.UUID, *, source: str, event_id: uuid.UUID, at: datetime) -> None:
    """End the road of a person who has died; `source` names the document that says so."""
    _end(person_id, "die", act="journeys:person:died", source=source, event_id=event_id, at=at)


def note_detention(person_id: uuid.UUID, *, source: str, event_id: uuid.UUID, at: datetime) -> None:
    """End the road of a person detained in another case; `source` names the document. A later release opens anew."""
    _end(person_id, "detain", act="journeys:person:detained", source=source, event_id=event_id, at=at)


def note_not_arrived(person_id: uuid.UUID, *, source: str, event_id: uuid.UUID, at: datetime) -> None:
    """Note that nobody came: nothing is owed and no clock runs, the door stays open (RS-09: no search, no penalty).

    `source` says what was tried. For free persons; parole and temporary execution go on under their own rules.
    """
    _end(person_id, "give_up_waiting", act="journeys:arrival:left_open", source=source, event_id=event_id, at=at)


def _refuse_unless_awaited(journey: journeys.Journey) -> None:
    if journey.released_at is None:
        raise MoveNotAllowed("本人还没有释放", "The person has not been released yet")
    if journey.release_type not in FREE_AT_RELEASE:
        raise MoveNotAllowed(
            "假释、暂予监外执行未报到的，按社区矫正规定办理，不能这样办结",
            "Parole and temporary execution follow the rules of community corrections and cannot rest like this",
        )
    road = roads.road_by_id(journey.id)
    came = road.step("arrival").answer if road else None
    if came is not None and came.outcome in CAME:
        raise MoveNotAllowed(
            "已经记下本人回来了；记错了的，先更正“到达”的结果",
            "The arrival is recorded; if that was a mistake, correct the answer of the step first",
        )


def _end(person_id: uuid.UUID, move: str, *, act: str, source: str, event_id: uuid.UUID, at: datetime) -> None:
    access.require("journey:end", [person_id])
    if not source.strip():
        raise MoveNotAllowed(
            "要写明依据的文书或者做过的联系", "The document or what was tried must be named", "MISSING"
        )
    with transaction.atomic():
        journey = begin(act, person_id, event_id)
        if journey is None:
            return
        if move == "give_up_waiting":
            _refuse_unless_awaited(journey)
        journeys.advance(journey, move, at=at)
        record(
            act,
            subjects=[person_id],
            division=journey.division,
            at=at,
            event_id=event_id,
            other_unit_id=journey.sending_unit_id,
            source=source.strip(),
        )
