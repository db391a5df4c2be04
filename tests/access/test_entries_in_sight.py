"""That something was done, by which unit and when, is known to who sees what was done, and to nobody else: neither by a
row nor by what PostgreSQL tells of how it looked."""

import uuid

import psycopg
import pytest
from django.db import connection, transaction

from guitu.access.establishing import unit_id
from guitu.ledger import queries
from guitu.ledger.proving import vouched_for
from guitu.ledger.queries import is_recorded
from guitu.rights import complaints
from tests.factories.units import PRISON
from tests.roads.test_a_sealed_file import as_application
from tests.web.conftest import fresh, peopled_template  # noqa: F401 - the peopled house
from tests.web.peopled import MOMENT, SENT

ACT = "rights:complaint:made"
POSTS = (("prison", "PREPARE_RETURN"), ("county", "RECEIVE_RETURN"), ("province", "SUPERVISE_LINKAGE"))
CLOSED = (
    "SELECT 1 FROM ledger_entry",
    "SELECT 1 FROM ledger_payload",
    "SELECT entry_id FROM ledger_leaf",
    "EXPLAIN (ANALYZE) SELECT 1 FROM ledger_entry WHERE act = 'rights:complaint:made'",
    "EXPLAIN (ANALYZE) SELECT 1 FROM ledger_payload WHERE canonical >= 'A'",
    "SELECT person_id FROM rights_complaint",
    "SELECT about_unit_id FROM rights_worsening",
    "EXPLAIN (ANALYZE) SELECT 1 FROM rights_complaint WHERE person_id = '00000000-0000-0000-0000-000000000001'",
    "UPDATE rights_complaint SET outcome = '' WHERE person_id = '00000000-0000-0000-0000-000000000001'",
)


@pytest.fixture
def complained(fresh):  # noqa: F811
    event = uuid.uuid4()
    with fresh.acting("person"):
        complaints.complain(fresh.persons[SENT], about=unit_id(PRISON), words="不公", event_id=event, at=MOMENT)
    return fresh, event


@pytest.mark.parametrize("statement", CLOSED)
def test_no_post_and_no_job_asks_the_tables_themselves_nor_has_explained_how_it_would(complained, statement):
    house, _ = complained
    for login, purpose in POSTS:
        with as_application(house, login, purpose) as door, pytest.raises(psycopg.errors.InsufficientPrivilege):
            door.execute(statement)
    with house.role("guitu_job") as door, pytest.raises(psycopg.Error) as refusal:
        door.execute(statement)
    assert refusal.value.sqlstate in {"42501", "GU001"}


def rows_told(door, table: str, where: str) -> int:
    """How many rows EXPLAIN tells of that met the condition, whether the policy shows them or not."""
    plan = door.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) SELECT 1 FROM {table} WHERE {where}").fetchone()[0][0]["Plan"]
    return int(plan["Actual Rows"]) + int(plan.get("Rows Removed by Filter", 0))


def test_the_control_a_policy_instead_would_let_explain_tell_who_has_complained(complained):
    house, _ = complained
    whom = f"person_id = '{house.persons[SENT]}'"
    with house.role("guitu_owner") as door:
        door.execute("GRANT SELECT ON rights_complaint TO guitu_app")
    with as_application(house, *POSTS[0]) as door:
        door.execute("SET LOCAL enable_seqscan = off")
        assert door.execute(f"SELECT 1 FROM rights_complaint WHERE {whom}").fetchall() == []
        assert rows_told(door, "rights_complaint", whom) == 1  # the policy shows it to nobody here, and it is told
        assert rows_told(door, "rights_complaint", f"person_id = '{uuid.uuid4()}'") == 0


def test_who_did_it_meets_it_again_by_its_number_and_nobody_asks_without_a_token(complained):
    house, event = complained
    with house.acting("person"), transaction.atomic():
        assert is_recorded(ACT, event)
        assert not is_recorded(ACT, uuid.uuid4())
        assert set(vouched_for([event], ACT)) == {event}
    for asked in ("ledger_recorded(%s, %s)", "ledger_vouched(ARRAY[%s::uuid], %s)", "ledger_lines_of(%s)"):
        for role in ("guitu_app", "guitu_job"):
            values = (event,) if asked.startswith("ledger_lines") else (ACT, event)
            values = tuple(reversed(values)) if "vouched" in asked else values
            with house.role(role) as door, pytest.raises(psycopg.Error) as refusal:
                door.execute(f"SELECT {asked}", values)
            denied = role == "guitu_job" and asked.startswith("ledger_lines")
            assert refusal.value.sqlstate == ("42501" if denied else "GU001"), (asked, role)


def test_of_what_one_sees_every_line_is_told_whole_and_of_a_complaint_none(complained):
    house, _ = complained
    person = house.persons[SENT]
    with house.role("guitu_owner") as door:
        held = door.execute(
            "SELECT count(*) FROM ledger_payload WHERE subjects @> ARRAY[%s::uuid]", (person,)
        ).fetchone()[0]
        assert door.execute("SELECT count(*) FROM ledger_entry WHERE act = %s", (ACT,)).fetchone()[0] == 1
    for login in ("prison", "county", "person"):
        with house.acting(login), transaction.atomic(), connection.cursor() as cursor:
            lines = queries.of_person(person, limit=held + 1)
            assert lines
            assert ACT not in {line.act for line in lines}
            assert len(lines) <= held
            cursor.execute("SELECT count(*) FROM ledger_lines_of(%s::uuid)", [uuid.uuid4()])
            assert cursor.fetchone() == (0,)
