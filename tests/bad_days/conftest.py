"""Databases that can be copied at any state, and the process whose acts can be killed."""

import json
import os
import subprocess
import sys
import uuid

import pytest

from tests.conftest import ROOT, copied


class Copies:
    """Databases made from others, all dropped at the end."""

    def __init__(self, server) -> None:
        self.server, self.names = server, []

    def of(self, name: str) -> str:
        """A copy of a database to which nobody is connected."""
        made = f"guitu_bad_{uuid.uuid4().hex[:12]}"
        copied(self.server, name, made)
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


class Doer:
    """A process that does one act after another; `begin` does not wait for the end, `answer` does."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bad_days.killable"], cwd=ROOT, text=True,
            env=os.environ | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "GUITU_ROLE": "app"},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def begin(self, database, name, *, kill_at=0, wait_at=0, until="", **given):
        """Begin an act; it dies at one of its points, or waits there until a file exists."""
        job = {"database": database, "act": name, "given": given}
        self.process.stdin.write(json.dumps(job | {"kill_at": kill_at, "wait_at": wait_at, "until": str(until)}) + "\n")
        self.process.stdin.flush()

    def answer(self):
        """What came of the act begun last."""
        return json.loads(self.process.stdout.readline())

    def end(self) -> None:
        """Let the process end by itself."""
        self.process.stdin.close()
        self.process.stdout.close()
        assert self.process.wait(timeout=30) == 0


@pytest.fixture(scope="module")
def doer(server, template):
    """A process that acts beside this one."""
    made = Doer()
    yield made
    made.end()


@pytest.fixture(scope="module")
def second_doer(server, template):
    """Another process that acts at the same time."""
    made = Doer()
    yield made
    made.end()


@pytest.fixture(scope="module")
def act(doer):
    """Does one act in a process that may be killed at any of its points; returns what it answered."""

    def do(database, name, **how):
        doer.begin(database, name, **how)
        return doer.answer()

    return do
