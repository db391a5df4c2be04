"""Release: the certificate handed to the person, else the end of the day; responsibility passes at that moment."""

from __future__ import annotations

import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from guitu.access import operations as access
from guitu.access import queries as units
from guitu.handover.matters import locked_matter
from guitu.handover.policy import FREE_AT_RELEASE
from guitu.handover.steps import write_answer
from guitu.journeys import operations as journeys
from guitu.journeys import queries as roads
from guitu.journeys.policy import MoveNotAllowed
from guitu.ledger.operations import record
from guitu.ledger.queries import is_recorded
from guitu.people import operations as people

_SHANGHAI = ZoneInfo("Asia/Shanghai")


def release_person(person_id: uuid.UUID, *, certificate: str, event_id: uuid.UUID, at: datetime) -> None:
    """Record that the certificate with this number was handed to the person at `at`: that is the release.

    A free person's county becomes responsible at once (decision 8). Raises MoveNotAllowed before the release day, and
    what every act raises.
    """
    access.require("person:release", [person_id])
    if not certificate.strip():
        raise MoveNotAllowed("要写明释放证明的编号", "The number of the certificate is needed")
    with transaction.atomic():
        journey = locked_matter(person_id)
        if is_recorded("handover:person:released", event_id):
            return
        if at.astimezone(_SHANGHAI).date() < journey.release_on:
            raise MoveNotAllowed(
                "还没有到释放日；释放日有变更的，先更正释放日",
                "The release day has not come; if it has changed, correct it first",
            )
        write_answer(journey, step="release", outcome="certificate", note=certificate.strip(), event_id=event_id, at=at)
        journeys.note_release(journey, at)
        record(
            "handover:person:released",
            subjects=[person_id],
            division=journey.division,
            at=at,
            event_id=event_id,
            other_unit_id=journey.receiving_unit_id,
            certificate=certificate.strip(),
        )
        pass_on(journey, moment=at, at=at)


def pass_on(journey: journeys.Journey, *, moment: datetime, at: datetime) -> None:
    """Make the receiving county responsible from `moment` on, where the person is free and a county is known."""
    if journey.release_type not in FREE_AT_RELEASE or journey.receiving_unit_id is None:
        return
    receiver = units.unit(journey.receiving_unit_id)
    access.give_reach(journey.person_id, unit_id=journey.sending_unit_id, relation="sender", at=moment)
    access.give_reach(journey.person_id, unit_id=receiver.id, relation="receiver", at=moment)
    people.move_responsibility(
        journey.person_id, unit_id=receiver.id, division=receiver.division, reason="RELEASED", at=moment
    )
    record(
        "people:responsibility:moved",
        subjects=[journey.person_id],
        division=receiver.division,
        at=at,
        event_id=journey.id,
        other_unit_id=receiver.id,
    )


def release_by_time(*, at: datetime, most: int) -> int:
    """Count those as released whose release day has ended without a certificate being recorded; returns how many.

    Run by the tick, each person in a transaction of its own, at the exclusive end of the release day.
    """
    with transaction.atomic():
        waiting = roads.not_yet_released(at=at, most=most)
    for task in waiting:
        with transaction.atomic():
            journey = journeys.lock(task.journey_id)
            if journey.released_at is not None:
                continue
            moment = roads.end_of_release_day(journey.release_on)
            write_answer(
                journey,
                step="release",
                outcome="by_time",
                note="",
                event_id=uuid.uuid5(journey.id, f"released:{journey.release_on}"),
                at=at,
            )
            journeys.note_release(journey, moment)
            pass_on(journey, moment=moment, at=at)
    return len(waiting)
