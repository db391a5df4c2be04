"""The three administrators, and the ranges of roles, as the database itself holds them; each with a control."""

import uuid
from datetime import UTC, date, datetime

import psycopg
import pytest
from django.db import transaction

from guitu.access.establishing import account_id, unit_id
from guitu.access.operations import NotAllowed, PersonUnknown, give_reach, require
from guitu.access.roles import MACHINES, PERMISSIONS, PURPOSES, ROLES, SEPARATED, Sees
from guitu.people.models import Person
from guitu.prison import operations as prison
from guitu.web.demonstration import sign_ins
from tests.factories import rosters
from tests.factories.persons import by_name
from tests.factories.units import COUNTY, PROVINCE, TOWNSHIP

AT = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
THREE = [role.code for role in SEPARATED]
_FILL = (
    "INSERT INTO access_post (id, account_id, unit_id, role, title, from_at, to_at)"
    " VALUES (%s, %s, %s, %s, '岗位', %s, %s)"
)


def fill(door, login, role, from_at, to_at=None):
    door.execute(_FILL, (uuid.uuid4(), account_id(login), unit_id(PROVINCE), role, from_at, to_at))


@pytest.fixture
def persons(house):
    """The ids of two persons held by one prison, by name."""
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
        with transaction.atomic():
            return by_name()


@pytest.mark.parametrize("second", [code for code in THREE if code != "SYSTEM_ADMINISTRATOR"])
def test_not_even_the_owner_gives_one_account_two_of_the_three_administrators(house, second):
    with house.role("guitu_owner") as door, pytest.raises(psycopg.errors.ExclusionViolation) as refusal:
        fill(door, "system", second, AT)
    assert "access_post_one_of_three" in str(refusal.value)


def test_an_update_cannot_bring_two_of_the_three_together_either(house):
    with house.role("guitu_owner") as door, pytest.raises(psycopg.errors.ExclusionViolation):
        door.execute("UPDATE access_post SET account_id = %s WHERE role = %s", (account_id("audit"), THREE[0]))


def test_one_after_the_other_may_be(house):
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_post SET to_at = %s WHERE role = 'SYSTEM_ADMINISTRATOR'", (AT,))
        fill(door, "system", "AUDIT_ADMINISTRATOR", AT)


def test_control_other_roles_and_the_same_role_twice_are_taken(house):
    with house.role("guitu_owner") as door:
        fill(door, "system", "SUPERVISOR", AT)
        fill(door, "system", "SYSTEM_ADMINISTRATOR", AT)


def test_control_without_the_constraint_the_second_is_taken(house):
    with house.role("guitu_owner") as door:
        door.execute("ALTER TABLE access_post DROP CONSTRAINT access_post_one_of_three")
        fill(door, "system", "AUDIT_ADMINISTRATOR", AT)


def test_no_administrator_has_a_permission_about_persons_and_each_has_its_own_purpose():
    about = ("person:", "roster:", "dossier:", "return:", "board:")
    assert [action for role in SEPARATED for action in role.may if action.startswith(about)] == []
    assert len({role.purposes for role in SEPARATED}) == 3


@pytest.mark.parametrize("login", ["system", "security", "audit"])
def test_an_administrator_is_refused_every_person(house, persons, login):
    for action in ("person:open", "person:list", "person:reveal"):
        with house.acting(login), pytest.raises(NotAllowed):
            require(action, [persons["陈柏舟"]])


def test_a_social_worker_sees_only_whom_the_own_post_was_assigned(house, persons):
    with house.acting("worker") as state, transaction.atomic():
        post = state.session.post_id
        assert Person.objects.count() == 0
    with house.acting("prison"), transaction.atomic():
        give_reach(persons["陈柏舟"], unit_id=unit_id(TOWNSHIP), post_id=post, relation="assigned", at=AT)
        give_reach(persons["龙龚"], unit_id=unit_id(TOWNSHIP), relation="assigned", at=AT)
    with house.acting("worker"):
        require("person:open", [persons["陈柏舟"]])
        with pytest.raises(PersonUnknown):
            require("person:open", [persons["龙龚"]])
        with transaction.atomic():
            assert list(by_name()) == ["陈柏舟"]


def test_what_is_shown_to_one_post_is_not_shown_to_another_post_of_the_unit(house, persons):
    with house.acting("worker") as state:
        post = state.session.post_id
    with house.acting("prison"), transaction.atomic():
        give_reach(persons["陈柏舟"], unit_id=unit_id(TOWNSHIP), post_id=post, relation="assigned", at=AT)
        give_reach(persons["龙龚"], unit_id=unit_id(TOWNSHIP), relation="assigned", at=AT)
    with house.acting("township"), transaction.atomic():
        assert list(by_name()) == ["龙龚"]


def _move_home(house):
    """Both persons now live under the county itself."""
    with house.role("guitu_owner") as door:
        door.execute("UPDATE people_person SET division = %s", (COUNTY,))


def test_the_range_of_the_unit_does_not_count_for_an_assigned_only_post(house, persons):
    _move_home(house)
    with house.acting("counsellor") as state, transaction.atomic():
        assert (state.session.low, state.session.high) == (COUNTY, COUNTY)
        assert Person.objects.count() == 0
    with house.acting("county-head"), transaction.atomic():  # the same unit with its range
        assert Person.objects.count() == 2


def test_control_with_the_units_range_the_counsellor_would_see_the_whole_county(house, persons):
    _move_home(house)
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_role_range SET sees = 'OWN' WHERE role = 'COUNSELLOR'")
    with house.acting("counsellor"), transaction.atomic():
        assert Person.objects.count() == 2


def test_a_procurator_sees_the_county_overseen_and_nothing_beside_it(house, persons):
    with house.acting("procurator"), transaction.atomic():
        assert Person.objects.count() == 0
    _move_home(house)
    with house.acting("procurator") as state:
        assert state.purpose == "OVERSEE"
        require("person:open", list(persons.values()))
        for action in ("person:reveal", "return:register", "dossier:answer"):
            with pytest.raises(NotAllowed):
                require(action, list(persons.values()))


def test_every_role_names_permissions_purposes_and_seats_that_exist():
    for role in ROLES.values():
        assert role.may <= set(PERMISSIONS), role.code
        assert role.purposes, role.code
        assert set(role.purposes) <= set(PURPOSES), role.code
        assert role.seats, role.code
    assert {role.code for role in ROLES.values() if role.sees is Sees.ASSIGNED} >= {"SOCIAL_WORKER", "COUNSELLOR"}
    assert set().union(*(role.may for role in (*ROLES.values(), *MACHINES))) == set(PERMISSIONS)


def test_a_demonstration_offers_every_role():
    for_themselves = {"PERSON", "REPRESENTATIVE", "COMPANION"}  # they come in by a code that is handed over
    assert {one.key.partition("-")[2] for one in sign_ins()} == set(ROLES) - for_themselves
