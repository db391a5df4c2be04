"""Posts by screen: proposed by one administrator, filled by another; accounts, slips, and what the auditor reads."""

import uuid
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.contrib.auth.hashers import check_password
from django.db import transaction

from guitu.access import administration, queries
from guitu.access.establishing import account_id, unit_id
from guitu.access.operations import NotAllowed, PersonUnknown, require
from guitu.access.staffing import StaffingRefused
from guitu.rulebook.sign_in import password_profile
from tests.factories.units import COUNTY, PROVINCE, TOWNSHIP

AT = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
PAST = datetime(2026, 2, 1, tzinfo=UTC)
PROFILE = password_profile("djbh3")


def propose(event=None, **more):
    what = {
        "account_id": account_id("township"),
        "unit_id": unit_id(TOWNSHIP),
        "role": "SOCIAL_WORKER",
        "title": "社工",
        "from_at": PAST,
        "to_at": None,
    } | more
    event = event or uuid.uuid4()
    administration.propose_post(event, at=AT, **what)
    return event


def decide(event, *, confirmed=True, reason=""):
    administration.decide_proposal(event, confirmed=confirmed, reason=reason, at=AT)


def changes(house):
    with house.role("guitu_owner") as door:
        return door.execute(
            "SELECT what, done_by, by_post_id IS NOT NULL FROM access_change ORDER BY at, what"
        ).fetchall()


def posts(house, login):
    with house.role("guitu_owner") as door:
        return {
            row[0] for row in door.execute("SELECT role FROM access_post WHERE account_id = %s", (account_id(login),))
        }


def test_a_proposed_post_is_filled_only_when_another_administrator_confirms_it(house):
    event = uuid.uuid4()
    with house.acting("system"):
        propose(event)
        propose(event)
        assert posts(house, "township") == {"TOWNSHIP_OFFICER"}
    with house.acting("security"):
        with transaction.atomic():
            assert administration.proposals_listed(open_only=True, first=0, most=9)[1] == 1
        decide(event)
        with pytest.raises(StaffingRefused):
            decide(event)
    assert posts(house, "township") == {"TOWNSHIP_OFFICER", "SOCIAL_WORKER"}
    assert changes(house) == [("POST_FILLED", "陆怀瑾", True), ("POST_PROPOSED", "沈见山", True)]


def test_a_namesake_of_who_proposed_or_of_who_gains_the_post_does_not_confirm_it(house):
    with house.acting("system"):
        event = propose()
    for namesake in ("system", "township"):
        with house.role("guitu_owner") as door:
            own, other = (
                door.execute("SELECT name FROM access_account WHERE login = %s", (one,)).fetchone()[0]
                for one in ("security", namesake)
            )
            door.execute("UPDATE access_account SET name = %s WHERE login = 'security'", (other,))
        with house.acting("security"), pytest.raises(StaffingRefused):
            decide(event)
        with house.role("guitu_owner") as door:
            door.execute("UPDATE access_account SET name = %s WHERE login = 'security'", (own,))
    assert posts(house, "township") == {"TOWNSHIP_OFFICER"}
    with house.acting("security"):
        decide(event)  # the control: another name
    assert posts(house, "township") == {"TOWNSHIP_OFFICER", "SOCIAL_WORKER"}


def test_a_refused_proposal_fills_nothing_and_says_why(house):
    with house.acting("system"):
        event = propose()
    with house.acting("security"):
        with pytest.raises(StaffingRefused):
            decide(event, confirmed=False)
        decide(event, confirmed=False, reason="编制已满")
        with transaction.atomic():
            (line,), _ = administration.proposals_listed(open_only=False, first=0, most=9)
    assert (line.decision, line.reason, line.decided_by) == ("REFUSED", "编制已满", "陆怀瑾")
    assert posts(house, "township") == {"TOWNSHIP_OFFICER"}


def test_each_administrator_keeps_to_the_own_half(house):
    with house.acting("security"), pytest.raises(NotAllowed):
        propose()
    with house.acting("system"):
        event = propose()
        with pytest.raises(NotAllowed):
            decide(event)
        with pytest.raises(NotAllowed):
            administration.hand_out_password(account_id("county"), profile=PROFILE, at=AT)
    with house.acting("audit"):
        for attempt in (propose, lambda: decide(event), lambda: administration.end_post(event, at=AT)):
            with pytest.raises(NotAllowed):
                attempt()


@pytest.mark.parametrize("function", ["access_decide_post(%s, true, '', now())", "access_end_post(%s, now())"])
def test_the_database_asks_for_the_permission_itself(house, function):
    session = queries.session_of(house.token("county"))
    with house.role("guitu_app") as door, door.transaction():
        door.execute(
            "SELECT set_config('guitu.token', %s, true), set_config('guitu.purpose', 'RECEIVE_RETURN', true)",
            (session.token,),
        )
        with pytest.raises(psycopg.Error) as refusal:
            door.execute(f"SELECT {function}", (uuid.uuid4(),))
        assert refusal.value.sqlstate == "GU006"


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "EMPEROR"},
        {"role": "PRISON_LIAISON"},
        {"title": " "},
        {"to_at": PAST},
        {"account_id": uuid.uuid4()},
        {"account_id": account_id("system"), "unit_id": unit_id(PROVINCE), "role": "SUPERVISOR"},
        {"role": "TOWNSHIP_OFFICER"},
    ],
)
def test_what_cannot_be_proposed_is_refused_in_both_languages(house, wrong):
    with house.acting("system"), pytest.raises(StaffingRefused) as refusal:
        propose(**wrong)
    assert refusal.value.zh
    assert refusal.value.en.isascii()
    assert changes(house) == []


def test_nobody_confirms_a_post_of_their_own(house):
    with house.acting("system"):
        event = propose(account_id=account_id("security"), unit_id=unit_id(PROVINCE), role="SUPERVISOR")
    with house.acting("security"), pytest.raises(StaffingRefused):
        decide(event)


def test_two_of_the_three_administrators_are_refused_in_words(house):
    with house.acting("system"):
        event = propose(account_id=account_id("audit"), unit_id=unit_id(PROVINCE), role="SYSTEM_ADMINISTRATOR")
    with house.acting("security"), pytest.raises(StaffingRefused, match="never holds two"):
        decide(event)
    assert posts(house, "audit") == {"AUDIT_ADMINISTRATOR"}


def test_an_administrator_of_a_county_reaches_no_other_unit(house):
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_post SET unit_id = %s WHERE role LIKE '%%_ADMINISTRATOR'", (unit_id(COUNTY),))
    from guitu.access import signing_in
    from guitu.access.acting import acting

    with house.role("guitu_owner") as door:
        post = door.execute("SELECT id FROM access_post WHERE role = 'SYSTEM_ADMINISTRATOR'").fetchone()[0]
    session = queries.session_of(signing_in.mint(account_id("system"), post, lasts=timedelta(hours=1)))
    with acting(session, "ADMINISTER"):
        propose()
        with pytest.raises(StaffingRefused, match="outside"):
            propose(unit_id=unit_id(PROVINCE), role="SUPERVISOR")
        with transaction.atomic():
            logins = {line.login for line in administration.accounts_listed("", first=0, most=99)[0]}
    assert {"county", "township"} <= logins
    assert not {"prison", "city", "foreign"} & logins


def test_an_ended_post_ends_its_sessions_at_once(house):
    session = queries.session_of(house.token("county"))
    with house.acting("system"):
        administration.end_post(session.post_id, at=AT)
        with pytest.raises(StaffingRefused):
            administration.end_post(session.post_id, at=AT)
    with pytest.raises(queries.SessionEnded):
        queries.session_of(session.token)
    assert changes(house) == [("POST_ENDED", "沈见山", True)]


def test_a_locked_account_is_out_and_comes_back_when_unlocked(house):
    session = queries.session_of(house.token("county"))
    with house.acting("security"):
        administration.lock_account(account_id("county"), locked=True, at=AT)
        with pytest.raises(queries.SessionEnded):
            queries.session_of(session.token)
        administration.lock_account(account_id("county"), locked=False, at=AT)
        with pytest.raises(StaffingRefused):
            administration.lock_account(account_id("security"), locked=True, at=AT)
    assert queries.session_of(house.token("county")) is not None
    assert {row[0] for row in changes(house)} == {"ACCOUNT_LOCKED", "ACCOUNT_UNLOCKED"}


def test_a_new_account_gets_a_printed_password_that_must_be_changed(house):
    new = uuid.uuid4()
    with house.acting("system"):
        administration.add_account(new, login="lin", name="林见山", at=AT)
        administration.add_account(new, login="lin", name="林见山", at=AT)
        with pytest.raises(StaffingRefused):
            administration.add_account(uuid.uuid4(), login="lin", name="林某", at=AT)
    with house.acting("security"):
        given = administration.hand_out_password(new, profile=PROFILE, at=AT)
        with pytest.raises(StaffingRefused):
            administration.hand_out_password(account_id("security"), profile=PROFILE, at=AT)
    assert PROFILE.problems(given, login="lin") == []
    with house.role("guitu_owner") as door:
        digest, must = door.execute("SELECT password, must_change FROM access_account WHERE id = %s", (new,)).fetchone()
    assert check_password(given, digest)
    assert must
    assert {row[0] for row in changes(house)} == {"ACCOUNT_ADDED", "PASSWORD_SET"}


def hand_out(house, login):
    with house.acting("security"):
        return administration.hand_out_password(account_id(login), profile=PROFILE, at=AT)


@pytest.mark.parametrize("login", ["system", "audit"])
def test_the_security_administrator_never_learns_the_password_of_the_other_two(house, login):
    with pytest.raises(StaffingRefused, match="at the machine only"):
        hand_out(house, login)
    assert changes(house) == []


@pytest.mark.parametrize("login", ["system", "audit"])
def test_control_the_same_account_gets_a_password_when_its_administrators_post_is_over(house, login):
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_post SET to_at = now() WHERE account_id = %s", (account_id(login),))
    assert hand_out(house, login)


def test_an_account_with_a_post_outside_the_range_gets_no_password_from_inside_it(house):
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_post SET unit_id = %s WHERE role = 'SECURITY_ADMINISTRATOR'", (unit_id(COUNTY),))
        door.execute(
            "INSERT INTO access_post (id, account_id, unit_id, role, title, from_at)"
            " VALUES (%s, %s, %s, 'SUPERVISOR', '监督', %s)",
            (uuid.uuid4(), account_id("township"), unit_id(PROVINCE), PAST),
        )
    assert hand_out(house, "county")
    with pytest.raises(StaffingRefused, match="outside"):
        hand_out(house, "township")


def test_the_auditor_reads_changes_sign_ins_and_refusals_and_no_person(house):
    with house.acting("system"):
        propose()
    somebody = uuid.uuid4()
    with house.acting("county"), pytest.raises(PersonUnknown):
        require("person:open", [somebody])
    with house.role("guitu_owner") as door:
        door.execute(
            "INSERT INTO access_sign_in (id, at, account_id, outcome, address)"
            " VALUES (%s, now(), %s, 'FAILED', '192.0.2.1')",
            (uuid.uuid4(), account_id("county")),
        )
    since, until = datetime(2020, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)
    with house.acting("audit"), transaction.atomic():
        (change,), total = administration.changes_listed(since, until, "", first=0, most=9)
        assert (change.what, change.done_by, change.login, total) == ("POST_PROPOSED", "沈见山", "township", 1)
        assert administration.changes_listed(since, until, "nobody", first=0, most=9) == ([], 0)
        assert administration.changes_listed(since, AT, "", first=0, most=9) == ([], 0)
        (line,), _ = administration.sign_ins_listed(since, until, "county", failed=True, first=0, most=9)
        assert (line.outcome, line.address) == ("FAILED", "192.0.2.1")
        (refusal,), _ = administration.refusals_listed(since, until, "", first=0, most=9)
        assert (refusal.outcome, refusal.action, refusal.holder, refusal.persons) == (
            "UNKNOWN",
            "person:open",
            "林知遥",
            1,
        )
        assert str(somebody) not in repr(refusal)
    with house.acting("system"), pytest.raises(Exception, match="audit:read"), transaction.atomic():
        administration.changes_listed(since, until, "", first=0, most=9)


def test_the_application_writes_neither_posts_nor_proposals_itself(house):
    for attempt in (
        "INSERT INTO access_proposal (id) VALUES (gen_random_uuid())",
        "UPDATE access_proposal SET decision = 'CONFIRMED'",
        "INSERT INTO access_post (id) VALUES (gen_random_uuid())",
        "UPDATE access_account SET active = true",
        "SELECT * FROM access_change",
        "SELECT * FROM access_sign_in",
    ):
        with house.role("guitu_app") as door, pytest.raises(psycopg.errors.InsufficientPrivilege):
            door.execute(attempt)
