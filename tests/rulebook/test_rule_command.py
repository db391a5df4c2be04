"""The pure verbs of the command line: exact JSON, exit codes 0, 1 and 2, one answer for each line of a batch."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from guitu.web.command_line import __main__ as command_line
from tests.rulebook.texts import PACK, RULE, texts

KEYS = ["rule", "kind", "anchor", "statutory", "service", "provisional", "steps", "basis", "verified", "standing"]


class Shell:
    """Runs a verb and keeps its exit code and what it printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        code = command_line.main(arguments)
        printed = self.capsys.readouterr()
        return code, printed.out, printed.err

    def json(self, *arguments: str) -> Any:
        return json.loads(self(*arguments, "--json")[1])


@pytest.fixture
def guitu(capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys)


def test_due_answers_with_exactly_the_agreed_keys(guitu: Shell) -> None:
    answer = guitu.json("rule", "due", "CC-INV-03", "--from", "2026-02-06T15:00")

    assert list(answer) == KEYS
    assert answer["anchor"] == "2026-02-06T15:00:00+08:00"
    assert answer["statutory"] == {"due_on": "2026-02-27", "due_at": "2026-02-28T00:00:00+08:00"}
    assert answer["service"] is None
    assert {"zh", "en"} <= set(answer["steps"][0])
    assert answer["basis"][0]["source"] == "IM"


def test_a_fact_chooses_the_variant(guitu: Shell) -> None:
    answer = guitu.json("rule", "due", "CC-INV-03", "--from", "2026-09-18", "--fact", "procedure=fast_track")

    assert answer["statutory"]["due_on"] == "2026-09-24"


def test_an_hour_clock_has_an_instant_and_no_day(guitu: Shell) -> None:
    answer = guitu.json("rule", "due", "CC-ARR-02", "--from", "2026-02-06T09:15")

    assert answer["statutory"] == {"due_at": "2026-02-08T10:00:00+08:00"}


def test_a_term_gives_its_last_day(guitu: Shell) -> None:
    answer = guitu.json("rule", "due", "CC-TERM-02", "--from", "2026-03-01", "--fact", "years=2", "--fact", "months=6")

    assert answer["statutory"]["due_on"] == "2028-08-31"


def test_custody_keeps_the_day(guitu: Shell) -> None:
    free = guitu.json("rule", "due", "CC-RECV-03", "--from", "2026-03-02")
    held = guitu.json("rule", "due", "CC-RECV-03", "--from", "2026-03-02", "--custody")

    assert (free["statutory"]["due_on"], held["statutory"]["due_on"]) == ("2026-03-09", "2026-03-07")


@pytest.mark.parametrize(
    ("rule", "start", "reason"),
    [
        ("CC-GRP-02", "2026-03-02", "norm"),
        ("CC-NONE-1", "2026-03-02", "unknown"),
        ("OLD-2012-DOC", "2020-07-01", "not_in_force"),
        ("CC-ARR-02", "9999-12-31T23:30", "out_of_range"),
        ("CC-ARR-02", "9999-12-31T23:59-10:00", "out_of_range"),
        ("CC-ARR-02", "0001-01-01T00:00+14:00", "out_of_range"),
    ],
)
def test_a_refused_question_leaves_with_two_and_says_why(guitu: Shell, rule: str, start: str, reason: str) -> None:
    code, out, _ = guitu("rule", "due", rule, "--from", start, "--json")

    assert (code, json.loads(out)["refused"]) == (2, reason)
    assert guitu("rule", "due", rule, "--from", start)[0] == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("due", "CC-INV-03"),
        ("due", "CC-INV-03", "--from", "2026-02-30"),
        ("due", "CC-INV-03", "--from", "tomorrow"),
        ("due", "CC-INV-03", "--from", "2026-03-02", "--fact", "procedur=fast_track"),
        ("due", "CC-INV-03", "--from", "2026-03-02", "--province", "Hunan"),
        ("due", "CC-INV-03", "--nonsense"),
        ("due", "--batch", "no-such-file.tsv"),
        ("due", "CC-INV-03", "--from", "2026-03-02", "--batch", "no-such-file.tsv"),
        ("due", "CC-TERM-02", "--from", "2026-03-02", "--fact", "years=1", "--fact", "years=2"),
        ("list", "--kind", "wish"),
        ("check", "no-such-folder"),
        (),
    ],
)
def test_a_question_that_cannot_be_read_leaves_with_one(guitu: Shell, arguments: tuple[str, ...]) -> None:
    code, _, err = guitu("rule", *arguments)

    assert code == 1
    assert err


def test_a_batch_answers_line_by_line_as_single_questions_do(guitu: Shell, tmp_path: Path) -> None:
    batch = tmp_path / "starts.tsv"
    lines = ["id\tstart\tflags", "CC-INV-03\t2026-02-06T15:00", "CC-INV-03\t2026-09-18\tprocedure=fast_track", ""]
    lines += ["CC-RECV-03\t2026-03-02\tcustody", "CC-ARR-02\t2026-02-06T09:15"]
    batch.write_text("\n".join(lines), encoding="utf-8")

    code, out, _ = guitu("rule", "due", "--batch", str(batch), "--json")

    assert code == 0
    assert [json.loads(line) for line in out.splitlines()] == [
        guitu.json("rule", "due", "CC-INV-03", "--from", "2026-02-06T15:00"),
        guitu.json("rule", "due", "CC-INV-03", "--from", "2026-09-18", "--fact", "procedure=fast_track"),
        guitu.json("rule", "due", "CC-RECV-03", "--from", "2026-03-02", "--custody"),
        guitu.json("rule", "due", "CC-ARR-02", "--from", "2026-02-06T09:15"),
    ]


def test_a_batch_keeps_its_order_when_lines_are_refused_or_broken(guitu: Shell, tmp_path: Path) -> None:
    batch = tmp_path / "starts.tsv"
    batch.write_text("CC-GRP-02\t2026-03-02\nCC-RECV-03\t2026-03-02\n", encoding="utf-8")
    refused = guitu("rule", "due", "--batch", str(batch), "--json")
    batch.write_text("CC-GRP-02\t2026-03-02\nCC-RECV-03\tsoon\n", encoding="utf-8")
    broken = guitu("rule", "due", "--batch", str(batch), "--json")

    assert (refused[0], broken[0]) == (2, 1)
    assert [json.loads(line).get("refused") for line in refused[1].splitlines()] == ["norm", None]
    assert [json.loads(line).get("problem") for line in broken[1].splitlines()] == [None, "unreadable"]


def test_only_a_line_end_ends_a_line_of_a_batch(guitu: Shell, tmp_path: Path) -> None:
    """Excel and mail leave vertical tabs, form feeds and U+2028 inside a cell: still one line, still one answer."""
    batch = tmp_path / "starts.tsv"
    lines = ["CC-RECV-03\t2026-03-02\x0b", "CC-RECV-03\x0c\t2026-03-02\u2028", "CC-RECV-03\t2026-03-02\x85\tcustody"]
    batch.write_bytes("\r\n".join([*lines, "CC-RECV-03\t2026-03-02\rCC-NONE-1\t2026-03-02"]).encode())

    _, out, _ = guitu("rule", "due", "--batch", str(batch), "--json")

    answers = [json.loads(line) for line in out.splitlines()]
    ends = [(answer.get("statutory") or {}).get("due_on") for answer in answers]
    assert ends == ["2026-03-09", "2026-03-09", "2026-03-07", "2026-03-09", None]


def test_a_batch_that_is_no_utf8_text_leaves_with_one(guitu: Shell, tmp_path: Path) -> None:
    batch = tmp_path / "starts.tsv"
    batch.write_bytes("规则\t起算".encode("gb18030"))

    assert guitu("rule", "due", "--batch", str(batch))[0] == 1


def test_the_shipped_rulebook_is_clean_and_a_broken_folder_names_file_and_line(guitu: Shell, tmp_path: Path) -> None:
    for name, text in texts(rule=RULE.replace("kind: deadline", "kind: wish")).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")

    assert guitu("rule", "check", "src/guitu/rulebook/data")[0] == 0
    code, out, _ = guitu("rule", "check", str(tmp_path), "--json")
    problem = json.loads(out)["problems"][0]
    assert (code, problem["file"], problem["line"]) == (1, "deadlines/small.yaml", 5)


def test_a_folder_of_packs_is_proved_over_the_national_rulebook(guitu: Shell, tmp_path: Path) -> None:
    pack = PACK.replace("T-1", "CC-INV-03").replace("unit: day", "unit: working_day")
    (tmp_path / "p.yaml").write_text(pack, encoding="utf-8")
    assert guitu("rule", "check", str(tmp_path))[0] == 0

    (tmp_path / "p.yaml").write_text(pack.replace("value: 4", "value: 11"), encoding="utf-8")
    assert guitu("rule", "check", str(tmp_path))[0] == 1


@pytest.mark.parametrize("name", ["deadlines/more.yml", "journeys/more.YAML", "pack.yml"])
def test_a_text_whose_name_nobody_would_read_is_a_problem(guitu: Shell, tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(PACK, encoding="utf-8")

    code, out, _ = guitu("rule", "check", str(tmp_path), "--json")

    assert (code, json.loads(out)["problems"][0]["file"]) == (1, name)


def test_list_and_show_tell_every_rule(guitu: Shell) -> None:
    rows = guitu.json("rule", "list")
    shown = guitu.json("rule", "show", "CC-INV-03")

    assert len(rows) > 100
    assert shown["values"][0]["from"] == "2020-07-01"
    assert shown["values"][0]["variants"][0]["when"] == {"procedure": "fast_track"}
    assert "调查评估" in guitu("rule", "show", "CC-INV-03")[1]
    assert guitu("rule", "show", "CC-NONE-1")[0] == 2


def test_code_map_answers_and_refuses(guitu: Shell) -> None:
    mapped = guitu.json("code", "map", "prison_grade", "PG2")
    unassessed = guitu.json("code", "map", "prison_grade", "null")

    assert (mapped["value"], mapped["to"], mapped["provisional"]) == ("PG2", "H", True)
    assert unassessed["to"] is None
    assert guitu("code", "map", "prison_grade", "PG9")[0] == 2
    assert guitu("code", "show", "sex")[0] == 0
    assert guitu("code", "list")[0] == 0


def test_an_unknown_group_leaves_with_one_and_help_with_zero(guitu: Shell) -> None:
    assert guitu("nothing")[0] == 1
    assert guitu("--help")[0] == 0
    assert "rule" in command_line.GROUPS


def test_the_rule_verbs_do_not_import_django() -> None:
    script = (
        "import sys; from guitu.web.command_line.__main__ import main;"
        "code = main(['rule', 'due', 'CC-INV-03', '--from', '2026-02-06']);"
        "sys.exit(code or ('django' in sys.modules and 9))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
