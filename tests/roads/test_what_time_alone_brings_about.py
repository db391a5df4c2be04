"""The tick: responsibility passes at the moment of release, provisional clocks are counted anew; twice is once."""

import uuid
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from guitu.access import queries, signing_in
from guitu.access.acting import acting
from guitu.access.operations import ask
from guitu.handover import operations as handover
from guitu.handover import releases
from guitu.journeys import operations as journeys
from guitu.journeys import queries as roads
from guitu.people import queries as persons
from guitu.prison import operations as prison
from tests.access.test_rule_packs import YEAR_2027
from tests.factories import rosters
from tests.factories.packs import put_in_force
from tests.factories.units import COUNTY, PRISON

AT = datetime(2026, 8, 3, 1, 0, tzinfo=UTC)
RELEASE = date(2026, 9, 10)
# 24:00 of 10 September in Shanghai is 16:00 UTC of the same day.
MOMENT = datetime(2026, 9, 10, 16, 0, tzinfo=UTC)


@contextmanager
def ticking():
    """Act as the machine post on a connection of guitu_job, as the tick's own process does."""
    settings = connection.settings_dict
    connection.close()
    settings["USER"] = "guitu_job"
    try:
        session = queries.session_of(signing_in.mint_tick(lasts=timedelta(minutes=5)))
        with acting(session, "CLOCK"):
            yield
    finally:
        connection.close()
        settings["USER"] = "guitu_app"


def person_sent(house, *, release=RELEASE, kind="刑满释放"):
    with house.acting("prison"):
        prison.import_roster(
            rosters.workbook(rosters.row("陈柏舟", release=release, kind=kind)),
            file_name="名册.xlsx",
            today=date(2026, 8, 3),
            at=AT,
        )
        with transaction.atomic():
            tasks, _ = roads.queue("sending", roads.Filters(), now=AT, first=0, most=2)
        handover.send_dossier(tasks[0].person_id, sending=uuid.uuid4(), at=AT)
    return tasks[0].person_id


def division(house, person_id):
    with house.acting("province"), transaction.atomic():
        return persons.division_of(person_id)


def pass_at(moment):
    with ticking():
        return releases.pass_responsibility_at_release(at=moment, most=100)[0]


def test_responsibility_passes_to_the_county_at_the_moment_of_release_and_not_before(house):
    person_id = person_sent(house)
    assert pass_at(MOMENT - timedelta(seconds=1)) == 0
    assert division(house, person_id) == PRISON
    assert pass_at(MOMENT) == 1
    assert division(house, person_id) == COUNTY


def test_a_second_tick_finds_nothing_to_do(house):
    person_sent(house)
    assert [pass_at(MOMENT), pass_at(MOMENT + timedelta(minutes=1))] == [1, 0]


def test_of_a_person_on_parole_the_prison_stays_responsible_until_the_registration(house):
    person_id = person_sent(house, kind="假释")
    assert pass_at(MOMENT + timedelta(days=3)) == 0
    assert division(house, person_id) == PRISON


def test_the_ranges_of_responsibility_touch_without_gap_or_overlap(house):
    person_id = person_sent(house)
    pass_at(MOMENT + timedelta(hours=5))
    with house.role("guitu_owner") as door:
        periods = door.execute(
            "SELECT lower(period), upper(period), reason FROM people_responsibility WHERE person_id = %s ORDER BY 1",
            (person_id,),
        ).fetchall()
    assert [(row[0], row[1], row[2]) for row in periods] == [
        (AT, MOMENT, "REGISTERED_FROM_ROSTER"),
        (MOMENT, None, "RELEASED"),
    ]


def test_a_loaded_year_counts_the_provisional_clocks_anew_and_keeps_the_old_moment(house):
    with house.acting("prison"):
        prison.import_roster(
            rosters.workbook(rosters.row("陈柏舟", release=date(2027, 2, 8))),
            file_name="名册.xlsx",
            today=date(2026, 8, 3),
            at=AT,
        )
    put_in_force(house, "2027.yaml", YEAR_2027, at=AT)
    with ticking(), transaction.atomic():
        # The dossier and the notice to the police hang on the same rule.
        assert journeys.recount_provisional(at=AT, most=100) == 2
    with ticking(), transaction.atomic():
        assert journeys.recount_provisional(at=AT, most=100) == 0
    with house.acting("prison"), transaction.atomic():
        tasks, _ = roads.queue("sending", roads.Filters(), now=AT, first=0, most=2)
        clocks = roads.road_of(tasks[0].person_id).clocks
    # One month before 8 February is 8 January: now a holiday, as are all days back to the New Year; 31 December works.
    assert {clock.service_on: clock.voided_at is not None for clock in clocks if clock.rule == "RS-14"} == {
        date(2027, 1, 8): True,
        date(2026, 12, 31): False,
    }
    assert tasks[0].due_at == datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    with house.role("guitu_owner") as door:
        kept = door.execute("SELECT count(*) FROM ledger_entry WHERE act = 'journey:clock:recomputed'").fetchone()
    assert kept == (2,)


@pytest.mark.parametrize("role", ["guitu_app", "guitu_signin", "guitu_seq"])
def test_nobody_but_the_job_mints_the_token_of_the_tick(house, role):
    with house.role(role) as door, pytest.raises(psycopg.errors.InsufficientPrivilege):
        door.execute("SELECT access_mint_tick('\\x00', '1 hour')")


def test_the_tick_may_not_open_a_file(house):
    person_id = person_sent(house)
    with ticking(), transaction.atomic(durable=True), pytest.raises(DatabaseError, match="permission denied"):
        ask("person:open", [person_id])
