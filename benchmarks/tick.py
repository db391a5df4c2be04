"""The tick with about 1,000 newly lapsed steps among all open clocks, beside the one query that finds them."""

from __future__ import annotations

import statistics
from datetime import datetime, timedelta

from benchmarks.measuring import timed

WANTED, ROUNDS, QUERIES = 1_000, 5, 7
TIMES, SECONDS = 2.0, 5.0


def report() -> int:
    """Print a line for each round and the medians; 1 where a bar was missed. Inside benchmarks.province, as guitu_job.

    Each round moves the clock to where about 1,000 more steps have lapsed. What the tick does is committed.
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
    run_once(at=at)  # what is due by now is told first
    while run_once(at=at)["told"]:
        pass
    print(f"{clocks:,} open clocks")
    print("| newly lapsed | query s | tick s | times | done |")
    print("|---|---|---|---|---|")
    ratios, whole = [], []
    for _ in range(ROUNDS):
        step = timedelta(days=1)
        while step > timedelta(minutes=1):
            if lapsed(at + step) >= min(WANTED, settings.GUITU_TICK_MOST):
                step /= 2
            else:
                at += step
        found = lapsed(at)
        query = statistics.median(timed(lambda at=at: lapsed(at)) for _ in range(QUERIES))
        done: dict[str, int] = {}
        tick = timed(lambda at=at, done=done: done.update(run_once(at=at)))
        ratios.append(tick / query)
        whole.append(tick)
        told = ", ".join(f"{key} {number}" for key, number in done.items() if number)
        print(f"| {found} | {query:.3f} | {tick:.3f} | {tick / query:.1f} | {told} |")
    print(f"median {statistics.median(whole):.3f} s, {statistics.median(ratios):.1f} times")
    return 1 if statistics.median(ratios) > TIMES or statistics.median(whole) > SECONDS else 0
