"""What doctor says of the processes that a supervisor started, of the disk and of where the journal goes."""

import fcntl
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace

import pytest

from guitu.launcher import doctor, processes
from guitu.launcher.home import Home
from guitu.launcher.running import lock_file


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Home]:
    """A home whose supervisor is alive."""
    home = Home(tmp_path / "home")
    home.make()
    with lock_file(home) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield home


def test_a_process_that_is_gone_is_named_and_control_all_alive_is_fine(held: Home) -> None:
    living = processes.identity(os.getpid())
    assert living is not None
    gone = asdict(living) | {"started": living.started + 1}
    held.write_state({"phase": "ready", "children": {"web": asdict(living), "worker": gone}})
    found = doctor.look_at_processes(held)
    assert (found.level, found.en) == ("problem", "Processes are not running: worker")
    held.write_state({"phase": "ready", "children": {"web": asdict(living), "worker": asdict(living)}})
    assert doctor.look_at_processes(held).level == "ok"


def test_without_a_supervisor_nothing_is_expected_to_run(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.make()
    home.write_state({"phase": "ready", "children": {"worker": {"pid": 1, "started": 1}}})
    assert doctor.look_at_processes(home).level == "note"


@pytest.mark.parametrize(
    ("free", "asked", "level"), [(9, None, "note"), (11, None, "ok"), (11, "20", "note"), (0, None, "problem")]
)
def test_a_disk_is_named_before_it_is_full(
    tmp_path: Path, monkeypatch, free: int, asked: str | None, level: str
) -> None:
    home = Home(tmp_path / "home")
    home.make()
    if asked:
        monkeypatch.setenv("GUITU_DISK_PERCENT", asked)
    usage = SimpleNamespace(free=free * 2**30, total=100 * 2**30)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: usage)
    assert doctor.look_at_home(home).level == level


@pytest.mark.parametrize(
    ("settings", "to", "level"),
    [("production", "", "note"), ("production", "tls://log.example:6514", "ok"), ("demo", "", "ok")],
)
def test_a_real_installation_is_told_when_its_journal_is_sent_nowhere(
    tmp_path: Path, monkeypatch, settings: str, to: str, level: str
) -> None:
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", f"guitu.settings.{settings}")
    monkeypatch.setenv("GUITU_LOG_TO", to)
    (found,) = [one for one in doctor.examine(Home(tmp_path / "home")) if one.check == "journal"]
    assert (found.level, "GUITU_LOG_TO" in found.en) == (level, settings == "production")
