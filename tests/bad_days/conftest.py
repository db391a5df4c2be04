"""Databases that can be copied at any state, and the process whose acts can be killed."""

import json
import os
import subprocess
import sys
import uuid

import pytest

from tests.conftest import ROOT


class Copies:
    """Databases made from others, all dropped at the end."""

    def __init__(self, server) -> None:
        self.server, self.names = server, []

    def of(self, name: str) -> str:
        """A copy of a database to which nobody is connected."""
        from guitu.launcher.roles import clone_database

        made = f"guitu_bad_{uuid.uuid4().hex[:12]}"
        clone_database(self.server.dsn("postgres", "postgres"), name, made)
        self.names.append(made)
        return made

    def dsn(self, name: str, role: str = "postgres") -> str:
        """How a role reaches the copy."""
        return self.server.dsn(role, name)

    def drop(self) -> None:
        """Leave nothing."""
        from guitu.launcher.roles import drop_database

        for name in self.names:
            drop_database(self.server.dsn("postgres", "postgres"), name)


@pytest.fixture(scope="module")
def copies(server):
    """Copies of databases for this module."""
    made = Copies(server)
    try:
        yield made
    finally:
        made.drop()


@pytest.fixture(scope="module")
def act(server, template):
    """Does one act in a process that may be killed at any of its points; returns what it answered."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bad_days.killable"], cwd=ROOT, text=True,
        env=os.environ | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip

    def do(database, name, *, kill_at=0, **given):
        job = {"database": database, "act": name, "given": given, "kill_at": kill_at}
        process.stdin.write(json.dumps(job) + "\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    yield do
    process.stdin.close()
    process.stdout.close()
    assert process.wait(timeout=30) == 0
