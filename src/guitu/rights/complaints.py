"""A complaint to the procuratorate, past the office it is about: made, taken in as a closed envelope, read, answered.

The row is shown to the procuratorate it is addressed to and to the person (cage kind ``apart``); the ledger's entries
name no person, no notice is written, and no line of the trace about it is told to an office.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from guitu.access import operations as access
from guitu.access.acting import actor
from guitu.access.queries import UnitView, unit, units_named
from guitu.access.rule_packs import active_book
from guitu.access.tree import tree_above
from guitu.journeys.policy import MoveNotAllowed, clock
from guitu.journeys.queries import roads
from guitu.ledger import keys
from guitu.ledger.operations import record
from guitu.ledger.queries import is_recorded
from guitu.people import queries as persons
from guitu.rights.asking import contestable
from guitu.rights.models import Complaint
from guitu.rights.policy import complaint_fault, complaint_outcome_fault
from guitu.rulebook.attempts import AttemptRefused
from guitu.rulebook.divisions import province_code

RULE, OFFICE = "RD-COMPLAINT", "county_procuratorate"
ENVELOPE = "ENVELOPE"
_WAYS = {"PERSON": "SELF", "REPRESENTATIVE": "REPRESENTATIVE"}
_COLUMNS = (
    "id",
    "number",
    "addressee_id",
    "about_unit_id",
    "way",
    "sealed_words",
    "taken_at",
    "due_at",
    "due_rule",
    "answered_at",
    "outcome",
    "sealed_answer",
    "sealed_name",
    "person_id",
)


class ComplaintRefused(ValueError):
    """Cannot be taken or answered so: ``WORDS``, ``LONG``, ``UNIT``, ``OUTCOME``, ``NOWHERE``: no procuratorate."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ComplaintUnknown(AttemptRefused, LookupError):
    """No such complaint to the acting procuratorate."""


@dataclass(frozen=True)
class ComplaintView:
    """A complaint as whoever may see it reads it; `words` empty for an envelope, `answer` until there is one.

    `erased`: the person's file is deleted since, they read no answer here any more.
    """

    id: uuid.UUID
    number: str
    addressee_id: uuid.UUID
    about_unit_id: uuid.UUID | None
    way: str
    words: str
    taken_at: datetime
    due_at: datetime
    due_rule: str
    answered_at: datetime | None
    outcome: str
    answer: str
    whose: str
    erased: bool


def number_of(event_id: uuid.UUID) -> str:
    """The number by which the person asks after the complaint; the same for a repeated press."""
    return f"JC-{event_id.hex[:12].upper()}"


def offices(person_id: uuid.UUID) -> list[UnitView]:
    """What can be complained about: the responsible unit first, then who did anything on the person's road.

    In the open transaction of the person or their representative.
    """
    responsible = persons.head_of(person_id).responsible_unit_id
    acted = {line.unit_id for line in contestable(person_id) if line.unit_id}
    held = units_named(acted | {responsible})
    named = [held[one] for one in sorted(acted & set(held), key=lambda one: held[one].name) if one != responsible]
    return [held[responsible], *(one for one in named if one.kind not in {"own", "procuratorate"})]


def complain(person_id: uuid.UUID, *, about: uuid.UUID | None, words: str, event_id: uuid.UUID, at: datetime) -> None:
    """Take a complaint in the person's own words, from them or their representative; the same `event_id` again
    changes nothing. Raises NotAllowed, PersonUnknown, ComplaintRefused.
    """
    access.require("complaint:make", [person_id])
    fault = complaint_fault(words)
    if fault:
        raise ComplaintRefused(fault)
    with transaction.atomic():
        if about not in {one.id for one in offices(person_id)}:
            raise ComplaintRefused("UNIT")
        if is_recorded("rights:complaint:made", event_id):
            return
        sealed = keys.encrypt(words.strip(), belongs_to=f"complaint:{event_id}")
        _keep(person_id, about=about, way=_WAYS[actor().session.role], sealed=sealed, event_id=event_id, at=at)
        record("rights:complaint:made", subjects=[], division="", at=at, event_id=event_id, number=number_of(event_id))


def take_envelope(person_id: uuid.UUID, *, event_id: uuid.UUID, at: datetime) -> str:
    """Take in at a counter a closed envelope for the procuratorate; its number, for the slip. Nobody reads it here.

    Raises NotAllowed, PersonUnknown, ComplaintRefused.
    """
    access.require("complaint:take", [person_id])
    with transaction.atomic():
        number = number_of(event_id)
        if is_recorded("rights:complaint:taken_in", event_id):
            return number
        _keep(person_id, about=None, way=ENVELOPE, sealed=None, event_id=event_id, at=at)
        record("rights:complaint:taken_in", subjects=[], division="", at=at, event_id=event_id, number=number)
    return number


def _keep(
    person_id: uuid.UUID,
    *,
    about: uuid.UUID | None,
    way: str,
    sealed: bytes | None,
    event_id: uuid.UUID,
    at: datetime,
) -> None:
    file = persons.head_of(person_id)
    road = roads.road_of(person_id)
    places = (road.task.duty_unit_id, road.task.receiving_unit_id) if road else ()
    addressee = _procuratorate([about, file.responsible_unit_id, *places], at)
    province = province_code(unit(addressee).division)
    due_at = clock(active_book(), RULE, at, province=province).due_at
    Complaint.objects.create(
        id=event_id,
        person_id=person_id,
        division=file.division,
        number=number_of(event_id),
        addressee_id=addressee,
        about_unit_id=about,
        way=way,
        post_id=actor().session.post_id,
        sealed_name=keys.encrypt(f"{file.name}（{file.number}）", belongs_to=f"complaint:{event_id}:name"),
        sealed_words=sealed,
        taken_at=at,
        due_at=due_at,
        due_rule=RULE,
        climbs_at=due_at,
    )


def _procuratorate(beginning: Iterable[uuid.UUID | None], at: datetime) -> uuid.UUID:
    """The procuratorate beside the first of these units that has one; none is a refusal, never another office."""
    starts = [one for one in beginning if one is not None]
    tree = tree_above(starts, at=at)
    for start in starts:
        found = tree.bearer(OFFICE, start).unit_id
        if unit(found).kind == "procuratorate":
            return found
    raise ComplaintRefused("NOWHERE")


_WAITING = "SELECT * FROM rights_complaint_seen() WHERE answered_at IS NULL ORDER BY due_at, id LIMIT %s OFFSET %s"
_ANSWERED = (
    "SELECT * FROM rights_complaint_seen() WHERE answered_at IS NOT NULL ORDER BY answered_at DESC, id"
    " LIMIT %s OFFSET %s"
)
"""The table stands apart: its function alone reads it (access/cage.yaml)."""


def listed(*, is_open: bool, first: int, most: int) -> tuple[list[ComplaintView], int]:
    """Complaints to the acting procuratorate, the most urgent (or, answered, the newest) first; how many in all."""
    found = Complaint.objects.raw(_WAITING if is_open else _ANSWERED, [most, first])
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM rights_complaint_seen() WHERE (answered_at IS NULL) = %s", [is_open])
        how_many: int = cursor.fetchone()[0]
    return [_view(row) for row in found], how_many


def one(complaint_id: uuid.UUID) -> ComplaintView | None:
    """One complaint to the acting procuratorate, or None."""
    row = _held(complaint_id)
    return None if row is None else _view(row)


def _held(complaint_id: uuid.UUID) -> Complaint | None:
    found = Complaint.objects.raw("SELECT * FROM rights_complaint_seen() WHERE id = %s", [complaint_id])
    return next(iter(found), None)


def _view(row: Complaint) -> ComplaintView:
    held = {column: getattr(row, column) for column in _COLUMNS}
    bound = f"complaint:{held['id']}"
    erased = held.pop("person_id") is None
    words, answered, name = (held.pop(column) for column in ("sealed_words", "sealed_answer", "sealed_name"))
    return ComplaintView(
        **held,
        words=keys.decrypt(words, belongs_to=bound) if words else "",
        answer=keys.decrypt(answered, belongs_to=f"{bound}:answer") if answered else "",
        whose=keys.decrypt(name, belongs_to=f"{bound}:name"),
        erased=erased,
    )


def of_person(person_id: uuid.UUID, *, most: int) -> list[ComplaintView]:
    """The person's own complaints, newest first; empty for every office."""
    found = Complaint.objects.raw(
        "SELECT * FROM rights_complaint_seen() WHERE person_id = %s ORDER BY taken_at DESC, id LIMIT %s",
        [person_id, most],
    )
    return [_view(row) for row in found]


def answer(complaint_id: uuid.UUID, *, outcome: str, words: str, event_id: uuid.UUID, at: datetime) -> None:
    """Answer a complaint, once; the person reads it. The same `event_id` again changes nothing.

    Raises NotAllowed, ComplaintRefused, ComplaintUnknown, MoveNotAllowed where it was answered already.
    """
    access.require("complaint:answer", [])
    fault = complaint_outcome_fault(outcome) or complaint_fault(words)
    if fault:
        raise ComplaintRefused(fault)
    with transaction.atomic():
        alone = Complaint.objects.select_for_update(no_key=True).filter(id=complaint_id)
        list(alone.values_list("id"))  # locked until it is answered; what may be read of it stands apart
        found = _held(complaint_id)
        if found is None:
            raise ComplaintUnknown
        if is_recorded("rights:complaint:answered", event_id):
            return
        if found.answered_at is not None:
            raise MoveNotAllowed("这件投诉已经答复了", "This complaint has been answered")
        alone.update(
            answered_at=at,
            answered_by=actor().session.post_id,
            outcome=outcome,
            sealed_answer=keys.encrypt(words.strip(), belongs_to=f"complaint:{complaint_id}:answer"),
        )
        record(
            "rights:complaint:answered",
            subjects=[],
            division="",
            at=at,
            event_id=event_id,
            number=found.number,
            outcome=outcome,
        )
