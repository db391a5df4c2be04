"""A founded, empty demonstration province, and copies of it; specimens walked once for all tests of a module."""

import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator

import pytest

from guitu.launcher.roles import drop_database, prepare_database, prepare_roles
from tests.conftest import ROLES, ROOT, Server, copied

TODAY = "2026-11-20"


def run(module: str, *arguments: str, database: str) -> subprocess.CompletedProcess[str]:
    """Run one of the generator's programs against a database, as its own process; what it said."""
    env = {name: value for name, value in os.environ.items() if name != "GUITU_ROLE"}
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=env | {"GUITU_DB_NAME": database, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )


def walk(database: str, seed: str, specimens: int) -> None:
    """Walk specimens in a copy of the province."""
    done = run(
        "guitu.web.generation.walking",
        "--seed", seed, "--specimens", str(specimens), "--today", TODAY,
        database=database,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def press(database: str, scratch: str, seed: str, specimens: int, persons: int) -> None:
    """Fill a copy of the province with people."""
    done = run(
        "guitu.web.generation.pressing",
        "--seed", seed, "--specimens", str(specimens), "--today", TODAY,
        "--persons", str(persons), "--scratch", scratch, "--workers", "2",
        database=database,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def fill(database: str, scratch: str, seed: str, specimens: int, persons: int) -> None:
    """Fill a copy of the province as `demo generate` does: bare tables, COPY, keys and indexes again."""
    bare = run("guitu.web.generation.founding", "--lay-bare", database=database)
    assert bare.returncode == 0, bare.stderr
    press(database, scratch, seed, specimens, persons)
    finished = run("guitu.web.generation.founding", "--finish", "--untouched", scratch, database=database)
    assert finished.returncode == 0, finished.stderr


@pytest.fixture(scope="module")
def copy_of_the_province(server: Server) -> Iterator[Callable[[], str]]:
    """A function that makes a fresh copy of the founded province; all are dropped with the module."""
    door = server.dsn("postgres", "postgres")
    prepare_roles(door, dict.fromkeys(ROLES, "tests-only"))
    made = [f"guitu_province_{uuid.uuid4().hex[:12]}"]
    prepare_database(door, made[0])
    try:
        founded = run("guitu.web.generation.founding", database=made[0])
        assert founded.returncode == 0, founded.stderr

        def copy() -> str:
            made.append(f"guitu_province_{uuid.uuid4().hex[:12]}")
            copied(server, made[0], made[-1])
            return made[-1]

        yield copy
    finally:
        for name in reversed(made):
            drop_database(door, name)
