"""The whole installation, brought up by ``./guitu`` in a home with spaces, killed piece by piece, taken down."""

import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from guitu.launcher import processes
from guitu.launcher.home import tree_root

PATIENCE = 120


class Installation:
    """One home and the verbs on it, called from another folder under umask 077."""

    def __init__(self, home: Path) -> None:
        self.home = home
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GUITU_")}
        kept.pop("DJANGO_SETTINGS_MODULE", None)
        kept.pop("DATABASE_URL", None)
        self.env = kept | {"GUITU_HOME": str(home)}

    def call(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [str(tree_root() / "guitu"), *words],
            env=self.env,
            cwd=self.home.parent,
            umask=0o077,
            capture_output=True,
            text=True,
            timeout=PATIENCE * 2,
            check=False,
        )

    def status(self) -> dict[str, Any]:
        facts: dict[str, Any] = json.loads(self.call("status", "--json").stdout)
        return facts

    def answering(self) -> dict[str, Any]:
        """The state once it answers; an installation that has just come back may take a moment."""
        return self.answers_with_another("nobody", 0)

    def answers_with_another(self, what: str, former: int) -> dict[str, Any]:
        deadline = time.monotonic() + PATIENCE
        while True:
            facts = self.status()
            if facts["answers"] and (not former or facts["processes"].get(what, former) != former):
                return facts
            assert time.monotonic() < deadline, f"{what} did not come back: {facts}"
            time.sleep(0.2)


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    with tempfile.TemporaryDirectory(prefix="guitu up ") as place:
        made = Installation(Path(place) / "a home")
        brought_up = made.call("up", "--detach", "--no-demo")
        try:
            assert brought_up.returncode == 0, brought_up.stdout + brought_up.stderr
            yield made
        finally:
            made.call("down")


@pytest.mark.parametrize("what", ["web", "database", "supervisor"])
def test_a_killed_process_comes_back_by_itself_at_the_same_address(installation: Installation, what: str) -> None:
    before = installation.answering()
    os.kill(before["processes"][what], signal.SIGKILL)
    after = installation.answers_with_another(what, before["processes"][what])
    assert after["address"] == before["address"]
    deadline = time.monotonic() + PATIENCE  # the others are started when the pages answer
    while installation.status()["processes"].keys() != before["processes"].keys() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert installation.status()["processes"].keys() == before["processes"].keys()


def test_a_second_up_says_where_the_first_one_runs_and_starts_nothing(installation: Installation) -> None:
    before = installation.status()
    second = installation.call("up")
    assert second.returncode == 0
    assert before["address"] in second.stdout
    assert installation.status()["processes"] == before["processes"]


def test_nothing_an_installation_owns_can_be_read_by_others(installation: Installation) -> None:
    outside = [path for path in installation.home.rglob("*") if not path.is_symlink() and path.stat().st_mode & 0o077]
    assert [path for path in outside if not path.is_socket()] == []


def test_no_serving_process_is_given_the_owners_or_the_superusers_password(installation: Installation) -> None:
    files = [installation.home / "keys" / f"{role}.password" for role in ("guitu_owner", "postgres")]
    secrets = [file.read_text().strip() for file in files]
    facts = installation.status()["processes"]
    for name in facts.keys() - {"database"}:
        told = Path(f"/proc/{facts[name]}/environ").read_bytes() + Path(f"/proc/{facts[name]}/cmdline").read_bytes()
        assert not [secret for secret in secrets if secret.encode() in told]


def test_down_leaves_no_process_and_the_second_start_prepares_nothing(installation: Installation) -> None:
    running = installation.status()["processes"]
    assert installation.call("down").returncode == 0
    assert not [pid for pid in running.values() if processes.is_living(pid)]
    assert installation.call("status").returncode == 1
    stamp = (installation.home / "prepared.json").stat().st_mtime_ns
    started = time.monotonic()
    assert installation.call("up", "--detach", "--no-demo").returncode == 0
    assert time.monotonic() - started < PATIENCE
    assert (installation.home / "prepared.json").stat().st_mtime_ns == stamp
