"""Meetings before release: asked for, given a time or refused, minuted; each side told, each press once."""

import uuid
from datetime import timedelta

import pytest
from django.db import transaction

from guitu.access.operations import NotAllowed, PersonUnknown
from guitu.handover import meetings, steps
from guitu.journeys import queries as roads
from guitu.journeys.operations import StepNotOpen
from guitu.journeys.policy import MoveNotAllowed
from guitu.notices import queries as told
from tests.roads.walking import RELEASE, Walk, day

WISH = meetings.Wish("FAMILY", "VIDEO", "陈望山（父）\n林采薇（母）", "6月1日或者2日上午")


def before(days: int, hour: int = 10):
    return day(RELEASE - timedelta(days=days), hour)


@pytest.fixture
def walk(house) -> Walk:
    made = Walk(house)
    made.ask_verification(before(60))
    return made


def ask(walk: Walk, at, login="county", wish=WISH, mark=None) -> None:
    with walk.house.acting(login):
        meetings.ask_for_meeting(walk.person, wish, event_id=mark or uuid.uuid4(), at=at)


def give(walk: Walk, at, slot, mark=None, login="prison") -> None:
    with walk.house.acting(login):
        meetings.give_slot(walk.person, slot_at=slot, place="二号视频室", event_id=mark or uuid.uuid4(), at=at)


def minute(walk: Walk, at, login="county", held=True) -> None:
    with walk.house.acting(login):
        meetings.keep_minutes(
            walk.person, held=held, minutes="愿意回家", agreements="父亲到门口接", event_id=uuid.uuid4(), at=at
        )


def held_of(walk: Walk, login="county"):
    with walk.house.acting(login), transaction.atomic():
        return meetings.meetings_of(roads.road_of(walk.person).task.journey_id)


def heard(walk: Walk, login: str) -> list[str]:
    with walk.house.acting(login), transaction.atomic():
        rows, _ = told.own_notices(code="", only_unread=True, first=0, most=50)
    return sorted(row.code for row in rows if row.code.startswith("MEETING"))


def test_a_family_meeting_is_asked_for_given_its_time_and_minuted(walk) -> None:
    ask(walk, before(30))
    # RH-FIRST-ANSWER: four hours.
    assert walk.step("meeting").clock.due_at == before(30) + timedelta(hours=4)
    assert heard(walk, "prison") == ["MEETING_ASKED"]
    give(walk, before(30, 12), before(14))
    assert heard(walk, "county") == ["MEETING_GIVEN"]
    assert walk.step("meeting").answer.note == "2026-06-01 10:00 二号视频室"
    minute(walk, before(14, 12))
    (one,) = held_of(walk)
    assert (one.side, one.way, one.visitors, one.wished) == ("FAMILY", "VIDEO", WISH.visitors, WISH.wished)
    assert (one.slot_at, one.place, one.held) == (before(14), "二号视频室", True)
    assert (one.minutes, one.agreements) == ("愿意回家", "父亲到门口接")
    # A second one can follow.
    ask(walk, before(12))
    assert walk.step("meeting").clock.round == "2"


def test_a_refusal_says_why_and_opens_no_minutes(walk) -> None:
    ask(walk, before(30))
    with walk.house.acting("prison"):
        with pytest.raises(meetings.MeetingIncomplete):
            meetings.refuse_slot(walk.person, reason=" ", event_id=uuid.uuid4(), at=before(30, 11))
        meetings.refuse_slot(walk.person, reason="正在住院", event_id=uuid.uuid4(), at=before(30, 11))
    assert held_of(walk)[0].refusal == "正在住院"
    assert heard(walk, "county") == ["MEETING_REFUSED"]
    assert "meeting_minutes" not in walk.open_steps()
    with pytest.raises(MoveNotAllowed):
        minute(walk, before(20))


def test_each_press_counts_once(walk) -> None:
    asked, given = uuid.uuid4(), uuid.uuid4()
    for _ in range(2):
        ask(walk, before(30), mark=asked)
    for _ in range(2):
        give(walk, before(30, 12), before(14), mark=given)
    assert len(held_of(walk)) == 1
    assert heard(walk, "county") == ["MEETING_GIVEN"]
    # Control: another mark while nothing waits is refused.
    with pytest.raises(StepNotOpen):
        give(walk, before(30, 13), before(14))


def test_a_time_lies_ahead_and_not_after_the_release(walk) -> None:
    ask(walk, before(30))
    for slot in (before(31), day(RELEASE + timedelta(days=1))):
        with pytest.raises(meetings.MeetingIncomplete) as wrong:
            give(walk, before(30, 12), slot)
        assert wrong.value.fields == ("slot_at",)
    give(walk, before(30, 12), day(RELEASE, 8))
    with pytest.raises(MoveNotAllowed):
        minute(walk, before(1))  # it has not been held yet
    minute(walk, before(1), held=False)
    assert held_of(walk)[0].held is False


def test_what_is_missing_in_a_wish_is_named(walk) -> None:
    with pytest.raises(meetings.MeetingIncomplete) as wrong:
        ask(walk, before(30), wish=meetings.Wish("NOBODY", "", "", ""))
    assert wrong.value.fields == ("side", "way", "visitors", "wished")
    assert walk.step("meeting").standing == "to_come"


def test_a_meeting_taken_at_a_counter_is_answered_alike(walk) -> None:
    with walk.house.acting("county"):
        steps.request_step(walk.person, step="meeting", event_id=uuid.uuid4(), at=before(30))
    give(walk, before(30, 12), before(14))
    (one,) = held_of(walk)
    assert (one.side, one.visitors, one.slot_at) == ("", "", before(14))


def test_only_the_prison_gives_a_time_and_only_who_sees_the_person_asks(walk) -> None:
    ask(walk, before(30))
    with pytest.raises(MoveNotAllowed):
        give(walk, before(30, 12), before(14), login="county")
    with pytest.raises(PersonUnknown):
        ask(walk, before(29), login="sibling")
    with pytest.raises(NotAllowed):
        ask(walk, before(29), login="province")


def test_no_meeting_is_arranged_after_the_release(walk) -> None:
    walk.release(day(RELEASE))
    with pytest.raises(MoveNotAllowed):
        ask(walk, day(RELEASE, 12), login="prison")


def test_names_and_words_of_a_meeting_are_not_readable_in_the_database(walk) -> None:
    ask(walk, before(30))
    give(walk, before(30, 12), before(14))
    minute(walk, before(14, 12))
    with walk.house.role("guitu_owner") as door:
        row = str(door.execute("SELECT * FROM handover_meeting").fetchone())
    assert not any(words in row for words in ("陈望山", "愿意回家", "父亲"))
    assert "二号视频室" in row
