"""What is decided, opened, ended or erased bears the moment of the database's clock, whatever a process says is now."""

import re
import uuid
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest
from django.db import transaction

from guitu.access import compiled_rules, compiling
from guitu.people.models import Person
from guitu.prison import operations as prison
from guitu.rulebook.book import load_national
from guitu.rulebook.impact import impact_rules
from guitu.rulebook.looking import emergency_rules
from guitu.rulebook.sign_in import person_sign_in
from tests.factories import rosters

AT = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
FUNCTION = re.compile(r"CREATE (?:OR REPLACE )?FUNCTION (\w+)\((.*?)\bAS \$\$(.*?)\$\$;", re.DOTALL)
TELLS = re.compile(r"\b(at|as_of|moment) timestamptz")
INSIDE = {"ledger_keep"}
"""Called by triggers and functions alone, with the moment of the row that they keep."""
SAID = (
    ("county", "SELECT ledger_append('people:item:recorded', '{{}}', {at}, '{{}}', '{{}}', NULL, '{{}}')"),
    ("county", "SELECT access_fetch_export(gen_random_uuid(), {at})"),
    ("county", "SELECT notices_mark_read('{{}}', {at})"),
    ("county-head", "SELECT access_glasses({at}, 'TO_REVIEW', 0, 9)"),
    ("county-head", "SELECT rights_decide_sealed(gen_random_uuid(), true, 'x', 'infinity', NULL, {at})"),
    ("county-head", "SELECT rights_erase_sealed(gen_random_uuid(), gen_random_uuid(), 'Q-1', 'EXPIRED', {at})"),
    (
        "county-head",
        "SELECT access_hold_looks(gen_random_uuid(), 'x', gen_random_uuid(), NULL, '', '', '', NULL, NULL, NULL, {at})",
    ),
)


def test_every_function_that_writes_at_a_moment_it_is_told_asks_the_databases_clock_first():
    told, unasked = set(), set()
    for path in (compiling.HERE / "sql").glob("*.sql"):
        for name, head, body in FUNCTION.findall(path.read_text(encoding="utf-8")):
            if " VOLATILE " in head and TELLS.search(head.partition("RETURNS")[0]):
                told.add(name)
                if "access_moment(" not in body:
                    unasked.add(name)
    assert len(told) > 50
    assert unasked == INSIDE


def state(house, login, statement, values=(), *, role="guitu_app"):
    """The SQLSTATE with which the statement of this post is refused; empty if it is not. Nothing of it stays."""
    with house.acting(login) as held:
        token, purpose = held.token, held.purpose
    with house.role(role) as door, door.transaction(force_rollback=True):
        for name, value in (("token", token), ("purpose", purpose)):
            door.execute("SELECT set_config(%s, %s, true)", (f"guitu.{name}", value))
        try:
            door.execute(statement, values)
        except psycopg.Error as refusal:
            return refusal.sqlstate
    return ""


def test_no_process_backdates_or_puts_off_what_it_does_once_the_people_have_passed_through(house):
    moments = {"now()": "", "now() + interval '1 day'": "GU026", "now() - interval '1 day'": "GU026", "NULL": "GU026"}
    for opened in (False, True):
        if opened:
            with house.role("guitu_owner") as door:
                door.execute("UPDATE access_installation SET filled_at = now()")
        for login, statement in SAID:
            for at, refused in moments.items():
                answer = state(house, login, statement.format(at=at))
                # Control: while a demonstration is filled its offices work through days that are over.
                assert answer == refused if opened else answer != "GU026", (opened, login, statement, at)
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_installation SET kind = 'REAL', filled_at = NULL")
    assert state(house, "county", SAID[0][1].format(at="now() + interval '1 day'")) == "GU026", "a real one never"


ERASURE = (
    "INSERT INTO rights_erasure (id, person_id, division, unit_id, number, ground, decided_at, decided_by, counts)"
    " SELECT gen_random_uuid(), %s, u.division, u.id, 'Q-1', %s, now(), access_own_post(), '{}' FROM access_unit u"
    " WHERE u.id = access_own_unit()"
)


@pytest.fixture
def one(house):
    """Somebody of whom the prison is in charge."""
    with house.acting("prison"):
        book = rosters.workbook(rosters.row("陈柏舟", release=date(2026, 12, 14)))
        prison.import_roster(book, file_name="名册.xlsx", today=date(2026, 9, 1), at=AT)
    with house.acting("prison"), transaction.atomic():
        return Person.objects.get().id


def test_no_file_is_erased_before_its_keeping_has_ended_whatever_the_application_decides(house, one):
    ended = "UPDATE journeys_journey SET ended_at = now() - interval '{}'"
    with house.role("guitu_owner") as door:
        assert state(house, "prison-leader", ERASURE, (one, "EXPIRED")) == "GU027", "the matter is open"
        door.execute(ended.format("59 months"))
        assert state(house, "prison-leader", ERASURE, (one, "EXPIRED")) == "GU027"
        door.execute(ended.format("61 months"))
        assert state(house, "prison-leader", ERASURE, (one, "EXPIRED")) == ""
        assert state(house, "prison", ERASURE, (one, "EXPIRED")) == "GU027", "an officer decides none"
        for ground in ("ACHIEVED", "UNLAWFUL"):  # these answer a request, and there is none
            assert state(house, "prison-leader", ERASURE, (one, ground)) == "GU027"
        for bent in (("access_own_post()", "gen_random_uuid()"), ("now(),", "now() - interval '1 day',")):
            by_another = ERASURE.replace(*bent)
            door.execute("UPDATE access_installation SET filled_at = now()")
            assert state(house, "prison-leader", by_another, (one, "EXPIRED")) in {"GU026", "GU027"}
        door.execute("ALTER TABLE rights_erasure DISABLE TRIGGER stands_on_its_ground")
    assert state(house, "prison-leader", ERASURE, (uuid.uuid4(), "ACHIEVED")) == "", "control: without the guard"


def test_a_figure_of_the_rulebook_that_changes_is_compiled_anew():
    watched = {path.name for path in compiled_rules.SOURCES}
    rules = load_national().rules
    for rule in (compiled_rules.KEPT_FILE, impact_rules().term_rule, emergency_rules().review_rule):
        assert Path(rules[rule].file).name in watched, rule


def answers(house, login, statement, values=()):
    """What the statement of this post answers as the application's role; nothing of it stays."""
    with house.acting(login) as held:
        token, purpose = held.token, held.purpose
    with house.role("guitu_app") as door, door.transaction(force_rollback=True):
        for name, value in (("token", token), ("purpose", purpose)):
            door.execute("SELECT set_config(%s, %s, true)", (f"guitu.{name}", value))
        for one in statement.split(";")[:-1]:
            door.execute(one, values[: one.count("%s")])
        return door.execute(statement.rsplit(";", 1)[-1]).fetchall()


def test_no_code_is_good_for_longer_and_none_is_one_more_than_the_rulebook_has_it(house, one):
    code = (
        "SELECT access_issue_code(gen_random_uuid(), %s, NULL, gen_random_uuid()::text::bytea, 'SLIP', '', now(),"
        " now() + interval '10 years', 1000000, 'infinity');"
    )
    rules = person_sign_in()
    ends = f"SELECT max(expires_at) - now() FROM access_codes_of('{one}', 99)"
    assert answers(house, "prison", code + ends, (one,)) == [(rules.code_lasts,)]
    sent = code.replace("'SLIP', ''", "'SMS', '0199'")
    assert answers(house, "prison", sent + ends, (one,)) == [(rules.message_lasts,)]
    with pytest.raises(psycopg.Error, match="too many codes"):
        answers(house, "prison", code * (rules.codes_most + 1) + ends, (one,))
    assert len(answers(house, "prison", code * rules.codes_most + ends, (one,))) == 1, "control: as many as it says"


def test_whom_a_query_can_be_opened_to_is_listed_by_the_page_however_many_are_asked_for(house):
    posts = "SELECT count(*) FROM rights_query_posts('', 0, {})"
    with house.role("guitu_owner") as door:
        door.execute(
            "INSERT INTO access_post (id, account_id, unit_id, role, title, from_at) SELECT gen_random_uuid(),"
            " p.account_id, p.unit_id, p.role, p.title || n, now() - interval '1 day' FROM access_post p"
            " CROSS JOIN generate_series(1, 150) AS n WHERE p.role = 'COUNTY_OFFICER'"
        )
    for most in ("NULL", "1000000"):
        assert answers(house, "county", posts.format(most)) == [(100,)]
    assert answers(house, "county", posts.format(7)) == [(7,)], "control: a page is as long as it is asked for"
    assert answers(house, "township", posts.format(7)) == [(0,)], "who records no query has nothing to choose"
