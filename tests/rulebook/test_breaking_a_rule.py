"""Each rule of counting, CAL-1 … CAL-10, broken on purpose: some law case must then disagree."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from guitu.rulebook import counting, load_national
from guitu.rulebook.records import Limit
from tests.cases import law_cases

DAY = dt.timedelta(days=1)
CASES = law_cases.read_cases()
RIGHT_MONTHS = counting.add_months
RIGHT_ROLL = counting.roll_forward
RIGHT_REACHES = counting.reaches


def _months_without_the_last_day_rule(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = counting.last_of_month(year, month + 1)
    return last.replace(day=min(day.day, last.day))


def _months_that_run_over(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, 1) + (day.day - 1) * DAY


def _counter_that_counts_the_first_day(start: dt.date, limit: Limit) -> dt.date:
    if limit.unit in ("month", "year"):
        return RIGHT_MONTHS(start, counting.months_of(limit)) - DAY
    return start + (counting.days_of(limit) - 1) * DAY


def _counts_the_whole_norm(rule: object) -> None:
    """A norm is let through as if it had a clock."""


BROKEN: dict[str, tuple[str, Callable[..., Any]]] = {
    "CAL-1 the start day is counted": ("first_counted_day", lambda start, step: start),
    "CAL-1 the start hour is counted": (
        "first_counted_hour",
        lambda start, step: start.replace(minute=0, second=0, microsecond=0),
    ),
    "CAL-1 statutory hours are elapsed time": ("first_counted_hour", lambda start, step: start),
    "CAL-2 days on the road are counted": ("after_travel", lambda last_day, travel_days: last_day),
    "CAL-2 what is posted in time comes late": (
        "handed_in_on_time",
        lambda due_at, received_at, posted_at: received_at is not None and received_at < due_at,
    ),
    "CAL-2 the end itself is still in time": (
        "handed_in_on_time",
        lambda due_at, received_at, posted_at: min(filter(None, (received_at, posted_at))) <= due_at,
    ),
    "CAL-3 no roll over rest days": ("roll_forward", lambda day, calendar, custody: day),
    "CAL-3 custody is forgotten": (
        "roll_forward",
        lambda day, calendar, custody: RIGHT_ROLL(day, calendar, custody=False),
    ),
    "CAL-3 weekends only": (
        "roll_forward",
        lambda day, calendar, custody: day if custody or day.weekday() < 5 else day + (7 - day.weekday()) * DAY,
    ),
    "CAL-4 内 excludes the number": (
        "reaches",
        lambda count, value, comparison: (
            RIGHT_REACHES(count, value, "less_than")
            if comparison == "at_most"
            else RIGHT_REACHES(count, value, comparison)
        ),
    ),
    "CAL-4 超过 includes the number": (
        "reaches",
        lambda count, value, comparison: (
            RIGHT_REACHES(count, value, "at_least")
            if comparison == "more_than"
            else RIGHT_REACHES(count, value, comparison)
        ),
    ),
    "CAL-5 working days are natural days": ("counts_working_days_only", lambda unit: False),
    "CAL-5 natural days are working days": (
        "counts_working_days_only",
        lambda unit: unit in ("day", "working_day"),
    ),
    "CAL-6 the last day of a month is forgotten": ("add_months", _months_without_the_last_day_rule),
    "CAL-6 a missing day runs over": ("add_months", _months_that_run_over),
    "CAL-6 half a month is fourteen days": ("half_months", lambda count: count * 14),
    "CAL-7 a promise may pass the law": ("service_end", lambda service, statutory: service),
    "CAL-8 the first day of a term is not counted": (
        "term_last_day",
        lambda start, months=0, days=0: RIGHT_MONTHS(start, months) + days * DAY,
    ),
    "CAL-9 a counter counts its first day": ("counter_day", _counter_that_counts_the_first_day),
    "CAL-10 a norm has a clock": ("require_clock", _counts_the_whole_norm),
    "CAL-10 facts choose nothing": ("limits_for", lambda value, facts: (value.statutory, value.service, None)),
    "decisions 18: a backward promise stays on a rest day": ("previous_working_day", lambda day, calendar: day),
}


def _disagreeing() -> set[str]:
    book = load_national()
    return {case["name"] for case in CASES if law_cases.differences(case, book)}


@pytest.mark.parametrize("breach", sorted(BROKEN))
def test_a_law_case_notices_a_broken_rule(breach: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _disagreeing()
    name, wrong = BROKEN[breach]

    monkeypatch.setattr(counting, name, wrong)

    assert _disagreeing() - before, f"no case notices: {breach}"


def test_every_counting_rule_is_broken_once() -> None:
    named = {breach.split()[0] for breach in BROKEN}

    assert {f"CAL-{number}" for number in range(1, 11)} <= named
