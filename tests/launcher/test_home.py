import os
import stat
from pathlib import Path

import pytest

from guitu.launcher import home as homes
from guitu.launcher.home import Home, current_home, fits_socket


def long_place(tmp_path: Path) -> Path:
    return tmp_path / ("a long folder name " * 4) / ("and another one " * 4)


def test_a_path_with_spaces_keeps_its_socket_inside_the_home(tmp_path: Path) -> None:
    home = Home(Path("/srv/my home"))
    assert fits_socket(home.at / "run")
    assert Home(tmp_path).socket_directory() == tmp_path / "run" if fits_socket(tmp_path / "run") else True


def test_the_longest_socket_path_that_the_system_takes_fits_and_one_byte_more_does_not() -> None:
    longest = homes.SOCKET_PATH_LIMIT - homes.SOCKET_NAME_LENGTH
    assert fits_socket(Path("/" + "a" * (longest - 1)))
    assert not fits_socket(Path("/" + "a" * longest))


def test_chinese_characters_count_as_the_bytes_they_are() -> None:
    assert fits_socket(Path("/" + "a" * 60))
    assert not fits_socket(Path("/" + "归" * 60))


def test_a_comma_in_the_path_sends_the_socket_elsewhere_because_it_would_read_as_two_hosts() -> None:
    assert not fits_socket(Path("/srv/a,b"))


def test_a_path_too_long_gets_a_short_private_folder_that_is_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    home = Home(long_place(tmp_path))
    home.make()
    first = home.socket_directory()
    try:
        assert fits_socket(first)
        assert stat.S_IMODE(first.stat().st_mode) == 0o700
        assert home.socket_directory() == first
    finally:
        first.rmdir()
    second = home.socket_directory()
    try:
        assert second != first or second.is_dir()
        assert second.is_dir()
    finally:
        second.rmdir()


def test_a_recorded_folder_that_others_can_enter_is_not_used_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    home = Home(long_place(tmp_path))
    home.make()
    first = home.socket_directory()
    first.chmod(0o755)
    second = home.socket_directory()
    try:
        assert second != first
    finally:
        first.rmdir()
        second.rmdir()


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_the_folders_of_a_home_are_private_under_every_umask(tmp_path: Path, umask: int) -> None:
    former = os.umask(umask)
    try:
        home = Home(tmp_path / "my home")
        home.make()
        run = home.socket_directory() if fits_socket(home.at / "run") else home.keys
    finally:
        os.umask(former)
    assert {stat.S_IMODE(path.stat().st_mode) for path in (home.at, home.keys, home.logs, run)} == {0o700}


def test_guitu_home_may_be_named_relative_to_the_callers_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GUITU_HOME", "second node")
    assert current_home().at == tmp_path / "second node"
    monkeypatch.delenv("GUITU_HOME")
    assert current_home().at == homes.tree_root() / "var"


def test_the_installation_of_the_tests_is_another_than_the_demonstrations(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert home.testing.data != home.data
    assert home.testing.keys != home.keys


def test_the_state_is_replaced_whole(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert home.read_state() == {}
    home.write_state({"phase": "ready", "address": "http://127.0.0.1:8000", "left_out_later": 1})
    home.write_state({"phase": "stopped"})
    assert home.read_state() == {"phase": "stopped"}
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]
