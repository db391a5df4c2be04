"""What the person says, themself or through somebody, and the answer: said once, answered once, never rewritten."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from guitu.access import operations as access
from guitu.access.acting import actor
from guitu.ledger import keys
from guitu.ledger.operations import record
from guitu.notices.operations import Person as Concerned
from guitu.notices.operations import tell
from guitu.people.models import Person, Statement
from guitu.rulebook.attempts import AttemptRefused
from guitu.rulebook.my_road import my_road_words

LONGEST = 2000
_SPEAKERS = {"PERSON": "SELF", "REPRESENTATIVE": "REPRESENTATIVE", "SUPERVISOR": "SUPERIOR"}


def spoken_by() -> str:
    """Who speaks in the acting session: SELF, REPRESENTATIVE, an OFFICER who records it, or the SUPERIOR that asks."""
    return _SPEAKERS.get(actor().session.role, "OFFICER")


class StatementRefused(AttemptRefused, ValueError):
    """Not a kind that can be said, no words where words are needed, too many of them, or a sealed file, of which no
    office would read them (`reason`: ``KIND``, ``WORDS``, ``LONG``, ``SEALED``).
    """

    of_the_form = frozenset({"KIND", "WORDS", "LONG"})

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class StatementUnknown(AttemptRefused, LookupError):
    """No such statement of this person within reach."""


class StatementAnswered(AttemptRefused, RuntimeError):
    """Somebody has answered it already."""


@dataclass(frozen=True)
class StatementView:
    """A statement in the clear, with its answer: `answered_at` is None while it waits."""

    id: uuid.UUID
    kind: str
    words: str
    at: datetime
    spoken_by: str
    post_id: uuid.UUID
    sheet_id: uuid.UUID | None
    answered_at: datetime | None
    answered_unit: uuid.UUID | None
    answer: str


def make_statement(person_id: uuid.UUID, *, kind: str, words: str, event_id: uuid.UUID, at: datetime) -> None:
    """Say something as the person or as their representative; `event_id` makes a second press harmless.

    Raises NotAllowed (also for a mandate that only looks), PersonUnknown, StatementRefused.
    """
    access.require("my_road:speak", [person_id])
    check_statement(kind, words)
    with transaction.atomic():
        take_statement(person_id, kind=kind, words=words, event_id=event_id, at=at, sheet_id=None)


def make_statement_for(
    person_id: uuid.UUID, *, kind: str, words: str, sheet_id: uuid.UUID, event_id: uuid.UUID, at: datetime
) -> None:
    """Record as an officer what the person said, stated as such, with the sheet they signed.

    Raises NotAllowed, PersonUnknown, StatementRefused.
    """
    access.require("my_road:speak_for", [person_id])
    check_statement(kind, words)
    with transaction.atomic():
        take_statement(person_id, kind=kind, words=words, event_id=event_id, at=at, sheet_id=sheet_id)


def check_statement(kind: str, words: str) -> None:
    """Whether this can be said. Raises StatementRefused."""
    known = my_road_words().statements.get(kind)
    if known is None:
        raise StatementRefused("KIND")
    if known.words_needed and not words.strip():
        raise StatementRefused("WORDS")
    if len(words) > LONGEST:
        raise StatementRefused("LONG")


def take_statement(
    person_id: uuid.UUID, *, kind: str, words: str, event_id: uuid.UUID, at: datetime, sheet_id: uuid.UUID | None
) -> bool:
    """Write down a statement that was checked; False if this event has been taken already.

    In the transaction of the caller, who has asked (`my_road:speak`, or `my_road:speak_for` with the sheet). Raises
    StatementRefused for a sealed file.
    """
    session, speaker = actor().session, spoken_by()
    person = Person.objects.select_for_update(no_key=True).get(id=person_id)
    if Statement.objects.filter(id=event_id).exists():
        return False
    if person.sealed_at is not None:
        raise StatementRefused("SEALED")
    Statement.objects.create(
        id=event_id,
        person=person,
        division=person.division,
        kind=kind,
        sealed_words=keys.encrypt(words.strip(), belongs_to=f"statement:{event_id}") if words.strip() else None,
        at=at,
        spoken_by=speaker,
        post_id=session.post_id,
        sheet_id=sheet_id,
    )
    record(
        "people:statement:made",
        subjects=[person_id],
        division=person.division,
        at=at,
        event_id=event_id,
        kind=kind,
        spoken_by=speaker,
    )
    return True


def answer_statement(
    person_id: uuid.UUID, statement_id: uuid.UUID, *, answer: str, event_id: uuid.UUID, at: datetime
) -> None:
    """Answer what the person said; the person reads the answer on their own page.

    Raises NotAllowed, PersonUnknown, StatementRefused without words, StatementUnknown, StatementAnswered.
    """
    access.require("statement:answer", [person_id])
    check_answer(answer)
    with transaction.atomic():
        write_answer(person_id, statement_id, answer=answer, event_id=event_id, at=at)


def check_answer(answer: str) -> None:
    """Whether this can stand as an answer. Raises StatementRefused without words, or for too many."""
    if not answer.strip():
        raise StatementRefused("WORDS")
    if len(answer) > LONGEST:
        raise StatementRefused("LONG")


def write_answer(
    person_id: uuid.UUID, statement_id: uuid.UUID, *, answer: str, event_id: uuid.UUID, at: datetime
) -> None:
    """Write the answer and tell the person. In the transaction of the caller, who has asked and checked the words.

    Raises StatementUnknown, StatementAnswered.
    """
    session = actor().session
    found = Statement.objects.select_for_update(no_key=True).filter(id=statement_id, person_id=person_id).first()
    if found is None:
        raise StatementUnknown
    if found.answered_at is not None:
        raise StatementAnswered
    found.answered_at, found.answered_by, found.answered_unit = at, session.post_id, session.unit_id
    found.sealed_answer = keys.encrypt(answer.strip(), belongs_to=f"answer:{statement_id}")
    found.save(update_fields=["answered_at", "answered_by", "answered_unit", "sealed_answer"])
    record(
        "people:statement:answered",
        subjects=[person_id],
        division=found.division,
        at=at,
        event_id=event_id,
        statement=str(statement_id),
    )
    facts = {"unit": str(session.unit_id)}
    tell(Concerned(person_id), "OWN_WORDS_ANSWERED", facts, at, subject_id=statement_id)


def statements_of(person_id: uuid.UUID, *, first: int = 0, most: int) -> list[StatementView]:
    """What this person said, newest first, as far as the acting post sees the person: `most` from `first` on."""
    found = Statement.objects.filter(person_id=person_id).order_by("-at", "id")[first : first + most]
    return [_view(one) for one in found]


def statement_of(person_id: uuid.UUID, statement_id: uuid.UUID) -> StatementView | None:
    """One statement of this person, or None."""
    found = Statement.objects.filter(id=statement_id, person_id=person_id).first()
    return None if found is None else _view(found)


def _view(one: Statement) -> StatementView:
    return StatementView(
        one.id,
        one.kind,
        keys.decrypt(one.sealed_words, belongs_to=f"statement:{one.id}") if one.sealed_words else "",
        one.at,
        one.spoken_by,
        one.post_id,
        one.sheet_id,
        one.answered_at,
        one.answered_unit,
        keys.decrypt(one.sealed_answer, belongs_to=f"answer:{one.id}") if one.sealed_answer else "",
    )
