"""Wrong arguments of the launcher's own verbs: told in both languages, exit code 1, before anything is touched."""

from pathlib import Path

import pytest

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
