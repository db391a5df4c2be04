"""The official division list: complete, without dead ends, and readable by code, day and name."""

import datetime
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from guitu.rulebook.divisions import (
    NATION,
    OFFICIAL,
    TOWNSHIPS,
    Division,
    Divisions,
    bounds,
    normalise_code,
    province_code,
)
from guitu.rulebook.errors import RulebookError

LIST = Divisions.load()
ROWS = list(LIST)
LIVING = {row.code: row for row in ROWS if row.living}
PAST = [row for row in ROWS if not row.living]


def of_level(level: str) -> list[Division]:
    return [row for row in LIVING.values() if row.level == level]


def test_none_of_the_present_provinces_cities_and_counties_is_missing() -> None:
    assert [len(of_level(level)) for level in ("province", "city", "county")] == [34, 333, 2847]
    source = yaml.safe_load(OFFICIAL.with_name("source.yaml").read_text("utf-8"))
    assert source["counts"]["present"] == {"province": 34, "city": 333, "county": 2847}
    assert source["edition"] == "2026-09-11"


def test_every_past_row_leads_to_living_divisions() -> None:
    assert len(PAST) > 4_000
    for row in PAST:
        followed = LIST.successors(row.code, datetime.date(row.valid_from or 1980, 7, 1))
        assert followed, row
        assert all(division.living for division in followed)


def test_nearly_every_past_county_leads_to_a_county_or_city_of_its_own_region() -> None:
    """Inherited regions: Hainan came from Guangdong, Chongqing from Sichuan."""
    regions = {"44": {"44", "46"}, "51": {"51", "50"}}
    for row in PAST:
        for division in LIST.successors(row.code, datetime.date(row.valid_from or 1980, 7, 1)):
            assert division.code[:2] in regions.get(row.code[:2], {row.code[:2]}), row
    only_province = [
        row.code
        for row in PAST
        if row.level == "county"
        and all(
            division.level == "province"
            for division in LIST.successors(row.code, datetime.date(row.valid_from or 1980, 7, 1))
        )
    ]
    assert len(only_province) <= 20


def test_a_place_never_follows_a_namesake_of_another_city() -> None:
    """郊区 and 桥东区 are borne in many cities; a district abolished in one does not live on in the next."""
    common = {"郊区", "城区", "矿区", "市中区", "桥东区", "桥西区"}
    for row in PAST:
        if row.name in common and row.basis == "change" and row.valid_to and row.valid_to > 1984:
            assert all(successor[:4] == row.code[:4] for successor in row.successors if successor[4:6] != "00"), row


def test_the_tree_has_no_orphans_and_each_living_division_hangs_in_its_superior() -> None:
    known = {row.code for row in ROWS}
    for row in ROWS:
        assert (row.parent in known) if row.level != "province" else (row.parent == "")
    for row in LIVING.values():
        if row.parent:
            low, high = bounds(row.parent)
            assert row.parent in LIVING
            assert low <= row.code <= high
    assert [row.level for row in LIST.path(LIVING["360121000000"])] == ["province", "city", "county"]


@pytest.mark.parametrize(
    ("old", "on", "now"),
    [
        ("330103", None, ["330105"]),
        ("110225", None, ["110111"]),
        ("510225", None, ["500116"]),
        ("350625", None, ["350605"]),
        ("410306", None, ["410308"]),
        ("360121", "1981-05-01", ["360112"]),
        ("360121", None, ["360121"]),
        ("513500", None, ["500000"]),
        ("320684", None, ["320614"]),
        ("130103", None, ["130102"]),
        ("140203", None, ["140214"]),
        ("450104", None, ["450107"]),
        ("230105", None, ["230104"]),
        ("000001", None, []),
    ],
)
def test_old_codes_lead_to_what_became_of_them(old: str, on: str | None, now: list[str]) -> None:
    day = datetime.date.fromisoformat(on) if on else None
    assert [division.short for division in LIST.successors(old, day)] == now


def test_a_code_is_read_for_its_day() -> None:
    abolished = LIST.lookup("350625", datetime.date(2015, 6, 1))
    assert abolished is not None
    assert abolished.name == "长泰县"
    assert LIST.lookup("350625") is None
    assert LIST.lookup("350605", datetime.date(2015, 6, 1)) is None
    reused = LIST.lookup("360121", datetime.date(1981, 6, 1))
    assert reused is not None
    assert reused.name == "新建县"
    in_the_year_of_change = LIST.lookup("360121", datetime.date(1982, 6, 1))
    assert in_the_year_of_change is not None
    assert in_the_year_of_change.name == "南昌县"


def test_codes_of_six_nine_and_twelve_digits_mean_the_same() -> None:
    assert LIST.lookup("360121") == LIST.lookup("360121000") == LIST.lookup("360121000000")
    for wrong in ("36012", "36012X", "3601210", "３６０１２１", ""):
        with pytest.raises(ValueError, match="digits"):
            LIST.lookup(wrong)


def test_townships_are_read_when_asked_for() -> None:
    fresh = Divisions.from_csv(OFFICIAL)
    assert "_townships" not in vars(fresh)
    town = fresh.lookup("130102100000")
    assert town is not None
    assert (town.name, town.level, town.parent) == ("西兆通镇", "township", "130102000000")
    assert town in fresh.children("130102")
    assert sum(1 for _ in fresh) == len(ROWS), "townships are no rows of the list"


def test_every_township_lies_in_a_living_county_or_a_city_without_counties() -> None:
    for township in LIST._townships.values():
        assert township.parent in LIVING or township.code[:4] + "00000000" in LIVING


@pytest.mark.parametrize(
    ("code", "province"), [("360121", "360000"), ("360121001000", "360000"), ("910000000000", "910000")]
)
def test_the_province_of_a_division_is_its_first_two_digits(code: str, province: str) -> None:
    assert province_code(code) == province
    with pytest.raises(ValueError, match="6, 9 or 12 digits"):
        province_code(code[:-1])


@pytest.mark.parametrize(
    ("code", "low", "high"),
    [
        (NATION, "000000000000", "999999999999"),
        ("360000", "360000000000", "369999999999"),
        ("360100", "360100000000", "360199999999"),
        ("360121", "360121000000", "360121999999"),
        ("360121100000", "360121100000", "360121100999"),
        ("360121100201", "360121100201", "360121100201"),
    ],
)
def test_bounds_span_exactly_the_division(code: str, low: str, high: str) -> None:
    assert bounds(code) == (low, high)


@given(st.sampled_from(sorted(LIVING)), st.sampled_from(sorted(LIVING)))
def test_bounds_of_two_divisions_nest_or_lie_apart(first: str, second: str) -> None:
    (low, high), (other_low, other_high) = sorted([bounds(first), bounds(second)])
    assert other_low > high or (low <= other_low and other_high <= high)


@given(st.sampled_from([row for row in LIVING.values() if row.level == "county"]))
def test_the_full_written_path_of_a_county_finds_it_and_only_it(row: Division) -> None:
    written = "".join(part.name for part in LIST.path(row))
    found = LIST.resolve(written + "解放路1号")
    assert found == row


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("江西省南昌县", ["360121"]),
        (" 江西 南昌县 ", ["360121"]),
        ("南昌县向塘镇", ["360121"]),
        ("北京市朝阳区", ["110105"]),
        ("朝阳区", ["110105", "220104"]),
        ("吉林", ["220000", "220200"]),
        ("浙江省绍兴市绍兴县", ["330603"]),
        ("杭州市下城区", ["330105"]),
        ("四川省重庆市", ["500000"]),
        ("青榆县", []),
        ("", []),
        ("县", []),
    ],
)
def test_written_places_are_resolved_and_ambiguous_ones_are_not_guessed(text: str, codes: list[str]) -> None:
    candidates = LIST.find_by_name(text)
    assert [candidate.division.short for candidate in candidates] == codes
    assert (LIST.resolve(text) is not None) == (len(codes) == 1)


def test_what_follows_the_place_is_given_back() -> None:
    (candidate,) = LIST.find_by_name("江西省新建县长堎镇")
    assert (candidate.division.name, candidate.written.name, candidate.rest) == ("新建区", "新建县", "长堎镇")


@given(st.text(max_size=30))
def test_any_text_is_answered_with_living_divisions_or_nothing(text: str) -> None:
    assert all(candidate.division.living for candidate in LIST.find_by_name(text))


def test_prefixes_of_identity_numbers_hold_past_codes_and_no_fictional_ones() -> None:
    assert {"330103", "510225", "360121", "360101"} <= LIST.identity_prefixes
    assert not any(prefix.startswith(("9", "0")) for prefix in LIST.identity_prefixes)


HEADER = "code,name,level,parent,valid_from,valid_to,successors,basis\n"
SOUND = (
    HEADER
    + "910000,示范省,province,,,,,\n910121,青榆县,county,910000,,2024,910122,change\n910122,枕溪县,county,910000,,,,\n"
)


def test_a_list_from_a_file_replaces_the_shipped_one(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(SOUND, encoding="utf-8")
    updated = Divisions.from_csv(path)
    assert [division.name for division in updated.successors("910121")] == ["枕溪县"]
    assert updated.lookup("360121") is None


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (("code,name", "kod,name"), 1),
        (("910121,青榆县", "91012,青榆县"), 3),
        (("910121,青榆县", "910121,"), 3),
        (("青榆县,county", "青榆县,canton"), 3),
        (("county,910000,,2024", "county,920000,,2024"), 3),
        ((",,2024,", ",2025,2024,"), 3),
        (("2024,910122", "2024,"), 3),
        (("2024,910122", "2024,910199"), 3),
        (("2024,910122", "soon,910122"), 3),
        (("910122,枕溪县,county,910000,,,,", "910122,枕溪县,county,910000,,,910121,"), 4),
        (("枕溪县,county,910000,,,,\n", "枕溪县,county,910000,,,,\n910122,枕溪县,county,910000,,,,\n"), 5),
    ],
)
def test_a_broken_list_is_refused_with_file_and_line(tmp_path: Path, change: tuple[str, str], line: int) -> None:
    path = tmp_path / "list.csv"
    assert change[0] in SOUND
    path.write_text(SOUND.replace(*change), encoding="utf-8")
    with pytest.raises(RulebookError) as refused:
        Divisions.from_csv(path)
    assert (refused.value.file, refused.value.line) == ("list.csv", line)


def test_a_list_whose_ended_divisions_lead_only_to_each_other_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        HEADER
        + "910000,示范省,province,,,,,\n"
        + "910121,青榆县,county,910000,,2024,910122,change\n910122,枕溪县,county,910000,,2024,910121,change\n",
        encoding="utf-8",
    )
    with pytest.raises(RulebookError, match="leads to no living division") as refused:
        Divisions.from_csv(path)
    assert refused.value.line == 3


def test_a_successor_code_that_changed_bearer_in_the_same_year_means_the_newer_one(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        HEADER
        + "910000,示范省,province,,,,,\n910121,青榆县,county,910000,,2024,910122,change\n"
        + "910122,枕溪县,county,910000,,2024,910123,change\n910122,澄湖县,county,910000,2024,,,\n"
        + "910123,西渚县,county,910000,,,,\n",
        encoding="utf-8",
    )
    assert [division.name for division in Divisions.from_csv(path).successors("910121")] == ["澄湖县"]


def test_counties_load_in_less_than_150_milliseconds() -> None:
    """The best of three fresh loads in a process of its own, without the townships."""
    program = (
        "import time; from guitu.rulebook.divisions import *\n"
        "def once():\n"
        "    start = time.process_time(); Divisions.from_csv(OFFICIAL).lookup('360121')\n"
        "    return time.process_time() - start\n"
        "print(min(once() for _ in range(3)))"
    )
    seconds = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert float(seconds) < 0.150


def test_the_township_file_carries_no_moment_of_its_making() -> None:
    assert TOWNSHIPS.read_bytes()[4:8] == b"\0\0\0\0"
    assert TOWNSHIPS.stat().st_size < 3_000_000


@given(st.text(alphabet="0123456789", min_size=6, max_size=6))
def test_normalised_codes_have_twelve_digits(code: str) -> None:
    assert normalise_code(code) == code + "000000"
