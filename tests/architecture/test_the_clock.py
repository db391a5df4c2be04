"""The clock is read in the window only; everything below is told the time."""

import ast
import re

import pytest

from tests.architecture.source import HOUSE, Module, at, dotted, modules, sample, within

# The launcher stands apart: it waits for processes, and no rule of law hangs on what it measures.
# The witness is a program of its own; its edge is its main.
MAY_READ_THE_CLOCK = ("guitu.web", "guitu.launcher", "guitu.witness.__main__")
READINGS = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "timezone.now", "timezone.localtime",
    "timezone.localdate", "time.time", "time.time_ns", "time.localtime", "time.gmtime", "functions.Now", "Now",
}  # fmt: skip
SQL_READING = re.compile(
    r"(?i)\b(?:now|(?:clock|statement|transaction)_timestamp)\s*\(\s*\)|\b(?:current|local)_?(?:timestamp|date|time)\b"
)
# Whether a session, a post or a reach is over is not for the asking process to say: the cage looks at its own clock.
SQL_MAY_READ = {
    f"access/sql/{name}.sql"
    for name in (
        *("functions", "machine", "own_account", "evaluation", "errands", "standing", "administration", "api_tokens"),
        *("persons", "rights", "looking", "exports", "complaints", "sealing", "holding_back", "ending", "breaches"),
        *("impact", "terminals", "moment", "written", "refusing", "journey_moves", "lines"),
    )
}


def clock_readings(module: Module) -> list[str]:
    """Where this module asks what time it is, called or handed on as a function."""
    imported = {
        alias.asname or alias.name: f"{node.module.rsplit('.', 1)[-1]}.{alias.name}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }
    found = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute | ast.Name):
            words = dotted(node)
            last_two = ".".join(words.split(".")[-2:])
            if last_two in READINGS or imported.get(words) in READINGS:
                found.append(at(module, node))
    return found


def clock_readings_in_sql(module: Module) -> list[str]:
    """Where this module makes the database ask what time it is."""
    sentences = {id(node.value) for node in ast.walk(module.tree) if isinstance(node, ast.Expr)}
    return [
        at(module, node)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in sentences
        and SQL_READING.search(node.value)
    ]


def test_the_database_is_not_asked_for_the_time_outside_the_cage():
    below = [module for module in modules() if not within(module.name, MAY_READ_THE_CLOCK)]
    assert [place for module in below for place in clock_readings_in_sql(module)] == []
    asking = {
        path.relative_to(HOUSE).as_posix()
        for path in HOUSE.rglob("*.sql")
        if SQL_READING.search(path.read_text(encoding="utf-8"))
    }
    assert asking == SQL_MAY_READ


@pytest.mark.parametrize("call", ["now()", "clock_timestamp()", "CURRENT_DATE", "current_timestamp", "LocalTime"])
def test_a_question_to_the_clock_of_the_database_is_noticed(call):
    assert clock_readings_in_sql(sample(f"cursor.execute('SELECT {call}')")) == ["guitu.people.operations:1"]
    assert clock_readings_in_sql(sample("'''Never calls now() or CURRENT_DATE.'''\ncursor.execute('SELECT at')")) == []


def test_no_clock_is_read_below_the_window():
    trespasses = [
        place for module in modules() if not within(module.name, MAY_READ_THE_CLOCK) for place in clock_readings(module)
    ]
    assert trespasses == []


@pytest.mark.parametrize(
    "text",
    [
        "import datetime as dt\nmoment = dt.datetime.now(dt.UTC)",
        "from datetime import datetime\nmoment = datetime.now()",
        "from datetime import date\ntoday = date.today()",
        "from django.utils import timezone\nmoment = timezone.now()",
        "from django.utils.timezone import now\nmoment = now()",
        "from django.utils import timezone\nfield = DateTimeField(default=timezone.now)",
        "import time\nstarted = time.time()",
        "from time import time as watch\nstarted = watch()",
        "from django.db.models.functions import Now\nrows.update(at=Now())",
    ],
)
def test_a_reading_of_the_clock_is_noticed(text):
    assert clock_readings(sample(text)) != []


def test_a_moment_handed_in_is_no_reading():
    assert clock_readings(sample("def send(*, now, at):\n    return at if now > at else row.at.time()")) == []
