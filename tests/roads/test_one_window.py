"""One window: any counter takes any matter, the first desk is fixed, the answer comes back to it and to the person."""

import uuid
from datetime import timedelta

import pytest
from django.db import transaction

from guitu.access.establishing import unit_id
from guitu.access.operations import NotAllowed, PersonUnknown
from guitu.handover import late_requests, meetings, request_answers, requests, steps, window
from guitu.journeys.policy import MoveNotAllowed
from guitu.support import operations as support
from tests.factories.units import COUNTY, PRISON
from tests.roads.test_every_kind_of_release import after, before, home, received
from tests.roads.walking import Walk, ticking

ALL = tuple(str(number) for number in range(1, 13))


def taken(walk, login, *matters, at, channel="COUNTER", words="想先找个地方住一个月", event=None):
    """What a counter took, as its list shows it."""
    with walk.house.acting(login):
        made = window.take(
            walk.person, matters=matters, channel=channel, words=words, event_id=event or uuid.uuid4(), at=at
        )
        with transaction.atomic():
            return [requests.request_of(walk.person, one) for one in made]


def seen(walk, login, request):
    with walk.house.acting(login), transaction.atomic():
        return requests.request_of(walk.person, request.id)


def notices_to(house, unit, code):
    with house.role("guitu_owner") as door:
        sql = "SELECT count(*) FROM notices_notice WHERE unit_id = %s AND code = %s"
        return door.execute(sql, (unit_id(unit), code)).fetchone()[0]


def test_every_one_of_the_twelve_matters_can_be_taken_after_the_return(house) -> None:
    walk = home(received(Walk(house)))
    made = taken(walk, "county", *ALL, at=after(2))
    assert {one.matter for one in made} == set(ALL)
    assert {one.first_desk_id for one in made} == {unit_id(COUNTY)}
    by = {one.matter: one for one in made}
    # What the prison wrote and sent is answered by the prison; everything else at home.
    assert {matter for matter, one in by.items() if one.duty_unit_id == unit_id(PRISON)} == {"2", "3"}
    opened = {"household", "lodging", "social_aid", "insurance", "work", "counselling"}
    assert {one.step for one in made} == opened | {""}
    assert opened <= walk.open_steps()
    assert by["4"].step == ""
    # RH-MATTER: five working days from Wednesday, 17 June; the Dragon Boat holiday of 2026 lies between.
    assert by["7"].due_rule == by["1"].due_rule == "RH-MATTER"
    assert by["7"].due_at == by["1"].due_at
    numbers = [one.number for one in made]
    assert [number[-5:-1] for number in numbers] == [f"{place:04d}" for place in range(1, 13)]


def test_before_the_release_a_meeting_is_opened_and_the_prison_has_it(house) -> None:
    walk = received(Walk(house))
    (made,) = taken(walk, "county", "4", at=before(20), channel="PHONE")
    assert (made.step, made.duty_unit_id) == ("meeting", unit_id(PRISON))
    assert notices_to(house, PRISON, "REQUEST_TAKEN") == 1
    # Across counties a first answer is owed within four hours.
    assert made.first_due_at == before(20) + timedelta(hours=4)
    with house.acting("prison"):
        meetings.give_slot(walk.person, slot_at=before(10), place="会见室", event_id=uuid.uuid4(), at=before(19))
    answered = seen(walk, "county", made)
    assert (answered.outcome, answered.kind, answered.answered_unit_id) == ("slot_given", "done", unit_id(PRISON))
    assert answered.first_answered_at == before(19)
    assert notices_to(house, COUNTY, "REQUEST_ANSWERED") == 1


def test_a_second_press_takes_nothing_twice_and_a_second_visit_joins_the_open_matter(house) -> None:
    walk = home(received(Walk(house)))
    event = uuid.uuid4()
    first = taken(walk, "county", "7", at=after(2), event=event)
    again = taken(walk, "county", "7", at=after(2), event=event)
    assert first == again
    (second,) = taken(walk, "county", "7", at=after(3))
    assert (second.step, second.due_at) == ("lodging", first[0].due_at)
    assert second.number != first[0].number
    walk.answer("county", "lodging", "settled", after(3, 15))
    assert seen(walk, "county", first[0]).kind == seen(walk, "county", second).kind == "done"
    # The next request of the kind begins anew and stays open.
    (third,) = taken(walk, "county", "7", at=after(4))
    assert seen(walk, "county", third).answered_at is None


def test_a_person_who_declined_help_is_served_all_the_same(house) -> None:
    walk = home(received(Walk(house)))
    with house.acting("county"):
        support.decline_help(walk.person, spoken_by="SELF", event_id=uuid.uuid4(), at=after(2))
    made = {one.matter: one for one in taken(walk, "county", "6", "8", at=after(30))}
    assert (made["8"].step, made["6"].step) == ("social_aid", "")
    assert walk.state() == "help_declined"


def test_who_has_it_in_hand_answers_and_the_first_desk_is_told(house) -> None:
    walk = home(received(Walk(house)))
    (made,) = taken(walk, "county", "2", at=after(2))
    assert made.duty_unit_id == unit_id(PRISON)

    def answer(login, outcome="settled", words="报告已补发", request=made, event=None):
        with house.acting(login):
            request_answers.answer_request(
                walk.person, request.id, outcome=outcome, words=words, event_id=event or uuid.uuid4(), at=after(3, 12)
            )

    with house.acting("prison"):
        request_answers.give_first_answer(
            walk.person, made.id, words="已找到报告，明天寄出", event_id=uuid.uuid4(), at=after(2, 11)
        )
    assert seen(walk, "county", made).first_answered_at == after(2, 11)
    assert seen(walk, "county", made).answered_at is None
    for outcome, words in (("settled", " "), ("lost", "x"), ("unknown_person", "x")):
        with pytest.raises(request_answers.AnswerRefused):
            answer("prison", outcome, words)
    event = uuid.uuid4()
    answer("prison", event=event)
    answer("prison", event=event)
    assert seen(walk, "county", made).outcome == "settled"
    assert notices_to(house, COUNTY, "REQUEST_ANSWERED") == 1
    with house.acting("county"), transaction.atomic():
        said = requests.said_in([made.id])[made.id]
    assert (said.words, said.first_answer, said.answer) == (
        "想先找个地方住一个月",
        "已找到报告，明天寄出",
        "报告已补发",
    )
    with pytest.raises(MoveNotAllowed):
        answer("county")
    # A matter that a step answers is not answered beside it.
    (lodging,) = taken(walk, "county", "7", at=after(3))
    with pytest.raises(MoveNotAllowed):
        answer("county", request=lodging)
    # Neither in charge nor first desk: the prison sees the person and answers nothing of the county's.
    (data,) = taken(walk, "county", "1", at=after(3))
    with pytest.raises(MoveNotAllowed):
        answer("prison", request=data)
    with pytest.raises(PersonUnknown):
        answer("foreign", request=data)


def test_what_is_not_whole_is_refused_and_who_does_not_see_the_person_takes_nothing(house) -> None:
    walk = home(received(Walk(house)))
    for changed in ({"channel": "DREAM"}, {"words": "  "}, {"words": "长" * 2001}):
        with pytest.raises(window.RequestRefused):
            taken(walk, "county", "7", at=after(2), **changed)
    for matters in ((), ("13",), ("7", "x")):
        with pytest.raises(window.RequestRefused):
            taken(walk, "county", *matters, at=after(2))
    with pytest.raises(PersonUnknown):
        taken(walk, "foreign", "7", at=after(2))
    with pytest.raises(NotAllowed):
        taken(walk, "court", "7", at=after(2))
    assert walk.open_steps().isdisjoint({"lodging"})


def test_words_and_answers_cannot_be_read_in_the_database(house) -> None:
    walk = home(received(Walk(house)))
    taken(walk, "county", "7", at=after(2), words="房东明天收回房子")
    with house.role("guitu_owner") as door:
        row = door.execute("SELECT words FROM handover_request").fetchone()
    assert "房东".encode() not in bytes(row[0])


def test_a_request_past_its_day_is_told_once_to_first_desk_and_unit_in_charge(house) -> None:
    walk = home(received(Walk(house)))
    (made,) = taken(walk, "county", "2", at=after(2))

    def told(at):
        with ticking():
            return late_requests.tell_late_requests(at=at, most=10)

    assert told(made.first_due_at - timedelta(seconds=1)) == 0
    assert told(made.first_due_at) == 1
    assert told(made.first_due_at + timedelta(hours=1)) == 0
    assert notices_to(house, COUNTY, "REQUEST_LATE") == notices_to(house, PRISON, "REQUEST_LATE") == 1


def test_the_list_of_a_counter_shows_its_own_by_state_and_counts_exactly_its_rows(house) -> None:
    walk = home(received(Walk(house)))
    made = taken(walk, "county", "1", "2", "7", at=after(2))
    with house.acting("county"):
        request_answers.answer_request(
            walk.person, made[0].id, outcome="declined", words="不用了", event_id=uuid.uuid4(), at=after(3)
        )
        now = after(4)
        with transaction.atomic():
            counts = requests.request_counts("taken", now=now)
            for state, count in counts.items():
                filters = requests.RequestFilters(state=state)
                rows, total = requests.requests_listed(filters, now=now, first=0, most=50)
                assert (len(rows), total) == (count, count)
            assert counts == {"OPEN": 2, "LATE": 1, "ANSWERED": 0, "NOT_DONE": 1}
            assert (
                requests.requests_listed(
                    requests.RequestFilters(matter="7", channel="COUNTER", text="cbz"), now=now, first=0, most=5
                )[1]
                == 1
            )
    with house.acting("prison"), transaction.atomic():
        assert requests.request_counts("taken", now=now)["OPEN"] == 0
        assert requests.request_counts("duty", now=now)["OPEN"] == 1


def test_a_step_asked_for_at_the_file_still_answers_the_request_taken_later(house) -> None:
    walk = home(received(Walk(house)))
    with house.acting("county"):
        steps.request_step(walk.person, step="work", event_id=uuid.uuid4(), at=after(2))
    (made,) = taken(walk, "county", "10", at=after(3))
    walk.answer("county", "work", "not_possible", after(4))
    assert seen(walk, "county", made).kind == "not_possible"


def test_a_whole_list_shows_what_is_open_by_its_day_before_what_is_settled(house) -> None:
    walk = home(received(Walk(house)))
    (settled,) = taken(walk, "county", "1", at=after(2))
    (late,) = taken(walk, "county", "12", at=after(3))
    (fresh,) = taken(walk, "county", "6", at=after(9))
    with house.acting("county"):
        request_answers.answer_request(
            walk.person, settled.id, outcome="settled", words="已更正", event_id=uuid.uuid4(), at=after(10)
        )
        with transaction.atomic():
            rows, total = requests.requests_listed(requests.RequestFilters(), now=after(11), first=0, most=9)
    assert (total, [one.id for one in rows]) == (3, [late.id, fresh.id, settled.id])
