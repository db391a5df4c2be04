"""Back to a chosen moment: a base copy, the server's own record of changes, and a mistake that is undone.

Tried on the embedded server as docs/runbooks/point-in-time.md tells it.
"""

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from guitu.launcher import keys, processes
from guitu.launcher.database import embedded
from guitu.launcher.home import Home
from guitu.launcher.server import EmbeddedServer

SECONDS = 60.0


@pytest.fixture
def place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="guitu moment ") as made:
        yield Path(made)


def ask(server: EmbeddedServer, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(embedded(server.home).superuser_dsn, autocommit=True) as door:
        cursor = door.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def settings(server: EmbeddedServer, **lines: str) -> None:
    with (server.home.data / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in lines.items())


def archived(server: EmbeddedServer) -> None:
    """Close the present segment and wait until it lies in the archive."""
    (segment,) = ask(server, "SELECT pg_walfile_name(pg_switch_wal())")[0]
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        (last,) = ask(server, "SELECT coalesce(last_archived_wal, '') FROM pg_stat_archiver")[0]
        if str(last) >= str(segment):
            return
        time.sleep(0.1)
    pytest.fail("the segment was not archived")


def test_a_mistake_is_undone_and_what_came_before_it_stays(place: Path) -> None:
    home = Home(place / "a home")
    home.make()
    keys.make_keys(home, database_exists=False)
    server, archive, base = EmbeddedServer(home, lasting=False), place / "archive", place / "base"
    archive.mkdir(mode=0o700)
    server.make()
    settings(server, archive_mode="on", archive_command=f'cp "%p" "{archive}/%f"', wal_level="replica")
    server.start()
    try:
        ask(server, "CREATE TABLE road (step text)")
        ask(server, "INSERT INTO road VALUES ('before the copy')")
        copied = processes.run(
            [*server.binaries.command("pg_basebackup"), "-h", str(home.socket_directory()), "-p", "5432",
             "-U", keys.SUPERUSER, "-D", str(base), "-X", "none", "--checkpoint=fast", "--no-sync"],
            env={"PATH": "/usr/bin:/bin", "PGPASSWORD": keys.read_password(home, keys.SUPERUSER), "LC_ALL": "C.UTF-8"},
            cwd=home.at,
            capture=True,
        )  # fmt: skip
        assert copied.returncode == 0, copied.stdout
        ask(server, "INSERT INTO road VALUES ('after the copy')")
        (moment,) = ask(server, "SELECT clock_timestamp()::text")[0]
        time.sleep(0.2)
        ask(server, "DELETE FROM road")
        ask(server, "INSERT INTO road VALUES ('after the mistake')")
        archived(server)
        assert ask(server, "SELECT step FROM road") == [("after the mistake",)]
    finally:
        server.stop()

    again = Home(place / "another home")
    again.make()
    shutil.copytree(home.keys, again.keys, dirs_exist_ok=True)
    base.rename(again.data)
    restored = EmbeddedServer(again, lasting=False)
    settings(
        restored,
        archive_mode="off",
        restore_command=f'cp "{archive}/%f" "%p"',
        recovery_target_time=str(moment),
        recovery_target_action="promote",
    )
    (again.data / "recovery.signal").touch(mode=0o600)
    restored.start()
    try:
        deadline = time.monotonic() + SECONDS
        while ask(restored, "SELECT pg_is_in_recovery()") == [(True,)] and time.monotonic() < deadline:
            time.sleep(0.1)
        assert ask(restored, "SELECT step FROM road ORDER BY step") == [("after the copy",), ("before the copy",)]
        ask(restored, "INSERT INTO road VALUES ('on')")
    finally:
        restored.stop()
