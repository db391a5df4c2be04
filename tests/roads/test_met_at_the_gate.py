"""RS-16: a key person is handed over at the gate on the day of release, by a step and a clock of its own."""

from datetime import date, timedelta

import pytest
from django.db import transaction

from guitu.journeys.lapsing import tell_lateness
from guitu.journeys.operations import StepNotOpen
from guitu.journeys.policy import MoveNotAllowed
from guitu.notices import queries as told
from guitu.prison import operations as prison
from guitu.rulebook.book import load_national
from tests.factories import rosters
from tests.roads.walking import RELEASE, Walk, after, before, ticking

GATE = "gate_handover"


def received(house, **row) -> Walk:
    walk = Walk(house, **row)
    walk.send(before(40))
    walk.acknowledge(before(39))
    return walk


def test_the_step_has_owner_clock_and_ladder_and_stands_for_key_persons_alone(house) -> None:
    walk = Walk(house, key="三无")
    gate = walk.step(GATE)
    assert (gate.standing, gate.clock.rule) == ("open", "RS-16")
    assert gate.clock.duty_unit_id == walk.road().task.sending_unit_id
    assert (gate.clock.service_on, gate.clock.due_at) == (RELEASE, after(1, 0))
    overdue = load_national().rule("RS-16").when_overdue
    assert overdue is not None
    assert overdue.ladder == ("prison_bureau", "common_superior")


def test_nobody_else_has_it_until_an_assessment_makes_them_a_key_person(house) -> None:
    walk = Walk(house)
    assert walk.step(GATE).standing == "no_part"
    walk.assess(before(70), housing="NONE", family="NONE", work="NONE")
    assert walk.road().task.key_person
    assert walk.step(GATE).standing == "open"
    walk.assess(before(69), correction="家属愿意接纳，有工作着落")
    assert not walk.road().task.key_person
    assert walk.step(GATE).standing == "no_part"
    assert [one.void_reason for one in walk.road().clocks if one.step == GATE] == ["MARK_TAKEN_BACK"]


def test_the_senders_word_at_the_gate_ends_it_and_not_a_day_earlier(house) -> None:
    walk = received(house, key="三无")
    walk.plan_pick_up(before(10))
    with pytest.raises(MoveNotAllowed):
        walk.confirm("prison", before(1))
    with pytest.raises(MoveNotAllowed):
        walk.answer("prison", GATE, "to_family", before(1))
    with pytest.raises(StepNotOpen):
        walk.answer("prison", GATE, "handed_over", after(0))
    walk.release(after(0, 9))
    assert walk.step(GATE).standing == "open"  # control: the certificate alone hands nobody over
    walk.confirm("prison", after(0, 9))
    assert walk.step(GATE).answer.outcome == "handed_over"
    assert walk.step("arrival").standing == "open"  # the other side has its own word
    walk.confirm("county", after(0, 15))
    assert walk.step("arrival").answer.outcome == "met"


def test_it_is_owed_also_where_no_pick_up_was_planned_and_a_county_that_did_not_come_is_said(house) -> None:
    walk = received(house, key="三无")
    with pytest.raises(MoveNotAllowed):
        walk.answer("county", GATE, "own_way", after(0, 9))
    walk.answer("prison", GATE, "not_met", after(0, 9), note="已电话联系县局，改由亲属下午来接")
    assert walk.step(GATE).answer.outcome == "not_met"


def test_a_declined_pick_up_is_declined_at_the_gate_too_in_the_same_words(house) -> None:
    walk = received(house, key="三无")
    walk.decline_pick_up(before(20), words="自己有朋友来接")
    assert walk.step(GATE).standing == "declined"
    assert walk.step(GATE).answer.note == "本人：自己有朋友来接"


def test_undone_at_midnight_it_is_late_and_climbs_to_bureau_and_common_superior(house) -> None:
    received(house, key="三无")

    def heard(login: str) -> list[str]:
        with house.acting(login), transaction.atomic():
            rows, _ = told.own_notices(code="", only_unread=False, first=0, most=50)
        return sorted(
            f"{row.code} {row.facts.get('step', '')}".strip() for row in rows if row.facts.get("part") == GATE
        )

    def tick(at) -> None:
        with ticking():
            tell_lateness(at=at, most=1000, retry=timedelta(minutes=15))

    tick(after(0, 23))
    assert heard("prison") == ["CLOCK_DUE_SOON"]
    tick(after(1, 0))
    assert heard("prison") == ["CLOCK_DUE_SOON", "CLOCK_LAPSED"]
    assert heard("province") == ["CLOCK_ESCALATED 1"]  # the test's tree has no prison bureau: its step climbs
    tick(after(4, 0))
    assert heard("province") == ["CLOCK_ESCALATED 1", "CLOCK_ESCALATED 2"]


def test_a_moved_release_day_moves_the_gate(house) -> None:
    walk = Walk(house, key="三无")
    with house.acting("prison"):
        moved = rosters.workbook(rosters.row("陈柏舟", release=date(2026, 7, 1), key="三无"))
        prison.import_roster(moved, file_name="名册.xlsx", today=before(80).date(), at=before(80))
    assert walk.step(GATE).clock.service_on == date(2026, 7, 1)
