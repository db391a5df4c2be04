"""An installation that `demo generate` has filled: its server up for the time of a benchmark, Django inside it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def province(home: Path, persons: int, seed: str, *, role: str = "app") -> Iterator[None]:
    """The installation at `home`, generated first where there is none, with Django acting in it as a database role."""
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
        try:
            yield
        finally:
            from django.db import connection

            connection.close()
