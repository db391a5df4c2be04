"""The desks' pages beside their own SQL: a county's queue, its files, the boards of a city and of the province."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from benchmarks.measuring import REQUESTS, Compared, compare, statements

FILES = 20
"""How many different files are opened in turn."""


@dataclass(frozen=True)
class Page:
    """A page, who opens it, and the bar it has to meet: p95 in milliseconds and times its own SQL (None: no bar)."""

    name: str
    unit: str
    role: str
    address: str
    milliseconds: int
    times: float | None


COUNTY = "910121000000"
PAGES = (
    Page("county queue", COUNTY, "COUNTY_OFFICER", "/county/", 150, 4),
    Page("county file", COUNTY, "COUNTY_OFFICER", "/persons/{person}/", 150, 4),
    Page("prison queue", "919901000000", "PRISON_LIAISON", "/prison/", 150, None),
    Page("city board", "910100000000", "SUPERVISOR", "/board/", 400, None),
    Page("province board", "910000000000", "SUPERVISOR", "/board/", 400, None),
)


def measure(requests: int = REQUESTS) -> Iterator[tuple[Page, Compared, int]]:
    """Every page with its times and its number of statements, one after the other. Inside benchmarks.province."""
    for page in PAGES:
        yield (page, *_measure(page, requests))


def _measure(page: Page, requests: int) -> tuple[Compared, int]:
    from django.db import connection, transaction

    from benchmarks.signed_in import at_work, files
    from guitu.access.acting import acting

    browser, session = at_work(page.unit, page.role)
    addresses = files(session, FILES) if "{person}" in page.address else [page.address]
    asked: dict[str, list[str]] = {}
    for address in addresses:
        with statements() as found:
            answer: Any = browser.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")
        asked[address] = found
    opened, replayed = cycle(addresses), cycle(addresses)

    def replay() -> None:
        with acting(session, session.purposes[0]), transaction.atomic(), connection.cursor() as cursor:
            for statement in asked[next(replayed)]:
                cursor.execute(statement)
                if cursor.description:
                    cursor.fetchall()

    request: Callable[[], object] = lambda: browser.get(next(opened))  # noqa: E731 - the work that is timed
    return compare(request, replay, pairs=requests), max(len(found) for found in asked.values())
