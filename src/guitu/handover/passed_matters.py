"""A matter of somebody whom the counter does not see: taken in words, passed on, recognised or sent back, answered.

The first desk learns the county on its slip and the answer, not whether a file exists nor which unit has the matter.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from guitu.access import operations as access
from guitu.access import queries as units
from guitu.access.acting import actor
from guitu.access.rule_packs import active_book
from guitu.access.tree import counter_desk
from guitu.handover import policy, window
from guitu.handover.models import PassedMatter, Request
from guitu.handover.request_answers import AnswerRefused, RequestUnknown, answer_of, carry_back, first_answer_of
from guitu.journeys import operations as journeys
from guitu.journeys import queries as roads
from guitu.journeys.policy import MoveNotAllowed, clock
from guitu.ledger import keys
from guitu.ledger.operations import record
from guitu.ledger.queries import is_recorded
from guitu.notices.operations import tell
from guitu.papers import operations as papers
from guitu.people import queries as persons

LONGEST_NAME, LONGEST_PHONE, LONGEST_NUMBER = 60, 40, 40


@dataclass(frozen=True)
class Caller:
    """Who comes, as they say it: name, telephone (or nothing), number of the document (or nothing), whether shown."""

    name: str
    phone: str = ""
    document_number: str = ""
    document_shown: bool = False


def said_of(request_id: uuid.UUID, side: str) -> str:
    """What the sealed words of one half belong to: a word that stays as it is, or they could not be opened any more."""
    return f"referral:{request_id}:{side}"


def take_in_words(
    caller: Caller,
    *,
    county_id: uuid.UUID,
    matters: Sequence[str],
    channel: str,
    words: str,
    event_id: uuid.UUID,
    at: datetime,
) -> list[uuid.UUID]:
    """Take matters (codes of matter_12) in words; the acting unit is their first desk from now on.

    Each gets a number and goes to the unit responsible for whoever holds exactly this document number, else to the
    county (`county_id`) that the person names; that unit is told and owes its answer by the day on the slip, counted
    for the county named. A repeated `event_id` returns what the first made. Raises NotAllowed; RequestRefused with the
    reason MATTER, CHANNEL, WORDS, CALLER or COUNTY.
    """
    access.require("matter:take")
    wanted = list(dict.fromkeys(matters))
    window.check(wanted, channel, words)
    if not caller.name.strip() or len(caller.name) > LONGEST_NAME:
        raise window.RequestRefused("CALLER")
    if len(caller.phone) > LONGEST_PHONE or len(caller.document_number) > LONGEST_NUMBER:
        raise window.RequestRefused("CALLER")
    with transaction.atomic():
        named = units.unit_or_none(county_id)
        if named is None or named.kind != "county":
            raise window.RequestRefused("COUNTY")
        return [
            _take_in_words(caller, named, matter, channel=channel, words=words.strip(), event_id=event_id, at=at)
            for matter in wanted
        ]


def _take_in_words(
    caller: Caller, named: units.UnitView, matter: str, *, channel: str, words: str, event_id: uuid.UUID, at: datetime
) -> uuid.UUID:
    request_id = uuid.uuid5(event_id, f"window:{matter}")
    if PassedMatter.objects.filter(request_id=request_id, side=policy.TAKEN).exists():
        return request_id
    own = units.unit(actor().session.unit_id)
    due = clock(active_book(), policy.ANSWER_RULE, at, province=window.province_of(named))
    first_due = window.first_answer_due(own, named, at=at)
    number = papers.next_number(window.SLIP, at=at)
    said = {"name": caller.name.strip(), "phone": caller.phone.strip(), "words": words}
    here = keys.encrypt(_as_text(said), belongs_to=said_of(request_id, policy.TAKEN))
    said["document_number"] = caller.document_number.strip()
    there = keys.encrypt(_as_text(said), belongs_to=said_of(request_id, policy.DUTY))
    digests = persons.digests_of(caller.document_number)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT handover_take_in_words(%s::uuid, %s::uuid, %s::text, %s::text, %s::bytea, %s::bytea, %s::boolean,"
            " %s::text, %s::uuid, %s::text[], %s::bytea[], %s::timestamptz, %s::text, %s::timestamptz, %s::timestamptz,"
            " %s::timestamptz)",
            [
                request_id,
                event_id,
                matter,
                channel,
                here,
                there,
                caller.document_shown,
                number,
                named.id,
                [kind for kind, _ in digests],
                [digest for _, digest in digests],
                due.due_at,
                due.rule,
                first_due,
                policy.first_of(due.due_at, first_due),
                at,
            ],
        )
        duty_unit_id: uuid.UUID = cursor.fetchone()[0]
    facts = {"unit": str(own.id), "number": number}
    tell(counter_desk(duty_unit_id), "REQUEST_PASSED_ON", facts, at, subject_id=request_id)
    record(
        "handover:passed_matter:taken",
        subjects=[],
        division=own.division,
        at=at,
        event_id=request_id,
        other_unit_id=named.id,
        number=number,
        matter=matter,
    )
    return request_id


def _as_text(said: dict[str, str]) -> str:
    return json.dumps(said, ensure_ascii=False, sort_keys=True)


def recognise(request_id: uuid.UUID, person_id: uuid.UUID, *, event_id: uuid.UUID, at: datetime) -> None:
    """Put a matter that was passed on to this unit on the file of the person it is about, whom the unit sees.

    The matter keeps its number, its first desk and the day on its slip, and goes where any matter of this person goes;
    the person sees it. The first desk sees no more than before. Raises NotAllowed, PersonUnknown, RequestUnknown,
    MoveNotAllowed.
    """
    access.require("matter:take", [person_id])
    with transaction.atomic():
        half = held(request_id)
        if is_recorded("handover:passed_matter:linked", event_id):
            return
        require_open(half)
        road = roads.road_of(person_id)
        journey = journeys.lock(road.task.journey_id) if road and road.task.ended_at is None else None
        goes = window.routed(person_id, journey, half.matter, event_id=request_id, at=at)
        division, own_id = persons.division_of(person_id), actor().session.unit_id
        said = said_by(half)
        Request.objects.create(
            id=request_id,
            person_id=person_id,
            division=division,
            event_id=half.event_id,
            journey_id=journey.id if journey else None,
            matter=half.matter,
            step=goes.step,
            round=goes.round,
            channel=half.channel,
            words=keys.encrypt(said["words"], belongs_to=window.words_of(request_id)),
            number=half.number,
            first_desk_id=half.first_desk_id,
            post_id=half.post_id,
            taken_by=half.taken_by,
            taken_at=half.taken_at,
            duty_unit_id=goes.duty_unit_id,
            due_at=half.due_at,
            due_rule=half.due_rule,
            first_due_at=half.first_due_at,
            first_answered_at=half.first_answered_at,
            first_answer=half.first_answer,
            climbs_at=half.climbs_at,
        )
        half.linked_at, half.climbs_at = at, None
        half.save(update_fields=["linked_at", "climbs_at"])
        if goes.duty_unit_id != own_id:
            facts = {"unit": str(own_id), "number": half.number}
            tell(
                counter_desk(goes.duty_unit_id), "REQUEST_TAKEN", facts, at, subject_id=request_id, person_id=person_id
            )
        record(
            "handover:passed_matter:linked",
            subjects=[person_id],
            division=division,
            at=at,
            event_id=event_id,
            other_unit_id=goes.duty_unit_id,
            number=half.number,
        )


def give_first_answer(request_id: uuid.UUID, *, words: str, event_id: uuid.UUID, at: datetime) -> None:
    """Say at once what will be done, before anybody is recognised (RH-FIRST-ANSWER). For the unit it went to.

    Raises NotAllowed, RequestUnknown, AnswerRefused, MoveNotAllowed.
    """
    access.require("matter:take")
    if not words.strip():
        raise AnswerRefused
    with transaction.atomic():
        half = held(request_id)
        if is_recorded("handover:passed_matter:first_answered", event_id):
            return
        require_open(half)
        if half.first_due_at is None or half.first_answered_at is not None:
            raise MoveNotAllowed("首次答复已经作过，或者本来不用", "The first answer was given, or none is owed")
        half.first_answered_at, half.climbs_at = at, half.due_at
        half.first_answer = keys.encrypt(words.strip(), belongs_to=first_answer_of(request_id))
        half.save(update_fields=["first_answered_at", "first_answer", "climbs_at"])
        _back("handover:passed_matter:first_answered", "REQUEST_FIRST_ANSWERED", half, event_id=event_id, at=at)


def answer(request_id: uuid.UUID, *, outcome: str, words: str, event_id: uuid.UUID, at: datetime) -> None:
    """Answer a matter to its first desk without a file: settled, not possible, or nobody known here (sent back).

    Raises NotAllowed, RequestUnknown, AnswerRefused, MoveNotAllowed.
    """
    access.require("matter:take")
    kinds = policy.outcome_kinds(with_file=False)
    if outcome not in kinds or not words.strip():
        raise AnswerRefused
    with transaction.atomic():
        half = held(request_id)
        if is_recorded("handover:passed_matter:answered", event_id):
            return
        require_open(half)
        half.outcome, half.kind = outcome, kinds[outcome]
        half.answered_at, half.answered_unit_id = at, actor().session.unit_id
        half.answer = keys.encrypt(words.strip(), belongs_to=answer_of(request_id))
        if half.first_due_at is not None and half.first_answered_at is None:
            half.first_answered_at = at
        half.save()
        told = policy.told_of_answer(half.kind)
        _back("handover:passed_matter:answered", told, half, event_id=event_id, at=at, outcome=outcome)


def said_by(half: PassedMatter) -> dict[str, str]:
    """What was said, opened: name, phone, words; on the half of the unit in charge the document's number too."""
    opened: dict[str, str] = json.loads(keys.decrypt(bytes(half.said), belongs_to=said_of(half.request_id, half.side)))
    return opened


def held(request_id: uuid.UUID) -> PassedMatter:
    """This unit's half of a matter passed on to it, locked. Raises RequestUnknown."""
    unit_id = actor().session.unit_id
    found = PassedMatter.objects.select_for_update(no_key=True).filter(request_id=request_id, side=policy.DUTY).first()
    if found is None or found.unit_id != unit_id:
        raise RequestUnknown
    return found


def require_open(half: PassedMatter) -> None:
    """Raises MoveNotAllowed where a half is answered or stands on a file."""
    if half.answered_at is not None:
        raise MoveNotAllowed("这件事已经答复过了", "This matter has been answered")
    if half.linked_at is not None:
        raise MoveNotAllowed(
            "这件事已经归入档案，请在档案里办理", "This matter is on the person’s file; settle it there"
        )


def _back(act: str, notice: str, half: PassedMatter, *, event_id: uuid.UUID, at: datetime, **facts: str) -> None:
    """Carry the answer to the first desk, tell it, and record the act."""
    carry_back(half.request_id)
    if half.first_desk_id != half.unit_id:
        told = {"unit": str(half.handed_to_id), "number": half.number}
        tell(counter_desk(half.first_desk_id), notice, told, at, subject_id=half.request_id, key=at.isoformat())
    record(
        act,
        subjects=[],
        division=half.division,
        at=at,
        event_id=event_id,
        other_unit_id=half.first_desk_id,
        number=half.number,
        **facts,
    )
