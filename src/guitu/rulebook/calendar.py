"""The working-day calendar: holidays, make-up working days, and years that nobody has announced yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module

from guitu.rulebook.reading import Section
from guitu.rulebook.records import Sentence

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """The announced holidays and working weekends of one year, with the notice that announced them."""

    year: int
    holidays: Mapping[dt.date, Sentence]
    working_weekends: frozenset[dt.date]
    document: str
    announced_on: dt.date | None
    verified: bool


@dataclass(frozen=True, slots=True)
class DayKind:
    """What the calendar knows of a day; ``known`` is False where its year has not been announced."""

    working: bool
    known: bool
    holiday: Sentence | None


class Calendar:
    """Answers whether a day is a working day; a loaded year wins over the packaged, one in neither is unknown."""

    def __init__(self, years: Iterable[CalendarYear] = ()) -> None:
        self._years: dict[int, CalendarYear | None] = {year.year: year for year in years}

    def year(self, year: int) -> CalendarYear | None:
        """The table of a year, or None where it has not been announced."""
        if year not in self._years:
            self._years[year] = packaged_year(year)
        return self._years[year]

    def day(self, day: dt.date) -> DayKind:
        """Whether the day is a working day, and whether its year is known (else weekends only)."""
        table = self.year(day.year)
        weekend = day.weekday() >= _SATURDAY
        if table is None:
            return DayKind(not weekend, False, None)
        holiday = table.holidays.get(day)
        if holiday is not None:
            return DayKind(False, True, holiday)
        return DayKind(not weekend or day in table.working_weekends, True, None)

    def with_years(self, years: Iterable[CalendarYear]) -> Calendar:
        """A calendar in which the given years win."""
        kept = [table for table in self._years.values() if table is not None]
        return Calendar([*kept, *years])


@lru_cache(maxsize=64)
def packaged_year(year: int) -> CalendarYear | None:
    """The year as the chinesecalendar package knows it (2004 onwards), or None."""
    constants = import_module("chinese_calendar.constants")  # the package has no types; imported only when asked

    names = {entry.value: Sentence(entry.chinese, entry.value) for entry in constants.Holiday}
    holidays = {day: names[name] for day, name in constants.holidays.items() if day.year == year}
    if not holidays:
        return None
    working = frozenset(day for day in constants.workdays if day.year == year)
    return CalendarYear(year, holidays, working, "chinesecalendar", None, False)


def read_calendar_year(section: Section) -> CalendarYear:
    """One ``calendars/<year>.yaml``; raises RulebookError for a day of another year or a weekday called a weekend."""
    year = section.integer("year")
    source = section.section("source")
    document, announced_on = source.text("document"), source.date("date")
    source.text("zh")
    source.done()
    holidays: dict[dt.date, Sentence] = {}
    for entry in section.sections("holidays", required=True):
        name = Sentence(entry.text("zh"), entry.text("en"))
        day, last = entry.date("from"), entry.date("to")
        entry.done()
        if last < day:
            raise entry.error("假期的 to 早于 from", "a holiday ends before it begins")
        while day <= last:
            if day in holidays or day.year != year:
                raise entry.error(f"{day} 重复或不属于 {year} 年", f"{day} is listed twice or is not in {year}")
            holidays[day] = name
            day += dt.timedelta(days=1)
    working = section.dates("working_weekends")
    for day in working:
        if day.year != year or day.weekday() < _SATURDAY or day in holidays:
            raise section.error(f"{day} 不是 {year} 年的调休周末", f"{day} is no weekend of {year}", "working_weekends")
    verified = section.flag("verified")
    section.date("checked_on")
    section.done()
    return CalendarYear(year, holidays, frozenset(working), document, announced_on, verified)
