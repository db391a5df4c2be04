"""Allotting a matter to a township office and a worker, with what each carries already before one's eyes."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from guitu.access import operations as access
from guitu.access import queries as units
from guitu.access.acting import actor
from guitu.handover.matters import begin
from guitu.journeys import operations as journeys
from guitu.journeys.policy import MoveNotAllowed
from guitu.ledger.operations import record


def allot(
    person_id: uuid.UUID,
    *,
    local_unit_id: uuid.UUID,
    worker_post_id: uuid.UUID | None,
    event_id: uuid.UUID,
    at: datetime,
) -> None:
    """Allot the matter to an office below the acting county and, if named, to one post in it.

    The office (or the post alone, where its role sees only assigned persons) is shown the person; whoever had it before
    no longer is. The county stays responsible. Raises MoveNotAllowed and what every act raises.
    """
    access.require("matter:allot", [person_id])
    session = actor().session
    with transaction.atomic():
        journey = begin("handover:matter:allotted", person_id, event_id)
        if journey is None:
            return
        if journey.receiving_unit_id != session.unit_id:
            raise MoveNotAllowed("只有接收县可以分派", "Only the receiving county allots")
        office = units.units_named({local_unit_id}).get(local_unit_id)
        if office is None or not (session.division <= office.division < session.high):
            raise MoveNotAllowed("只能分派给本县的司法所或者单位", "Only an office of this county can be chosen")
        if worker_post_id is not None and units.unit_of_post(worker_post_id, at=at) != local_unit_id:
            raise MoveNotAllowed("这个岗位不在该单位，或者已离任", "This post is not in office in that unit")
        if journey.local_unit_id is not None:
            # Also when the office stays: whoever had it before there loses sight of the person.
            access.end_reach(person_id, unit_id=journey.local_unit_id, relation="assigned", at=at)
        access.give_reach(person_id, unit_id=local_unit_id, relation="assigned", at=at)
        if worker_post_id is not None:
            access.give_reach(person_id, unit_id=local_unit_id, relation="assigned", at=at, post_id=worker_post_id)
        journeys.allot(journey, local_unit_id, worker_post_id=worker_post_id, at=at)
        record(
            "handover:matter:allotted",
            subjects=[person_id],
            division=journey.division,
            at=at,
            event_id=event_id,
            other_unit_id=local_unit_id,
        )
