"""Passkeys: after the password or alone, at one host only, each challenge good once and in one browser; who is refused.

Every refusal sends what the right device would, with one thing bent; its control is the same answer unbent.
"""

from datetime import timedelta

import psycopg
import pytest
from django.conf import settings
from django.test import Client

from guitu.access.establishing import account_id
from guitu.rulebook.sign_in import passkey_rules
from guitu.web.clock import now
from tests.sign_in.authenticator import Device
from tests.sign_in.persons import issue, three
from tests.sign_in.with_passkeys import (
    BOTH_WAYS,
    PASSWORD,
    add,
    came_in,
    offered,
    options_for,
    outcomes,
    send,
    start,
    with_password,
)


@BOTH_WAYS
def test_control_the_right_passkey_comes_in_and_leaves_its_line(at_host, device, house, use):
    browser = at_host()
    assert came_in(browser, send(browser, use, device.show(start(browser, use))))
    assert sorted(outcomes(house)[-2:]) == ["PASSKEY_USED", "SUCCEEDED"]
    page = browser.get("/account/").content.decode()
    assert "用通行密钥验证了身份" in page
    assert "办公电脑" in page


def test_with_a_passkey_the_password_alone_opens_nothing(at_host, device):
    browser = at_host()
    with_password(browser)
    assert browser.get("/county/").status_code == 302
    assert "用通行密钥验证" in browser.get("/sign-in/step/").content.decode()


BENT = {
    "another origin": {"origin": "http://localhost.example"},
    "another port": {"origin": "http://localhost:8001"},
    "another host": {"host": "example.org"},
    "another challenge": {"challenge": "AAAAAAAAAAAAAAAAAAAAAA"},
    "a broken signature": {"signature": b"\x30\x06\x02\x01\x01\x02\x01\x01"},
    "another account's handle": {"handle": b"x" * 32},
}


@BOTH_WAYS
@pytest.mark.parametrize("what", sorted(BENT))
def test_a_bent_answer_is_refused_and_the_unbent_one_is_taken(at_host, device, house, use, what):
    browser = at_host()
    answer = send(browser, use, device.show(start(browser, use), **BENT[what]))
    assert answer.status_code == 422
    assert "guitu_token" not in answer.cookies
    assert outcomes(house)[-1] == "PASSKEY_FAILED"
    assert came_in(browser, send(browser, use, device.show(options_for(browser, use))))


@BOTH_WAYS
@pytest.mark.parametrize(
    "credential", ["", "{}", "[]", "null", "\x00", '{"id": "a", "rawId": "a", "type": "public-key"}']
)
def test_what_is_no_answer_at_all_is_refused_and_never_an_error(at_host, device, use, credential):
    browser = at_host()
    start(browser, use)
    refused = 400 if "\0" in credential else 422  # NUL reaches no view (web/legible.py)
    assert send(browser, use, credential).status_code == refused


@BOTH_WAYS
def test_an_answer_is_taken_once(at_host, device, use):
    browser = at_host()
    credential = device.show(start(browser, use))
    assert came_in(browser, send(browser, use, credential))
    browser.post("/sign-out/")
    if use == "after-password":
        with_password(browser)
    assert send(browser, use, credential).status_code == 422


@BOTH_WAYS
def test_a_challenge_is_used_up_by_a_wrong_answer(at_host, device, use):
    browser = at_host()
    options = start(browser, use)
    assert send(browser, use, device.show(options, origin="http://example.org")).status_code == 422
    assert send(browser, use, device.show(options)).status_code == 422


@BOTH_WAYS
def test_a_newer_challenge_voids_the_one_before(at_host, device, use):
    browser = at_host()
    older, newer = start(browser, use), options_for(browser, use)
    assert older["challenge"] != newer["challenge"]
    assert send(browser, use, device.show(older)).status_code == 422


@BOTH_WAYS
def test_the_challenge_of_another_browser_is_not_taken(at_host, device, use):
    mine, other = at_host(10), at_host(11)
    options, _ = start(mine, use), start(other, use)
    credential = device.show(options)
    assert send(other, use, credential).status_code == 422
    assert came_in(mine, send(mine, use, device.show(options)))


def test_a_challenge_for_one_way_is_not_taken_for_the_other(at_host, device):
    browser = at_host()
    with_password(browser)
    alone = options_for(browser, "alone")
    assert send(browser, "after-password", device.show(alone)).status_code == 422
    assert came_in(browser, send(browser, "alone", device.show(alone)))


@BOTH_WAYS
@pytest.mark.parametrize(("late", "status"), [(timedelta(0), 422), (timedelta(seconds=-1), 302)])
def test_a_challenge_runs_out(at_host, device, use, late, status, monkeypatch):
    moment = now()
    browser = at_host()
    monkeypatch.setattr("guitu.web.entrance.passkeys.now", lambda: moment)
    options = start(browser, use)
    then = moment + passkey_rules().challenge_lasts + late
    monkeypatch.setattr("guitu.web.entrance.passkeys.now", lambda: then)
    assert send(browser, use, device.show(options)).status_code == status


@BOTH_WAYS
@pytest.mark.parametrize(("count", "taken"), [(4, False), (5, False), (6, True)])
def test_a_counter_that_does_not_go_forward_is_refused(at_host, device, use, count, taken):
    browser = at_host()
    assert came_in(browser, send(browser, use, device.show(start(browser, use), count=5)))
    browser.post("/sign-out/")
    answer = send(browser, use, device.show(start(browser, use), count=count))
    assert (answer.status_code == 302) is taken


def test_a_device_that_does_not_count_is_taken_again(at_host, device):
    browser = at_host()
    for _ in range(2):
        assert came_in(browser, send(browser, "alone", device.show(options_for(browser, "alone"), count=0)))
        browser.post("/sign-out/")


def test_alone_the_device_must_have_verified_its_user_and_after_the_password_not(at_host, device):
    browser = at_host()
    options = options_for(browser, "alone")
    assert options["userVerification"] == "required"
    assert send(browser, "alone", device.show(options, verified=False)).status_code == 422
    with_password(browser)
    options = options_for(browser, "after-password")
    assert came_in(browser, send(browser, "after-password", device.show(options, verified=False)))


def test_alone_a_passkey_that_does_not_name_its_account_is_refused(at_host, device):
    browser = at_host()
    assert send(browser, "alone", device.show(options_for(browser, "alone"), handle=b"")).status_code == 422
    options = start(browser, "after-password")
    assert came_in(browser, send(browser, "after-password", device.show(options)))


def test_the_passkey_of_another_account_is_no_second_factor(at_host, device, password, house):
    password("prison")
    theirs, browser = Device(), at_host(11)
    browser.post("/sign-in/", {"login": "prison", "password": PASSWORD})
    assert add(browser, theirs).status_code == 200
    mine = at_host(12)
    with_password(mine)
    assert send(mine, "after-password", theirs.show(options_for(mine, "after-password"))).status_code == 422
    assert outcomes(house)[-1] == "PASSKEY_FAILED"
    assert came_in(mine, send(mine, "after-password", device.show(options_for(mine, "after-password"))))


@BOTH_WAYS
def test_a_device_nobody_registered_is_refused(at_host, device, use):
    browser, stranger = at_host(), Device()
    stranger.handle = device.handle
    assert send(browser, use, stranger.show(start(browser, use))).status_code == 422


@BOTH_WAYS
def test_a_locked_account_stays_locked_and_the_passkey_opens_when_it_is_over(at_host, device, house, use):
    browser = at_host()
    options = start(browser, use)
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_account SET locked_until = clock_timestamp() + interval '1 hour'")
    assert send(browser, use, device.show(options)).status_code == 422
    assert outcomes(house)[-1] == "REFUSED"
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_account SET locked_until = clock_timestamp() - interval '1 second'")
    assert came_in(browser, send(browser, use, device.show(options_for(browser, use))))


def test_an_account_that_is_closed_stays_closed(at_host, device, house):
    browser = at_host()
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_account SET active = false WHERE id = %s", (account_id("county"),))
    assert send(browser, "alone", device.show(options_for(browser, "alone"))).status_code == 422


def test_wrong_answers_lock_the_account(at_host, device, house):
    browser = at_host()
    with_password(browser)
    for _ in range(settings.GUITU_SIGN_IN_TRIES):
        credential = device.show(options_for(browser, "after-password"), origin="http://example.org")
        assert send(browser, "after-password", credential).status_code == 422
    assert outcomes(house)[-1] == "LOCKED"
    assert send(browser, "after-password", device.show(options_for(browser, "after-password"))).status_code == 422


def test_an_address_that_failed_too_often_must_wait(at_host, device, house):
    with house.role("guitu_owner") as door:
        door.execute(
            "INSERT INTO access_sign_in (id, at, outcome, address) SELECT gen_random_uuid(), clock_timestamp(),"
            " 'PASSKEY_FAILED', '192.0.2.10' FROM generate_series(1, %s)",
            (settings.GUITU_ADDRESS_TRIES,),
        )
    assert at_host(10).post("/sign-in/passkey/options/", {"use": "alone"}).status_code == 429
    assert send(at_host(10), "alone", "{}").status_code == 429
    browser = at_host(11)
    assert came_in(browser, send(browser, "alone", device.show(options_for(browser, "alone"))))


def test_a_passkey_alone_skips_the_one_time_code_but_not_a_password_that_is_due(at_host, device, house):
    browser = at_host()
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_account SET must_change = true WHERE login = 'county'")
    answer = send(browser, "alone", device.show(options_for(browser, "alone")))
    assert answer["Location"].startswith("/sign-in/step/")
    assert "设定新口令" in browser.get("/sign-in/step/").content.decode()
    assert browser.get("/county/").status_code == 302


# Making and ending


def test_at_an_ip_address_or_another_name_nothing_is_offered_and_nothing_taken(device, password, settings_for_pages):
    for host in ("127.0.0.1", "testserver"):
        browser = Client(SERVER_NAME=host, REMOTE_ADDR="192.0.2.20")
        page = browser.get("/sign-in/").content.decode()
        assert "data-passkey=" not in page
        assert "要从 localhost 打开本站才能用" in page
        assert browser.post("/sign-in/passkey/options/", {"use": "alone"}).status_code == 422
        assert send(browser, "alone", "{}").status_code == 422
    page = Client(SERVER_NAME="localhost").get("/sign-in/").content.decode()
    assert "data-passkey=" in page


@pytest.mark.parametrize("host", ["", "127.0.0.1"])
def test_without_a_host_name_in_the_settings_there_are_no_passkeys(house, settings_for_pages, monkeypatch, host):
    monkeypatch.setattr(settings, "GUITU_PASSKEY_HOST", host)
    browser = Client(SERVER_NAME=host or "localhost")
    assert "data-passkey=" not in browser.get("/sign-in/").content.decode()
    assert browser.post("/sign-in/passkey/options/", {"use": "alone"}).status_code == 422


def test_over_an_open_connection_only_the_machine_itself_offers_them(house, settings_for_pages, monkeypatch):
    monkeypatch.setattr(settings, "GUITU_PASSKEY_HOST", "testserver")
    browser = Client()
    assert browser.post("/sign-in/passkey/options/", {"use": "alone"}).status_code == 422
    assert browser.post("/sign-in/passkey/options/", {"use": "alone"}, secure=True).status_code == 200


@pytest.mark.parametrize("table", ["access_passkey", "access_challenge"])
def test_the_application_role_sees_neither_passkeys_nor_challenges(house, table):
    for role in ("guitu_app", "guitu_job"):
        with house.role(role) as door, pytest.raises(psycopg.errors.InsufficientPrivilege):
            door.execute(f"SELECT * FROM {table}")


def test_challenges_whose_time_is_over_are_deleted(at_host, house, monkeypatch):
    options_for(at_host(10), "alone")
    later = now() + passkey_rules().challenge_lasts
    monkeypatch.setattr("guitu.web.entrance.passkeys.now", lambda: later)
    options_for(at_host(11), "alone")
    with house.role("guitu_owner") as door:
        assert door.execute("SELECT count(*) FROM access_challenge").fetchone()[0] == 1


# A person's own account


def test_a_person_comes_to_their_own_road_with_a_passkey_alone(at_host, house):
    person, browser, theirs = three(house)["沈望舒"], at_host(), Device()
    issued = issue(house, person)
    browser.post("/sign-in/person/", {"number": issued.login, "secret": issued.code})
    browser.post("/sign-in/step/", {"new": "735284", "again": "735284"})
    options, _ = offered(browser, "735284")
    assert options["user"]["name"] == issued.login
    assert (
        browser.post("/account/passkeys/add/", {"name": "手机", "credential": theirs.make(options)}).status_code == 200
    )
    other = at_host(11)
    assert "用通行密钥登录" in other.get("/sign-in/person/").content.decode()
    answer = other.post("/sign-in/passkey/", {"credential": theirs.show(options_for(other, "alone"))})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert other.get("/my/").status_code == 200


def test_an_account_whose_posts_are_over_is_not_let_in_by_a_passkey(at_host, device, house):
    browser = at_host()
    options = options_for(browser, "alone")
    with house.role("guitu_owner") as door:
        door.execute(
            "UPDATE access_post SET to_at = clock_timestamp() - interval '1 second' WHERE account_id = %s",
            (account_id("county"),),
        )
    answer = send(browser, "alone", device.show(options))
    assert answer.status_code == 422
    assert "现在没有岗位" in answer.content.decode()
    assert "guitu_token" not in answer.cookies
