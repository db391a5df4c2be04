"""By raw SQL as the application role an evaluator finds nobody, in any table with a person, whatever was drawn."""

import uuid

import psycopg
import pytest
import yaml

from guitu.access import compiling
from guitu.evaluation import operations
from tests.evaluation.conftest import MOMENT

CAGE = yaml.safe_load((compiling.HERE / "cage.yaml").read_text(encoding="utf-8"))["tables"]
OF_PERSONS = sorted(name for name, line in CAGE.items() if line["cage"] in {"person", "pair", "addressed"})
_KNOWN = "SELECT p.id, p.number, p.name, j.id FROM people_person p JOIN journeys_journey j ON j.person_id = p.id"
SHUT = ["evaluation_evaluation", "evaluation_figure", "evaluation_finding", "access_reach", "access_trace"]


def ask(house, login, text, *given):
    with house.role("guitu_app") as door, door.transaction():
        door.execute("SELECT set_config('guitu.token', %s, true)", (house.token(login),))
        purpose = "EVALUATE" if login == "evaluator" else "RECEIVE_RETURN"
        door.execute("SELECT set_config('guitu.purpose', %s, true)", (purpose,))
        return door.execute(text, given).fetchall()


@pytest.fixture
def drawn(evaluated):
    evaluated.commission()
    code = evaluated.draw(size=8)[0].code
    with evaluated.house.acting("evaluator"):
        operations.ask_for_talk(evaluated.id, code, event_id=uuid.uuid4(), at=MOMENT)
    return evaluated


def test_there_is_no_row_in_any_table_of_persons(drawn):
    assert len(OF_PERSONS) > 20
    found = {table: ask(drawn.house, "evaluator", f"SELECT count(*) FROM {table}")[0][0] for table in OF_PERSONS}
    assert {table: rows for table, rows in found.items() if rows} == {}


def test_control_the_county_finds_its_persons_there(drawn):
    for table in ("people_person", "journeys_journey", "evaluation_matter", "evaluation_contact"):
        assert ask(drawn.house, "county", f"SELECT count(*) FROM {table}")[0][0] > 0, table


def test_notices_and_ledger_name_nobody(drawn):
    assert ask(drawn.house, "evaluator", "SELECT person_id FROM notices_notice WHERE person_id IS NOT NULL") == []
    with drawn.house.role("guitu_owner") as door:
        everybody = [row[0] for row in door.execute("SELECT id FROM people_person").fetchall()]
    lines = "SELECT count(*) FROM unnest(%s::uuid[]) AS w (id), ledger_lines_of(w.id)"
    assert ask(drawn.house, "evaluator", lines, everybody) == [(0,)]
    assert ask(drawn.house, "county", lines, everybody)[0][0] > 0  # the control


@pytest.mark.parametrize("table", SHUT)
def test_the_tables_of_the_evaluation_itself_are_shut(drawn, table):
    with pytest.raises(psycopg.Error) as refusal:
        ask(drawn.house, "evaluator", f"SELECT * FROM {table}")
    assert refusal.value.sqlstate == "42501"


@pytest.mark.parametrize(
    "call",
    [
        "evaluation_recorded('910000000000', '920000000000', '2026-01-01', '2026-12-31', 7, now())",
        "evaluation_hidden('{1}', '{1}', 1)",
        "evaluation_opened(NULL, 'evaluation:work')",
        "evaluation_party(NULL, 'evaluation:work')",
        "evaluation_trace('evaluation:work', '{}', 'ALLOWED')",
    ],
)
def test_what_the_functions_are_made_of_cannot_be_called(drawn, call):
    with pytest.raises(psycopg.Error) as refusal:
        ask(drawn.house, "evaluator", f"SELECT * FROM {call}")
    assert refusal.value.sqlstate == "42501"


def test_what_the_functions_give_holds_no_id_of_a_person_or_a_matter(drawn):
    with drawn.house.role("guitu_owner") as door:
        known = {str(value) for row in door.execute(_KNOWN) for value in row}
    code = ask(drawn.house, "evaluator", "SELECT code FROM evaluation_sample(%s)", drawn.id)[0][0]
    text = ""
    for call, given in (
        ("evaluation_seen('evaluation:work', NULL)", ()),
        ("evaluation_figures(%s, 'evaluation:work')", (drawn.id,)),
        ("evaluation_sample(%s)", (drawn.id,)),
        ("evaluation_matter_seen(%s, %s)", (drawn.id, code)),
        ("evaluation_comparison(%s, 'evaluation:work')", (drawn.id,)),
    ):
        told = ask(drawn.house, "evaluator", f"SELECT * FROM {call}", *given)
        assert told, call
        text += str(told)
    assert [word for word in known if word in text] == []
    assert "2026, 6, 15" not in text


def test_every_look_leaves_a_line(drawn):
    with drawn.house.role("guitu_owner") as door:
        before = door.execute("SELECT count(*) FROM access_trace").fetchone()[0]
    ask(drawn.house, "evaluator", "SELECT 1 FROM evaluation_figures(%s, 'evaluation:work')", drawn.id)
    ask(drawn.house, "evaluator", "SELECT 1 FROM evaluation_sample(%s)", drawn.id)
    ask(drawn.house, "evaluator", "SELECT 1 FROM evaluation_figures(%s, 'evaluation:work')", uuid.uuid4())
    with drawn.house.role("guitu_owner") as door:
        lines = door.execute("SELECT outcome FROM access_trace ORDER BY at OFFSET %s", (before,)).fetchall()
    assert lines == [("ALLOWED",), ("ALLOWED",), ("UNKNOWN",)]


def test_the_own_trail_leads_from_no_code_to_a_file(drawn):
    looked = "SELECT numbers, persons FROM access_own_looks('-infinity', 'infinity', 0, 99)"
    code = ask(drawn.house, "evaluator", "SELECT code FROM evaluation_sample(%s)", drawn.id)[0][0]
    ask(drawn.house, "evaluator", "SELECT 1 FROM evaluation_matter_seen(%s, %s)", drawn.id, code)
    own = ask(drawn.house, "evaluator", looked)
    assert 1 in {persons for _, persons in own}
    assert {tuple(numbers) for numbers, _ in own} == {()}
    for person in drawn.persons.values():
        ask(drawn.house, "county", "SELECT access_require('person:open', ARRAY[%s]::uuid[], '{}')", person)
    assert any(numbers for numbers, _ in ask(drawn.house, "county", looked))  # the control: whom one sees by name
