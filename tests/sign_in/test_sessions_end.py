"""A session ends by itself: idle, at its absolute end, with its post, with its account, with a change of post."""

import uuid
from datetime import timedelta

import pytest

from guitu.access import queries, signing_in
from guitu.access.establishing import account_id, post_id
from tests.factories.units import COUNTY, SIBLING_COUNTY


def seen(house, ago):
    """Pretend that every open session was last seen this long ago."""
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_session SET last_seen_at = clock_timestamp() - %s::interval", (ago,))


def county_token(**lasting):
    return signing_in.mint(
        account_id("county"), post_id("county", COUNTY, "COUNTY_OFFICER"), lasts=timedelta(hours=8), **lasting
    )


def test_a_session_that_stands_idle_is_over(house):
    token = county_token(idle=timedelta(minutes=30))
    seen(house, "31 minutes")
    with pytest.raises(queries.SessionEnded):
        queries.session_of(token)


def test_control_a_session_within_its_idle_time_goes_on(house):
    token = county_token(idle=timedelta(minutes=30))
    seen(house, "29 minutes")
    assert queries.session_of(token).account_name == "林知遥"


def test_using_a_session_keeps_it_awake(house):
    token = county_token(idle=timedelta(minutes=30))
    for _ in range(3):
        seen(house, "20 minutes")
        assert queries.session_of(token) is not None
    with house.role("guitu_owner") as door:
        ago = door.execute("SELECT clock_timestamp() - last_seen_at FROM access_session").fetchone()[0]
    assert ago < timedelta(minutes=1)


def test_use_is_noted_at_most_once_a_minute(house):
    token = county_token(idle=timedelta(minutes=30))
    moments = []
    for ago in ("30 seconds", None, "90 seconds"):
        if ago:
            seen(house, ago)
        with house.role("guitu_owner") as door:
            before = door.execute("SELECT last_seen_at FROM access_session").fetchone()[0]
        queries.session_of(token)
        with house.role("guitu_owner") as door:
            moments.append(door.execute("SELECT last_seen_at FROM access_session").fetchone()[0] > before)
    assert moments == [False, False, True]


def test_no_use_brings_an_idle_session_back(house):
    token = county_token(idle=timedelta(minutes=30))
    seen(house, "31 minutes")
    for _ in range(2):
        with pytest.raises(queries.SessionEnded):
            queries.session_of(token)


def test_use_does_not_move_the_absolute_end(house):
    token = county_token(idle=timedelta(minutes=30))
    queries.session_of(token)
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_session SET expires_at = clock_timestamp()")
    with pytest.raises(queries.SessionEnded):
        queries.session_of(token)


@pytest.mark.parametrize(
    "ending",
    [
        "UPDATE access_post SET to_at = clock_timestamp() WHERE account_id = %s",
        "UPDATE access_account SET active = false WHERE id = %s",
    ],
)
def test_leaving_the_post_or_closing_the_account_ends_the_session(house, ending):
    token = county_token()
    assert queries.session_of(token) is not None
    with house.role("guitu_owner") as door:
        door.execute(ending, (account_id("county"),))
    with pytest.raises(queries.SessionEnded):
        queries.session_of(token)


def test_an_ended_session_gets_a_page_that_leads_back(house, browser):
    browser.cookies["guitu_token"] = county_token(idle=timedelta(minutes=30))
    assert browser.get("/county/").status_code == 200
    seen(house, "31 minutes")
    answer = browser.get("/county/?page=2")
    assert answer.status_code == 401
    said = answer.content.decode()
    assert "登录已结束" in said
    assert 'href="/sign-in/?next=/county/%3Fpage%3D2"' in said


def test_what_was_sent_after_the_end_is_said_to_be_unsaved(house, browser):
    token = browser.cookies["guitu_token"] = county_token()
    signing_in.end(token)
    address, elsewhere = f"/persons/{uuid.uuid4()}/answer/", {"referer": "https://elsewhere.example/"}
    answer = browser.post(address, {"note": ""}, headers=elsewhere)
    assert answer.status_code == 401
    assert "没有保存" in answer.content.decode()
    assert 'href="/sign-in/?next=/"' in answer.content.decode()
    written = browser.post(address, {"note": "x"}, headers=elsewhere).content.decode()
    assert "没有保存" not in written  # what was written is kept for its writer: tests/web/test_kept_forms.py
    assert 'href="/sign-in/?next=/kept/' in written
    assert "elsewhere.example" not in written


def test_a_token_that_never_was_is_simply_sent_to_the_door(house, browser):
    browser.cookies["guitu_token"] = "never-issued"
    answer = browser.get("/county/")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/county/")


def test_the_door_and_the_health_page_stay_open_to_an_ended_session(house, browser):
    token = browser.cookies["guitu_token"] = county_token()
    signing_in.end(token)
    assert browser.get("/sign-in/").status_code == 200
    assert browser.get("/healthz").status_code == 200


def test_changing_the_post_ends_the_session_and_begins_another(house, browser):
    second = uuid.uuid4()
    with house.role("guitu_owner") as door:
        door.execute(
            "INSERT INTO access_post (id, account_id, unit_id, role, title, from_at)"
            " SELECT %s, %s, id, 'COUNTY_OFFICER', '代理岗', '2026-01-01' FROM access_unit WHERE code = %s",
            (second, account_id("county"), SIBLING_COUNTY),
        )
    old = browser.cookies["guitu_token"] = county_token()
    assert browser.post("/post/", {"post": str(second)}).status_code == 302
    new = browser.cookies["guitu_token"].value
    assert new != old
    assert queries.session_of(new).post_id == second
    with pytest.raises(queries.SessionEnded):
        queries.session_of(old)
