"""Of whom a post says something in the ledger, and where: of whom it sees, and where that person's office reads it."""

import uuid

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from guitu.access.establishing import unit_id
from guitu.access.operations import give_reach
from tests.factories.units import COUNTY, FOREIGN_COUNTY, PRISON, SIBLING_COUNTY
from tests.ledger.test_kept import somebody
from tests.roads.walking import ticking

SAY = "SELECT ledger_append(%s, ARRAY[gen_random_uuid()], now(), ARRAY[%s], ARRAY[%s], NULL, ARRAY['{}'])"
LINES = "SELECT count(*) FROM ledger_lines_of(%s)"
RECORDED = "people:item:recorded"


def say(who, act: str, persons: object, division: str) -> str:
    """Say it as whoever acts within `who`: nothing, or the code of the refusal."""
    try:
        with who, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(SAY, [act, str(persons), division])
    except DatabaseError as refusal:
        return refusal.__cause__.sqlstate
    return ""


def asked(statement: str, *values: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def lines(house, person: uuid.UUID) -> int:
    """How many lines the office of the person reads in the file."""
    with house.acting("prison"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LINES, [person])
        return cursor.fetchone()[0]


def test_nobody_says_anything_of_whom_they_do_not_see(house) -> None:
    person = somebody(house)
    before = lines(house, person)
    for login in ("county", "foreign", "other-prison", "county-head", "procurator", "system", "evaluator", "employer"):
        for whom in (person, f"{person},{uuid.uuid4()}", uuid.uuid4()):
            for division in (PRISON, ""):
                assert say(house.acting(login), RECORDED, whom, division) == "GU005", login
    assert say(house.acting("prison"), RECORDED, uuid.uuid4(), PRISON) == "GU005"
    assert lines(house, person) == before
    assert say(house.acting("prison"), RECORDED, person, PRISON) == ""  # the control: who sees the person
    assert say(ticking(), RECORDED, person, PRISON) == ""  # and the clock, which sees everybody
    assert lines(house, person) == before + 2


def test_what_one_may_say_of_somebody_out_of_sight_is_said_of_the_own_act_alone(house) -> None:
    person = somebody(house)
    for act in ("people:glass:broken", "people:glass:reviewed", "people:file:sealed"):
        for login in ("county", "county-head"):
            assert say(house.acting(login), act, person, PRISON) == "GU005", (login, act)


def test_a_line_stands_where_the_office_of_the_person_reads_it(house) -> None:
    person = somebody(house)
    with house.acting("prison"), transaction.atomic():
        give_reach(person, unit_id=unit_id(COUNTY), relation="receiver", at=timezone.now())
    for login in ("prison", "county"):
        for division in (COUNTY if login == "county" else SIBLING_COUNTY, FOREIGN_COUNTY, ""):
            assert say(house.acting(login), RECORDED, person, division) == "GU028", (login, division)
        assert say(house.acting(login), RECORDED, person, PRISON) == ""
    assert say(house.acting("county"), "access:code:issued", person, COUNTY) == ""  # of a code of the own unit
    assert say(house.acting("county"), "access:code:issued", person, FOREIGN_COUNTY) == "GU028"
    short = "SELECT ledger_append(%s, ARRAY[gen_random_uuid()], now(), ARRAY[%s], ARRAY[]::text[], NULL, ARRAY['{}'])"
    for whom in (str(person), ""):
        with pytest.raises(DatabaseError, match="nothing that a post records"), house.acting("prison"):
            asked(short, RECORDED, whom)


def test_a_line_about_nobody_stands_in_the_own_range_or_under_none(house) -> None:
    for act in ("handover:export:asked", "evaluation:sample:drawn"):
        for login, division in (
            ("county", FOREIGN_COUNTY),
            ("foreign", PRISON),
            ("evaluator", COUNTY),
            ("prison", "x"),
        ):
            assert say(house.acting(login), act, "", division) == "GU028", (login, division)
    for login, division in (("county", COUNTY), ("city", SIBLING_COUNTY), ("prison", PRISON), ("county", "")):
        assert say(house.acting(login), "handover:export:asked", "", division) == ""


@pytest.mark.parametrize("guard", ["sight", "place"])
def test_control_without_the_guard_a_foreign_office_writes_into_the_file_and_an_own_line_hides_from_it(
    house, guard: str
) -> None:
    person = somebody(house)
    before = lines(house, person)
    with house.role("guitu_owner") as door:
        if guard == "sight":
            door.execute(
                "CREATE OR REPLACE FUNCTION ledger_out_of_sight(what text, events uuid[], persons text[])"
                " RETURNS uuid[] LANGUAGE sql AS $$ SELECT '{}'::uuid[] $$"
            )
        else:
            door.execute(
                "CREATE OR REPLACE FUNCTION ledger_misplaced(what text, persons text[], divisions text[])"
                " RETURNS boolean LANGUAGE sql AS $$ SELECT false $$"
            )
    if guard == "sight":
        assert say(house.acting("foreign"), RECORDED, person, PRISON) == ""
        assert lines(house, person) == before + 1
    else:
        assert say(house.acting("prison"), RECORDED, person, FOREIGN_COUNTY) == ""
        assert lines(house, person) == before
