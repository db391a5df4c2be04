"""One window for somebody not in sight: taken in words, passed on, recognised or sent back, answered."""

import uuid
from datetime import timedelta
from importlib.resources import files

import pytest
import yaml
from django.db import DatabaseError, connection, transaction

from guitu.access import operations as access
from guitu.access.establishing import unit_id
from guitu.access.operations import NotAllowed, PersonUnknown
from guitu.handover import handing_on, late_requests, passed_matters, passed_on, request_answers, requests, window
from guitu.handover.passed_matters import Caller
from guitu.journeys.policy import MoveNotAllowed
from guitu.ledger.queries import of_person
from guitu.people import queries as persons
from tests.factories.persons import number_of as number_held
from tests.factories.units import CITY, COUNTY, COURT, FOREIGN_COUNTY, OTHER_CITY, PRISON, SIBLING_COUNTY, STATION
from tests.roads.test_every_kind_of_release import after, before, home, received
from tests.roads.test_one_window import notices_to
from tests.roads.walking import Walk, ticking

WORDS = "老家的房子被占了，想问能不能先住几天"


def number_of(walk) -> str:
    """The number of the walked person's document, as the person says it."""
    return number_held(walk.house, walk.person)


def passed_on_by(house, login, *, at, county=COUNTY, number="", matters=("7",), event=None, **changed):
    """What a counter passed on, as its own half shows it."""
    caller = Caller(**{"name": "来人甲", "phone": "0000-5550177", "document_number": number} | changed)
    with house.acting(login):
        made = passed_matters.take_in_words(
            caller,
            county_id=unit_id(county),
            matters=matters,
            channel="COUNTER",
            words=WORDS,
            event_id=event or uuid.uuid4(),
            at=at,
        )
        with transaction.atomic():
            return [passed_on.halves_of(one)["TAKEN"] for one in made]


def halves(house, login, request_id):
    with house.acting(login), transaction.atomic():
        return passed_on.halves_of(request_id)


def test_a_matter_goes_by_number_to_who_is_responsible_and_the_counter_is_told_only_of_the_county_named(house) -> None:
    walk = received(Walk(house))
    written = f" {number_of(walk)} "
    (made,) = passed_on_by(house, "foreign", at=before(20), county=SIBLING_COUNTY, number=written, document_shown=True)
    (unknown,) = passed_on_by(house, "foreign", at=before(20), county=SIBLING_COUNTY, number="910121199001010000")
    # Before the release the prison is responsible: it has the matter, and the county named has nothing.
    assert halves(house, "prison", made.request_id)["DUTY"].document_number.strip() == written.strip()
    assert halves(house, "sibling", made.request_id) == {}
    assert set(halves(house, "sibling", unknown.request_id)) == {"DUTY"}
    # What the counter holds is the same to the last field, held or not held.
    for one in (made, unknown):
        assert one.document_number == ""
        assert one.handed_to_id == unit_id(SIBLING_COUNTY)
    same = ("handed_to_id", "due_at", "due_rule", "first_due_at", "outcome", "linked_at", "answered_unit_id", "unit_id")
    assert [getattr(made, name) for name in same] == [getattr(unknown, name) for name in same]
    with house.acting("foreign"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT unit_id) FROM handover_passed_matter")
        assert cursor.fetchone() == (2, 1)
    assert notices_to(house, PRISON, "REQUEST_PASSED_ON") == notices_to(house, SIBLING_COUNTY, "REQUEST_PASSED_ON") == 1


def test_control_without_the_row_policy_the_counter_would_read_where_its_matter_went(house) -> None:
    walk = received(Walk(house))
    (made,) = passed_on_by(house, "foreign", at=before(20), county=SIBLING_COUNTY, number=number_of(walk))
    with house.role("guitu_owner") as door:
        door.execute("ALTER TABLE handover_passed_matter DISABLE ROW LEVEL SECURITY")
        door.commit()
    with house.acting("foreign"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT unit_id FROM handover_passed_matter WHERE request_id = %s", [made.request_id])
        assert {row[0] for row in cursor.fetchall()} == {unit_id(FOREIGN_COUNTY), unit_id(PRISON)}


@pytest.mark.parametrize("login", ["city", "station", "counsellor", "prison-leader"])
def test_any_units_counter_takes_in_words_and_reads_the_answer_by_its_slip_and_no_file(house, login) -> None:
    walk = home(received(Walk(house)))
    (made,) = passed_on_by(house, login, at=after(2), county=SIBLING_COUNTY, number=number_of(walk))
    # Known or not, what the counter holds is the same; the county that holds the person has it.
    assert (made.handed_to_id, made.document_number) == (unit_id(SIBLING_COUNTY), "")
    with house.acting("county"):
        passed_matters.recognise(made.request_id, walk.person, event_id=uuid.uuid4(), at=after(2, 11))
    walk.answer("county", "lodging", "settled", after(3, 15))
    with house.acting(login), transaction.atomic():
        rows, total = passed_on.passed_matters_listed("TAKEN", number=made.number, now=after(4), first=0, most=9)
        assert (total, rows[0].kind, rows[0].answered_at) == (1, "done", after(3, 15))
        if login in {"station", "counsellor"}:
            assert requests.request_of(walk.person, made.request_id) is None
            assert persons.find("来人甲", most=9) == []
    if login in {"station", "counsellor"}:
        with house.acting(login), pytest.raises(PersonUnknown):
            window.take(walk.person, matters=["7"], channel="COUNTER", words="x", event_id=uuid.uuid4(), at=after(4))


def test_a_supervisor_takes_on_the_file_whom_it_sees_and_still_opens_no_file(house) -> None:
    walk = home(received(Walk(house)))
    with house.acting("city"):
        (made,) = window.take(
            walk.person, matters=["7"], channel="LETTER", words=WORDS, event_id=uuid.uuid4(), at=after(2)
        )
        with transaction.atomic():
            held = requests.request_of(walk.person, made)
    assert (held.first_desk_id, held.duty_unit_id) == (unit_id(CITY), unit_id(COUNTY))
    with house.acting("city"), pytest.raises(NotAllowed):
        access.require("person:open", [walk.person])
    with house.acting("city"), pytest.raises(NotAllowed):
        access.require("step:request", [walk.person])


def test_recognised_it_stands_on_the_file_and_its_answer_reaches_the_slip(house) -> None:
    walk = home(received(Walk(house)))
    (made,) = passed_on_by(house, "foreign", at=after(2), number=number_of(walk))
    request_id, event = made.request_id, uuid.uuid4()
    for _ in range(2):
        with house.acting("county"):
            passed_matters.recognise(request_id, walk.person, event_id=event, at=after(2, 11))
    with house.acting("county"), transaction.atomic():
        filed = requests.request_of(walk.person, request_id)
        assert requests.said_in([request_id])[request_id].words == WORDS
        assert passed_on.passed_matter_counts("DUTY", now=after(3))["LINKED"] == 1
    assert (filed.number, filed.first_desk_id, filed.step) == (made.number, unit_id(FOREIGN_COUNTY), "lodging")
    assert filed.due_at == made.due_at
    # The first desk sees neither the person nor that somebody was recognised.
    assert halves(house, "foreign", request_id)["TAKEN"] == made
    with house.acting("foreign"), transaction.atomic():
        assert requests.request_of(walk.person, request_id) is None
        assert of_person(walk.person, limit=10) == []
    walk.answer("county", "lodging", "settled", after(3, 15))
    answered = halves(house, "foreign", request_id)["TAKEN"]
    assert (answered.kind, answered.answered_at, answered.linked_at) == ("done", after(3, 15), None)
    assert notices_to(house, FOREIGN_COUNTY, "REQUEST_ANSWERED") == 1
    with house.acting("county"), pytest.raises(MoveNotAllowed):
        passed_matters.answer(request_id, outcome="settled", words="x", event_id=uuid.uuid4(), at=after(4))


def test_who_is_not_known_is_sent_back_with_words_and_a_first_answer_stops_the_hours(house) -> None:
    (made,) = passed_on_by(house, "foreign", at=after(2))
    assert made.first_due_at == after(2) + timedelta(hours=4)
    with house.acting("county"):
        passed_matters.give_first_answer(made.request_id, words="在找人", event_id=uuid.uuid4(), at=after(2, 11))
        for outcome, words in (("lost", "x"), ("unknown_person", " ")):
            with pytest.raises(request_answers.AnswerRefused):
                passed_matters.answer(made.request_id, outcome=outcome, words=words, event_id=uuid.uuid4(), at=after(3))
        event = uuid.uuid4()
        for _ in range(2):
            passed_matters.answer(
                made.request_id, outcome="unknown_person", words="本县没有", event_id=event, at=after(3)
            )
    back = halves(house, "foreign", made.request_id)["TAKEN"]
    assert (back.outcome, back.kind, back.answer, back.first_answer) == (
        "unknown_person",
        "not_possible",
        "本县没有",
        "在找人",
    )
    with house.acting("foreign"), transaction.atomic():
        counts = passed_on.passed_matter_counts("TAKEN", now=after(30))
        for state, count in counts.items():
            rows, total = passed_on.passed_matters_listed("TAKEN", state=state, now=after(30), first=0, most=9)
            assert (len(rows), total) == (count, count)
    assert counts == {"LATE": 0, "OPEN": 0, "LINKED": 0, "ANSWERED": 0, "NOT_DONE": 1}


def test_what_was_handed_on_stands_in_panic_order_on_both_sides(house) -> None:
    late, answered, due, unheard = (
        passed_on_by(house, "foreign", at=at, matters=(matter,))[0]
        for at, matter in ((after(2), "7"), (after(3), "8"), (after(10), "9"), (after(11), "10"))
    )
    with house.acting("county"):
        passed_matters.answer(answered.request_id, outcome="settled", words="办了", event_id=uuid.uuid4(), at=after(4))
        for one, at in ((late, after(2, 11)), (due, after(10, 11))):
            passed_matters.give_first_answer(one.request_id, words="在办", event_id=uuid.uuid4(), at=at)
    # Taken last, the one that nobody has answered at first owes that within hours; the late one was owed before.
    for login, side in (("county", "DUTY"), ("foreign", "TAKEN")):
        with house.acting(login), transaction.atomic():
            pages = [passed_on.passed_matters_listed(side, now=after(12), first=first, most=2) for first in (0, 2)]
        listed = [one.request_id for rows, _ in pages for one in rows]
        assert listed == [one.request_id for one in (late, unheard, due, answered)]
        assert {total for _, total in pages} == {4}


def test_only_the_unit_it_went_to_answers_and_only_a_person_in_its_sight_is_recognised(house) -> None:
    walk = home(received(Walk(house)))
    (made,) = passed_on_by(house, "foreign", at=after(2), county=SIBLING_COUNTY)
    for login in ("foreign", "county", "city", "procurator"):
        denied = NotAllowed if login == "procurator" else request_answers.RequestUnknown
        with house.acting(login), pytest.raises(denied):
            passed_matters.answer(made.request_id, outcome="settled", words="x", event_id=uuid.uuid4(), at=after(3))
    with house.acting("sibling"), pytest.raises(PersonUnknown):
        passed_matters.recognise(made.request_id, walk.person, event_id=uuid.uuid4(), at=after(3))
    with house.acting("foreign"), pytest.raises(DatabaseError), transaction.atomic():
        request_answers.carry_back(made.request_id)


def test_what_is_not_whole_is_refused_and_a_second_press_takes_nothing_twice(house) -> None:
    event = uuid.uuid4()
    first = passed_on_by(house, "foreign", at=after(2), event=event, matters=("7", "10"))
    assert passed_on_by(house, "foreign", at=after(2), event=event, matters=("7", "10")) == first
    assert len({one.number for one in first}) == 2
    for changed in ({"name": " "}, {"phone": "0" * 41}, {"number": "1" * 41}, {"county": PRISON}, {"county": CITY}):
        with pytest.raises(window.RequestRefused):
            passed_on_by(house, "foreign", at=after(2), **changed)
    with pytest.raises(NotAllowed):
        passed_on_by(house, "procurator", at=after(2))


def test_late_it_is_told_to_both_desks_and_climbs_from_office_to_office_each_once(house) -> None:
    (made,) = passed_on_by(house, "foreign", at=after(2))

    def told(at):
        with ticking():
            return late_requests.tell_late_requests(at=at, most=10)

    assert told(made.first_due_at - timedelta(seconds=1)) == 0
    assert told(made.first_due_at) == 1
    # RH-FIRST-ANSWER: both desks, and the superior of the asked unit.
    assert notices_to(house, COUNTY, "REQUEST_LATE") == notices_to(house, FOREIGN_COUNTY, "REQUEST_LATE") == 1
    assert notices_to(house, CITY, "REQUEST_ESCALATED") == 1
    assert told(made.first_due_at + timedelta(hours=1)) == 0
    # RH-MATTER: the head of the county at the end of the five days, the city one working day later.
    assert told(made.due_at) == 1
    assert notices_to(house, COUNTY, "REQUEST_LATE") == 2
    assert notices_to(house, COUNTY, "REQUEST_ESCALATED") == 1
    assert notices_to(house, CITY, "REQUEST_ESCALATED") == 1
    assert told(made.due_at + timedelta(hours=23)) == 0
    assert told(made.due_at + timedelta(hours=24)) == 1
    assert notices_to(house, CITY, "REQUEST_ESCALATED") == 2
    assert notices_to(house, OTHER_CITY, "REQUEST_ESCALATED") == 0
    assert told(made.due_at + timedelta(hours=240)) == 0


def test_what_the_person_said_cannot_be_read_in_the_database(house) -> None:
    passed_on_by(house, "foreign", at=after(2))
    with house.role("guitu_owner") as door:
        rows = door.execute("SELECT said FROM handover_passed_matter").fetchall()
    assert len(rows) == 2
    assert all("来人甲".encode() not in bytes(row[0]) for row in rows)


def test_a_number_is_looked_for_under_every_kind_of_document_that_rosters_name() -> None:
    data = files("guitu.rulebook") / "data" / "roster" / "headings.yaml"
    named = yaml.safe_load(data.read_text(encoding="utf-8"))["tables"]["id_kind"]
    assert set(persons.NUMBER_KINDS) == set(named) - {"none"}
    assert persons.digests_of(" ") == []


def onward(house, login, request_id, to, *, at, event=None):
    with house.acting(login):
        return handing_on.hand_on(
            request_id, unit_id=unit_id(to), words="不住本县", event_id=event or uuid.uuid4(), at=at
        )


def test_handed_on_it_keeps_its_days_and_beyond_the_limit_the_common_superior_decides(house) -> None:
    (made,) = passed_on_by(house, "foreign", at=after(2))
    request_id = made.request_id
    assert onward(house, "county", request_id, SIBLING_COUNTY, at=after(2, 11)) == unit_id(SIBLING_COUNTY)
    assert halves(house, "county", request_id) == {}
    first = halves(house, "foreign", request_id)["TAKEN"]
    assert (first.handed_on, first.held_since, first.held_level, first.way) == (1, after(2, 11), "COUNTY", ())
    same = ("due_at", "due_rule", "first_due_at", "taken_at", "handed_to_id", "unit_id", "number")
    assert [getattr(first, name) for name in same] == [getattr(made, name) for name in same]
    # Control: one less than the limit stays with the desks; the unit named has it.
    assert onward(house, "sibling", request_id, STATION, at=after(2, 12)) == unit_id(STATION)
    held = halves(house, "station", request_id)["DUTY"]
    assert (held.whose, held.due_at, [one.words for one in held.way]) == ("OPEN", made.due_at, ["不住本县"] * 2)
    # The third goes to the superior of all that were named: county, district and station lie in one city.
    assert onward(house, "station", request_id, COUNTY, at=after(2, 13)) == unit_id(CITY)
    first = halves(house, "foreign", request_id)["TAKEN"]
    assert (first.handed_on, first.whose, first.held_level, first.due_at) == (3, "SUPERIOR", "ABOVE", made.due_at)
    assert onward(house, "city", request_id, COUNTY, at=after(3)) == unit_id(COUNTY)
    with pytest.raises(MoveNotAllowed):
        onward(house, "county", request_id, SIBLING_COUNTY, at=after(3, 11))
    with house.acting("county"):
        passed_matters.answer(request_id, outcome="settled", words="办了", event_id=uuid.uuid4(), at=after(3, 12))
    assert halves(house, "foreign", request_id)["TAKEN"].answer == "办了"
    assert notices_to(house, CITY, "REQUEST_PASSED_ON") == 1
    # The first desk was told of each hand-on, once, and no notice of them names a unit.
    assert notices_to(house, FOREIGN_COUNTY, "REQUEST_HANDED_ON") == 4
    assert notices_to(house, FOREIGN_COUNTY, "REQUEST_ANSWERED") == 1
    assert notices_to(house, COUNTY, "REQUEST_HANDED_ON") == 0
    with house.role("guitu_owner") as door:
        told = door.execute("SELECT facts FROM notices_notice WHERE code = 'REQUEST_HANDED_ON' ORDER BY at").fetchall()
    assert [row[0] for row in told] == [{"number": made.number, "times": str(time)} for time in (1, 2, 3, 4)]


def test_the_first_desk_is_told_apart_of_what_was_done_and_what_was_not(house) -> None:
    done, not_done = (passed_on_by(house, "foreign", at=after(day))[0].request_id for day in (2, 3))
    for request_id, outcome in ((done, "settled"), (not_done, "unknown_person")):
        with house.acting("county"):
            passed_matters.answer(request_id, outcome=outcome, words="查过了", event_id=uuid.uuid4(), at=after(4))
    assert notices_to(house, FOREIGN_COUNTY, "REQUEST_ANSWERED") == 1
    assert notices_to(house, FOREIGN_COUNTY, "REQUEST_NOT_DONE") == 1


def test_only_who_has_a_matter_hands_it_on_to_another_counter_and_gives_a_reason(house) -> None:
    (made,) = passed_on_by(house, "foreign", at=after(2))
    for login in ("foreign", "sibling", "city"):
        with pytest.raises(request_answers.RequestUnknown):
            onward(house, login, made.request_id, SIBLING_COUNTY, at=after(3))
    for to in (COUNTY, COURT):
        with pytest.raises(handing_on.UnitRefused):
            onward(house, "county", made.request_id, to, at=after(3))
    with house.acting("county"), pytest.raises(request_answers.AnswerRefused):
        handing_on.hand_on(made.request_id, unit_id=unit_id(CITY), words=" ", event_id=uuid.uuid4(), at=after(3))
    with house.acting("sibling"), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT handover_hand_on(%s, %s, '', 'OPEN', NULL, now())", [made.request_id, unit_id(CITY)])
    assert halves(house, "foreign", made.request_id)["TAKEN"].handed_on == 0
