"""A pick-up is an offer: declined without consequence, in somebody's word; key persons and juveniles need more care."""

import uuid
from datetime import timedelta

import pytest
from django.db import transaction

from guitu.handover.declining import WordMissing
from guitu.journeys.operations import StepNotOpen
from guitu.journeys.policy import MoveNotAllowed
from guitu.notices import queries as told
from tests.roads.walking import RELEASE, Walk, day


def before(days: int, hour: int = 10):
    return day(RELEASE - timedelta(days=days), hour)


def received(house, **row) -> Walk:
    walk = Walk(house, **row)
    walk.send(before(40))
    walk.acknowledge(before(39))
    return walk


def heard(house, login: str) -> list[uuid.UUID]:
    with house.acting(login), transaction.atomic():
        rows, _ = told.own_notices(code="PICK_UP_DECLINED", only_unread=True, first=0, most=50)
    return [row.person_id for row in rows]


def test_anybody_may_decline_and_whose_word_it_was_is_kept(house) -> None:
    walk = received(house)
    with pytest.raises(WordMissing) as lacking:
        walk.decline_pick_up(before(20), spoken_by="")
    assert lacking.value.fields == ("spoken_by",)
    walk.decline_pick_up(before(20), spoken_by="REPRESENTATIVE")
    assert walk.step("pick_up").answer.note == "代理人"
    assert walk.step("arrival").standing == "to_come"
    assert heard(house, "prison") == [walk.person]
    assert heard(house, "city") == []


def test_a_key_persons_own_words_are_recorded_and_the_superior_is_told(house) -> None:
    walk = received(house, key="三无")
    with pytest.raises(WordMissing) as lacking:
        walk.decline_pick_up(before(20))
    assert lacking.value.fields == ("words",)
    assert walk.step("pick_up").standing == "open"
    assert heard(house, "city") == []
    walk.decline_pick_up(before(20), words="自己有朋友来接")
    assert walk.step("pick_up").answer.note == "本人：自己有朋友来接"
    assert heard(house, "city") == heard(house, "prison") == [walk.person]
    # The superior sees whom it concerns; a superior of other counties does not.
    assert walk.road("city").task.person_id == walk.person
    assert walk.road("foreign") is None


def test_the_same_word_pressed_twice_is_one(house) -> None:
    walk, mark = received(house, key="三无"), uuid.uuid4()
    walk.decline_pick_up(before(20), words="有人来接", mark=mark)
    walk.decline_pick_up(before(19), words="有人来接", mark=mark)
    assert len([answer for answer in walk.road().answers if answer.step == "pick_up"]) == 1
    assert heard(house, "city") == [walk.person]


def test_the_plain_answer_form_cannot_decline(house) -> None:
    walk = received(house)
    with pytest.raises(StepNotOpen):
        walk.answer("county", "pick_up", "declined", before(20))


def test_a_juveniles_pick_up_is_not_declined_before_the_guardian_has_answered(house) -> None:
    walk = received(house, key="未成年")
    assert walk.step("guardian_notice").standing == "open"
    with pytest.raises(MoveNotAllowed):
        walk.decline_pick_up(before(20), words="不用接", spoken_by="SELF")
    walk.answer("prison", "guardian_notice", "told", before(19))
    # The guardian was told: it is the guardian's word, not the young person's alone.
    with pytest.raises(WordMissing) as lacking:
        walk.decline_pick_up(before(18), words="不用接", spoken_by="SELF")
    assert lacking.value.fields == ("spoken_by",)
    walk.decline_pick_up(before(18), words="我们自己来接", spoken_by="GUARDIAN")
    assert walk.step("pick_up").standing == "declined"


def test_where_a_juvenile_has_no_guardian_the_word_is_their_own(house) -> None:
    walk = received(house, key="未成年")
    walk.answer("prison", "guardian_notice", "none", before(19))
    walk.decline_pick_up(before(18), words="学校来接", spoken_by="SELF")
    assert walk.step("pick_up").standing == "declined"


def test_nobody_elses_guardian_speaks_for_an_adult(house) -> None:
    walk = received(house, key="三无")
    with pytest.raises(WordMissing):
        walk.decline_pick_up(before(18), words="我们来接", spoken_by="GUARDIAN")
