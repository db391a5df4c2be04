"""The stored questions "is this roster row a person we hold?": raised on intake, decided by a human, taken back.

A question is visible only to a post that sees both sides (row policy `pair`); the row's content is encrypted.
Everything here runs inside the caller's transaction; the caller has asked for permission.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from django.db import connection

from guitu.access.acting import actor
from guitu.ledger import keys
from guitu.ledger.operations import Act, record_many
from guitu.people.joining import kept_for
from guitu.people.models import Match, Person

Decision = Literal["same", "other"]
HELD_ELSEWHERE = "number_held_elsewhere"
"""The rule of a question that `people_ask_elsewhere` raised: the number is held out of the asking unit's reach."""


@dataclass(frozen=True)
class NewQuestion:
    """A row that may be the held person `person_id`; `row` is kept sealed, `row_key` marks it across imports."""

    person_id: uuid.UUID
    row_key: uuid.UUID
    row: Mapping[str, Any]
    release_on: date
    rule: str
    for_superior: bool


@dataclass(frozen=True)
class ElsewhereQuestion:
    """A row whose document number is held by somebody outside the acting unit's reach."""

    kind: str
    number: str
    row_key: uuid.UUID
    row: Mapping[str, Any]
    release_on: date


@dataclass(frozen=True)
class Question:
    """A stored question with its row in the clear. `decision` is "" (open), same, other or superseded."""

    id: uuid.UUID
    person_id: uuid.UUID
    unit_id: uuid.UUID
    asking_division: str
    row_key: uuid.UUID
    row: Mapping[str, Any]
    release_on: date
    rule: str
    for_superior: bool
    raised_at: datetime
    left_open_at: datetime | None
    left_open_by: uuid.UUID | None
    decision: str
    decided_at: datetime | None
    decided_by: uuid.UUID | None
    result_person_id: uuid.UUID | None
    former_release_on: date | None
    former_unit_id: uuid.UUID | None


def seal_key(row_key: uuid.UUID) -> str:
    """What a kept row is bound to: its own mark."""
    return f"match:{row_key}"


def sealed_row(row_key: uuid.UUID, row: Mapping[str, Any]) -> bytes:
    """A roster row as a question keeps it."""
    return keys.encrypt(json.dumps(row, ensure_ascii=False), belongs_to=seal_key(row_key))


def _view(held: Match) -> Question:
    return Question(
        id=held.id,
        person_id=held.person_id,
        unit_id=held.unit_id,
        asking_division=held.asking_division,
        row_key=held.row_key,
        row=json.loads(keys.decrypt(held.sealed_row, belongs_to=seal_key(held.row_key))),
        release_on=held.release_on,
        rule=held.rule,
        for_superior=held.for_superior,
        raised_at=held.raised_at,
        left_open_at=held.left_open_at,
        left_open_by=held.left_open_by,
        decision=held.decision,
        decided_at=held.decided_at,
        decided_by=held.decided_by,
        result_person_id=held.result_person_id,
        former_release_on=held.former_release_on,
        former_unit_id=held.former_unit_id,
    )


def raise_many(news: Sequence[NewQuestion], *, at: datetime) -> int:
    """Store the questions that are not stored yet, under the acting unit; returns how many were new."""
    session = actor().session
    asked = set(Match.objects.filter(row_key__in={new.row_key for new in news}).values_list("row_key", "person_id"))
    fresh = [new for new in news if (new.row_key, new.person_id) not in asked]
    divisions = dict(Person.objects.filter(id__in={new.person_id for new in fresh}).values_list("id", "division"))
    made = [
        Match(
            person_id=new.person_id,
            division=divisions[new.person_id],
            unit_id=session.unit_id,
            asking_division=session.division,
            row_key=new.row_key,
            sealed_row=sealed_row(new.row_key, new.row),
            release_on=new.release_on,
            rule=new.rule,
            for_superior=new.for_superior,
            raised_at=at,
            raised_by=session.post_id,
        )
        for new in fresh
    ]
    Match.objects.bulk_create(made, batch_size=1000)
    acts = [Act(match.id, (match.person_id,), match.division, {}) for match in made]
    record_many("people:identity:questioned", acts, at=at)
    return len(made)


def ask_elsewhere(rows: Sequence[ElsewhereQuestion], *, at: datetime) -> None:
    """Put rows whose number is held outside reach before the common superior; nothing about the holders comes back."""
    if not rows:
        return
    sought = [
        (row, digest, sealed_row(row.row_key, row.row))
        for row in rows
        for digest in keys.blind_indexes(row.kind, row.number)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT people_ask_elsewhere("
            "%s::text[], %s::bytea[], %s::uuid[], %s::bytea[], %s::date[], %s::timestamptz)",
            [
                [row.kind for row, _, _ in sought],
                [digest for _, digest, _ in sought],
                [row.row_key for row, _, _ in sought],
                [sealed for _, _, sealed in sought],
                [row.release_on for row, _, _ in sought],
                at,
            ],
        )


def settled(row_keys: Sequence[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """For rows that were decided: the person each belongs to, or whose file that person's was joined into since."""
    found = Match.objects.filter(row_key__in=list(row_keys), result_person__isnull=False)
    decided = {row_key: person for row_key, person in found.values_list("row_key", "result_person_id") if person}
    kept = kept_for(decided.values())
    return {row_key: kept.get(person, person) for row_key, person in decided.items()}


def question(question_id: uuid.UUID) -> Question | None:
    """The question, or None where the acting post does not see both sides."""
    found = Match.objects.filter(id=question_id).first()
    return _view(found) if found else None


def lock_row(question_id: uuid.UUID) -> list[Question]:
    """All visible questions of this question's row, locked in one order, the wanted one first; [] if it is unseen."""
    row_key = Match.objects.filter(id=question_id).values_list("row_key", flat=True).first()
    held = Match.objects.select_for_update(no_key=True).filter(row_key=row_key).order_by("id") if row_key else ()
    return sorted((_view(match) for match in held), key=lambda found: found.id != question_id)


def listed(*, own_unit_only: bool, decided: bool, first: int, most: int) -> tuple[list[Question], int]:
    """Questions in panic order by release day (decided ones: the latest decision first), and how many there are.

    `own_unit_only`: the acting unit's own ones that it may decide itself; otherwise all whose both sides are in sight.
    """
    found = Match.objects.exclude(decision="superseded")
    if own_unit_only:
        found = found.filter(unit_id=actor().session.unit_id, for_superior=False)
    if decided:
        found = found.exclude(decision="").order_by("-decided_at", "id")
    else:
        found = found.filter(decision="").order_by("release_on", "raised_at", "id")
    return [_view(match) for match in found[first : first + most]], found.count()


def leave_open(question_id: uuid.UUID, *, at: datetime) -> None:
    """Note who looked last and could not decide."""
    Match.objects.filter(id=question_id).update(left_open_at=at, left_open_by=actor().session.post_id)


def decide(
    question_id: uuid.UUID,
    decision: Decision,
    *,
    result: uuid.UUID | None,
    former_release_on: date | None = None,
    former_unit_id: uuid.UUID | None = None,
    at: datetime,
) -> None:
    """Store a decision on a locked question; `result` is the person the row belongs to, once that is settled."""
    Match.objects.filter(id=question_id).update(
        decision=decision,
        decided_at=at,
        decided_by=actor().session.post_id,
        result_person_id=result,
        former_release_on=former_release_on,
        former_unit_id=former_unit_id,
    )


def supersede(row_key: uuid.UUID, *, at: datetime) -> None:
    """Close the row's other open questions: the row has found its person."""
    Match.objects.filter(row_key=row_key, decision="").update(
        decision="superseded", decided_at=at, decided_by=actor().session.post_id
    )


def reopen(question: Question) -> None:
    """Make a locked question open again, with those that its decision had closed."""
    Match.objects.filter(row_key=question.row_key, decision="superseded", decided_at=question.decided_at).update(
        decision="", decided_at=None, decided_by=None
    )
    Match.objects.filter(id=question.id).update(
        decision="", decided_at=None, decided_by=None, result_person_id=None, former_release_on=None, former_unit=None
    )
