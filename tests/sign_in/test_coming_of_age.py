"""A mandate given for a juvenile ends when the person is of age: in the database, at the door; the person is told."""

import uuid
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.db import connection, transaction

from guitu.people import coming_of_age
from guitu.web.clock import now
from tests.factories.counters import open_counters
from tests.roads.walking import ticking
from tests.sign_in.persons import NAMES, mandate, three

SHANGHAI = ZoneInfo("Asia/Shanghai")
YEAR_LONG = timedelta(days=365)


def born(house, person, on):
    with house.role("guitu_owner") as door:
        door.execute("UPDATE people_person SET birth_date = %s WHERE id = %s", (on, person))


def ends_of(house, person):
    """Until when the mandates of the person, the posts behind them and what those posts see of the person hold."""
    with house.role("guitu_owner") as door:
        return {
            moment
            for row in door.execute(
                "SELECT m.to_at, p.to_at, r.to_at FROM access_mandate m JOIN access_post p ON p.id = m.post_id"
                " JOIN access_reach r ON r.post_id = p.id WHERE m.person_id = %s",
                (person,),
            ).fetchall()
            for moment in row
        }


def minted(house, person):
    """Whether the holder of the person's mandate can sign in now."""
    with house.role("guitu_owner") as door:
        post, account = door.execute(
            "SELECT p.id, p.account_id FROM access_mandate m JOIN access_post p ON p.id = m.post_id"
            " WHERE m.person_id = %s",
            (person,),
        ).fetchone()
    with house.role("guitu_signin") as door:
        try:
            door.execute("SELECT access_mint(%s, %s, %s, '1 hour', '1 hour')", (uuid.uuid4().bytes, account, post))
        except psycopg.Error as refusal:
            return refusal.sqlstate != "GU004"
    return True


def told(house):
    with ticking():
        new = coming_of_age.tell_of_age(at=now(), most=9)
    with house.role("guitu_owner") as door:
        rows = door.execute("SELECT code, to_person FROM notices_notice WHERE code LIKE '%MANDATE_OF_AGE'").fetchall()
    return new, sorted(rows)


@pytest.fixture
def people(house):
    return three(house)


def test_a_mandate_for_a_juvenile_ends_the_day_after_the_eighteenth_birthday_and_the_person_is_told(house, people):
    young, grown, corrected = (people[name] for name in NAMES)
    today = now().astimezone(SHANGHAI).date()
    ends = now() + YEAR_LONG
    birthday = today + timedelta(days=3)
    born(house, young, birthday.replace(year=birthday.year - 18, day=min(birthday.day, 28)))
    birthday = birthday.replace(day=min(birthday.day, 28))
    of_age = datetime.combine(birthday + timedelta(days=1), time(), SHANGHAI)
    born(house, grown, date(1990, 3, 12))
    born(house, corrected, date(1990, 3, 12))
    for one in (young, grown, corrected):
        mandate(house, one, scope="SPEAK", to_at=ends)
    assert ends_of(house, young) == {of_age}, "however long the paper runs"
    assert ends_of(house, grown) == {ends}, "control: who is of age gives it as long as they like"
    assert minted(house, young)
    assert minted(house, corrected)
    assert told(house) == (0, [])

    # A corrected day of birth: the person was a juvenile when it was given and came of age since.
    since = datetime.combine(today - timedelta(days=1), time(), SHANGHAI)
    eighteen = (since - timedelta(days=1)).date()
    born(house, corrected, eighteen.replace(year=eighteen.year - 18, day=min(eighteen.day, 28)))
    (end,) = ends_of(house, corrected)
    assert end <= since
    assert not minted(house, corrected)
    assert told(house) == (1, [("MANDATE_OF_AGE", False), ("OWN_MANDATE_OF_AGE", True)])
    assert told(house)[0] == 0, "each once"

    with house.role("guitu_owner") as door:
        door.execute("ALTER TABLE people_person DISABLE TRIGGER mandates_end_with_minority")
    born(house, grown, eighteen.replace(year=eighteen.year - 18, day=min(eighteen.day, 28)))
    assert ends_of(house, grown) == {ends}, "control: without the guard the paper alone counts"


LAPSED, ENDS = 600, 5
"""The planner itself looks up the two ends of an index."""
READ = "SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables WHERE relname = 'access_mandate'"


def read_by_a_round():
    """How many mandates one round of the clock reads."""
    with ticking(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(READ)
        before = cursor.fetchone()[0]
        cursor.execute("SELECT * FROM access_end_of_minority(now(), 9)")
        assert cursor.fetchall() == []
        cursor.execute(READ)
        return cursor.fetchone()[0] - before


def test_a_round_of_the_clock_reads_no_mandate_that_lapsed_on_its_own_day(house, people):
    open_counters(house)
    grown = people[NAMES[1]]
    born(house, grown, date(1990, 3, 12))
    mandate(house, grown, scope="SPEAK", to_at=now() + YEAR_LONG)
    with house.role("postgres") as door, door.transaction():
        door.execute("SET LOCAL session_replication_role = replica")
        door.execute(
            "INSERT INTO access_mandate (id, person_id, division, post_id, sealed_name, relation, scope, document,"
            " from_at, to_at, recorded_at, recorded_by)"
            " SELECT gen_random_uuid(), m.person_id, m.division, gen_random_uuid(), m.sealed_name,"
            " m.relation, m.scope, m.document, now() - interval '2 years', now() - interval '1 year',"
            " m.recorded_at, m.recorded_by FROM access_mandate m, generate_series(1, %s)",
            (LAPSED,),
        )
    with house.role("postgres") as door:
        door.execute("ANALYZE access_mandate")
    assert read_by_a_round() < ENDS
    with house.role("postgres") as door:
        door.execute("DROP INDEX access_mandate_of_age")
    assert read_by_a_round() > LAPSED, "control: without the index every one is judged"
