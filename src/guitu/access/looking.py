"""Looking outside the own caseload: the purpose of a working session, the reason given first, the broken glass.

All of it is held by functions of the database (sql/looking.sql); here are their verbs. Composing an emergency look with
its notices and its line in the ledger is the business of `people.emergency`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, connection, transaction

from guitu.access.operations import PersonUnknown
from guitu.rulebook.looking import LookRules, ReasonRefused

OPENED, WITHIN, UNKNOWN, TOO_MANY, BARRED = "OPENED", "WITHIN", "UNKNOWN", "TOO_MANY", "BARRED"


@dataclass(frozen=True)
class Broken:
    """How breaking the glass came out; the person only where it was OPENED."""

    outcome: str
    person_id: uuid.UUID | None
    division: str
    responsible_unit_id: uuid.UUID | None
    until_at: datetime | None


@dataclass(frozen=True)
class GlassView:
    """An emergency look: whose, about which file number, why, until when, and what the review found.

    `person_id` stands only in the own ones; a reviewer sees the number. `looks` counts the pages opened through it.
    """

    id: uuid.UUID
    unit_id: uuid.UUID
    post: str
    holder: str
    person_id: uuid.UUID | None
    number: str
    responsible_unit_id: uuid.UUID
    code: str
    words: str
    opened_at: datetime
    until_at: datetime
    review_by: datetime
    reviewed_at: datetime | None
    justified: bool | None
    finding: str
    looks: int
    reviewable: bool


@dataclass(frozen=True)
class Reviewed:
    """A look just reviewed and who is to be told; `fresh` is False when it had been reviewed before."""

    person_id: uuid.UUID
    division: str
    unit_id: uuid.UUID
    post_id: uuid.UUID
    role: str
    responsible_unit_id: uuid.UUID
    fresh: bool


@dataclass(frozen=True)
class LateReview:
    """An emergency look of a unit that nobody has reviewed in time (`review_by`, exclusive; aware)."""

    id: uuid.UUID
    unit_id: uuid.UUID
    opened_at: datetime
    review_by: datetime


@contextmanager
def _unknown() -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) == "GU005":
            raise PersonUnknown from error
        raise


def choose_purpose(purpose: str) -> None:
    """Set the purpose of this working session, leaving a line. Raises DatabaseError GU003 for one not the session's.

    In its own transaction: what follows acts for the new purpose.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SELECT access_choose_purpose(%s::text)", [purpose])


def give_reason(person_id: uuid.UUID, code: str, words: str, *, rules: LookRules) -> None:
    """Say why this file outside the own caseload is opened; good for this person until the session ends.

    Raises ReasonRefused for an unknown code or too few words, PersonUnknown for whom the post does not see.
    """
    said = rules.reason(code, words)
    with _unknown(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT access_give_reason(%s::uuid, %s::text, %s::text)", [person_id, code, said])


def break_glass(
    glass_id: uuid.UUID,
    *,
    digests: Sequence[tuple[str, bytes]],
    number: str,
    code: str,
    words: str,
    review_by: datetime,
) -> Broken:
    """Open one person outside the reach to this post, by a document's digests or a file's number.

    For how long, how often at most and after which abuse not at all the database says, by its own clock. In the
    caller's transaction, which keeps the line whatever the outcome. The same id twice is the same look.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM access_break_glass(%s::uuid, %s::text[], %s::bytea[], %s::text, %s::text, %s::text,"
            " %s::timestamptz)",
            [
                glass_id,
                [kind for kind, _ in digests],
                [digest for _, digest in digests],
                number,
                code,
                words,
                review_by,
            ],
        )
        outcome, person_id, division, responsible, until_at = cursor.fetchone()
    return Broken(outcome, person_id, division or "", responsible, until_at)


def glasses(which: str, *, at: datetime, first: int, most: int) -> tuple[list[GlassView], int]:
    """One page of emergency looks and how many there are: ``OWN``, ``TO_REVIEW`` or ``REVIEWED`` ones.

    Those to be reviewed with the first due first, the others newest first.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM access_glasses(%s::timestamptz, %s::text, %s::integer, %s::integer)",
            [at, which, first, most],
        )
        rows = cursor.fetchall()
    return [GlassView(*row[:-1]) for row in rows], (rows[0][-1] if rows else 0)


def glass_until(person_id: uuid.UUID) -> datetime | None:
    """Until when the acting post sees this person through a broken glass, or None."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_glass_until(%s::uuid)", [person_id])
        found: datetime | None = cursor.fetchone()[0]
    return found


def review_glass(glass_id: uuid.UUID, *, at: datetime, justified: bool, finding: str) -> Reviewed:
    """Note what the review of an emergency look found, once; in the caller's transaction.

    Raises PersonUnknown for a look that the acting post may not review.
    """
    with _unknown(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM access_review_glass(%s::uuid, %s::timestamptz, %s::boolean, %s::text)",
            [glass_id, at, justified, finding],
        )
        return Reviewed(*cursor.fetchone())


def glasses_late(*, at: datetime, most: int) -> list[LateReview]:
    """Emergency looks that nobody has reviewed in time; each is handed out once a legal day. For the tick."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_glasses_late(%s::timestamptz, %s::integer)", [at, most])
        return [LateReview(*row) for row in cursor.fetchall()]


__all__ = [
    "BARRED",
    "OPENED",
    "TOO_MANY",
    "UNKNOWN",
    "WITHIN",
    "Broken",
    "GlassView",
    "LateReview",
    "ReasonRefused",
    "Reviewed",
    "break_glass",
    "choose_purpose",
    "give_reason",
    "glass_until",
    "glasses",
    "glasses_late",
    "review_glass",
]
