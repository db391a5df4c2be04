"""A demonstration interrupted while it was filled, and filled again on a later day, is the one filled in one go."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.db import connection

from guitu.access import establishing
from guitu.launcher.roles import drop_database
from guitu.web import demonstration, demonstration_people
from tests.bad_days.pictures import differing, picture
from tests.conftest import copied
from tests.factories.units import COUNTY, POSTS, PRISON
from tests.web.peopled import leading_to

FIRST = date(2026, 11, 20)
LATER = FIRST + timedelta(days=9)
SOME, MOST = 30, 2


DRAWN = {
    ("exchange_parcel", "number"),
    ("exchange_receipt", "number"),
    ("ledger_payload", "canonical"),
    ("ledger_pending", "in_transaction"),
    ("notices_notice", "facts"),
    ("papers_document", "size"),
    ("people_person", "number"),
}
"""Numbers are drawn by lot in every installation, and each counts its own transactions; these columns hold them.

Their rows are counted.
"""


HOUR = {("prison_roster", "sha256")}
"""A workbook bears the second of its making; two may be made in one."""


class PowerCut(Exception):
    """What interrupts."""


@contextmanager
def emptied(server, template: str) -> Iterator[str]:
    """An installation with units and posts and nobody on the way; gives its database."""
    name = f"guitu_test_{uuid.uuid4().hex[:12]}"
    superuser = server.dsn("postgres", "postgres")
    copied(server, template, name)
    try:
        with leading_to(name):
            yield name
    finally:
        drop_database(superuser, name)


def first_day(today: date) -> date:
    """What preparing does as owner before it fills."""
    connection.close()
    before = connection.settings_dict["USER"]
    connection.settings_dict["USER"] = "guitu_owner"
    try:
        return establishing.first_day(today)
    finally:
        connection.close()
        connection.settings_dict["USER"] = before


def fill(day: date) -> None:
    """Walk some people of one prison, every step of the road."""
    people = demonstration_people.plans(PRISON, SOME, day, [COUNTY], {COUNTY: "青榆县"})
    far = [plan for plan in people if {"registered", "refused"} & set(plan.steps_at)]
    demonstration_people.walk(PRISON, "桐岭监狱", far[:MOST], day, whole=True)


def cut_at(patch: pytest.MonkeyPatch, operation: str, call: int) -> None:
    """Let the operation fail when it is called for the time numbered `call`."""
    module, _, name = operation.rpartition(".")
    real, called = getattr(getattr(demonstration_people, module), name), Counter()

    def cut(*given: object, **named: object) -> object:
        called[name] += 1
        if called[name] == call:
            raise PowerCut
        return real(*given, **named)

    patch.setattr(getattr(demonstration_people, module), name, cut)


def test_a_demonstration_interrupted_and_filled_again_on_another_day_is_the_one_filled_in_one_go(
    server, template, monkeypatch
) -> None:
    monkeypatch.setattr(demonstration, "posts", lambda: tuple(POSTS))
    with emptied(server, template) as database:
        fill(first_day(FIRST))
        whole = picture(server.dsn("postgres", database))
    with emptied(server, template) as database:
        for today, operation, call in (
            (FIRST, "handover.acknowledge_dossier", 1),
            (LATER, "further.after_registration", 1),
        ):
            with pytest.MonkeyPatch.context() as patch:
                cut_at(patch, operation, call)
                with pytest.raises(PowerCut):
                    fill(first_day(today))
        interrupted = picture(server.dsn("postgres", database))
        fill(first_day(LATER))
        again = picture(server.dsn("postgres", database))
    assert differing(interrupted, whole) - HOUR > DRAWN
    assert differing(again, whole) - HOUR == DRAWN


def test_the_first_day_of_a_demonstration_is_written_once(server, template) -> None:
    with emptied(server, template):
        assert [first_day(FIRST), first_day(LATER)] == [FIRST, FIRST]
