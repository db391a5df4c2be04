"""The bell counts inside the cage: the same notices that the list shows as unread, and none that the policy hides."""

import uuid
from datetime import timedelta

from django.db import connection, transaction

from guitu.access.establishing import unit_id
from guitu.access.tree import Desk, desk
from guitu.notices import operations as notices
from guitu.notices import queries as told
from guitu.notices.models import Notice
from tests.factories.counters import open_counters
from tests.factories.units import COUNTY, PRISON, PROVINCE
from tests.notices.test_telling import AT, inbox, person, tell

LOGINS = ("county", "county-second", "prison", "province", "city", "sibling", "foreign", "system")


def counted(house, login) -> tuple[int, int]:
    """What the bell says, and how many unread notices the list has."""
    with house.acting(login), transaction.atomic():
        return told.unread(), len(told.own_notices(code="", only_unread=True, first=0, most=500)[0])


def many(house, number: int, *, at) -> None:
    facts = {"unit": str(unit_id(PRISON))}
    with house.acting("prison"), transaction.atomic():
        notices.tell_all(
            [
                notices.Telling(desk(unit_id(COUNTY)), "RESPONSIBILITY_PASSED", uuid.uuid4(), facts)
                for _ in range(number)
            ],
            at=at,
        )


def test_the_bell_and_the_list_agree_for_every_desk(house):
    person_id = person(house)
    tell(house, "prison", COUNTY)
    tell(house, "prison", COUNTY, key="again")
    tell(house, "prison", PRISON, person_id=person_id)
    (first, _second) = inbox(house, "county")
    with house.acting("county"):
        notices.mark_read([first.id], at=AT)
    with house.acting("county-second"):
        notices.choose({("RESPONSIBILITY_PASSED", "IN_APP")})
    both = {login: counted(house, login) for login in LOGINS}
    assert {login for login, (bell, listed) in both.items() if bell != listed} == set()
    assert {login: bell for login, (bell, _) in both.items() if bell} == {"county": 1, "prison": 1}


def test_a_notice_of_a_person_no_longer_in_sight_is_not_counted(house):
    person_id = person(house)
    with house.role("guitu_owner") as door:
        door.execute(
            "INSERT INTO access_reach (id, person_id, division, unit_id, relation, from_at)"
            " SELECT gen_random_uuid(), %s, u.division, u.id, 'receiver', %s FROM access_unit u WHERE u.id = %s",
            (person_id, AT, unit_id(COUNTY)),
        )
    tell(house, "prison", COUNTY, person_id=person_id)
    assert counted(house, "county") == (1, 1)
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_reach SET to_at = from_at WHERE person_id = %s", (person_id,))
    assert counted(house, "county") == (0, 0)


def test_what_was_left_unread_long_ago_is_still_counted_behind_hundreds_that_were_read(house):
    tell(house, "prison", COUNTY)
    many(house, 400, at=AT + timedelta(minutes=1))
    assert counted(house, "county")[0] == told.BELL_MOST + 1, "it counts no further"
    with house.acting("county"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM notices_notice WHERE at > %s", [AT])
        later = [row[0] for row in cursor.fetchall()]
    with house.acting("county"):
        assert notices.mark_read(later, at=AT) == 400
    assert counted(house, "county") == (1, 1)


def test_all_read_is_one_mark_and_what_was_told_while_it_was_set_stays_unread(house):
    settles = timedelta(minutes=10)
    many(house, 3, at=AT)
    many(house, 2, at=AT + timedelta(minutes=55))
    newest = inbox(house, "county")[0]
    with house.acting("county"):
        notices.mark_all_read(newest.id, at=AT + timedelta(hours=1), settles=settles)
    assert counted(house, "county") == (0, 0)
    assert counted(house, "county-second") == (5, 5), "another post has read nothing"
    assert all(one.read_at for one in inbox(house, "county"))
    many(house, 1, at=AT + timedelta(minutes=51))  # ended only now, told for a moment that was marked already
    assert counted(house, "county") == (1, 1)
    many(house, 1, at=AT + timedelta(minutes=49))  # control: beyond what settles, the mark holds
    assert counted(house, "county") == (1, 1)


def test_a_notice_told_to_another_unit_marks_nothing_as_read(house):
    tell(house, "prison", COUNTY)
    tell(house, "prison", PRISON)
    (foreign,) = inbox(house, "prison")
    with house.acting("county"):
        notices.mark_all_read(foreign.id, at=AT, settles=timedelta())
    assert counted(house, "county") == (1, 1)


def test_a_role_told_little_is_not_led_through_what_the_others_of_its_unit_were_told(house):
    facts = {"unit": str(unit_id(PRISON))}

    def told_to(recipient, number, at):
        with house.acting("prison"), transaction.atomic():
            tellings = [notices.Telling(recipient, "RESPONSIBILITY_PASSED", uuid.uuid4(), facts) for _ in range(number)]
            notices.tell_all(tellings, at=at)

    auditors = Desk(unit_id(PROVINCE), ("AUDIT_ADMINISTRATOR", "SECURITY_ADMINISTRATOR"))
    told_to(auditors, 2, AT - timedelta(days=2))
    for hours in range(9):
        told_to(desk(unit_id(PROVINCE)), 100, AT - timedelta(hours=hours))
    with house.role("postgres") as door:
        door.execute("ANALYZE notices_notice")

    open_counters(house)

    def read(login):
        """What the bell says, and how many notices it read for that."""
        with house.acting(login), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # of a table as small as this one
            fetched = "SELECT pg_stat_get_xact_tuples_fetched('notices_notice'::regclass)"
            cursor.execute(fetched)
            before = cursor.fetchone()[0]
            found = told.unread()
            cursor.execute(fetched)
            return found, cursor.fetchone()[0] - before

    newest = 3 * (told.BELL_MOST + 1)
    found, rows = read("audit")
    assert found == counted(house, "audit")[1] == 2
    assert rows < newest + 200
    assert read("province")[0] == told.BELL_MOST + 1
    with house.role("guitu_owner") as door:  # the control: without the index's hashes all of them are read
        (text,) = door.execute("SELECT pg_get_functiondef('notices_unread'::regproc)").fetchone()
        assert "(heard IS NULL OR" in text
        door.execute(text.replace("(heard IS NULL OR", "(true OR heard IS NULL OR"))
    assert read("audit")[0] == 2
    assert read("audit")[1] > 900


def test_an_administrator_is_counted_the_very_notices_that_the_list_shows(house):
    system, both = ("SYSTEM_ADMINISTRATOR",), ("AUDIT_ADMINISTRATOR", "SECURITY_ADMINISTRATOR")
    facts, told_ids = {"unit": str(unit_id(PRISON))}, {}
    lists = ((system, 2), (both, 3), (tuple(desk(unit_id(PROVINCE)).roles), 400))
    with house.acting("prison"), transaction.atomic():
        for days, (roles, number) in enumerate(lists):
            told_ids[roles] = {uuid.uuid4() for _ in range(number)}
            recipient, at = Desk(unit_id(PROVINCE), roles), AT - timedelta(days=2 - days)
            tellings = [notices.Telling(recipient, "RESPONSIBILITY_PASSED", one, facts) for one in told_ids[roles]]
            notices.tell_all(tellings, at=at)
    expected = {"system": told_ids[system], "audit": told_ids[both], "security": told_ids[both], "identity": set()}

    def listed(login):
        with house.acting(login), transaction.atomic():
            shown = {one.id for one in told.own_notices(code="", only_unread=True, first=0, most=1000)[0]}
            return set(Notice.objects.filter(id__in=shown).values_list("subject_id", flat=True))

    assert {login: listed(login) for login in expected} == expected
    assert {login: counted(house, login)[0] for login in expected} == {
        login: len(ids) for login, ids in expected.items()
    }
    with house.role("guitu_owner") as door:  # the control: a bell that hears every list of roles
        (text,) = door.execute("SELECT pg_get_functiondef('notices_unread'::regproc)").fetchone()
        assert text.count("n.roles @> ARRAY[own.role]") == 1
        door.execute(text.replace("n.roles @> ARRAY[own.role]", "true"))
    assert {login for login in expected if counted(house, login)[0] != len(expected[login])} == set(expected)
