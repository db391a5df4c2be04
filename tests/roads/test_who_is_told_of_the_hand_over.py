"""At every step of the hand-over the other side finds a notice in its box, written with the fact and not after it."""

import uuid
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction

from guitu.access import queries, signing_in
from guitu.access.acting import acting
from guitu.exchange.operations import AlreadyAnswered
from guitu.handover import operations as handover
from guitu.handover import releases
from guitu.journeys import queries as roads
from guitu.notices import queries as told
from guitu.prison import operations as prison
from tests.factories import rosters

AT = datetime(2026, 8, 3, 1, 0, tzinfo=UTC)
RELEASE = date(2026, 9, 10)
LATER = datetime(2026, 9, 10, 16, 0, tzinfo=UTC)


@contextmanager
def ticking():
    settings = connection.settings_dict
    connection.close()
    settings["USER"] = "guitu_job"
    try:
        session = queries.session_of(signing_in.mint_tick(lasts=timedelta(minutes=5)))
        with acting(session, "CLOCK"):
            yield
    finally:
        connection.close()
        settings["USER"] = "guitu_app"


def import_roster(release):
    prison.import_roster(
        rosters.workbook(rosters.row("陈柏舟", release=release)), file_name="名册.xlsx", today=date(2026, 8, 3), at=AT
    )


def sent(house):
    with house.acting("prison"):
        import_roster(RELEASE)
        with transaction.atomic():
            tasks, _ = roads.queue("sending", roads.Filters(), now=AT, first=0, most=2)
        parcel = uuid.uuid4()
        handover.send_dossier(tasks[0].person_id, sending=parcel, at=AT)
    return tasks[0].person_id, parcel


def heard(house, login):
    with house.acting(login), transaction.atomic():
        rows, _ = told.own_notices(code="", only_unread=True, first=0, most=50)
    return sorted((row.code, row.person_id) for row in rows)


def test_the_county_is_told_of_the_dossier_and_of_whom(house):
    person, _ = sent(house)
    assert heard(house, "county") == [("DOSSIER_SENT", person)]
    assert [heard(house, login) for login in ("prison", "sibling", "city")] == [[], [], []]


def test_the_prison_is_told_of_the_receipt(house):
    person, parcel = sent(house)
    with house.acting("county"):
        handover.acknowledge_dossier(person, parcel_id=parcel, at=AT)
    assert heard(house, "prison") == [("DOSSIER_ACKNOWLEDGED", person)]


def test_the_prison_is_told_of_a_refusal_once_also_when_it_is_sent_twice(house):
    person, parcel = sent(house)
    with house.acting("county"):
        handover.refuse_dossier(person, parcel_id=parcel, ground="DOCUMENTS_MISSING", remark="缺判决书", at=AT)
        with pytest.raises(AlreadyAnswered):
            handover.refuse_dossier(person, parcel_id=parcel, ground="DOCUMENTS_MISSING", remark="缺判决书", at=AT)
    assert heard(house, "prison") == [("DOSSIER_REFUSED", person)]


def test_a_moved_release_day_is_told_to_both_once_the_county_has_part_in_it(house):
    with house.acting("prison"):
        import_roster(RELEASE)
        import_roster(date(2026, 9, 20))
    assert [code for code, _ in heard(house, "prison")] == ["RELEASE_DAY_CHANGED"]
    assert heard(house, "county") == []
    with house.acting("prison"):
        with transaction.atomic():
            tasks, _ = roads.queue("sending", roads.Filters(), now=AT, first=0, most=2)
        handover.send_dossier(tasks[0].person_id, sending=uuid.uuid4(), at=AT)
        prison.import_roster(
            rosters.workbook(rosters.row("陈柏舟", release=date(2026, 9, 25))),
            file_name="名册.xlsx",
            today=date(2026, 8, 4),
            at=AT + timedelta(days=1),
        )
    assert [code for code, _ in heard(house, "county")] == ["DOSSIER_SENT", "RELEASE_DAY_CHANGED"]
    assert [code for code, _ in heard(house, "prison")] == ["RELEASE_DAY_CHANGED", "RELEASE_DAY_CHANGED"]


def test_both_are_told_when_responsibility_passes_and_both_still_see_whom(house):
    person, _ = sent(house)
    with ticking():
        releases.pass_responsibility_at_release(at=LATER, most=10)
        releases.pass_responsibility_at_release(at=LATER, most=10)
    assert ("RESPONSIBILITY_RECEIVED", person) in heard(house, "county")
    assert heard(house, "prison") == [("RESPONSIBILITY_PASSED", person)]
