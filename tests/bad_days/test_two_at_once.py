"""Two officers, or one officer twice, at the same step at the same moment: one act counts, the other is told whose."""

import time
import uuid
from datetime import timedelta

import psycopg
import pytest
from django.db import transaction

from guitu.access import queries, signing_in
from guitu.access.acting import acting
from guitu.access.establishing import account_id, post_id
from guitu.exchange import queries as parcels
from guitu.exchange.operations import AlreadyAnswered
from guitu.handover import operations as handover
from guitu.journeys import queries as roads
from guitu.ledger import queries as ledger
from tests.bad_days.killable import AT, RELEASE
from tests.bad_days.test_odd_days import sent
from tests.factories import rosters
from tests.factories.units import COUNTY

MARK = "6f1c7a52-0b1e-4c7e-9c39-2f0f3c1f8a12"


def one(dsn, statement):
    with psycopg.connect(dsn) as door:
        return str(door.execute(statement).fetchone()[0])


@pytest.fixture
def dossier(copies, act, template):
    """A database with one dossier on its way, and what an answer to it is given."""
    database = copies.of(template)
    file = rosters.workbook(rosters.row("陈柏舟", release=RELEASE)).hex()
    assert act(database, "take_in", data=file)["refused"] is None
    given = {"person": one(copies.dsn(database), "SELECT id FROM people_person"), "mark": MARK}
    assert act(database, "hand_over", step="send", **given)["refused"] is None
    return database, given


def wait_for_a_blocked_one(dsn):
    """Return when some process of the database waits for a lock that another holds."""
    deadline = time.monotonic() + 30
    with psycopg.connect(dsn, autocommit=True) as door:
        while not door.execute(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ).fetchone():
            assert time.monotonic() < deadline, "nobody waits"
            time.sleep(0.02)


@pytest.mark.parametrize("second", ["acknowledge", "refuse"])
def test_of_two_answers_within_one_moment_the_first_wins_and_the_second_changes_nothing(
    dossier, copies, doer, second_doer, tmp_path, second
):
    database, given = dossier
    dsn = copies.dsn(database)
    points = act_points(copies, doer, database, given)
    doer.begin(
        database, "hand_over", step="acknowledge", login="county",
        wait_at=len(points) - 1, until=tmp_path / "go", **given,
    )  # fmt: skip
    waiting_at_commit(dsn)
    second_doer.begin(database, "hand_over", step=second, login="county-second", **given)
    wait_for_a_blocked_one(dsn)
    (tmp_path / "go").touch()
    assert doer.answer()["refused"] is None
    assert second_doer.answer()["refused"].startswith("AlreadyAnswered")
    assert one(dsn, "SELECT string_agg(outcome, ',') FROM exchange_receipt") == "ACKNOWLEDGED"
    assert one(dsn, "SELECT count(*) FROM ledger_entry WHERE act LIKE 'handover:dossier:%ed'") == "1"


def act_points(copies, doer, database, given):
    """The points that the answer passes, seen on a copy; the last but one is right before its last commit."""
    doer.begin(copies.of(database), "hand_over", step="acknowledge", **given)
    points = doer.answer()["points"]
    assert points[-2:] == ["before commit", "after commit"]
    return points


def waiting_at_commit(dsn):
    """Return when an open transaction has written and does not go on."""
    deadline = time.monotonic() + 30
    with psycopg.connect(dsn, autocommit=True) as door:
        while not door.execute(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'"
            " AND backend_xid IS NOT NULL"
        ).fetchone():
            assert time.monotonic() < deadline, "the first did not come to its commit"
            time.sleep(0.02)


def test_control_one_after_the_other_nobody_waits_and_the_second_is_told_the_same(dossier, copies, act):
    database, given = dossier
    assert act(database, "hand_over", step="acknowledge", login="county", **given)["refused"] is None
    late = act(database, "hand_over", step="refuse", login="county-second", **given)["refused"]
    assert late.startswith("AlreadyAnswered")


def test_the_second_is_told_who_answered_and_when(house):
    task = sent(house)
    with house.acting("county"):
        with transaction.atomic():
            parcel = parcels.open_parcel(task.journey_id)
        handover.acknowledge_dossier(task.person_id, parcel_id=parcel.id, at=AT + timedelta(hours=2))
    with house.acting("county-second"), pytest.raises(AlreadyAnswered) as told:
        handover.refuse_dossier(
            task.person_id,
            parcel_id=parcel.id,
            ground="DOCUMENTS_MISSING",
            remark="缺判决书",
            at=AT + timedelta(hours=3),
        )
    assert told.value.post_id == post_id("county", COUNTY, "COUNTY_OFFICER")
    assert told.value.at == AT + timedelta(hours=2)


def test_one_post_signed_in_at_two_machines_works_at_both_and_its_acts_are_one_posts(house):
    """Two sessions of one post are allowed: an officer has a desk and a telephone. Both are listed and can be ended."""
    holder, post = account_id("county"), post_id("county", COUNTY, "COUNTY_OFFICER")
    desk, phone = (queries.session_of(signing_in.mint(holder, post, lasts=timedelta(hours=8))) for _ in range(2))
    assert desk.token != phone.token
    task = sent(house)
    with acting(phone, phone.purposes[0]), transaction.atomic():
        parcel = parcels.open_parcel(task.journey_id)
    with acting(desk, desk.purposes[0]):
        handover.acknowledge_dossier(task.person_id, parcel_id=parcel.id, at=AT + timedelta(hours=1))
    with acting(phone, phone.purposes[0]), pytest.raises(AlreadyAnswered) as told:
        handover.acknowledge_dossier(task.person_id, parcel_id=parcel.id, at=AT + timedelta(hours=2))
    assert told.value.post_id == post
    with acting(phone, phone.purposes[0]):
        handover.register_return(task.person_id, event_id=uuid.uuid4(), at=AT + timedelta(days=60))
    with acting(desk, desk.purposes[0]), transaction.atomic():
        assert roads.road_of(task.person_id).task.state == "registered"
        lines = ledger.of_person(task.person_id)
    assert [line.act for line in lines if line.act.startswith("handover")][:2] == [
        "handover:person:registered",
        "handover:dossier:acknowledged",
    ]


def test_control_ending_one_of_the_two_sessions_leaves_the_other(house):
    holder, post = account_id("county"), post_id("county", COUNTY, "COUNTY_OFFICER")
    desk, phone = (signing_in.mint(holder, post, lasts=timedelta(hours=8)) for _ in range(2))
    signing_in.end(desk)
    with pytest.raises(queries.SessionEnded):
        queries.session_of(desk)
    assert queries.session_of(phone) is not None
