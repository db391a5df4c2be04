"""``roster check`` on the command line: exit codes, masking, choice of sheets, refusals in both languages."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from guitu.web.command_line.roster import app
from tests.roster.corpus_tables import Table, xlsx


def _run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.output


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    table = Table(2)
    for person in range(2):
        table.write(person, "release_date", "2050-01-05", "2050-01-05")
    path = tmp_path / "名册.xlsx"
    path.write_bytes(xlsx(table))
    return path


def _json(*arguments: str) -> tuple[int, dict[str, Any]]:
    code, output = _run(*arguments)
    return code, json.loads(output)


def test_a_clean_file_exits_with_zero_and_masks_identity_numbers(clean: Path) -> None:
    code, report = _json("check", str(clean), "--json")
    assert code == 0
    assert report["counts"] == {"accepted": 2, "to_correct": 0, "to_decide": 0, "changed": 0, "unchanged": 0}
    assert set(report) == {"file", "counts", "missing", "rows", "problems"}
    assert all("***********" in row["fields"]["id_number"] for row in report["rows"])


def test_values_are_shown_only_when_asked_for(clean: Path) -> None:
    _, report = _json("check", str(clean), "--json", "--show-values")
    assert all(row["fields"]["id_number"].isalnum() for row in report["rows"])


def test_problems_exit_with_one(tmp_path: Path) -> None:
    table = Table(2)
    table.write(0, "release_date", "2027.2.30", None)
    path = tmp_path / "a.xlsx"
    path.write_bytes(xlsx(table))
    code, output = _run("check", str(path))
    assert code == 1
    assert "DATE_NOT_REAL" in output


def test_a_refused_file_exits_with_two_and_says_why_in_both_languages(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"%PDF-1.7 and more")
    code, answer = _json("check", str(path), "--json")
    assert code == 2
    assert answer["refused"]["code"] == "NOT_A_SPREADSHEET"
    assert len(answer["file"]["sha256"]) == 64
    code, output = _run("check", str(path))
    assert code == 2
    assert "不是能读的表格" in output
    assert "not a spreadsheet" in output


def test_only_the_named_sheet_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(xlsx(Table(2, sheet="甲"), Table(3, sheet="乙", start=9)))
    _, report = _json("check", str(path), "--json", "--sheet", "乙")
    assert {row["sheet"] for row in report["rows"]} == {"乙"}
    code, answer = _json("check", str(path), "--json", "--sheet", "丙")
    assert code == 2
    assert answer["refused"]["code"] == "SHEET_NOT_FOUND"
