"""Plain connections, as this process's role, to any database of the installation's server."""

from __future__ import annotations

from typing import Any

import psycopg
from django.conf import settings


def connect(database: str) -> psycopg.Connection[Any]:
    """A connection of this process's role to a database of this server, in autocommit."""
    told = settings.DATABASES["default"]
    return psycopg.connect(
        host=str(told["HOST"]),
        port=str(told["PORT"]),
        user=str(told["USER"]),
        password=str(told["PASSWORD"]),
        dbname=database,
        autocommit=True,
    )


def target() -> str:
    """The name of the database in which this process works."""
    return str(settings.DATABASES["default"]["NAME"])
