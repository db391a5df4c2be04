"""The invented province: whole, and nowhere the same as a real place."""

import itertools
import re

import pytest

from guitu.people.identity_numbers import check_identity_number, is_fictional_division
from guitu.rulebook.divisions import Divisions, bounds, fictional_province

PROVINCE = fictional_province()
OFFICIAL_LIST = Divisions.load()
UNITS = {unit.code: unit for unit in PROVINCE.units}
PLACES = {place.code: place for place in PROVINCE.divisions}
KINDS_IN_THE_TREE = {"province", "city", "county", "judicial_office"}


def units(kind: str) -> list[str]:
    return [unit.code for unit in PROVINCE.units if unit.kind == kind]


def test_the_province_has_its_promised_size() -> None:
    sizes = {kind: len(units(kind)) for kind in ("province", "city", "county", "prison", "detention_house")}
    assert sizes == {"province": 1, "city": 6, "county": 36, "prison": 8, "detention_house": 6}
    for county in units("county"):
        offices = [unit for unit in PROVINCE.units if unit.kind == "judicial_office" and unit.parent == county]
        assert 5 <= len(offices) <= 9
        for kind in ("police", "court", "procuratorate", "civil_affairs", "human_resources"):
            assert [unit for unit in PROVINCE.units if unit.kind == kind and unit.parent == county]


def test_the_places_of_the_drawn_screens_are_there() -> None:
    names = {place.name for place in PROVINCE.divisions}
    assert {"示范省", "云汀市", "岚州市", "青榆县", "望舒区", "枕溪县", "西屏县", "雁回镇", "柳坞镇", "澄湖镇"} <= names
    assert {"桐岭监狱", "澄江看守所", "云汀市未成年犯管教所"} <= {unit.zh for unit in PROVINCE.units}


def test_codes_names_and_telephones_are_unique_and_every_parent_exists() -> None:
    assert len(UNITS) == len(PROVINCE.units)
    assert len({unit.zh for unit in PROVINCE.units}) == len(UNITS)
    assert len({unit.en for unit in PROVINCE.units}) == len(UNITS)
    assert len({unit.phone for unit in PROVINCE.units}) == len(UNITS)
    assert len({place.name for place in PROVINCE.divisions}) == len(PLACES)
    for unit in PROVINCE.units:
        assert unit.parent in UNITS or unit.kind == "province"
    for place in PROVINCE.divisions:
        assert place.parent in PLACES or place.level == "province"
        assert place.code in PROVINCE.english


def test_no_place_of_the_province_is_a_real_one() -> None:
    real = {row.name for row in OFFICIAL_LIST}
    assert "南昌县" in real
    for place in PROVINCE.divisions:
        if place.level != "township":
            assert place.name not in real
        assert is_fictional_division(place.code)
        assert OFFICIAL_LIST.history(place.code) == ()


def test_prisons_and_departments_lie_inside_the_province_and_inside_no_city_and_no_county() -> None:
    ranges = [bounds(place.code) for place in PROVINCE.divisions if place.level in {"city", "county"}]
    low, high = bounds("910000000000")
    for unit in PROVINCE.units:
        inside = [True for first, last in ranges if first <= unit.division <= last]
        assert low <= unit.division <= high
        assert bool(inside) == (unit.kind in KINDS_IN_THE_TREE - {"province"})
    assert not any(code[2:4] == "99" for code in (row.code for row in OFFICIAL_LIST))


def test_ranges_of_the_reserved_units_do_not_touch_each_other() -> None:
    reserved = sorted(bounds(unit.division) for unit in PROVINCE.units if unit.kind not in KINDS_IN_THE_TREE)
    for (_, last), (first, _) in itertools.pairwise(reserved):
        assert last < first


def test_telephones_can_reach_nobody_and_each_unit_has_a_place_and_hours() -> None:
    for unit in PROVINCE.units:
        assert re.fullmatch(r"0000-555[0-9]{4}", unit.phone)
        assert 0 <= unit.x <= 400
        assert 0 <= unit.y <= 320
        assert unit.hours in PROVINCE.schedules
        assert re.search(r"[A-Za-z]", unit.en)
        assert not re.search(r"[\u4e00-\u9fff]", unit.en)
    for schedule in PROVINCE.schedules.values():
        assert all(re.fullmatch(r"[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]", span) for span in schedule.open)
        assert set(schedule.days) <= set(range(1, 8))


def test_the_official_list_can_be_extended_by_the_province() -> None:
    extended = OFFICIAL_LIST.extended(PROVINCE.divisions)
    found = extended.resolve("示范省云汀市青榆县")
    assert found is not None
    assert found.code == "910121000000"
    assert OFFICIAL_LIST.resolve("示范省云汀市青榆县") is None
    assert extended.resolve("江西省南昌县") == OFFICIAL_LIST.resolve("江西省南昌县")


@pytest.mark.parametrize("code", [unit for unit in UNITS if UNITS[unit].kind == "county"])
def test_numbers_of_fictional_counties_are_read_as_residents(code: str) -> None:
    check = check_identity_number(code[:6] + "900307123", fictional_allowed=False)
    assert check.codes == ("ID_FICTIONAL",)
    assert check_identity_number(code[:6] + "199003071230").kind.value == "resident"
