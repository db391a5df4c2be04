"""Reads of the ledger."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

FILE_TAKEN_IN = "papers:file:attached"


@dataclass(frozen=True)
class Happened:
    """One line of a person's story: act code, moment (UTC), acting unit and post, and the facts recorded."""

    entry_id: uuid.UUID
    act: str
    at: datetime
    unit_id: uuid.UUID | None
    post_id: uuid.UUID | None
    facts: dict[str, object]


def of_person(person_id: uuid.UUID, *, limit: int = 50, first: int = 0, untold: Collection[str] = ()) -> list[Happened]:
    """What happened to `person_id`, newest first, as far as the acting session may see it: `limit` from `first` on.

    Without the lines of files taken in of the kinds `untold`.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT entry_id, act, at, unit_id, post_id, canonical FROM ledger_lines_of(%s::uuid)"
            " WHERE NOT (act = %s AND canonical LIKE ANY (%s::text[]))"
            " ORDER BY at DESC, entry_id LIMIT %s OFFSET %s",
            [person_id, FILE_TAKEN_IN, [f'%"kind":"{kind}"%' for kind in untold], limit, first],
        )
        return [
            Happened(row[0], row[1], row[2], row[3], row[4], json.loads(row[5].split("\n", 3)[3]))
            for row in cursor.fetchall()
        ]


@dataclass(frozen=True)
class Finding:
    """Something about the log that its administrators must know: code, where, when found and since when (UTC)."""

    id: uuid.UUID
    code: str
    which: str
    at: datetime
    since: datetime | None


def findings(*, since: datetime) -> list[Finding]:
    """What was found about the log at or after `since`, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, code, which, at, since FROM ledger_finding WHERE at >= %s ORDER BY at, id", [since])
        return [Finding(*row) for row in cursor.fetchall()]


def is_recorded(act: str, event_id: uuid.UUID) -> bool:
    """Whether this very event is in the ledger already: what makes a retried act harmless."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_recorded(%s, %s::uuid)", [act, event_id])
        found: bool = cursor.fetchone()[0]
    return found


def was_ever_recorded(act: str) -> bool:
    """Whether any act of this name is in the ledger; for the machine's verbs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM ledger_entry WHERE act = %s)", [act])
        found: bool = cursor.fetchone()[0]
    return found


def last_recorded(act: str) -> dict[str, object] | None:
    """The facts of the newest act of this name, None where there is none; for the machine's verbs, as guitu_owner."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.canonical FROM ledger_entry e JOIN ledger_payload p ON p.entry_id = e.id WHERE e.act = %s"
            " ORDER BY e.at DESC, e.id DESC LIMIT 1",
            [act],
        )
        row = cursor.fetchone()
    return json.loads(row[0].split("\n", 3)[3]) if row else None


def broken_commitments(*, most: int) -> tuple[int, int]:
    """How many of the newest `most` entries were looked at, and how many have a payload that does not match.

    An erased payload is none: its entry stays. Asked after a restore, as guitu_owner.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE commitment <> digest) FROM (SELECT e.commitment,"
            " sha256(p.salt || convert_to(p.canonical, 'UTF8')) AS digest FROM ledger_entry e"
            " JOIN ledger_payload p ON p.entry_id = e.id ORDER BY e.at DESC LIMIT %s) newest",
            [most],
        )
        looked, broken = cursor.fetchone()
    return int(looked), int(broken)
