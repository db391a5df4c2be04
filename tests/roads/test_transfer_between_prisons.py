"""A prisoner is transferred: the open matter passes to the new prison, the clocks run on, the old one keeps sight."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from guitu.access.operations import NotAllowed, PersonUnknown
from guitu.access.queries import looks_at
from guitu.journeys import queries as roads
from guitu.ledger import queries as ledger
from guitu.people import queries as persons
from guitu.people import questions
from guitu.people.models import Responsibility
from guitu.prison import identity
from guitu.prison import operations as prison
from tests.factories import rosters
from tests.factories.units import OTHER_PRISON, PRISON

AT = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
ASKED, DECIDED, UNDONE = AT + timedelta(hours=1), AT + timedelta(hours=2), AT + timedelta(days=1)
TODAY = date(2026, 9, 1)
RELEASE = date(2026, 12, 14)
ROW = rosters.row("陈柏舟", release=RELEASE)
FILE = rosters.workbook(ROW)


def take_in(house, login, data, at):
    with house.acting(login):
        return prison.import_roster(data, file_name="名册.xlsx", today=TODAY, at=at).comparison


def tasks(house, login):
    with house.acting(login), transaction.atomic():
        return roads.queue("sending", roads.Filters(), now=AT, first=0, most=50)[0]


def questions_for(house, login):
    with house.acting(login), transaction.atomic():
        return questions.listed(own_unit_only=False, decided=False, first=0, most=50)[0]


def clocks(house):
    """Rule, anchor and both ends of every clock that runs."""
    with house.role("guitu_owner") as door:
        return door.execute(
            "SELECT rule, anchor_at, statutory_at, service_at, due_at, started_at FROM journeys_clock"
            " WHERE done_at IS NULL AND voided_at IS NULL ORDER BY rule"
        ).fetchall()


def responsible(house, person_id):
    with house.acting("province"), transaction.atomic():
        held = Responsibility.objects.filter(person_id=person_id).order_by("period")
        return [(one.unit.code, one.reason) for one in held.select_related("unit")]


@pytest.fixture
def question(house):
    """The new prison's roster names a person whom the old prison is about to release."""
    take_in(house, "prison", FILE, AT)
    take_in(house, "other-prison", FILE, ASKED)
    (found,) = questions_for(house, "identity")
    return found


@pytest.fixture
def passed(house, question):
    """The superior's identity desk has found: the same person."""
    with house.acting("identity"):
        identity.decide(question.id, "same", at=DECIDED)
    return question


def test_the_matter_passes_with_its_clocks_and_responsibility(house, question):
    before = clocks(house)
    with house.acting("identity"):
        identity.decide(question.id, "same", at=DECIDED)
    (task,) = tasks(house, "other-prison")
    assert task.person_id == question.person_id
    assert (task.sending_unit_id, task.duty_unit_id) == (question.unit_id, question.unit_id)
    assert clocks(house) == before != []
    assert responsible(house, question.person_id) == [
        (PRISON, "REGISTERED_FROM_ROSTER"),
        (OTHER_PRISON, "TRANSFERRED"),
    ]
    with house.role("guitu_owner") as door:
        assert door.execute("SELECT DISTINCT duty_unit_id FROM journeys_clock").fetchall() == [(question.unit_id,)]


def test_both_sides_have_it_in_their_story(house, passed):
    for login in ("prison", "other-prison"):
        with house.acting(login), transaction.atomic():
            acts = [line.act for line in ledger.of_person(passed.person_id)]
        assert {"prison:journey:passed_on", "people:identity:joined", "prison:person:expected"} <= set(acts), login


def test_the_old_prison_still_sees_the_file_and_can_no_longer_act(house, passed):
    assert tasks(house, "prison") == []
    with house.acting("prison"), transaction.atomic():
        assert persons.head_of(passed.person_id).name == "陈柏舟"
        assert looks_at(passed.person_id) is not None
    from guitu.handover import operations as handover
    from guitu.journeys.policy import MoveNotAllowed

    with house.acting("prison"), pytest.raises((NotAllowed, PersonUnknown, MoveNotAllowed)):
        handover.send_dossier(passed.person_id, sending=passed.id, at=UNDONE)
    with house.acting("other-prison"):  # control: the new prison can
        assert handover.send_dossier(passed.person_id, sending=passed.id, at=UNDONE)


def test_taken_back_it_stands_with_the_old_prison_as_before(house, question):
    before = clocks(house)
    with house.acting("identity"):
        identity.decide(question.id, "same", at=DECIDED)
        identity.take_back(question.id, at=UNDONE)
    (task,) = tasks(house, "prison")
    assert (task.person_id, task.release_on) == (question.person_id, RELEASE)
    assert task.sending_unit_id == task.duty_unit_id != question.unit_id
    assert clocks(house) == before
    assert responsible(house, question.person_id)[-1] == (PRISON, "TRANSFER_UNDONE")
    assert tasks(house, "other-prison") == []
    with house.acting("other-prison"), transaction.atomic():
        assert persons.find("陈柏舟", most=5) == []


def test_the_old_roster_sent_again_changes_nothing_after_the_transfer(house, passed):
    moved = rosters.workbook(rosters.row("陈柏舟", release=date(2027, 1, 20)))
    take_in(house, "other-prison", moved, UNDONE)
    again = take_in(house, "prison", FILE, UNDONE + timedelta(hours=1))
    assert (again.new, again.changed, again.asked) == ((), (), ())
    assert [task.release_on for task in tasks(house, "other-prison")] == [date(2027, 1, 20)]


def test_a_new_roster_of_the_old_prison_asks_whether_the_person_is_back(house, passed):
    back = rosters.workbook(rosters.row("陈柏舟", release=date(2027, 3, 1)))
    found = take_in(house, "prison", back, UNDONE)
    assert (found.new, found.changed) == ((), ())
    assert [row.result for row in found.report.rows] == ["to_decide"]
    (asked,) = questions_for(house, "identity")
    with house.acting("prison"), pytest.raises(NotAllowed):
        identity.decide(asked.id, "same", at=UNDONE)
    with house.acting("identity"):
        identity.decide(asked.id, "same", at=UNDONE + timedelta(hours=1))
    (task,) = tasks(house, "prison")
    assert task.release_on == date(2027, 3, 1)
    assert tasks(house, "other-prison") == []
