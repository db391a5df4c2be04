"""Making, keeping and ending the own passkeys; what stands in for a lost device."""

import re

import pytest
from django.conf import settings

from guitu.rulebook.sign_in import passkey_rules
from tests.sign_in.authenticator import Device
from tests.sign_in.test_second_factor import code_of, codes_in, secret_in, unspent
from tests.sign_in.with_passkeys import (
    BOTH_WAYS,
    NEXT,
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


def test_making_one_needs_the_password_and_shows_recovery_codes_with_the_first_factor_only(signed_in, house):
    assert offered(signed_in, "wrong") == (None, 422)
    answer = add(signed_in, Device())
    assert len(re.findall(r'<li class="gt-ref">', answer.content.decode())) == 10
    assert add(signed_in, Device(), name="手机")["Location"] == "/account/"
    page = signed_in.get("/account/").content.decode()
    assert "办公电脑" in page
    assert "手机" in page
    assert outcomes(house)[-2:] == ["PASSKEY_ADDED", "PASSKEY_ADDED"]


def test_making_one_takes_a_one_time_code_too(signed_in, house):
    secret = secret_in(signed_in.post("/account/second-factor/", {"present": PASSWORD}))
    signed_in.post("/account/second-factor/confirm/", {"code": code_of(secret)})
    unspent(house)
    options, status = offered(signed_in, code_of(secret))
    assert status == 200
    answer = signed_in.post("/account/passkeys/add/", {"name": "手机", "credential": Device().make(options)})
    assert answer.status_code == 302  # the recovery codes of the first factor stay


@pytest.mark.parametrize("bent", [{"origin": "http://example.org"}, {"host": "example.org"}, {}])
def test_a_bent_answer_makes_no_passkey_and_the_unbent_one_does(signed_in, house, bent):
    assert add(signed_in, Device(), **bent).status_code == (422 if bent else 200)
    with house.role("guitu_owner") as door:
        assert door.execute("SELECT count(*) FROM access_passkey").fetchone()[0] == (0 if bent else 1)


def test_one_challenge_makes_one_passkey_and_one_device_is_registered_once(signed_in):
    options, _ = offered(signed_in)
    device = Device()
    form = {"name": "手机", "credential": device.make(options)}
    assert signed_in.post("/account/passkeys/add/", form).status_code == 200
    assert signed_in.post("/account/passkeys/add/", form).status_code == 422
    assert add(signed_in, device).status_code == 422
    options, _ = offered(signed_in)
    assert len(options["excludeCredentials"]) == 1


def test_the_challenge_of_another_session_makes_no_passkey(signed_in, at_host):
    options, _ = offered(signed_in)
    other = at_host(11)
    other.post("/sign-in/", {"login": "county", "password": PASSWORD})
    form = {"name": "手机", "credential": Device().make(options)}
    assert other.post("/account/passkeys/add/", form).status_code == 422
    assert signed_in.post("/account/passkeys/add/", form).status_code == 200


@pytest.mark.parametrize("name", ["", "   ", "长" * 61])
def test_a_passkey_has_a_name_of_a_length_that_can_be_shown(signed_in, name):
    assert add(signed_in, Device(), name=name).status_code == 422
    assert add(signed_in, Device(), name="长" * 60).status_code == 200


def test_an_account_holds_so_many_and_no_more(signed_in):
    for number in range(passkey_rules().most):
        assert add(signed_in, Device(), name=f"第{number}个").status_code in {200, 302}
    assert offered(signed_in) == (None, 422)


def passkey_ids(house):
    with house.role("guitu_owner") as door:
        rows = door.execute("SELECT id FROM access_passkey WHERE ended_at IS NULL ORDER BY created_at").fetchall()
    return [row[0] for row in rows]


def come_in(browser, device):
    assert came_in(browser, send(browser, "alone", device.show(options_for(browser, "alone"))))


def end(browser, passkey_id, given=PASSWORD):
    return browser.post(f"/account/passkeys/{passkey_id}/end/", {"given": given}).status_code


@BOTH_WAYS
def test_an_ended_passkey_opens_no_more(at_host, device, house, use):
    browser = at_host()
    come_in(browser, device)
    second = Device()
    assert add(browser, second).status_code == 302
    assert end(browser, passkey_ids(house)[0], "wrong") == 422
    assert end(browser, passkey_ids(house)[0]) == 302
    browser.post("/sign-out/")
    assert send(browser, use, device.show(start(browser, use))).status_code == 422
    assert came_in(browser, send(browser, use, second.show(options_for(browser, use))))


def test_with_the_last_one_the_recovery_codes_end_and_the_password_alone_opens(at_host, device, house):
    browser = at_host()
    come_in(browser, device)
    assert end(browser, passkey_ids(house)[0]) == 302
    with house.role("guitu_owner") as door:
        assert door.execute("SELECT count(*) FROM access_recovery_code WHERE used_at IS NULL").fetchone()[0] == 0
    browser.post("/sign-out/")
    assert browser.post("/sign-in/", {"login": "county", "password": PASSWORD})["Location"] == "/"


def test_where_a_second_factor_is_demanded_the_last_one_stays(at_host, device, house, monkeypatch):
    monkeypatch.setattr(settings, "GUITU_SECOND_FACTOR_ROLES", ["COUNTY_OFFICER"])
    browser = at_host()
    come_in(browser, device)
    assert end(browser, passkey_ids(house)[0]) == 422
    assert add(browser, Device()).status_code == 302
    assert end(browser, passkey_ids(house)[0]) == 302
    assert end(browser, passkey_ids(house)[0]) == 422


def test_giving_up_the_generator_keeps_recovery_codes_while_a_passkey_is_left(signed_in, house):
    secret = secret_in(signed_in.post("/account/second-factor/", {"present": PASSWORD}))
    signed_in.post("/account/second-factor/confirm/", {"code": code_of(secret)})
    assert add(signed_in, Device()).status_code == 302
    unspent(house)
    assert signed_in.post("/account/second-factor/end/", {"code": code_of(secret)}).status_code == 302
    with house.role("guitu_owner") as door:
        assert door.execute("SELECT count(*) FROM access_recovery_code WHERE used_at IS NULL").fetchone()[0] == 10


def test_a_recovery_code_opens_where_the_device_is_lost(signed_in, at_host):
    answer = add(signed_in, Device())
    code = codes_in(answer)[0]
    browser = at_host(11)
    with_password(browser)
    assert browser.post("/sign-in/step/", {"code": code, "next": NEXT})["Location"] == NEXT


def test_somebody_elses_passkey_is_not_found_and_stays(at_host, device, house, password):
    password("prison")
    browser = at_host(11)
    browser.post("/sign-in/", {"login": "prison", "password": PASSWORD})
    assert end(browser, passkey_ids(house)[0]) == 404
    assert len(passkey_ids(house)) == 1


# The host
