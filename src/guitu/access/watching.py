"""Watching who looks: the own trail, who read what, unusual reading ranked, its review, and how the indicators fare.

The counts come set-wise from functions of the database (sql/watching.sql); what speaks and how it ranks is decided by
`policy` from the dated figures of the rulebook. Persons stand by the number of their file.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from guitu.access import administration
from guitu.access.acting import actor
from guitu.access.administration import counted_in
from guitu.access.operations import require
from guitu.access.policy import Reading, Sign, Tuning, rank_of, signs, tuned
from guitu.access.rule_packs import active_book
from guitu.ledger.operations import record
from guitu.rulebook.looking import ReasonRefused, finding
from guitu.rulebook.watching import (
    BROWSING,
    EXPORT,
    GLASS,
    INDICATORS,
    NAMESAKE,
    NO_RELATION,
    OFF_HOURS,
    VOLUME,
    watch_rules,
)

JUSTIFIED, UNJUSTIFIED, TRAINING = OUTCOMES = ("JUSTIFIED", "UNJUSTIFIED", "TRAINING")
COUNTED_BY_LINE = frozenset({VOLUME, OFF_HOURS, NO_RELATION, GLASS, NAMESAKE})
"""Indicators whose count is that of trace lines about persons, so that it leads to exactly these lines."""
_LEGAL = ZoneInfo("Asia/Shanghai")
_REVIEWS_FOR_TUNING = 2000


@dataclass(frozen=True)
class OwnLook:
    """A line of the own trail; `numbers` are those of the first persons of `persons`."""

    at: datetime
    post: str
    unit: str
    purpose: str
    action: str
    outcome: str
    reason: str
    glass: bool
    numbers: tuple[str, ...]
    persons: int


@dataclass(frozen=True)
class ReadLine:
    """Who read what: post, unit and holder, and the persons by number."""

    at: datetime
    post: str
    unit: str
    holder: str
    purpose: str
    action: str
    outcome: str
    reason: str
    words: str
    glass: bool
    numbers: tuple[str, ...]
    persons: int


@dataclass(frozen=True)
class Window:
    """A span of whole legal days, half-open in UTC, with its working days and office hours (Asia/Shanghai)."""

    since: datetime
    until: datetime
    working: tuple[date, ...]
    opens: time
    closes: time


@dataclass(frozen=True)
class Watched:
    """What a post read in a window, the signs that speak, and its rank (0: nothing speaks)."""

    post_id: uuid.UUID
    post: str
    unit: str
    holder: str
    role: str
    reading: Reading
    signs: tuple[Sign, ...]
    rank: float


@dataclass(frozen=True)
class ReadingReviewed:
    """What a review of a post's reading found; `counts` belong to `indicators` in order."""

    post_id: uuid.UUID
    since: datetime
    until: datetime
    indicators: tuple[str, ...]
    counts: tuple[int, ...]
    outcome: str
    words: str
    reviewed_at: datetime
    reviewer: str


def window_of(first: date, last: date) -> Window:
    """The legal days from first to last, both included. Inside the caller's transaction: the calendar is asked."""
    calendar, rules = active_book().calendar, watch_rules(last)
    days = [first + timedelta(days=one) for one in range((last - first).days + 1)]
    return Window(
        since=datetime.combine(first, time.min, _LEGAL),
        until=datetime.combine(last, time.min, _LEGAL) + timedelta(hours=24),
        working=tuple(day for day in days if calendar.day(day).working),
        opens=rules.opens,
        closes=rules.closes,
    )


def window_until(today: date) -> Window:
    """The window of the rulebook that ends with `today`. Inside the caller's transaction."""
    return window_of(today - watch_rules(today).window + timedelta(hours=24), today)


def _rows(function: str, *arguments: Any) -> list[tuple[Any, ...]]:
    marks = ", ".join(["%s"] * len(arguments))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {function}({marks})", list(arguments))  # nosec B608 # noqa: S608 - names of our own functions
        return list(cursor.fetchall())


def _total(rows: Sequence[tuple[Any, ...]]) -> int:
    return int(rows[0][-1]) if rows else 0


def own_looks(since: datetime, until: datetime, *, first: int, most: int) -> tuple[list[OwnLook], int]:
    """One page of what the own account looked at, newest first, and how many lines there are."""
    rows = _rows("access_own_looks", since, until, first, most)
    return [OwnLook(*(*row[:8], tuple(row[8]), row[9])) for row in rows], _total(rows)


def reads_listed(
    window: Window,
    *,
    number: str = "",
    who: str = "",
    post_id: uuid.UUID | None = None,
    purpose: str = "",
    indicator: str = "",
    first: int,
    most: int,
) -> tuple[list[ReadLine], int | None]:
    """Who read what in the range, newest first, and how many lines; by a whole file number, holder, post, purpose.

    `indicator` leaves the lines that count for it, one of `COUNTED_BY_LINE`. The lines of one post are all counted: a
    count leads there. Else None stands for more than `COUNTED`, and some follow the page. Inside the caller's
    transaction.
    """
    rows = _rows(
        "access_reads",
        *(window.since, window.until, number, who, post_id, purpose, indicator),
        *(list(window.working), window.opens, window.closes, first, most, None if post_id else administration.COUNTED),
    )
    found = [ReadLine(*(*row[:10], tuple(row[10]), row[11])) for row in rows]
    return found, _total(rows) if post_id else counted_in(rows, first + most)


def watched(window: Window, day: date, *, post_id: uuid.UUID | None = None) -> list[Watched]:
    """The posts in the range that looked, searched or exported, the most unusual first, then by unit and post.

    The own account is left out. Inside the caller's transaction.
    """
    rules = watch_rules(day)
    rows = _rows(
        "access_reading",
        *(window.since, window.until, list(window.working), window.opens, window.closes),
        *(rules.unopened, rules.peers_percent, post_id),
    )
    order = (VOLUME, OFF_HOURS, NO_RELATION, GLASS, BROWSING, EXPORT, NAMESAKE)
    found = []
    for held, post, unit, holder, role, *figures in rows:
        reading = Reading(dict(zip(order, figures[:7], strict=True)), figures[7], figures[8])
        speaking = signs(reading, rules)
        found.append(Watched(held, post, unit, holder, role, reading, speaking, rank_of(speaking, rules)))
    return sorted(found, key=lambda one: (-one.rank, one.unit, one.post, one.post_id))


def reviews(since: datetime, *, posts: Sequence[uuid.UUID] | None = None, most: int) -> list[ReadingReviewed]:
    """What reviews found since a moment, newest first. Inside the caller's transaction."""
    rows = _rows("access_reading_reviews", since, None if posts is None else list(posts), most)
    return [ReadingReviewed(*(*row[:3], tuple(row[3]), tuple(row[4]), *row[5:])) for row in rows]


def review(post_id: uuid.UUID, outcome: str, words: str, *, review_id: uuid.UUID, today: date, at: datetime) -> None:
    """Keep what the review of a post's reading in the present window found, with what spoke at the time.

    The same id twice is one review. Raises NotAllowed, ReasonRefused, LookupError for a post that read nothing, lies
    outside the range or belongs to the own account.
    """
    require("looks:review")
    rules = watch_rules(today)
    if outcome not in OUTCOMES:
        raise ReasonRefused("请选审查结论。", "Choose what the review found.")
    said = finding(words, rules.words_min)
    with transaction.atomic():
        window = window_until(today)
        lines = watched(window, today, post_id=post_id)
        if not lines:
            raise LookupError(post_id)
        spoke = lines[0].signs
        ((fresh,),) = _rows(
            "access_review_reading",
            *(review_id, post_id, window.since, window.until),
            *([one.indicator.code for one in spoke], [one.count for one in spoke], outcome, said, at),
        )
        if fresh:
            record(
                "access:reading:reviewed",
                subjects=[],
                division=actor().session.division,
                at=at,
                event_id=review_id,
                post=post_id,
                outcome=outcome,
            )


def tuning(since: datetime, day: date) -> list[Tuning]:
    """How each indicator fared in the reviews of the range since a moment. Inside the caller's transaction."""
    rules = watch_rules(day)
    seen: dict[str, list[tuple[int, bool]]] = {code: [] for code in INDICATORS}
    for one in reviews(since, most=_REVIEWS_FOR_TUNING):
        for code, count in zip(one.indicators, one.counts, strict=True):
            seen[code].append((count, one.outcome != JUSTIFIED))
    return [tuned(indicator, seen[indicator.code], rules) for indicator in rules.indicators]
