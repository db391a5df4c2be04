"""Asking, showing and ending: the public verbs of access."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction

from guitu.access.acting import asking_for
from guitu.access.database.base import outermost
from guitu.rulebook.attempts import AttemptRefused


class NotAllowed(AttemptRefused, PermissionError):
    """The acting post's role does not hold the permission asked for."""

    def __init__(self, action: str) -> None:
        super().__init__(action)
        self.action = action


class PersonUnknown(AttemptRefused, LookupError):
    """No such person within the acting post's reach; the same answer whether the id exists elsewhere or nowhere."""


def require(action: str, persons: Iterable[uuid.UUID] = ()) -> None:
    """Ask whether the acting post may do `action` on all of `persons`, leaving a durable line whatever the answer.

    Before the operation's transaction, never inside it. Raises NotAllowed or PersonUnknown.
    """
    with transaction.atomic(durable=True):
        answer = _answer(action, list(persons), (), look=False)
    if answer == "DENIED":
        raise NotAllowed(action)
    if answer == "UNKNOWN":
        raise PersonUnknown


def ask(action: str, persons: Iterable[uuid.UUID] = (), *, seen: Iterable[str] = (), look: bool = False) -> str:
    """Ask and trace: ``ALLOWED``, ``DENIED`` or ``UNKNOWN``. The line stands when this returns, whatever follows.

    For reads, which ask before they read: an open transaction ends here and the next begins in its place, since the
    database gives nothing on a line that could still be rolled back. `seen` names the unmasked L3/L4 items that will be
    shown. A `look` opens one person's file: where the post has not the person's matter in hand and has given no reason
    in this working session, the answer is ``ASKED`` and nothing may be shown. Raises NotDurable inside a
    transaction that was not opened as durable: what it has done so far would stand too.
    """
    if connection.in_atomic_block:
        open_one = outermost()
        answer = _answer(action, list(persons), seen, look=look)
        open_one.stand_fast()
        return answer
    with transaction.atomic(durable=True):
        return _answer(action, list(persons), seen, look=look)


def _answer(action: str, persons: list[uuid.UUID], seen: Iterable[str], *, look: bool) -> str:
    asking_for(action, persons)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT access_require(%s::text, %s::uuid[], %s::text[], %s::boolean)",
            [action, persons, list(seen), look],
        )
        answer: str = cursor.fetchone()[0]
    asking_for(action, persons, kept=answer in {"DENIED", "UNKNOWN"})
    return answer


def give_reach(
    person_id: uuid.UUID, *, unit_id: uuid.UUID, relation: str, at: datetime, post_id: uuid.UUID | None = None
) -> None:
    """Show the person to another unit (or to one post of it) from `at` on. Idempotent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT access_give_reach(%s::uuid, %s::uuid, %s::uuid, %s::text, %s::timestamptz)",
            [person_id, unit_id, post_id, relation, at],
        )


def end_reach(person_id: uuid.UUID, *, unit_id: uuid.UUID, relation: str, at: datetime) -> None:
    """Stop showing the person to that unit in that relation from `at` on. Idempotent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT access_end_reach(%s::uuid, %s::uuid, %s::text, %s::timestamptz)", [person_id, unit_id, relation, at]
        )
