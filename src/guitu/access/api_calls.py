"""Calls that another system may repeat: the key it chose, what it asked, and the first answer, encrypted."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from guitu.ledger import keys


@dataclass(frozen=True)
class Call:
    """What is held under a key. `fresh`: it arrived for the first time; `same`: it asks for what the first one asked.

    `status` and `answer` are those of the first answer, None while there is none.
    """

    id: uuid.UUID
    fresh: bool
    same: bool
    status: int | None
    answer: str | None


def claim(key: str, asked: bytes, *, at: datetime, until: datetime) -> Call:
    """Claim the acting token's call under `key` for what `asked` digests, to be kept `until`; or what is held."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM access_claim_call(%s::bytea, %s::bytea, %s::timestamptz, %s::timestamptz)",
            [_hashed(key), asked, at, until],
        )
        call_id, fresh, same, status, sealed = cursor.fetchone()
    answer = None if sealed is None else keys.decrypt(sealed, belongs_to=f"api-call:{call_id}")
    return Call(call_id, fresh, same, status, answer)


def keep_answer(call_id: uuid.UUID, status: int, answer: str, *, at: datetime) -> None:
    """Keep the first answer of the acting token's call; inside the caller's transaction or in one of its own."""
    sealed = keys.encrypt(answer, belongs_to=f"api-call:{call_id}")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT access_answer_call(%s::uuid, %s::smallint, %s::bytea, %s::timestamptz)",
            [call_id, status, sealed, at],
        )


@contextmanager
def held(key: str) -> Iterator[bool]:
    """Hold the acting token's call under this key for as long as it is worked on; False if another process works on it.

    The hold belongs to the database connection: it ends with the process, however that ends.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT access_hold_call(%s::bytea)", [_hashed(key)])
        mine: bool = cursor.fetchone()[0]
    try:
        yield mine
    finally:
        if mine:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT access_leave_call(%s::bytea)", [_hashed(key)])


def _hashed(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
