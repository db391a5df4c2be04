"""A fresh database of the demonstration province for a benchmark, on the server of the tests; dropped afterwards."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROLES = ("guitu_owner", "guitu_app", "guitu_job", "guitu_signin", "guitu_load", "guitu_seq")
FOUNDED = datetime(2026, 1, 1, tzinfo=UTC)
_PASSWORD = "tests-only"


@dataclass(frozen=True)
class Bench:
    """The server and the names of two equal databases: one to work in, one to compare with."""

    host: str
    port: str
    superuser: str
    work: str
    bare: str

    def dsn(self, role: str, database: str) -> str:
        """How `role` reaches `database`."""
        password = self.superuser if role == "postgres" else _PASSWORD
        return f"host='{self.host}' port={self.port} user={role} password={password} dbname={database}"


@contextmanager
def bench() -> Iterator[Bench]:
    """Two fresh databases with schema, cage, units and posts; Django acts in `work` as guitu_app."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guitu.settings.test")
    for role in ROLES:
        os.environ[f"GUITU_SECRET_{role.upper()}"] = _PASSWORD
    from guitu.launcher.home import current_home
    from guitu.launcher.roles import clone_database, drop_database, prepare_database, prepare_roles
    from guitu.launcher.suite import test_server

    with test_server(current_home(), in_memory=False) as told:
        tail = secrets.token_hex(4)
        superuser = Path(told["GUITU_TEST_PG_PASSWORD_FILE"]).read_text(encoding="ascii").strip()
        held = Bench(
            told["GUITU_TEST_PG_HOST"],
            told["GUITU_TEST_PG_PORT"],
            superuser,
            f"guitu_bench_{tail}",
            f"guitu_bench_{tail}_bare",
        )
        os.environ |= {"GUITU_DB_HOST": held.host, "GUITU_DB_PORT": held.port, "GUITU_DB_NAME": held.work}
        door = held.dsn("postgres", "postgres")
        prepare_roles(door, dict.fromkeys(ROLES, _PASSWORD))
        prepare_database(door, held.work)
        try:
            environment = os.environ | {"GUITU_ROLE": "owner", "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
            subprocess.run([sys.executable, "-m", "benchmarks.house"], cwd=ROOT, env=environment, check=True)
            clone_database(door, held.work, held.bare)
            import django

            django.setup()
            yield held
        finally:
            from django.db import connection

            connection.close()
            drop_database(door, held.work)
            drop_database(door, held.bare)


def _found() -> None:
    """The schema and the demonstration province's units and posts, as guitu_owner."""
    import django

    django.setup()
    from guitu.access.establishing import declare, found, found_machine
    from guitu.web import demonstration
    from guitu.web.schema import prepare_schema

    prepare_schema()
    declare("DEMONSTRATION", at=FOUNDED)
    found(demonstration.units(), demonstration.posts(), at=FOUNDED)
    found_machine(at=FOUNDED)


if __name__ == "__main__":
    _found()
