"""The home lies in another county, another city, outside this province's offices: who receives, who sees, who rules."""

import uuid
from datetime import timedelta

import pytest
from django.db import transaction

from guitu.access.establishing import unit_id
from guitu.handover import queries as disputes
from guitu.handover import rulings
from tests.factories.units import CITY, COUNTY, FOREIGN_COUNTY, PROVINCE, SIBLING_COUNTY
from tests.roads.walking import Walk, after, before

HOMES = {"another county": ("910122", SIBLING_COUNTY, "sibling"), "another city": ("910221", FOREIGN_COUNTY, "foreign")}


@pytest.mark.parametrize("home", HOMES)
def test_the_county_of_the_home_receives_and_no_other_sees_the_person(house, home: str) -> None:
    county, receiver, login = HOMES[home]
    walk = Walk(house, county=county)
    assert walk.road("prison").task.receiving_unit_id == unit_id(receiver)
    walk.send(before(40))
    walk.acknowledge(before(39), login=login)
    walk.release(after(0))
    walk.register(after(1), login=login)
    assert walk.responsible() == unit_id(receiver)
    assert walk.road("county") is None
    # The city above the home sees the person; the city of the other county does not.
    assert (walk.road("city") is not None) == (home == "another county")


@pytest.mark.parametrize(("county", "login", "superior"), [("910121", "county", CITY), ("910221", "foreign", PROVINCE)])
def test_the_lowest_office_above_both_rules_on_their_dispute(house, county: str, login: str, superior: str) -> None:
    walk = Walk(house, login="detention", county=county)
    walk.send(before(40), login="detention")
    walk.refuse(before(39), login=login)
    with house.acting("detention"):
        rulings.contest_refusal(walk.person, reasons="本人一直住在该县", event_id=uuid.uuid4(), at=before(38))
    assert walk.road().task.duty_unit_id == unit_id(superior)
    waiting = {}
    for post in ("city", "province"):
        with house.acting(post), transaction.atomic():
            waiting[post] = disputes.disputes_to_rule(first=0, most=10)[1]
    assert waiting == {"city": int(superior == CITY), "province": int(superior == PROVINCE)}


def test_a_home_that_no_office_here_serves_is_nobodys_until_the_superior_has_named_one(house) -> None:
    walk = Walk(house, county="919998")
    task = walk.road("prison").task
    assert (task.state, task.receiving_unit_id) == ("no_receiver", None)
    with house.acting("province"):
        rulings.name_receiver(walk.person, unit_id(COUNTY), event_id=uuid.uuid4(), at=before(60))
    walk.send(before(40))
    walk.acknowledge(before(40) + timedelta(hours=2))
    assert walk.state() == "acknowledged"
