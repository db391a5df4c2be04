"""Text somebody had written when their session ended: sealed, given back to the same account only, then deleted.

All of it goes through the door as guitu_signin: when a form arrives too late nobody acts, and the application's own
role can read none of it.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from guitu.access import entering
from guitu.access.signing_in import hashed
from guitu.ledger import keys

Fields = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Keeping:
    """How much is kept and for how long: `most` forms of one account, each up to `largest` characters in all."""

    lasts: timedelta
    most: int
    largest: int


@dataclass(frozen=True)
class KeptFormView:
    """A kept form: the page it was written on (empty if unknown), where it is sent, its fields, its moments."""

    id: uuid.UUID
    page: str
    address: str
    fields: Fields
    kept_at: datetime
    expires_at: datetime


def keep(token: str, *, page: str, address: str, fields: Fields, at: datetime, rules: Keeping) -> uuid.UUID | None:
    """Keep what was sent with the token of a session that is over; returns the id, None if nothing could be kept.

    Nothing is kept for a token that was never anybody's, without text, or beyond the limits of `rules`.
    """
    text = json.dumps({name: list(values) for name, values in fields.items()}, ensure_ascii=False)
    if not any(value.strip() for values in fields.values() for value in values) or len(text) > rules.largest:
        return None
    with entering.hand() as at_door:
        at_door.execute("SELECT access_holder(%s)", (hashed(token),))
        row = at_door.fetchone()
        holder: uuid.UUID | None = row[0] if row else None
        if holder is None:
            return None
        at_door.execute("DELETE FROM access_kept_form WHERE account_id = %s AND expires_at <= %s", (holder, at))
        at_door.execute("SELECT count(*) FROM access_kept_form WHERE account_id = %s", (holder,))
        held = at_door.fetchone()
        if held is not None and held[0] >= rules.most:
            return None
        made = uuid.uuid4()
        at_door.execute(
            "INSERT INTO access_kept_form (id, account_id, page, address, sealed_fields, kept_at, expires_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            (made, holder, page, address, keys.encrypt(text, belongs_to=_place(holder, made)), at, at + rules.lasts),
        )
    return made


def kept_by(account_id: uuid.UUID, *, at: datetime) -> list[KeptFormView]:
    """What is kept for this account, the newest first."""
    with entering.hand() as at_door:
        at_door.execute(
            "SELECT id, page, address, sealed_fields, kept_at, expires_at FROM access_kept_form"
            " WHERE account_id = %s AND expires_at > %s ORDER BY kept_at DESC, id",
            (account_id, at),
        )
        rows = at_door.fetchall()
    return [
        KeptFormView(
            row[0], row[1], row[2], json.loads(keys.decrypt(row[3], belongs_to=_place(account_id, row[0]))), *row[4:]
        )
        for row in rows
    ]


def drop(account_id: uuid.UUID, form_id: uuid.UUID) -> bool:
    """Delete a kept form of this account; False if there is none, or it is somebody else's."""
    with entering.hand() as at_door:
        at_door.execute("DELETE FROM access_kept_form WHERE id = %s AND account_id = %s", (form_id, account_id))
        return at_door.rowcount > 0


def forget(*, at: datetime) -> int:
    """Delete what was kept long enough, as guitu_job; returns how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM access_kept_form WHERE expires_at <= %s", [at])
        return int(cursor.rowcount)


def _place(account_id: uuid.UUID, form_id: uuid.UUID) -> str:
    return f"kept-form:{account_id}:{form_id}"
