"""The cage as the database holds it: no token, no row; each guard has a control that leaks when it is off."""

import uuid
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from guitu.access import compiling, queries, signing_in
from guitu.access.acting import ActingNested, TransactionRequired, acting
from guitu.access.establishing import account_id, post_id, unit_id
from guitu.access.operations import NotAllowed, PersonUnknown, ask, require
from guitu.people import queries as persons
from guitu.people.models import Fact, Person
from guitu.prison import operations as prison
from tests.factories import rosters
from tests.factories.persons import by_name
from tests.factories.units import COUNTY, PRISON

AT = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
GATES = [policy for policy in compiling.policies() if policy.name == "gate"]
CAGED = [policy.table for policy in GATES]


@pytest.fixture
def held(house):
    """The ids of two persons held by one prison."""
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
        return list(by_name().values())


def sqlstate(error):
    return error.value.__cause__.sqlstate if error.value.__cause__ else error.value.sqlstate


@pytest.mark.parametrize("table", CAGED)
def test_without_a_token_every_caged_table_is_an_error_and_never_an_empty_result(house, held, table):
    for question in (
        f"SELECT 1 FROM {table}",
        f"SELECT 1 FROM {table} LIMIT 0",
        f"SELECT 1 FROM {table} WHERE {'act' if table == 'ledger_entry' else 'division'} = 'x'",
    ):
        with house.role("guitu_app") as door, pytest.raises(psycopg.Error) as refusal:
            door.execute(question)
        assert refusal.value.sqlstate == "GU001"


def test_control_with_a_range_the_planner_does_not_know_no_token_is_an_empty_result_for_an_unknown_id(house, held):
    with house.role("postgres") as door:
        door.execute("DROP POLICY gate ON people_person")
        door.execute(
            "ALTER POLICY reach ON people_person USING (division >= (SELECT access_lo())"
            " AND division < (SELECT access_hi()) OR id = ANY ((SELECT access_shared())::uuid[]))"
        )
    with house.role("guitu_app") as door:
        assert door.execute("SELECT 1 FROM people_person WHERE id = %s", (uuid.uuid4(),)).fetchall() == []


def become(door, token):
    purpose = queries.session_of(token).purposes[0] if token not in {"", "guessed"} else "PREPARE_RETURN"
    door.execute("SELECT set_config('guitu.token', %s, true), set_config('guitu.purpose', %s, true)", (token, purpose))
    return purpose


def everybody_supposed(house, door):
    """Act as the foreign county and write into the setting what its plans are to suppose: the range is everywhere."""
    token = house.token("foreign")
    door.execute("SELECT set_config('guitu.planned', %s, true)", (f"{token} {become(door, token)} 0 :",))


def test_rewriting_the_settings_gains_nothing(house, held):
    with house.role("guitu_app") as door, door.transaction():
        become(door, "guessed")
        with pytest.raises(psycopg.Error) as refusal:
            door.execute("SELECT 1 FROM people_person")
    assert refusal.value.sqlstate == "GU002"


def test_every_caged_table_compares_the_range_that_its_plans_suppose():
    assert all(policy.restrictive and policy.command == "ALL" for policy in GATES)
    assert {policy.using for policy in GATES} == {compiling.PLAN_STANDS}
    assert {policy.table for policy in compiling.policies()} == set(CAGED)


def test_control_without_the_gate_whoever_writes_the_setting_sees_everybody(house, held):
    with house.role("guitu_app") as door, door.transaction():
        everybody_supposed(house, door)
        with pytest.raises(psycopg.Error) as refusal:
            door.execute("SELECT 1 FROM people_person")
    assert refusal.value.sqlstate == "GU012"
    with house.role("postgres") as door:
        door.execute("DROP POLICY gate ON people_person")
    with house.role("guitu_app") as door, door.transaction():
        everybody_supposed(house, door)
        assert len(door.execute("SELECT 1 FROM people_person").fetchall()) == 2


def test_a_plan_kept_from_another_session_shows_nothing(house, held):
    with house.role("guitu_app") as door:
        with door.transaction():
            become(door, house.token("prison"))
            door.execute("PREPARE everybody AS SELECT id FROM people_person")
            assert len(door.execute("EXECUTE everybody").fetchall()) == 2
        for token, refused in (("", "GU001"), (house.token("foreign"), "GU012")):
            with door.transaction():
                become(door, token)
                with pytest.raises(psycopg.Error) as refusal:
                    door.execute("EXECUTE everybody")
            assert refusal.value.sqlstate == refused
        with door.transaction():
            become(door, house.token("prison"))
            assert len(door.execute("EXECUTE everybody").fetchall()) == 2


def test_a_token_without_a_purpose_is_refused(house, held):
    with house.role("guitu_app") as door, door.transaction():
        door.execute("SELECT set_config('guitu.token', %s, true)", (house.token("prison"),))
        with pytest.raises(psycopg.Error) as refusal:
            door.execute("SELECT 1 FROM people_person")
    assert refusal.value.sqlstate == "GU003"


def test_a_purpose_outside_the_sessions_list_is_refused(house, held):
    session = queries.session_of(house.token("county"))
    with acting(session, "PREPARE_RETURN"), pytest.raises(DatabaseError) as refusal, transaction.atomic():
        Person.objects.count()
    assert sqlstate(refusal) == "GU003"


@pytest.mark.parametrize(
    "attempt",
    [
        "SELECT * FROM access_session",
        "INSERT INTO access_session (id) VALUES (gen_random_uuid())",
        "SELECT access_mint('\\x00', gen_random_uuid(), gen_random_uuid(), '1 hour', '1 hour')",
        "SELECT access_acting()",
        "SELECT * FROM access_reach",
        "INSERT INTO access_trace (id) VALUES (gen_random_uuid())",
        "INSERT INTO ledger_entry (id) VALUES (gen_random_uuid())",
        "UPDATE ledger_entry SET act = 'x'",
        "DELETE FROM ledger_payload",
        "TRUNCATE ledger_entry",
        "SELECT password FROM access_account",
        "UPDATE access_post SET role = 'SUPERVISOR'",
        "INSERT INTO access_permission (role, action) VALUES ('COUNTY_OFFICER', 'unit:list')",
        "SET ROLE guitu_owner",
        "SET SESSION AUTHORIZATION guitu_owner",
        "CREATE TABLE mine (a int)",
        "CREATE TEMP TABLE mine (a int)",
        "SELECT query FROM pg_stat_activity",
        "SELECT pg_terminate_backend(1)",
        "SELECT lo_create(0)",
        "SELECT lo_creat(-1)",
        "SELECT lo_from_bytea(0, 'somebody')",
        "DELETE FROM people_person",
    ],
)
def test_the_application_role_cannot(house, attempt):
    with house.role("guitu_app") as door, pytest.raises(psycopg.Error) as refusal:
        door.execute(attempt)
    assert refusal.value.sqlstate in {"42501", "GU001"}  # insufficient privilege, or the gate before it


def test_switching_row_security_off_shows_nothing(house, held):
    with house.role("guitu_app") as door:
        door.execute("SET row_security = off")
        with pytest.raises(psycopg.Error):
            door.execute("SELECT 1 FROM people_person")


@pytest.mark.parametrize(
    "statement", ["UPDATE ledger_entry SET act = 'x'", "DELETE FROM ledger_entry", "TRUNCATE ledger_entry"]
)
def test_not_even_the_owner_rewrites_the_ledger(house, held, statement):
    with house.role("guitu_owner") as door, pytest.raises(psycopg.Error) as refusal:
        door.execute(statement)
    assert refusal.value.sqlstate == "GU010"


def test_control_the_ledgers_trigger_is_what_stops_the_owner(house, held):
    with house.role("guitu_owner") as door:
        door.execute("ALTER TABLE ledger_entry DISABLE TRIGGER ALL")
        held_entries = door.execute("SELECT count(*) FROM ledger_entry").fetchone()[0]
        assert door.execute("UPDATE ledger_entry SET act = 'x'").rowcount == held_entries >= 2


def test_a_fact_cannot_be_attached_to_a_foreign_person(house, held):
    session = queries.session_of(house.token("county"))
    with acting(session, session.purposes[0]), pytest.raises(DatabaseError) as refusal, transaction.atomic():
        Fact.objects.create(
            person_id=held[0],
            division=COUNTY,
            item="skills",
            value="planted",
            source="nowhere",
            collected_at=AT,
            collected_by=session.post_id,
            purpose=session.purposes[0],
            from_at=AT,
        )
    assert "people_fact_bound_to_person" in str(refusal.value)


def test_control_without_the_composite_key_a_foreign_fact_is_taken(house, held):
    with house.role("guitu_owner") as door:
        door.execute("ALTER TABLE people_fact DROP CONSTRAINT people_fact_bound_to_person")
    session = queries.session_of(house.token("county"))
    with acting(session, session.purposes[0]), transaction.atomic():
        Fact.objects.create(
            person_id=held[0],
            division=COUNTY,
            item="marital_status_of_nobody",
            value="planted",
            source="nowhere",
            collected_at=AT,
            collected_by=session.post_id,
            purpose=session.purposes[0],
            from_at=AT,
        )


def test_a_reused_connection_carries_nothing_over(house, held):
    with house.acting("prison"), transaction.atomic():
        assert Person.objects.count() == 2
    with pytest.raises(DatabaseError), transaction.atomic():
        Person.objects.count()
    with house.acting("county"), transaction.atomic():
        assert Person.objects.count() == 0


LEFT = "SELECT set_config('guitu.token', %s, false), set_config('guitu.purpose', 'PREPARE_RETURN', false)"
"""As SQL of one's own could leave it in the session of a connection that serves others after it."""


def test_what_was_left_in_the_session_of_a_connection_shows_nobody_anything(house, held):
    token = house.token("prison")

    def counted() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM people_person")
            return cursor.fetchone()[0]

    def leave() -> None:
        with connection.connection.cursor() as bare:
            bare.execute(LEFT, (token,))

    for attempt in (counted, Person.objects.count):
        connection.ensure_connection()
        leave()
        with connection.connection.cursor() as bare:  # the control: past the house's own connection it counts
            assert bare.execute("SELECT count(*) FROM people_person").fetchone() == (2,)
        with pytest.raises(DatabaseError):
            attempt()
        leave()
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
        leave()
        with house.acting("county"), transaction.atomic():
            assert attempt() == 0


def test_control_a_role_that_could_mint_would_see(house, held):
    """What keeps the application's role from a token of its own is the right to the function alone."""
    with house.role("guitu_owner") as door:
        account, post = door.execute(
            "SELECT account_id, id FROM access_post WHERE unit_id = %s AND role = 'PRISON_LIAISON' LIMIT 1",
            (unit_id(PRISON),),
        ).fetchone()
    made = "SELECT access_mint(sha256('mine'::bytea), %s, %s, '1 hour', '1 hour')"
    with house.role("guitu_app") as door, pytest.raises(psycopg.errors.InsufficientPrivilege):
        door.execute(made, (account, post))
    with house.role("guitu_owner") as door:
        door.execute("GRANT EXECUTE ON FUNCTION access_mint TO guitu_app")
    with house.role("guitu_app") as door, door.transaction():
        door.execute(made, (account, post))
        door.execute(
            "SELECT set_config('guitu.token', 'mine', true), set_config('guitu.purpose', 'PREPARE_RETURN', true)"
        )
        assert door.execute("SELECT count(*) FROM people_person").fetchone() == (2,)


def test_a_rolled_back_savepoint_does_not_change_who_acts(house, held):
    with house.acting("prison"), transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            raise ZeroDivisionError
        assert Person.objects.count() == 2


def test_inside_acting_a_statement_outside_a_transaction_raises(house):
    with house.acting("prison"), pytest.raises(TransactionRequired):
        Person.objects.count()


def test_acting_cannot_be_opened_inside_a_transaction(house):
    session = queries.session_of(house.token("prison"))
    with transaction.atomic(), pytest.raises(ActingNested), acting(session, session.purposes[0]):
        pass


def test_an_ended_post_ends_its_sessions(house, held):
    session = queries.session_of(house.token("prison"))
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_post SET to_at = clock_timestamp() WHERE id = %s", (session.post_id,))
    with acting(session, session.purposes[0]), pytest.raises(DatabaseError) as refusal, transaction.atomic():
        Person.objects.count()
    assert sqlstate(refusal) == "GU002"


def test_an_ended_session_opens_nothing(house):
    token = house.token("prison")
    signing_in.end(token)
    with pytest.raises(queries.SessionEnded):
        queries.session_of(token)


def test_a_session_that_has_expired_opens_nothing(house):
    token = house.token("prison", lasts=timedelta(seconds=0))
    with pytest.raises(queries.SessionEnded):
        queries.session_of(token)


def test_nobody_gets_a_session_for_a_post_of_somebody_else(house):
    with pytest.raises(signing_in.SignInRefused):
        signing_in.mint(account_id("county"), post_id("prison", PRISON, "PRISON_LIAISON"), lasts=timedelta(hours=1))


def test_the_hand_that_was_turned_away_leaves_its_line(house, held):
    with house.acting("foreign"), pytest.raises(PersonUnknown):
        require("person:open", [held[0]])
    with house.acting("system"), pytest.raises(NotAllowed):
        require("person:open", [held[0]])
    with house.role("guitu_owner") as door:
        lines = door.execute("SELECT outcome FROM access_trace WHERE action = 'person:open' ORDER BY at").fetchall()
    assert [line[0] for line in lines] == ["UNKNOWN", "DENIED"]


def test_an_unknown_and_a_foreign_person_get_the_same_answer(house, held):
    answers = []
    for person_id in (held[0], uuid.uuid4()):
        with house.acting("foreign"), pytest.raises(PersonUnknown) as refusal:
            require("person:open", [person_id])
        answers.append(str(refusal.value))
    assert answers[0] == answers[1]


def test_a_refusal_cannot_be_rolled_back_with_the_operation(house, held):
    with house.acting("foreign"), pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        require("person:open", [held[0]])


def test_sensitive_values_are_stored_sealed_and_open_only_in_their_place(house, held):
    with house.acting("prison"), transaction.atomic(durable=True):
        assert ask("person:reveal", [held[0]], seen=["offence"]) == "ALLOWED"
        assert persons.reveal(held[0], "offence") == "盗窃罪"
    with house.role("guitu_owner") as door:
        text = "SELECT value, sealed_value FROM people_fact WHERE person_id = %s AND item = 'offence'"
        plain, sealed = door.execute(text, (held[0],)).fetchone()
        assert plain == ""
        assert "盗窃".encode() not in sealed
        door.execute(
            "UPDATE people_fact SET sealed_value = %s WHERE person_id = %s AND item = 'offence'", (sealed, held[1])
        )
    with house.acting("prison"), transaction.atomic(durable=True):
        assert ask("person:reveal", [held[1]], seen=["offence"]) == "ALLOWED"
        with pytest.raises(ValueError, match="does not belong"):
            persons.reveal(held[1], "offence")


def test_compiling_twice_changes_nothing(house):
    connection.close()
    user, password = connection.settings_dict["USER"], connection.settings_dict["PASSWORD"]
    connection.settings_dict["USER"] = "guitu_owner"
    try:
        assert compiling.compile_cage() == []
    finally:
        connection.close()
        connection.settings_dict["USER"], connection.settings_dict["PASSWORD"] = user, password


def test_a_table_without_a_line_stops_the_compiler(house):
    with house.role("guitu_owner") as door:
        door.execute("CREATE TABLE people_new (id uuid)")
    connection.close()
    user = connection.settings_dict["USER"]
    connection.settings_dict["USER"] = "guitu_owner"
    try:
        with pytest.raises(compiling.CageIncomplete, match="people_new"):
            compiling.compile_cage()
    finally:
        connection.close()
        connection.settings_dict["USER"] = user


def test_the_catalogue_holds_exactly_the_compiled_policies(house):
    with house.role("guitu_owner") as door:
        rows = door.execute(
            "SELECT c.relname, p.polname, p.polpermissive FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid"
        ).fetchall()
        unforced = door.execute(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity"
        ).fetchall()
    assert {(row[0], row[1], not row[2]) for row in rows} == {
        (policy.table, policy.name, policy.restrictive) for policy in compiling.policies()
    }
    assert unforced == []
