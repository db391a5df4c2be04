"""A number that another prison holds is decided by the identity desk alone."""

from datetime import timedelta

import pytest
from django.db import transaction

from guitu.access.operations import NotAllowed, PersonUnknown
from guitu.people import queries as persons
from guitu.prison import identity
from tests.factories import rosters
from tests.factories.taking_in import take_in
from tests.factories.units import OTHER_PRISON
from tests.people.asking import (
    AT,
    HELD,
    LATER,
    MOVED,
    MUCH_LATER,
    RELEASE,
    acts_of,
    journeys_of,
    open_questions,
)

# --- who sees and who decides


@pytest.mark.parametrize("login", ["other-prison", "county", "sibling", "foreign", "city"])
def test_a_foreign_unit_sees_no_question_and_decides_none(house, near, login):
    assert open_questions(house, login, own=False) == []
    with house.acting(login), pytest.raises((PersonUnknown, NotAllowed)):
        identity.decide(near.id, "same", at=LATER)


def test_control_the_question_is_there_for_its_own_prison_and_for_the_superiors_desk(house, near):
    assert [question.id for question in open_questions(house, "prison")] == [near.id]
    assert [question.id for question in open_questions(house, "identity", own=False)] == [near.id]


def test_a_supervisor_sees_both_sides_and_still_may_not_decide(house, near):
    with house.acting("province"), pytest.raises(NotAllowed):
        identity.decide(near.id, "same", at=LATER)


def test_a_refused_decision_leaves_its_line(house, near):
    with house.acting("other-prison"), pytest.raises(PersonUnknown):
        identity.decide(near.id, "same", at=LATER)
    with house.role("guitu_owner") as door:
        asked = "SELECT outcome FROM access_trace WHERE action = 'person:identify' ORDER BY at DESC"
        assert door.execute(asked).fetchone() == ("UNKNOWN",)


def test_a_number_held_elsewhere_tells_the_asking_prison_nothing(house, elsewhere):
    for login in ("other-prison", "prison"):
        assert open_questions(house, login, own=False) == []
        with house.acting(login), pytest.raises(PersonUnknown):
            identity.decide(elsewhere.id, "same", at=LATER)
    assert (elsewhere.rule, elsewhere.for_superior) == ("number_held_elsewhere", True)
    assert acts_of(house, elsewhere.person_id)[0] == "people:identity:questioned"


def test_the_desk_decides_the_same_person_and_the_matter_passes_to_the_asking_prison(house, elsewhere):
    with house.acting("identity"):
        identity.decide(elsewhere.id, "same", at=LATER)
    with house.acting("other-prison"), transaction.atomic():
        assert persons.head_of(elsewhere.person_id).name == "陈柏舟"
    again = take_in(house, rosters.row("陈柏舟", release=MOVED), login="other-prison", at=MUCH_LATER)
    assert (len(again.comparison.unchanged), again.comparison.asked) == (1, ())
    assert journeys_of(house) == []
    assert [task.person_id for task in journeys_of(house, "other-prison")] == [elsewhere.person_id]


def test_the_desk_takes_its_joining_back_and_the_file_is_shut_again(house, elsewhere):
    with house.acting("identity"):
        identity.decide(elsewhere.id, "same", at=LATER)
        identity.take_back(elsewhere.id, at=MUCH_LATER)
    with house.acting("other-prison"), transaction.atomic():
        assert persons.find("陈柏舟", most=5) == []
    assert [task.release_on for task in journeys_of(house)] == [RELEASE]


def test_the_desk_decides_two_persons_and_the_new_one_belongs_to_the_asking_prison(house, elsewhere):
    with house.acting("identity"):
        made = identity.decide(elsewhere.id, "other", at=LATER)
    (task,) = journeys_of(house, "other-prison")
    assert task.person_id == made
    with house.acting("other-prison"), transaction.atomic():
        assert persons.head_of(made).division == OTHER_PRISON
    again = take_in(house, rosters.row("陈柏舟", release=MOVED), login="other-prison", at=MUCH_LATER)
    assert len(again.comparison.unchanged) == 1


def test_a_row_near_one_in_reach_and_equal_to_one_out_of_reach_is_for_the_desk_alone(house):
    take_in(house, HELD)
    take_in(house, rosters.row("陈柏舟", release=RELEASE, order="143"), login="other-prison")
    take_in(house, rosters.row("陈柏舟", release=MOVED), login="other-prison", at=AT + timedelta(hours=1))
    assert len(open_questions(house, "identity", own=False)) == 2
    (seen,) = open_questions(house, "other-prison", own=False)
    assert open_questions(house, "other-prison") == []
    with house.acting("other-prison"), pytest.raises(NotAllowed):
        identity.decide(seen.id, "same", at=LATER)
