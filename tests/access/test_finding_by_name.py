"""Finding by name says no more of a name than the post may see of it: no search confirms a guess of what is masked."""

from datetime import UTC, date, datetime

import pytest
from django.db import transaction

from guitu.people import queries as persons
from guitu.people.by_name import sounding
from guitu.prison import operations as prison
from tests.factories import rosters
from tests.factories.persons import by_name

AT = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
GUESSES = ("陈柏舟", "柏", "陈柏", "chenbozhou", "chenb", "cbz", "b", "zhou")


@pytest.fixture
def held(house):
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
        return by_name()


def asked(house, login, words, heard):
    """Whom the search and the filter of a list find for this post, asked as the application's role."""
    with house.acting(login) as state:
        token, purpose = state.token, state.purpose
    with house.role("guitu_app") as door, door.transaction(force_rollback=True):
        for name, value in (("token", token), ("purpose", purpose)):
            door.execute("SELECT set_config(%s, %s, true)", (f"guitu.{name}", value))
        found = door.execute("SELECT person_id FROM people_find(%s, %s, 9)", (words, heard)).fetchall()
        called = door.execute("SELECT people_called(%s, %s)", (words, heard)).fetchall()
    assert found == called
    return [row[0] for row in found]


def test_who_sees_the_surname_alone_finds_by_the_surname_alone(house, held):
    one = held["陈柏舟"]
    for words, heard in (("陈", []), ("chen", ["陈"]), ("ch", ["陈"])):
        assert asked(house, "province", words, heard) == [one]
    for words in GUESSES:
        assert asked(house, "prison-leader", words, []) == [one], "who sees the whole name finds by any part of it"
        assert asked(house, "province", words, []) == []
        # What is said to sound so is compared with the surname too, and what was typed narrows nothing.
        assert asked(house, "province", words, ["陈"]) == asked(house, "province", "nobody", ["陈"]) == [one]
        assert asked(house, "province", words, ["柏"]) == []
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_decision SET effect = 'allow' WHERE role = 'SUPERVISOR' AND item = 'name'")
    for words in GUESSES:
        assert asked(house, "province", words, []) == [one], "control: were the name shown, the same words would find"


def test_who_names_nobody_or_no_number_of_finds_walks_through_nobody(house, held):
    assert asked(house, "prison", "陈", []) == [held["陈柏舟"]]  # the control
    with house.acting("prison") as state:
        token, purpose = state.token, state.purpose
    with house.role("guitu_app") as door, door.transaction(force_rollback=True):
        for name, value in (("token", token), ("purpose", purpose)):
            door.execute("SELECT set_config(%s, %s, true)", (f"guitu.{name}", value))
        door.execute("SET LOCAL statement_timeout = '10s'")
        for most in ("NULL", "0", "-1"):
            assert door.execute(f"SELECT * FROM people_find('陈', '{{}}', {most})").fetchall() == []
        assert door.execute("SELECT * FROM people_find(NULL, '{}', 9)").fetchall() == []


def test_a_surname_typed_by_its_sound_is_found_by_who_sees_no_more(house, held):
    assert "陈" in sounding("chen")
    assert "单" in sounding("Shan")
    assert {"肖", "萧"} <= set(sounding("xiao"))
    assert {"闫", "阎", "颜"} <= set(sounding("yan"))
    assert sounding("陈") == sounding("c b") == sounding("") == []
    for words in ("chen", "c", "陈"):
        with house.acting("province"), transaction.atomic():
            assert [one.name for one in persons.find(words, most=9)] == ["陈**"]
    for words in GUESSES:
        with house.acting("province"), transaction.atomic():
            assert persons.find(words, most=9) == []
