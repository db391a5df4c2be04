"""From a start to its due moments: the statutory one and our own promise, with the counting told in sentences."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from guitu.rulebook import counting
from guitu.rulebook.calendar import Calendar
from guitu.rulebook.counting import LEGAL_TIME
from guitu.rulebook.errors import RefusalError
from guitu.rulebook.records import Limit, Sentence, Threshold

_DAY = dt.timedelta(days=1)
_WEEKDAYS_ZH = "一二三四五六日"
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_UNITS = {
    "hour": ("小时", "hours"),
    "day": ("日", "days"),
    "working_day": ("个工作日", "working days"),
    "half_month": ("个半月", "half months"),
    "month": ("个月", "months"),
    "year": ("年", "years"),
}
_DAY_TEXT = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT_TEXT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?")
Start = dt.date | dt.datetime


@dataclass(frozen=True, slots=True)
class Moment:
    """An end: the last legal day (None for hour clocks) and the exclusive end as an instant at +08:00."""

    due_on: dt.date | None
    due_at: dt.datetime

    def in_time(self, *, received_at: dt.datetime | None, posted_at: dt.datetime | None = None) -> bool:
        """Whether something received, or posted before, came in time (CAL-2); both are aware instants."""
        return counting.handed_in_on_time(self.due_at, received_at=received_at, posted_at=posted_at)

    def as_json(self) -> dict[str, str]:
        """``due_on`` (days only) and ``due_at`` as ISO texts."""
        instant = {"due_at": self.due_at.isoformat()}
        return instant if self.due_on is None else {"due_on": self.due_on.isoformat(), **instant}


@dataclass(frozen=True, slots=True)
class Counted:
    """Both ends of one clock and how they were counted; provisional where an unannounced year was asked."""

    statutory: Moment | None
    service: Moment | None
    provisional: bool
    steps: tuple[Sentence, ...]


def outside_the_calendar() -> RefusalError:
    """The refusal of a day or an instant that no calendar holds."""
    return RefusalError("out_of_range", "日期超出可计算的范围", "the date lies outside the calendar")


def read_start(text: str) -> Start:
    """A start written as a day or as an instant (``2026-02-06T15:00``, with or without offset).

    Raises ValueError with both languages for anything else.
    """
    word = text.strip()
    try:
        if _DAY_TEXT.fullmatch(word):
            return dt.date.fromisoformat(word)
        if _INSTANT_TEXT.fullmatch(word):
            return dt.datetime.fromisoformat(word)
    except ValueError:
        raise ValueError(f"没有这样的日期或时刻：{word} · no such day or time: {word}") from None
    raise ValueError(
        f"起算时刻应写作 2026-02-06 或 2026-02-06T15:00，不是“{word}”"
        f" · a start is written 2026-02-06 or 2026-02-06T15:00, not {word!r}"
    )


def legal_moment(start: Start) -> Start:
    """The start in legal time: naive times are Asia/Shanghai, aware ones are converted; a date stays a date.

    Raises RefusalError: out_of_range, for an instant whose legal day lies before year 1 or after year 9999.
    """
    if not isinstance(start, dt.datetime):
        return start
    if start.tzinfo is None:
        return start.replace(tzinfo=LEGAL_TIME)
    try:
        return start.astimezone(LEGAL_TIME)
    except OverflowError:
        raise outside_the_calendar() from None


def legal_day(start: Start) -> dt.date:
    """The legal day of a start."""
    moment = legal_moment(start)
    return moment.date() if isinstance(moment, dt.datetime) else moment


def end_of(day: dt.date) -> Moment:
    """The end of a legal day: its date, and the next midnight at +08:00 as the exclusive instant."""
    return Moment(day, dt.datetime.combine(day + _DAY, dt.time(), LEGAL_TIME))


def count_clock(
    statutory: Limit | None,
    service: Limit | None,
    start: Start,
    *,
    kind: str,
    direction: str,
    calendar: Calendar,
    custody: bool = False,
    travel_days: int = 0,
) -> Counted:
    """Counts both layers of a clock from a start (naive: Asia/Shanghai).

    ``custody``: the running clock keeps a person in custody, so nothing is rolled (CAL-3). ``travel_days``: days on the
    road, not counted in a statutory forward period (CAL-2). Raises RefusalError where the end leaves the calendar.
    Source: law.md 1.0, CAL-1 … CAL-9.
    """
    count = _Count(
        legal_moment(start),
        calendar,
        kind=kind,
        step=-1 if direction == "backward" else 1,
        custody=custody,
        travel_days=travel_days,
    )
    try:
        legal = count.statutory(statutory) if statutory else None
        promised = count.service(service, legal) if service else None
    except (OverflowError, ValueError) as error:
        raise outside_the_calendar() from error
    return Counted(legal, promised, count.provisional, tuple(count.steps))


def count_term(start: Start, *, years: int = 0, months: int = 0, days: int = 0) -> Counted:
    """The last day of a term whose length a judgment states: the first day counts, never rolled (CAL-8)."""
    day = legal_day(start)
    try:
        last = counting.term_last_day(day, months=years * 12 + months, days=days)
        end = end_of(last)
    except (OverflowError, ValueError) as error:
        raise outside_the_calendar() from error
    step = Sentence(
        f"期限自{day_zh(day)}当日起算，{years}年{months}个月{days}日，末日为{day_zh(last)}，不因节假日顺延",
        f"a term: the first day {day_en(day)} counts, {years} years {months} months {days} days, "
        f"last day {day_en(last)}, never rolled",
    )
    return Counted(end, None, False, (step,))


class _Count:
    """One counting: keeps the sentences and whether an unannounced year was asked."""

    def __init__(
        self, start: Start, calendar: Calendar, *, kind: str, step: int, custody: bool, travel_days: int
    ) -> None:
        self.instant = start if isinstance(start, dt.datetime) else dt.datetime.combine(start, dt.time(), LEGAL_TIME)
        self.date_only = not isinstance(start, dt.datetime)
        self.day = self.instant.date()
        self.kind = kind
        self.step = step
        self.calendar = calendar
        self.custody = custody
        self.travel_days = travel_days
        self.provisional = False
        self.steps: list[Sentence] = []

    def say(self, zh: str, en: str) -> None:
        self.steps.append(Sentence(zh, en))

    def statutory(self, limit: Limit) -> Moment:
        """The end that law, policy or local rule sets."""
        if limit.unit == "hour":
            return self._statutory_hours(limit)
        if self.kind == "term":
            return end_of(self._term(limit))
        if self.kind == "counter":
            last = counting.counter_day(self.day, limit)
            self.say(
                f"计数按日历日，自{day_zh(self.day)}起满{length_zh(limit)}为{day_zh(last)}，不因节假日顺延",
                f"a counter of calendar days: {length_en(limit)} from {day_en(self.day)} "
                f"are full on {day_en(last)}, never rolled",
            )
            return end_of(last)
        last = self._last_day(limit)
        if self.travel_days and self.step > 0:
            last = counting.after_travel(last, self.travel_days)
            self.say(
                f"路途时间{self.travel_days}日不计算在内，推至{day_zh(last)}",
                f"{self.travel_days} days on the road are not counted: {day_en(last)}",
            )
        if self.step > 0 and limit.roll == "next_working_day":
            last = self._rolled(last)
        return end_of(last)

    def service(self, limit: Limit, legal: Moment | None) -> Moment:
        """Our own promise: elapsed hours, or days that never roll later; never after the statutory end."""
        if limit.unit == "hour":
            due_at = self.instant + self.step * dt.timedelta(hours=limit.value)
            moment = Moment(None, due_at)
            self.say(
                f"服务承诺{length_zh(limit)}按实际经过时间计：{instant_text(due_at)}",
                f"own promise of {length_en(limit)}, elapsed time: {instant_text(due_at)}",
            )
        else:
            if self.kind == "term":
                last = self._term(limit)
            elif self.kind == "counter":
                last = counting.counter_day(self.day, limit)
            else:
                last = self._last_day(limit)
            if self.step < 0 and self.kind == "deadline":
                last = self._moved_before(last)
            moment = end_of(last)
            self.say(
                f"服务承诺{length_zh(limit)}：{day_zh(last)}，不向后顺延",
                f"own promise of {length_en(limit)}: {day_en(last)}, never rolled later",
            )
        capped = counting.service_end(moment.due_at, legal.due_at if legal else None)
        if legal is not None and capped != moment.due_at:
            self.say(
                "服务承诺不得晚于法定到期，以法定到期为准",
                "own promise cut to the statutory end, which it may not pass",
            )
            return legal
        return moment

    def _statutory_hours(self, limit: Limit) -> Moment:
        if self.date_only:
            self.say("起算只有日期，按当日零时起算", "the start has no time of day: counted from midnight")
        counted_from = counting.first_counted_hour(self.instant, self.step)
        due_at = counted_from + self.step * dt.timedelta(hours=limit.value)
        self.say(
            f"开始的时不计算在内，自{instant_text(counted_from)}起{length_zh(limit)}：{instant_text(due_at)}，不因节假日顺延",
            f"the hour of the start is not counted: {length_en(limit)} from {instant_text(counted_from)} "
            f"end at {instant_text(due_at)}, holidays do not extend it",
        )
        return Moment(None, due_at)

    def _term(self, limit: Limit) -> dt.date:
        if limit.unit in ("month", "year"):
            last = counting.term_last_day(self.day, months=counting.months_of(limit))
        else:
            last = counting.term_last_day(self.day, days=counting.days_of(limit))
        self.say(
            f"期限自{day_zh(self.day)}当日起算，{length_zh(limit)}，末日为{day_zh(last)}，不因节假日顺延",
            f"a term: the first day {day_en(self.day)} counts, {length_en(limit)}, "
            f"last day {day_en(last)}, never rolled",
        )
        return last

    def _last_day(self, limit: Limit) -> dt.date:
        """The last day of a deadline before any roll."""
        if counting.counts_working_days_only(limit.unit):
            last = counting.nth_working_day(self.day, limit.value, self.calendar, self.step)
            self._ask_years(counting.first_counted_day(self.day, self.step), last)
        elif limit.unit in ("month", "year"):
            last = counting.add_months(self.day, self.step * counting.months_of(limit))
        else:
            first = counting.first_counted_day(self.day, self.step)
            days = limit.value if limit.unit == "working_day" else counting.days_of(limit)
            last = first + self.step * (days - 1) * _DAY
        where_zh, where_en = ("之前", "before") if self.step < 0 else ("", "after")
        self.say(
            f"{day_zh(self.day)}为起算日，不计算在内；{where_zh}{length_zh(limit)}至{day_zh(last)}",
            f"the start day {day_en(self.day)} is not counted; {length_en(limit)} {where_en} it: {day_en(last)}",
        )
        if counting.counts_working_days_only(limit.unit):
            self._say_rest_days(last)
        return last

    def _say_rest_days(self, last: dt.date) -> None:
        low, high = sorted((self.day, last))
        worked = []
        holidays: dict[str, str] = {}
        day = low + _DAY
        while day < high:
            kind = self.calendar.day(day)
            if kind.holiday is not None:
                holidays[kind.holiday.zh] = kind.holiday.en
            elif kind.working and day.weekday() >= 5:
                worked.append(day)
            day += _DAY
        if holidays:
            self.say(
                f"其间{'、'.join(holidays)}放假不计",
                f"holidays between are not counted: {', '.join(holidays.values())}",
            )
        if worked:
            self.say(
                f"调休上班日计入：{'、'.join(map(day_zh, worked))}",
                f"make-up working days are counted: {', '.join(map(day_en, worked))}",
            )

    def _rolled(self, last: dt.date) -> dt.date:
        if not self.custody:
            self._ask_years(last, last)
        moved = counting.roll_forward(last, self.calendar, custody=self.custody)
        if moved != last:
            self._ask_years(last, moved)
            self.say(
                f"{day_zh(last)}不是工作日，顺延至其后第一个工作日{day_zh(moved)}",
                f"{day_en(last)} is no working day: moved to the first working day after it, {day_en(moved)}",
            )
        elif self.custody:
            self.say("涉及在押，末日遇节假日不顺延", "a person is in custody: never extended over a holiday")
        return moved

    def _moved_before(self, last: dt.date) -> dt.date:
        moved = counting.previous_working_day(last, self.calendar)
        self._ask_years(moved, last)
        if moved != last:
            self.say(
                f"{day_zh(last)}不是工作日，服务承诺提前至{day_zh(moved)}",
                f"{day_en(last)} is no working day: own promise moved before it, {day_en(moved)}",
            )
        return moved

    def _ask_years(self, one: dt.date, other: dt.date) -> None:
        for year in range(min(one, other).year, max(one, other).year + 1):
            if self.calendar.year(year) is None:
                if not self.provisional:
                    self.say(
                        f"{year}年节假日安排尚未载入，只按周末推算，结果为暂定",
                        f"holidays of {year} are not loaded: counted with weekends only, provisional",
                    )
                self.provisional = True


@dataclass(frozen=True, slots=True)
class ThresholdState:
    """A threshold of a counter, and whether the count fulfils it."""

    threshold: Threshold
    fulfilled: bool


def threshold_fulfilled(threshold: Threshold, start: Start, as_of: Start) -> bool:
    """Whether a count from ``start`` fulfils a threshold on the legal day ``as_of``.

    Days are calendar days after the start day (CAL-1, CAL-9). A threshold in months compares ``as_of`` with the day on
    which the months are full. 内/以上 include the number, 超过/以下 do not (CAL-4).
    """
    first, day = legal_day(start), legal_day(as_of)
    full = counting.counter_day(first, Limit(threshold.value, threshold.unit, "none"))
    return counting.reaches((day - first).days, (full - first).days, threshold.comparison)


def day_zh(day: dt.date) -> str:
    """2026年2月27日（周五）."""
    return f"{day.year}年{day.month}月{day.day}日（周{_WEEKDAYS_ZH[day.weekday()]}）"


def day_en(day: dt.date) -> str:
    """Fri 2026-02-27."""
    return f"{_WEEKDAYS_EN[day.weekday()]} {day.isoformat()}"


def instant_text(instant: dt.datetime) -> str:
    """2026-02-08 10:00 in legal time."""
    return instant.strftime("%Y-%m-%d %H:%M")


def length_zh(limit: Limit) -> str:
    """10个工作日."""
    return f"{limit.value}{_UNITS[limit.unit][0]}"


def length_en(limit: Limit) -> str:
    """10 working days."""
    name = _UNITS[limit.unit][1]
    return f"{limit.value} {name[:-1] if limit.value == 1 else name}"


def facts_as_words(facts: Mapping[str, object] | None) -> dict[str, str]:
    """Facts as the words that records are compared with: true, false, plain text."""
    words: dict[str, str] = {}
    for name, fact in (facts or {}).items():
        words[name] = ("true" if fact else "false") if isinstance(fact, bool) else str(fact)
    return words
