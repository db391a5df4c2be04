"""The register of exports: asking, approving, keeping the file for hours, fetching it; held by the database.

What an export holds and who is told of it is composed by `handover.exports`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, connection

from guitu.access.operations import PersonUnknown


@dataclass(frozen=True)
class ExportView:
    """An export as its asker, those who approve and those who audit see it; never the file itself.

    `approved` is None while nobody has decided; `here` while the file is kept.
    """

    id: uuid.UUID
    number: str
    listed: str
    late_only: bool
    format: str
    purpose: str
    code: str
    words: str
    unit_id: uuid.UUID
    post: str
    holder: str
    rows: int
    alone: int
    asked_at: datetime
    decided_at: datetime | None
    approved: bool | None
    finding: str
    made_at: datetime | None
    here: bool
    expires_at: datetime | None
    fetches: int
    fetched_at: datetime | None

    @property
    def needs_two(self) -> bool:
        """Whether a leader has to approve it."""
        return self.rows > self.alone


@dataclass(frozen=True)
class Decided:
    """An export just decided and whose it is; `fresh` is False when it had been decided before."""

    unit_id: uuid.UUID
    post_id: uuid.UUID
    role: str
    number: str
    fresh: bool


def left() -> int:
    """How many rows the acting account may still export without a second person, by the database's count."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_export_left()")
        rows: int = cursor.fetchone()[0]
    return rows


def frees(rows: int) -> datetime | None:
    """When so many rows may be exported again without a second person (UTC); None: now, or never."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_export_frees(%s::integer)", [rows])
        moment: datetime | None = cursor.fetchone()[0]
    return moment


@dataclass(frozen=True)
class Printed:
    """Whether papers of some persons may be printed together, how many persons the account may print within the
    rulebook's time and how many are left of them; where they are too few, when they are not (UTC; None: never).
    """

    allowed: bool
    most: int
    left: int
    free_at: datetime | None


def print_together(person_ids: Iterable[uuid.UUID]) -> Printed:
    """Count these persons among those whose papers the acting account has printed together, unless they are too many.

    By the database's clock and count, whatever the caller says; the same persons again are not counted again.
    Raises DatabaseError GU006 for a post that reads no papers.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_print_together(%s::uuid[])", [list(person_ids)])
        return Printed(*cursor.fetchone())


def register(
    export_id: uuid.UUID,
    *,
    number: str,
    listed: str,
    late_only: bool,
    file_format: str,
    code: str,
    words: str,
    rows: int,
    alone: int,
) -> bool:
    """Note what is asked for, at the database's moment; whether one person may take that many.

    The same id twice is the same export. Whatever `alone` says, the database takes the rulebook's figure and what is
    left of it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT access_ask_export(%s::uuid, %s::text, %s::text, %s::boolean, %s::text, %s::text, %s::text,"
            " %s::integer, %s::integer)",
            [export_id, number, listed, late_only, file_format, code, words, rows, alone],
        )
        answer: str = cursor.fetchone()[0]
    return answer == "ALONE"


def decide(export_id: uuid.UUID, *, at: datetime, approved: bool, finding: str) -> Decided:
    """Note the decision about an export above the limit, once. Raises PersonUnknown for one not one's to decide."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT * FROM access_decide_export(%s::uuid, %s::timestamptz, %s::boolean, %s::text)",
                [export_id, at, approved, finding],
            )
            return Decided(*cursor.fetchone())
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) == "GU005":
            raise PersonUnknown from error
        raise


def exports_listed(which: str, *, first: int, most: int, only: uuid.UUID | None = None) -> tuple[list[ExportView], int]:
    """One page of exports, newest first, and how many there are: ``OWN``, ``TO_APPROVE``, or ``ALL`` in range."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM access_exports(%s::text, %s::uuid, %s::integer, %s::integer)", [which, only, first, most]
        )
        rows = cursor.fetchall()
    return [ExportView(*row[:-1]) for row in rows], (rows[0][-1] if rows else 0)


def keep(
    export_id: uuid.UUID, *, persons: Sequence[uuid.UUID], sealed: bytes, sha256: str, at: datetime, until: datetime
) -> bool:
    """Keep the file until then; False if there was one already. Everybody in it finds the line in their own looks."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT access_keep_export(%s::uuid, %s::uuid[], %s::bytea, %s::text, %s::timestamptz, %s::timestamptz)",
            [export_id, list(persons), sealed, sha256, at, until],
        )
        kept: bool = cursor.fetchone()[0]
    return kept


def fetch(export_id: uuid.UUID, *, at: datetime) -> tuple[str, str, bytes] | None:
    """Number, format and encrypted file for the asker; None when it is gone, another's, or was fetched already."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_fetch_export(%s::uuid, %s::timestamptz)", [export_id, at])
        row = cursor.fetchone()
    return (row[0], row[1], bytes(row[2])) if row else None


def forget(*, at: datetime) -> int:
    """Delete the files whose time is over; how many. For the tick."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_forget_exports(%s::timestamptz)", [at])
        gone: int = cursor.fetchone()[0]
    return gone


def all_numbers() -> list[tuple[uuid.UUID, str]]:
    """Every export ever asked for: id and number. At the machine, as owner."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, number FROM access_export ORDER BY asked_at DESC")
        return [(export_id, number) for export_id, number in cursor.fetchall()]
