"""Values of persons are closed to the application's own SQL: masked by functions, opened and compared after a line."""

import hashlib
import uuid
from datetime import UTC, date, datetime

import psycopg
import pytest
import yaml
from django.apps import apps
from django.db import transaction

from guitu.access import compiling
from guitu.access.establishing import unit_id
from guitu.access.operations import give_reach
from guitu.papers.models import CLOSED_BYTES
from guitu.people.models import CLOSED_COLUMNS, CLOSED_VALUES
from guitu.prison import operations as prison
from guitu.prison.models import CLOSED_WORDS
from tests.factories import rosters
from tests.factories.persons import by_name
from tests.factories.units import COUNTY

AT = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
CLOSED = {
    "people_person": CLOSED_COLUMNS,
    "people_fact": CLOSED_VALUES,
    "papers_document": CLOSED_BYTES,
    "papers_attachment": CLOSED_BYTES,
    "prison_assessment": CLOSED_WORDS,
}


def test_the_cage_grants_the_application_every_column_but_the_closed_ones():
    tables = yaml.safe_load((compiling.HERE / "cage.yaml").read_text(encoding="utf-8"))["tables"]
    models = {model._meta.db_table: model for model in apps.get_models()}
    for table, closed in CLOSED.items():
        for role in ("app", "job"):
            (select,) = (grant for grant in tables[table][role] if grant.startswith("SELECT"))
            granted = set(select.removeprefix("SELECT (").removesuffix(")").split(", "))
            assert granted == {field.column for field in models[table]._meta.concrete_fields} - set(closed)


@pytest.fixture
def one(house):
    """A person of one prison, whom the county receives."""
    with house.acting("prison"):
        prison.import_roster(
            rosters.workbook(
                rosters.row("陈柏舟", release=date(2026, 12, 14)),
                rosters.row("龙龚", release=date(2026, 12, 20), order="117"),
            ),
            file_name="名册.xlsx",
            today=date(2026, 9, 1),
            at=AT,
        )
    with house.acting("prison"), transaction.atomic():
        found = by_name()["陈柏舟"]
        give_reach(found, unit_id=unit_id(COUNTY), relation="receiver", at=AT)
    return found


def asked(house, login, statement, values=(), *, before=()):
    """What the application's role is answered in a transaction of this post, or the refusal's code."""
    with house.acting(login) as state:
        token, purpose = state.token, state.purpose
    with house.role("guitu_app") as door:
        for action, items, person in before:
            with door.transaction():
                become(door, token, purpose)
                answer = door.execute("SELECT access_require(%s, %s, %s)", (action, [person] if person else [], items))
                assert answer.fetchone() == ("ALLOWED",)
        with door.transaction(force_rollback=True):
            become(door, token, purpose)
            try:
                return door.execute(statement, values).fetchall()
            except psycopg.Error as refusal:
                return refusal.sqlstate


def become(door, token, purpose):
    door.execute("SELECT set_config('guitu.token', %s, true), set_config('guitu.purpose', %s, true)", (token, purpose))


ATTEMPTS = (
    *(f"SELECT {column} FROM {table}" for table, columns in CLOSED.items() for column in columns),
    "SELECT * FROM people_person",
    "SELECT f FROM people_fact f",
    "SELECT to_jsonb(f) FROM people_fact f",
    "SELECT count(*) FROM people_fact WHERE value LIKE '%'",
    "SELECT id FROM people_person ORDER BY birth_date",
    "SELECT max(value) FROM people_fact",
    "UPDATE people_person SET name = name RETURNING id",
    "UPDATE people_person SET ended_reason = name RETURNING ended_reason",
    "UPDATE people_fact SET value = 'x' RETURNING id",
    "UPDATE people_fact SET to_at = to_at RETURNING value",
    "INSERT INTO people_fact SELECT * FROM people_fact",
    "SELECT id FROM people_person p WHERE EXISTS (SELECT FROM people_fact f WHERE person_id = p.id AND value = '1')",
    "COPY people_fact (value) TO STDOUT",
    "CREATE VIEW other AS SELECT value FROM people_fact",
    "SELECT most_common_vals FROM pg_stats WHERE tablename = 'people_fact' AND attname = 'value'",
)


def test_no_sql_of_the_application_reads_a_value_past_the_mask_and_with_the_privilege_it_does(house, one):
    read = "SELECT value FROM people_masked_fact WHERE person_id = %s AND item = 'household_region'"
    ((masked,),) = asked(house, "prison-leader", read, (one,), before=[("person:open", [], one)])
    assert "****" in masked
    for attempt in ATTEMPTS:
        assert asked(house, "prison-leader", attempt.replace("%", "%%")) in ("42501", []), attempt
    with house.role("guitu_owner") as door:
        whole = door.execute(read.replace("people_masked_fact", "people_fact"), (one,)).fetchone()[0]
        door.execute("GRANT SELECT ON people_fact, people_person TO guitu_app")
    assert "****" not in whole
    leaked = asked(house, "prison-leader", read.replace("people_masked_fact", "people_fact"), (one,))
    assert leaked == [(whole,)], "control: the row policy alone shows the value"


def refused(door, statement):
    """The SQLSTATE with which a statement is refused, or what it answers; the transaction goes on."""
    try:
        with door.transaction():
            return door.execute(statement.replace("%", "%%")).fetchall()
    except psycopg.Error as refusal:
        return refusal.sqlstate


def test_the_clock_selects_no_value_either_and_compares_nothing_but_grades_after_a_complaint(house, one):
    with house.role("guitu_job") as door, door.transaction(force_rollback=True):
        door.execute("SELECT access_mint_tick(%s, '1 minute')", (hashlib.sha256(b"tick").digest(),))
        door.execute("SELECT set_config('guitu.token', 'tick', true), set_config('guitu.purpose', 'CLOCK', true)")
        for attempt in ATTEMPTS:
            assert refused(door, attempt) in ("42501", []), attempt
        facts = dict(door.execute("SELECT item, id FROM people_fact WHERE person_id = %s", (one,)).fetchall())
        compared = "SELECT item FROM people_grades_compared(%s)"
        with house.role("guitu_owner") as owner:
            owner.execute("UPDATE people_fact SET item = 'prison_grade' WHERE id = %s", (facts["offence"],))
        assert door.execute(compared, (list(facts.values()),)).fetchall() == []
        with house.role("guitu_owner") as owner:  # control: after a complaint the grade, and nothing else
            owner.execute(
                "INSERT INTO rights_complaint (id, person_id, division, number, addressee_id, way, post_id,"
                " sealed_name, taken_at, due_at, due_rule, outcome) SELECT gen_random_uuid(), q.id, q.division, 'T-1',"
                " q.responsible_unit_id, 'ENVELOPE', gen_random_uuid(), '', now(), now(), 'RD-COMPLAINT', ''"
                " FROM people_person q WHERE q.id = %s",
                (one,),
            )
        assert door.execute(compared, (list(facts.values()),)).fetchall() == [("prison_grade",)]
    assert asked(house, "prison-leader", compared, (list(facts.values()),)) == "42501"


def test_what_is_opened_one_at_a_time_needs_its_line_before(house, one):
    opened = "SELECT item, sealed_value IS NOT NULL FROM people_facts_opened(%s, '{offence,id_doc,prior_record}')"
    line = ("person:reveal", ["offence"], one)
    assert asked(house, "county", opened, (one,)) == "GU025"
    assert asked(house, "county", opened, (one,), before=[("person:open", [], one)]) == []
    assert asked(house, "county", opened, (one,), before=[line]) == [("offence", True)]
    assert asked(house, "foreign", opened, (one,)) == "GU025"
    opens = [("person:open", [], one)]
    # Masked for leaders: the table lets them open nothing.
    assert asked(house, "prison-leader", opened, (one,), before=opens) == []


def test_comparing_needs_the_permission_and_a_line_and_stays_in_sight(house, one):
    both = [[one, uuid.uuid4()]]
    for statement, values in (
        ("SELECT person_id FROM people_facts_compared(%s, NULL) WHERE item = 'name'", both),
        ("SELECT id FROM people_identities(%s)", both),
        ("SELECT people_near('{}', ARRAY['陈柏舟'])", ()),
    ):
        assert asked(house, "prison-leader", statement, values) == "GU006"
        assert asked(house, "prison", statement, values) == "GU025"
        line = ("roster:import", [], None)
        assert asked(house, "prison", statement, values, before=[line]) == [(one,)]
        assert asked(house, "other-prison", statement, values, before=[line]) == []
