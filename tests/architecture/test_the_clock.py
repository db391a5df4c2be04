"""The clock is read in the window only; everything below is told the time."""

import ast

import pytest

from tests.architecture.source import Module, at, dotted, modules, sample, within

# The launcher stands apart: it waits for processes, and no rule of law hangs on what it measures.
MAY_READ_THE_CLOCK = ("guitu.web", "guitu.launcher")
READINGS = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "timezone.now", "timezone.localtime",
    "timezone.localdate", "time.time", "time.time_ns", "time.localtime", "time.gmtime", "functions.Now", "Now",
}  # fmt: skip
SQL_READINGS = ("CURRENT_TIMESTAMP", "CURRENT_DATE", "LOCALTIMESTAMP")


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
