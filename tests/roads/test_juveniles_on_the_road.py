"""A juvenile is marked at intake, told to the guardian, and listed by name in the own unit's separate list only."""

from datetime import date

import pytest
from django.db import transaction

from guitu.journeys import queries as roads
from tests.roads.walking import RELEASE, Walk

ON_THE_BIRTHDAY, OF_AGE = "20080615", "20080614"


@pytest.mark.parametrize(("born", "juvenile"), [(ON_THE_BIRTHDAY, True), (OF_AGE, False)])
def test_who_is_not_of_age_on_the_release_day_is_marked_at_intake(house, born: str, juvenile: bool) -> None:
    assert date(2026, 6, 15) == RELEASE
    walk = Walk(house, born=born)
    assert ("juvenile" in walk.road().task.marks) is juvenile
    assert ("guardian_notice" in walk.open_steps()) is juvenile


def test_a_roster_that_says_so_is_believed(house) -> None:
    walk = Walk(house, key="未成年")
    assert "juvenile" in walk.road().task.marks


def _lists(house, login: str, person) -> tuple[int, bool]:
    with house.acting(login), transaction.atomic():
        _, total = roads.juveniles_of_own_unit(first=0, most=10)
        return total, person in roads.withheld({person})


def test_the_own_unit_lists_a_juvenile_and_for_a_superior_the_name_is_withheld(house) -> None:
    young = Walk(house, born=ON_THE_BIRTHDAY)
    assert _lists(house, "prison", young.person) == (1, False)
    assert _lists(house, "province", young.person) == (0, True)
    assert _lists(house, "procurator", young.person) == (0, False)  # not within reach at all
    assert _lists(house, "other-prison", young.person) == (0, False)


def test_an_adult_with_the_same_data_is_withheld_from_nobody(house) -> None:
    adult = Walk(house, born=OF_AGE)
    assert _lists(house, "prison", adult.person) == (0, False)
    assert _lists(house, "province", adult.person) == (0, False)
