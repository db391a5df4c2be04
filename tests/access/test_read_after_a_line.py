"""Nothing is read of a person before its line stands: not unasked, and not on a line that can still be rolled back."""

import re
import uuid
from datetime import timedelta

import psycopg
import pytest
import yaml
from django.db import DatabaseError, transaction

from guitu.access import compiling
from guitu.access.database.base import NotDurable
from guitu.access.deciding import names_in_sight
from guitu.access.operations import ask
from guitu.people import queries as persons
from guitu.people.models import CLOSED_COLUMNS, CLOSED_VALUES
from guitu.rulebook.looking import line_lasts
from tests.access.test_closed_columns import become, one  # noqa: F401 - a fixture

LIST, OPEN, CHECK = ("person:list", False), ("person:open", True), ("roster:check", False)
READINGS = {
    "SELECT name FROM people_names_shown(ARRAY['{one}']::uuid[])": LIST,
    "SELECT name FROM people_heads_shown(ARRAY['{one}']::uuid[])": LIST,
    "SELECT name FROM people_heads_shown(NULL)": LIST,
    "SELECT name FROM people_masked_person": LIST,
    "SELECT person_id FROM people_find('陈柏舟', '{{}}', 10)": LIST,
    "SELECT people_called('陈柏舟', '{{}}')": LIST,
    "SELECT value FROM people_facts_shown(ARRAY['{one}']::uuid[])": OPEN,
    "SELECT value FROM people_facts_shown(NULL)": OPEN,
    "SELECT value FROM people_masked_fact": OPEN,
    "SELECT value FROM people_facts_opened('{one}', '{{name}}')": OPEN,
    "SELECT name FROM people_identities(ARRAY['{one}']::uuid[])": CHECK,
    "SELECT people_near('{{}}', ARRAY['陈柏舟'])": CHECK,
    "SELECT value FROM people_facts_compared(ARRAY['{one}']::uuid[], NULL)": CHECK,
    "SELECT * FROM people_find_identifier('{kind}', ARRAY['{digest}']::bytea[])": CHECK,
}
"""What gives something about a person to the application's role, and the line that it wants; papers: tests/papers."""
BARE = {
    "access_break_glass": "leaves its line with the answer, which shows nothing of the file; looking wants its own",
    "access_record_mandate": "compares the representative's birth date and answers an id",
    "rights_seal": "answers a word about what it did",
    "rights_sealed_values": "leaves its line itself, with the answer (docs/trust.md)",
}
"""Functions of the application's role that know closed columns and ask for no line, and why."""


class Hand:
    """SQL of one's own as the application's role, under a valid token of this post."""

    def __init__(self, house, login: str) -> None:
        self.house = house
        self.token, self.purpose = house.token(login), ""
        with house.role("guitu_owner") as door:
            self.post, self.purpose = door.execute(
                "SELECT post_id, purposes[1] FROM access_session WHERE token_hash = sha256(convert_to(%s, 'UTF8'))",
                (self.token,),
            ).fetchone()

    def does(self, *statements: str, keep: bool = False) -> object:
        """The rows of the last of these statements in one transaction, or the SQLSTATE of the first refusal."""
        with self.house.role("guitu_app") as door, door.transaction(force_rollback=not keep):
            become(door, self.token, self.purpose)
            rows: object = None
            for statement in statements:
                try:
                    cursor = door.execute(statement)
                except psycopg.Error as refusal:
                    return refusal.sqlstate
                rows = cursor.fetchall() if cursor.description else None
            return rows

    def line(self, *, subjects=(), age=timedelta(0), purpose="", action="person:list", outcome="ALLOWED", post=None):
        """A line that stands, as the owner writes it: of another moment, purpose, post or outcome if so wanted."""
        with self.house.role("guitu_owner") as door:
            door.execute(
                "INSERT INTO access_trace (id, at, post_id, unit_id, purpose, action, subjects, fields, outcome)"
                " SELECT gen_random_uuid(), clock_timestamp() - %s, %s, p.unit_id, %s, %s, %s, '{}', %s"
                " FROM access_post p WHERE p.id = %s",
                (age, post or self.post, purpose or self.purpose, action, list(subjects), outcome, self.post),
            )

    def older(self, by: timedelta) -> None:
        """The session, begun so much earlier."""
        with self.house.role("guitu_owner") as door:
            door.execute("UPDATE access_session SET created_at = created_at - %s WHERE post_id = %s", (by, self.post))


def lines(house) -> int:
    with house.role("guitu_owner") as door:
        return door.execute("SELECT count(*) FROM access_trace").fetchone()[0]


@pytest.fixture
def told(house, one):  # noqa: F811 - the fixture
    """What the statements name: the person, and the kind and blind index of their number."""
    with house.role("guitu_owner") as door:
        kind, digest = door.execute(
            "SELECT kind, blind_index FROM people_identifier WHERE person_id = %s", (one,)
        ).fetchone()
    return {"one": one, "kind": kind, "digest": f"\\x{bytes(digest).hex()}"}


def asking(action, named, person) -> str:
    subjects = f"ARRAY['{person}']::uuid[]" if named else "'{}'"
    return f"SELECT access_require('{action}', {subjects}, '{{}}')"


def test_nothing_is_read_unasked_nor_on_a_line_that_could_still_be_rolled_back(house, told):
    for statement, (action, named) in READINGS.items():
        read, asked = statement.format(**told), asking(action, named, told["one"])
        hand = Hand(house, "prison")
        assert hand.does(read) == "GU025", read
        assert hand.does(asked, read) == "GU025", read
        assert hand.does("SAVEPOINT a", asked, "RELEASE a", read) == "GU025", read
        block = f"DO $$ BEGIN PERFORM 1 FROM ({asked}) AS a; EXCEPTION WHEN others THEN END $$"
        assert hand.does(block, read) == "GU025", read
        assert hand.does(f"WITH a AS MATERIALIZED ({asked}) SELECT b FROM a, ({read}) AS b") == "GU025", read
        assert hand.does(asked) == [("ALLOWED",)]  # and rolled back
        assert hand.does(read) == "GU025", read
        assert hand.does(asked, keep=True) == [("ALLOWED",)]
        assert hand.does(read), f"control: on the line that stands it is read: {read}"
        assert hand.does(read) != "GU025", read


def test_control_without_the_guard_it_is_read_and_no_line_is_left(house, told):
    hand, before = Hand(house, "prison"), lines(house)
    with house.role("guitu_owner") as door:
        door.execute(
            "CREATE OR REPLACE FUNCTION access_asked(persons uuid[], each boolean DEFAULT false) RETURNS void"
            " LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$ SELECT $$"
        )
    read = "SELECT value FROM people_facts_shown(ARRAY['{one}']::uuid[])".format(**told)
    assert len(hand.does(read)) > 5
    assert hand.does(asking(*OPEN, told["one"]), "SELECT name FROM people_heads_shown(NULL)")[0] is not None
    assert lines(house) == before


def test_control_a_line_of_ones_own_transaction_taken_for_one_that_stands_lets_itself_be_rolled_back(house, told):
    hand, before = Hand(house, "prison"), lines(house)
    with house.role("guitu_owner") as door:
        (text,) = door.execute("SELECT pg_get_functiondef('access_lines'::regproc)").fetchone()
        door.execute(text.replace("t.at < transaction_timestamp()", "true"))
    read = "SELECT value FROM people_facts_shown(ARRAY['{one}']::uuid[])".format(**told)
    assert len(hand.does(asking(*OPEN, told["one"]), read)) > 5
    assert lines(house) == before


def test_values_want_a_line_that_names_the_person_and_names_one_or_a_list(house, told):
    with house.role("guitu_owner") as door:
        other = door.execute("SELECT id FROM people_person WHERE id <> %s LIMIT 1", (told["one"],)).fetchone()[0]
    name = "SELECT name FROM people_names_shown(ARRAY['{}']::uuid[])".format
    value = "SELECT value FROM people_facts_shown(ARRAY[{}]::uuid[])".format
    mine, both = f"'{told['one']}'", f"'{told['one']}', '{other}'"
    hand = Hand(house, "prison")
    hand.line()
    assert hand.does(name(other)) == [("龙龚",)]
    assert hand.does(value(mine)) == hand.does("SELECT * FROM people_masked_fact") == "GU025"
    hand = Hand(house, "prison")
    hand.line(subjects=[told["one"]])
    assert hand.does(name(other)) == hand.does("SELECT people_called('龙', '{}')") == "GU025"
    assert hand.does(name(told["one"])) == [("陈柏舟",)]
    assert hand.does(value(both)) == "GU025"
    seen = hand.does("SELECT DISTINCT person_id FROM people_masked_fact")
    assert seen == [(told["one"],)]  # the view over all in sight: of those whom lines name
    hand.line(subjects=[other])
    assert len(hand.does(value(both))) > len(hand.does(value(mine))) > 5


def test_a_line_serves_its_post_its_purpose_its_session_and_some_minutes(house, told):
    read = "SELECT value FROM people_facts_shown(ARRAY['{one}']::uuid[])".format(**told)
    late = line_lasts() + timedelta(seconds=1)
    for wrong in (
        {"purpose": "OVERSEE"},
        {"outcome": "DENIED"},
        {"outcome": "ASKED"},
        {"post": uuid.uuid4()},
        {"age": late},
        {"age": -timedelta(hours=1)},
        {"subjects": [uuid.uuid4()]},
        {"action": "purpose:choose"},
    ):
        hand = Hand(house, "prison")
        hand.older(timedelta(hours=1))
        hand.line(**{"subjects": [told["one"]]} | wrong)
        assert hand.does(read) == "GU025", wrong
    hand.line(subjects=[told["one"]], age=line_lasts() - timedelta(seconds=30))
    assert len(hand.does(read)) > 5, "control: all of it right"
    again = Hand(house, "prison")
    assert again.does(read) == "GU025", "a line from before the session"


def test_what_the_worker_was_handed_it_reads_until_it_is_done(house, told):
    read = "SELECT value FROM people_facts_shown(ARRAY['{one}']::uuid[])".format(**told)
    hand = Hand(house, "prison")
    hand.older(timedelta(hours=1))
    hand.line(subjects=[told["one"]], age=3 * line_lasts())
    assert hand.does(read) == "GU025"
    with house.role("guitu_owner") as door:
        door.execute(
            "INSERT INTO access_errand (id, post_id, purpose, action, about, given_at, expires_at, tries, rows_done,"
            " rows_all, outcome, session_id) SELECT gen_random_uuid(), s.post_id, s.purposes[1], 'rights:build',"
            " gen_random_uuid(), now(), now() + interval '1 day', 1, 0, 0, '', s.id FROM access_session s"
            " WHERE s.token_hash = sha256(convert_to(%s, 'UTF8'))",
            (hand.token,),
        )
    assert len(hand.does(read)) > 5


def failing_page(person):
    with transaction.atomic(durable=True):
        assert ask("person:open", [person]) == "ALLOWED"
        assert persons.file_of(person).name == "陈柏舟"
        assert names_in_sight([person]) == {person: "陈柏舟"}
        raise ZeroDivisionError


def test_a_page_that_forgets_to_ask_shows_nobody_and_one_that_fails_has_left_its_line(house, told):
    before = lines(house)
    with house.acting("prison"), transaction.atomic(), pytest.raises(DatabaseError, match="before it was asked"):
        persons.file_of(told["one"])
    with house.acting("prison"), pytest.raises(ZeroDivisionError):
        failing_page(told["one"])
    assert lines(house) == before + 4  # the list of each `acting`, what was refused, and the look


def test_what_is_done_whole_or_not_at_all_asks_before_it_begins(house, told):
    with house.acting("prison"):
        before = lines(house)
        with pytest.raises(NotDurable), transaction.atomic():
            ask("person:open", [told["one"]])
        with pytest.raises(NotDurable), transaction.atomic(durable=True), transaction.atomic():
            ask("person:open", [told["one"]])
        assert lines(house) == before
        assert ask("person:open", [told["one"]]) == "ALLOWED"
        assert lines(house) == before + 1


def test_every_function_that_gives_closed_columns_to_the_application_wants_a_line(house):
    cage = yaml.safe_load((compiling.HERE / "cage.yaml").read_text(encoding="utf-8"))
    granted = {name for name, roles in cage["functions"].items() if "app" in roles}
    with house.role("guitu_owner") as door:
        bodies = dict(
            door.execute(
                "SELECT p.proname, p.prosrc FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
                " WHERE n.nspname = 'public' AND p.prorettype NOT IN ('void'::regtype, 'trigger'::regtype,"
                " 'boolean'::regtype) AND p.prosrc ~"
                " 'people_(fact|person)|papers_(document|attachment)|prison_assessment'"
            ).fetchall()
        )
    closed = "|".join(sorted({*CLOSED_COLUMNS, *CLOSED_VALUES, "body", "*"})).replace("*", r"\\*")
    reads = re.compile(rf"\b(?:q|f|d|passed)\.(?:{closed})(?!\w)")
    asks = ("access_asked(", "access_lines(", "people_compares(", "people_copies(", "papers_line_stands(")
    reading = {name for name in granted & bodies.keys() if reads.search(bodies[name])}
    assert len(reading) > 12
    assert {name for name in reading if not any(guard in bodies[name] for guard in asks)} == set(BARE)
