"""What the person says on their own road moves what is theirs to say: a pick-up declined, help declined."""

import uuid
from datetime import timedelta

import pytest
from django.db import transaction

from guitu.access import person_codes
from guitu.access.acting import actor
from guitu.access.operations import NotAllowed
from guitu.ledger.queries import of_person
from guitu.notices import queries as told
from guitu.people import statements
from guitu.support import operations as support
from guitu.support import own_word
from guitu.support.policy import RecordIncomplete
from guitu.web.clock import now
from tests.roads.test_every_kind_of_release import after, before, home, received
from tests.roads.themselves import as_person, let_in
from tests.roads.walking import Walk

SHEET = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def come_in(walk, role):
    """Let the person in; with a mandate also who speaks for them."""
    let_in(walk, "prison", at=now())
    if role == "REPRESENTATIVE":
        with walk.house.acting("prison"):
            person_codes.record_mandate(
                walk.person,
                mandate_id=uuid.uuid4(),
                division=actor().session.division,
                name="沈慕白",
                relation="姐姐",
                scope="SPEAK",
                document="委托书 2026-1",
                from_at=now() - timedelta(minutes=1),
                to_at=now() + timedelta(hours=2),
                at=now(),
            )


def say(walk, kind, at, *, role="PERSON", words="", event=None):
    come_in(walk, role)
    with as_person(walk, role):
        return own_word.say(walk.person, kind=kind, words=words, event_id=event or uuid.uuid4(), at=at)


def heard(house, login, code):
    with house.acting(login), transaction.atomic():
        rows, _ = told.own_notices(code=code, only_unread=True, first=0, most=50)
    return [row.person_id for row in rows]


@pytest.mark.parametrize(("role", "word"), [("PERSON", "本人"), ("REPRESENTATIVE", "代理人")])
def test_a_pick_up_declined_on_the_own_road_is_declined_and_both_sides_are_told(house, role, word) -> None:
    walk = received(Walk(house))
    assert say(walk, "PICK_UP_NO", before(20), role=role, words="朋友来接") is True
    answer = walk.step("pick_up").answer
    assert (answer.outcome, answer.note) == ("declined", f"{word}：朋友来接")
    assert walk.step("arrival").standing == "to_come"
    assert heard(house, "prison", "PICK_UP_DECLINED") == heard(house, "county", "PICK_UP_DECLINED") == [walk.person]
    assert heard(house, "city", "PICK_UP_DECLINED") == []
    with house.acting("county"), transaction.atomic():
        (line,) = [one for one in of_person(walk.person, limit=50) if one.act == "handover:pickup:declined"]
    assert line.facts["spoken_by"] == {"PERSON": "SELF"}.get(role, role)


def test_a_key_persons_word_is_needed_and_then_the_superior_is_told(house) -> None:
    walk = received(Walk(house, key="三无"))
    assert say(walk, "PICK_UP_NO", before(20)) is False
    assert walk.step("pick_up").standing == "open"
    assert say(walk, "PICK_UP_NO", before(19), words="自己走") is True
    assert heard(house, "city", "PICK_UP_DECLINED") == [walk.person]


def test_an_officer_of_any_desk_on_the_road_records_it_with_the_signed_sheet(house) -> None:
    walk = received(Walk(house))
    event = uuid.uuid4()
    for _ in range(2):
        with house.acting("prison"):
            moved = own_word.say_for(
                walk.person,
                kind="PICK_UP_NO",
                words="",
                sheet=SHEET,
                file_name="签字.pdf",
                event_id=event,
                at=before(20),
            )
        assert moved is True
    assert walk.step("pick_up").answer.note == "经办人代记，有本人签字"
    with house.acting("county-head"), pytest.raises(NotAllowed):
        own_word.say_for(
            walk.person, kind="HELP_NO", words="", sheet=SHEET, file_name="a.pdf", event_id=uuid.uuid4(), at=before(9)
        )


def test_what_is_not_offered_now_stands_as_a_statement_and_moves_nothing(house) -> None:
    walk = received(Walk(house))
    assert say(walk, "HELP_NO", before(20)) is False
    assert say(walk, "PICK_UP_YES", before(20)) is False
    assert say(walk, "WORD", before(20), words="想见姐姐") is False
    assert walk.state() == "acknowledged"
    assert walk.step("pick_up").standing == "open"
    with house.acting("county"), transaction.atomic():
        made = statements.statements_of(walk.person, most=9)
    assert {one.kind for one in made} == {"HELP_NO", "PICK_UP_YES", "WORD"}


def test_help_declined_on_the_own_road_stops_every_clock_and_the_county_is_told(house) -> None:
    walk = home(received(Walk(house)))
    event = uuid.uuid4()
    assert say(walk, "HELP_NO", after(2), event=event) is True
    assert say(walk, "HELP_NO", after(2), event=event) is True
    assert walk.state() == "help_declined"
    assert heard(house, "county", "HELP_DECLINED") == [walk.person]
    with house.acting("county"), transaction.atomic():
        lines = [one for one in of_person(walk.person, limit=50) if one.act == "handover:help:declined"]
    assert [one.facts["spoken_by"] for one in lines] == ["SELF"]
    # Said once more there is nothing left to decline.
    assert say(walk, "HELP_NO", after(3)) is False


def test_an_officer_who_records_that_help_is_declined_says_whose_word_it_was(house) -> None:
    walk = home(received(Walk(house)))
    with house.acting("county"):
        with pytest.raises(RecordIncomplete) as lacking:
            support.decline_help(walk.person, spoken_by="", event_id=uuid.uuid4(), at=after(2))
        assert lacking.value.fields == ("spoken_by",)
        support.decline_help(walk.person, spoken_by="REPRESENTATIVE", event_id=uuid.uuid4(), at=after(2))
        with transaction.atomic():
            lines = [one for one in of_person(walk.person, limit=50) if one.act == "handover:help:declined"]
    assert [one.facts["spoken_by"] for one in lines] == ["REPRESENTATIVE"]
