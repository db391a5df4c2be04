"""Release: the certificate handed to the person, else the end of the day; responsibility passes at that moment."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from guitu.access import operations as access
from guitu.access import queries as units
from guitu.handover.matters import begin, each_alone
from guitu.handover.policy import FREE_AT_RELEASE
from guitu.handover.steps import not_before_release, write_answer
from guitu.handover.tellings import tell_passed
from guitu.journeys import operations as journeys
from guitu.journeys import queries as roads
from guitu.journeys.policy import MoveNotAllowed
from guitu.ledger.operations import record
from guitu.people import operations as people


def release_person(person_id: uuid.UUID, *, certificate: str, event_id: uuid.UUID, at: datetime) -> None:
    """Record that the certificate with this number was handed to the person at `at`: that is the release.

    A free person's county becomes responsible at once (decision 8). Raises MoveNotAllowed before the release day, and
    what every act raises.
    """
    access.require("person:release", [person_id])
    if not certificate.strip():
        raise MoveNotAllowed("要写明释放证明的编号", "The number of the certificate is needed", "MISSING")
    with transaction.atomic():
        journey = begin("handover:person:released", person_id, event_id)
        if journey is None:
            return
        not_before_release(journey, at=at)
        write_answer(journey, step="release", outcome="certificate", note=certificate.strip(), event_id=event_id, at=at)
        count_as_released(journey, at=at)
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


def count_as_released(journey: journeys.Journey, *, at: datetime) -> None:
    """The person is here, so they have been released, whether or not a certificate was recorded."""
    if journey.released_at is None:
        journeys.note_release(journey, at)


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
    tell_passed(
        journey.person_id, journey_id=journey.id, sender_id=journey.sending_unit_id, receiver_id=receiver.id, at=at
    )
    record(
        "people:responsibility:moved",
        subjects=[journey.person_id],
        division=receiver.division,
        at=at,
        event_id=journey.id,
        other_unit_id=receiver.id,
    )


def release_by_time(*, at: datetime, most: int) -> tuple[int, list[uuid.UUID]]:
    """Count those as released whose release day has ended without a certificate being recorded; how many, and who not.

    Run by the tick, each person in a transaction of its own, at the exclusive end of the release day.
    """

    def release(journey: journeys.Journey) -> None:
        if journey.released_at is not None:
            return
        moment = roads.end_of_release_day(journey.release_on)
        event_id = uuid.uuid5(journey.id, f"released:{journey.release_on}")
        write_answer(journey, step="release", outcome="by_time", note="", event_id=event_id, at=at)
        journeys.note_release(journey, moment)
        pass_on(journey, moment=moment, at=at)

    with transaction.atomic():
        waiting = roads.not_yet_released(at=at, most=most)
    return each_alone(waiting, release)


def pass_responsibility_at_release(*, at: datetime, most: int) -> tuple[int, list[uuid.UUID]]:
    """Pass on those who were released while no county was known, once one is; how many, and whose matter was left.

    Run by the tick. Free persons only (decision 8): the county that acknowledged, or while none has, the county of the
    household register; where none is known the prison stays responsible. From the end of the release day on.
    """
    with transaction.atomic():
        waiting = roads.released_but_not_passed(FREE_AT_RELEASE, at=at, most=most)
    return each_alone(
        waiting, lambda journey: pass_on(journey, moment=roads.end_of_release_day(journey.release_on), at=at)
    )
