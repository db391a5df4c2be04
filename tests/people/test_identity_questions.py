"""A roster row that may be a held person goes before a human; nothing joins by itself; decisions can be taken back."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from guitu.access.operations import PersonUnknown, ask
from guitu.people import queries as persons
from guitu.people import questions
from guitu.people.matching import MatchRule
from guitu.prison import identity
from guitu.prison import operations as prison
from tests.factories import rosters
from tests.factories.taking_in import take_in
from tests.people.asking import (
    AT,
    HELD,
    LATER,
    MOVED,
    MUCH_LATER,
    NUMBER_AT,
    RELEASE,
    TODAY,
    acts_of,
    journeys_of,
    numbered,
    open_questions,
    rows_of,
    short,
)

# --- which rows are asked about


OLD = short(HELD[NUMBER_AT])
NEAR_ROWS = {
    MatchRule.SAME_NUMBER_OTHER_NAME: (HELD, rosters.row("陈柏洲", release=RELEASE)),
    MatchRule.NUMBER_15_18: (HELD, numbered(HELD, OLD)),
    MatchRule.NUMBER_ONE_OFF: (HELD, rosters.row("陈柏舟", release=RELEASE, order="117")),
    MatchRule.NAME_AND_BIRTH: (HELD, rosters.row("陈柏舟", release=RELEASE, order="143")),
    MatchRule.NAME_SOUND_AND_BIRTH: (HELD, rosters.row("陈白州", release=RELEASE, order="143")),
}


@pytest.mark.parametrize("rule", NEAR_ROWS, ids=lambda rule: rule.value)
def test_a_near_row_waits_for_a_human_and_registers_nobody(house, rule):
    held, row = NEAR_ROWS[rule]
    assert len(take_in(house, held).comparison.new) == 1
    later = take_in(house, row, at=LATER).comparison
    assert (later.new, later.changed) == ((), ())
    assert [problem.code for problem in later.report.problems if problem.effect == "decide"] == ["NEAR_MATCH"]
    assert [question.rule for question in open_questions(house)] == [rule.value]
    assert rows_of(house, "people_person") == 1


def test_a_former_name_is_recognised_from_the_history_of_the_file(house, near):
    with house.acting("prison"):
        identity.decide(near.id, "same", at=LATER)
    take_in(house, rosters.row("陈改", release=MOVED, order="143"), at=LATER + timedelta(hours=1))
    (renamed,) = open_questions(house)
    with house.acting("prison"):
        identity.decide(renamed.id, "same", at=LATER + timedelta(hours=2))
    take_in(house, rosters.row("陈柏舟", release=MOVED, order="119", born="19850313"), at=MUCH_LATER)
    assert open_questions(house) == []  # control: another birth date, no question
    again = rosters.row("陈柏舟", release=MOVED, order="131")
    take_in(house, again, at=MUCH_LATER + timedelta(hours=1))
    assert "former_name" in {question.rule for question in open_questions(house)}


@pytest.mark.parametrize(
    "row",
    [
        rosters.row("陈柏舟", release=RELEASE, order="143", born="19850313"),
        rosters.row("林见秋", release=RELEASE, order="143"),
    ],
    ids=["same name, another birth date", "same birth date, another name"],
)
def test_control_a_row_that_only_resembles_is_a_new_person(house, row):
    take_in(house, HELD)
    assert len(take_in(house, row, at=LATER).comparison.new) == 1
    assert open_questions(house) == []


def test_control_an_equal_number_with_the_same_name_joins_without_a_question(house):
    take_in(house, HELD)
    assert len(take_in(house, rosters.row("陈柏舟", release=MOVED), at=LATER).comparison.changed) == 1
    assert open_questions(house) == []


def test_checking_a_file_raises_no_question(house):
    take_in(house, HELD)
    with house.acting("prison"):
        found = prison.check(rosters.workbook(NEAR_ROWS[MatchRule.NAME_AND_BIRTH][1]), file_name="a.xlsx", today=TODAY)
    assert [row.result for row in found.report.rows] == ["to_decide"]
    assert rows_of(house, "people_match") == 0


def test_the_same_near_row_twice_is_asked_once(house):
    take_in(house, HELD)
    file = rosters.workbook(rosters.row("陈柏舟", release=MOVED, order="143"))
    with house.acting("prison"):
        first = prison.import_roster(file, file_name="名册.xlsx", today=TODAY, at=LATER)
        again = prison.import_roster(file, file_name="名册.xlsx", today=TODAY, at=MUCH_LATER)
    assert (first.again, again.again) == (False, True)
    assert [question.raised_at for question in open_questions(house)] == [LATER]


def test_the_row_is_kept_encrypted_and_only_with_its_own_question(house, near):
    with house.role("guitu_owner") as door:
        sealed = bytes(door.execute("SELECT sealed_row FROM people_match").fetchone()[0])
    assert "陈柏舟".encode() not in sealed
    assert near.row["fields"]["name"] == "陈柏舟"


def test_candidates_are_sought_in_a_fixed_number_of_statements(house):
    def row(one, order):
        return rosters.row(f"林{'见秋知夏望冬春风'[one % 8]}", release=RELEASE, order=order, born=f"19{60 + one}0101")

    def statements(count):
        rows = [row(one, "143") for one in range(count)]
        with house.acting("prison"), CaptureQueriesContext(connection) as seen:
            found = prison.check(rosters.workbook(*rows), file_name="a.xlsx", today=TODAY)
        assert len(found.asked) == count
        return len(seen)

    take_in(house, *(row(one, "115") for one in range(30)))
    assert statements(30) == statements(3)


def test_numbers_are_decrypted_only_of_persons_in_a_common_block(house, monkeypatch):
    others = (rosters.row(f"林{one}", release=RELEASE, born=f"199{i}0101") for i, one in enumerate("见秋知夏望"))
    take_in(house, HELD, *others)
    opened, real = [], persons.keys.decrypt

    def noted(sealed, *, belongs_to):
        opened.append(belongs_to)
        return real(sealed, belongs_to=belongs_to)

    monkeypatch.setattr(persons.keys, "decrypt", noted)
    file = rosters.workbook(rosters.row("陈柏舟", release=MOVED, order="143"))
    with house.acting("prison"):
        prison.check(file, file_name="a.xlsx", today=TODAY)
    assert len({one for one in opened if one.endswith(":id_doc")}) == 1


# --- deciding


def test_the_same_person_gets_the_values_of_the_row_and_the_release_day_moves(house, near):
    with house.acting("prison"):
        assert identity.decide(near.id, "same", at=LATER) == near.person_id
    (task,) = journeys_of(house)
    assert (task.person_id, task.release_on) == (near.person_id, MOVED)
    assert rows_of(house, "people_person") == 1
    assert acts_of(house, near.person_id)[0] == "people:identity:joined"
    row = rosters.row("陈柏舟", release=MOVED, order="143")
    assert len(take_in(house, row, at=MUCH_LATER).comparison.unchanged) == 1
    assert len(take_in(house, HELD, at=MUCH_LATER).comparison.changed) == 1  # both numbers lead to the one file


def test_two_persons_are_registered_apart_and_never_asked_about_again(house, near):
    with house.acting("prison"):
        made = identity.decide(near.id, "other", at=LATER)
    assert made not in {None, near.person_id}
    assert {task.person_id for task in journeys_of(house)} == {near.person_id, made}
    assert sorted(acts_of(house, made)) == ["people:identity:distinguished", "prison:person:expected"]
    again = take_in(house, rosters.row("陈柏舟", release=MOVED, order="143"), at=MUCH_LATER)
    assert len(again.comparison.unchanged) == 1
    assert open_questions(house) == []


def test_two_persons_with_one_number_stay_two(house):
    take_in(house, HELD)
    take_in(house, rosters.row("陈柏洲", release=RELEASE), at=AT + timedelta(hours=1))
    (found,) = open_questions(house)
    with house.acting("prison"):
        identity.decide(found.id, "other", at=LATER)
    for row in (HELD, rosters.row("陈柏洲", release=RELEASE)):
        again = take_in(house, row, at=MUCH_LATER).comparison
        assert (len(again.unchanged), again.asked) == (1, ())


def test_not_yet_keeps_the_question_with_who_and_when(house, near):
    with house.acting("prison"):
        identity.leave_open(near.id, at=LATER)
        identity.leave_open(near.id, at=LATER + timedelta(minutes=1))
    (still,) = open_questions(house)
    assert (still.left_open_at, still.decision) == (LATER, "")
    assert acts_of(house, near.person_id).count("people:identity:left_open") == 1


def test_a_row_near_two_persons_is_registered_only_when_neither_is_it(house):
    take_in(house, HELD, rosters.row("陈白州", release=RELEASE, order="133"))
    take_in(house, rosters.row("陈柏舟", release=MOVED, order="143"), at=AT + timedelta(hours=1))
    first, second = open_questions(house)
    with house.acting("prison"):
        assert identity.decide(first.id, "other", at=LATER) is None
        assert rows_of(house, "people_person") == 2
        assert identity.decide(second.id, "other", at=MUCH_LATER) is not None
        with pytest.raises(identity.NotToBeTakenBack):
            identity.take_back(first.id, at=MUCH_LATER + timedelta(hours=1))
    assert rows_of(house, "people_person") == 3


def test_finding_the_person_closes_the_rows_other_questions_until_it_is_taken_back(house):
    take_in(house, HELD, rosters.row("陈白州", release=RELEASE, order="133"))
    take_in(house, rosters.row("陈柏舟", release=MOVED, order="143"), at=AT + timedelta(hours=1))
    first, _ = open_questions(house)
    with house.acting("prison"):
        identity.decide(first.id, "same", at=LATER)
    assert open_questions(house) == []
    with house.acting("prison"):
        identity.take_back(first.id, at=MUCH_LATER)
    assert len(open_questions(house)) == 2


def test_pressed_twice_it_decides_once(house, near):
    with house.acting("prison"):
        made = identity.decide(near.id, "other", at=LATER)
        assert identity.decide(near.id, "other", at=LATER + timedelta(seconds=1)) == made
    assert rows_of(house, "people_person") == 2


def test_of_two_officers_at_once_one_wins_and_the_other_is_told(house, near):
    with house.acting("prison"):
        identity.decide(near.id, "same", at=LATER)
    with house.acting("identity"), pytest.raises(identity.AlreadyDecided) as told:
        identity.decide(near.id, "other", at=LATER + timedelta(seconds=1))
    assert (told.value.question.decision, told.value.question.decided_at) == ("same", LATER)
    assert rows_of(house, "people_person") == 1


def test_control_the_second_officer_waits_for_the_lock_of_the_first(house, near):
    with house.role("guitu_owner") as other, other.transaction():
        other.execute("SELECT 1 FROM people_match FOR NO KEY UPDATE")
        with house.acting("prison"), pytest.raises(OperationalError, match="lock timeout"), transaction.atomic():
            _lock_impatiently(near.id)


def _lock_impatiently(question_id):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '200ms'")
    questions.lock_row(question_id)


# --- taking back


def test_a_joining_is_taken_back_to_the_letter(house, near):
    with house.acting("prison"), transaction.atomic(durable=True):
        ask("person:identify", [near.person_id])
        before = persons.items_of_many([near.person_id])
    with house.acting("prison"):
        identity.decide(near.id, "same", at=LATER)
        identity.take_back(near.id, at=MUCH_LATER)
    with house.acting("prison"), transaction.atomic(durable=True):
        ask("person:identify", [near.person_id])
        assert persons.items_of_many([near.person_id]) == before
        assert persons.held_numbers("resident_id", [near.row["fields"]["id_number"]]) == {}
    assert [task.release_on for task in journeys_of(house)] == [RELEASE]
    assert [question.id for question in open_questions(house)] == [near.id]
    assert acts_of(house, near.person_id)[0] == "people:identity:separated"


def test_a_registration_is_taken_back_and_the_record_meets_nobody_any_more(house, near):
    with house.acting("prison"):
        made = identity.decide(near.id, "other", at=LATER)
        identity.take_back(near.id, at=MUCH_LATER)
    assert [task.person_id for task in journeys_of(house)] == [near.person_id]
    assert "people:identity:reopened" in acts_of(house, made)
    with house.acting("prison"):
        again = identity.decide(near.id, "same", at=MUCH_LATER + timedelta(hours=1))
    assert again == near.person_id
    with house.acting("prison"), transaction.atomic():
        assert [found.id for found in persons.find("陈柏舟", most=5)] == [near.person_id]


def test_what_was_built_upon_is_not_taken_back(house, near):
    with house.acting("prison"):
        identity.decide(near.id, "same", at=LATER)
    take_in(house, rosters.row("陈柏舟", release=date(2027, 2, 1), order="143"), at=MUCH_LATER)
    with house.acting("prison"), pytest.raises(identity.NotToBeTakenBack):
        identity.take_back(near.id, at=MUCH_LATER + timedelta(hours=1))
    assert [task.release_on for task in journeys_of(house)] == [date(2027, 2, 1)]


def test_an_open_question_has_nothing_to_take_back(house, near):
    with house.acting("prison"), pytest.raises(identity.NotToBeTakenBack):
        identity.take_back(near.id, at=LATER)


def test_a_question_that_does_not_exist_is_unknown(house):
    with house.acting("prison"), pytest.raises(PersonUnknown):
        identity.decide(uuid.uuid4(), "same", at=LATER)


def test_control_without_the_pair_policy_a_foreign_prison_would_see_the_question(house, near):
    with house.role("postgres") as door:
        door.execute("DROP POLICY reach ON people_match")
        door.execute("CREATE POLICY reach ON people_match USING (true)")
    with house.role("guitu_owner") as door:
        assert door.execute("SELECT count(*) FROM people_match").fetchone() == (1,)
    with house.acting("other-prison"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM people_match")
        assert cursor.fetchone() == (1,)
