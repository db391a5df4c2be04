"""An unusual network or hour shortens a session and is told; it turns nobody away, and a usual one changes nothing."""

from dataclasses import replace
from datetime import time, timedelta

import pytest
from django.test import Client

from guitu.rulebook.sign_in import HOUR, NETWORK, surroundings
from guitu.web import whereabouts
from guitu.web.gate import token_cookie
from tests.sign_in.with_passkeys import PASSWORD

HOME, NEXT_DOOR, ELSEWHERE, FAR = "192.0.2.10", "192.0.2.77", "198.51.100.7", "2001:db8:1::5"
DAY = time(10, 0)


@pytest.mark.parametrize(
    ("address", "hour", "before", "unusual"),
    [
        (HOME, DAY, [], set()),  # the first time nothing can be compared
        (HOME, DAY, [HOME], set()),
        (NEXT_DOOR, DAY, [HOME], set()),
        (ELSEWHERE, DAY, [HOME], {NETWORK}),
        (ELSEWHERE, DAY, [HOME, ELSEWHERE], set()),
        (FAR, DAY, [HOME], {NETWORK}),
        ("2001:db8:1:9::1", DAY, [FAR], set()),
        ("2001:db8:2::1", DAY, [FAR], {NETWORK}),
        (f"::ffff:{NEXT_DOOR}", DAY, [HOME], set()),  # the same address, as some servers write it
        (f"::ffff:{ELSEWHERE}", DAY, [f"::ffff:{HOME}"], {NETWORK}),
        ("fe80::1%2", DAY, ["fe80::2"], set()),
        ("", DAY, [HOME], set()),
        (HOME, DAY, ["command line: root"], set()),
        (HOME, time(5, 59, 59), [HOME], {HOUR}),
        (HOME, time(6, 0), [HOME], set()),
        (HOME, time(21, 59, 59), [HOME], set()),
        (ELSEWHERE, time(22, 0), [HOME], {NETWORK, HOUR}),
    ],
)
def test_what_is_unusual_follows_from_network_and_hour(address, hour, before, unusual):
    assert surroundings().unusual(address, hour, before) == unusual


def sign_in(address):
    browser = Client(REMOTE_ADDR=address)
    assert browser.post("/sign-in/", {"login": "county", "password": PASSWORD})["Location"] == "/"
    return browser


def stands(house):
    """How many unusual lines and notices there are; how long the newest session lasts and may stand idle."""
    with house.role("guitu_owner") as door:
        lines, told = door.execute(
            "SELECT (SELECT count(*) FROM access_sign_in WHERE outcome = 'UNUSUAL'),"
            " (SELECT count(*) FROM notices_notice WHERE code = 'SIGN_IN_UNUSUAL' AND post_id IS NOT NULL)"
        ).fetchone()
        left, idle = door.execute(
            "SELECT expires_at - clock_timestamp(), idle FROM access_session ORDER BY created_at DESC LIMIT 1"
        ).fetchone()
    return (lines, told), left, idle


SHORT, USUAL = timedelta(minutes=10), timedelta(minutes=30)


def test_from_an_unknown_network_one_comes_in_for_a_shorter_time_and_it_is_told(house, settings_for_pages, password):
    password("county")
    assert sign_in(HOME).get("/county/").status_code == 200
    assert (stands(house)[0], stands(house)[2]) == ((0, 0), USUAL)
    browser = sign_in(ELSEWHERE)
    assert browser.get("/county/").status_code == 200, "nobody is turned away"
    found, left, idle = stands(house)
    assert (found, left <= timedelta(hours=2), idle) == ((1, 1), True, SHORT)
    sign_in(ELSEWHERE)  # known by now
    assert (stands(house)[0], stands(house)[2]) == ((1, 1), USUAL)
    assert "网络或者时间与平常不同" in browser.get("/notices/").content.decode()


def test_a_session_that_goes_on_from_an_unknown_network_is_shortened_once(house, settings_for_pages, password):
    password("county")
    sign_in(ELSEWHERE)
    browser = sign_in(HOME)
    with house.role("guitu_owner") as door:
        door.execute("DELETE FROM access_session WHERE created_at < (SELECT max(created_at) FROM access_session)")
    before, left, idle = stands(house)
    assert (left > timedelta(hours=7), idle) == (False, SHORT)  # home was new itself, after the other network
    browser = sign_in(HOME)
    moved = Client(REMOTE_ADDR=ELSEWHERE)
    moved.cookies[token_cookie()] = browser.cookies[token_cookie()].value
    for address in (NEXT_DOOR, ELSEWHERE, HOME):  # control: networks that are known change nothing
        assert moved.get("/county/", REMOTE_ADDR=address).status_code == 200
    assert (stands(house)[0], stands(house)[2]) == (before, USUAL)
    for _ in range(2):
        assert moved.get("/county/", REMOTE_ADDR=FAR).status_code == 200
    assert (stands(house)[0], stands(house)[2]) == ((before[0] + 1, before[1] + 1), SHORT)
    assert moved.get("/county/", REMOTE_ADDR=HOME).status_code == 200
    assert stands(house)[2] == SHORT, "it is never made longer again"
    assert moved.get("/county/", REMOTE_ADDR=FAR).status_code == 200
    assert stands(house)[0] == (before[0] + 1, before[1] + 1), "one line and one notice for the network"
    with house.role("guitu_owner") as door:  # the control: what lies further back than a shortened session lasts is new
        door.execute("ALTER TABLE access_sign_in DISABLE TRIGGER USER")
        door.execute("UPDATE access_sign_in SET at = at - interval '3 hours' WHERE outcome = 'UNUSUAL'")
    assert moved.get("/county/", REMOTE_ADDR=HOME).status_code == 200
    assert moved.get("/county/", REMOTE_ADDR=FAR).status_code == 200
    assert stands(house)[0] == (before[0] + 2, before[1] + 1)


def test_an_unusual_hour_shortens_it_too_and_a_person_is_never_judged(house, settings_for_pages, password, monkeypatch):
    password("county")
    never = replace(surroundings(), opens=time.min, closes=time.min)
    monkeypatch.setattr(whereabouts, "surroundings", lambda: never)
    assert sign_in(HOME).get("/county/").status_code == 200
    assert (stands(house)[0], stands(house)[2]) == ((1, 1), SHORT)
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_account SET for_person = true WHERE login = 'county'")
    sign_in(ELSEWHERE)
    assert (stands(house)[0], stands(house)[2]) == ((1, 1), USUAL)
