"""`acting`: within it, every transaction carries one post's token and one purpose (decisions 3 and 5)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import connection


class TransactionRequired(RuntimeError):
    """Inside `acting` a statement ran outside a transaction, where the database would not know who acts."""


class ActingNested(RuntimeError):
    """`acting` was opened inside a transaction that began without it."""


@dataclass(frozen=True)
class ActingSession:
    """A post at work: who, in which unit and role, over which range of divisions, for which lawful purposes.

    `token` is the raw secret of the session cookie; it is never stored. `low` (inclusive) and `high` (exclusive)
    bound the twelve-digit divisions of the unit. `chosen` is the purpose of this working session, empty until chosen;
    `network` from where it is used, empty where that does not matter; `confined` what an administrator's terminal lacks
    (sql/terminals.sql): such a session opens nothing but the own account. Empty for everybody else.
    """

    token: str
    account_id: uuid.UUID
    account_name: str
    post_id: uuid.UUID
    post_title: str
    unit_id: uuid.UUID
    unit_name: str
    unit_kind: str
    role: str
    division: str
    low: str
    high: str
    purposes: tuple[str, ...]
    chosen: str = ""
    network: str = ""
    confined: str = ""


@dataclass
class Acting:
    """The acting session together with the purpose chosen for this piece of work.

    `proved_again`: whoever acts has shown the password or another factor once more, so the session is due a new token.
    """

    session: ActingSession
    purpose: str
    proved_again: bool = False

    @property
    def token(self) -> str:
        return self.session.token


_current: ContextVar[Acting | None] = ContextVar("guitu_acting", default=None)


def current() -> Acting | None:
    """Who acts now in this context, or None."""
    return _current.get()


def actor() -> Acting:
    """Who acts now. Raises TransactionRequired if nobody does."""
    now = _current.get()
    if now is None:
        raise TransactionRequired("no acting session is open")
    return now


def proved(right: bool) -> bool:
    """Keep that whoever acts, if anybody does, has shown a factor once more; returns `right`, whatever it is."""
    state = _current.get()
    if right and state is not None:
        state.proved_again = True
    return right


def _refuse_autocommit(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    if context["connection"].get_autocommit():
        raise TransactionRequired("inside acting every statement belongs to a transaction")
    return execute(sql, params, many, context)


@contextmanager
def acting(session: ActingSession, purpose: str) -> Iterator[Acting]:
    """Do everything inside as `session` for `purpose`.

    Raises ActingNested inside an open transaction. A purpose outside the session's own list is refused by the database
    (GU003) at the first protected statement.
    """
    if connection.in_atomic_block:
        raise ActingNested("acting cannot be opened inside a transaction that began without it")
    state = Acting(session, purpose)
    mark = _current.set(state)
    try:
        with connection.execute_wrapper(_refuse_autocommit):
            yield state
    finally:
        _current.reset(mark)


@contextmanager
def bare(token: str) -> Iterator[None]:
    """Carry a token whose session is still to be looked up; its purpose is set by the database itself."""
    nobody = uuid.UUID(int=0)
    unknown = ActingSession(token, nobody, "", nobody, "", nobody, "", "", "", "", "", "", ())
    with acting(unknown, ""):
        yield
