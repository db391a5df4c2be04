"""A large province repeats its cities under further fictional codes, so that no county grows."""

from guitu.launcher import filling
from guitu.web import demonstration
from guitu.web.generation import regions


def test_every_unit_of_all_regions_has_a_code_of_its_own_and_a_superior() -> None:
    every = [*demonstration.units(), *regions.further_units(regions.MOST)]
    codes = {unit.code for unit in every}
    assert len(codes) == len(every) == len({unit.division for unit in every})
    assert all(unit.parent in codes for unit in every if unit.parent)
    assert all(code.startswith("91") for code in codes)
    assert sum(unit.kind == "county" for unit in every) == regions.MOST * 36


def test_a_nation_has_as_many_people_a_county_as_a_province() -> None:
    counties = [36 * int(filling.regions_for(persons)) for persons in (30_000, 300_000, 1_000_000)]
    assert counties == [36, 360, 36 * 34]
    assert filling.REGIONS == regions.MOST


def test_a_county_of_a_further_region_has_its_household_code_from_the_first() -> None:
    known = {unit.code for unit in demonstration.units() if unit.kind == "county"}
    further = [unit.code for unit in regions.further_units(regions.MOST) if unit.kind == "county"]
    assert {regions.first_of(code) for code in further} == known
    assert {regions.first_of(code) for code in known} == known


def test_the_posts_of_a_further_region_are_those_of_the_first_under_logins_of_their_own() -> None:
    posts = [*demonstration.posts(), *regions.further_posts(3)]
    assert len({post.login for post in posts}) == len(posts)
    units = {unit.code for unit in (*demonstration.units(), *regions.further_units(3))}
    assert {post.unit for post in posts} <= units
