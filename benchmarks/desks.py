"""The desks' pages beside their own SQL: a county's queue, its files, the boards of a city and of the province."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
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
    from django.test import Client

    from guitu.access import queries, signing_in
    from guitu.access.acting import acting
    from guitu.access.establishing import account_id, post_id
    from guitu.web import demonstration

    post = next(one for one in demonstration.posts() if (one.unit, one.role) == (page.unit, page.role))
    token = signing_in.mint(account_id(post.login), post_id(post.login, post.unit, post.role), lasts=timedelta(hours=2))
    session = queries.session_of(token)
    if session is None:
        raise RuntimeError(f"nobody holds {page.role} in {page.unit}")
    browser = Client(HTTP_HOST="localhost")
    browser.cookies["guitu_token"] = token
    addresses = [page.address]
    if "{person}" in page.address:
        with acting(session, session.purposes[0]), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT person_id FROM journeys_journey WHERE receiving_unit_id = %s ORDER BY person_id LIMIT %s",
                [session.unit_id, FILES],
            )
            addresses = [page.address.format(person=person) for (person,) in cursor.fetchall()]
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
