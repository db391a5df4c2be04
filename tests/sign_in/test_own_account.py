"""My account: only own sessions are seen and ended; a new password needs the present one and ends the others."""

from datetime import timedelta

import pytest
from django.db import transaction

from guitu.access import own_account, queries, signing_in
from guitu.access.acting import acting
from guitu.access.establishing import account_id, post_id
from tests.factories.units import COUNTY
from tests.sign_in.with_passkeys import PASSWORD

NEW = "归途-Lantern-77"


@pytest.fixture
def signed_in(browser, password):
    """A browser in which the county's officer has signed in with a password."""
    password("county")
    browser.post("/sign-in/", {"login": "county", "password": PASSWORD})
    return browser


def second_session():
    return signing_in.mint(account_id("county"), post_id("county", COUNTY, "COUNTY_OFFICER"), lasts=timedelta(hours=8))


def session_id(house, token):
    with house.role("guitu_owner") as door:
        return door.execute(
            "SELECT id FROM access_session WHERE token_hash = %s", (signing_in.hashed(token),)
        ).fetchone()[0]


def is_open(token):
    try:
        return queries.session_of(token) is not None
    except queries.SessionEnded:
        return False


def test_the_list_shows_the_own_open_sessions_and_which_one_this_is(house):
    mine, other, foreign, over = second_session(), second_session(), house.token("prison"), second_session()
    signing_in.end(over)
    session = queries.session_of(mine)
    with acting(session, session.purposes[0]), transaction.atomic():
        shown = own_account.open_sessions()
    assert [(one.id, one.this) for one in shown] == [
        (session_id(house, mine), True),
        (session_id(house, other), False),
    ]
    assert is_open(foreign)


def test_one_other_session_is_ended_and_this_one_goes_on(signed_in, house):
    other = second_session()
    assert signed_in.post(f"/account/sessions/{session_id(house, other)}/end/")["Location"] == "/account/"
    assert not is_open(other)
    assert signed_in.get("/account/").status_code == 200


def test_somebody_elses_session_is_not_found_and_goes_on(signed_in, house):
    foreign = house.token("prison")
    answer = signed_in.post(f"/account/sessions/{session_id(house, foreign)}/end/")
    unknown = signed_in.post("/account/sessions/00000000-0000-4000-8000-000000000009/end/")
    assert (answer.status_code, unknown.status_code) == (404, 404)
    assert is_open(foreign)


def test_all_others_end_but_not_this_one_nor_anybody_elses(signed_in, house):
    others, foreign = [second_session(), second_session()], house.token("prison")
    signed_in.post("/account/sessions/end-others/")
    assert [is_open(token) for token in others] == [False, False]
    assert is_open(foreign)
    assert signed_in.get("/account/").status_code == 200


def test_the_own_history_tells_what_happened_at_the_door_and_nobody_elses(signed_in, browser):
    browser.post("/sign-in/", {"login": "county", "password": "wrong"})
    browser.post("/sign-in/", {"login": "prison", "password": "wrong"})
    said = signed_in.get("/account/").content.decode()
    assert said.count("192.0.2.10") == 2
    assert "登录成功" in said
    assert "口令不对" in said


def change(browser, present=PASSWORD, new=NEW, again=None):
    return browser.post("/account/password/", {"present": present, "new": new, "again": again or new})


def test_a_new_password_ends_the_other_sessions_and_the_old_one_opens_no_more(signed_in):
    other = second_session()
    assert change(signed_in).status_code == 302
    assert not is_open(other)
    assert signed_in.get("/account/").status_code == 200
    assert signed_in.post("/sign-in/", {"login": "county", "password": PASSWORD}).status_code == 422
    assert signed_in.post("/sign-in/", {"login": "county", "password": NEW}).status_code == 302


@pytest.mark.parametrize(
    "given",
    [
        {"present": "wrong"},
        {"again": "归途-Lantern-78"},
        {"new": "short-1A"},
        {"new": "alllowercaseletters"},
        {"new": PASSWORD},
    ],
)
def test_no_new_password_without_the_present_one_twice_the_same_and_good_enough(signed_in, given):
    assert change(signed_in, **given).status_code == 422
    assert signed_in.post("/sign-in/", {"login": "county", "password": PASSWORD}).status_code == 302


def test_guessing_the_present_password_from_an_open_desk_locks_the_account(signed_in):
    for _ in range(5):
        change(signed_in, present="wrong")
    assert change(signed_in).status_code == 422


def test_the_last_five_passwords_are_not_taken_again_and_the_sixth_is(signed_in):
    words = [f"归途-Lantern-{number}" for number in range(6)]
    present = PASSWORD
    for word in words:
        assert change(signed_in, present=present, new=word).status_code == 302
        present = word
    assert change(signed_in, present=present, new=words[1]).status_code == 422
    assert change(signed_in, present=present, new=words[0]).status_code == 302
