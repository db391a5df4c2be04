"""Deciding whether a roster row is a person already held: same, not the same, not yet; and taking a decision back.

Who decides: the prison whose roster it is, while it sees both sides; where the number is held out of its reach, the
identity desk of the common superior. Every decision is one transaction under the lock of all questions of the row.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from guitu.access import operations as access
from guitu.access import queries as units
from guitu.access.acting import actor
from guitu.journeys import operations as journeys
from guitu.journeys import queries as roads
from guitu.journeys.passing_on import change_sender
from guitu.ledger import queries as ledger
from guitu.ledger.operations import Act, record, record_many
from guitu.people import operations as people
from guitu.people import queries as persons
from guitu.people import questions
from guitu.people.matching import IdentityView, Match, candidates
from guitu.people.questions import Question
from guitu.prison.comparing import differences
from guitu.prison.operations import register_rows, start_journeys
from guitu.prison.policy import birth_date_of, id_kind_of, id_number_of, identity_of, release_of
from guitu.prison.roster.report import Row
from guitu.rulebook.attempts import AttemptRefused

_EVENTS = uuid.UUID("0d6a6d54-8f0b-5f0e-9a55-3f6f8f1a7c42")


class AlreadyDecided(AttemptRefused):
    """Somebody has decided this question before: which post, when, and how."""

    def __init__(self, question: Question) -> None:
        super().__init__(question.decision)
        self.question = question


class NotToBeTakenBack(AttemptRefused):
    """The decision can no longer be taken back (or there is none); says why in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.zh, self.en = zh, en


@dataclass(frozen=True)
class Pair:
    """A question with both sides as they are to be compared; `match` is None where nothing alike is left."""

    question: Question
    row: IdentityView
    held: IdentityView
    match: Match | None
    held_items: Mapping[str, str]


def row_of(question: Question) -> Row:
    """The roster row that a question keeps."""
    kept = question.row
    return Row(str(kept["sheet"]), int(kept["row"]), "accepted", kept["fields"], {}, hidden=False)


def may_decide(question: Question) -> bool:
    """Whether the acting unit may decide: a superior must where a row meets somebody out of its unit's reach."""
    return not question.for_superior or actor().session.unit_id != question.unit_id


def pair(question_id: uuid.UUID) -> Pair | None:
    """Both sides of a question, numbers in the clear for comparing; None if the acting post does not see both.

    Inside the caller's transaction, which has asked and traced with the person's id (`person_of`).
    """
    found = questions.question(question_id)
    if found is None:
        return None
    row = identity_of(found.row["fields"], "row")
    held = persons.identities([found.person_id])[found.person_id]
    alike = candidates(row, [held])
    items = {code: fact.value for code, fact in persons.file_of(found.person_id).items.items() if fact.value}
    return Pair(found, row, held, alike[0] if alike else None, items)


def leave_open(question_id: uuid.UUID, *, at: datetime) -> None:
    """Not yet: the question stays, with who looked last and when. Pressed twice by one post it is noted once.

    Raises PersonUnknown, NotAllowed, AlreadyDecided.
    """
    access.require("person:identify", [_person_of(question_id)])
    with transaction.atomic():
        question = _locked(question_id)[0]
        if question.decision:
            raise AlreadyDecided(question)
        if question.left_open_by == actor().session.post_id:
            return
        questions.leave_open(question.id, at=at)
        record(
            "people:identity:left_open",
            subjects=[question.person_id],
            division=persons.division_of(question.person_id),
            at=at,
            event_id=_event(question, "open", at),
        )


def decide(question_id: uuid.UUID, decision: questions.Decision, *, at: datetime) -> uuid.UUID | None:
    """Same person, or not; returns whom the row belongs to now, or None while other persons are still in question.

    Pressed twice by one post it decides once. Raises PersonUnknown, NotAllowed, AlreadyDecided.
    """
    access.require("person:identify", [_person_of(question_id)])
    with transaction.atomic():
        question, *others = _locked(question_id)
        if question.decision == decision and question.decided_by == actor().session.post_id:
            return question.result_person_id
        if question.decision:
            raise AlreadyDecided(question)
        if decision == "same":
            return _join(question, at=at)
        return _distinguish(question, last=all(other.decision for other in others), at=at)


def take_back(question_id: uuid.UUID, *, at: datetime) -> None:
    """Take a decision back while nothing else has happened: both sides stand as before and the question is open again.

    Raises PersonUnknown, NotAllowed, NotToBeTakenBack.
    """
    access.require("person:identify", [_person_of(question_id)])
    with transaction.atomic():
        question, *others = _locked(question_id)
        decided_at = question.decided_at
        if question.decision not in {"same", "other"} or decided_at is None:
            raise NotToBeTakenBack("这一问还没有判定", "This question is not decided")
        if question.result_person_id is None and any(other.result_person_id for other in others):
            raise NotToBeTakenBack(
                "这一行后来已有判定，请先撤回后一次", "A later decision settled this row; take that one back first"
            )
        result = question.result_person_id
        if result is not None and ledger.of_person(result, limit=1)[0].at > decided_at:
            raise NotToBeTakenBack(
                "判定之后又办过别的事，不能再撤回；如确实有误，请按档案更正办理",
                "Other things were done after the decision, so it cannot be taken back; correct the file instead",
            )
        if question.decision == "same":
            _separate(question, decided_at, at=at)
        else:
            _forget(question, decided_at, at=at)
        questions.reopen(question)


def person_of(question_id: uuid.UUID) -> uuid.UUID:
    """The held person of a visible question; otherwise the id itself, so that the asking leaves its line.

    Inside the caller's transaction, which asks next.
    """
    found = questions.question(question_id)
    return found.person_id if found else question_id


def _person_of(question_id: uuid.UUID) -> uuid.UUID:
    with transaction.atomic():
        return person_of(question_id)


def _locked(question_id: uuid.UUID) -> list[Question]:
    found = questions.lock_row(question_id)
    if not found:
        raise access.PersonUnknown
    if not may_decide(found[0]):
        raise access.NotAllowed("person:identify")
    return found


def _event(question: Question, what: str, at: datetime) -> uuid.UUID:
    return uuid.uuid5(_EVENTS, f"{question.id}:{what}:{at.isoformat()}")


def _join(question: Question, *, at: datetime) -> uuid.UUID:
    row, person_id = row_of(question), question.person_id
    asking = units.unit(question.unit_id)
    differing = differences(persons.items_of_many([person_id])[person_id], row.fields)
    people.update_items(person_id, {item: new for item, (_, new) in differing.items()}, source=asking.name, at=at)
    people.rename(
        person_id, name=str(row.fields["name"]), sex=str(row.fields["sex"]), birth_date=birth_date_of(row.fields)
    )
    if number := id_number_of(row.fields):
        people.add_identifier(person_id, kind=id_kind_of(row.fields), number=number, at=at)
    former_unit = _take_over(question, asking, at=at)
    former = _lead_on(question, row, asking, at=at)
    questions.supersede(question.row_key, at=at)
    questions.decide(question.id, "same", result=person_id, former_release_on=former, former_unit_id=former_unit, at=at)
    record(
        "people:identity:joined",
        subjects=[person_id],
        division=persons.division_of(person_id),
        at=at,
        event_id=_event(question, "same", at),
        other_unit_id=question.unit_id,
        items=sorted(differing),
    )
    return person_id


def _take_over(question: Question, asking: units.UnitView, *, at: datetime) -> uuid.UUID | None:
    """Pass an open matter of another sender to the asking unit, as after a transfer; returns the former sender.

    The clocks run on. Responsibility passes where the former sender held it, who keeps sight of the file.
    """
    road = roads.road_of(question.person_id)
    if road is None or road.task.ended_at is not None or road.task.sending_unit_id == asking.id:
        return None
    journey = journeys.lock(road.task.journey_id)
    former = change_sender(journey, to_unit_id=asking.id)
    for unit_id in (former, asking.id):
        access.give_reach(question.person_id, unit_id=unit_id, relation="sender", at=at)
    _hand_on(question, from_unit_id=former, to=asking, reason="TRANSFERRED", at=at)
    return former


def _hand_on(question: Question, *, from_unit_id: uuid.UUID, to: units.UnitView, reason: str, at: datetime) -> None:
    person_id = question.person_id
    if persons.file_of(person_id).responsible_unit_id == from_unit_id:
        people.move_responsibility(person_id, unit_id=to.id, division=to.division, reason=reason, at=at)
    record(
        "prison:journey:passed_on",
        subjects=[person_id],
        division=persons.division_of(person_id),
        at=at,
        event_id=_event(question, reason, at),
        other_unit_id=from_unit_id,
    )


def _lead_on(question: Question, row: Row, asking: units.UnitView, *, at: datetime) -> date | None:
    """Move the release day of the open journey, or open one; returns the former day where it was moved.

    Where none is open, the asking unit becomes responsible and its journey begins.
    """
    person_id, (released_on, _) = question.person_id, release_of(row.fields)
    road = roads.road_of(person_id)
    if road is not None and road.task.ended_at is None:
        if road.task.release_on == released_on:
            return None
        journeys.change_release_day(journeys.lock(road.task.journey_id), released_on, at=at)
        return road.task.release_on
    if road is not None and road.task.release_on == released_on and road.task.state != "withdrawn":
        return None
    responsible = persons.file_of(person_id).responsible_unit_id
    if responsible != asking.id:
        access.give_reach(person_id, unit_id=responsible, relation="sender", at=at)
        people.move_responsibility(
            person_id, unit_id=asking.id, division=asking.division, reason="IDENTITY_JOINED", at=at
        )
    start_journeys([(row, person_id)], under=asking, file=str(question.row["file"]), mark=_mark(question, at), at=at)
    return None


def _distinguish(question: Question, *, last: bool, at: datetime) -> uuid.UUID | None:
    registered: uuid.UUID | None = None
    if last:
        asking, file = units.unit(question.unit_id), str(question.row["file"])
        row = row_of(question)
        registered = register_rows([row], under=asking, file=file, mark=_mark(question, at), at=at)[0]
    questions.decide(question.id, "other", result=registered, at=at)
    subjects = [question.person_id, *([registered] if registered else [])]
    acts = [Act(_event(question, f"other:{one}", at), (one,), persons.division_of(one), {}) for one in subjects]
    record_many("people:identity:distinguished", acts, at=at)
    return registered


def _mark(question: Question, at: datetime) -> str:
    return f"{question.id}:{at.isoformat()}"


def _separate(question: Question, decided_at: datetime, *, at: datetime) -> None:
    person_id = question.person_id
    road = roads.road_of(person_id)
    if road is not None and road.task.ended_at is None:
        journey = journeys.lock(road.task.journey_id)
        if journey.opened_at == decided_at:
            journeys.withdraw(journey, at=at)
        elif question.former_release_on is not None:
            journeys.change_release_day(journey, question.former_release_on, at=at)
    if question.former_unit_id is not None:
        _hand_back(question, question.former_unit_id, at=at)
    people.take_back(person_id, written_at=decided_at, at=at)
    record(
        "people:identity:separated",
        subjects=[person_id],
        division=persons.division_of(person_id),
        at=at,
        event_id=_event(question, "separated", at),
        other_unit_id=question.unit_id,
    )


def _hand_back(question: Question, former_unit_id: uuid.UUID, *, at: datetime) -> None:
    """Give a passed-on matter back to its former sender; the asking unit loses sight of the file."""
    person_id, former = question.person_id, units.unit(former_unit_id)
    road = roads.road_of(person_id)
    if road is not None and road.task.ended_at is None:
        change_sender(journeys.lock(road.task.journey_id), to_unit_id=former.id)
    _hand_on(question, from_unit_id=question.unit_id, to=former, reason="TRANSFER_UNDONE", at=at)
    access.end_reach(person_id, unit_id=question.unit_id, relation="sender", at=at)


def _forget(question: Question, decided_at: datetime, *, at: datetime) -> None:
    registered = question.result_person_id
    if registered is not None:
        road = roads.road_of(registered)
        if road is not None and road.task.ended_at is None:
            journeys.withdraw(journeys.lock(road.task.journey_id), at=at)
        people.end(registered, reason="IDENTITY_REOPENED", at=at)
    subjects = [question.person_id, *([registered] if registered else [])]
    acts = [Act(_event(question, f"reopened:{one}", at), (one,), persons.division_of(one), {}) for one in subjects]
    record_many("people:identity:reopened", acts, at=at)
