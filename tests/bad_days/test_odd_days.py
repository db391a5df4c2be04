"""Days that are easily counted wrong, and clocks of the machine that jump; each by the road of intake and tick."""

import uuid
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import psycopg
import pytest
from django.db import transaction

from guitu.exchange import queries as parcels
from guitu.handover import operations as handover
from guitu.handover import releases
from guitu.journeys import queries as roads
from guitu.people import queries as persons
from tests.factories import rosters
from tests.factories.taking_in import take_in
from tests.factories.units import COUNTY, PRISON, SIBLING_COUNTY
from tests.roads.test_what_time_alone_brings_about import ticking

AT = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
TODAY = date(2026, 9, 1)
RELEASE = date(2026, 10, 15)
RELEASED = datetime(2026, 10, 15, 16, 0, tzinfo=UTC)  # 24:00 in Shanghai
EVERYTHING = roads.Filters()


def only_task(house, login="prison", side="sending", now=AT):
    with house.acting(login), transaction.atomic():
        tasks, count = roads.queue(side, EVERYTHING, now=now, first=0, most=5)
    assert count == 1
    return tasks[0]


def sent(house, *, release=RELEASE, at=AT):
    take_in(house, rosters.row("陈柏舟", release=release), at=at)
    task = only_task(house)
    with house.acting("prison"):
        handover.send_dossier(task.person_id, sending=uuid.uuid4(), at=at)
    return task


def acknowledge(house, task, *, at):
    with house.acting("county"):
        with transaction.atomic():
            parcel = parcels.open_parcel(task.journey_id)
        handover.acknowledge_dossier(task.person_id, parcel_id=parcel.id, at=at)


def tick(moment):
    with ticking():
        return releases.pass_responsibility_at_release(at=moment, most=100)[0]


def ranges(house, person_id):
    with house.role("guitu_owner") as door:
        return door.execute(
            "SELECT lower(period), upper(period), reason FROM people_responsibility WHERE person_id = %s ORDER BY 1",
            (person_id,),
        ).fetchall()


# One month before, never rolled later; a day that is not worked moves to the working day before (worked by hand).
MONTH_ENDS = [
    (date(2026, 10, 31), date(2026, 9, 30)),  # no 31 September; 30 September 2026 is a Wednesday
    (date(2026, 12, 31), date(2026, 11, 30)),  # no 31 November; a Monday
    (date(2027, 3, 31), date(2027, 2, 26)),  # no 31 February; the 28th is a Sunday, Friday is the 26th
    (date(2027, 3, 29), date(2027, 2, 26)),  # no 29 February in 2027
    (date(2028, 2, 29), date(2028, 1, 31)),  # the month end of February is no month end of January; a Monday, 29 → 31
    (date(2028, 3, 29), date(2028, 2, 29)),  # 29 February 2028 is a Tuesday
    (date(2028, 3, 31), date(2028, 2, 29)),
]


@pytest.mark.parametrize(("release", "last_day"), MONTH_ENDS)
def test_one_month_before_a_month_end_is_counted_as_the_law_counts(house, release, last_day):
    take_in(house, rosters.row("陈柏舟", release=release))
    task = only_task(house)
    assert (task.release_on, task.due_rule) == (release, "RS-14")
    day_after = last_day + timedelta(days=1)
    assert task.due_at == datetime(day_after.year, day_after.month, day_after.day, tzinfo=UTC) - timedelta(hours=8)


def test_after_a_release_on_29_february_the_seven_days_run_into_march(house):
    task = sent(house, release=date(2028, 2, 29))
    acknowledge(house, task, at=AT + timedelta(hours=2))
    waiting = only_task(house, "county", "receiving")
    # The seventh day after 29 February 2028 is 7 March, a Tuesday.
    assert (waiting.due_rule, waiting.due_at) == ("RS-17", datetime(2028, 3, 7, 16, 0, tzinfo=UTC))


def test_29_february_of_a_common_year_is_to_be_corrected_and_no_day_is_guessed(house):
    row = (*rosters.row("陈柏舟", release=RELEASE)[:8], "2027.2.29", "刑满释放", "")
    taken = take_in(house, row)
    assert [line.result for line in taken.comparison.report.rows] == ["to_correct"]
    assert taken.comparison.new == ()


def test_a_release_in_the_past_waits_for_a_human_and_opens_no_file(house):
    taken = take_in(house, rosters.row("陈柏舟", release=TODAY - timedelta(days=1)))
    assert [line.result for line in taken.comparison.report.rows] == ["to_decide"]
    assert "RELEASE_IN_PAST" in {problem.code for problem in taken.comparison.report.problems}
    with house.role("guitu_owner") as door:
        assert door.execute("SELECT count(*) FROM people_person").fetchone() == (0,)


def test_control_a_release_today_is_taken_in(house):
    assert len(take_in(house, rosters.row("陈柏舟", release=TODAY)).comparison.new) == 1


def test_a_machine_whose_clock_jumps_a_day_ahead_passes_each_person_once_and_at_the_legal_moment(house):
    task = sent(house)
    acknowledge(house, task, at=AT + timedelta(hours=2))
    assert tick(RELEASED + timedelta(days=1)) == 1
    assert tick(RELEASED + timedelta(days=1)) == 0
    assert [(row[0], row[1]) for row in ranges(house, task.person_id)] == [(AT, RELEASED), (RELEASED, None)]


def test_a_machine_whose_clock_goes_back_an_hour_undoes_nothing_and_passes_nobody_too_early(house):
    task = sent(house)
    acknowledge(house, task, at=AT + timedelta(hours=2))
    assert tick(RELEASED - timedelta(minutes=30)) == 0
    assert tick(RELEASED + timedelta(minutes=10)) == 1
    before = ranges(house, task.person_id)
    assert tick(RELEASED - timedelta(minutes=50)) == 0
    assert ranges(house, task.person_id) == before
    with house.acting("province"), transaction.atomic():
        assert persons.division_of(task.person_id) == COUNTY


def test_an_act_after_the_clock_went_back_leaves_ranges_and_clocks_sound(house):
    """Sent at nine, the machine is set back an hour, acknowledged at a quarter past eight."""
    task = sent(house)
    acknowledge(house, task, at=AT - timedelta(minutes=45))
    waiting = only_task(house, "county", "receiving")
    assert (waiting.state, waiting.due_rule) == ("acknowledged", "RS-17")
    assert tick(RELEASED) == 1
    with house.acting("county"):
        handover.register_return(task.person_id, event_id=uuid.uuid4(), at=RELEASED + timedelta(hours=20))
    with house.acting("county"), transaction.atomic():
        road = roads.road_of(task.person_id)
    assert road.task.state == "registered"
    assert {"RS-14", "RH-ACK", "RS-17"} <= {clock.rule for clock in road.clocks if clock.done_at}
    found = ranges(house, task.person_id)
    assert all(earlier[1] == later[0] for earlier, later in pairwise(found))
    assert found[-1][1] is None


def test_control_the_database_itself_refuses_a_gap_and_an_overlap_of_responsibility(house):
    task = sent(house)
    with house.role("guitu_owner") as door:
        for period in ("[2026-09-01 02:00+00,)", "[2026-08-01 00:00+00,2026-09-01 12:00+00)"):
            with pytest.raises(psycopg.Error):
                door.execute(
                    "INSERT INTO people_responsibility (id, person_id, division, unit_id, period, reason)"
                    " SELECT gen_random_uuid(), person_id, division, unit_id, %s::tstzrange, 'REGISTERED'"
                    " FROM people_responsibility WHERE person_id = %s",
                    (period, task.person_id),
                )


def test_a_dossier_to_a_county_whose_posts_all_stand_empty_is_sent_and_its_superior_sees_it(house):
    with house.role("guitu_owner") as door:
        door.execute(
            "UPDATE access_post SET to_at = clock_timestamp()"
            " WHERE unit_id = (SELECT id FROM access_unit WHERE code = %s)",
            (SIBLING_COUNTY,),
        )
    take_in(house, rosters.row("陈柏舟", release=RELEASE, county=SIBLING_COUNTY[:6]))
    task = only_task(house)
    with house.acting("prison"):
        handover.send_dossier(task.person_id, sending=uuid.uuid4(), at=AT)
    late = AT + timedelta(days=3)
    with house.acting("city"), transaction.atomic():
        board = roads.board_of_units(now=late, states=None, only_late=False, first=0, most=10)
    assert [(load.state, load.in_hand, load.late) for load in board.page] == [("sent", 1, 1)]
    with house.acting("province"), transaction.atomic():
        assert persons.division_of(task.person_id) == PRISON
