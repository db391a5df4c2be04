"""How the installation runs: what each process did last and what waits; no person; for the system administrator."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

WRITE = (
    "INSERT INTO access_beat (process, at, done, fault) VALUES (%s, %s, %s::jsonb, %s)"
    " ON CONFLICT (process) DO UPDATE SET at = excluded.at, done = excluded.done, fault = excluded.fault"
)


def beat(process: str, *, at: datetime, done: Mapping[str, int], fault: str = "") -> None:
    """Note that `process` has just finished a round at `at` (aware), what it did, and the code of what went wrong."""
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [process, at, json.dumps(dict(done)), fault])


def last_beat(process: str) -> datetime | None:
    """When `process` finished its last round (UTC), or None. For the processes themselves, in their transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT at FROM access_beat WHERE process = %s", [process])
        row = cursor.fetchone()
    return row[0] if row else None


@dataclass(frozen=True)
class Running:
    """One line: a code, a number, and the moment that belongs to it (UTC), each None where there is none."""

    what: str
    number: int | None
    at: datetime | None
    fault: str


def running() -> list[Running]:
    """The processes and the queues. Inside the caller's transaction; GU006 without ``installation:watch``."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_running()")
        return [Running(*row) for row in cursor.fetchall()]
