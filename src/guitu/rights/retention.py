"""Files whose keeping has come to its end: listed, decided set-wise by the head of the unit, erased by the worker."""

from __future__ import annotations

import uuid
from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
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
from guitu.rights import sealing
from guitu.rights.deciding import ERASE
from guitu.rights.models import Erasure, Request

RULE = "RD-KEEP"
EXPIRED = "EXPIRED"


class NotDue(ValueError):
    """Somebody among those chosen is not due for erasure (any more); nobody was decided about."""


@dataclass(frozen=True)
class Due:
    """A file that is due: since when all matters have ended, and when the keeping ended (exclusive).

    `key` is the person; of a sealed file, which nobody sees, the sealing, and `name` its number.
    """

    key: uuid.UUID
    name: str
    sealed: bool
    ended_at: datetime
    kept_until: datetime


def due(*, at: datetime, first: int, most: int) -> tuple[list[Due], int]:
    """One page of the own unit's files that are due at `at`, the longest first; how many in all.

    Not listed: whose erasure is under way, and about whom a request (or a lawful query) is not decided yet. An erasure
    that was decided and stopped (errands) is listed again. A sealed file stands by the number of its sealing.
    """
    found = sorted([*_due(at), *_sealed_due(at)], key=lambda one: (one.kept_until, one.key))
    return found[first : first + most], len(found)


def _kept_until(ended_at: datetime) -> datetime:
    province = actor().session.division[:2] + "0000"
    return clock(active_book(), RULE, ended_at, province=province).due_at


def _sealed_due(at: datetime) -> list[Due]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealing, number, ended_at, erasure FROM rights_sealed_ended(%s::timestamptz)", [at])
        rows = cursor.fetchall()
    stopped = {
        key for key, errand in errands.newest_about({row[3] for row in rows if row[3]}).items() if errand.outcome
    }
    due = [
        Due(key, number, True, ended_at, _kept_until(ended_at))
        for key, number, ended_at, e in rows
        if e is None or e in stopped
    ]
    return [one for one in due if one.kept_until <= at]


def _due(at: datetime) -> list[Due]:
    decided = {erasure_id: person for person, erasure_id in _not_done().values_list("person_id", "id")}
    stopped = {key for key, errand in errands.newest_about(decided).items() if errand.outcome}
    waiting = {person for key, person in decided.items() if key not in stopped}
    waiting |= set(Request.objects.filter(decided_at__isnull=True).values_list("person_id", flat=True))

    ended = [row for row in ended_persons() if row[0] not in waiting]
    # An earlier end is never due later: the due ones are the first of the list.
    number = bisect(ended, at, key=lambda row: _kept_until(row[2]))
    return [Due(person, name, False, ended_at, _kept_until(ended_at)) for person, name, ended_at in ended[:number]]


def _not_done() -> QuerySet[Erasure]:
    return Erasure.objects.filter(person_id__isnull=False)


def erase_expired(keys: Sequence[uuid.UUID], *, event_id: uuid.UUID, at: datetime, lasts: timedelta) -> int:
    """Decide the erasure of these files (`Due.key`), all or none, and hand it to the worker; about how many.

    One that was decided before and stopped is handed to the worker again. The same `event_id` again changes nothing.
    Raises NotAllowed, PersonUnknown, NotDue.
    """
    access.require(ERASE, [])
    with transaction.atomic():
        sealed = {key for key in keys if sealing.sealing(key) is not None}
    persons = [key for key in keys if key not in sealed]
    made = {key: uuid.uuid5(event_id, str(key)) for key in keys}
    with transaction.atomic():
        if any(is_recorded("rights:erasure:decided", event) for event in made.values()):
            return 0
    if persons:
        access.require(ERASE, persons)
    with transaction.atomic():
        if any(is_recorded("rights:erasure:decided", event) for event in made.values()):
            return 0
        if not made or not {one.key for one in [*_due(at), *_sealed_due(at)]}.issuperset(made):
            raise NotDue
        rows = [
            *_decided(persons, made, at=at),
            *(one for key in keys if key in sealed for one in _sealed(key, made[key], at=at)),
        ]
        for erasure_id in rows:
            errands.give(ERASE, erasure_id, lasts=lasts)
    return len(made)


def _decided(persons: Sequence[uuid.UUID], made: Mapping[uuid.UUID, uuid.UUID], *, at: datetime) -> list[uuid.UUID]:
    """Write the decision about files that the post sees; the erasures to be carried out."""
    session = actor().session
    again = list(_not_done().filter(person_id__in=persons))
    fresh = [
        Erasure(
            id=made[person_id],
            person_id=person_id,
            division=session.division,
            unit_id=session.unit_id,
            number=reference_number("Q", at),
            ground=EXPIRED,
            decided_at=at,
            decided_by=session.post_id,
        )
        for person_id in persons
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
    return [one.id for one in rows]


def _sealed(sealing_id: uuid.UUID, event_id: uuid.UUID, *, at: datetime) -> list[uuid.UUID]:
    """Write the decision about a sealed file and those joined into it; the erasures to be carried out."""
    number = reference_number("Q", at)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT erasure FROM rights_erase_sealed(%s::uuid, %s::uuid, %s, %s, %s::timestamptz)",
            [sealing_id, event_id, number, EXPIRED, at],
        )
        found = [erasure_id for (erasure_id,) in cursor.fetchall()]
    if not found:
        raise NotDue
    session, facts = actor().session, {"number": number, "ground": EXPIRED}
    record_many("rights:erasure:decided", [Act(event_id, (), session.division, facts)], at=at)
    return found
