"""What a person's acting session sees in the database: one person, and nothing about anybody else."""

import pytest
import yaml

from guitu.access import compiling
from tests.sign_in.persons import issue, three
from tests.sign_in.test_persons_come_in import PIN, attempt

CAGE = yaml.safe_load((compiling.HERE / "cage.yaml").read_text(encoding="utf-8"))["tables"]
OF_PERSONS = {
    table: line["subject"]
    for table, line in CAGE.items()
    if line["cage"] == "person" and any(grant.startswith("SELECT") for grant in line["app"])
}


def seen_by(house, token, purpose):
    """How many rows of whom this session sees in each table that holds persons."""
    found = {}
    with house.role("guitu_app") as door, door.transaction():
        door.execute(
            "SELECT set_config('guitu.token', %s, true), set_config('guitu.purpose', %s, true)", (token, purpose)
        )
        for table, subject in OF_PERSONS.items():
            rows = door.execute(f'SELECT DISTINCT "{subject}" FROM "{table}"').fetchall()
            found[table] = {row[0] for row in rows if row[0] is not None}
    return found


@pytest.fixture
def persons(house):
    return three(house)


@pytest.fixture
def token(house, browser, persons):
    made = issue(house, persons["沈望舒"])
    attempt(browser, made.login, made.code)
    browser.post("/sign-in/step/", {"new": PIN, "again": PIN})
    return browser.cookies["guitu_token"].value


def test_a_person_sees_one_person_in_every_table_and_an_office_sees_all_three(house, persons, token):
    own = persons["沈望舒"]
    seen = seen_by(house, token, "OWN_AFFAIRS")
    assert seen["people_person"] == {own}
    assert set().union(*seen.values()) == {own}
    assert seen["journeys_journey"] == {own}
    assert seen_by(house, house.token("prison"), "PREPARE_RETURN")["people_person"] == set(persons.values())


def test_control_a_range_that_were_not_empty_would_show_more(house, persons, token):
    with house.role("guitu_owner") as door:
        low, high = door.execute("SELECT low, high FROM access_session ORDER BY created_at DESC LIMIT 1").fetchone()
        assert low == high
        door.execute("UPDATE access_session SET low = '919901000000', high = '919902000000'")
    assert seen_by(house, token, "OWN_AFFAIRS")["people_person"] == set(persons.values())


def test_what_is_shown_to_the_unit_of_all_persons_is_shown_to_none_of_them(house, persons, token):
    with house.role("guitu_owner") as door:
        door.execute(
            "INSERT INTO access_reach (id, person_id, division, unit_id, relation, from_at)"
            " SELECT gen_random_uuid(), %s, division, id, 'receiver', '2026-01-01' FROM access_unit WHERE code = 'OWN'",
            (persons["陆青禾"],),
        )
    assert seen_by(house, token, "OWN_AFFAIRS")["people_person"] == {persons["沈望舒"]}


def test_rows_of_units_and_sealed_tables_are_closed_to_a_person(house, persons, token):
    with house.role("guitu_app") as door, door.transaction():
        door.execute(
            "SELECT set_config('guitu.token', %s, true), set_config('guitu.purpose', 'OWN_AFFAIRS', true)", (token,)
        )
        for table in ("prison_roster", "prison_roster_draft"):
            assert door.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_no_page_of_an_office_opens_for_a_person(browser, persons, token):
    for address in ("/prison/", "/county/", "/board/", "/units/", "/search/?q=陆", f"/persons/{persons['沈望舒']}/"):
        assert browser.get(address).status_code == 403, address
    assert browser.get("/")["Location"] == "/my/"
