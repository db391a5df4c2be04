"""Which step of its ladder a late clock has reached: a fact of the clock, computed, never stored. Pure; no clock here.

The intervals are those of the rulebook in force on the legal day of `at` (RH-LADDER, RH-DUE-SOON); a rule with a limit
of its own for each step (RH-NO-RECEIVER) counts them from the clock's anchor.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from guitu.rulebook.book import Rulebook
from guitu.rulebook.clocks import end_of, legal_day
from guitu.rulebook.counting import first_counted_day, nth_working_day
from guitu.rulebook.ladder import DUE_SOON, LADDER_STEPS, STEP, own_steps
from guitu.rulebook.records import Limit

TOLD_SOON, TOLD_LATE = -1, 0
"""The steps before the ladder: the duty unit is reminded, the duty unit is late."""
_SMALLEST = dt.timedelta(microseconds=1)


@dataclass(frozen=True)
class Rung:
    """One step of a ladder: its number from 1, the office that bears it, and from when (aware)."""

    number: int
    office: str
    from_at: dt.datetime


@dataclass(frozen=True)
class Cutoff:
    """Which clocks of a rule have reached a step at a moment: due until `due_to`, begun before `anchor_before`."""

    rule: str
    step: int
    office: str
    due_to: dt.datetime
    anchor_before: dt.datetime | None


def rungs(
    book: Rulebook, rule_id: str, *, anchor_at: dt.datetime, due_at: dt.datetime, at: dt.datetime
) -> tuple[Rung, ...]:
    """Every step of the rule's ladder with its moment, for a clock that began at `anchor_at` and ends at `due_at`.

    `due_at` is the exclusive end. Empty where the rule names no ladder.
    """
    rule = book.rule(rule_id)
    offices = rule.when_overdue.ladder if rule.when_overdue else ()
    own = _own_variants(book, rule_id, at)
    interval = _interval(book, LADDER_STEPS, at)
    found = []
    for number, office in enumerate(offices, start=1):
        if number == 1:
            moment = due_at
        elif own:
            moment = _own_end(book, rule_id, own[number - 1], anchor_at)
        else:
            moment = end_of(_later(book, legal_day(due_at - _SMALLEST), interval, times=number - 1)).due_at
        found.append(Rung(number, office, moment))
    return tuple(found)


def reached(
    book: Rulebook, rule_id: str, *, anchor_at: dt.datetime, due_at: dt.datetime, at: dt.datetime
) -> Rung | None:
    """The highest step that an open clock has reached at `at`, or None while it is in time or names no ladder."""
    climbed = [rung for rung in rungs(book, rule_id, anchor_at=anchor_at, due_at=due_at, at=at) if rung.from_at <= at]
    return climbed[-1] if climbed else None


def soon_until(book: Rulebook, at: dt.datetime) -> dt.datetime:
    """Until which exclusive end a clock counts as due soon at `at`: from the morning of the day RH-DUE-SOON names."""
    interval, today = _interval(book, DUE_SOON, at), legal_day(at)
    day = today
    while _earlier(book, _next(day), interval) <= today:
        day = _next(day)
    return end_of(day).due_at


def cutoffs(book: Rulebook, at: dt.datetime) -> tuple[Cutoff, ...]:
    """For every rule with a ladder and each step of it: which clocks have reached it at `at`."""
    interval, found = _interval(book, LADDER_STEPS, at), []
    latest = {1: at}
    for rule in book.rules.values():
        own = _own_variants(book, rule.id, at)
        for number, office in enumerate(rule.when_overdue.ladder if rule.when_overdue else (), start=1):
            if own and number > 1:
                before = _begun_before(book, rule.id, own[number - 1], at)
                found.append(Cutoff(rule.id, number, office, at, before))
                continue
            if number not in latest:
                latest[number] = _lapsed_until(book, interval, number - 1, at)
            found.append(Cutoff(rule.id, number, office, latest[number], None))
    return tuple(found)


def _interval(book: Rulebook, rule_id: str, at: dt.datetime) -> Limit:
    limit = book.value_on(rule_id, legal_day(at)).service
    if limit is None:
        raise LookupError(f"{rule_id} states no interval")  # the loader refuses such a rulebook
    return limit


def _own_variants(book: Rulebook, rule_id: str, at: dt.datetime) -> tuple[tuple[str, Limit], ...]:
    value = book.rule(rule_id).value_on(legal_day(at))
    limits = own_steps(value) if value else ()
    return (
        tuple(zip((variant.when[0][1] for variant in value.variants), limits, strict=True)) if value and limits else ()
    )


def _own_end(book: Rulebook, rule_id: str, own: tuple[str, Limit], anchor: dt.date | dt.datetime) -> dt.datetime:
    due = book.due(rule_id, anchor, facts={STEP: own[0]})
    return min(end.due_at for end in (due.statutory, due.service) if end is not None)


def _next(day: dt.date) -> dt.date:
    return first_counted_day(day, 1)


def _later(book: Rulebook, day: dt.date, interval: Limit, *, times: int) -> dt.date:
    count = interval.value * times
    if interval.unit == "working_day":
        return nth_working_day(day, count, book.calendar, 1)
    for _ in range(count):
        day = _next(day)
    return day


def _earlier(book: Rulebook, day: dt.date, interval: Limit) -> dt.date:
    if interval.unit == "working_day":
        return nth_working_day(day, interval.value, book.calendar, -1)
    for _ in range(interval.value):
        day = first_counted_day(day, -1)
    return day


def _lapsed_until(book: Rulebook, interval: Limit, times: int, at: dt.datetime) -> dt.datetime:
    """The latest end of a clock that lies `times` intervals before `at`."""
    today = legal_day(at)
    day = first_counted_day(today, -1)
    while _later(book, day, interval, times=times) >= today:
        day = first_counted_day(day, -1)
    return end_of(day).due_at


def _begun_before(book: Rulebook, rule_id: str, own: tuple[str, Limit], at: dt.datetime) -> dt.datetime:
    """Before which exclusive moment a clock of this rule must have begun to have reached its own step at `at`."""
    if own[1].unit == "hour":
        return at - dt.timedelta(hours=own[1].value) + _SMALLEST
    day = legal_day(at)
    while _own_end(book, rule_id, own, day) > at:
        day = first_counted_day(day, -1)
    return end_of(day).due_at
