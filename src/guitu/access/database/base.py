"""The database backend that carries the acting session (amendment A5).

At the beginning of every outermost transaction token and purpose are set, transaction-local, in one server-bound
statement; when nobody acts they are set to empty, so that a value left by anybody else is overwritten. So they are
before each statement outside a transaction, where nobody ever acts.
"""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql import base, operations

from guitu.access import acting


class NotDurable(RuntimeError):
    """A transaction was to stand that is part of another, or of an operation that is done whole or not at all."""


class DatabaseOperations(operations.DatabaseOperations):
    """PostgreSQL with our own way of sending many rows at once."""

    compiler_module = "guitu.access.database.compiler"


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL with the acting session set at the start of each outermost transaction."""

    ops_class = DatabaseOperations

    def set_autocommit(self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False) -> None:
        """Begin or end the outermost transaction; at its beginning hand the database token and purpose."""
        super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
        if not autocommit:
            try:
                self._hand_over_token()
            except BaseException:
                self.close()  # else the next transaction would be taken for one that already knows who acts
                raise

    def create_cursor(self, name: str | None = None) -> Any:
        """A cursor; outside a transaction what somebody has left in the session is emptied first."""
        if self.autocommit:
            with psycopg.Cursor(self.connection) as cursor:
                cursor.execute("SELECT set_config('guitu.token', '', false), set_config('guitu.purpose', '', false)")
        return super().create_cursor(name)

    def stand_fast(self) -> None:
        """End the open transaction, durably, and begin the next in its place: what was written stands from now on."""
        with self.wrap_database_errors:
            self.connection.commit()
        self._hand_over_token()

    def _hand_over_token(self) -> None:
        current = acting.current()
        token, purpose = (current.token, current.purpose) if current else ("", "")
        raw: Any = self.connection
        with psycopg.Cursor(raw) as cursor:
            cursor.execute(
                "SELECT set_config('guitu.token', %s, true), set_config('guitu.purpose', %s, true)", (token, purpose)
            )


def outermost() -> DatabaseWrapper:
    """The connection of this thread, inside one transaction that was opened as durable. Raises NotDurable."""
    held: Any = connections[DEFAULT_DB_ALIAS]
    if len(held.atomic_blocks) != 1 or not held.atomic_blocks[0].durable:
        raise NotDurable("a line of the trace cannot stand before what surrounds it")
    wrapper: DatabaseWrapper = held
    return wrapper
