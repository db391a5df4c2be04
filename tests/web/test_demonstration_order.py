"""Whom the demonstration's plans meet follows from what was written about people, never from a number drawn by lot."""

import re
import uuid
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import guitu.web
from guitu.web.demonstration_order import as_written

PLANS = sorted(Path(guitu.web.__file__).parent.glob("demonstration*.py"))


def somebody(name: str, day: int) -> SimpleNamespace:
    """A matter with what the plans look at, its ids drawn anew each time."""
    drawn = {key: uuid.uuid4() for key in ("person_id", "journey_id")}
    return SimpleNamespace(person_name=name, release_on=date(2026, 3, day), person_number=f"GT-{uuid.uuid4()}", **drawn)


def test_two_installations_with_the_same_people_meet_them_in_the_same_order() -> None:
    people = [("陈柏舟", 3), ("苏望舒", 1), ("陈柏舟", 1), ("林晚照", 9)]
    orders = [
        [(one.person_name, one.release_on) for one in sorted((somebody(*who) for who in written), key=as_written)]
        for written in (people, people[::-1])
    ]
    assert orders[0] == orders[1]


def test_no_plan_sorts_people_by_a_drawn_id() -> None:
    sorting = re.compile(r"(?:sorted|\.sort)\((?:[^()]|\([^()]*\))*(?:person_id|journey_id|\.id\b)")
    assert len(PLANS) > 7
    assert [path.name for path in PLANS if sorting.search(path.read_text(encoding="utf-8"))] == []
    assert sorting.search("sorted(tasks, key=lambda task: task.person_id)[:1]")  # control
