"""Connections of their own for what must be committed at once, as a role that the pages do not have."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection


@contextmanager
def connected_as(role: str) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A plain connection to the present database as this role, in autocommit; closed at the end."""
    settings = connection.settings_dict
    with psycopg.connect(
        host=settings["HOST"],
        port=settings["PORT"] or None,
        dbname=settings["NAME"],
        user=role,
        password=_password(role),
        connect_timeout=5,
        autocommit=True,
    ) as held:
        yield held


def _password(role: str) -> str:
    """From the environment (``GUITU_SECRET_<ROLE>``), else from GUITU_HOME/keys."""
    from_environment = os.environ.get(f"GUITU_SECRET_{role.upper()}")
    if from_environment:
        return from_environment
    path = Path(os.environ.get("GUITU_HOME", "var")) / "keys" / f"{role}.password"
    return path.read_text(encoding="ascii").strip()
