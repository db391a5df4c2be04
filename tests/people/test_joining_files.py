"""Two held files become one and two again: nothing of either is lost, and both acts stand in the ledger."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from guitu.access.operations import NotAllowed, PersonUnknown, ask
from guitu.handover import operations as handover
from guitu.journeys import queries as roads
from guitu.ledger import queries as ledger
from guitu.people import joining as files
from guitu.people import operations as people
from guitu.people import queries as persons
from guitu.people.joining import JoinRefused
from guitu.prison import joining
from tests.factories import rosters
from tests.factories.taking_in import take_in

AT = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
JOINED, SEPARATED, LATER = AT + timedelta(days=1), AT + timedelta(days=2), AT + timedelta(days=3)
TODAY = date(2026, 9, 1)
RELEASE, OTHER = date(2026, 12, 14), date(2027, 1, 20)
REASON = "指纹比对为同一人"


@pytest.fixture
def two(house):
    """Two files of one prison, born on different days, so that no rule brought them before a human; (kept, joined)."""
    take_in(house, rosters.row("陈柏舟", release=RELEASE), rosters.row("林见秋", release=OTHER, born="19900101"))
    with house.acting("prison"), transaction.atomic():
        kept = persons.find("陈柏舟", most=1)[0].id
        joined = persons.find("林见秋", most=1)[0].id
        people.update_items(joined, {"skills": "电焊"}, source="桐岭监狱", at=AT)
    return kept, joined


def join(house, two, login="prison", *, event=None, reason=REASON, at=JOINED):
    with house.acting(login):
        joining.join(*two, reason=reason, event_id=event or uuid.uuid4(), at=at)
        with transaction.atomic():
            return files.joinings(most=1)[0][0]


def separate(house, made, login="prison", at=SEPARATED):
    with house.acting(login):
        joining.separate(made.id, event_id=uuid.uuid4(), at=at)


def present(house):
    """What stands now of everybody: records, numbers, items, open matters and running clocks, without row ids."""
    selects = (
        "SELECT id, name, sex, birth_date, responsible_unit_id, division, ended_at, ended_reason FROM people_person",
        "SELECT person_id, kind, encode(blind_index, 'hex'), division FROM people_identifier WHERE to_at IS NULL",
        "SELECT person_id, item, value, source, collected_at, collected_by, purpose, review_on, sealed_value IS NULL"
        " FROM people_fact WHERE to_at IS NULL",
        "SELECT person_id, state, sending_unit_id, receiving_unit_id, duty_unit_id, release_on, release_type, due_rule,"
        " due_at, key_grounds, marks, effective_on FROM journeys_journey WHERE ended_at IS NULL",
        "SELECT person_id, rule, statutory_at, service_at, due_at, duty_unit_id FROM journeys_clock"
        " WHERE done_at IS NULL AND voided_at IS NULL",
        "SELECT person_id, unit_id FROM access_reach WHERE to_at IS NULL",
    )
    with house.role("guitu_load") as door:
        return [sorted(door.execute(select).fetchall(), key=str) for select in selects]


def test_the_kept_file_receives_what_it_lacks_and_both_numbers_lead_to_it(house, two):
    kept, _joined = two
    join(house, two)
    with house.acting("prison"), transaction.atomic(durable=True):
        ask("person:open", [kept])
        file = persons.file_of(kept)
        assert (file.name, file.items["skills"].value, file.items["skills"].source) == ("陈柏舟", "电焊", "桐岭监狱")
        assert file.items["name"].value == "陈柏舟"
        assert persons.find("林见秋", most=5) == []
    again = take_in(house, rosters.row("林见秋", release=RELEASE, born="19900101"), at=LATER).comparison
    assert [match.held.key for one in again.asked for match in one.matches] == [str(kept)]


def test_both_acts_stand_in_the_ledger_of_both(house, two):
    separate(house, join(house, two))
    for person in two:
        with house.acting("prison"), transaction.atomic():
            acts = [line.act for line in ledger.of_person(person)]
        assert acts[:2] == ["people:identity:separated", "people:identity:joined"]


def test_separated_again_everything_stands_as_before(house, two):
    before = present(house)
    made = join(house, two)
    assert present(house) != before  # control: the joining does change it
    separate(house, made)
    assert present(house) == before


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("same_day", [False, True])
@pytest.mark.parametrize("extra", [{}, {"skills": "木工"}, {"residence": "青榆县", "marital_status": "10"}], ids=len)
def test_whatever_the_two_hold_joining_and_separating_leaves_it_alone(house, two, swapped, same_day, extra):
    pair = two[::-1] if swapped else two
    with house.acting("prison"), transaction.atomic():
        people.update_items(pair[1], extra, source="家属", at=AT + timedelta(hours=1))
        if same_day:
            people.update_items(pair[0], {"education": "30"}, source="家属", at=AT + timedelta(hours=1))
    before = present(house)
    for day in range(2):  # twice over: the second joining begins from what the first separation left
        made = join(house, pair, at=JOINED + timedelta(days=3 * day))
        separate(house, made, at=SEPARATED + timedelta(days=3 * day))
        assert present(house) == before


def test_the_open_matter_of_the_joined_file_is_withdrawn_and_opened_again(house, two):
    kept, joined = two
    made = join(house, two)
    with house.acting("prison"), transaction.atomic():
        assert set(roads.open_journeys_of(list(two))) == {kept}
    assert made.withdrawn_journey_id is not None
    separate(house, made)
    with house.acting("prison"), transaction.atomic():
        assert roads.open_journeys_of([joined])[joined].release_on == OTHER


def test_a_matter_opened_again_keeps_its_special_circumstances(house, two):
    kept, _joined = two
    take_in(house, rosters.row("何以宁", release=OTHER, born="20100707"))
    with house.acting("prison"), transaction.atomic():
        young = persons.find("何以宁", most=1)[0].id
        assert roads.open_journeys_of([young])[young].marks == ["juvenile"]  # control: the roster row shows it
    separate(house, join(house, (kept, young)))
    with house.acting("prison"), transaction.atomic():
        assert roads.open_journeys_of([young])[young].marks == ["juvenile"]


def test_a_matter_under_way_is_not_withdrawn_by_a_joining(house, two):
    with house.acting("prison"):
        handover.send_dossier(two[1], sending=uuid.uuid4(), at=AT)
    before = present(house)
    with house.acting("prison"), pytest.raises(JoinRefused):
        joining.join(*two, reason=REASON, event_id=uuid.uuid4(), at=JOINED)
    assert present(house) == before
    join(house, two[::-1])  # control: the file with the matter under way can be the kept one


def test_a_file_is_joined_once_and_not_with_itself(house, two):
    join(house, two)
    for pair in (two, two[::-1], (two[0], two[0])):
        with house.acting("prison"), pytest.raises(JoinRefused):
            joining.join(*pair, reason=REASON, event_id=uuid.uuid4(), at=LATER)


def test_without_a_reason_nothing_is_joined(house, two):
    before = present(house)
    with house.acting("prison"), pytest.raises(JoinRefused):
        joining.join(*two, reason=" ", event_id=uuid.uuid4(), at=JOINED)
    assert present(house) == before


def test_pressed_twice_it_joins_once(house, two):
    event = uuid.uuid4()
    join(house, two, event=event)
    join(house, two, event=event)
    with house.acting("prison"), transaction.atomic():
        assert files.joinings(most=5)[1] == 1


def test_separated_once_only(house, two):
    made = join(house, two)
    separate(house, made)
    with house.acting("prison"), pytest.raises(JoinRefused):
        joining.separate(made.id, event_id=uuid.uuid4(), at=LATER)


def test_a_unit_that_sees_one_side_joins_nothing_and_sees_no_joining(house, two):
    take_in(house, rosters.row("何以宁", release=RELEASE, born="19770707"), login="other-prison")
    with house.acting("other-prison"), transaction.atomic():
        own = persons.find("何以宁", most=1)[0].id
    for login in ("other-prison", "prison", "county"):
        with house.acting(login), pytest.raises((PersonUnknown, NotAllowed)):
            joining.join(own, two[0], reason=REASON, event_id=uuid.uuid4(), at=JOINED)
    made = join(house, (two[0], own), "identity")  # control: the superior's identity desk sees both
    with house.acting("other-prison"), transaction.atomic():
        assert persons.head_of(two[0]).name == "陈柏舟"  # whoever held the joined file sees the kept one
    separate(house, made, "identity")
    with house.acting("other-prison"), transaction.atomic():
        assert persons.find("陈柏舟", most=1) == []
        assert persons.find("何以宁", most=1)[0].id == own


def test_a_foreign_post_separates_nothing(house, two):
    made = join(house, two)
    with house.acting("other-prison"), pytest.raises(PersonUnknown):
        joining.separate(made.id, event_id=uuid.uuid4(), at=LATER)


def test_proposals_name_the_near_ones_and_nobody_else(house, two):
    take_in(house, rosters.row("何以宁", release=RELEASE, born="19770707"))
    with house.acting("prison"), transaction.atomic():
        people.update_many(
            [people.Newer(two[1], {"name": "陈柏舟"}, ("陈柏舟", "1", date(1985, 3, 12)))], source="家属", at=AT
        )
    with house.acting("prison"), transaction.atomic(durable=True):
        ask("person:identify", two)
        assert [match.held.key for match in joining.proposals(two[0])] == [str(two[1])]
        assert joining.proposals(persons.find("何以宁", most=1)[0].id) == []
        found = joining.side_by_side(*two)
    assert found.match is not None
    assert found.match.rule.value == "name_and_birth"
