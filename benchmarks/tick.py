"""The tick with 1,000 newly lapsed steps among all open clocks, beside the one query that finds them.

What else time brings about until the moment of a round (releases, passing of responsibility, ends of help) is done
before and not timed.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from benchmarks.measuring import timed

if TYPE_CHECKING:
    from guitu.access.acting import ActingSession

WANTED, ROUNDS, QUERIES = 1_000, 5, 7
FURTHEST = timedelta(days=400)
"""How far ahead a round looks for steps that lapse."""
TIMES, SECONDS = 2.0, 5.0


def report(wanted: int = 0) -> int:
    """Print a line for each round and the medians; 1 where a bar was missed. Inside benchmarks.province, as guitu_job.

    What has lapsed and is not told yet is measured as it is found; where fewer than 1,000 are left, the round first
    moves the clock to where there are as many. What the tick does is committed. Raises RuntimeError where too few
    clocks run, or fewer than `wanted`.
    """
    from django.conf import settings
    from django.db import connection, transaction

    from guitu.access import queries, signing_in
    from guitu.access.acting import acting
    from guitu.journeys.lapsing import newly_lapsed
    from guitu.web.clock import now
    from guitu.web.tick import run_once

    session = queries.session_of(signing_in.mint_tick(lasts=timedelta(hours=2)))
    if session is None:
        raise RuntimeError("the machine post of the tick is missing")

    def lapsed(at: datetime) -> int:
        with acting(session, session.purposes[0]), transaction.atomic():
            return len(newly_lapsed(at, settings.GUITU_TICK_MOST))

    at = now()
    with acting(session, session.purposes[0]), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM journeys_clock WHERE done_at IS NULL AND voided_at IS NULL")
        clocks = cursor.fetchone()[0]
    if clocks < wanted:
        raise RuntimeError(f"{clocks:,} clocks run; {wanted:,} were asked for")
    print(f"{clocks:,} open clocks")
    print("| newly lapsed | query s | tick s | times | done |")
    print("|---|---|---|---|---|")
    ratios, whole = [], []
    for _ in range(ROUNDS):
        at = _with_as_many_lapsed(at, lapsed)
        _bring_about(session, at)
        found = lapsed(at)
        query = statistics.median(timed(lambda at=at: lapsed(at)) for _ in range(QUERIES))
        done: dict[str, int] = {}
        tick = timed(lambda at=at, done=done: done.update(run_once(at=at)))
        ratios.append(tick / query)
        whole.append(tick)
        told = ", ".join(f"{key} {number}" for key, number in done.items() if number)
        print(f"| {found} | {query:.3f} | {tick:.3f} | {tick / query:.1f} | {told} |", flush=True)
    print(f"median {statistics.median(whole):.3f} s, {statistics.median(ratios):.1f} times")
    return 1 if statistics.median(ratios) > TIMES or statistics.median(whole) > SECONDS else 0


def _bring_about(session: ActingSession, at: datetime) -> None:
    """Let happen all that time alone brings about at `at`, but tell nobody that a clock has lapsed."""
    from django.conf import settings

    from guitu.access.acting import acting
    from guitu.handover import releases, rulings
    from guitu.rulebook.holding import one_reading
    from guitu.support import operations as support

    for act in (
        releases.release_by_time,
        releases.pass_responsibility_at_release,
        rulings.open_lapsed_disputes,
        support.end_terms,
    ):
        with one_reading(), acting(session, session.purposes[0]):
            while act(at=at, most=settings.GUITU_TICK_MOST)[0]:
                pass


def _with_as_many_lapsed(at: datetime, lapsed: Callable[[datetime], int]) -> datetime:
    """About the first minute from `at` on at which `WANTED` steps have lapsed (or as many as one tick takes)."""
    from django.conf import settings

    wanted, end, step = min(WANTED, settings.GUITU_TICK_MOST), at + FURTHEST, timedelta(days=1)
    if lapsed(at) >= wanted:
        return at
    while step > timedelta(minutes=1):
        if lapsed(at + step) >= wanted:
            step /= 2
        elif at + step > end:
            raise RuntimeError(f"fewer than {wanted} steps lapse until {end:%Y-%m-%d}")
        else:
            at += step
    return at + 2 * step
