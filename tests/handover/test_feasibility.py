"""The check of a release day: closed doors, holidays, medication, distance, papers; what is not known is said so."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from string import Formatter

import pytest

from guitu.handover.feasibility import Place, Planned, distance_km, findings, next_opening
from guitu.handover.policy import TRANSPORT
from guitu.rulebook.book import load_national
from guitu.rulebook.release_day import release_day_rules

HOURS = "mon-fri 08:30-12:00,14:00-17:30"
PRISON = Place(30.0, 110.0, HOURS)
COUNTY = Place(30.0, 111.0, HOURS)
MONDAY = date(2026, 6, 15)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


def planned(day: date = MONDAY, **changed) -> Planned:
    values = {
        "leaves_at": at(day, 9),
        "arrival_at": at(day, 15),
        "transport": "OFFICE_CAR",
        "medication_days": None,
        "has_id_card": True,
        "has_phone": True,
    }
    return Planned(**{**values, **changed})


def check(day: date = MONDAY, plan: Planned | None = None, *, sender: Place = PRISON, receiver: Place = COUNTY):
    found = findings(day, sender, receiver, plan, calendar=load_national().calendar, rules=release_day_rules())
    return {one.code: dict(one.facts) for one in found}


def test_an_ordinary_monday_with_everything_in_hand_warns_of_nothing() -> None:
    assert set(check(MONDAY, planned())) == {"DISTANCE"}
    assert set(check(MONDAY)) == {"DISTANCE"}


def test_spring_festival_closes_the_office_and_the_next_opening_is_named() -> None:
    # 2026-02-16 lies in the Spring Festival of 15 to 23 February; the 24th, a Tuesday, is the first working day.
    found = check(date(2026, 2, 16))
    assert found["HOLIDAY"]["holiday_zh"] == "春节"
    assert found["RELEASE_DAY_CLOSED"]["next"] == "2026-02-24 08:30"
    # Control: an office that opens on holidays too is open on the same Monday.
    assert "RELEASE_DAY_CLOSED" not in check(
        date(2026, 2, 16), receiver=replace(COUNTY, opening_hours=f"{HOURS}; holidays")
    )


def test_a_week_of_medication_does_not_last_over_national_day_and_eight_days_do() -> None:
    # 1 to 7 October 2026 are holidays; Thursday the 8th is the first working day, the eighth day of the supply.
    day = date(2026, 10, 1)
    gap = check(day, planned(day, medication_days=7))["MEDICATION_GAP"]
    assert gap == {"last": "2026-10-07", "next": "2026-10-08 08:30"}
    assert "MEDICATION_GAP" not in check(day, planned(day, medication_days=8))
    # Control: the same week of medication on an ordinary Monday, and nobody who needs none has a gap.
    assert "MEDICATION_GAP" not in check(MONDAY, planned(medication_days=7))
    assert "MEDICATION_GAP" not in check(day, planned(day))


def test_a_make_up_working_saturday_is_open_like_a_monday() -> None:
    # 2026-10-10 is a Saturday that is worked; 2026-10-17 is an ordinary one.
    assert "RELEASE_DAY_CLOSED" not in check(date(2026, 10, 10))
    assert check(date(2026, 10, 17))["RELEASE_DAY_CLOSED"]["next"] == "2026-10-19 08:30"


@pytest.mark.parametrize(
    ("hour", "minute", "opens"),
    [(8, 29, "2026-06-15 08:30"), (12, 0, "2026-06-15 14:00"), (17, 30, "2026-06-16 08:30")],
)
def test_an_arrival_outside_the_hours_names_the_next_opening(hour: int, minute: int, opens: str) -> None:
    found = check(MONDAY, planned(leaves_at=at(MONDAY, 1), arrival_at=at(MONDAY, hour, minute)))
    assert found["CLOSED_ON_ARRIVAL"]["next"] == opens


@pytest.mark.parametrize(("hour", "minute"), [(8, 30), (11, 59), (14, 0), (17, 29)])
def test_an_arrival_within_the_hours_is_not_closed(hour: int, minute: int) -> None:
    assert "CLOSED_ON_ARRIVAL" not in check(
        MONDAY, planned(leaves_at=at(MONDAY, 1), arrival_at=at(MONDAY, hour, minute))
    )


def test_what_is_not_known_is_said_to_be_unknown() -> None:
    assert "HOURS_UNKNOWN" in check(receiver=replace(COUNTY, opening_hours=""))
    assert "DISTANCE_UNKNOWN" in check(receiver=Place(None, None, HOURS))
    assert check(date(2031, 3, 3))["CALENDAR_UNKNOWN"] == {"year": "2031"}
    assert "COACH_UNKNOWN" in check(MONDAY, planned(transport="COACH"))
    assert "COACH_UNKNOWN" not in check(MONDAY, planned(transport="OFFICE_CAR"))


def test_the_way_is_measured_over_the_ground_and_compared_with_the_hours_planned() -> None:
    # One degree of longitude at 30° north is 6371 × π/180 × cos 30° = 96.3 km; with the detour 134.8 km, 2.25 h at 60.
    assert distance_km(PRISON, COUNTY) == pytest.approx(96.3, abs=0.05)
    short = check(MONDAY, planned(leaves_at=at(MONDAY, 9), arrival_at=at(MONDAY, 11)))
    assert short["TIME_TOO_SHORT"] == {"km": "135", "needed": "2.5", "planned": "2"}
    enough = check(MONDAY, planned(leaves_at=at(MONDAY, 9), arrival_at=at(MONDAY, 11, 30)))
    assert enough["DISTANCE"] == {"km": "135"}
    assert "TIME_TOO_SHORT" not in enough


@pytest.mark.parametrize(("hour", "night"), [(20, False), (21, True), (23, True), (5, True), (6, False)])
def test_night_is_from_nine_to_six(hour: int, night: bool) -> None:
    plan = planned(leaves_at=at(MONDAY, 0), arrival_at=at(MONDAY, hour))
    assert ("NIGHT" in check(MONDAY, plan)) is night


def test_no_identity_card_means_no_ticket_only_where_one_is_bought() -> None:
    assert "NO_TICKET" in check(MONDAY, planned(transport="TRAIN", has_id_card=False))
    by_car = check(MONDAY, planned(has_id_card=False, has_phone=False))
    assert {"NO_ID_CARD", "NO_PHONE"} <= set(by_car)
    assert "NO_TICKET" not in by_car


def test_a_plan_before_the_release_day_is_noticed() -> None:
    early = planned(leaves_at=at(date(2026, 6, 12), 9), arrival_at=at(date(2026, 6, 12), 15))
    assert "BEFORE_RELEASE" in check(MONDAY, early)
    assert "BEFORE_RELEASE" not in check(MONDAY, planned())


def test_every_finding_has_its_sentence_with_exactly_its_facts_in_both_languages() -> None:
    rules = release_day_rules()
    holiday = date(2026, 10, 1)
    far = planned(leaves_at=at(holiday, 22), arrival_at=at(holiday, 22, 30), transport="TRAIN", has_id_card=False)
    some = [
        check(date(2026, 2, 16)),
        check(holiday, replace(far, medication_days=1, has_phone=False)),
        check(date(2031, 3, 3), receiver=Place(None, None, "")),
        check(MONDAY, planned(has_id_card=False)),
        check(date(2026, 10, 2), far),
        check(MONDAY, receiver=replace(COUNTY, opening_hours="sat 09:00-12:00")),
        check(),
    ]
    said = {code: facts for found in some for code, facts in found.items()}
    for code, facts in said.items():
        for words in (rules.findings[code].words.zh, rules.findings[code].words.en):
            wanted = {name for _, name, _, _ in Formatter().parse(words) if name}
            assert wanted <= set(facts), code
    assert set(rules.findings) - set(said) == {"NEVER_OPEN"}
    assert (
        next_opening(HOURS, date(2026, 2, 15), at(MONDAY, 1).time(), calendar=load_national().calendar, look_ahead=3)
        is None
    )


def test_every_means_of_transport_has_its_speed() -> None:
    assert set(release_day_rules().speeds) == set(TRANSPORT)
