"""Which desk bears an office that a rule names: up the tree, past what does not exist and past desks nobody fills."""

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from guitu.access.establishing import unit_id
from guitu.access.tree import tree_above, working_roles
from tests.factories.units import (
    CITY,
    COUNTY,
    FOREIGN_COUNTY,
    PRISON,
    PROCURATORATE,
    PROVINCE,
    TOWNSHIP,
    UNITS,
)

AT = datetime(2026, 8, 3, 1, 0, tzinfo=UTC)
NAMED = {unit_id(unit.code): unit.code for unit in UNITS}


def tree(house, *codes):
    with house.acting("county"), transaction.atomic():
        return tree_above([unit_id(code) for code in codes], at=AT)


def borne(house, office, unit, other=None):
    found = tree(house, unit, *([other] if other else [])).bearer(
        office, unit_id(unit), unit_id(other) if other else None
    )
    return NAMED[found.unit_id], found.roles


@pytest.mark.parametrize(
    ("office", "unit", "borne_by"),
    [
        ("city_agency", COUNTY, CITY),
        ("city_agency", FOREIGN_COUNTY, PROVINCE),  # nobody fills a desk of that city
        ("province_agency", COUNTY, PROVINCE),
        ("prison_bureau", PRISON, PROVINCE),  # no bureau in this tree: the next one above
        ("city_agency", PRISON, PROVINCE),  # a prison stands under no city
        ("national_agency", COUNTY, PROVINCE),  # nothing stands above the province
        ("next_superior", CITY, PROVINCE),
        ("next_superior", COUNTY, CITY),
        ("superior_of_asked_unit", COUNTY, CITY),
        ("procuratorate_notice", FOREIGN_COUNTY, PROVINCE),  # no procuratorate beside: the next one above
        ("court", COUNTY, CITY),
        ("national_agency", PROVINCE, PROVINCE),
    ],
)
def test_an_office_is_borne_by_the_nearest_desk_that_exists(house, office, unit, borne_by):
    assert borne(house, office, unit) == (borne_by, working_roles())


def test_the_leaders_bear_what_their_own_unit_is_late_with(house):
    assert borne(house, "prison_leader", PRISON) == (PRISON, ("PRISON_LEADER",))
    assert borne(house, "county_agency_head", COUNTY) == (COUNTY, ("COUNTY_HEAD",))
    assert borne(house, "county_agency", COUNTY) == (COUNTY, ("COUNTY_HEAD",))


def test_a_unit_without_leaders_passes_on_to_the_next_above(house):
    assert borne(house, "prison_leader", "919902000000")[0] == PROVINCE
    assert borne(house, "county_agency", FOREIGN_COUNTY)[0] == PROVINCE


def test_the_common_superior_stands_above_both(house):
    assert borne(house, "common_superior", COUNTY, FOREIGN_COUNTY)[0] == PROVINCE
    assert borne(house, "common_superior", COUNTY, "910122000000")[0] == CITY
    assert borne(house, "common_superior", PRISON, COUNTY)[0] == PROVINCE


def test_the_procuratorate_beside_the_county_bears_what_is_put_before_it(house):
    assert borne(house, "procuratorate_notice", COUNTY)[0] == PROCURATORATE
    assert borne(house, "county_procuratorate", TOWNSHIP)[0] == PROCURATORATE


def test_the_tree_above_any_number_of_units_is_read_by_a_fixed_number_of_queries(house):
    asked = []
    for codes in ([COUNTY], [COUNTY, FOREIGN_COUNTY, PRISON, "910122000000"]):
        with house.acting("county"), transaction.atomic(), CaptureQueriesContext(connection) as seen:
            tree_above([unit_id(code) for code in codes], at=AT)
        asked.append(len(seen))
    # One for each level of the tree, one for what stands beside, one for the posts.
    assert asked == [5, 4]
