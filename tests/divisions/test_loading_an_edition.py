"""A newer division list comes from a file: checked first, put in force in one step, and no known code is forgotten."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from guitu.rulebook.division_editions import edition_differences, load_edition
from guitu.rulebook.divisions import OFFICIAL, Divisions
from guitu.rulebook.errors import RulebookError
from tests.architecture.source import ROOT


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of its own."""
    monkeypatch.setenv("GUITU_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """The shipped list with one county ended in 2026, its people now with a neighbour."""
    text = OFFICIAL.read_text(encoding="utf-8")
    old = next(line for line in text.splitlines() if line.startswith("360121,南昌县,"))
    code, name, level, parent, since, *_ = old.split(",")
    file = tmp_path / "newer.csv"
    file.write_text(text.replace(old, f"{code},{name},{level},{parent},{since},2026,360123,change"), encoding="utf-8")
    return file


def test_without_a_file_the_shipped_list_is_in_force(home: Path) -> None:
    assert Divisions.load().lookup("360121") is not None
    assert list(home.glob("divisions.csv")) == []


def test_after_loading_an_abolished_county_leads_to_its_successor(home: Path, newer: Path) -> None:
    load_edition(newer)
    assert Divisions.load().lookup("360121") is None
    assert [row.short for row in Divisions.load().successors("360121")] == ["360123"]
    assert Divisions.load().history("360123001000") == Divisions.from_csv(OFFICIAL).history("360123001000")
    load_edition(newer)
    assert (home / "divisions.csv").read_bytes() == newer.read_bytes()


def test_a_list_that_forgets_a_code_is_refused_and_the_present_one_goes_on(home: Path, newer: Path) -> None:
    lines = newer.read_text(encoding="utf-8").splitlines(keepends=True)
    newer.write_text("".join(line for line in lines if not line.startswith("110103,")), encoding="utf-8")
    with pytest.raises(RulebookError, match="110103"):
        load_edition(newer)
    assert Divisions.load().lookup("360121") is not None


def test_whoever_confirms_a_list_reads_which_rows_are_other_ones(home: Path, newer: Path) -> None:
    told = edition_differences(Divisions.from_csv(newer), Divisions.load(), most=5)
    assert [(one.what.zh, one.old.zh, one.new.zh) for one in told] == [
        ("360121000000 南昌县", "存续", "2026年止，后继 360123000000")
    ]
    none = Divisions([])
    assert edition_differences(none, Divisions.load(), most=1)[-1].what.zh.startswith("另有")


def test_a_list_with_a_wrong_line_is_refused_with_the_line(home: Path, newer: Path) -> None:
    lines = newer.read_text(encoding="utf-8").splitlines(keepends=True)
    newer.write_text("".join([*lines[:1], lines[1].replace("110000", "11x000"), *lines[2:]]), encoding="utf-8")
    with pytest.raises(RulebookError) as refusal:
        load_edition(newer)
    assert refusal.value.line == 2


def _verb(home: Path, *arguments: str) -> tuple[int, str]:
    environment = os.environ | {"GUITU_HOME": str(home), "PYTHONPATH": str(ROOT / "src")}
    environment.pop("GUITU_DB_HOST", None)  # nothing is installed yet: nobody could confirm
    command = [sys.executable, "-m", "guitu.web.command_line", "rule", "divisions", *arguments]
    made = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return made.returncode, made.stdout


def test_the_verbs_check_load_and_show(home: Path, newer: Path) -> None:
    code, told = _verb(home, "check", str(newer), "--json")
    assert (code, json.loads(told)["lost_codes"]) == (0, [])
    before = json.loads(_verb(home, "show", "--json")[1])
    code, told = _verb(home, "load", str(newer), "--json")
    after = json.loads(told)
    assert (code, after["present_counties"]) == (0, before["present_counties"] - 1)
    assert json.loads(_verb(home, "show", "--json")[1]) == after
    assert _verb(home, "load", str(home / "nothing.csv"))[0] == 1
