"""The ledger's lines about a person are found by index, and only as far as the acting session sees them."""

import uuid

import psycopg
from django.db import connection, transaction

from guitu.ledger import queries
from tests.roads.walking import Walk


def test_a_unit_that_does_not_see_the_person_sees_no_line_of_theirs(house) -> None:
    walk = Walk(house)
    with house.acting("prison"), transaction.atomic():
        acts = [one.act for one in queries.of_person(walk.person)]
    assert "prison:person:expected" in acts
    with house.acting("foreign"), transaction.atomic():
        assert queries.of_person(walk.person) == []
        with connection.cursor() as cursor:
            cursor.execute("SELECT ledger_lines_of(%s::uuid)", [walk.person])
            assert cursor.fetchall() == []


def test_the_lines_of_one_person_are_found_without_reading_the_whole_ledger(house) -> None:
    person = Walk(house).person
    with house.role("guitu_load") as load, load.cursor() as cursor:
        copied = "COPY ledger_payload (entry_id, salt, canonical, division, subjects, purpose) FROM STDIN"
        entries = [uuid.uuid4() for _ in range(5_000)]
        with cursor.copy("COPY ledger_entry (id, act, event_id, at, commitment) FROM STDIN") as rows:
            for entry in entries:
                rows.write_row((entry, "people:item:recorded", entry, "2026-09-01T00:00:00Z", b"c"))
        with cursor.copy(copied) as rows:
            for place, entry in enumerate(entries):
                subject = person if place % 1_000 == 0 else uuid.uuid4()
                rows.write_row((entry, b"s", "", "919901000000", [subject], "HANDOVER"))
    with house.role("postgres") as door:
        door.execute("ANALYZE ledger_payload")
        door.execute("ANALYZE ledger_entry")
        with door.transaction():  # as who may read the counters, in the prison's session
            for name, value in (("guitu.token", house.token("prison")), ("guitu.purpose", "PREPARE_RETURN")):
                door.execute("SELECT set_config(%s, %s, true)", (name, value))
            found = len(door.execute("SELECT ledger_lines_of(%s)", (person,)).fetchall())
            assert _whole_readings(door) == 0
            held = door.execute("SELECT count(*) FROM ledger_payload WHERE subjects::text LIKE %s", (f"%{person}%",))
            assert (found,) == held.fetchone()
            assert found > 5
            assert _whole_readings(door) == 1, "a reading of the whole ledger is counted: the count counts"


def _whole_readings(door: psycopg.Connection) -> int:
    """How often this transaction has read the whole ledger."""
    found = door.execute("SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'ledger_payload'").fetchone()
    assert found is not None
    return int(found[0])
