"""Files whose keeping has come to its end: listed, decided set-wise by the head of the unit, erased by the worker."""

from __future__ import annotations

import uuid
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from guitu.access import errands
from guitu.access import operations as access
from guitu.access.acting import actor
from guitu.access.rule_packs import active_book
from guitu.exchange.operations import reference_number
from guitu.journeys.policy import clock
from guitu.journeys.queries.ended import ended_persons
from guitu.ledger.operations import Act, record_many
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

    Not listed: whose erasure is decided already, and who has a request that is not decided yet.
    """
    found = _due(at)
    return found[first : first + most], len(found)


def _due(at: datetime) -> list[Due]:
    session = actor().session
    book, province = active_book(), session.division[:2] + "0000"
    waiting = set(Erasure.objects.filter(person_id__isnull=False).values_list("person_id", flat=True))
    waiting |= set(Request.objects.filter(decided_at__isnull=True).values_list("person_id", flat=True))

    def kept_until(ended_at: datetime) -> datetime:
        return clock(book, RULE, ended_at, province=province).due_at

    ended = [row for row in ended_persons() if row[0] not in waiting]
    # An earlier end is never due later: the due ones are the first of the list.
    number = bisect(ended, at, key=lambda row: kept_until(row[2]))
    return [Due(person, name, ended_at, kept_until(ended_at)) for person, name, ended_at in ended[:number]]


def erase_expired(person_ids: Sequence[uuid.UUID], *, event_id: uuid.UUID, at: datetime, lasts: timedelta) -> int:
    """Decide the erasure of these persons, all or none, and hand it to the worker; how many were decided about.

    The same `event_id` again changes nothing. Raises NotAllowed, PersonUnknown, NotDue.
    """
    access.require(ERASE, person_ids)
    made = {person_id: uuid.uuid5(event_id, str(person_id)) for person_id in person_ids}
    with transaction.atomic():
        if Erasure.objects.filter(id__in=made.values()).exists():
            return 0
        held = {one.person_id for one in _due(at)}
        if not made or not held.issuperset(made):
            raise NotDue
        session = actor().session
        rows = [
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
        ]
        Erasure.objects.bulk_create(rows)
        acts = [
            Act(one.id, (one.person_id,), session.division, {"number": one.number, "ground": EXPIRED})
            for one in rows
            if one.person_id is not None
        ]
        record_many("rights:erasure:decided", acts, at=at)
        for one in rows:
            errands.give(ERASE, one.id, lasts=lasts)
    return len(rows)
