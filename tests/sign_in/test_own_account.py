"""My account: only own sessions are seen and ended, after a factor shown once more; each such proof makes a new token.

A new password needs the present one and ends the others.
"""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from guitu.access import own_account, queries, signing_in
from guitu.access.acting import acting
from guitu.access.establishing import account_id, post_id
from guitu.web.gate import token_cookie
from tests.factories.units import COUNTY
from tests.sign_in.authenticator import Device
from tests.sign_in.test_second_factor import code_of, secret_in, unspent
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
    address = f"/account/sessions/{session_id(house, other)}/end/"
    assert signed_in.post(address, {"given": PASSWORD})["Location"] == "/account/"
    assert not is_open(other)
    assert signed_in.get("/account/").status_code == 200


def test_somebody_elses_session_is_not_found_and_goes_on(signed_in, house):
    foreign = house.token("prison")
    answer = signed_in.post(f"/account/sessions/{session_id(house, foreign)}/end/", {"given": PASSWORD})
    unknown = signed_in.post("/account/sessions/00000000-0000-4000-8000-000000000009/end/", {"given": PASSWORD})
    assert (answer.status_code, unknown.status_code) == (404, 404)
    assert is_open(foreign)


def test_all_others_end_but_not_this_one_nor_anybody_elses(signed_in, house):
    others, foreign = [second_session(), second_session()], house.token("prison")
    signed_in.post("/account/sessions/end-others/", {"given": PASSWORD})
    assert [is_open(token) for token in others] == [False, False]
    assert is_open(foreign)
    assert signed_in.get("/account/").status_code == 200


@pytest.mark.parametrize("given", [{}, {"given": ""}, {"given": "wrong"}, {"given": "000000"}])
def test_without_a_factor_shown_once_more_no_session_ends(signed_in, house, given):
    other, token = second_session(), signed_in.cookies[token_cookie()].value
    one, others = f"/account/sessions/{session_id(house, other)}/end/", "/account/sessions/end-others/"
    for address in (one, others):
        answer = signed_in.post(address, given)
        assert answer.status_code == 422
        assert answer.content.decode().count("验证码或口令不对、已用过，或账号暂时锁定。") == 1
    assert is_open(other)
    assert signed_in.cookies[token_cookie()].value == token, "what is not proved makes no token either"
    assert signed_in.post(others, {"given": PASSWORD}).status_code == 302
    assert not is_open(other), "control: with it they end"


def test_guessing_to_end_a_session_locks_the_account(signed_in):
    other = second_session()
    for _ in range(settings.GUITU_SIGN_IN_TRIES):
        assert signed_in.post("/account/sessions/end-others/", {"given": "wrong"}).status_code == 422
    assert signed_in.post("/account/sessions/end-others/", {"given": PASSWORD}).status_code == 422
    assert is_open(other)


def rows(house):
    """What a session is but its token and when it was last seen."""
    with house.role("guitu_owner") as door:
        return door.execute(
            "SELECT to_jsonb(s) - 'token_hash' - 'last_seen_at' FROM access_session s ORDER BY created_at, id"
        ).fetchall()


class Robbed:
    """A browser whose token somebody else has copied; after each proof the copy must open nothing."""

    def __init__(self, browser, house):
        self.browser, self.house, self.before = browser, house, rows(house)

    def proves(self, act):
        thief = Client(SERVER_NAME="localhost", REMOTE_ADDR="192.0.2.10")
        thief.cookies[token_cookie()] = old = self.browser.cookies[token_cookie()].value
        assert thief.get("/account/").status_code == 200, "control: until then the copy opens"
        answer = act()
        assert answer.status_code in {200, 302}
        cookie = answer.cookies[token_cookie()]
        assert cookie.value not in {"", old}
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
        assert thief.get("/account/").status_code in {302, 401}
        assert thief.post("/account/sessions/end-others/", {"given": PASSWORD}).status_code in {302, 401}
        assert self.browser.get("/account/").status_code == 200, "the owner's next page, or a reload, opens"
        assert rows(self.house) == self.before, "the same session: post, purpose, terminal, beginning and ends"
        return answer


def test_each_proof_within_a_session_gives_it_another_token_and_the_one_before_opens_nothing(at_host, house, password):
    password("county")
    browser = at_host()
    browser.post("/sign-in/", {"login": "county", "password": PASSWORD})
    robbed, device = Robbed(browser, house), Device()
    post = browser.post
    offer = robbed.proves(lambda: post("/account/second-factor/", {"present": PASSWORD}))
    secret = secret_in(offer)
    confirmed = robbed.proves(lambda: post("/account/second-factor/confirm/", {"code": code_of(secret)}))
    assert len(re.findall(r'<li class="gt-ref">', confirmed.content.decode())) == 10
    robbed.proves(lambda: post("/account/recovery-codes/", {"given": PASSWORD}))
    options = robbed.proves(lambda: post("/account/passkeys/options/", {"given": PASSWORD})).json()["options"]
    made = {"name": "手机", "credential": device.make(options)}
    robbed.proves(lambda: post("/account/passkeys/add/", made))
    with house.role("guitu_owner") as door:
        key = door.execute("SELECT id FROM access_passkey").fetchone()[0]
    robbed.proves(lambda: post(f"/account/passkeys/{key}/end/", {"given": PASSWORD}))
    unspent(house)
    robbed.proves(lambda: post("/account/second-factor/end/", {"code": code_of(secret)}))
    robbed.proves(lambda: post("/account/sessions/end-others/", {"given": PASSWORD}))
    robbed.proves(lambda: change(browser))


def test_a_session_at_a_terminal_stays_there_in_its_purpose_and_a_wrong_proof_changes_nothing(signed_in, house):
    with house.role("guitu_owner") as door:
        door.execute(
            "UPDATE access_session SET chosen = purposes[1], network = '192.0.2.0/24', passkey_at = created_at"
        )
    token = signed_in.cookies[token_cookie()].value
    assert change(signed_in, present="wrong").status_code == 422
    assert signed_in.post("/account/second-factor/", {"present": "wrong"}).status_code == 422
    assert signed_in.cookies[token_cookie()].value == token
    assert is_open(token), "a wrong proof ends nothing"
    robbed = Robbed(signed_in, house)
    robbed.proves(lambda: change(signed_in))


def test_a_session_that_is_over_gets_no_other_token(house):
    token = second_session()
    signing_in.end(token)
    assert signing_in.renew(token) == ""
    assert signing_in.renew("never-issued") == ""
    again = signing_in.renew(open_one := second_session())
    assert is_open(again)
    assert not is_open(open_one)


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
