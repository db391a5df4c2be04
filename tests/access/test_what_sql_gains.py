"""Whoever writes SQL of their own under a valid token gains no row by it; each guard with a control."""

import uuid
from datetime import UTC, date, datetime

import psycopg
import pytest
from django.db import transaction

from guitu.access import queries
from guitu.people.models import Identifier, Person
from guitu.prison import operations as prison
from tests.factories import rosters
from tests.factories.units import CITY, COUNTY, FOREIGN_COUNTY, PRISON, SIBLING_COUNTY, TOWNSHIP
from tests.roads.walking import Walk, home, received
from tests.web.conftest import fresh, peopled_template  # noqa: F401 - the peopled house

AT = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
BREAK = (
    "SELECT outcome FROM access_break_glass(gen_random_uuid(), '{}', '{}', %s, 'danger', '家属来电',"
    " now() + interval '1 day')"
)


@pytest.fixture
def held(house):
    """Somebody whom the prison holds and no county sees: the id, the file's number."""
    with house.acting("prison"):
        book = rosters.workbook(rosters.row("陈柏舟", release=date(2026, 12, 14)))
        prison.import_roster(book, file_name="名册.xlsx", today=date(2026, 9, 1), at=AT)
    with house.acting("prison"), transaction.atomic():
        person = Person.objects.get()
        identifier = Identifier.objects.get()
        return person.id, person.number, identifier.kind, bytes(identifier.blind_index)


class Hand:
    """One post writing SQL as guitu_app; each statement in a transaction of its own, kept if `keep`."""

    def __init__(self, house, login: str, purpose: str = "", *, token: str = "") -> None:
        self.house, self.token = house, token or house.token(login)
        self.purpose = purpose or queries.session_of(self.token).purposes[0]

    def __call__(self, statement: str, *values: object, keep: bool = False):
        with self.house.role("guitu_app") as door, door.transaction(force_rollback=not keep):
            door.execute(
                "SELECT set_config('guitu.token', %s, true), set_config('guitu.purpose', %s, true)",
                (self.token, self.purpose),
            )
            cursor = door.execute(statement, values)
            return cursor.fetchall() if cursor.description else cursor.rowcount

    def state(self, statement: str, *values: object) -> str:
        """The SQLSTATE with which the statement is refused; empty if it is not."""
        try:
            self(statement, *values)
        except psycopg.Error as fault:
            return fault.sqlstate or "?"
        return ""


ABOUT = (
    "INSERT INTO people_fact (id, person_id, division, item, value, source, collected_at, collected_by, purpose,"
    " from_at) VALUES (gen_random_uuid(), %s, %s, 'skills', 'x', 'x', now(), gen_random_uuid(), 'x', now())"
)
DRAW = "UPDATE people_person SET division = %s, responsible_unit_id = %s WHERE id = %s"


def test_a_broken_glass_shows_and_nothing_can_be_written_moved_or_passed_on_through_it(house, held, unit) -> None:
    person, number, *_ = held
    sibling = Hand(house, "sibling")
    assert sibling(BREAK, number, keep=True) == [("OPENED",)]
    assert sibling("SELECT count(*) FROM people_person") == [(1,)]
    assert sibling(DRAW, SIBLING_COUNTY, unit(SIBLING_COUNTY), person) == 0
    assert sibling("UPDATE people_person SET name = 'x' WHERE id = %s", person) == 0
    assert sibling("UPDATE people_fact SET to_at = now() WHERE person_id = %s", person) == 0
    assert sibling.state("SELECT people_place(%s, %s, %s)", person, unit(SIBLING_COUNTY), SIBLING_COUNTY) == "GU005"
    give = "SELECT access_give_reach(%s, %s, NULL, 'receiver', now())"
    assert sibling.state(give, person, unit(SIBLING_COUNTY)) == "GU005"
    assert sibling.state(ABOUT, person, PRISON) == "42501"
    with house.role("guitu_owner") as door:
        for name in ("lasting ON people_person", "lasting ON people_fact"):
            door.execute(f"DROP POLICY {name}")
        door.execute("DROP TRIGGER changed_in_hand ON people_person")
        door.execute("DROP TRIGGER responsible_by_a_matter ON people_person")
    assert sibling(DRAW, SIBLING_COUNTY, unit(SIBLING_COUNTY), person) == 1  # the control


ASKED = "SELECT person_id, held_elsewhere FROM people_find_identifier(%s, ARRAY[%s]::bytea[])"
LINES = "SELECT ledger_lines_of(%s)"
PASS_ON = "SELECT access_give_reach(%s, %s, NULL, %s, now())"
LISTED = "SELECT access_require('person:list', '{}', '{}')"
REQUIRE = "SELECT access_require('person:open', ARRAY[%s]::uuid[], '{}')"


WHO_SEES_NOBODY = (
    ("system", ""),
    ("security", ""),
    ("audit", ""),
    ("prison-leader", "REVIEW_LOOKS"),
    ("evaluator", ""),
)


def test_for_a_purpose_that_shows_nobody_no_function_shows_or_passes_on_anybody(house, held, unit) -> None:
    person, _, kind, digest = held
    for login, purpose in WHO_SEES_NOBODY:
        hand = Hand(house, login, purpose)
        assert hand("SELECT count(*) FROM people_person") == [(0,)]
        assert hand(ASKED, kind, digest) == []
        assert hand(LINES, person) == []
        assert hand.state(PASS_ON, person, unit(COUNTY), "receiver") in {"GU005", "GU006"}
        assert hand(REQUIRE, person) in ([("DENIED",)], [("UNKNOWN",)])
        assert hand("SELECT person_id FROM access_standing(ARRAY[%s]::uuid[])", person) == []
    assert Hand(house, "employer")(ASKED, kind, digest) == []  # nor that anybody holds the number
    own = Hand(house, "prison")  # the control: the same asked by who holds the person
    assert own(REQUIRE, person, keep=True) == [("ALLOWED",)]
    assert own(ASKED, kind, digest) == [(person, False)]
    assert len(own(LINES, person)) == 1
    assert own(REQUIRE, person) == [("ALLOWED",)]
    assert own(PASS_ON, person, unit(COUNTY), "receiver") == [("",)]


def test_nobody_is_passed_on_as_the_person_as_a_representative_or_through_a_glass(house, held, unit) -> None:
    person, own = held[0], Hand(house, "prison")
    for relation in ("self", "mandate", "break_glass", "lawful_query", "anything"):
        assert own.state(PASS_ON, person, unit(FOREIGN_COUNTY), relation) == "GU006"
        end = "SELECT access_end_reach(%s, %s, %s, now())"
        assert own.state(end, person, unit(FOREIGN_COUNTY), relation) == "GU006"
    own("SELECT access_give_reach(%s, %s, NULL, 'assigned', now())", person, unit(TOWNSHIP), keep=True)
    with house.role("guitu_owner") as door:
        (post,) = door.execute("SELECT id FROM access_post WHERE role = 'SOCIAL_WORKER'").fetchone()
        door.execute(
            "INSERT INTO access_reach (id, person_id, division, unit_id, post_id, relation, from_at)"
            " SELECT gen_random_uuid(), %s, division, id, %s, 'assigned', now() FROM access_unit WHERE code = %s",
            (person, post, TOWNSHIP),
        )
    worker = Hand(house, "worker")
    assert worker("SELECT count(*) FROM people_person") == [(1,)]
    assert worker.state(PASS_ON, person, unit(TOWNSHIP), "receiver") == "GU006"  # nor made to last by who was assigned
    assert own(PASS_ON, person, unit(FOREIGN_COUNTY), "receiver") == [("",)]  # the control


NEARER = (
    "SELECT t.relation, e.effect FROM access_standing(ARRAY[%s]::uuid[]) t"
    " JOIN access_effects() e USING (relation, state) WHERE e.item = 'id_doc'"
)
GIVE = "SELECT access_give_reach(%s, %s, %s, %s, now())"
PLACE = "SELECT people_place(%s, %s, %s)"


def test_who_was_responsible_once_comes_no_nearer_to_the_person_by_sql_of_their_own(house, unit, posts) -> None:
    walk, own = Walk(house), Hand(house, "prison")
    nearer = (
        (GIVE, walk.person, unit(PRISON), None, "receiver"),
        (GIVE, walk.person, unit(PRISON), None, "assigned"),
        (PLACE, walk.person, unit(PRISON), PRISON),
        (DRAW, PRISON, unit(PRISON), walk.person),
        ("UPDATE people_person SET ended_at = NULL, ended_reason = '' WHERE id = %s", walk.person),
    )
    assert [own.state(*act) for act in nearer] == [""] * 5  # the control: while the file is in hand
    home(received(walk))
    assert own(NEARER, walk.person) == [("former", "mask")]
    assert [own.state(*act) for act in nearer] == ["GU006"] * 5
    with house.role("guitu_owner") as door:
        door.execute("DROP TRIGGER changed_in_hand ON people_person")
        door.execute("DROP TRIGGER responsible_by_a_matter ON people_person")
    assert own(DRAW, PRISON, unit(PRISON), walk.person) == 1  # the control: without the trigger the file is drawn back


def test_nobody_makes_themselves_the_assigned_post_or_the_overseer(house, held, unit, posts) -> None:
    own = Hand(house, "prison")
    assert own.state(GIVE, held[0], unit(PRISON), posts("prison"), "assigned") == "GU006"
    assert own.state(GIVE, held[0], unit(PRISON), None, "oversight") == "GU006"
    assert own.state(GIVE, held[0], unit(CITY), None, "oversight") == ""  # the control: a matter goes before a superior


def test_the_own_word_puts_the_road_before_a_superior_never_one_post_nor_by_who_may_only_read(fresh):  # noqa: F811
    with fresh.role("guitu_owner") as door:
        units = dict(door.execute("SELECT code, id FROM access_unit").fetchall())
        (person,) = door.execute(
            "SELECT m.person_id FROM access_mandate m JOIN access_post p ON p.id = m.post_id"
            " WHERE p.role = 'REPRESENTATIVE' ORDER BY p.from_at LIMIT 1"
        ).fetchone()
        (county,) = door.execute("SELECT id FROM access_post WHERE unit_id = %s LIMIT 1", (units[COUNTY],)).fetchone()
    own, speaks = Hand(fresh, "person"), Hand(fresh, "representative")
    before_all = (GIVE, person, units[CITY], None, "oversight")
    assert (own.state(*before_all), speaks.state(*before_all)) == ("", "")  # the control
    assert own.state(GIVE, person, units[COUNTY], county, "oversight") == "GU006"
    with fresh.role("guitu_owner") as door:
        door.execute("UPDATE access_mandate SET scope = 'READ' WHERE person_id = %s", (person,))
    assert (own.state(*before_all), speaks.state(*before_all)) == ("", "GU006")


def test_whose_road_it_is_and_who_oversees_change_nothing_on_the_head_of_the_file(house, held, unit) -> None:
    person = held[0]
    with house.role("guitu_owner") as door:
        door.execute(
            "INSERT INTO access_reach (id, person_id, division, unit_id, relation, from_at)"
            " SELECT gen_random_uuid(), %s, division, id, 'oversight', now() FROM access_unit WHERE code = %s",
            (person, SIBLING_COUNTY),
        )
    sibling = Hand(house, "sibling")
    assert sibling("SELECT count(*) FROM people_person") == [(1,)]
    assert sibling.state("UPDATE people_person SET name = 'x' WHERE id = %s", person) == "GU006"
    assert Hand(house, "prison")("UPDATE people_person SET name = 'x' WHERE id = %s", person) == 1  # the control


COMMISSION = (
    "INSERT INTO access_commission (id, unit_id, issued_by_unit_id, number, powers, from_on, issued_at, issued_by)"
    " VALUES (gen_random_uuid(), %s, %s, '委1号', ARRAY['leave'], '2026-01-01', now(), %s)"
)


def test_a_commission_is_written_by_the_county_itself(house, unit, posts) -> None:
    for login, state in (("foreign", "GU006"), ("employer", "GU006"), ("county-head", "")):
        assert Hand(house, login).state(COMMISSION, unit(TOWNSHIP), unit(COUNTY), posts(login)) == state, login
    head = Hand(house, "county-head")
    assert head.state(COMMISSION, unit(SIBLING_COUNTY), unit(COUNTY), posts("county-head")) == "GU007"
    assert head.state(COMMISSION, unit(TOWNSHIP), unit(CITY), posts("county-head")) == "GU007"
    assert head.state(COMMISSION, unit(TOWNSHIP), unit(COUNTY), posts("county")) == "GU007"


def test_every_function_that_acts_as_the_owner_looks_in_its_own_places_and_is_nobodys_by_default(house) -> None:
    with house.role("guitu_owner") as door:
        functions = door.execute(
            "SELECT proname, prosecdef, coalesce(proconfig, '{}'), has_function_privilege('public', oid, 'EXECUTE')"
            " FROM pg_proc p WHERE pronamespace = 'public'::regnamespace"
            " AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
        ).fetchall()
        writable = door.execute(
            "SELECT nspname FROM pg_namespace WHERE has_schema_privilege('guitu_app', oid, 'CREATE')"
        ).fetchall()
    pinned = "search_path=pg_catalog, public, pg_temp"
    assert len(functions) > 200
    assert not [name for name, definer, config, _ in functions if definer and pinned not in config]
    assert not any(public for *_, public in functions)
    assert writable == []


GUESSES = (
    "SELECT count(*) FROM people_person WHERE 1 / (CASE WHEN name = '陈柏舟' THEN 0 ELSE 1 END) = 1",
    "SELECT count(*) FROM people_person WHERE name::integer = 1",
    "SELECT count(*) FROM people_fact WHERE value::integer = 1",
    "SELECT count(*) FROM people_masked_person WHERE name::integer = 1",
    "SELECT pg_notify('leak', name) FROM people_person",
    "INSERT INTO people_fact SELECT * FROM people_fact",
)


def test_no_error_and_no_effect_tells_of_somebody_out_of_sight(house, held) -> None:
    foreign, said = Hand(house, "foreign"), set()
    foreign(LISTED, keep=True)
    for guess in GUESSES:  # the closed columns are refused whoever they are about
        assert foreign.state(guess) == ("" if "people_masked_person" in guess else "42501"), guess
    for person in (held[0], uuid.uuid4()):
        with pytest.raises(psycopg.Error) as refusal:
            foreign(ABOUT, person, FOREIGN_COUNTY)
        told = refusal.value.diag
        said.add((told.sqlstate, told.message_primary, told.constraint_name, told.message_detail))
    assert len(said) == 1  # somebody's and nobody's are one answer
    control = "SELECT count(*) FROM people_masked_person WHERE name = '陈柏舟'"
    prison_hand = Hand(house, "prison")
    prison_hand(LISTED, keep=True)
    assert prison_hand(control) == [(1,)]
    assert Hand(house, "prison")(ABOUT, held[0], PRISON) == 1
