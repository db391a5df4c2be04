"""Walks the specimens: every step through the operations that officers use, in the order of time.

``python -m guitu.web.generation.walking``, as guitu_app, in a scratch copy of the founded installation. Time itself is
kept by the tick's own process (ticking.py), once for each day that has come.
"""

from __future__ import annotations

import argparse
import os
import subprocess  # nosec B404 # our own commands, never a shell
import sys
from datetime import date, datetime, time, timedelta

os.environ["GUITU_ROLE"] = "app"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guitu.settings.demo")

import django

django.setup()

from django.db import transaction

from guitu.notices import operations as notices
from guitu.notices import queries as told
from guitu.rulebook.holding import one_reading
from guitu.web.generation import cast
from guitu.web.generation.identities import identity
from guitu.web.generation.offices import Walk, at_work
from guitu.web.generation.progress import Progress
from guitu.web.generation.scripts import Step, script
from guitu.web.templatetags.guitu_words import LEGAL_ZONE

_HOUR_OF_TICK = time(0, 5)


def walk(seed: str, count: int, today: date, *, part: int = 0, parts: int = 1) -> int:
    """Walk every `parts`-th of `count` specimens, from `part` on, up to the beginning of `today`; returns how many.

    The tick is run at five past midnight after each release day and once a week, so that nobody waits for it longer:
    the same days in each part, so that specimens do not depend on the number of parts.
    """
    scripts = [script(seed, index, count, today) for index in range(count)]
    walks = {
        road.index: Walk(identity(seed, road.index, road.release_on, of_specimens=True), road)
        for road in scripts[part::parts]
    }
    events = sorted(
        ((step.at, road.index, step) for road in scripts for step in road.steps if step.at.date() < today),
        key=lambda event: event[:2],
    )
    days = _days_of_ticks(events, {road.release_on for road in scripts}, today)
    own = [event for event in events if event[1] in walks]
    progress = Progress("样本 · specimens walked, steps", len(own), live=part == 0)
    with subprocess.Popen(  # nosec B603 # our own module
        [sys.executable, "-P", "-m", "guitu.web.generation.ticking"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "GUITU_ROLE": "job"},
    ) as ticker:
        for at, index, step in own:
            while days and days[0] <= at.date():
                _tick(ticker, days.pop(0))
            walks[index].take(step)
            progress.add(1)
        for day in days:
            _tick(ticker, day)
    if ticker.returncode:
        raise RuntimeError("the tick stopped before its time")
    for unit in cast.SPECIMENS.codes:
        if unit in cast.posts():
            _read_up(unit, until=datetime.combine(today - timedelta(days=2), time(9), LEGAL_ZONE))
    progress.end()
    return len(walks)


def _days_of_ticks(events: list[tuple[datetime, int, Step]], releases: set[date], today: date) -> list[date]:
    if not events:
        return []
    first = events[0][0].date()
    weekly = {first + timedelta(days=7 * week) for week in range((today - first).days // 7 + 1)}
    after = {day + timedelta(days=1) for day in releases}
    return sorted({day for day in weekly | after | {today} if first < day <= today})


def _tick(ticker: subprocess.Popen[str], day: date) -> None:
    if ticker.stdin is None or ticker.stdout is None:
        raise RuntimeError("the tick has no pipes")
    ticker.stdin.write(datetime.combine(day, _HOUR_OF_TICK, LEGAL_ZONE).isoformat() + "\n")
    ticker.stdin.flush()
    if not ticker.stdout.readline():
        raise RuntimeError("the tick stopped before its time")


def _read_up(unit: str, *, until: datetime) -> None:
    """Read the notices older than `until`, as whoever comes to the office does."""
    with at_work(unit):
        with transaction.atomic():
            newest = told.newest_before(until)
        if newest is not None:
            notices.mark_all_read(newest, at=until, settles=timedelta())


def main(arguments: list[str]) -> int:
    """Walk as many specimens as asked; returns the exit code."""
    parser = argparse.ArgumentParser(prog="guitu.web.generation.walking")
    parser.add_argument("--seed", required=True)
    parser.add_argument("--specimens", type=int, required=True)
    parser.add_argument("--today", type=date.fromisoformat, required=True)
    parser.add_argument("--part", type=int, default=0)
    parser.add_argument("--parts", type=int, default=1)
    given = parser.parse_args(arguments)
    with one_reading():
        walk(given.seed, given.specimens, given.today, part=given.part, parts=given.parts)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
