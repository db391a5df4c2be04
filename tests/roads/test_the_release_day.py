"""The release day itself: pressed twice, pressed by two, pressed too early — each once, and nobody is counted twice."""

import uuid
from datetime import timedelta

import pytest
from django.db import transaction

from guitu.access.establishing import unit_id
from guitu.handover import operations as handover
from guitu.handover import pick_ups
from guitu.handover import queries as plans
from guitu.journeys import queries as roads
from guitu.journeys.operations import StepNotOpen
from guitu.journeys.policy import MoveNotAllowed
from guitu.ledger import queries as ledger
from tests.factories.units import COUNTY, PRISON
from tests.roads.walking import RELEASE, Walk, day


def before(days: int, hour: int = 10):
    return day(RELEASE - timedelta(days=days), hour)


@pytest.fixture
def walk(house) -> Walk:
    made = Walk(house)
    made.send(before(40))
    made.acknowledge(before(39))
    made.plan_pick_up(before(10))
    return made


def confirm(walk: Walk, login: str, at, mark: uuid.UUID) -> None:
    with walk.house.acting(login):
        pick_ups.confirm_hand_over(walk.person, event_id=mark, at=at)


def register(walk: Walk, login: str, at, mark: uuid.UUID) -> None:
    with walk.house.acting(login):
        handover.register_return(walk.person, event_id=mark, at=at)


def told_acts(walk: Walk, act: str) -> int:
    with walk.house.acting("province"), transaction.atomic():
        return [line.act for line in ledger.of_person(walk.person, limit=100)].count(act)


def test_registering_twice_with_the_same_mark_is_silent(walk) -> None:
    walk.release(day(RELEASE))
    mark = uuid.uuid4()
    register(walk, "county", day(RELEASE, 18), mark)
    register(walk, "county", day(RELEASE, 19), mark)
    assert walk.state() == "registered"
    assert told_acts(walk, "handover:person:registered") == 1
    # Control: a second officer's own press comes too late and is told so.
    with pytest.raises(MoveNotAllowed):
        register(walk, "county-second", day(RELEASE, 19), uuid.uuid4())
    assert told_acts(walk, "handover:person:registered") == 1


def test_two_officers_of_the_receiving_side_confirm_and_the_first_word_ends_the_step(walk) -> None:
    walk.release(day(RELEASE))
    mark = uuid.uuid4()
    confirm(walk, "county", day(RELEASE, 15), mark)
    confirm(walk, "county", day(RELEASE, 15), mark)
    with pytest.raises(StepNotOpen):
        confirm(walk, "county-second", day(RELEASE, 16), uuid.uuid4())
    assert [answer.outcome for answer in walk.road().answers if answer.step == "arrival"] == ["met"]
    with walk.house.acting("county"), transaction.atomic():
        plan = plans.pick_up_of(roads.road_of(walk.person).task.journey_id)
    assert plan.receiver_confirmed_at == day(RELEASE, 15)


def test_each_side_confirms_for_itself(walk) -> None:
    walk.release(day(RELEASE))
    confirm(walk, "prison", day(RELEASE, 9), uuid.uuid4())
    assert walk.step("arrival").standing == "open"  # the sender's word alone does not end it
    confirm(walk, "county", day(RELEASE, 15), uuid.uuid4())
    assert walk.step("arrival").standing == "done"
    assert told_acts(walk, "handover:person:met") == 2


def test_nobody_is_registered_before_the_release_day(walk) -> None:
    with pytest.raises(MoveNotAllowed):
        register(walk, "county", before(1), uuid.uuid4())
    assert walk.state() == "acknowledged"


def test_responsibility_passes_once_with_the_certificate_and_not_again_at_midnight(walk) -> None:
    assert walk.responsible() == unit_id(PRISON)
    walk.release(day(RELEASE))
    assert walk.responsible() == unit_id(COUNTY)
    by_time, passed, _, _ = walk.tick(day(RELEASE + timedelta(days=1), 0))
    assert (by_time, passed) == (0, 0)
    assert walk.step("release").answer.outcome == "certificate"
