"""Opening hours as text: ``mon-fri 08:30-12:00,14:00-17:30; sat 09:00-12:00; holidays``. Times are Asia/Shanghai."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOLIDAYS = "holidays"
"""The last part that says: open on legal holidays too."""
_DAY = "(?:mon|tue|wed|thu|fri|sat|sun)"
_SPAN = "[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]"
_PART = f"{_DAY}(?:-{_DAY})?(?:,{_DAY}(?:-{_DAY})?)* {_SPAN}(?:,{_SPAN})*"
PATTERN = f"^{_PART}(?:; {_PART})*(?:; {HOLIDAYS})?$"
"""What the text looks like; that days and times make sense is for `read_opening_hours`."""


@dataclass(frozen=True, slots=True)
class Span:
    """From one time of day to another, the end excluded."""

    opens: dt.time
    closes: dt.time


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """When a unit's door is open: the spans of each weekday (Monday first), and whether legal holidays count."""

    week: tuple[tuple[Span, ...], ...]
    holidays: bool

    def spans_on(self, day: dt.date, *, working: bool, holiday: bool) -> tuple[Span, ...]:
        """The open spans of a legal day, in order.

        `holiday`: a legal day off, closed unless the unit opens on holidays. `working`: a make-up workday, which a unit
        that is closed on that weekday keeps as it keeps a Monday.
        """
        if holiday and not self.holidays:
            return ()
        spans = self.week[day.weekday()]
        return self.week[0] if working and not spans else spans


def read_opening_hours(text: str) -> OpeningHours:
    """Opening hours from their text. Raises ValueError, saying what is wrong, for anything else."""
    if re.fullmatch(PATTERN, text) is None:
        raise ValueError("written as mon-fri 08:30-12:00,14:00-17:30; sat 09:00-12:00; holidays")
    *parts, last = text.split("; ")
    holidays = last == HOLIDAYS
    week: list[tuple[Span, ...]] = [()] * len(DAYS)
    for part in parts if holidays else [*parts, last]:
        days, _, spans = part.partition(" ")
        read = _spans(spans)
        for place in _days(days):
            if week[place]:
                raise ValueError(f"{DAYS[place]} is named twice")
            week[place] = read
    return OpeningHours(tuple(week), holidays)


def _days(text: str) -> list[int]:
    places: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        start, end = DAYS.index(first), DAYS.index(last or first)
        if end < start:
            raise ValueError(f"{part} runs backwards")
        places.extend(range(start, end + 1))
    return places


def _spans(text: str) -> tuple[Span, ...]:
    spans: list[Span] = []
    for part in text.split(","):
        opens, closes = (dt.time.fromisoformat(word) for word in part.split("-"))
        if closes <= opens or (spans and opens < spans[-1].closes):
            raise ValueError(f"{part} does not follow in time")
        spans.append(Span(opens, closes))
    return tuple(spans)
