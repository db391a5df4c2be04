"""`acting`: within it, every transaction carries one post's token and one purpose (decisions 3 and 5)."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, connection, transaction

from guitu.rulebook.attempts import AttemptRefused, listening

log = logging.getLogger("guitu.access")
_CLOCK = "TICK"
_NO_ATTEMPT = {"GU001", "GU002", "GU021", "GU026"}
"""Refusals of the database that are none of right or reach: nobody acts, words are lacking, the clocks are apart."""
_NO_PRIVILEGE = "42501"


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
    asked: Asked = field(default_factory=lambda: Asked("", ()))
    refused: list[tuple[Asked, AttemptRefused | str]] = field(default_factory=list)

    @property
    def token(self) -> str:
        return self.session.token

    def refuse(self, why: AttemptRefused | str) -> None:
        """Keep that what was asked for last was refused; written down when `acting` ends."""
        if not self.asked.kept:
            self.refused.append((self.asked, why))

    def attempts(self) -> dict[Asked, str]:
        """What was attempted and the code of its first refusal; without what was met in another way."""
        made: dict[Asked, str] = {}
        for asked, refusal in self.refused:
            why = refusal if isinstance(refusal, str) else refusal.why
            if why:
                made.setdefault(asked, why)
        return made


@dataclass(frozen=True)
class Asked:
    """What was asked for last and about whom; `kept`: that it was refused stands in the trace already."""

    action: str
    persons: tuple[uuid.UUID, ...]
    kept: bool = False


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


def asking_for(action: str, persons: Iterable[uuid.UUID] = (), *, kept: bool = False) -> None:
    """Keep what whoever acts, if anybody does, is asking for: a refusal that follows is about it."""
    state = _current.get()
    if state is not None:
        state.asked = Asked(action, tuple(persons), kept)


def attempted(why: str) -> None:
    """Keep that whoever acts, if anybody does, was refused what they asked for."""
    state = _current.get()
    if state is not None:
        state.refuse(why)


def _watched(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    if context["connection"].get_autocommit():
        raise TransactionRequired("inside acting every statement belongs to a transaction")
    try:
        return execute(sql, params, many, context)
    except DatabaseError as error:
        code = _refusal(error)
        if code:
            attempted(code)
        raise


def _refusal(error: DatabaseError) -> str:
    """The SQLSTATE by which the database refused for want of right or reach; else nothing."""
    state = getattr(error.__cause__, "sqlstate", None) or ""
    return state if state == _NO_PRIVILEGE or (state.startswith("GU") and state not in _NO_ATTEMPT) else ""


def _write_down(state: Acting) -> None:
    """Leave a line for each attempt, in a transaction of its own: the one that was refused has left nothing.

    Where it cannot be written the answer is the same refusal, for nothing was done.
    """
    made = state.attempts()
    if not made or connection.in_atomic_block:
        return
    try:
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute(
                "SELECT access_note_refused(%s::text[], %s::text[], %s::text[])",
                [
                    [asked.action for asked in made],
                    [",".join(map(str, asked.persons)) for asked in made],
                    list(made.values()),
                ],
            )
    except DatabaseError as error:
        log.error("%d refused attempts could not be kept: %s", len(made), type(error).__name__)


@contextmanager
def acting(session: ActingSession, purpose: str) -> Iterator[Acting]:
    """Do everything inside as `session` for `purpose`.

    What is refused inside for want of right or reach leaves its line at the end, whoever caught the refusal. Raises
    ActingNested inside an open transaction. A purpose outside the session's own list is refused by the database
    (GU003) at the first protected statement.
    """
    if connection.in_atomic_block:
        raise ActingNested("acting cannot be opened inside a transaction that began without it")
    state = Acting(session, purpose)
    mark = _current.set(state)
    watched = state.refuse if session.role not in {"", _CLOCK} else None  # for what time brings about, nobody asked
    try:
        with connection.execute_wrapper(_watched):
            try:
                with listening(watched):
                    yield state
            except DatabaseError as error:  # also one that only the end of a transaction met
                code = _refusal(error)
                if code:
                    state.refuse(code)
                raise
            finally:
                if watched is not None:
                    _write_down(state)
    finally:
        _current.reset(mark)


@contextmanager
def bare(token: str) -> Iterator[None]:
    """Carry a token whose session is still to be looked up; its purpose is set by the database itself."""
    nobody = uuid.UUID(int=0)
    unknown = ActingSession(token, nobody, "", nobody, "", nobody, "", "", "", "", "", "", ())
    with acting(unknown, ""):
        yield
