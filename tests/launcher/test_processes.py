import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from guitu.launcher import processes
from guitu.launcher.running import stop_leftovers

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


def wait_for_state(pid: int, state: str) -> None:
    deadline = time.monotonic() + 10
    while (fields := processes.stat_fields(pid)) is None or fields[0] != state:
        assert time.monotonic() < deadline, f"process never reached state {state}"
        time.sleep(0.01)


def test_a_zombie_is_dead_although_its_number_still_answers(tmp_path: Path) -> None:
    child = processes.spawn(SLEEP, env=os.environ, cwd=tmp_path)
    assert processes.is_living(child.pid)
    child.kill()
    wait_for_state(child.pid, "Z")
    os.kill(child.pid, 0)  # the control: the number still answers
    assert not processes.is_living(child.pid)
    assert processes.identity(child.pid) is None
    assert processes.wait_until_gone(child.pid, seconds=0.1)
    child.wait()


@pytest.mark.parametrize(("state", "living"), [("S", True), ("R", True), ("D", True), ("Z", False), ("X", False)])
def test_states_are_read_behind_a_command_name_with_spaces_and_brackets(
    tmp_path: Path, state: str, living: bool
) -> None:
    (tmp_path / "77").mkdir()
    (tmp_path / "77" / "stat").write_text(f"77 (odd) name (x) {state} 1 " + " ".join(["0"] * 17) + " 4242 0\n")
    assert processes.is_living(77, proc=tmp_path) is living
    found = processes.identity(77, proc=tmp_path)
    assert found == (processes.ProcessIdentity(77, 4242) if living else None)


def test_a_later_process_with_the_same_number_is_not_the_one_remembered(tmp_path: Path) -> None:
    child = processes.spawn(SLEEP, env=os.environ, cwd=tmp_path)
    known = processes.identity(child.pid)
    assert known is not None
    assert processes.is_same(known)
    assert not processes.is_same(processes.ProcessIdentity(known.pid, known.started - 1))
    child.kill()
    child.wait()
    assert not processes.is_same(known)


def test_processes_are_found_by_the_folder_they_work_in(tmp_path: Path) -> None:
    place = tmp_path / "data of mine"
    place.mkdir()
    child = processes.spawn(SLEEP, env=os.environ, cwd=place)
    try:
        assert processes.working_in(place) == [child.pid]
        assert processes.working_in(tmp_path) == []
    finally:
        child.kill()
        child.wait()
    assert processes.working_in(place) == []


def leftover(child: "subprocess.Popen[bytes]", *, shift: int = 0, boot: str | None = None) -> dict[str, object]:
    known = processes.identity(child.pid)
    assert known is not None
    facts = {"pid": known.pid, "started": known.started + shift}
    return {"boot": boot or processes.boot_id(), "children": {"web": facts}}


def test_what_a_killed_supervisor_left_is_ended(tmp_path: Path) -> None:
    child = processes.spawn(SLEEP, env=os.environ, cwd=tmp_path)
    stop_leftovers(leftover(child))
    assert child.wait(timeout=10) < 0


def test_a_stranger_with_a_remembered_number_is_spared(tmp_path: Path) -> None:
    child = processes.spawn(SLEEP, env=os.environ, cwd=tmp_path)
    try:
        stop_leftovers(leftover(child, shift=1))
        stop_leftovers(leftover(child, boot="before the machine was started again"))
        assert child.poll() is None
    finally:
        child.kill()
        child.wait()


def test_a_child_is_beyond_the_reach_of_ctrl_c(tmp_path: Path) -> None:
    child = processes.spawn(SLEEP, env=os.environ, cwd=tmp_path)
    try:
        assert os.getpgid(child.pid) == child.pid != os.getpgid(0)
    finally:
        child.kill()
        child.wait()


def test_a_command_ended_by_a_signal_gives_the_shells_exit_code() -> None:
    code = processes.run_in_foreground([sys.executable, "-c", "import os; os.kill(os.getpid(), 15)"], env=os.environ)
    assert code == 128 + 15
