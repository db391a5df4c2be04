"""The kinds of units, where each may stand, and opening hours as text."""

import datetime as dt
import re

import pytest

from guitu.rulebook.divisions import fictional_province
from guitu.rulebook.opening_hours import PATTERN, Span, read_opening_hours
from guitu.rulebook.units import Place, Range, end_of, place_problem, unit_kinds

PROVINCE = Place("P", "province", "910000000000", "920000000000")
CITY = Place("C", "city", "910100000000", "910200000000")
COUNTY = Place("X", "county", "910121000000", "910122000000")


def place(code: str, kind: str, division: str) -> Place:
    return Place(code, kind, division, end_of(division))


def said(place_: Place, superior: Place | None, *others: Place) -> str:
    problem = place_problem(place_, superior, others)
    if problem is None:
        return ""
    assert re.search(r"[\u4e00-\u9fff]", problem.zh)
    assert not re.search(r"[\u4e00-\u9fff]", problem.en)
    return problem.en


def test_every_kind_has_words_a_way_up_to_the_top_and_a_range() -> None:
    kinds = unit_kinds()
    assert len(kinds) == 26
    for kind in kinds.values():
        seen, waiting = set(), {kind.code}
        while waiting:
            code = waiting.pop()
            seen.add(code)
            waiting |= kinds[code].under - seen
        assert any(kinds[code].top for code in seen), kind.code


def test_every_unit_of_the_fictional_province_stands_where_its_kind_may() -> None:
    units = {unit.code: place(unit.code, unit.kind, unit.division) for unit in fictional_province().units}
    parents = {unit.code: units.get(unit.parent) for unit in fictional_province().units}
    for code, one in units.items():
        others = [other for other in units.values() if other.code != code and parents[other.code] is parents[code]]
        assert place_problem(one, parents[code], others) is None, code


@pytest.mark.parametrize(
    ("one", "superior", "others", "words"),
    [
        (place("X", "county", "910121000000"), CITY, [], ""),
        (place("X", "county", "910221000000"), CITY, [], "not inside"),
        (place("X", "county", "910121000000"), None, [], "needs a superior"),
        (PROVINCE, None, [], ""),
        (place("J", "judicial_office", "910121100000"), CITY, [], "can only be"),
        (place("J", "judicial_office", "910121100000"), COUNTY, [], ""),
        (Place("J", "judicial_office", "910121100000", "910121102000"), COUNTY,
         [place("K", "judicial_office", "910121101000")], "overlaps with that of K"),
        (place("J", "judicial_office", "910121101000"), COUNTY,
         [Place("Z", "zone", "910121100000", "910121103000")], "overlaps with that of Z"),
        (place("G", "prison", "919901000000"), PROVINCE, [], ""),
        (place("G", "prison", "910130000000"), PROVINCE, [], "reserved"),
        (place("G", "prison", "929901000000"), PROVINCE, [], "superior's province"),
        (place("G", "prison", "919901000000"), PROVINCE, [place("H", "prison", "919901000000")], "overlaps"),
        (place("D", "police", "919930001000"), COUNTY, [place("H", "prison", "919901000000")], ""),
        (Place("B", "brigade", COUNTY.low, COUNTY.high), COUNTY, [], ""),
        (place("B", "brigade", "910121100000"), COUNTY, [], "that of the superior"),
        (place("N", "nation", "000000000000"), None, [], ""),
        (place("N", "nation", "910000000000"), None, [], "spans the nation"),
        (place("X", "county", "919921000000"), PROVINCE, [], "reserved"),
    ],
)  # fmt: skip
def test_a_unit_stands_where_its_kind_may_and_nowhere_else(one, superior, others, words) -> None:
    told = said(one, superior, *others)
    assert words in told
    assert bool(words) == bool(told)


def test_the_ends_of_ranges_are_excluded() -> None:
    assert end_of("910121000000") == "910122000000"
    assert end_of("910121100000") == "910121101000"
    assert end_of("919930001000") == "919930002000"
    assert end_of("990000000000") == "999999999999"
    assert end_of("000000000000") == "999999999999"
    assert {kind.range for kind in unit_kinds().values()} == set(Range)


def test_opening_hours_are_read_by_weekday() -> None:
    hours = read_opening_hours("mon-fri 08:30-12:00,14:00-17:30; sat 09:00-12:00")
    morning, afternoon = Span(dt.time(8, 30), dt.time(12)), Span(dt.time(14), dt.time(17, 30))
    monday, saturday, sunday = dt.date(2026, 9, 7), dt.date(2026, 9, 12), dt.date(2026, 9, 13)
    assert hours.spans_on(monday, working=True, holiday=False) == (morning, afternoon)
    assert hours.spans_on(saturday, working=False, holiday=False) == (Span(dt.time(9), dt.time(12)),)
    assert hours.spans_on(sunday, working=False, holiday=False) == ()
    assert hours.spans_on(sunday, working=True, holiday=False) == (morning, afternoon)
    assert hours.spans_on(monday, working=False, holiday=True) == ()
    every_day = read_opening_hours("mon-sun 08:00-12:00; holidays")
    assert every_day.spans_on(monday, working=False, holiday=True) == (Span(dt.time(8), dt.time(12)),)


@pytest.mark.parametrize(
    "text",
    ["", "9-17", "mon-fri", "mon-fri 9:00-17:00", "fri-mon 09:00-17:00", "mon 17:00-09:00",
     "mon 09:00-12:00; mon 13:00-14:00",
     "mon 09:00-12:00,11:00-13:00", "mon 09:00-25:00", "holidays", "mon 09:00-12:00;holidays", "周一 09:00-17:00"],
)  # fmt: skip
def test_what_is_no_opening_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_opening_hours(text)


def test_the_pattern_of_the_database_takes_what_can_be_read() -> None:
    for text in ("mon-fri 09:00-17:00", "mon,wed-fri 08:30-12:00,14:00-17:30; sat 09:00-12:00; holidays"):
        assert re.search(PATTERN, text)
        read_opening_hours(text)
    assert not re.search(PATTERN, "mon-fri 09:00 to 17:00")
