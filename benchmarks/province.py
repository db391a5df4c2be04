"""An installation that `demo generate` has filled: its server up for the time of a benchmark, Django inside it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg.conninfo import make_conninfo

if TYPE_CHECKING:
    from guitu.launcher.database import Database

ROOT = Path(__file__).resolve().parent.parent


def _filled(database: Database, at: datetime | None) -> datetime | None:
    """Write since when the demonstration has its people, None for not yet; what was written before."""
    with psycopg.connect(make_conninfo(database.superuser_dsn, dbname=database.name)) as door:
        held: datetime | None = door.execute("SELECT filled_at FROM access_installation").fetchone()[0]
        door.execute("UPDATE access_installation SET filled_at = %s", (at,))
    return held


@contextmanager
def province(home: Path, persons: int, seed: str, *, role: str = "app", moving: bool = False) -> Iterator[None]:
    """The installation at `home`, generated first where there is none, with Django acting in it as a database role.

    `moving`: the benchmark moves the clock; the database believes it, as it does while a demonstration is filled.
    """
    from guitu.launcher import database as databases
    from guitu.launcher.home import Home
    from guitu.launcher.server import EmbeddedServer

    if not (home / "db").exists():
        words = ["demo", "generate", "--persons", str(persons), "--seed", seed, "--into", str(home)]
        subprocess.run([sys.executable, str(ROOT / "guitu"), *words], check=True)
    held = Home(home)
    with EmbeddedServer(held).in_use():
        database = databases.embedded(held)
        os.environ |= databases.process_environment(held, database)
        os.environ |= {"GUITU_ROLE": role, "DJANGO_SETTINGS_MODULE": "guitu.settings.demo"}
        # Schema and cage follow the sources; a province that was generated before is not filled again.
        owner = os.environ | {"GUITU_ROLE": "owner"}
        subprocess.run([sys.executable, "-m", "guitu.web.prepare"], cwd=ROOT, env=owner, check=True)
        import django

        django.setup()
        filled = _filled(database, None) if moving else None
        try:
            yield
        finally:
            if filled is not None:
                _filled(database, filled)
            from django.db import connection

            connection.close()
