"""Where the test server lies: in memory where there is room, else on the disk; in nobody else's folder."""

from pathlib import Path

import pytest

from guitu.launcher import processes, suite
from guitu.launcher.home import Home


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place that counts as memory, on a machine with room."""
    made = tmp_path / "memory"
    made.mkdir()
    monkeypatch.setattr(suite, "MEMORY_WANTED", 1)
    return made


def test_the_test_server_lies_in_memory_and_every_home_has_a_place_of_its_own(tmp_path: Path, memory: Path) -> None:
    first, second = (suite.place_of_tests(Home(tmp_path / name), memory=memory) for name in ("one", "two"))
    assert {first.at.parent, second.at.parent} == {memory}
    assert first != second
    assert suite.place_of_tests(Home(tmp_path / "one"), memory=memory) == first


def test_a_machine_without_room_or_without_such_a_place_keeps_it_on_the_disk(
    tmp_path: Path, memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "one")
    assert suite.place_of_tests(home, memory=tmp_path / "none") == home.testing
    monkeypatch.setattr(suite, "MEMORY_WANTED", processes.free_memory() * 1000)
    assert suite.place_of_tests(home, memory=memory) == home.testing


def test_what_lies_there_already_is_used_again_unless_others_may_enter_it(tmp_path: Path, memory: Path) -> None:
    home = Home(tmp_path / "one")
    place = suite.place_of_tests(home, memory=memory)
    place.make()
    assert suite.place_of_tests(home, memory=memory) == place
    place.at.chmod(0o755)
    assert suite.place_of_tests(home, memory=memory) == home.testing


def test_free_memory_is_what_the_kernel_says_may_be_taken(tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemTotal: 9 kB\nMemFree: 1 kB\nMemAvailable: 3 kB\n", encoding="ascii")
    assert processes.free_memory(proc=tmp_path) == 3 * 1024
