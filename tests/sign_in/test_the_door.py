"""At the door: the same answer for every reason, lock-out by account, throttle by address, a line for every attempt."""

import re
from datetime import timedelta

import psycopg
import pytest
from django.conf import settings
from django.test import Client

from guitu.access.establishing import account_id
from guitu.web.clock import now
from tests.sign_in.with_passkeys import PASSWORD


def outcomes(house):
    with house.role("guitu_owner") as door:
        return [row[0] for row in door.execute("SELECT outcome FROM access_sign_in ORDER BY at").fetchall()]


def attempt(browser, login, password):
    return browser.post("/sign-in/", {"login": login, "password": password})


def seen_by_a_stranger(answer, login):
    said = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode()).replace(login, "LOGIN")
    return answer.status_code, said, sorted(answer.cookies)


def test_unknown_login_wrong_password_and_locked_account_look_the_same(browser, house, password):
    password("county")
    password("prison")
    with house.role("guitu_owner") as door:
        door.execute(
            "UPDATE access_account SET locked_until = clock_timestamp() + interval '1 hour' WHERE login = 'prison'"
        )
    seen = [
        seen_by_a_stranger(attempt(browser, login, given), login)
        for login, given in (("nobody-here", PASSWORD), ("county", "wrong"), ("prison", PASSWORD), ("sibling", "wrong"))
    ]
    assert seen[0][0] == 422
    assert all(one == seen[0] for one in seen)
    assert outcomes(house) == ["FAILED", "FAILED", "REFUSED", "FAILED"]


def test_control_the_right_password_comes_in(browser, house, password):
    password("county")
    answer = attempt(browser, "county", PASSWORD)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert browser.get("/county/").status_code == 200
    assert outcomes(house) == ["SUCCEEDED"]


def test_an_account_is_locked_after_failures_in_a_row_even_from_many_addresses(house, password, settings_for_pages):
    password("county")
    for number in range(settings.GUITU_SIGN_IN_TRIES):
        attempt(Client(REMOTE_ADDR=f"192.0.2.{number + 1}"), "county", "wrong")
    assert outcomes(house)[-1] == "LOCKED"
    assert attempt(Client(REMOTE_ADDR="192.0.2.99"), "county", PASSWORD).status_code == 422
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_account SET locked_until = clock_timestamp() - interval '1 second'")
    assert attempt(Client(REMOTE_ADDR="192.0.2.99"), "county", PASSWORD).status_code == 302


def test_control_one_failure_less_does_not_lock(browser, house, password):
    password("county")
    for _ in range(settings.GUITU_SIGN_IN_TRIES - 1):
        attempt(browser, "county", "wrong")
    assert attempt(browser, "county", PASSWORD).status_code == 302


def fail_from(house, address, count, ago="1 minute"):
    with house.role("guitu_owner") as door:
        door.execute(
            "INSERT INTO access_sign_in (id, at, outcome, address)"
            " SELECT gen_random_uuid(), clock_timestamp() - %s::interval, 'FAILED', %s FROM generate_series(1, %s)",
            (ago, address, count),
        )


def test_an_address_that_failed_too_often_must_wait_even_with_the_right_password(browser, house, password):
    password("county")
    fail_from(house, "192.0.2.10", settings.GUITU_ADDRESS_TRIES)
    answer = attempt(browser, "county", PASSWORD)
    assert answer.status_code == 429
    assert "guitu_token" not in answer.cookies
    assert attempt(Client(REMOTE_ADDR="192.0.2.11"), "county", PASSWORD).status_code == 302


@pytest.mark.parametrize(("less", "ago"), [(1, "1 minute"), (0, "16 minutes")])
def test_control_fewer_or_older_failures_do_not_slow_an_address(browser, house, password, less, ago):
    password("county")
    fail_from(house, "192.0.2.10", settings.GUITU_ADDRESS_TRIES - less, ago)
    assert attempt(browser, "county", PASSWORD).status_code == 302


OF_ONE_SUBNET = ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:0db8:0001:0002:0:0:0:7", "2001:db8:1:2::3%eth0"]


def test_the_addresses_of_one_ipv6_subnet_count_together(house, password):
    """Whoever has one has all of them, and would else try from a fresh one each time."""
    password("county")
    for number in range(settings.GUITU_ADDRESS_TRIES):
        fail_from(house, OF_ONE_SUBNET[number % len(OF_ONE_SUBNET)], 1)
    for address in (*OF_ONE_SUBNET, "2001:db8:1:2::beef"):
        assert attempt(Client(REMOTE_ADDR=address), "county", PASSWORD).status_code == 429, address


@pytest.mark.parametrize("elsewhere", ["2001:db8:1:3::1", "2001:db8:1:1:ffff:ffff:ffff:ffff", "192.0.2.10", ""])
def test_control_other_subnets_are_not_slowed_and_one_failure_less_does_not_slow(house, password, elsewhere):
    password("county")
    fail_from(house, OF_ONE_SUBNET[0], settings.GUITU_ADDRESS_TRIES - 1)
    assert attempt(Client(REMOTE_ADDR=OF_ONE_SUBNET[1]), "county", PASSWORD).status_code == 302
    fail_from(house, OF_ONE_SUBNET[0], 1)
    assert attempt(Client(REMOTE_ADDR=elsewhere), "county", PASSWORD).status_code == 302
    assert attempt(Client(REMOTE_ADDR=OF_ONE_SUBNET[1]), "county", PASSWORD).status_code == 429


def test_an_address_has_one_spelling(house, password):
    """IPv4 in its IPv6 form is IPv4; a zone is nothing that the other side may write into a line."""
    password("county")
    fail_from(house, "192.0.2.10", settings.GUITU_ADDRESS_TRIES)
    assert attempt(Client(REMOTE_ADDR="::ffff:192.0.2.10"), "county", PASSWORD).status_code == 429
    attempt(Client(REMOTE_ADDR="2001:DB8::0:1%<script>"), "county", "wrong")
    with house.role("guitu_owner") as door:
        last = door.execute("SELECT address FROM access_sign_in ORDER BY at DESC LIMIT 1").fetchone()
    assert last == ("2001:db8::1",)


def test_behind_a_proxy_the_address_is_the_one_the_proxy_wrote_not_the_one_the_browser_claims(
    browser, house, monkeypatch
):
    monkeypatch.setattr(settings, "GUITU_BEHIND_PROXY", True)
    browser.post("/sign-in/", {"login": "x", "password": "x"}, headers={"x-forwarded-for": "198.51.100.7, 203.0.113.5"})
    monkeypatch.setattr(settings, "GUITU_BEHIND_PROXY", False)
    browser.post("/sign-in/", {"login": "x", "password": "x"}, headers={"x-forwarded-for": "198.51.100.7"})
    with house.role("guitu_owner") as door:
        rows = door.execute("SELECT address FROM access_sign_in ORDER BY at").fetchall()
    assert [row[0] for row in rows] == ["203.0.113.5", "192.0.2.10"]


def test_what_was_typed_is_kept_nowhere(browser, house):
    attempt(browser, "my-secret-typed-in-the-wrong-field", "another-secret")
    with house.role("guitu_owner") as door:
        kept = door.execute("SELECT * FROM access_sign_in").fetchall()
    assert len(kept) == 1
    assert "secret" not in str(kept)


@pytest.mark.parametrize(
    "looking",
    [
        "SELECT password FROM access_account",
        "SELECT sealed_secret FROM access_second_factor",
        "SELECT digest FROM access_recovery_code",
        "SELECT password FROM access_past_password",
        "SELECT * FROM access_entering",
        "SELECT * FROM access_sign_in",
        "SELECT * FROM access_change",
        "SELECT access_end_account_sessions(gen_random_uuid(), NULL)",
        "INSERT INTO access_sign_in (id) VALUES (gen_random_uuid())",
    ],
)
def test_the_application_role_sees_neither_digests_nor_secrets_nor_the_lines_of_the_door(house, looking):
    for role in ("guitu_app", "guitu_job"):
        with house.role(role) as door, pytest.raises(psycopg.errors.InsufficientPrivilege):
            door.execute(looking)


def test_not_even_the_door_rewrites_its_lines(house, browser):
    attempt(browser, "x", "x")
    for statement in ("UPDATE access_sign_in SET outcome = 'SUCCEEDED'", "DELETE FROM access_sign_in"):
        with house.role("guitu_signin") as door, pytest.raises(psycopg.errors.InsufficientPrivilege):
            door.execute(statement)
        with house.role("guitu_owner") as door, pytest.raises(psycopg.Error) as refusal:
            door.execute(statement)
        assert refusal.value.sqlstate == "GU010"


def test_a_sign_in_under_way_opens_nothing_and_runs_out(browser, house, password, monkeypatch):
    password("county")
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_account SET must_change = true WHERE id = %s", (account_id("county"),))
    assert attempt(browser, "county", PASSWORD)["Location"].startswith("/sign-in/step/")
    token = browser.cookies["guitu_entering"].value
    browser.cookies["guitu_token"] = token
    assert browser.get("/county/").status_code == 302
    del browser.cookies["guitu_token"]
    assert browser.get("/sign-in/step/").status_code == 200
    later = now() + timedelta(minutes=settings.GUITU_ENTERING_MINUTES)
    monkeypatch.setattr("guitu.web.entrance.steps.now", lambda: later)
    assert browser.get("/sign-in/step/")["Location"].startswith("/sign-in/?")
