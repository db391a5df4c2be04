"""How speed is measured: percentiles of sequential requests, and a page's own SQL captured and run again beside it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

WARM_UPS, REQUESTS, PAIRS = 20, 200, 200


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered)) - 1))]


def timed(work: Callable[[], object]) -> float:
    """Seconds that one call takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


@dataclass(frozen=True)
class Compared:
    """Something beside its baseline, in seconds: p95 of both, our median; the quotient of the 25th percentiles.

    `busy` is the median of the seconds that our own process computed, which other work on the machine moves least.
    """

    p95: float
    median: float
    busy: float
    beside_p95: float
    ratio: float


def compare(work: Callable[[], object], beside: Callable[[], object], *, pairs: int = PAIRS) -> Compared:
    """Run both in turn, so that whatever else the machine does meets both; warm-ups are not counted."""
    for _ in range(WARM_UPS):
        work()
        beside()
    ours, busy, theirs = [], [], []
    for _ in range(pairs):
        computed = time.process_time()
        ours.append(timed(work))
        busy.append(time.process_time() - computed)
        theirs.append(timed(beside))
    return Compared(
        percentile(ours, 0.95),
        statistics.median(ours),
        statistics.median(busy),
        percentile(theirs, 0.95),
        percentile(ours, 0.25) / percentile(theirs, 0.25),
    )


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every statement that the application's connection runs inside the block, with its values, without BEGIN etc."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    found: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield found
    words = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
    found += [one["sql"] for one in captured.captured_queries if one["sql"] and not one["sql"].startswith(words)]
