"""Row policies ask only for shown persons outside the range: nobody is lost by it, wherever the person goes."""

import uuid
from datetime import UTC, date, datetime

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from guitu.access import operations as access
from guitu.access.establishing import unit_id
from guitu.people import operations as people
from guitu.people.models import Person
from guitu.prison import operations as prison
from tests.factories import rosters
from tests.factories.persons import by_name
from tests.factories.units import COUNTY, PRISON

AT = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
LOGINS = ("prison", "county", "city", "province", "other-prison")


@pytest.fixture
def two(house):
    with house.acting("prison"):
        book = rosters.workbook(
            rosters.row("陈柏舟", release=date(2026, 12, 14)),
            rosters.row("龙龚", release=date(2026, 12, 20), order="117"),
        )
        prison.import_roster(book, file_name="名册.xlsx", today=date(2026, 9, 1), at=AT)
    with house.acting("prison"), transaction.atomic():
        return list(by_name().values())


def seen(house, login):
    """Whom the policy shows; the shown ones by the whole list; those of them outside the range."""
    with house.acting(login), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT access_shared(), access_shared_outside(), access_lo(), access_hi()")
        shared, outside, low, high = cursor.fetchone()
        return set(Person.objects.values_list("id", flat=True)), set(shared), set(outside), (low, high)


def everything(house):
    with house.role("guitu_owner") as door:
        return dict(door.execute("SELECT id, division FROM people_person").fetchall())


def agree(house):
    stands = everything(house)
    for login in LOGINS:
        rows, shared, outside, (low, high) = seen(house, login)
        within = {one for one, division in stands.items() if low <= division < high}
        assert rows == within | shared, login
        assert outside == shared - within, login


def test_whom_a_unit_sees_is_its_range_and_everybody_shown_wherever_the_person_goes(house, two):
    stays, goes = two
    agree(house)
    with house.acting("prison"), transaction.atomic():
        for person in two:
            access.give_reach(person, unit_id=unit_id(PRISON), relation="sender", at=AT)
            access.give_reach(person, unit_id=unit_id(COUNTY), relation="receiver", at=AT)
    agree(house)
    assert seen(house, "prison")[2] == set()
    with house.role("guitu_owner") as door:
        door.execute("UPDATE journeys_journey SET released_at = now() WHERE person_id = %s", (goes,))
    with house.acting("prison"), transaction.atomic():
        people.move_responsibility(goes, unit_id=unit_id(COUNTY), division=COUNTY, reason="RELEASED", at=AT)
    agree(house)
    assert seen(house, "prison")[2] == {goes}
    assert seen(house, "county")[2] == {stays}


@pytest.mark.parametrize("login", ["county", "prison"])
def test_nobody_places_a_person_whom_they_do_not_see_or_would_no_longer_see(house, two, login):
    with (
        house.acting(login),
        pytest.raises(DatabaseError) as refusal,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT people_place(%s::uuid, %s::uuid, %s::text)", [two[0], unit_id(COUNTY), COUNTY])
    assert refusal.value.__cause__.sqlstate == "GU005"
    assert everything(house)[two[0]] == PRISON


def test_nobody_is_placed_who_is_not_there(house):
    with house.acting("county"), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT people_place(%s::uuid, %s::uuid, %s::text)", [uuid.uuid4(), unit_id(COUNTY), COUNTY])
