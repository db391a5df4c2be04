"""A moved day, a meeting, an allotment, a follow-up, a corrected answer, a pack: what happens on any road."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from guitu.access.establishing import post_id, unit_id
from guitu.handover import meetings, steps
from guitu.journeys.policy import MoveNotAllowed
from guitu.support import operations as support
from tests.factories.units import COUNTY, TOWNSHIP
from tests.roads.walking import AT, RELEASE, Walk, after, before, home, received


def test_a_moved_release_day_moves_every_clock_that_hangs_on_it(house) -> None:
    from guitu.prison import operations as prison
    from tests.factories import rosters

    walk = received(Walk(house))
    later = date(2026, 9, 13)
    with house.acting("prison"):
        prison.import_roster(
            rosters.workbook(rosters.row("陈柏舟", release=later)),
            file_name="更正.xlsx",
            today=AT.date(),
            at=before(30),
        )
    road = walk.road()
    assert road.task.release_on == later
    # RS-17: seven days after 13 September is the 20th, a Sunday on which one works in 2026.
    state = next(clock for clock in road.clocks if clock.state == "acknowledged" and clock.voided_at is None)
    assert state.statutory_on == date(2026, 9, 20)
    assert walk.step("pick_up").clock.service_on == date(2026, 9, 4)
    assert walk.step("release").clock.service_on == later
    assert {clock.rule for clock in road.clocks if clock.voided_at is not None} >= {"RS-17", "RH-PICKUP", "RH-RELEASE"}


def test_a_meeting_before_release_is_asked_for_given_a_time_and_minuted(house) -> None:
    walk = received(Walk(house))
    with house.acting("county"):
        steps.request_step(walk.person, step="meeting", event_id=uuid.uuid4(), at=before(30))
    # RH-FIRST-ANSWER: four hours.
    assert walk.step("meeting").clock.due_at == before(30) + timedelta(hours=4)
    with house.acting("prison"):
        meetings.give_slot(walk.person, slot_at=before(14), place="视频室", event_id=uuid.uuid4(), at=before(30, 12))
    with house.acting("county"):
        meetings.keep_minutes(
            walk.person, held=True, minutes="愿意回家", agreements="父亲来接", event_id=uuid.uuid4(), at=before(13)
        )
    with house.acting("county"):
        steps.request_step(walk.person, step="meeting", event_id=uuid.uuid4(), at=before(12))
    assert walk.step("meeting").clock.round == "2"


def test_the_county_allots_to_a_township_office_and_its_worker_and_stays_responsible(house) -> None:
    walk = received(Walk(house))
    worker = post_id("worker", TOWNSHIP, "SOCIAL_WORKER")
    assert walk.road("township") is None
    assert walk.road("worker") is None
    walk.allot(before(20), unit=unit_id(TOWNSHIP), post=worker)
    assert walk.road().task.duty_unit_id == unit_id(TOWNSHIP)
    assert walk.road("township") is not None
    assert walk.road("worker") is not None
    assert walk.road("township-second") is None
    # Another worker of the same office: the former one no longer sees the person.
    walk.allot(before(19), unit=unit_id(TOWNSHIP))
    assert walk.road("worker") is None
    walk.allot(before(18), unit=unit_id(TOWNSHIP), post=worker)
    walk.release(after(0))
    walk.register(after(1), login="township")
    assert walk.responsible() == unit_id(COUNTY)
    walk.agree(RELEASE + timedelta(days=2), login="township")
    assert walk.step("follow_up").clock.duty_unit_id == unit_id(TOWNSHIP)


def test_a_follow_up_opens_what_is_needed(house) -> None:
    walk = home(received(Walk(house)))
    walk.agree(RELEASE + timedelta(days=2))
    with house.acting("county"):
        support.record_visit(
            walk.person,
            outcome="called",
            needs=("work", "income"),
            note="找工作中",
            event_id=uuid.uuid4(),
            at=after(20),
        )
    assert {"work", "social_aid"} <= walk.open_steps()
    walk.answer("county", "work", "settled", after(25))
    assert "work" not in walk.open_steps()


def test_an_answer_given_in_error_is_corrected_with_words_and_both_stay(house) -> None:
    from guitu.journeys.operations import StepNotOpen

    walk = Walk(house)
    walk.ask_verification(AT)
    walk.answer("county", "verification", "confirmed", AT)
    with pytest.raises(StepNotOpen):
        walk.answer("county", "verification", "differs", AT + timedelta(hours=1))
    walk.answer("county", "verification", "differs", AT + timedelta(hours=1), note="看错门牌")
    road = walk.road()
    assert [(one.outcome, one.corrected) for one in road.answers if one.step == "verification"] == [
        ("confirmed", True),
        ("differs", False),
    ]


def test_the_same_form_sent_twice_answers_once(house) -> None:
    walk = Walk(house)
    mark = uuid.uuid4()
    for _ in range(2):
        with house.acting("prison"):
            steps.answer_step(walk.person, step="education", outcome="begun", event_id=mark, at=AT)
    assert len(walk.road().answers) == 1


def test_a_unit_that_does_not_own_a_step_cannot_answer_it(house) -> None:
    walk = received(Walk(house))
    with pytest.raises(MoveNotAllowed):
        walk.answer("county", "education", "begun", before(30))


def test_a_pack_of_the_province_shortens_the_clock_of_its_offices_and_of_no_other(house) -> None:
    from tests.factories.packs import put_in_force
    from tests.web.test_rule_packs_page import PROVINCE

    put_in_force(house, "92.yaml", PROVINCE.replace("910000", "920000").replace("LOCAL-91", "LOCAL-92"), at=AT)
    walk = received(Walk(house))
    assert walk.road().task.due_at == datetime(2026, 6, 22, 16, 0, tzinfo=UTC), "another province's pack"
    put_in_force(house, "91.yaml", PROVINCE, at=AT)
    walk.release(after(0))
    walk.register(after(1))
    # Three days from 15 June instead of seven.
    assert walk.road().task.due_at == datetime(2026, 6, 18, 16, 0, tzinfo=UTC)
