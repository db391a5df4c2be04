"""Which step of its ladder a late clock has reached: across weekends, holidays and make-up days, as the clock moves."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from guitu.journeys.ladder import cutoffs, reached, rungs, soon_until
from guitu.rulebook.book import load_national
from guitu.rulebook.counting import LEGAL_TIME

BOOK = load_national()


def at(day: str, time: str = "00:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{time}:00").replace(tzinfo=LEGAL_TIME)


def moments(rule: str, due: str, time: str = "00:00", anchor: str = "2026-01-05") -> list[str]:
    found = rungs(BOOK, rule, anchor_at=at(anchor, "10:00"), due_at=at(due, time), at=at(due, time))
    return [f"{rung.office} {rung.from_at:%m-%d %H:%M}" for rung in found]


def test_the_first_step_is_reached_when_the_clock_ends_and_each_further_one_a_working_day_later():
    # Ends with Monday 2 March 2026 (exclusive end: Tuesday 00:00); Tuesday is one working day.
    assert moments("RS-14", "2026-03-03") == ["prison_bureau 03-03 00:00", "province_agency 03-04 00:00"]


def test_a_weekend_is_no_working_day():
    # Ends with Friday 6 March: the next working day is Monday.
    assert moments("RS-14", "2026-03-07")[1] == "province_agency 03-10 00:00"


def test_the_spring_festival_is_waited_out_and_a_make_up_saturday_counts():
    # 15 to 23 February 2026 are holidays, Saturday 14 and Saturday 28 February are worked.
    assert moments("RS-14", "2026-02-14")[1] == "province_agency 02-15 00:00"
    assert moments("RS-14", "2026-02-15")[1] == "province_agency 02-25 00:00"


def test_a_clock_of_hours_counts_from_the_day_on_which_it_ended():
    # Ends Wednesday 15:20: the second step at the end of Thursday.
    assert moments("RH-ACK", "2026-03-04", "15:20") == ["city_agency 03-04 15:20", "province_agency 03-06 00:00"]


def test_no_receiver_has_steps_of_its_own_counted_from_its_beginning():
    begun = at("2026-03-02", "10:00")
    found = rungs(BOOK, "RH-NO-RECEIVER", anchor_at=begun, due_at=begun + timedelta(hours=48), at=begun)
    assert [(rung.number, rung.office, rung.from_at) for rung in found] == [
        (1, "city_agency", at("2026-03-04", "10:00")),
        (2, "province_agency", at("2026-03-10")),
        (3, "national_agency", at("2026-03-17")),
    ]


def test_the_clock_moves_and_the_step_with_it():
    seen = []
    for hours in range(0, 24 * 5):
        now = at("2026-03-06", "12:00") + timedelta(hours=hours)
        rung = reached(BOOK, "RS-14", anchor_at=now, due_at=at("2026-03-07"), at=now)
        if not seen or seen[-1][1] != (rung.number if rung else 0):
            seen.append((f"{now:%a %H:%M}", rung.number if rung else 0))
    assert seen == [("Fri 12:00", 0), ("Sat 00:00", 1), ("Tue 00:00", 2)]


def test_a_rule_without_a_ladder_has_no_step():
    assert BOOK.rule("RS-01").when_overdue is None
    assert reached(BOOK, "RS-01", anchor_at=at("2026-03-02"), due_at=at("2026-03-03"), at=at("2026-04-01")) is None


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-03-02", "2026-03-04"),  # Monday: what ends with Tuesday
        ("2026-03-06", "2026-03-10"),  # Friday: what ends with Monday
        ("2026-03-07", "2026-03-10"),  # Saturday brings nothing new
        ("2026-02-14", "2026-02-25"),  # the worked Saturday before the festival: the first working day after it
    ],
)
def test_a_clock_is_due_soon_from_the_morning_of_the_working_day_before(now, until):
    assert soon_until(BOOK, at(now, "00:00")) == soon_until(BOOK, at(now, "23:59")) == at(until)


def _late_clocks(dice: random.Random):
    rules = [rule.id for rule in BOOK.rules.values() if rule.when_overdue and rule.when_overdue.ladder]
    for _ in range(4000):
        begun = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=dice.randint(0, 60 * 24 * 300))
        due = begun + timedelta(hours=48)
        yield dice.choice([*rules, "RH-NO-RECEIVER"]), begun, due, due + timedelta(minutes=dice.randint(-3000, 26000))


def test_the_cutoffs_by_which_the_database_looks_agree_with_the_steps_one_by_one():
    held, compared = {}, 0
    for rule, begun, due, now in _late_clocks(random.Random(7)):
        day = now.replace(minute=now.minute // 30 * 30)
        if day not in held:
            held = {day: cutoffs(BOOK, day)}
        by_cutoff = {
            one.step
            for one in held[day]
            if one.rule == rule and due <= one.due_to and (one.anchor_before is None or begun < one.anchor_before)
        }
        steps = rungs(BOOK, rule, anchor_at=begun, due_at=due, at=day)
        assert by_cutoff == {rung.number for rung in steps if rung.from_at <= day}, (rule, begun, due, day)
        compared += len(by_cutoff)
    assert compared > 3000
