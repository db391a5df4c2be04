"""Each kind of release walked whole: what the plain road lacks — a state, a clock, a step — is asserted for each."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from guitu.access.establishing import unit_id
from guitu.handover import ends, steps
from guitu.journeys.policy import MoveNotAllowed
from guitu.support import operations as support
from guitu.support.policy import RecordIncomplete
from tests.factories.units import COUNTY, PRISON
from tests.roads.walking import AT, RELEASE, Walk, after, before, day, home, received


def test_the_whole_road_from_the_roster_to_the_end_of_the_term_of_help(house) -> None:
    walk = Walk(house)
    # Training would have been due twelve months before release: not possible any more, not late.
    assert walk.step("training_offer").standing == "not_possible"
    assert walk.open_steps() == {"verification_ask", "assessment", "education", "police_notice", "release"}

    assert walk.road("county") is None
    walk.ask_verification(AT + timedelta(days=1))
    # RH-VERIFY: one month from the opening, 2 March.
    assert walk.step("verification").clock.service_on == date(2026, 4, 2)
    walk.answer("county", "verification", "confirmed", AT + timedelta(days=3))
    walk.answer("prison", "education", "begun", before(90))
    # RH-ASSESS: sixty days before 15 June is 16 April, a Thursday.
    assert walk.step("assessment").clock.service_on == date(2026, 4, 16)
    walk.assess(before(61))
    walk.answer("prison", "police_notice", "notified", before(41))
    received(walk)
    # RH-PICKUP: seven days before release.
    assert walk.step("pick_up").clock.service_on == date(2026, 6, 8)
    walk.plan_pick_up(before(10))
    assert walk.step("arrival").clock.due_at == after(0, 15)

    walk.release(after(0))
    assert walk.responsible() == unit_id(COUNTY)
    walk.confirm("prison", after(0))
    walk.confirm("county", after(0, 15))
    assert walk.step("arrival").answer.outcome == "met"
    walk.register(after(1))
    assert walk.road().task.due_rule == "RS-17"
    walk.agree(RELEASE + timedelta(days=2))
    assert walk.state() == "in_help"

    # RH-FOLLOW from 17 June: one month, three, six, twelve, then yearly.
    expected = [date(2026, 7, 17), date(2026, 9, 17), date(2026, 12, 17), date(2027, 6, 17), date(2028, 6, 17)]
    for due_on in expected:
        clock = walk.step("follow_up").clock
        assert clock.service_on == due_on
        with house.acting("county"):
            support.record_visit(
                walk.person, outcome="visited", needs=(), note="情况稳定", event_id=uuid.uuid4(), at=day(due_on)
            )
    walk.answer("county", "evaluation", "answered", day(date(2027, 6, 17)))
    # RS-19: five years from release, the last day is 14 June 2031.
    assert walk.road().task.due_at == datetime(2031, 6, 14, 16, 0, tzinfo=UTC)
    walk.tick(datetime(2031, 6, 14, 15, 59, tzinfo=UTC))
    assert walk.state() == "in_help"
    walk.tick(datetime(2031, 6, 14, 16, 0, tzinfo=UTC))
    assert walk.state() == "completed"
    assert walk.open_steps() == set()


def test_a_free_person_may_decline_everything_and_nothing_is_owed(house) -> None:
    walk = received(Walk(house))
    walk.decline_pick_up(before(20))
    assert walk.step("pick_up").standing == "declined"
    assert walk.step("arrival").standing == "to_come"
    home(walk)
    with house.acting("county"):
        support.decline_help(walk.person, spoken_by="SELF", event_id=uuid.uuid4(), at=after(2))
    road = walk.road()
    assert (road.task.state, road.task.due_at, road.task.ended_at) == ("help_declined", None, None)
    assert [clock for clock in road.clocks if clock.done_at is None and clock.voided_at is None] == []
    # The door is open: a year later the person asks for help.
    walk.agree(RELEASE + timedelta(days=365))
    assert walk.state() == "in_help"


def test_nobody_came_a_welfare_call_is_made_and_the_door_stays_open(house) -> None:
    walk = received(Walk(house))
    walk.plan_pick_up(before(10))
    walk.release(after(0))
    walk.answer("county", "arrival", "not_met", after(0, 15))
    # RH-WELFARE: two hours after the planned arrival.
    assert walk.step("welfare_call").clock.due_at == after(0, 17)
    walk.answer("county", "welfare_call", "contacts_called", after(0, 16))
    with house.acting("county"):
        ends.note_not_arrived(walk.person, source="已与约定联系人通话", event_id=uuid.uuid4(), at=after(8))
    road = walk.road()
    assert (road.task.state, road.task.due_at, road.task.ended_at) == ("not_arrived", None, None)
    walk.register(after(60))
    assert walk.state() == "registered"


@pytest.mark.parametrize("came", ["met", "own_way"])
def test_who_came_home_is_not_noted_as_not_having_come(house, came) -> None:
    walk = received(Walk(house))
    walk.plan_pick_up(before(10))
    walk.release(after(0))
    walk.confirm("county", after(0, 15)) if came == "met" else walk.answer("county", "arrival", came, after(0, 15))

    def nobody_came() -> None:
        with house.acting("county"):
            ends.note_not_arrived(walk.person, source="未到", event_id=uuid.uuid4(), at=after(8))

    with pytest.raises(MoveNotAllowed, match="已经记下本人回来了"):
        nobody_came()
    assert walk.state() == "acknowledged"
    # Control: once the mistaken answer is corrected, it can be noted.
    with house.acting("county"):
        steps.answer_step(
            walk.person, step="arrival", outcome="not_met", note="认错了人", event_id=uuid.uuid4(), at=after(1)
        )
    nobody_came()
    assert walk.state() == "not_arrived"


def test_without_a_certificate_the_release_day_ends_and_that_is_the_release(house) -> None:
    walk = received(Walk(house))
    walk.tick(after(0, 23))
    assert walk.road().task.released_at is None
    assert walk.responsible() == unit_id(PRISON)
    walk.tick(after(1, 0))
    assert walk.road().task.released_at == after(1, 0)
    assert walk.step("release").answer.outcome == "by_time"
    assert walk.responsible() == unit_id(COUNTY)
    assert walk.tick(after(1, 1)) == (0, 0, 0, 0)


def test_what_could_only_be_done_before_release_and_was_not_is_missed_and_no_longer_late(house) -> None:
    walk = received(Walk(house))
    assert {"assessment", "education", "pick_up", "police_notice"} <= walk.open_steps()
    walk.release(after(0))
    assert walk.step("assessment").standing == "missed"
    assert walk.step("pick_up").standing == "missed"
    # The notice to the police is owed also afterwards.
    assert walk.open_steps() & {"assessment", "education", "pick_up", "police_notice"} == {"police_notice"}


def test_nobody_is_released_or_registered_before_the_release_day(house) -> None:
    walk = received(Walk(house))
    with pytest.raises(MoveNotAllowed):
        walk.release(before(1, 23))
    with pytest.raises(MoveNotAllowed):
        walk.register(before(1, 23))
    walk.release(after(0, 0))


def test_whoever_registers_has_been_released_and_midnight_changes_nothing(house) -> None:
    walk = received(Walk(house))
    walk.register(after(0, 15))
    assert walk.road().task.released_at == after(0, 15)
    with house.acting("county"):
        support.decline_help(walk.person, spoken_by="SELF", event_id=uuid.uuid4(), at=after(0, 16))
    assert walk.tick(after(1, 0)) == (0, 0, 0, 0)


def test_help_is_agreed_on_a_day_that_has_come_and_not_before_release(house) -> None:
    walk = home(received(Walk(house)))
    for on in (RELEASE - timedelta(days=1), RELEASE + timedelta(days=3)):
        with house.acting("county"), pytest.raises(RecordIncomplete):
            support.agree_on_help(
                walk.person, on=on, wishes="找工作", contacts="", spoken_by="SELF", event_id=uuid.uuid4(), at=after(2)
            )
    walk.agree(RELEASE + timedelta(days=2))


def test_parole_goes_into_community_corrections_with_the_clocks_of_the_law(house) -> None:
    walk = Walk(house, kind="假释")
    assert walk.step("police_notice").standing == "no_part"
    assert "agency_notice" not in walk.open_steps()
    with house.acting("prison"):
        steps.note_effective(walk.person, date(2026, 6, 1), event_id=uuid.uuid4(), at=before(12))
    # From 1 June: CC-RECV-01 five days is Saturday the 6th, it rolls to Monday; CC-RECV-02 and CC-RECV-04 ten days.
    assert walk.step("agency_notice").clock.statutory_on == date(2026, 6, 8)
    assert walk.step("document_service").clock.statutory_on == date(2026, 6, 11)
    assert walk.step("report_in").clock.statutory_on == date(2026, 6, 11)
    received(walk)
    walk.answer("prison", "agency_notice", "notified", before(9))
    walk.answer("prison", "document_service", "served", before(8))
    walk.release(after(0))
    # Responsibility stays with the prison until the county has registered (decision 8).
    assert walk.responsible() == unit_id(PRISON)
    with house.acting("county"), pytest.raises(MoveNotAllowed):
        ends.note_not_arrived(walk.person, source="未到", event_id=uuid.uuid4(), at=after(5))
    walk.register(after(1))
    assert walk.state() == "in_correction"
    assert walk.responsible() == unit_id(COUNTY)


def test_temporary_execution_is_handed_over_within_ten_days_if_need_be_at_the_bedside(house) -> None:
    walk = Walk(house, kind="暂予监外执行")
    with house.acting("prison"):
        steps.note_effective(walk.person, date(2026, 6, 11), event_id=uuid.uuid4(), at=before(3))
    # CC-RECV-06: ten days from 11 June is the 21st, a holiday; in custody no period is extended (CAL-3).
    assert walk.step("person_transfer").clock.statutory_on == date(2026, 6, 21)
    received(walk)
    walk.answer("prison", "person_transfer", "bedside", after(2), note="云汀市第一医院")
    walk.release(after(2))
    walk.register(after(2))
    assert walk.state() == "in_correction"


def test_a_detention_house_releases_after_a_short_sentence_without_an_assessment(house) -> None:
    walk = Walk(house, login="detention", kind="看守所释放")
    assessment = walk.step("assessment")
    assert (assessment.standing, assessment.why_en) == (
        "not_possible",
        "A short sentence in a detention house allows none",
    )
    walk.send(before(40), login="detention")
    walk.acknowledge(before(39))
    walk.release(after(0), login="detention")
    walk.register(after(1))
    assert walk.state() == "registered"


@pytest.mark.parametrize("kind", ["减刑释放", "再审释放", "特赦"])
def test_release_at_once_has_compressed_clocks_and_what_is_impossible_is_not_late(house, kind) -> None:
    tomorrow = (AT + timedelta(days=1)).date()
    walk = Walk(house, kind=kind, release=tomorrow)
    task = walk.road().task
    # Twenty-four hours from knowing, not "a month ago".
    assert (task.due_rule, task.due_at) == ("RH-AT-ONCE", AT + timedelta(hours=24))
    assert walk.step("assessment").standing == "not_possible"
    assert walk.step("police_notice").clock.due_at == AT + timedelta(hours=24)
    late = [clock for clock in walk.road().clocks if clock.due_at <= AT]
    assert late == []


def test_control_the_same_roster_at_the_end_of_a_sentence_is_late_and_shows_it(house) -> None:
    walk = Walk(house, release=(AT + timedelta(days=1)).date())
    assert walk.road().task.due_at < AT
    assert walk.step("assessment").clock.due_at < AT


def test_a_juvenile_has_a_guardian_who_is_told(house) -> None:
    walk = Walk(house, key="未成年人")
    assert walk.step("guardian_notice").clock.rule == "RS-14"
    walk.answer("prison", "guardian_notice", "none", before(30), note="父母均已去世")
    assert walk.step("guardian_notice").answer.outcome == "none"
    assert Walk.open_steps(walk) >= {"police_notice", "release"}


def test_whoever_has_no_home_and_no_kin_is_placed_within_eight_days(house) -> None:
    walk = home(received(Walk(house, key="三无人员")))
    # RH-PLACE: eight days from release.
    assert walk.step("placement").clock.service_on == date(2026, 6, 23)
    with house.acting("county"):
        support.place(
            walk.person,
            kind="transitional_home",
            place="青榆县过渡性安置基地",
            on=RELEASE + timedelta(days=3),
            event_id=uuid.uuid4(),
            at=after(3),
        )
    assert walk.step("placement").answer.outcome == "transitional_home"


def test_control_somebody_with_a_home_has_no_step_of_placement(house) -> None:
    assert home(received(Walk(house))).step("placement").standing == "no_part"


@pytest.mark.parametrize(
    ("mark", "step", "outcome"),
    [
        ("serious_illness", "medical_handover", "handed_over"),
        ("political_rights_loss", "political_rights_notice", "notified"),
        ("occupational_ban", "ban_notice", "explained"),
        ("special_document", "document_help", "passed_on"),
    ],
)
def test_a_special_circumstance_opens_its_step_and_no_other(house, mark, step, outcome) -> None:
    walk = Walk(house)
    held = walk.open_steps()
    with house.acting("prison"):
        steps.note_marks(walk.person, [mark], event_id=uuid.uuid4(), at=AT)
    assert walk.open_steps() == held | {step}
    walk.answer("prison", step, outcome, AT)
    assert walk.open_steps() == held


def test_an_unknown_circumstance_is_refused(house) -> None:
    walk = Walk(house)
    with house.acting("prison"), pytest.raises(MoveNotAllowed):
        steps.note_marks(walk.person, ["left_handed"], event_id=uuid.uuid4(), at=AT)


def test_death_ends_the_road_and_every_clock(house) -> None:
    walk = received(Walk(house))
    with house.acting("prison"):
        ends.note_death(walk.person, source="死亡证明0017", event_id=uuid.uuid4(), at=before(5))
    road = walk.road()
    assert (road.task.state, road.task.ended_at) == ("died", before(5))
    assert [clock for clock in road.clocks if clock.done_at is None and clock.voided_at is None] == []


def test_a_new_detention_ends_the_road_and_a_later_release_opens_another(house) -> None:
    walk = home(received(Walk(house)))
    with house.acting("county"):
        ends.note_detention(walk.person, source="拘留通知书", event_id=uuid.uuid4(), at=after(30))
    assert walk.state() == "detained"
