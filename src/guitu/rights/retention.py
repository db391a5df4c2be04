"""Files whose keeping has come to its end: listed, decided set-wise by the head of the unit, erased by the worker."""

from __future__ import annotations

import uuid
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from guitu.access import errands
from guitu.access import operations as access
from guitu.access.acting import actor
from guitu.access.rule_packs import active_book
from guitu.exchange.operations import reference_number
from guitu.journeys.policy import clock
from guitu.journeys.queries.ended import ended_persons
from guitu.ledger.operations import Act, record_many
from guitu.ledger.queries import is_recorded
from guitu.rights.deciding import ERASE
from guitu.rights.models import Erasure, Request

RULE = "RD-KEEP"
EXPIRED = "EXPIRED"


class NotDue(ValueError):
    """Somebody among those chosen is not due for erasure (any more); nobody was decided about."""


@dataclass(frozen=True)
class Due:
    """A person whose file is due: since when all matters have ended, and when the keeping ended (exclusive)."""

    person_id: uuid.UUID
    name: str
    ended_at: datetime
    kept_until: datetime


def due(*, at: datetime, first: int, most: int) -> tuple[list[Due], int]:
    """One page of the own unit's files that are due at `at`, the longest first; how many in all.

    Not listed: whose erasure is under way, and who has a request that is not decided yet. An erasure that was decided
    and stopped (errands) is listed again.
    """
    found = _due(at)
    return found[first : first + most], len(found)


def _due(at: datetime) -> list[Due]:
    session = actor().session
    book, province = active_book(), session.division[:2] + "0000"
    decided = {erasure_id: person for person, erasure_id in _not_done().values_list("person_id", "id")}
    stopped = {key for key, errand in errands.newest_about(decided).items() if errand.outcome}
    waiting = {person for key, person in decided.items() if key not in stopped}
    waiting |= set(Request.objects.filter(decided_at__isnull=True).values_list("person_id", flat=True))

    def kept_until(ended_at: datetime) -> datetime:
        return clock(book, RULE, ended_at, province=province).due_at

    ended = [row for row in ended_persons() if row[0] not in waiting]
    # An earlier end is never due later: the due ones are the first of the list.
    number = bisect(ended, at, key=lambda row: kept_until(row[2]))
    return [Due(person, name, ended_at, kept_until(ended_at)) for person, name, ended_at in ended[:number]]


def _not_done() -> QuerySet[Erasure]:
    return Erasure.objects.filter(person_id__isnull=False)


def erase_expired(person_ids: Sequence[uuid.UUID], *, event_id: uuid.UUID, at: datetime, lasts: timedelta) -> int:
    """Decide the erasure of these persons, all or none, and hand it to the worker; how many were decided about.

    One that was decided before and stopped is handed to the worker again. The same `event_id` again changes nothing.
    Raises NotAllowed, PersonUnknown, NotDue.
    """
    access.require(ERASE, person_ids)
    made = {person_id: uuid.uuid5(event_id, str(person_id)) for person_id in person_ids}
    with transaction.atomic():
        if any(is_recorded("rights:erasure:decided", event) for event in made.values()):
            return 0
        held = {one.person_id for one in _due(at)}
        if not made or not held.issuperset(made):
            raise NotDue
        session = actor().session
        again = list(_not_done().filter(person_id__in=made))
        fresh = [
            Erasure(
                id=erasure_id,
                person_id=person_id,
                division=session.division,
                unit_id=session.unit_id,
                number=reference_number("Q", at),
                ground=EXPIRED,
                decided_at=at,
                decided_by=session.post_id,
            )
            for person_id, erasure_id in made.items()
            if person_id not in {one.person_id for one in again}
        ]
        Erasure.objects.bulk_create(fresh)
        rows = [*again, *fresh]
        acts = [
            Act(made[one.person_id], (one.person_id,), session.division, {"number": one.number, "ground": one.ground})
            for one in rows
            if one.person_id is not None
        ]
        record_many("rights:erasure:decided", acts, at=at)
        for one in rows:
            errands.give(ERASE, one.id, lasts=lasts)
    return len(rows)
