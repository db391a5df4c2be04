"""Counting time as the law counts it: CAL-1 … CAL-10, one small function for each rule.

Days are legal days of China; the length of a period is never written here, it comes from the records.
Sources: 刑事诉讼法 105; 法释〔2021〕1号 202; 社区矫正法实施办法 14, 58.
"""

from __future__ import annotations

import calendar as month_lengths
import datetime as dt
from collections.abc import Mapping

from guitu.rulebook.calendar import Calendar
from guitu.rulebook.errors import RefusalError
from guitu.rulebook.records import Limit, Rule, Value

LEGAL_TIME = dt.timezone(dt.timedelta(hours=8))
"""The legal time of China, UTC+08:00 without summer time."""
HALF_MONTH_DAYS = 15
"""半个月 is fifteen days (法释〔2021〕1号 202): the meaning of a unit, not a period of any rule."""
_DAY = dt.timedelta(days=1)
_HOUR = dt.timedelta(hours=1)


def first_counted_day(start: dt.date, step: int) -> dt.date:
    """CAL-1: the day on which the period starts is not counted; ``step`` is 1 forward and -1 backward."""
    return start + step * _DAY


def first_counted_hour(start: dt.datetime, step: int) -> dt.datetime:
    """CAL-1: the hour in which the period starts is not counted; returns the instant from which hours are counted."""
    hour = start.replace(minute=0, second=0, microsecond=0)
    return hour + _HOUR if step > 0 else hour


def after_travel(last_day: dt.date, travel_days: int) -> dt.date:
    """CAL-2: days on the road are not counted, so the period ends that many days later."""
    return last_day + travel_days * _DAY


def handed_in_on_time(due_at: dt.datetime, *, received_at: dt.datetime | None, posted_at: dt.datetime | None) -> bool:
    """CAL-2: in time is what was received, or handed to the post, before the exclusive end."""
    moments = [moment for moment in (posted_at, received_at) if moment is not None]
    return bool(moments) and min(moments) < due_at


def roll_forward(day: dt.date, calendar: Calendar, *, custody: bool) -> dt.date:
    """CAL-3: a last day that is no working day moves to the first working day after it; never in custody."""
    if custody:
        return day
    while not calendar.day(day).working:
        day += _DAY
    return day


def previous_working_day(day: dt.date, calendar: Calendar) -> dt.date:
    """Our own backward promises move to the working day before (never later than promised)."""
    while not calendar.day(day).working:
        day -= _DAY
    return day


def reaches(count: int, value: int, comparison: str) -> bool:
    """CAL-4: 内 and 以上 include the number, 超过 and 以下 exclude it."""
    if comparison == "at_most":
        return count <= value
    if comparison == "at_least":
        return count >= value
    if comparison == "more_than":
        return count > value
    return count < value


def counts_working_days_only(unit: str) -> bool:
    """CAL-5: only a period that says 工作日 skips rest days; every other day count is of natural days."""
    return unit == "working_day"


def nth_working_day(start: dt.date, count: int, calendar: Calendar, step: int) -> dt.date:
    """The nth working day after (step 1) or before (step -1) the start day; make-up days count, holidays do not."""
    day = first_counted_day(start, step)
    left = count
    while left > 0:
        if calendar.day(day).working:
            left -= 1
        if left:
            day += step * _DAY
    return day if count else start


def add_months(day: dt.date, months: int) -> dt.date:
    """CAL-6: the same day number; missing, or starting from the last day of a month: the last day of the Nth month."""
    target = day.year * 12 + day.month - 1 + months
    year, month = divmod(target, 12)
    last = last_of_month(year, month + 1)
    if day == last_of_month(day.year, day.month):
        return last
    return last.replace(day=min(day.day, last.day))


def half_months(count: int) -> int:
    """CAL-6: half a month is fifteen days."""
    return count * HALF_MONTH_DAYS


def last_of_month(year: int, month: int) -> dt.date:
    """The last day of a month."""
    return dt.date(year, month, month_lengths.monthrange(year, month)[1])


def service_end(service: dt.datetime, statutory: dt.datetime | None) -> dt.datetime:
    """CAL-7: two clocks; our own promise never ends after the statutory one and never changes it."""
    return service if statutory is None else min(service, statutory)


def term_last_day(start: dt.date, *, months: int = 0, days: int = 0) -> dt.date:
    """CAL-8: the first day counts; a term ends the day before the same date, and never rolls.

    Started on the last day of a month, or the same date missing: the day before the last day of the target month.
    """
    return add_months(start, months) + (days - 1) * _DAY


def counter_day(start: dt.date, limit: Limit) -> dt.date:
    """CAL-9: the calendar day on which a count of days or months is full; no calendar of working days is asked."""
    if limit.unit in ("month", "year"):
        return add_months(start, months_of(limit))
    return start + days_of(limit) * _DAY


def require_clock(rule: Rule) -> None:
    """CAL-10: a norm has no duration; asking for its moment is refused."""
    if rule.kind == "norm":
        raise RefusalError(
            "norm",
            f"{rule.id}“{rule.name_zh}”是要求，不是时限，没有到期日",
            f"{rule.id} ({rule.name_en}) is a norm: a requirement without duration",
        )


def limits_for(value: Value, facts: Mapping[str, str]) -> tuple[Limit | None, Limit | None, str | None]:
    """CAL-10: statutory and service limit, by the first variant whose facts all match, else the record's own."""
    for variant in value.variants:
        if all(facts.get(name) == word for name, word in variant.when):
            return variant.statutory, variant.service, variant.id
    return value.statutory, value.service, None


def months_of(limit: Limit) -> int:
    """The months in a limit of months or years."""
    return limit.value * 12 if limit.unit == "year" else limit.value


def days_of(limit: Limit) -> int:
    """The days in a limit of days or half months."""
    return half_months(limit.value) if limit.unit == "half_month" else limit.value
