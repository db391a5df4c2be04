"""The plain road: a roster goes in, the dossier is sent, the county acknowledges and registers, always on a clock."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from guitu.access.operations import NotAllowed, PersonUnknown
from guitu.exchange import queries as parcels
from guitu.exchange.operations import AlreadyAnswered
from guitu.handover import operations as handover
from guitu.journeys import queries as roads
from guitu.journeys.policy import MoveNotAllowed
from guitu.ledger import queries as ledger
from guitu.people import queries as persons
from guitu.prison import operations as prison
from tests.factories import rosters
from tests.factories.taking_in import take_in

AT = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
TODAY = date(2026, 9, 1)
RELEASE = date(2026, 12, 14)
EVERYTHING = roads.Filters()


def only_task(house, login, side, now=AT):
    with house.acting(login), transaction.atomic():
        tasks, count = roads.queue(side, EVERYTHING, now=now, first=0, most=25)
    assert count == 1
    return tasks[0]


def send(house, person_id, at=AT):
    with house.acting("prison"):
        return handover.send_dossier(person_id, sending=uuid.uuid4(), at=at)


def open_parcel(house, login, task):
    with house.acting(login), transaction.atomic():
        return parcels.open_parcel(task.journey_id)


def test_the_plain_road_from_roster_to_registration(house):
    imported = take_in(house, rosters.row("陈柏舟", release=RELEASE))
    assert [row.fields["name"] for row in imported.comparison.new] == ["陈柏舟"]
    task = only_task(house, "prison", "sending")
    assert task.state == "expected"
    # RS-14: one month before 2026-12-14 is 2026-11-14, a Saturday; the promise moves to Friday the 13th.
    assert task.due_rule == "RS-14"
    assert task.due_at == datetime(2026, 11, 13, 16, 0, tzinfo=UTC)

    send(house, task.person_id, at=datetime(2026, 11, 2, 2, 30, tzinfo=UTC))
    waiting = only_task(house, "county", "receiving")
    assert (waiting.state, waiting.due_rule) == ("sent", "RH-ACK")
    assert waiting.due_at == datetime(2026, 11, 4, 2, 30, tzinfo=UTC)

    parcel = open_parcel(house, "county", waiting)
    with house.acting("county"):
        handover.acknowledge_dossier(task.person_id, parcel_id=parcel.id, at=datetime(2026, 11, 3, 2, 0, tzinfo=UTC))
    acknowledged = only_task(house, "county", "receiving")
    # RS-17: seven days after 2026-12-14 is 2026-12-21, a Monday.
    assert (acknowledged.state, acknowledged.due_rule) == ("acknowledged", "RS-17")
    assert acknowledged.due_at == datetime(2026, 12, 21, 16, 0, tzinfo=UTC)

    with house.acting("county"):
        handover.register_return(task.person_id, event_id=uuid.uuid4(), at=datetime(2026, 12, 15, 3, 0, tzinfo=UTC))
    with house.acting("county"), transaction.atomic():
        road = roads.road_of(task.person_id)
        file = persons.head_of(task.person_id)
        acts = [line.act for line in ledger.of_person(task.person_id)]
        entries = [line.entry_id for line in ledger.of_person(task.person_id)]
    with house.role("guitu_owner") as door:
        held = door.execute(
            "SELECT count(*) FROM ledger_entry e JOIN ledger_payload p ON p.entry_id = e.id"
            " WHERE e.id = ANY (%s) AND e.commitment = sha256(p.salt || convert_to(p.canonical, 'UTF8'))",
            (entries,),
        ).fetchone()
    assert held == (len(entries),)
    assert road.task.state == "registered"
    assert road.task.ended_at is None
    # The county has still to offer help, by the same day: RS-17.
    assert [clock.rule for clock in road.clocks if clock.state and not clock.done_at] == ["RS-17"]
    assert file.division == "910121000000"
    assert acts == [
        "handover:person:registered",
        "handover:dossier:acknowledged",
        "handover:dossier:sent",
        "prison:person:expected",
    ]


def test_the_sender_keeps_sight_of_what_it_sent_after_the_registration(house):
    take_in(house, rosters.row("陈柏舟", release=RELEASE))
    task = only_task(house, "prison", "sending")
    send(house, task.person_id)
    parcel = open_parcel(house, "county", task)
    with house.acting("county"):
        handover.acknowledge_dossier(task.person_id, parcel_id=parcel.id, at=AT)
        handover.register_return(task.person_id, event_id=uuid.uuid4(), at=AT + timedelta(days=105))
    with house.acting("prison"), transaction.atomic():
        assert [found.outcome for found in parcels.parcels_of(task.journey_id)] == ["ACKNOWLEDGED"]
    with house.acting("other-prison"), transaction.atomic():
        assert parcels.parcels_of(task.journey_id) == []


def test_nobody_but_sender_receiver_and_their_superiors_sees_the_person(house):
    take_in(house, rosters.row("陈柏舟", release=RELEASE))
    task = only_task(house, "prison", "sending")
    send(house, task.person_id)
    seen = {}
    for login in ("prison", "county", "county-second", "province", "other-prison", "sibling", "foreign", "city"):
        with house.acting(login), transaction.atomic():
            seen[login] = roads.road_of(task.person_id) is not None
    assert {login for login, sees in seen.items() if sees} == {"prison", "county", "county-second", "province"}


def test_a_refusal_sends_the_matter_back_with_its_own_clock(house):
    take_in(house, rosters.row("陈柏舟", release=RELEASE))
    task = only_task(house, "prison", "sending")
    send(house, task.person_id, at=datetime(2026, 11, 2, 2, 0, tzinfo=UTC))
    parcel = open_parcel(house, "county", task)
    refused_at = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
    with house.acting("county"):
        handover.refuse_dossier(
            task.person_id, parcel_id=parcel.id, ground="DOCUMENTS_MISSING", remark="缺判决书", at=refused_at
        )
    back = only_task(house, "prison", "sending")
    assert (back.state, back.due_rule) == ("refused", "RH-RESEND")
    send(house, task.person_id, at=refused_at + timedelta(hours=5))
    assert only_task(house, "county", "receiving").state == "sent"


def test_two_officers_acknowledge_at_once_and_one_wins(house):
    take_in(house, rosters.row("陈柏舟", release=RELEASE))
    task = only_task(house, "prison", "sending")
    send(house, task.person_id)
    parcel = open_parcel(house, "county", task)
    with house.acting("county"):
        handover.acknowledge_dossier(task.person_id, parcel_id=parcel.id, at=AT)
    with house.acting("county-second"), pytest.raises(AlreadyAnswered):
        handover.acknowledge_dossier(task.person_id, parcel_id=parcel.id, at=AT)


def test_sending_twice_with_one_mark_sends_once(house):
    take_in(house, rosters.row("陈柏舟", release=RELEASE))
    task = only_task(house, "prison", "sending")
    mark = uuid.uuid4()
    with house.acting("prison"):
        first = handover.send_dossier(task.person_id, sending=mark, at=AT)
        again = handover.send_dossier(task.person_id, sending=mark, at=AT + timedelta(minutes=1))
    assert first == again
    with house.acting("prison"), transaction.atomic():
        assert len(parcels.parcels_of(task.journey_id)) == 1


def test_the_prison_cannot_acknowledge_its_own_dossier(house):
    take_in(house, rosters.row("陈柏舟", release=RELEASE))
    task = only_task(house, "prison", "sending")
    send(house, task.person_id)
    parcel = open_parcel(house, "prison", task)
    with house.acting("prison"), pytest.raises(NotAllowed):
        handover.acknowledge_dossier(task.person_id, parcel_id=parcel.id, at=AT)


def test_a_county_cannot_acknowledge_a_dossier_sent_to_another_county(house):
    take_in(house, rosters.row("陈柏舟", release=RELEASE))
    task = only_task(house, "prison", "sending")
    send(house, task.person_id)
    parcel = open_parcel(house, "county", task)
    with house.acting("sibling"), pytest.raises(PersonUnknown):
        handover.acknowledge_dossier(task.person_id, parcel_id=parcel.id, at=AT)


def test_a_step_cannot_be_taken_before_its_turn(house):
    take_in(house, rosters.row("陈柏舟", release=RELEASE))
    task = only_task(house, "prison", "sending")
    send(house, task.person_id)
    with house.acting("county"), pytest.raises(MoveNotAllowed):
        handover.register_return(task.person_id, event_id=uuid.uuid4(), at=AT)


def test_the_same_file_twice_changes_nothing(house):
    rows = [rosters.row("陈柏舟", release=RELEASE), rosters.row("龙龚", release=RELEASE, order="117")]
    take_in(house, *rows)
    with house.role("guitu_owner") as door:
        before = door.execute("SELECT count(*) FROM ledger_entry").fetchone()
    again = take_in(house, *rows, at=AT + timedelta(days=1))
    assert (again.comparison.new, again.comparison.changed, len(again.comparison.unchanged)) == ((), (), 2)
    with house.role("guitu_owner") as door:
        assert door.execute("SELECT count(*) FROM ledger_entry").fetchone() == before


def test_a_corrected_file_updates_the_file_and_moves_the_clock(house):
    take_in(house, rosters.row("陈柏舟", release=RELEASE))
    later = take_in(house, rosters.row("陈柏舟", release=date(2026, 12, 31)), at=AT + timedelta(days=1))
    assert [sorted(differing) for _, _, differing in later.comparison.changed] == [["key_dates"]]
    task = only_task(house, "prison", "sending")
    assert task.release_on == date(2026, 12, 31)
    # One month before the last day of December is the last day of November, a Monday (CAL-6).
    assert task.due_at == datetime(2026, 11, 30, 16, 0, tzinfo=UTC)


def test_a_person_missing_from_a_later_roster_is_asked_about_and_not_deleted(house):
    take_in(house, rosters.row("陈柏舟", release=RELEASE), rosters.row("龙龚", release=RELEASE, order="117"))
    later = take_in(house, rosters.row("陈柏舟", release=RELEASE), at=AT + timedelta(days=1))
    assert [missing["name"] for missing in later.comparison.report.missing] == ["龙龚"]
    with house.acting("prison"), transaction.atomic():
        assert roads.queue("sending", EVERYTHING, now=AT, first=0, most=5)[1] == 2


def test_a_number_held_by_another_prison_waits_for_a_human_and_tells_nothing_else(house):
    take_in(house, rosters.row("陈柏舟", release=RELEASE))
    with house.acting("other-prison"):
        found = prison.check(
            rosters.workbook(rosters.row("陈柏舟", release=RELEASE)), file_name="名册.xlsx", today=TODAY
        )
    assert [row.result for row in found.report.rows] == ["to_decide"]
    assert [problem.code for problem in found.report.problems if problem.effect == "decide"] == ["IDENTITY_PENDING"]


def test_a_cell_corrected_on_screen_stands_in_place_of_the_file(house):
    data = rosters.workbook((*rosters.row("陈柏舟", release=RELEASE)[:8], "2026.2.30", "刑满释放", ""))
    with house.acting("prison"):
        refused = prison.import_roster(data, file_name="名册.xlsx", today=TODAY, at=AT)
        assert [row.result for row in refused.comparison.report.rows] == ["to_correct"]
        mended = prison.import_roster(
            data,
            file_name="名册.xlsx",
            today=TODAY,
            at=AT,
            corrections={("名册", 2, "release_date"): "2026年12月14日"},
        )
    assert len(mended.comparison.new) == 1
    assert only_task(house, "prison", "sending").release_on == RELEASE


def test_corrections_are_kept_sealed_with_the_draft_and_leave_with_it(house):
    from guitu.prison import drafts

    with house.acting("prison"):
        draft = drafts.keep(b"file", file_name="名册.xlsx", at=AT, lasts=timedelta(hours=24))
        assert drafts.correct(draft, {("名册", 2, "name"): "陈柏舟"}, at=AT)
        with transaction.atomic():
            assert drafts.open_draft(draft, at=AT).corrections == {("名册", 2, "name"): "陈柏舟"}
            assert drafts.open_draft(draft, at=AT + timedelta(hours=24)) is None
    with house.acting("other-prison"), transaction.atomic():
        assert drafts.open_draft(draft, at=AT) is None
    with house.role("guitu_owner") as door:
        sealed = door.execute("SELECT sealed, sealed_corrections FROM prison_roster_draft").fetchone()
    assert all("陈柏舟".encode() not in bytes(part) for part in sealed)


def test_a_household_in_words_finds_its_county_and_an_unclear_one_finds_none(house):
    in_words = (*rosters.row("陈柏舟", release=RELEASE)[:4], "青榆县", *rosters.row("陈柏舟", release=RELEASE)[5:])
    unclear = (
        *rosters.row("龙龚", release=RELEASE, order="117")[:4],
        "不知何处县",
        "",
        *rosters.row("龙龚", release=RELEASE, order="117")[6:],
    )
    imported = take_in(house, in_words, unclear)
    with house.acting("prison"), transaction.atomic():
        tasks, _ = roads.queue("sending", EVERYTHING, now=AT, first=0, most=5)
    by_name = {task.person_name: task.receiving_unit_id for task in tasks}
    assert by_name["陈柏舟"] is not None
    assert by_name.get("龙龚") is None
    assert len(imported.comparison.report.rows) == 2


def test_a_draft_is_taken_in_and_spent_in_one_act(house):
    from guitu.prison import drafts

    data = rosters.workbook(rosters.row("陈柏舟", release=RELEASE))
    with house.acting("prison"):
        draft = drafts.keep(data, file_name="名册.xlsx", at=AT, lasts=timedelta(hours=24))
    with house.acting("county"), pytest.raises(NotAllowed):
        prison.take_in_draft(draft, today=TODAY, at=AT)
    with house.acting("prison"):
        assert len(prison.take_in_draft(draft, today=TODAY, at=AT).comparison.new) == 1
        assert prison.take_in_draft(draft, today=TODAY, at=AT) is None
