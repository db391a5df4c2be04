"""Anybody finds out by the code that a document exists; nobody finds out about whom, and nobody can guess for long."""

import uuid
from datetime import date, timedelta

import psycopg
import pytest
from django.db import transaction

from guitu.papers import operations as papers
from guitu.papers import policy, queries
from guitu.rulebook.tries import verify_rules
from tests.papers.conftest import AT
from tests.papers.facts import facts_for

RULES = verify_rules()


def look(code, *, address="192.0.2.7", at=AT):
    with transaction.atomic():
        return queries.verify(code, address=address, at=at)


@pytest.fixture
def issued(house, person):
    with house.acting("prison"), transaction.atomic():
        return papers.issue(
            "release_notice",
            person_id=person,
            facts=facts_for("release_notice"),
            event_id=uuid.uuid4(),
            at=AT.replace(hour=17),
        )


def test_a_code_tells_number_unit_and_day_without_a_session_and_no_name(issued):
    found = look(policy.shown_code(issued.code).lower())
    assert (found.number, found.unit, found.unit_en) == (issued.number, "桐岭监狱", "Tongling Prison")
    # 17:30 UTC is the next day in Beijing.
    assert found.issued_on == date(2026, 11, 3)
    assert found.seal_holds
    assert "陈柏舟" not in repr(found)


def test_a_code_that_does_not_exist_finds_nothing(issued):
    assert look("2222-2222-2222") is None
    assert look("") is None
    assert look("' OR 1=1 --") is None


def test_a_changed_record_does_not_keep_its_seal(house, issued):
    with house.role("guitu_owner") as door:
        door.execute("UPDATE papers_document SET number = '〔2026〕桐监释通字第0009号'")
    assert look(issued.code).seal_holds is False


def test_whoever_guesses_is_slowed_down_and_others_are_not(issued):
    for _ in range(RULES.tries):
        assert look("2222-2222-2222") is None
    with pytest.raises(queries.TooManyTries):
        look(issued.code)
    assert look(issued.code, address="192.0.2.8") is not None
    assert look(issued.code, at=AT + RULES.within + timedelta(seconds=1)) is not None


def test_what_the_application_says_widens_no_guessing_and_without_the_figure_it_goes_on(house, issued):
    guess = "SELECT slowed FROM papers_verify('\\x00', 'one', %s)"
    with house.role("guitu_app") as door:
        assert [door.execute(guess, (AT,)).fetchone() for _ in range(RULES.tries)] == [None] * RULES.tries
        assert door.execute(guess, (AT,)).fetchone() == (True,)
    with house.role("guitu_app") as door, pytest.raises(psycopg.errors.UndefinedFunction):
        door.execute("SELECT papers_verify('\\x00'::bytea, 'one'::text, %s, %s, 1000000)", (AT, AT))
    with house.role("guitu_owner") as door:  # control: another figure, and the same guess is looked up
        door.execute(
            "CREATE OR REPLACE FUNCTION papers_verify_rules() RETURNS TABLE (most integer, within interval)"
            " LANGUAGE sql AS $$ SELECT 1000, interval '15 minutes' $$"
        )
    with house.role("guitu_app") as door:
        assert door.execute(guess, (AT,)).fetchone() is None


def test_right_codes_do_not_slow_anybody_down(issued):
    for _ in range(RULES.tries + 2):
        assert look(issued.code) is not None


def test_no_network_address_is_kept_in_the_clear_or_longer_than_the_window(house, issued):
    look("2222-2222-2222")
    with house.role("guitu_owner") as door:
        assert "192.0.2.7" not in door.execute("SELECT l::text FROM papers_look_up l").fetchone()[0]
    look("2222-2222-2222", at=AT + RULES.within * 2)
    with house.role("guitu_owner") as door:
        assert door.execute("SELECT count(*) FROM papers_look_up").fetchone() == (1,)


def test_the_application_reads_documents_from_outside_by_the_function_alone(house, issued):
    with house.role("guitu_app") as door:
        for table in ("papers_document", "papers_look_up"):
            with pytest.raises(Exception, match=r"no acting session|permission denied"):
                door.execute(f"SELECT * FROM {table}")
