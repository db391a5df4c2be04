"""Files of who was a juvenile, to be sealed in time or answered for: reminded of, listed, answered (docs/adr/0061).

The clock of CC-JUV-06 begins when the last matter has ended (or help was declined) after release: help is a statutory
duty, and nobody can give it to a sealed file. Nothing is sealed by the clock: a named human does, on a document.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import connection, transaction

from guitu.access import operations as access
from guitu.access.acting import actor
from guitu.access.queries import unit
from guitu.access.roles import ROLES
from guitu.access.rule_packs import active_book
from guitu.access.tree import Desk, tree_above
from guitu.journeys.ladder import rungs
from guitu.journeys.policy import clock
from guitu.ledger.operations import record
from guitu.notices.operations import Telling, tell_all
from guitu.people import queries as persons
from guitu.rights import policy
from guitu.rights.models import NotSealed
from guitu.rights.sealing import SEAL, SealingRefused, refusals, told_by
from guitu.rulebook.book import Rulebook
from guitu.rulebook.clocks import legal_day
from guitu.rulebook.divisions import province_code
from guitu.rulebook.sealing import sealing_rules

TO_SEAL, LATE = "FILE_TO_SEAL", "FILE_TO_SEAL_LATE"


@dataclass(frozen=True)
class ToSeal:
    """A file of the own unit that is to be sealed or answered for, by number; `due_at` (UTC) is exclusive."""

    person_id: uuid.UUID
    number: str
    since: dt.datetime
    due_at: dt.datetime


@dataclass(frozen=True)
class Answer:
    """That a file is not sealed: by which office, on which ground and document, and why. Times in UTC."""

    id: uuid.UUID
    number: str
    unit_id: uuid.UUID
    unit: str
    unit_en: str
    ground: str
    document: str
    words: str
    answered_at: dt.datetime
    answered_by: uuid.UUID


def number_of(event_id: uuid.UUID) -> str:
    """The number of an answer; the same for a repeated press."""
    return f"BF-{event_id.hex[:12].upper()}"


def tell_files_to_seal(*, at: dt.datetime) -> int:
    """Remind the unit responsible of files to seal, and tell up the ladder of late ones, each once; how many notices
    were new. Run by the tick.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM rights_files_to_seal(%s::timestamptz)", [at])
        waiting = cursor.fetchall()
        if not waiting:
            return 0
        book, rule = active_book(), sealing_rules().seal_rule
        sealers = tuple(sorted(role.code for role in ROLES.values() if SEAL in role.may))
        tree = tree_above({unit_id for _, unit_id, _ in waiting}, at=at)
        tellings: list[Telling] = []
        for person_id, unit_id, since in waiting:
            due_at = _due_at(book, rule, unit_id, since)
            round_, facts = since.isoformat(), {"due_at": due_at.isoformat()}
            desk = Desk(unit_id, sealers)
            tellings.append(Telling(desk, TO_SEAL, person_id, facts, round_, None, person_id))
            for rung in rungs(book, rule, anchor_at=since, due_at=due_at, at=at):
                if rung.from_at <= at:
                    late = facts | {"unit": str(unit_id), "step": str(rung.number), "office": rung.office}
                    bearer = tree.bearer(rung.office, unit_id)
                    key = f"{round_}:{rung.number}"
                    tellings.append(Telling(bearer, LATE, person_id, late, key, None, person_id))
        return tell_all(tellings, at=at)


def _due_at(book: Rulebook, rule: str, unit_id: uuid.UUID, since: dt.datetime) -> dt.datetime:
    """When the clock ends (exclusive). What ended before the rule was in force counts from its first day."""
    first = book.rule(rule).values[0].from_
    start = since if legal_day(since) >= first else first
    return clock(book, rule, start, province=province_code(unit(unit_id).division)).due_at


def own_files_to_seal(*, first: int, most: int, at: dt.datetime) -> tuple[list[ToSeal], int]:
    """The acting unit's files to seal, the longest waiting first, for a post that seals; and how many there are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM rights_own_to_seal(%s::timestamptz, %s::integer, %s::integer)", [at, first, most])
        rows = cursor.fetchall()
    if not rows:
        return [], 0
    book, rule, own = active_book(), sealing_rules().seal_rule, actor().session.unit_id
    found = [ToSeal(person_id, number, since, _due_at(book, rule, own, since)) for person_id, number, since, _ in rows]
    return found, rows[0][3]


def answer_not_sealed(
    person_id: uuid.UUID, *, ground: str, document: str, words: str, event_id: uuid.UUID, at: dt.datetime
) -> str:
    """Answer that a file of the own unit is not to be sealed, with the reason that the person reads; its number.

    The same `event_id` again changes nothing. A later sealing supersedes the answer.

    Raises NotAllowed, PersonUnknown, SealingRefused (``GROUND``, ``DOCUMENT``, ``WORDS``, ``NOT_OURS``).
    """
    access.require(SEAL, [person_id])
    fault = policy.not_sealed_fault(sealing_rules(), ground=ground, document=document, words=words, today=legal_day(at))
    if fault:
        raise SealingRefused(fault)
    number = number_of(event_id)
    with transaction.atomic(), refusals(SEAL):
        told = told_by(
            "SELECT rights_not_to_seal(%s::uuid, %s::uuid, %s, %s, %s, %s, %s::timestamptz)",
            [event_id, person_id, number, ground, document.strip(), words.strip(), at],
        )
        if told == "ANSWERED":
            record(
                "rights:sealing:declined",
                subjects=[person_id],
                division=persons.file_of(person_id).division,
                at=at,
                event_id=event_id,
                number=number,
                ground=ground,
                document=document.strip(),
            )
    if told == "NOT_OURS":
        raise SealingRefused(told)
    return number


def answers_of(person_id: uuid.UUID) -> list[Answer]:
    """What was answered about a file, the newest last: for who seals in the office responsible, and for the person."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM rights_not_sealed_of(%s::uuid)", [person_id])
        return [Answer(*row) for row in cursor.fetchall()]


def rows_of(person_id: uuid.UUID) -> list[NotSealed]:
    """The same as rows, for the personal copy."""
    return [
        NotSealed(
            id=one.id,
            person_id=person_id,
            number=one.number,
            unit_id=one.unit_id,
            ground=one.ground,
            document=one.document,
            words=one.words,
            answered_at=one.answered_at,
            answered_by=one.answered_by,
        )
        for one in answers_of(person_id)
    ]
