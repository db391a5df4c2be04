"""What the cage costs: row policy beside BYPASSRLS with the same filter, and pages beside themselves without cage.

For a county, a city and a prison (to which thousands are shared). The statements run in turn in two open transactions:
as guitu_app under the policy, and as guitu_owner, who bypasses row security, with the range as values and the shared
persons from a table that nobody else ever sees (the transaction is rolled back). The pages run in turn as they are and
with permission, policy and trace patched out, in this measurement only. An export is read and written as it is and with
the masks patched out.
"""

from __future__ import annotations

import math
import os
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from unittest import mock

from benchmarks.desks import COUNTY
from benchmarks.measuring import PAIRS, WARM_UPS, percentile, timed

if TYPE_CHECKING:
    from guitu.access.acting import ActingSession
    from guitu.access.exports import ExportView

OWNER = "guitu_owner"
UNITS = (
    ("county", COUNTY, "COUNTY_OFFICER"),
    ("city", "910100000000", "SUPERVISOR"),
    ("prison", "919901000000", "PRISON_LIAISON"),
)
_ROWS = (
    "SELECT j.id, j.person_id, j.state, j.due_at FROM journeys_journey j WHERE j.ended_at IS NULL AND {j} "
    "ORDER BY j.due_at, j.id LIMIT 25"
)
_OWN = (
    "SELECT j.id, j.person_id, j.state, j.due_at FROM journeys_journey j WHERE j.ended_at IS NULL "
    "AND j.duty_unit_id = %(unit)s::uuid AND {j} ORDER BY j.due_at, j.id LIMIT 25"
)
_JOIN = (
    "SELECT j.state, count(*) FROM journeys_journey j JOIN people_person p ON p.id = j.person_id "
    "WHERE j.ended_at IS NULL AND {j} AND {p} GROUP BY j.state"
)
STATEMENTS = (
    ("page", "page of 25 in range", _ROWS),
    ("page", "page of 25 of the own unit", _OWN),
    (
        "by id",
        "person by id",
        "SELECT p.id, p.number, p.sex FROM people_person p WHERE p.id = %(person)s::uuid AND {p}",
    ),
    ("by id", "clocks of a matter", "SELECT c.* FROM journeys_clock c WHERE c.journey_id = %(journey)s::uuid AND {c}"),
    ("count", "count of persons", "SELECT count(*) FROM people_person p WHERE {p}"),
    ("join", "matters with their persons", _JOIN),
)
PAGES = (("list page", "/county/", 1.4), ("file page", "/persons/{person}/", 1.9))
GROUPS = {"page": (1.15, 0.30), "by id": (1.15, 0.30), "count": (1.5, 1.5), "join": (1.5, 1.5)}
"""For each kind: times the same without policy, or else so many milliseconds more."""
MEAN = 1.25
"""Geometric mean of pages and reads by id together."""
EXPORT_TIMES = 1.25


@dataclass(frozen=True)
class Pair:
    """25th percentiles in seconds: under the policy, and the same filter as values without policy."""

    caged: float
    free: float

    @property
    def times(self) -> float:
        """The quotient."""
        return self.caged / self.free

    @property
    def more(self) -> float:
        """The difference in milliseconds."""
        return (self.caged - self.free) * 1000


def _pairs(caged: Callable[[], object], free: Callable[[], object], pairs: int) -> Pair:
    for _ in range(WARM_UPS):
        caged()
        free()
    ours: list[float] = []
    theirs: list[float] = []
    for place in range(pairs):
        for work, into in ((caged, ours), (free, theirs))[:: 1 if place % 2 else -1]:
            into.append(timed(work))
    return Pair(percentile(ours, 0.25), percentile(theirs, 0.25))


def report(pairs: int = PAIRS, part: str = "") -> int:
    """Print the tables, or one of `PARTS`; 1 where a bar was missed. Inside benchmarks.province, as guitu_app."""
    print(f"load {os.getloadavg()[0]:.1f} at the beginning, {pairs} pairs\n", flush=True)
    missed = sum(measure(pairs) for name, measure in PARTS.items() if part in {"", name})
    print(f"load {os.getloadavg()[0]:.1f} at the end")
    return int(missed > 0)


def _statements(pairs: int) -> int:
    from benchmarks.signed_in import at_work

    missed = 0
    reads: list[float] = []
    print("| unit | persons in range | shared | what | policy ms | same filter ms | times | more ms | bar |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, unit, role in UNITS:
        _, session = at_work(unit, role)
        with _both(session) as (caged, free, values, told):
            for kind, what, text in STATEMENTS:
                alike = dict.fromkeys("jpc", "true")
                filters = {part: _FILTER.format(part=part, key="id" if part == "p" else "person_id") for part in "jpc"}
                ours, theirs = text.format(**alike), text.format(**filters)
                if sorted(map(str, caged(ours, values))) != sorted(map(str, free(theirs, values))):
                    raise RuntimeError(f"{name}, {what}: policy and filter do not agree")
                found = _pairs(lambda ours=ours: caged(ours, values), lambda theirs=theirs: free(theirs, values), pairs)
                most, extra = GROUPS[kind]
                kept = found.times <= most or found.more <= extra
                missed += not kept
                if kind in {"page", "by id"}:
                    reads.append(found.times)
                bar = f"≤ {most} × or ≤ +{extra} ms{'' if kept else ' — missed'}"
                print(
                    f"| {name} | {told} | {what} | {found.caged * 1000:.2f} | {found.free * 1000:.2f} |"
                    f" {found.times:.2f} | {found.more:+.2f} | {bar} |",
                    flush=True,
                )
    mean = math.exp(sum(map(math.log, reads)) / len(reads))
    print(f"geometric mean of pages and reads by id: {mean:.2f} × (bar {MEAN} ×)\n")
    return missed + (mean > MEAN)


_FILTER = (
    "(({part}.division >= %(low)s AND {part}.division < %(high)s)"
    " OR {part}.{key} = ANY ((SELECT persons FROM shared_here)::uuid[]))"
)


@contextmanager
def _both(session: ActingSession) -> Iterator[tuple[Any, Any, dict[str, Any], str]]:
    """Two ways to run a statement in an open transaction, under the policy and as the owner; the values of both."""
    from django.db import transaction

    from guitu.access.acting import acting

    with acting(session, session.purposes[0]), transaction.atomic():
        from django.db import connection

        connection.ensure_connection()
        ours = connection.connection.cursor()
        with _as_owner() as beside:
            beside.ensure_connection()
            beside.set_autocommit(False)
            theirs = beside.connection.cursor()
            values, shared = _values(ours, session)
            theirs.execute("CREATE UNLOGGED TABLE shared_here AS SELECT %s::uuid[] AS persons", [shared])
            inside = theirs.execute(
                "SELECT count(*) FROM people_person WHERE division >= %(low)s AND division < %(high)s", values
            ).fetchone()[0]
            yield _runs(ours), _runs(theirs), values, f"{inside:,} | {len(shared):,}"
            beside.rollback()


def _runs(cursor: Any) -> Callable[[str, dict[str, Any]], list[Any]]:
    def run(text: str, values: dict[str, Any]) -> list[Any]:
        named = {name: value for name, value in values.items() if f"%({name})s" in text}
        return list(cursor.execute(text, named or None, prepare=False).fetchall())

    return run


def _values(cursor: Any, session: ActingSession) -> tuple[dict[str, Any], list[Any]]:
    low, high, shared = cursor.execute("SELECT access_lo(), access_hi(), access_shared()").fetchone()
    journey, person = cursor.execute(
        "SELECT id, person_id FROM journeys_journey WHERE ended_at IS NULL ORDER BY id LIMIT 1"
    ).fetchone()
    return {"low": low, "high": high, "person": person, "journey": journey, "unit": session.unit_id}, shared or []


@contextmanager
def _as_owner() -> Iterator[Any]:
    """A connection like the application's own, as guitu_owner: no row policy holds it."""
    from django.db import connections

    from guitu.launcher import keys
    from guitu.launcher.home import current_home

    beside = connections.create_connection("default")
    beside.settings_dict = beside.settings_dict | {
        "USER": OWNER,
        "PASSWORD": keys.read_password(current_home(), OWNER),
    }
    try:
        yield beside
    finally:
        beside.close()


def _pages(pairs: int) -> int:
    from django.db import connections

    from benchmarks.signed_in import at_work, files

    browser, session = at_work(COUNTY, "COUNTY_OFFICER")
    own = connections["default"]
    missed = 0
    print("| page | caged ms | without cage ms | times | bar |\n|---|---|---|---|---|")
    with _as_owner() as beside:
        for name, address, most in PAGES:
            opened = files(session, 1)[0] if "{person}" in address else address

            def caged(opened: str = opened) -> None:
                _opened(browser, opened)

            def free(opened: str = opened) -> None:
                connections["default"] = beside
                try:
                    with mock.patch("guitu.web.permits.ask", return_value="ALLOWED"):
                        _opened(browser, opened)
                finally:
                    connections["default"] = own

            found = _pairs(caged, free, pairs)
            kept = found.times <= most
            missed += not kept
            print(
                f"| {name} | {found.caged * 1000:.1f} | {found.free * 1000:.1f} | {found.times:.2f} |"
                f" ≤ {most} ×{'' if kept else ' — missed'} |",
                flush=True,
            )
    return missed


def _opened(browser: Any, address: str) -> None:
    answer = browser.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")


def _asked_for(session: ActingSession, file_format: str, at: datetime) -> ExportView:
    """The post's whole list as an export; nothing is kept of it."""
    from django.db import transaction

    from guitu.access.exports import ExportView
    from guitu.handover import exports

    with transaction.atomic():
        offered = exports.offer(late_only=False, at=at)
    told = {"number": "DC", "listed": offered.listed, "rows": offered.rows, "alone": offered.alone}
    empty = dict.fromkeys(("purpose", "code", "words", "post", "holder", "finding"), "")
    never = dict.fromkeys(("decided_at", "approved", "made_at", "expires_at", "fetched_at"))
    whose = {"id": uuid.uuid4(), "unit_id": session.unit_id, "asked_at": at, "late_only": False}
    return ExportView(**told, **empty, **never, **whose, format=file_format, here=False, fetches=0)


def _unmasked(beside: Any) -> Callable[[Iterable[uuid.UUID]], dict[uuid.UUID, str]]:
    """The whole names of the same persons, as the owner reads them: no row policy, no standing, no mask."""

    def names(persons: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
        with beside.cursor() as cursor:
            cursor.execute("SELECT id, name FROM people_person WHERE id = ANY(%b::uuid[])", [list(persons)])
            return dict(cursor.fetchall())

    return names


def _export(pairs: int) -> int:
    from django.db import transaction

    from benchmarks.signed_in import at_work
    from guitu.access.acting import acting
    from guitu.access.operations import require
    from guitu.handover import exports

    print("| a county's export | rows | masked ms | without masks ms | times | bar |\n|---|---|---|---|---|---|")
    _, session = at_work(COUNTY, "COUNTY_OFFICER")
    missed, at = 0, datetime.now(UTC)
    with _as_owner() as beside, acting(session, session.purposes[0]):
        unmasked = _unmasked(beside)
        for file_format in exports.FORMATS:
            require("person:list")  # names are given on its line, for some minutes
            one = _asked_for(session, file_format, at)

            def masked(one: ExportView = one) -> None:
                with transaction.atomic():
                    exports.as_file(one, exports.rows_of(one, at=at), at=at)

            def clear(one: ExportView = one) -> None:
                with mock.patch("guitu.journeys.queries.tasks.shown_names", unmasked):
                    masked(one)

            found = _pairs(masked, clear, pairs)
            kept = found.times <= EXPORT_TIMES
            missed += not kept
            print(
                f"| {file_format} | {one.rows} | {found.caged * 1000:.1f} | {found.free * 1000:.1f} |"
                f" {found.times:.2f} | ≤ {EXPORT_TIMES} ×{'' if kept else ' — missed'} |",
                flush=True,
            )
    print()
    return missed


PARTS = {"statements": _statements, "pages": _pages, "export": _export}
