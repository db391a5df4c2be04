"""The decision table at work in the database and on the command line; raw attempts to see more, each with a control."""

import hashlib
import json
import uuid
from datetime import UTC, date, datetime

import psycopg
import pytest
from django.db import transaction
from typer.testing import CliRunner

from guitu.access import queries
from guitu.access.acting import acting
from guitu.access.deciding import names_in_sight
from guitu.access.establishing import unit_id
from guitu.access.operations import ask, give_reach
from guitu.ledger import keys
from guitu.people import dossiers
from guitu.people import queries as persons
from guitu.people.dossiers import items_for_dossier
from guitu.people.facts import item_key
from guitu.people.models import Person
from guitu.prison import operations as prison
from guitu.rulebook.book import load_national
from guitu.rulebook.decision_table import decision_table
from guitu.web.command_line.access import app
from tests.access.small_world import cloned
from tests.factories import rosters
from tests.factories.persons import by_name
from tests.factories.units import COUNTY, PRISON

AT = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def house(server, template):
    """One clone for all tests of this module; what a test changes it puts back."""
    with cloned(server, template) as one:
        yield one


@pytest.fixture(scope="module")
def held(house):
    """Two persons of one prison: one shown to the county as receiver with a prior record on file, one not shown."""
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
        found = by_name()
        give_reach(found["陈柏舟"], unit_id=unit_id(COUNTY), relation="receiver", at=AT)
    one = found["陈柏舟"]
    with house.role("guitu_owner") as door:
        door.execute(
            "INSERT INTO people_fact (id, person_id, division, item, value, sealed_value, source,"
            " collected_at, collected_by,"
            " purpose, from_at) SELECT %s, id, division, 'prior_record', '', %s, '判决书', %s, id, 'PREPARE_RETURN', %s"
            " FROM people_person WHERE id = %s",
            (uuid.uuid4(), keys.encrypt("2019年盗窃", belongs_to=item_key(one, "prior_record")), AT, AT, one),
        )
    return found


def explain(post, person, item, purpose):
    result = CliRunner().invoke(
        app, ["explain", "--post", post, "--person", str(person), "--item", item, "--purpose", purpose, "--json"]
    )
    return json.loads(result.stdout), result.exit_code


PRISON_POST, COUNTY_POST = f"prison:{PRISON}:PRISON_LIAISON", f"county:{COUNTY}:COUNTY_OFFICER"


def test_explain_says_yes_or_no_and_by_which_line(house, held):
    one, other = held["陈柏舟"], held["龙龚"]
    told, code = explain(PRISON_POST, one, "name", "PREPARE_RETURN")
    assert (told["seen"], told["relation"], told["state"], told["line"], code) == (
        True,
        "own_unit",
        "active",
        "DT-101",
        0,
    )
    assert told["where"].startswith("decision_table/prisons.yaml:")
    told, code = explain(COUNTY_POST, one, "prior_record", "RECEIVE_RETURN")
    assert (told["seen"], told["relation"], told["line"], code) == (False, "receiver", "DT-203", 1)
    told, _ = explain(f"prison-leader:{PRISON}:PRISON_LEADER", one, "id_doc", "SUPERVISE_LINKAGE")
    assert (told["seen"], told["effect"], told["mask"]) == (True, "mask", "id_number")
    for person in (other, uuid.uuid4(), "GT-00-000000"):
        told, code = explain(COUNTY_POST, person, "name", "RECEIVE_RETURN")
        assert (told["effect"], code) == ("unknown", 1)
        assert "line" not in told  # whether there is such a person is told by no line
    for person in (
        one,
        other,
        uuid.uuid4(),
    ):  # of a purpose for which nobody is seen the line is the same, whoever it is
        told, code = explain(f"prison-leader:{PRISON}:PRISON_LEADER", person, "name", "REVIEW_LOOKS")
        assert (told["effect"], told["line"], code) == ("unknown", "DT-308", 1)
    with house.acting("prison"), transaction.atomic():
        number = Person.objects.get(id=one).number
    assert explain(COUNTY_POST, number, "name", "RECEIVE_RETURN")[0]["line"] == "DT-201"


def test_explaining_shows_no_value_and_leaves_its_line(house, held):
    result = CliRunner().invoke(
        app,
        [
            "explain",
            "--post",
            COUNTY_POST,
            "--person",
            str(held["陈柏舟"]),
            "--item",
            "name",
            "--purpose",
            "RECEIVE_RETURN",
        ],
    )
    assert "DT-201" in result.stdout
    assert "陈柏舟" not in result.stdout
    with house.role("guitu_owner") as door:
        lines = door.execute("SELECT outcome FROM access_trace WHERE %s = ANY (subjects)", (held["陈柏舟"],)).fetchall()
    assert ("ALLOWED",) in lines


def test_to_open_what_the_table_does_not_allow_is_refused_by_the_database_itself(house, held):
    one = held["陈柏舟"]
    with house.acting("county"), transaction.atomic(durable=True):
        assert ask("person:reveal", [one], seen=["offence"]) == "ALLOWED"
        assert ask("person:reveal", [one], seen=["prior_record"]) == "DENIED"
        assert persons.reveal(one, "offence") == "盗窃罪"
        assert persons.reveal(one, "prior_record") is None
    with house.acting("prison"), transaction.atomic(durable=True):
        assert ask("person:reveal", [one], seen=["prior_record"]) == "ALLOWED"
        assert persons.reveal(one, "prior_record") == "2019年盗窃"


def test_a_dossier_carries_what_the_receiver_needs_and_not_the_prior_record(house, held):
    one = held["陈柏舟"]
    with house.acting("prison"), transaction.atomic(durable=True):
        assert ask("dossier:send", [one]) == "ALLOWED"
        carried, known = items_for_dossier(one), set(persons.file_of(one).items)
    assert {"name", "id_doc", "offence", "sentence"} <= set(carried)
    assert known - set(carried) == {"prior_record"}


def test_what_a_dossier_carries_is_asked_of_the_prison_alone_and_a_detention_house_sees_the_same():
    table, purpose = decision_table(), dossiers.SENDER[1]
    for item in load_national().items:
        effects = {
            table.decide(role, purpose, item, relation="own_unit", state="active", on=AT.date()).effect
            for role in (dossiers.SENDER[0], "DETENTION_OFFICER")
        }
        assert len(effects) == 1, item


def count(house, login):
    session = queries.session_of(house.token(login))
    with acting(session, session.purposes[0]), transaction.atomic():
        return Person.objects.count()


def test_an_administrator_over_the_whole_province_sees_no_person_by_whatever_sql(house, held):
    assert [count(house, login) for login in ("system", "security", "audit")] == [0, 0, 0]
    assert count(house, "province") == 2  # the control: over the same range there is somebody to see


def test_control_a_line_for_the_administrator_would_show_everybody_in_the_range(house, held):
    with house.role("guitu_owner") as door:
        door.execute(
            "INSERT INTO access_decision (role, purpose, relation, state, item, effect, mask, line, from_on)"
            " VALUES ('SYSTEM_ADMINISTRATOR', 'ADMINISTER', 'below', 'active', 'name', 'allow', '', 'X', '2020-01-01')"
        )
        assert count(house, "system") == 2
        door.execute("DELETE FROM access_decision WHERE line = 'X'")
    assert count(house, "system") == 0


ATTEMPTS = [
    ("guitu_app", "INSERT INTO access_decision (role) VALUES ('X')", "42501"),
    ("guitu_app", "UPDATE access_decision SET effect = 'allow'", "42501"),
    ("guitu_app", "DELETE FROM access_role_purpose", "42501"),
    ("guitu_app", "SELECT access_opens(gen_random_uuid(), 'offence')", "42501"),
    ("guitu_app", "SELECT access_blind_for(gen_random_uuid(), '{}')", "42501"),
    ("guitu_app", "ALTER VIEW people_masked_fact SET (security_invoker = false)", "42501"),
    ("guitu_app", "SELECT * FROM people_masked_fact", "GU001"),
    ("guitu_app", "SELECT * FROM people_masked_person LIMIT 0", "GU001"),
    ("guitu_app", "SELECT * FROM access_standing(NULL)", "GU001"),
    ("guitu_app", "SELECT * FROM people_find('chen', '{}', 10)", "GU001"),
    ("guitu_app", "SELECT people_met_by_name('{}', 'chen', '{}')", "42501"),
    ("guitu_job", "SELECT 1 FROM people_person", "GU001"),
    ("guitu_job", "SELECT * FROM people_masked_fact WHERE false", "GU001"),
    ("guitu_job", "SELECT access_mint('\\x00', gen_random_uuid(), gen_random_uuid(), '1 hour', '1 hour')", "42501"),
    ("guitu_signin", "SELECT 1 FROM people_person", "42501"),
    ("guitu_seq", "SELECT 1 FROM people_masked_person", "42501"),
]


@pytest.mark.parametrize(("role", "attempt", "refused"), ATTEMPTS)
def test_nobody_without_a_post_reads_or_bends_the_table(house, role, attempt, refused):
    with house.role(role) as door, pytest.raises(psycopg.Error) as refusal:
        door.execute(attempt)
    assert refusal.value.sqlstate == refused


def seen_by(door):
    return door.execute("SELECT count(*) FROM people_person").fetchone()[0]


def become(door, token, purpose):
    door.execute("SELECT set_config('guitu.token', %s, true), set_config('guitu.purpose', %s, true)", (token, purpose))


def test_what_was_set_in_a_savepoint_or_a_former_transaction_is_gone_and_the_control_shows_it_would_count(house, held):
    own, foreign = house.token("prison"), house.token("foreign")
    with house.role("guitu_app") as door:
        with door.transaction():
            become(door, own, "PREPARE_RETURN")
            assert seen_by(door) == 2  # the control: with this token there is something to see
        with door.transaction(), pytest.raises(psycopg.Error) as refusal:
            seen_by(door)
        assert refusal.value.sqlstate == "GU001"
        with door.transaction():
            become(door, foreign, "RECEIVE_RETURN")
            with door.transaction(force_rollback=True):
                become(door, own, "PREPARE_RETURN")
                assert seen_by(door) == 2
            assert seen_by(door) == 0


def test_a_token_for_one_purpose_opens_nothing_for_another_and_half_a_token_nothing_at_all(house, held):
    token = house.token("prison")
    for wrong, purpose, state in (
        (token, "OVERSEE", "GU003"),
        (token[:-1], "PREPARE_RETURN", "GU002"),
        (token, "", "GU003"),
    ):
        with house.role("guitu_app") as door, door.transaction():
            become(door, wrong, purpose)
            with pytest.raises(psycopg.Error) as refusal:
                seen_by(door)
        assert refusal.value.sqlstate == state


def found_by(house, login, words):
    with house.acting(login), transaction.atomic():
        return [one.name for one in persons.find(words, most=10)]


def test_a_search_finds_by_name_pinyin_initials_and_number_within_the_own_sight(house, held):
    with house.acting("prison"), transaction.atomic():
        number = Person.objects.get(id=held["龙龚"]).number
    for words in ("柏舟", "chenbozhou", "cbz"):
        assert found_by(house, "prison", words) == ["陈柏舟"]
        assert found_by(house, "county", words) == ["陈柏舟"]
        assert found_by(house, "foreign", words) == []
    assert found_by(house, "prison", number.lower()) == ["龙龚"]
    assert found_by(house, "county", number) == []
    for words in ("%", "_", "\\", "' OR 1=1 --"):
        assert found_by(house, "prison", words) == []


def test_the_clock_reads_no_personal_value(house, held):
    with house.role("guitu_job") as door, door.transaction():
        door.execute("SELECT access_mint_tick(%s, '1 minute')", (hashlib.sha256(b"tick").digest(),))
        become(door, "tick", "CLOCK")
        rows = door.execute(
            "SELECT item, value, sealed_value FROM people_masked_fact WHERE value IS NOT NULL"
        ).fetchall()
        everybody = door.execute("SELECT count(*) FROM people_masked_fact").fetchone()[0]
    assert everybody > len(rows)
    assert {row[0] for row in rows} <= {"person_uid", "sex", "education", "organs", "skills"}
    assert {row[2] for row in rows} == {None}


def test_a_sealed_file_and_a_foreign_juvenile_are_not_found(house, held):
    one = held["陈柏舟"]
    assert found_by(house, "county", "cbz") == ["陈柏舟"]  # the control
    with house.role("guitu_owner") as door:
        door.execute(
            "UPDATE journeys_journey SET marks = '{juvenile}', receiving_unit_id = NULL WHERE person_id = %s", (one,)
        )
    assert found_by(house, "county", "cbz") == []
    assert found_by(house, "prison", "cbz") == ["陈柏舟"]
    with house.role("guitu_owner") as door:
        door.execute(
            "UPDATE people_person SET sealed_at = now(), division = people_sealed_division(division) WHERE id = %s",
            (one,),
        )
    assert found_by(house, "prison", "cbz") == []
    with house.acting("prison"), transaction.atomic():
        assert names_in_sight([one]) == persons.shown_items([one]) == {}
