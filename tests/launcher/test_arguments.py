"""Wrong arguments of the launcher's own verbs: told in both languages, exit code 1, before anything is touched."""

import subprocess
import sys
from pathlib import Path

import pytest

from guitu.launcher import environment
from guitu.launcher.cli import main


@pytest.mark.parametrize(
    "words",
    [
        "up --port 0",
        "up --port 65536",
        "up --port ８０００",
        "up --nonsense",
        "down now",
        "status --jso",
        "backup --to",
        "restore",
        "keys",
        "keys rot",
        "keys export",
        "demo",
        "demo nothing",
        "demo reset --ye",
        "demo generate",
        "demo generate --persons many",
        "demo generate --persons 9 --today tomorrow",
        "demo generate --persons 9 --today 2026-02-30",
    ],
)
def test_wrong_usage_ends_with_one_in_both_languages_and_touches_nothing(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GUITU_HOME", str(tmp_path / "home"))

    assert main(words.split()) == 1

    told = capsys.readouterr()
    assert "命令用法不对" in told.err
    assert "Wrong usage" in told.err
    assert told.out == ""
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("persons", [-1, 0, 1_000_001])
def test_a_province_of_nobody_or_larger_than_any_that_was_measured_is_not_begun(
    persons: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GUITU_HOME", str(tmp_path / "home"))

    assert main(["demo", "generate", "--persons", str(persons)]) == 2

    told = capsys.readouterr()
    assert "人数应为1到1,000,000" in told.err
    assert "1 to 1,000,000" in told.err
    assert not (tmp_path / "home").exists()


def test_a_request_to_stop_unwinds_what_a_verb_has_begun() -> None:
    script = (
        "import contextlib, os, signal, time\n"
        "from guitu.launcher.cli import end_in_order\n"
        "end_in_order()\n"
        "with contextlib.ExitStack() as begun:\n"
        "    begun.callback(print, 'stopped the server')\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "    time.sleep(30)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=20)

    assert (done.returncode, done.stdout) == (143, "stopped the server\n")


@pytest.mark.parametrize(
    "verb", ["up", "down", "status", "doctor", "backup", "demo load", "rule list", "roster check f"]
)
def test_a_home_that_is_no_folder_is_refused_by_every_verb(
    verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "home").write_text("a letter", encoding="utf-8")
    monkeypatch.setenv("GUITU_HOME", str(tmp_path / "home"))

    assert main(verb.split()) == 2
    assert "no folder" in capsys.readouterr().err
    monkeypatch.setenv("GUITU_HOME", "~nobody-of-that-name/home")
    assert main(verb.split()) == 2
    assert (tmp_path / "home").read_text(encoding="utf-8") == "a letter"


def test_an_environment_of_another_user_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def closed(root: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(root))

    monkeypatch.setattr(environment, "is_current", closed)

    assert environment.hand_over(str(tmp_path), ["status"]) == 1
    assert "cannot use .venv" in capsys.readouterr().err
