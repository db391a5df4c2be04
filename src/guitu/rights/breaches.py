"""A breach of personal data (PIPL 57): recorded, whom it concerns, the authority told, the persons told by decision.

Whom it concerns no post learns, only how many: the list is closed, written by one function and told by the clock.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import F

from guitu.access import operations as access
from guitu.access.acting import actor
from guitu.access.queries import unit
from guitu.access.roles import ROLES
from guitu.access.rule_packs import active_book
from guitu.access.tree import Desk, desk
from guitu.journeys.policy import MoveNotAllowed, clock
from guitu.ledger.operations import record
from guitu.ledger.queries import is_recorded
from guitu.notices.operations import Person, Telling, tell, tell_all
from guitu.rights import deciding, policy
from guitu.rights.models import Breach, BreachDecision
from guitu.rights.policy import AVOIDED, TELL, Incident
from guitu.rulebook.attempts import AttemptRefused
from guitu.rulebook.breach import breach_rules
from guitu.rulebook.divisions import province_code

RECORD, DECIDE, LIST = "breach:record", "breach:decide", "person:list"
_OUT_OF_RANGE = "GU007"


class BreachRefused(ValueError):
    """Cannot be kept so: what is missing or wrong, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


class BreachUnknown(AttemptRefused, LookupError):
    """No such breach, or no such post, in the acting post's range."""


@dataclass(frozen=True)
class Decided:
    """A decision on whether the persons are told; `required` is the document by which the authority demands it."""

    outcome: str
    words: str
    required: str
    at: datetime
    by: uuid.UUID


@dataclass(frozen=True)
class BreachView:
    """A breach as whoever may see it reads it; due moments are exclusive; `persons` and `told` are counts."""

    id: uuid.UUID
    number: str
    unit_id: uuid.UUID
    kinds: list[str]
    cause: str
    harms: list[str]
    words: str
    measures: str
    advice: str
    contact: str
    noticed_at: datetime
    recorded_at: datetime
    recorded_by: uuid.UUID
    authority_due_at: datetime
    persons_due_at: datetime
    authority: str
    authority_number: str
    authority_told_at: datetime | None
    outcome: str
    persons: int
    told: int
    decisions: tuple[Decided, ...]


@dataclass(frozen=True)
class OwnBreach:
    """A breach as the person concerned reads it, after the decision that they are told."""

    number: str
    unit: str
    unit_en: str
    kinds: list[str]
    cause: str
    harms: list[str]
    words: str
    measures: str
    advice: str
    contact: str
    told_at: datetime


@dataclass(frozen=True)
class LookedFrom:
    """A post of the range, in office or ended, whose looks a breach may stand on."""

    id: uuid.UUID
    unit: str
    unit_en: str
    post: str
    holder: str


def number_of(event_id: uuid.UUID) -> str:
    """The number of a breach; the same for a repeated press."""
    return f"AQ-{event_id.hex[:12].upper()}"


def record_breach(given: Incident, *, event_id: uuid.UUID, at: datetime) -> None:
    """Record a breach; both clocks run from the moment it was noticed, and who may decide is told.

    The same `event_id` again changes nothing. Raises NotAllowed, BreachRefused.
    """
    access.require(RECORD)
    rules = breach_rules()
    fault = policy.breach_fault(given, rules, at)
    if fault:
        raise BreachRefused(*fault)
    with transaction.atomic():
        if is_recorded("rights:breach:recorded", event_id):
            return
        session, book, number = actor().session, active_book(), number_of(event_id)
        province = province_code(unit(session.unit_id).division)
        authority, persons = (
            clock(book, rule, given.noticed_at, province=province).due_at
            for rule in (rules.authority_rule, rules.persons_rule)
        )
        held = Breach.objects.create(
            id=event_id,
            number=number,
            unit_id=session.unit_id,
            division=session.division,
            kinds=list(given.kinds),
            cause=given.cause,
            harms=list(given.harms),
            words=given.words.strip(),
            measures=given.measures.strip(),
            advice=given.advice.strip(),
            contact=given.contact.strip(),
            noticed_at=given.noticed_at,
            recorded_at=at,
            recorded_by=session.post_id,
            authority_due_at=authority,
            persons_due_at=persons,
        )
        deciders = tuple(sorted(role.code for role in ROLES.values() if DECIDE in role.may))
        facts = {"number": number, "due_at": persons.isoformat()}
        tell(Desk(session.unit_id, deciders), "BREACH_TO_DECIDE", facts, at, subject_id=event_id)
        record("rights:breach:recorded", **_facts(held, event_id, at))


def concern(
    breach_id: uuid.UUID,
    *,
    post_id: uuid.UUID | None,
    first: datetime | None,
    until: datetime | None,
    numbers: Collection[str],
    event_id: uuid.UUID,
    at: datetime,
) -> tuple[int, int]:
    """Keep whom a breach concerns: all whom a post looked at or exported from `first` until before `until`, and files
    by number, which only who lists persons may name. How many were new, how many numbers were nobody's; never who.

    The same `event_id` again changes nothing and answers (0, 0). Raises NotAllowed, BreachRefused, BreachUnknown.
    """
    access.require(RECORD)
    if numbers:
        access.require(LIST)
    if not numbers and post_id is None:
        raise BreachRefused("请选岗位和起止时间，或者写档案编号。", "Choose a post and a period, or give file numbers.")
    if post_id is not None and (first is None or until is None or first >= until):
        raise BreachRefused("请写起止时间，止在起之后。", "Give a period that ends after it begins.")
    with transaction.atomic():
        held = _locked(breach_id)
        if is_recorded("rights:breach:concerned", event_id):
            return 0, 0
        fresh, unknown = _concern(breach_id, post_id, first, until, sorted(set(numbers)), at)
        record("rights:breach:concerned", **_facts(held, event_id, at), persons=fresh)
    return fresh, unknown


def _concern(*given: Any) -> tuple[int, int]:
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT * FROM rights_breach_concern(%s::uuid, %s::uuid, %s::timestamptz, %s::timestamptz, %s::text[],"
                " %s::timestamptz)",
                given,
            )
            fresh, unknown = cursor.fetchone()
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) == _OUT_OF_RANGE:
            raise BreachUnknown from error
        raise
    return fresh, unknown


def tell_authority(
    breach_id: uuid.UUID, *, authority: str, number: str, told_at: datetime, event_id: uuid.UUID, at: datetime
) -> None:
    """Keep that the authority was told, once: which one, when, under which number. The same `event_id` again changes
    nothing. Raises NotAllowed, BreachRefused, BreachUnknown, MoveNotAllowed where it was told before.
    """
    access.require(RECORD)
    if not authority.strip() or not number.strip():
        raise BreachRefused("请写通知了哪个部门和文号。", "Give the authority and the number of the notice.")
    with transaction.atomic():
        held = _locked(breach_id)
        if is_recorded("rights:breach:authority_told", event_id):
            return
        if held.authority_told_at is not None:
            raise MoveNotAllowed("已经记下通知过主管部门了", "It is recorded that the authority was told")
        if not held.noticed_at <= told_at <= at:
            raise BreachRefused(
                "通知的时间在发现以后、现在以前。", "It was told after it was noticed, not later than now."
            )
        held.authority, held.authority_number = authority.strip(), number.strip()
        held.authority_told_at, held.authority_told_by = told_at, actor().session.post_id
        held.save(update_fields=["authority", "authority_number", "authority_told_at", "authority_told_by"])
        record("rights:breach:authority_told", **_facts(held, event_id, at))


def decide(breach_id: uuid.UUID, *, outcome: str, words: str, required: str, event_id: uuid.UUID, at: datetime) -> None:
    """Decide whether the persons are told; by somebody else than who recorded it, in another post. Not to tell can be
    decided anew, to tell cannot be taken back. `required` is the document of an authority that demands it.

    The same `event_id` again changes nothing. Raises NotAllowed, BreachRefused, BreachUnknown, MoveNotAllowed.
    """
    access.require(DECIDE)
    fault = policy.breach_decision_fault(outcome, words, required, breach_rules())
    if fault:
        raise BreachRefused(*fault)
    with transaction.atomic():
        held = _locked(breach_id)
        if is_recorded("rights:breach:decided", event_id):
            return
        if deciding.holds(held.recorded_by):
            raise MoveNotAllowed("您自己记录的，由另一岗位的另一人决定", "Somebody else decides what you recorded")
        if held.outcome in {TELL, outcome}:
            raise MoveNotAllowed("已经这样决定了", "This has been decided")
        BreachDecision.objects.create(
            id=event_id,
            breach=held,
            division=held.division,
            outcome=outcome,
            words=words.strip(),
            required=required.strip(),
            decided_at=at,
            decided_by=actor().session.post_id,
            recorded_by=held.recorded_by,
        )
        held.outcome = outcome
        held.save(update_fields=["outcome"])
        record("rights:breach:decided", **_facts(held, event_id, at), outcome=outcome)


def _facts(held: Breach, event_id: uuid.UUID, at: datetime) -> dict[str, Any]:
    """What every entry about a breach holds; it names no person."""
    return {"subjects": [], "division": held.division, "at": at, "event_id": event_id, "number": held.number}


def _locked(breach_id: uuid.UUID) -> Breach:
    held = Breach.objects.select_for_update(no_key=True).filter(id=breach_id).first()
    if held is None:
        raise BreachUnknown
    return held


def tell_persons(*, at: datetime, most: int) -> int:
    """Tell those whom a breach concerns where it was decided so, at most so many, each once; how many. By the tick.

    On My road; where there is no account, the office responsible is asked to tell the person. A sealed file is told to
    no office: it stands on My road alone.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM rights_breach_waiting(%s::integer)", [most])
        waiting = cursor.fetchall()
        if not waiting:
            return 0
        tellings = []
        for row_id, person_id, number, unit_id, responsible, knows, sealed in waiting:
            if sealed:
                continue
            facts = {"number": number, "unit": str(unit_id)}
            tellings.append(Telling(Person(person_id), "OWN_BREACH", row_id, facts))
            if not knows:
                office = desk(responsible)
                tellings.append(Telling(office, "BREACH_TELL_PERSON", row_id, facts, "", None, person_id))
        tell_all(tellings, at=at)
        cursor.execute("SELECT rights_breach_told(%s::uuid[], %s::timestamptz)", [[row[0] for row in waiting], at])
        record("rights:breach:told", subjects=[], division="", at=at, event_id=uuid.uuid4(), persons=len(waiting))
    return len(waiting)


def listed(*, is_open: bool, first: int, most: int) -> tuple[list[BreachView], int]:
    """Breaches of the range: open ones (authority not told, or not decided) by the nearer of the days they still have,
    the most pressing first; or the others, the newest first. How many in all.
    """
    found = Breach.objects.exclude(authority_told_at__isnull=False, outcome__in=[TELL, AVOIDED])
    ordered = found.order_by(F("authority_told_at").asc(nulls_first=True), "authority_due_at", "persons_due_at", "id")
    if not is_open:
        found = Breach.objects.filter(authority_told_at__isnull=False, outcome__in=[TELL, AVOIDED])
        ordered = found.order_by("-recorded_at", "id")
    rows = list(ordered[first : first + most])
    ids = [row.id for row in rows]
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM rights_breach_counts(%s::uuid[])", [ids])
        counts = {breach: (persons, told) for breach, persons, told in cursor.fetchall()}
    decisions: dict[uuid.UUID, list[Decided]] = {}
    for one in BreachDecision.objects.filter(breach_id__in=ids).order_by("decided_at", "outcome", "id"):
        said = Decided(one.outcome, one.words, one.required, one.decided_at, one.decided_by)
        decisions.setdefault(one.breach_id, []).append(said)
    return [_view(row, *counts.get(row.id, (0, 0)), tuple(decisions.get(row.id, ()))) for row in rows], found.count()


_COLUMNS = (
    *("id", "number", "unit_id", "kinds", "cause", "harms", "words", "measures", "advice", "contact", "noticed_at"),
    *("recorded_at", "recorded_by", "authority_due_at", "persons_due_at", "authority", "authority_number"),
    *("authority_told_at", "outcome"),
)


def _view(row: Breach, persons: int, told: int, decisions: tuple[Decided, ...]) -> BreachView:
    return BreachView(
        **{name: getattr(row, name) for name in _COLUMNS}, persons=persons, told=told, decisions=decisions
    )


def own_breaches(*, first: int, most: int) -> tuple[list[OwnBreach], int]:
    """What the person whose road the acting post walks was told, newest first; nothing for every office. How many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM rights_own_breaches(%s::integer, %s::integer)", [first, most])
        rows = cursor.fetchall()
    return [OwnBreach(*row[:-1]) for row in rows], rows[0][-1] if rows else 0


def looked_from(words: str, *, most: int) -> list[LookedFrom]:
    """Posts of the range, ended ones too, by words of unit, title or holder. Raises DatabaseError without the right."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM rights_breach_posts(%s::text, %s::integer)", [words, most])
        return [LookedFrom(*row) for row in cursor.fetchall()]
