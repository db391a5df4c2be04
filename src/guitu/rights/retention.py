"""Files whose keeping has come to its end: listed, decided set-wise by the head of the unit, erased by the worker."""

from __future__ import annotations

import uuid
from bisect import bisect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import connection, transaction
from django.db.models import QuerySet

from guitu.access import errands
from guitu.access import operations as access
from guitu.access.acting import actor
from guitu.access.rule_packs import active_book
from guitu.exchange.operations import reference_number
from guitu.journeys.policy import clock
from guitu.journeys.queries.ended import EndedPersons
from guitu.ledger.operations import Act, record_many
from guitu.ledger.queries import is_recorded
from guitu.rights import sealing
from guitu.rights.deciding import ERASE
from guitu.rights.models import Erasure, Request
from guitu.rulebook.attempts import AttemptRefused
from guitu.rulebook.clocks import legal_day
from guitu.rulebook.counting import LEGAL_TIME
from guitu.rulebook.divisions import province_code

RULE = "RD-KEEP"
EXPIRED = "EXPIRED"


class NotDue(AttemptRefused, ValueError):
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
    ended, sealed = _ended(at), sorted(_sealed_due(at), key=_place)

    def seen(start: int, end: int) -> list[Due]:
        return [
            Due(person, name, False, ended_at, _kept_until(ended_at))
            for person, name, ended_at in ended.page(start, end)
        ]

    return merged_page(sealed, seen, first=first, most=most), len(sealed) + ended.count()


def _place(one: Due) -> tuple[datetime, uuid.UUID]:
    return one.ended_at, one.key


def merged_page(few: Sequence[Due], many: Callable[[int, int], list[Due]], *, first: int, most: int) -> list[Due]:
    """One page of two lists in the order of their ends: of `few`, which are held, and `many`, of which a part is read.

    `many` gives its rows from one place up to another. Of those before the part read there are so many that no row of
    `few` that stands among them can be on the page.
    """
    start = max(0, first - len(few))
    merged = sorted([*few, *many(start, first + most)], key=_place)
    return merged[first - start : first - start + most]


def ended_before(at: datetime) -> datetime:
    """The moment (aware) before which whatever ended is due at `at`: the first legal day still kept begins."""
    first = min(value.from_ for value in active_book().rules[RULE].values).toordinal()
    days = range(first, legal_day(at).toordinal() + 1)
    due = bisect(days, at, key=lambda day: _kept_until(_begin(day)))
    return _begin(first + due)


def _begin(day: int) -> datetime:
    return datetime.combine(date.fromordinal(day), time.min, LEGAL_TIME)


def _kept_until(ended_at: datetime) -> datetime:
    province = province_code(actor().session.division)
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


def _ended(at: datetime) -> EndedPersons:
    """Whose files are due, but for those about whom something is under way."""
    decided = {erasure_id: person for person, erasure_id in _not_done().values_list("person_id", "id")}
    stopped = {key for key, errand in errands.newest_about(decided).items() if errand.outcome}
    waiting = {person for key, person in decided.items() if key not in stopped and person is not None}
    waiting |= set(Request.objects.filter(decided_at__isnull=True).values_list("person_id", flat=True))
    # An earlier end is never due later: the due ones are those before one moment.
    return EndedPersons(before=ended_before(at), but=waiting)


def _not_done() -> QuerySet[Erasure]:
    return Erasure.objects.filter(person_id__isnull=False)


def erase_expired(keys: Sequence[uuid.UUID], *, event_id: uuid.UUID, at: datetime) -> int:
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
        known = {one.key for one in _sealed_due(at)} if sealed else set()
        if not made or not known.issuperset(sealed) or not _ended(at).has_all(persons):
            raise NotDue
        rows = [
            *_decided(persons, made, at=at),
            *(one for key in keys if key in sealed for one in _sealed(key, made[key], at=at)),
        ]
        for erasure_id in rows:
            errands.give(ERASE, erasure_id)
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
