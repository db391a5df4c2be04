"""`rule divisions load` beside a database: no list is put in force that two administrators have not confirmed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from guitu.rulebook import RulebookError
from guitu.web.command_line import divisions


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What the verb did, where nobody has confirmed the list."""
    told: list[tuple[str, str]] = []

    def nobody(file: Path) -> None:
        told.append(("asked", file.name))
        raise typer.Exit(1)

    @contextmanager
    def line(_file: Path, words: str) -> Iterator[None]:
        told.append(("noted", words))
        try:
            yield
        except RulebookError:
            told.append(("taken back", words))
            raise

    monkeypatch.setenv("GUITU_DB_HOST", "somewhere")
    monkeypatch.setattr(divisions, "_confirmed", nobody)
    monkeypatch.setattr(divisions, "load_edition", lambda file: told.append(("loaded", file.name)))
    monkeypatch.setattr(divisions, "_line", line)
    monkeypatch.setattr(divisions, "_facts", lambda *_: {})
    monkeypatch.setattr(divisions, "_tell", lambda *_, **__: None)
    return told


def load(tmp_path: Path, *words: str) -> int:
    file = tmp_path / "list.csv"
    file.write_text("code\n", encoding="utf-8")
    return CliRunner().invoke(divisions.app, ["load", str(file), *words]).exit_code


@pytest.mark.parametrize("words", [(), ("--emergency", "  ")], ids=["none", "blank"])
def test_without_two_hands_no_list_is_put_in_force_and_blank_words_are_no_emergency(
    tmp_path: Path, done: list[tuple[str, str]], words: tuple[str, ...]
) -> None:
    assert load(tmp_path, *words) == 1
    assert done == [("asked", "list.csv")]


def test_an_emergency_loads_the_list_and_leaves_its_words(tmp_path: Path, done: list[tuple[str, str]]) -> None:
    assert load(tmp_path, "--emergency", "旧表缺新设的县，第二人联系不上") == 0
    assert done == [("noted", "旧表缺新设的县，第二人联系不上"), ("loaded", "list.csv")]


def test_a_list_that_may_not_be_used_leaves_no_line(
    tmp_path: Path, done: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(file: Path) -> None:
        raise RulebookError(file.name, 1, "不能用", "may not be used")

    monkeypatch.setattr(divisions, "load_edition", refuse)
    assert load(tmp_path, "--emergency", "试") == 1
    assert done == [("noted", "试"), ("taken back", "试")]
