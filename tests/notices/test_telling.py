"""Notices: who is told, once, who sees whom, what can be switched off, and what leaves the house."""

import uuid
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import override_settings

from guitu.access import queries, signing_in
from guitu.access.acting import acting
from guitu.access.establishing import account_id, post_id, unit_id
from guitu.access.permissions import PERMISSIONS
from guitu.access.roles import ROLES
from guitu.access.tree import Desk, desk
from guitu.journeys import queries as roads
from guitu.notices import dispatching
from guitu.notices import operations as notices
from guitu.notices import queries as told
from guitu.prison import operations as prison
from guitu.rulebook import load_national
from guitu.rulebook.notice import CLOCK, OWN_POST, FactRefused
from tests.factories import rosters
from tests.factories.assessments import unassessed
from tests.factories.units import CITY, COUNTY, PRISON, PROVINCE

AT = datetime(2026, 8, 3, 1, 0, tzinfo=UTC)
RETRY = timedelta(minutes=15)


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


def person(house):
    with house.acting("prison"):
        prison.import_roster(
            rosters.workbook(rosters.row("陈柏舟", release=date(2026, 9, 10))),
            file_name="名册.xlsx",
            today=date(2026, 8, 3),
            at=AT,
        )
        with transaction.atomic():
            tasks, _ = roads.queue("sending", roads.Filters(), now=AT, first=0, most=2)
    return tasks[0].person_id


def tell(house, login, unit, *, code="RESPONSIBILITY_PASSED", subject=None, person_id=None, key="", at=AT):
    facts = {"unit": str(unit_id(COUNTY))}
    with house.acting(login), transaction.atomic():
        return notices.tell(
            desk(unit_id(unit)), code, facts, at, subject_id=subject or uuid.uuid4(), key=key, person_id=person_id
        )


def inbox(house, login, **asked):
    with house.acting(login), transaction.atomic():
        return told.own_notices(code=asked.get("code", ""), only_unread=asked.get("unread", False), first=0, most=50)[0]


def test_the_desk_is_told_once_and_nobody_else(house):
    subject = uuid.uuid4()
    assert tell(house, "prison", COUNTY, subject=subject)
    assert not tell(house, "prison", COUNTY, subject=subject)
    assert tell(house, "prison", COUNTY, subject=subject, key="again")
    seen = {login: len(inbox(house, login)) for login in ("county", "county-second", "sibling", "prison", "city")}
    assert seen == {"county": 2, "county-second": 2, "sibling": 0, "prison": 0, "city": 0}


def test_roles_that_do_not_work_on_matters_are_not_told(house):
    tell(house, "prison", PROVINCE)
    assert [len(inbox(house, login)) for login in ("province", "system", "identity")] == [1, 0, 0]


def test_a_unit_that_may_not_see_the_person_is_told_of_the_matter_without_the_person(house):
    person_id = person(house)
    tell(house, "prison", CITY, person_id=person_id)
    tell(house, "prison", PROVINCE, person_id=person_id)
    assert [one.person_id for one in inbox(house, "city")] == [None]
    assert [one.person_id for one in inbox(house, "province")] == [person_id]


def test_nobody_tells_of_a_person_they_do_not_see(house):
    person_id = person(house)
    with pytest.raises(DatabaseError, match="person unknown"):
        tell(house, "foreign", CITY, code="PERSON_REGISTERED", person_id=person_id)
    with pytest.raises(DatabaseError, match="person unknown"):
        tell(house, "prison", CITY, person_id=uuid.uuid4())


def test_the_database_shows_no_notice_of_another_unit_even_without_the_list_s_own_filter(house):
    tell(house, "prison", COUNTY)
    seen = {}
    for login in ("county", "sibling", "prison", "foreign"):
        with house.acting(login), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM notices_notice")
            seen[login] = cursor.fetchone()[0]
    assert seen == {"county": 1, "sibling": 0, "prison": 0, "foreign": 0}


def test_the_application_cannot_write_a_notice_but_by_telling(house):
    with (
        house.acting("county"),
        transaction.atomic(),
        connection.cursor() as cursor,
        pytest.raises(DatabaseError, match="permission denied"),
    ):
        cursor.execute("UPDATE notices_notice SET code = 'X'")


def test_what_is_rolled_back_was_never_told(house):
    facts = {"unit": str(unit_id(PRISON))}
    with house.acting("prison"), transaction.atomic():
        notices.tell(desk(unit_id(COUNTY)), "RESPONSIBILITY_PASSED", facts, AT, subject_id=uuid.uuid4())
        transaction.set_rollback(True)
    assert inbox(house, "county") == []


def test_a_fact_that_the_notice_does_not_know_is_refused(house):
    with house.acting("prison"), transaction.atomic(), pytest.raises(FactRefused):
        notices.tell(desk(unit_id(COUNTY)), "RESPONSIBILITY_PASSED", {"name": "陈柏舟"}, AT, subject_id=uuid.uuid4())


def test_each_post_reads_for_itself_and_only_what_it_is_told(house):
    tell(house, "prison", COUNTY)
    tell(house, "prison", CITY)
    (own,), (cities,) = inbox(house, "county"), inbox(house, "city")
    with house.acting("county"):
        assert notices.mark_read([own.id, cities.id], at=AT) == 1
        assert notices.mark_read([own.id], at=AT) == 0
    assert [len(inbox(house, login, unread=True)) for login in ("county", "county-second", "city")] == [0, 1, 1]
    with house.acting("county-second"), transaction.atomic():
        assert told.unread() == 1


def test_the_newest_stands_first_read_or_not(house):
    for minutes in (0, 2, 1):
        tell(house, "prison", COUNTY, at=AT + timedelta(minutes=minutes))
    with house.acting("county"):
        notices.mark_read([inbox(house, "county")[0].id], at=AT)
    found = inbox(house, "county")
    assert [(one.at - AT).seconds // 60 for one in found] == [2, 1, 0]
    assert [one.read_at is None for one in found] == [False, True, True]


def test_a_statutory_notice_cannot_be_switched_off_and_another_can(house):
    tell(house, "prison", COUNTY)
    with house.acting("county"):
        for code, channel in (("CLOCK_LAPSED", "IN_APP"), ("CLOCK_LAPSED", "SMS"), ("NO_SUCH", "SMS")):
            with pytest.raises(notices.NotToBeSwitchedOff):
                notices.choose([(code, channel)])
        notices.choose([("RESPONSIBILITY_PASSED", "IN_APP")])
    assert [len(inbox(house, login)) for login in ("county", "county-second")] == [0, 1]
    with house.acting("county"):
        notices.choose([])
    assert len(inbox(house, "county")) == 1


def test_a_notice_that_fails_stops_no_other_is_noted_and_can_be_told_later(house):
    person_id = person(house)
    facts = {"unit": str(unit_id(COUNTY))}
    good = [notices.Telling(desk(unit_id(COUNTY)), "RESPONSIBILITY_PASSED", uuid.uuid4(), facts) for _ in range(9)]
    unknown = notices.Telling(
        desk(unit_id(COUNTY)), "RESPONSIBILITY_PASSED", uuid.uuid4(), facts, person_id=uuid.uuid4()
    )
    wrong = notices.Telling(
        desk(unit_id(COUNTY)), "RESPONSIBILITY_PASSED", uuid.uuid4(), {"unit": "here"}, person_id=person_id
    )
    with ticking(), transaction.atomic():
        assert notices.tell_each([*good[:4], unknown, wrong, *good[4:]], at=AT, retry=RETRY) == (9, 2)
        assert notices.tell_each([*good, unknown], at=AT + RETRY, retry=RETRY) == (0, 1)
        assert told.failures() == 2
    with house.role("guitu_owner") as door:
        kept = door.execute("SELECT reason, tries, retry_at FROM notices_failure ORDER BY reason").fetchall()
        assert kept == [("DATABASE", 2, AT + RETRY * 2), ("FACTS", 1, AT + RETRY)]
    with ticking(), transaction.atomic():
        notices.forget_failures([wrong.subject_id], at=AT)
        assert told.failures() == 2
        notices.forget_failures([wrong.subject_id], at=AT + RETRY)
        assert told.failures() == 1


def set_address(house, login, channel, text):
    with house.acting(login) as state:
        notices.set_address(state.session.account_id, channel, text)


def send(at=AT, **kept):
    with ticking():
        with transaction.atomic():
            taken = dispatching.dispatch(at=at, most=100)
        return taken, dispatching.send_waiting(at=at, most=100, tries=kept.get("tries", 3), retry=RETRY)


def outbox(house):
    with house.role("guitu_owner") as door:
        return door.execute("SELECT channel, address, text FROM notices_outbox ORDER BY channel, address").fetchall()


def test_a_message_says_how_many_and_nothing_of_what(house):
    person_id = person(house)
    set_address(house, "province", "SMS", "0000-5550177")
    set_address(house, "county", "EMAIL", "lin@qingyu.example")
    for _ in range(2):
        tell(house, "prison", PROVINCE, person_id=person_id)
    tell(house, "prison", COUNTY)
    assert send() == (3, {"sent": 2, "failed": 0})
    assert send() == (0, {"sent": 0, "failed": 0})
    tell(house, "prison", PROVINCE, person_id=person_id)
    with unassessed(house):
        assert send() == (1, {"sent": 0, "failed": 0}), "no text leaves without an impact assessment"
    texts = outbox(house)
    assert [row[:2] for row in texts] == [("EMAIL", "lin@qingyu.example"), ("SMS", "00005550177")]
    assert texts[1][2] == "归途：您有2件新通知，请登录查看。 Guitu: 2 new matters wait for you; sign in to read them."
    with house.acting("province"), transaction.atomic():
        (message,) = told.own_messages(most=5)
        assert (message.channel, message.matters, message.state) == ("SMS", 2, "SENT")
        assert told.own_addresses() == {"SMS": "00005550177"}
    with house.acting("city"), transaction.atomic():
        assert told.own_messages(most=5) == []
        assert told.own_addresses() == {}


def test_a_switched_off_notice_makes_no_message_and_a_statutory_one_always_does(house):
    set_address(house, "county", "SMS", "0000-5550177")
    with house.acting("county"):
        notices.choose([("RESPONSIBILITY_PASSED", "SMS")])
    tell(house, "prison", COUNTY)
    assert send() == (1, {"sent": 0, "failed": 0})
    tell(house, "prison", COUNTY, code="RESPONSIBILITY_RECEIVED")
    assert send() == (1, {"sent": 1, "failed": 0})


def test_a_message_that_cannot_be_sent_waits_longer_each_time_and_is_given_up_in_the_end(
    house, settings_of_a_dead_gateway
):
    set_address(house, "county", "SMS", "0000-5550177")
    tell(house, "prison", COUNTY)
    assert send() == (1, {"sent": 0, "failed": 1})
    assert send(AT + RETRY / 2) == (0, {"sent": 0, "failed": 0})
    assert send(AT + RETRY) == (0, {"sent": 0, "failed": 1})
    assert send(AT + RETRY * 2) == (0, {"sent": 0, "failed": 0})
    assert send(AT + RETRY * 3) == (0, {"sent": 0, "failed": 1})
    assert send(AT + RETRY * 99) == (0, {"sent": 0, "failed": 0})
    with house.acting("county"), transaction.atomic():
        (message,) = told.own_messages(most=5)
    assert (message.state, message.tries) == ("GIVEN_UP", 3)


def test_a_text_that_waits_while_its_assessment_ends_is_given_up_and_not_sent_after_the_next(house):
    set_address(house, "county", "SMS", "0000-5550177")
    tell(house, "prison", COUNTY)
    with override_settings(GUITU_NOTICE_SENDERS={"SMS": f"{__name__}.DeadGateway"}):
        assert send() == (1, {"sent": 0, "failed": 1})
    with unassessed(house):
        assert send(AT + RETRY) == (0, {"sent": 0, "failed": 1})
    assert send(AT + RETRY * 99) == (0, {"sent": 0, "failed": 0})
    with house.acting("county"), transaction.atomic():
        (message,) = told.own_messages(most=5)
    assert (message.state, outbox(house)) == ("GIVEN_UP", [])


class DeadGateway:
    """A gateway that takes nothing."""

    def send(self, *, channel, address, text, at):
        from guitu.notices.channels import NotSent

        raise NotSent("CLOSED")


@pytest.fixture
def settings_of_a_dead_gateway():
    with override_settings(GUITU_NOTICE_SENDERS={"SMS": f"{__name__}.DeadGateway"}):
        yield


@pytest.mark.parametrize(
    ("channel", "text"), [("SMS", "call me"), ("SMS", "12"), ("EMAIL", "lin@"), ("FAX", "1234567")]
)
def test_what_is_no_address_is_refused(house, channel, text):
    with pytest.raises(notices.AddressRefused):
        set_address(house, "county", channel, text)


def test_an_address_is_encrypted_where_it_lies_and_can_be_given_up(house):
    set_address(house, "county", "EMAIL", "lin@qingyu.example")
    with house.role("guitu_owner") as door:
        assert b"qingyu" not in bytes(door.execute("SELECT sealed FROM notices_address").fetchone()[0])
    set_address(house, "county", "EMAIL", " ")
    with house.role("guitu_owner") as door:
        assert door.execute("SELECT count(*) FROM notices_address").fetchone()[0] == 0


def test_a_single_post_and_the_person_can_be_told(house):
    person_id = person(house)
    post = notices.Post(unit_id(COUNTY), post_id("county", COUNTY, "COUNTY_OFFICER"), "COUNTY_OFFICER")
    facts = {"unit": str(unit_id(PRISON))}
    with house.acting("prison"), transaction.atomic():
        assert notices.tell(post, "RESPONSIBILITY_PASSED", facts, AT, subject_id=uuid.uuid4())
        assert notices.tell(notices.Person(person_id), "RESPONSIBILITY_PASSED", facts, AT, subject_id=uuid.uuid4())
        assert [one.person_id for one in told.told_to_person(person_id)[0]] == [person_id]
    assert [len(inbox(house, login)) for login in ("county", "county-second", "prison")] == [1, 0, 0]
    with house.acting("foreign"), transaction.atomic():
        assert told.told_to_person(person_id) == ([], 0)


def test_the_desk_of_nobody_is_kept_for_whoever_comes(house):
    with house.acting("prison"), transaction.atomic():
        nobody = Desk(unit_id(COUNTY), ("PRISON_LEADER",))
        assert notices.tell(
            nobody, "RESPONSIBILITY_PASSED", {"unit": str(unit_id(PRISON))}, AT, subject_id=uuid.uuid4()
        )
    assert inbox(house, "county") == []
    assert account_id("county") is not None


def who_tells():
    """Every way in which the rulebook has a notice told."""
    return {one for notice in load_national().notices.values() for one in notice.told_by}


def test_who_tells_a_notice_is_a_permission_that_somebody_holds_the_clock_or_the_very_post() -> None:
    held = set().union(*(role.may for role in ROLES.values()))
    assert who_tells() - {CLOCK, OWN_POST} <= held & set(PERMISSIONS)


def forged(house, login, code, facts, subject):
    """Tell a desk of nobody, so that nobody reads it, of what is not so."""
    with house.acting(login), transaction.atomic():
        return notices.tell(Desk(unit_id(CITY), ()), code, facts, AT, subject_id=subject)


def test_nobody_tells_before_its_time_what_is_not_theirs_to_bring_about(house) -> None:
    subject, answered = uuid.uuid4(), {"unit": str(unit_id(COUNTY)), "number": "HX-2026-1"}
    due = {"rule": "RS-14", "part": "expected", "due_at": AT.isoformat()}
    late = due | {"unit": str(unit_id(COUNTY)), "step": "1", "office": "city"}
    for login, code, facts in (
        ("county", "CLOCK_LAPSED", due),  # so that the own lateness would climb to nobody
        ("county", "CLOCK_ESCALATED", late),
        ("province", "CLOCK_ESCALATED", late),
        ("prison", "DOSSIER_REFUSED", answered),
        ("county", "SIGN_IN_UNUSUAL", {"at": AT.isoformat()}),  # a post tells it to itself alone
        ("county", "EVALUATION_CONTACT_ASKED", {"unit": str(unit_id(COUNTY)), "code": "AB12-34"}),
    ):
        with pytest.raises(DatabaseError) as refusal:
            forged(house, login, code, facts, subject)
        assert refusal.value.__cause__.sqlstate == "GU006", (login, code)
    with house.acting("county") as state, transaction.atomic():
        own = notices.Post(state.session.unit_id, state.session.post_id, state.session.role)
        assert notices.tell(own, "SIGN_IN_UNUSUAL", {"at": AT.isoformat()}, AT, subject_id=subject)
    with ticking(), transaction.atomic():
        assert notices.tell(desk(unit_id(CITY)), "CLOCK_ESCALATED", late, AT, subject_id=subject)
    assert [one.code for one in inbox(house, "city")] == ["CLOCK_ESCALATED"]


def test_control_where_anybody_tells_everything_a_forged_notice_keeps_the_true_one_away(house) -> None:
    with house.role("guitu_owner") as door:
        door.execute(
            "CREATE OR REPLACE FUNCTION notices_told_by(of_code text) RETURNS text[] LANGUAGE sql IMMUTABLE"
            " AS $$ SELECT ARRAY['person:open', 'CLOCK'] $$"
        )
    subject = uuid.uuid4()
    late = {"rule": "RS-14", "part": "expected", "due_at": AT.isoformat()}
    late |= {"unit": str(unit_id(COUNTY)), "step": "1", "office": "city"}
    assert forged(house, "county", "CLOCK_ESCALATED", late, subject)
    with ticking(), transaction.atomic():
        assert not notices.tell(desk(unit_id(CITY)), "CLOCK_ESCALATED", late, AT, subject_id=subject)
    assert inbox(house, "city") == []
