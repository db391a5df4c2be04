"""No receiver, refusals, contests, lapses and rulings: at every instant exactly one unit owns the matter."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from guitu.access.establishing import unit_id
from guitu.access.operations import NotAllowed
from guitu.handover import operations as handover
from guitu.handover import queries as disputes
from guitu.handover import rulings
from guitu.journeys.policy import MoveNotAllowed
from tests.access.test_what_sql_gains import Hand
from tests.factories.units import COUNTY, FOREIGN_COUNTY, OTHER_CITY, PRISON, PROVINCE, SIBLING_COUNTY
from tests.roads.walking import Walk, day

NAME = "UPDATE journeys_journey SET receiving_unit_id = %s WHERE person_id = %s"
SENT = day(date(2026, 4, 1))


def refused(house) -> Walk:
    walk = Walk(house)
    walk.send(SENT)
    walk.refuse(SENT + timedelta(hours=20))
    return walk


def rule(walk, *, outcome, county=None, login="province", at=None, reasons="户籍与居住均在该县"):
    with walk.house.acting(login):
        rulings.rule(
            walk.person,
            outcome=outcome,
            unit_id=unit_id(county) if county else None,
            reasons=reasons,
            event_id=uuid.uuid4(),
            at=at or SENT + timedelta(days=3),
        )


def test_a_person_without_a_known_county_has_a_state_and_a_clock_of_their_own(house) -> None:
    walk = Walk(house, county="919999")
    task = walk.road("prison").task
    assert (task.state, task.receiving_unit_id) == ("no_receiver", None)
    assert task.due_at == task.state_since + timedelta(hours=48)
    with house.acting("prison"), pytest.raises(handover.DossierIncomplete):
        handover.send_dossier(walk.person, sending=uuid.uuid4(), at=SENT)
    with house.acting("province"):
        rulings.name_receiver(walk.person, unit_id(SIBLING_COUNTY), event_id=uuid.uuid4(), at=SENT)
    task = walk.road("prison").task
    assert (task.state, task.receiving_unit_id, task.due_rule) == ("expected", unit_id(SIBLING_COUNTY), "RS-14")


@pytest.mark.parametrize("named", [PRISON, PROVINCE])
def test_only_a_county_can_be_named_as_the_receiver(house, named) -> None:
    walk = Walk(house, county="919999")
    with house.acting("prison"), pytest.raises(rulings.NotAReceiver):
        rulings.name_receiver(walk.person, unit_id(named), event_id=uuid.uuid4(), at=SENT)


def test_a_contested_refusal_goes_to_the_common_superior_within_five_working_days(house) -> None:
    walk = refused(house)
    # RH-RESEND: two days from the refusal on 2 April.
    assert walk.road().task.due_rule == "RH-RESEND"
    # 3 April, a Friday; 4 to 6 April are the holidays of Qingming: five working days end on 13 April.
    walk.contest(day(date(2026, 4, 3)))
    task = walk.road().task
    assert (task.state, task.duty_unit_id) == ("contested", unit_id(PROVINCE))
    assert task.due_at == datetime(2026, 4, 13, 16, 0, tzinfo=UTC)
    with house.acting("province"), transaction.atomic():
        waiting, count = disputes.disputes_to_rule(first=0, most=10)
    assert (count, waiting[0].reasons, waiting[0].lapsed) == (1, "本人一直住在本县", False)
    with house.acting("city"), transaction.atomic():
        assert disputes.disputes_to_rule(first=0, most=10) == ([], 0)


def test_a_refusal_left_lying_counts_as_contested(house) -> None:
    walk = refused(house)
    due = walk.road().task.due_at
    assert walk.tick(due - timedelta(minutes=1))[2] == 0
    assert walk.tick(due)[2] == 1
    assert walk.tick(due + timedelta(minutes=1))[2] == 0
    task = walk.road().task
    assert (task.state, task.duty_unit_id) == ("contested", unit_id(PROVINCE))
    with house.acting("province"), transaction.atomic():
        assert disputes.disputes_of(task.journey_id)[0].lapsed


def test_the_ruling_names_another_county_which_receives_the_dossier_at_once(house) -> None:
    walk = refused(house)
    walk.contest(SENT + timedelta(days=2))
    rule(walk, outcome="RECEIVER", county=SIBLING_COUNTY)
    task = walk.road().task
    assert (task.state, task.duty_unit_id) == ("sent", unit_id(SIBLING_COUNTY))
    assert walk.road("county") is None, "the county that refused no longer sees the person"
    walk.acknowledge(SENT + timedelta(days=4), login="sibling")
    assert walk.state() == "acknowledged"


def test_a_county_that_a_ruling_names_cannot_refuse_again(house) -> None:
    walk = refused(house)
    walk.contest(SENT + timedelta(days=2))
    rule(walk, outcome="RECEIVER", county=COUNTY)
    with pytest.raises(MoveNotAllowed):
        walk.refuse(SENT + timedelta(days=4))
    walk.acknowledge(SENT + timedelta(days=4))


def test_control_a_county_that_no_ruling_names_may_refuse_again(house) -> None:
    walk = refused(house)
    walk.contest(SENT + timedelta(days=2))
    rule(walk, outcome="COMPLETION")
    assert walk.road().task.due_rule == "RH-RESEND"
    walk.send(SENT + timedelta(days=4))
    walk.refuse(SENT + timedelta(days=5), ground="DOCUMENTS_MISSING")
    assert walk.state() == "refused"


@pytest.mark.parametrize("login", ["city", "county", "prison"])
def test_nobody_but_the_common_superior_rules(house, login) -> None:
    walk = refused(house)
    walk.contest(SENT + timedelta(days=2))
    with pytest.raises((MoveNotAllowed, NotAllowed, LookupError)):
        rule(walk, outcome="RECEIVER", county=FOREIGN_COUNTY, login=login)
    assert walk.state() == "contested"


def test_a_ruling_binds_who_stands_below_the_superior_that_makes_it(house) -> None:
    walk = refused(house)
    walk.contest(SENT + timedelta(days=2))
    with house.role("guitu_owner") as door:  # the other city goes to another province
        door.execute("UPDATE access_unit SET parent_id = NULL WHERE division = %s", (OTHER_CITY,))
    with pytest.raises(MoveNotAllowed, match="下辖"):
        rule(walk, outcome="RECEIVER", county=FOREIGN_COUNTY)
    assert walk.state() == "contested"
    hand = Hand(house, "province")
    assert hand.state(NAME, unit_id(FOREIGN_COUNTY), walk.person) == "GU030"
    rule(walk, outcome="RECEIVER", county=SIBLING_COUNTY)  # the control: of its own counties any
    assert walk.road("sibling").task.duty_unit_id == unit_id(SIBLING_COUNTY)


def test_control_by_sql_too_a_county_of_the_superiors_own_is_named(house) -> None:
    walk = refused(house)
    walk.contest(SENT + timedelta(days=2))
    assert Hand(house, "province").state(NAME, unit_id(SIBLING_COUNTY), walk.person) != "GU030"


def test_a_superior_names_any_county_where_the_one_before_was_lost(house) -> None:
    """It is no ruling: nobody has contested, and the county named may refuse."""
    walk = refused(house)
    with house.acting("prison"):
        rulings.lose_receiver(walk.person, event_id=uuid.uuid4(), at=SENT + timedelta(days=1))
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_unit SET parent_id = NULL WHERE division = %s", (OTHER_CITY,))
    with house.acting("province"):
        rulings.name_receiver(walk.person, unit_id(FOREIGN_COUNTY), event_id=uuid.uuid4(), at=SENT + timedelta(days=2))
    assert walk.road("prison").task.receiving_unit_id == unit_id(FOREIGN_COUNTY)


def test_a_ruling_stands_where_the_matter_has_made_its_move(house) -> None:
    walk = refused(house)
    walk.contest(SENT + timedelta(days=2))
    forge = (
        "UPDATE handover_dispute SET outcome = 'RECEIVER', receiver_id = %s, ruled_at = clock_timestamp(),"
        " ruled_by = opened_by, ruling_reasons = 'x' WHERE person_id = %s"
    )
    hand = Hand(house, "province")
    for named in (FOREIGN_COUNTY, SIBLING_COUNTY):
        assert hand.state(forge, unit_id(named), walk.person) == "GU030"
    with house.role("guitu_owner") as door:
        door.execute("DROP TRIGGER ruled_by_its_move ON handover_dispute")
    assert hand.state(forge, unit_id(FOREIGN_COUNTY), walk.person) == ""  # the control


def test_a_ruling_and_a_contest_state_their_reasons(house) -> None:
    walk = refused(house)
    with house.acting("prison"), pytest.raises(rulings.ReasonsMissing):
        rulings.contest_refusal(walk.person, reasons=" ", event_id=uuid.uuid4(), at=SENT + timedelta(days=2))
    walk.contest(SENT + timedelta(days=2))
    with pytest.raises(rulings.ReasonsMissing):
        rule(walk, outcome="COMPLETION", reasons="")


def test_a_ruling_sent_twice_is_made_once(house) -> None:
    walk = refused(house)
    walk.contest(SENT + timedelta(days=2))
    mark = uuid.uuid4()
    for _ in range(2):
        with house.acting("province"):
            rulings.rule(
                walk.person,
                outcome="RECEIVER",
                unit_id=unit_id(COUNTY),
                reasons="居住在该县",
                event_id=mark,
                at=SENT + timedelta(days=3),
            )
    with house.acting("province"), transaction.atomic():
        assert len(disputes.disputes_of(walk.road_id())) == 1
