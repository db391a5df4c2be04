"""Errands: work that would keep a page waiting, handed to the worker by a post, done in that post and purpose alone.

The worker has no authority of its own. It takes an errand as guitu_job, on a connection of its own, and is given a
token of the very post that handed it over, good for that purpose and that one act (adr/0027).
"""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from django.db import connection

from guitu.access.beats import WRITE
from guitu.access.own_connections import connected_as
from guitu.access.signing_in import TOKEN_BYTES, hashed

DONE = "DONE"


@dataclass(frozen=True)
class ErrandView:
    """An errand as the unit that gave it sees it; `outcome` is empty until it ended, DONE, or why it was stopped."""

    id: uuid.UUID
    action: str
    about: uuid.UUID
    given_at: datetime
    rows_done: int
    rows_all: int
    ended_at: datetime | None
    outcome: str


@dataclass(frozen=True)
class Taken:
    """An errand in the worker's hand, with the token of the post that gave it."""

    id: uuid.UUID
    action: str
    about: uuid.UUID
    purpose: str
    token: str


def give(action: str, about: uuid.UUID) -> uuid.UUID:
    """Hand `action` about this thing to the worker, in the acting post and purpose; the id.

    While one is open for the same act about the same thing, it is the same errand. Once it has waited for as long as
    the rulebook has it, it is not begun any more. Inside the caller's transaction, which has asked for the permission.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_give_errand(%s::text, %s::uuid)", (action, about))
        return uuid.UUID(str(cursor.fetchone()[0]))


def newest_about(things: Iterable[uuid.UUID]) -> dict[uuid.UUID, ErrandView]:
    """The newest errand that the acting unit's posts gave about each of these things; none about the others.

    Inside the caller's transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_errands_about(%s::uuid[])", (list(things),))
        return {row[2]: ErrandView(*row) for row in cursor.fetchall()}


class Worker:
    """The worker's hand: takes errands, says how far they are, ends them. Its connection holds what it has taken."""

    def __init__(self, held: psycopg.Connection[tuple[Any, ...]]) -> None:
        self._held = held

    def beat(self, *, at: datetime, done: int) -> None:
        """Note that the worker is there, and how many errands it has done since it said so last (access/beats)."""
        self._held.execute(WRITE, ("worker", at, json.dumps({"errands": done}), ""))

    def take(self) -> Taken | None:
        """The next errand with a token, or None when none waits; one that waited or was tried too long is ended."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        row = self._held.execute("SELECT * FROM access_take_errand(%s::bytea)", (hashed(token),)).fetchone()
        return Taken(row[0], row[1], row[2], row[3], token) if row else None

    def note(self, errand_id: uuid.UUID, done: int, of_all: int) -> None:
        """Say that so many rows of so many are behind it; seen at once, whatever becomes of the work."""
        self._held.execute("SELECT access_note_errand(%s::uuid, %s::integer, %s::integer)", (errand_id, done, of_all))

    def end(self, errand_id: uuid.UUID, outcome: str) -> None:
        """End it for good, done or with the code of why not; its token ends with it."""
        self._held.execute("SELECT access_end_errand(%s::uuid, %s::text)", (errand_id, outcome))

    def leave(self, errand_id: uuid.UUID) -> None:
        """Let go of it; unless it was ended it is taken again."""
        self._held.execute("SELECT access_leave_errand(%s::uuid)", (errand_id,))


@contextmanager
def worker() -> Iterator[Worker]:
    """The worker's hand, on a connection of its own as guitu_job, in autocommit: its notes do not wait for the work."""
    with connected_as("guitu_job") as held:
        yield Worker(held)
