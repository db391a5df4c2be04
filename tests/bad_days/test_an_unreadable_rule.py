"""A rule file that cannot be read: no process starts with it, and one that runs goes on with what it read before."""

import logging
import os
import shutil
import subprocess
import sys

import pytest

from guitu.rulebook import RulebookError, load_national
from tests.conftest import ROOT

BROKEN = "deadlines"


@pytest.fixture
def rules(tmp_path):
    """A copy of the national rulebook, to be broken."""
    return shutil.copytree(ROOT / "src" / "guitu" / "rulebook" / "data", tmp_path / "data")


def break_one(rules):
    """Misspell a key in one file of the copy; returns its name."""
    file = sorted((rules / BROKEN).glob("*.yaml"))[0]
    file.write_text(file.read_text(encoding="utf-8").replace("standing:", "standnig:", 1), encoding="utf-8")
    return file.name


def start(module, rules):
    """Start a process of the house whose rulebook is the copy."""
    script = (
        "import pathlib, runpy, sys; from guitu.rulebook import book;"
        f"book.load_national.__defaults__ = (pathlib.Path({str(rules)!r}),);"
        f"sys.argv = [{module!r}]; runpy.run_module({module!r}, run_name='__main__')"
    )
    # No database is reachable for it: a start that gets as far as one has not looked at its rules first.
    env = os.environ | {"PYTHONPATH": str(ROOT / "src"), "GUITU_DB_HOST": "/nowhere"}
    return subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("module", ["guitu.web.wsgi", "guitu.web.prepare"])
def test_no_process_starts_with_a_rule_that_cannot_be_read_and_file_and_line_are_named(rules, module):
    name = break_one(rules)
    stopped = start(module, rules)
    assert stopped.returncode != 0
    assert f"{name}:" in stopped.stderr
    assert "missing key 'standing'" in stopped.stderr


def test_control_the_pages_start_with_the_rules_as_they_are(rules):
    assert start("guitu.web.wsgi", rules).returncode == 0


def test_a_running_process_goes_on_with_what_it_read_and_says_so(rules, caplog):
    running = load_national(rules)
    break_one(rules)
    with caplog.at_level(logging.ERROR, "guitu.rulebook"):
        assert load_national(rules) is running
        assert load_national(rules) is running
    assert len(caplog.records) == 1
    assert "the former one goes on" in caplog.text


def test_control_a_process_that_begins_now_is_refused(rules):
    break_one(rules)
    with pytest.raises(RulebookError, match="missing key 'standing'"):
        load_national(rules)
