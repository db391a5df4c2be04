"""Tokens: of a machine post, for one purpose, shown once, kept as a digest, ended by the administrator or by time."""

import uuid
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import transaction

from guitu.access import api_tokens, queries, signing_in
from guitu.access.establishing import post_id
from guitu.access.operations import NotAllowed
from guitu.rulebook.interface import interface_limits
from guitu.web.gate import token_cookie
from tests.api.systems import Caller, machine_post, problem, token_of
from tests.factories.units import COUNTY, PRISON
from tests.web.peopled import MOMENT, SENT

NOW = datetime.now(UTC)


def _issue(
    house, post: uuid.UUID, *, purpose: str = "RECEIVE_RETURN", login: str = "security"
) -> api_tokens.IssuedToken:
    with house.acting(login):
        return api_tokens.issue_token(
            post, purpose=purpose, name="县业务系统", lasts=interface_limits().token_lasts, at=NOW
        )


def test_the_security_administrator_issues_a_token_that_is_kept_only_as_a_digest(fresh):
    issued = _issue(fresh, machine_post(fresh, COUNTY, "COUNTY_OFFICER"))
    assert issued.raw.startswith("guitu_")
    with fresh.role("guitu_owner") as door:
        held, purposes, lasts = door.execute(
            "SELECT s.token_hash, s.purposes, s.expires_at - s.created_at FROM access_session s"
            " JOIN access_api_token t ON t.session_id = s.id WHERE t.id = %s",
            (issued.id,),
        ).fetchone()
        assert (bytes(held), purposes) == (signing_in.hashed(issued.raw), ["RECEIVE_RETURN"])
        assert lasts == timedelta(days=90)
    assert Caller(issued.raw).get("/journeys").status_code == 200
    with fresh.role("guitu_owner") as door:
        acts = door.execute("SELECT act FROM ledger_entry WHERE event_id = %s", (issued.id,)).fetchall()
        dump = door.execute("SELECT string_agg(t::text, '') FROM access_api_token t").fetchone()[0]
        payloads = door.execute("SELECT string_agg(canonical, '') FROM ledger_payload").fetchone()[0]
    assert acts == [("access:token:issued",)]
    assert issued.raw not in dump + payloads


@pytest.mark.parametrize("login", ["system", "county", "province", "prison"])
def test_nobody_else_issues_or_ends_a_token(fresh, login):
    post = machine_post(fresh, COUNTY, "COUNTY_OFFICER")
    with pytest.raises(NotAllowed):
        _issue(fresh, post, login=login)
    issued = _issue(fresh, post)
    with fresh.acting(login), pytest.raises(NotAllowed):
        api_tokens.end_token(issued.id, at=NOW)
    with fresh.acting(login), pytest.raises(api_tokens.TokenRefused, match="POST"), transaction.atomic():
        api_tokens._put(
            "SELECT access_issue_token(%s::bytea, %s::uuid, %s::text, %s::text, %s::interval, %s::timestamptz)",
            [b"x", post, "RECEIVE_RETURN", "", "1 day", NOW],
        )
    assert Caller(issued.raw).get("/journeys").status_code == 200


def test_a_token_belongs_to_a_machine_post_and_a_purpose_of_its_role(fresh):
    person = post_id("county", COUNTY, "COUNTY_OFFICER")
    with pytest.raises(api_tokens.TokenRefused) as refused:
        _issue(fresh, person)
    assert refused.value.reason == "POST"
    machine = machine_post(fresh, COUNTY, "COUNTY_OFFICER")
    with pytest.raises(api_tokens.TokenRefused) as refused:
        _issue(fresh, machine, purpose="PREPARE_RETURN")
    assert refused.value.reason == "PURPOSE"
    with fresh.role("guitu_owner") as door:
        assert door.execute("SELECT count(*) FROM access_api_token").fetchone()[0] == 0
        assert door.execute("SELECT count(*) FROM access_session s WHERE post_id = %s", (machine,)).fetchone()[0] == 0


def test_the_application_makes_and_reads_no_token_by_itself(fresh):
    token_of(fresh, machine_post(fresh, COUNTY, "COUNTY_OFFICER"), "RECEIVE_RETURN")
    for statement in (
        "SELECT * FROM access_api_token",
        "SELECT * FROM access_api_client",
        "SELECT access_put_token('x', gen_random_uuid(), 'CLOCK', '', '1 day', now(), NULL, '')",
        "UPDATE access_api_token SET calls = 0",
    ):
        with fresh.role("guitu_app") as door, pytest.raises(psycopg.errors.InsufficientPrivilege):
            door.execute(statement)


@pytest.mark.parametrize("how", ["ended", "post", "expired", "account"])
def test_a_token_that_is_over_opens_nothing(fresh, how):
    post = machine_post(fresh, COUNTY, "COUNTY_OFFICER")
    issued = _issue(fresh, post)
    caller = Caller(issued.raw)
    assert caller.get("/journeys").status_code == 200
    if how == "ended":
        with fresh.acting("security"):
            assert api_tokens.end_token(issued.id, at=datetime.now(UTC))
            assert not api_tokens.end_token(issued.id, at=datetime.now(UTC))
            assert not api_tokens.end_token(uuid.uuid4(), at=datetime.now(UTC))
    else:
        statement = {
            "post": "UPDATE access_post SET to_at = clock_timestamp() WHERE id = %s",
            "expired": "UPDATE access_session SET expires_at = clock_timestamp() WHERE post_id = %s",
            "account": "UPDATE access_account SET active = false WHERE id ="
            " (SELECT account_id FROM access_post WHERE id = %s)",
        }[how]
        with fresh.role("guitu_owner") as door:
            door.execute(statement, (post,))
    with problem(caller.get("/journeys"), 401, "token-ended"):
        pass


def test_without_a_token_nothing_opens_and_a_cookie_does_not_count(fresh):
    page_token = fresh.token("county")
    for caller, kind in (
        (Caller(None), "token-missing"),
        (Caller(""), "token-missing"),
        (Caller("guitu_" + "x" * 43), "token-unknown"),
        (Caller("说明"), "token-unknown"),
        (Caller(page_token), "token-unknown"),
    ):
        answer = caller.get("/journeys")
        with problem(answer, 401, kind):
            assert answer["WWW-Authenticate"].startswith("Bearer")
    signed_in = Caller(None)
    signed_in.client.cookies[token_cookie()] = page_token
    assert signed_in.client.get("/county/").status_code == 200
    with problem(signed_in.get("/journeys"), 401, "token-missing"):
        pass
    basic = Caller(None)
    with problem(basic.client.get("/api/v1/tasks", headers={"Authorization": "Basic eDp5"}), 401, "token-missing"):
        pass


def test_a_token_of_the_interface_opens_no_page(fresh):
    raw = token_of(fresh, machine_post(fresh, COUNTY, "COUNTY_OFFICER"), "RECEIVE_RETURN")
    browser = fresh.client(None)
    browser.cookies[token_cookie()] = raw
    assert browser.get("/county/").status_code == 302
    assert queries.session_of(raw) is None
    assert browser.get(f"/persons/{fresh.persons[SENT]}/").status_code == 302


def test_a_prefixed_token_that_was_never_issued_to_a_system_is_unknown(fresh):
    """The prefix is no credential: a page's session under such a secret is none of the interface."""
    raw = "guitu_" + "y" * 43
    with fresh.role("guitu_owner") as door:
        door.execute(
            "INSERT INTO access_session (id, token_hash, post_id, purposes, low, high, created_at, expires_at,"
            " last_seen_at, idle) SELECT gen_random_uuid(), %s, post_id, purposes, low, high, created_at,"
            " now() + interval '1 hour', now(), '1 hour' FROM access_session LIMIT 1",
            (signing_in.hashed(raw),),
        )
    with problem(Caller(raw).get("/journeys"), 401, "token-unknown"):
        pass


def test_a_token_that_calls_too_often_waits_and_others_do_not(fresh, monkeypatch):
    from django.conf import settings

    monkeypatch.setattr(settings, "GUITU_API_CALLS_A_MINUTE", 3)
    post = machine_post(fresh, COUNTY, "COUNTY_OFFICER")
    caller, other = (Caller(token_of(fresh, post, "RECEIVE_RETURN")) for _ in range(2))
    assert [caller.get("/codes").status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = caller.get("/codes")
    with problem(answer, 429, "too-many"):
        assert 1 <= int(answer["Retry-After"]) <= 60
    assert other.get("/codes").status_code == 200
    monkeypatch.setattr("guitu.web.api.bearer.now", lambda: MOMENT + timedelta(minutes=1))
    assert caller.get("/codes").status_code == 200


def test_the_administrator_sees_when_a_token_was_used_last_and_how_often_but_never_the_token(fresh):
    issued = _issue(fresh, machine_post(fresh, COUNTY, "COUNTY_OFFICER"))
    unused = _issue(fresh, machine_post(fresh, PRISON, "PRISON_LIAISON"), purpose="PREPARE_RETURN")
    for _ in range(3):
        Caller(issued.raw).get("/codes")
    with fresh.acting("security"), transaction.atomic():
        listed = {one.id: one for one in api_tokens.tokens()}
    assert (listed[issued.id].calls, listed[issued.id].unit) == (3, "青榆县司法局")
    assert listed[issued.id].last_used_at is not None
    assert (listed[unused.id].calls, listed[unused.id].last_used_at) == (0, None)
    assert issued.raw not in repr(listed)
    with fresh.acting("system"), transaction.atomic():
        assert api_tokens.tokens() == []


def test_on_the_machine_a_system_is_registered_and_its_token_named_after_who_made_it(fresh):
    from django.db import connection

    post = machine_post(fresh, COUNTY, "COUNTY_OFFICER")
    before = connection.settings_dict["USER"]
    connection.close()
    connection.settings_dict["USER"] = "guitu_owner"
    try:
        account = api_tokens.add_client("county-casework", name="县社区矫正系统", done_by="root", at=NOW)
        with pytest.raises(api_tokens.StaffingRefused):
            api_tokens.add_client("county-casework", name="县社区矫正系统", done_by="root", at=NOW)
        issued = api_tokens.issue_at_machine(
            post, purpose="RECEIVE_RETURN", name="对接", lasts=timedelta(hours=1), done_by="root", at=NOW
        )
        listed = api_tokens.tokens_at_machine()
        assert [one.id for one in listed] == [issued.id]
        api_tokens.end_at_machine(issued.id, done_by="root", at=datetime.now(UTC))
        with pytest.raises(api_tokens.StaffingRefused):
            api_tokens.end_at_machine(issued.id, done_by="root", at=datetime.now(UTC))
    finally:
        connection.close()
        connection.settings_dict["USER"] = before
    with problem(Caller(issued.raw).get("/codes"), 401, "token-ended"):
        pass
    with fresh.role("guitu_owner") as door:
        assert door.execute(
            "SELECT issued_at_machine_by, ended_at_machine_by, issued_by FROM access_api_token"
        ).fetchall() == [("root", "root", None)]
        assert (
            not door.execute("SELECT password FROM access_account WHERE id = %s", (account,))
            .fetchone()[0]
            .strip("!")
            .startswith("scrypt")
        )
