"""Whether the day of release can work, as far as it is known: findings that warn and never block. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from guitu.rulebook.calendar import Calendar
from guitu.rulebook.opening_hours import read_opening_hours
from guitu.rulebook.release_day import ReleaseDayRules

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_EARTH_KM = 6371.0
_SECONDS_AN_HOUR = 3600
BY_TICKET = ("TRAIN", "COACH")
"""Means of transport for which a ticket by name is bought, and whose timetable is not known here."""


@dataclass(frozen=True)
class Place:
    """A unit as a place: degrees (None: not known) and opening hours as text (empty: not known)."""

    latitude: float | None
    longitude: float | None
    opening_hours: str


@dataclass(frozen=True)
class Planned:
    """What is planned for the day: aware moments, means of transport, what the person carries."""

    leaves_at: datetime
    arrival_at: datetime
    transport: str
    medication_days: int | None
    has_id_card: bool
    has_phone: bool


@dataclass(frozen=True)
class Finding:
    """One finding by its code in the rulebook, with the facts of its sentence."""

    code: str
    facts: Mapping[str, str]


def findings(
    release_on: date,
    sender: Place,
    receiver: Place,
    plan: Planned | None,
    *,
    calendar: Calendar,
    rules: ReleaseDayRules,
) -> tuple[Finding, ...]:
    """What is to be thought of for this release; before anything is planned, what is known already.

    `release_on` is a legal day in Asia/Shanghai. A medication supply counts the release day as its first day. Nothing
    that is not known is guessed: it is said to be unknown.
    """
    found = [*_of_door(release_on, receiver, plan, calendar, rules), *_of_way(sender, receiver, plan, rules)]
    if plan is not None:
        if plan.leaves_at.astimezone(_SHANGHAI).date() < release_on:
            found.append(Finding("BEFORE_RELEASE", {"leaves": _moment(plan.leaves_at), "day": release_on.isoformat()}))
        found += _of_night(plan, rules)
        found += _of_papers(plan)
    return tuple(found)


def _of_door(
    release_on: date, receiver: Place, plan: Planned | None, calendar: Calendar, rules: ReleaseDayRules
) -> list[Finding]:
    """Whether somebody is there to receive, and whether the medication lasts until then."""
    arrival = plan.arrival_at.astimezone(_SHANGHAI) if plan else None
    day = arrival.date() if arrival else release_on
    found = []
    kind = calendar.day(day)
    if kind.holiday is not None:
        facts = {"day": day.isoformat(), "holiday_zh": kind.holiday.zh, "holiday_en": kind.holiday.en}
        found.append(Finding("HOLIDAY", facts))
    if not kind.known:
        found.append(Finding("CALENDAR_UNKNOWN", {"year": str(day.year)}))
    if not receiver.opening_hours:
        return [*found, Finding("HOURS_UNKNOWN", {})]
    begin = arrival.time() if arrival else time.min
    opens = next_opening(receiver.opening_hours, day, begin, calendar=calendar, look_ahead=rules.look_ahead)
    if opens is None:
        return [*found, Finding("NEVER_OPEN", {"days": str(rules.look_ahead)})]
    if arrival is not None and opens > arrival.replace(tzinfo=None):
        found.append(Finding("CLOSED_ON_ARRIVAL", {"arrival": _written(arrival), "next": _written(opens)}))
    if arrival is None and opens.date() > release_on:
        found.append(Finding("RELEASE_DAY_CLOSED", {"day": release_on.isoformat(), "next": _written(opens)}))
    if plan is not None and plan.medication_days is not None:
        last = release_on.toordinal() + plan.medication_days - 1
        if opens.date().toordinal() > last:
            facts = {"last": date.fromordinal(last).isoformat(), "next": _written(opens)}
            found.append(Finding("MEDICATION_GAP", facts))
    return found


def next_opening(hours: str, day: date, begin: time, *, calendar: Calendar, look_ahead: int) -> datetime | None:
    """The first moment from `begin` on `day` at which the door is open, naive in Asia/Shanghai; None within the limit.

    A moment within the hours is itself the answer. Holidays and make-up working days are the calendar's.
    """
    held = read_opening_hours(hours)
    for ordinal in range(day.toordinal(), day.toordinal() + look_ahead + 1):
        here = date.fromordinal(ordinal)
        kind = calendar.day(here)
        since = begin if here == day else time.min
        for span in held.spans_on(here, working=kind.working, holiday=kind.holiday is not None):
            if since < span.closes:
                return datetime.combine(here, max(since, span.opens))
    return None


def _of_way(sender: Place, receiver: Place, plan: Planned | None, rules: ReleaseDayRules) -> list[Finding]:
    """Distance and time; that a timetable is not known."""
    found = []
    straight = distance_km(sender, receiver)
    if straight is None:
        found.append(Finding("DISTANCE_UNKNOWN", {}))
    else:
        km = straight * rules.detour
        found.append(Finding("DISTANCE", {"km": f"{km:.0f}"}))
        if plan is not None:
            needed = km / rules.speeds[plan.transport]
            planned = (plan.arrival_at - plan.leaves_at).total_seconds() / _SECONDS_AN_HOUR
            if planned < needed:
                facts = {"km": f"{km:.0f}", "needed": f"{math.ceil(needed * 2) / 2:g}", "planned": f"{planned:.2g}"}
                found[-1] = Finding("TIME_TOO_SHORT", facts)
    if plan is not None and plan.transport in BY_TICKET:
        found.append(Finding("COACH_UNKNOWN", {}))
    return found


def distance_km(one: Place, other: Place) -> float | None:
    """The straight distance over the ground in kilometres, or None where a coordinate is not known."""
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return None
    here, there = math.radians(one.latitude), math.radians(other.latitude)
    across = math.radians(other.longitude - one.longitude)
    half = math.sin((there - here) / 2) ** 2 + math.cos(here) * math.cos(there) * math.sin(across / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(half))


def _of_night(plan: Planned, rules: ReleaseDayRules) -> list[Finding]:
    arrival = plan.arrival_at.astimezone(_SHANGHAI)
    if rules.night_to <= arrival.time() < rules.night_from:
        return []
    return [Finding("NIGHT", {"arrival": _written(arrival)})]


def _of_papers(plan: Planned) -> list[Finding]:
    found = []
    if not plan.has_id_card:
        found.append(Finding("NO_TICKET" if plan.transport in BY_TICKET else "NO_ID_CARD", {}))
    if not plan.has_phone:
        found.append(Finding("NO_PHONE", {}))
    return found


def _moment(at: datetime) -> str:
    return _written(at.astimezone(_SHANGHAI))


def _written(local: datetime) -> str:
    return f"{local:%Y-%m-%d %H:%M}"
