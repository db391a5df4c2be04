"""What must hold for every start: ends after starts, promises within the law, terms without gap."""

from __future__ import annotations

import datetime as dt

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guitu.rulebook import Calendar, RefusalError, load_national
from guitu.rulebook.calendar import packaged_year
from guitu.rulebook.clocks import count_clock, count_term, legal_moment
from guitu.rulebook.counting import add_months
from guitu.rulebook.records import Limit

DAY = dt.timedelta(days=1)
BOOK = load_national()
CALENDAR = BOOK.calendar
UNITS = st.sampled_from(["hour", "day", "working_day", "half_month", "month", "year"])
VALUES = st.integers(min_value=1, max_value=36)
MOMENTS = st.datetimes(min_value=dt.datetime(2004, 1, 1), max_value=dt.datetime(2040, 1, 1))  # noqa: DTZ001
FEW = settings(max_examples=150, derandomize=True, deadline=None)


@st.composite
def limits(draw: st.DrawFn, roll: str = "none") -> Limit:
    return Limit(draw(VALUES), draw(UNITS), roll)


@FEW
@given(start=MOMENTS, law=limits("next_working_day"), own=limits(), custody=st.booleans())
def test_a_forward_clock_never_ends_before_its_start_and_a_promise_never_after_the_law(
    start: dt.datetime, law: Limit, own: Limit, custody: bool
) -> None:
    counted = count_clock(law, own, start, kind="deadline", direction="forward", calendar=CALENDAR, custody=custody)
    moment = legal_moment(start)

    assert counted.statutory is not None
    assert counted.service is not None
    assert isinstance(moment, dt.datetime)
    assert moment < counted.service.due_at <= counted.statutory.due_at
    assert (counted.statutory.due_on is None) == (law.unit == "hour")


@FEW
@given(start=MOMENTS, law=limits(), own=limits())
def test_a_backward_clock_ends_before_its_anchor_and_a_promise_on_a_working_day_or_at_the_law(
    start: dt.datetime, law: Limit, own: Limit
) -> None:
    counted = count_clock(law, own, start, kind="deadline", direction="backward", calendar=CALENDAR)

    assert counted.statutory is not None
    assert counted.service is not None
    assert counted.service.due_at <= counted.statutory.due_at <= legal_moment(start)
    if counted.service != counted.statutory and counted.service.due_on is not None:
        assert CALENDAR.day(counted.service.due_on).working


@FEW
@given(start=MOMENTS, law=limits("next_working_day"))
def test_a_rolled_end_is_a_working_day_and_custody_never_lengthens(start: dt.datetime, law: Limit) -> None:
    free = count_clock(law, None, start, kind="deadline", direction="forward", calendar=CALENDAR).statutory
    held = count_clock(
        law, None, start, kind="deadline", direction="forward", calendar=CALENDAR, custody=True
    ).statutory

    assert free is not None
    assert held is not None
    assert held.due_at <= free.due_at
    if free.due_on is not None:
        assert CALENDAR.day(free.due_on).working


@FEW
@given(start=MOMENTS, months=st.integers(min_value=1, max_value=240))
def test_terms_follow_each_other_without_gap_or_overlap(start: dt.datetime, months: int) -> None:
    first = count_term(start.date(), months=months).statutory
    assert first is not None
    assert first.due_on is not None

    assert first.due_on + DAY == add_months(start.date(), months)
    same = count_clock(Limit(months, "month", "none"), None, start, kind="term", direction="forward", calendar=CALENDAR)
    assert same.statutory == first


@FEW
@given(start=MOMENTS, days=st.integers(min_value=1, max_value=60))
def test_a_later_start_never_ends_earlier(start: dt.datetime, days: int) -> None:
    limit = Limit(days, "working_day", "next_working_day")
    ends = [
        count_clock(limit, None, day, kind="deadline", direction="forward", calendar=CALENDAR).statutory
        for day in (start, start + DAY)
    ]

    assert ends[0] is not None
    assert ends[1] is not None
    assert ends[0].due_at <= ends[1].due_at


def test_working_days_from_2010_to_2026_agree_with_an_independent_table() -> None:
    independent = holidays.country_holidays("CN", years=range(2009, 2028))
    day, differing = dt.date(2010, 1, 1), []
    while day < dt.date(2027, 1, 1):
        if CALENDAR.day(day).working is not independent.is_working_day(day):
            differing.append(day)
        day += DAY

    assert differing == []


@pytest.mark.parametrize("year", [2025, 2026])
def test_a_shipped_year_agrees_with_the_packaged_table(year: int) -> None:
    shipped, packaged = CALENDAR.year(year), packaged_year(year)

    assert shipped is not None
    assert packaged is not None
    assert shipped.document != packaged.document
    assert set(shipped.holidays) == set(packaged.holidays)
    assert shipped.working_weekends == packaged.working_weekends


def test_a_year_that_nobody_has_announced_is_not_known() -> None:
    day = Calendar().day(dt.date(2027, 1, 1))

    assert (day.working, day.known) == (True, False)
    assert Calendar().day(dt.date(2026, 1, 1)).known


def test_every_rule_with_a_clock_can_be_asked_on_every_kind_of_day() -> None:
    asked = 0
    for rule in BOOK.rules.values():
        for start in (dt.date(2026, 1, 31), dt.date(2024, 2, 29), dt.date(2019, 12, 31)):
            if rule.kind == "norm" or rule.value_on(start) is None:
                with pytest.raises(RefusalError):
                    BOOK.due(rule.id, start)
                continue
            asked += 1
            due = BOOK.due(rule.id, start)
            assert due.steps, rule.id
            assert all(step.zh and step.en for step in due.steps), rule.id

    assert asked > len(BOOK.rules)


def test_a_day_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(RefusalError) as caught:
        BOOK.due("CC-INV-03", dt.date(9999, 12, 30))

    assert caught.value.reason == "out_of_range"
