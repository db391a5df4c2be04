"""The second factor: asked after the password, each code good once, secrets sealed, demanded where settings say so."""

import re
import time
from datetime import timedelta

import pyotp
import pytest
from django.conf import settings
from django.utils import timezone

from guitu.access.establishing import account_id
from guitu.access.roles import ROLES
from guitu.rulebook.sign_in import factor_rules
from guitu.web.clock import now
from guitu.web.whereabouts import rules
from tests.sign_in.with_passkeys import PASSWORD

ENOUGH_SECONDS = 2


@pytest.fixture
def signed_in(browser, password):
    """A browser in which the county's officer has signed in with a password."""
    password("county")
    assert browser.post("/sign-in/", {"login": "county", "password": PASSWORD})["Location"] == "/"
    return browser


def secret_in(answer):
    return re.search(r'<p class="gt-ref">([A-Z2-7]{32})</p>', answer.content.decode()).group(1)


def codes_in(answer):
    """The recovery codes that a page shows."""
    return re.findall(r'<li class="gt-ref">([0-9A-Z]{4}(?:-[0-9A-Z]{4}){6})</li>', answer.content.decode())


def code_of(secret):
    """The code of now, which stays the code of now while it is shown: at the end of a step the next one is awaited."""
    generator = pyotp.TOTP(secret)
    left = generator.interval - now().timestamp() % generator.interval
    if left < ENOUGH_SECONDS:
        time.sleep(left)
    return generator.generate_otp(int(now().timestamp()) // generator.interval)


@pytest.fixture
def enrolled(signed_in, house):
    """The same officer with a second factor, signed out again: secret and recovery codes."""
    secret = secret_in(signed_in.post("/account/second-factor/", {"present": PASSWORD}))
    answer = signed_in.post("/account/second-factor/confirm/", {"code": code_of(secret)})
    codes = codes_in(answer)
    signed_in.post("/sign-out/")
    unspent(house)
    return secret, codes


def unspent(house):
    """Let the present code be used again, as if a step had passed."""
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_second_factor SET last_step = 0")


def with_password(browser):
    answer = browser.post("/sign-in/", {"login": "county", "password": PASSWORD, "next": "/county/?queue=sign"})
    assert answer["Location"].startswith("/sign-in/step/")
    assert "guitu_token" not in answer.cookies
    return answer["Location"]


def show(browser, code):
    return browser.post("/sign-in/step/", {"code": code, "next": "/county/?queue=sign"})


def test_after_the_password_the_code_is_asked_and_leads_to_the_page_wanted(signed_in, enrolled):
    with_password(signed_in)
    assert signed_in.get("/county/").status_code == 302 or signed_in.get("/county/").status_code == 401
    answer = show(signed_in, code_of(enrolled[0]))
    assert (answer.status_code, answer["Location"]) == (302, "/county/?queue=sign")
    assert signed_in.get("/county/").status_code == 200


def test_only_the_code_of_the_present_thirty_seconds_is_taken_and_the_refusal_tells_the_time(
    signed_in, enrolled, monkeypatch
):
    moment = now()
    monkeypatch.setattr("guitu.web.entrance.steps.now", lambda: moment)
    monkeypatch.setattr("guitu.web.entrance.coming_in.now", lambda: moment)
    with_password(signed_in)
    generator = pyotp.TOTP(enrolled[0])
    assert generator.interval == 30
    present = int(moment.timestamp()) // generator.interval
    clock = f"服务器现在是{timezone.localtime(moment):%H:%M:%S}"
    for code in (generator.generate_otp(present - 1), generator.generate_otp(present + 1), "none"):
        answer = show(signed_in, code)
        assert (answer.status_code, clock in answer.content.decode()) == (422, True)
    assert show(signed_in, generator.generate_otp(present)).status_code == 302


def test_a_code_is_not_taken_twice_nor_an_older_one_after_it(signed_in, enrolled, monkeypatch):
    moment = now()
    monkeypatch.setattr("guitu.web.entrance.steps.now", lambda: moment)
    generator = pyotp.TOTP(enrolled[0])
    step = int(moment.timestamp()) // generator.interval
    with_password(signed_in)
    assert show(signed_in, generator.generate_otp(step)).status_code == 302
    with_password(signed_in)
    assert show(signed_in, generator.generate_otp(step)).status_code == 422
    later = moment + timedelta(seconds=generator.interval)
    monkeypatch.setattr("guitu.web.entrance.steps.now", lambda: later)
    assert show(signed_in, generator.generate_otp(step)).status_code == 422
    assert show(signed_in, generator.generate_otp(step + 1)).status_code == 302


def test_a_recovery_code_opens_once(signed_in, enrolled):
    codes = enrolled[1]
    assert len(set(codes)) == 10
    with_password(signed_in)
    assert show(signed_in, codes[0].lower()).status_code == 302
    with_password(signed_in)
    assert show(signed_in, codes[0]).status_code == 422
    assert show(signed_in, codes[1]).status_code == 302


def test_wrong_codes_lock_the_account_although_the_password_is_known(signed_in, enrolled):
    for _ in range(settings.GUITU_SIGN_IN_TRIES):
        with_password(signed_in)
        assert show(signed_in, "000000").status_code == 422
    answer = signed_in.post("/sign-in/", {"login": "county", "password": PASSWORD})
    assert answer.status_code == 422


def test_secrets_are_sealed_and_recovery_codes_kept_as_digests(house, enrolled):
    secret, codes = enrolled
    with house.role("guitu_owner") as door:
        sealed = bytes(door.execute("SELECT sealed_secret FROM access_second_factor").fetchone()[0])
        digests = [bytes(row[0]) for row in door.execute("SELECT digest FROM access_recovery_code").fetchall()]
    assert secret.encode() not in sealed
    assert {len(digest) for digest in digests} == {32}
    assert not any(code.replace("-", "").encode() in digest for code in codes for digest in digests)


def test_setting_up_asks_for_the_password_again(signed_in, house):
    answer = signed_in.post("/account/second-factor/", {"present": "wrong"})
    assert answer.status_code == 422
    with house.role("guitu_owner") as door:
        assert door.execute("SELECT count(*) FROM access_second_factor").fetchone()[0] == 0


def test_an_offer_that_nobody_confirmed_is_not_asked_for(signed_in):
    signed_in.post("/account/second-factor/", {"present": PASSWORD})
    signed_in.post("/sign-out/")
    assert signed_in.post("/sign-in/", {"login": "county", "password": PASSWORD})["Location"] == "/"


def test_the_picture_is_shown_once_and_a_wrong_first_code_shows_it_no_more(signed_in):
    secret = secret_in(signed_in.post("/account/second-factor/", {"present": PASSWORD}))
    answer = signed_in.post("/account/second-factor/confirm/", {"code": "000000"})
    assert answer.status_code == 422
    assert secret not in answer.content.decode()
    assert signed_in.post("/account/second-factor/confirm/", {"code": code_of(secret)}).status_code == 200


def test_giving_it_up_needs_a_code_and_then_the_password_alone_opens(signed_in, enrolled, house):
    with_password(signed_in)
    show(signed_in, code_of(enrolled[0]))
    assert signed_in.post("/account/second-factor/end/", {"code": "000000"}).status_code == 422
    assert signed_in.post("/account/second-factor/end/", {"code": enrolled[1][3]}).status_code == 302
    signed_in.post("/sign-out/")
    assert signed_in.post("/sign-in/", {"login": "county", "password": PASSWORD})["Location"] == "/"


def renew(browser, given):
    answer = browser.post("/account/recovery-codes/", {"given": given})
    return answer.status_code, codes_in(answer)


@pytest.mark.parametrize("by", ["code", "password"])
def test_a_fresh_set_of_recovery_codes_voids_the_earlier_one_and_is_shown_once(signed_in, enrolled, house, by):
    secret, codes = enrolled
    with_password(signed_in)
    assert show(signed_in, codes[0]).status_code == 302
    status, fresh = renew(signed_in, code_of(secret) if by == "code" else PASSWORD)
    assert (status, len(set(fresh))) == (200, 10)
    assert not set(fresh) & set(codes)
    page = signed_in.get("/account/").content.decode()
    assert fresh[0] not in page
    assert "还剩10个恢复码" in page
    assert "换了一套恢复码" in page
    signed_in.post("/sign-out/")
    with_password(signed_in)
    assert show(signed_in, codes[1]).status_code == 422
    assert show(signed_in, fresh[1]).status_code == 302


def test_no_fresh_set_without_a_code_or_the_password_and_the_earlier_one_stays(signed_in, enrolled):
    secret, codes = enrolled
    with_password(signed_in)
    show(signed_in, code_of(secret))
    for given in ("", "wrong", "000000", codes[2]):
        assert renew(signed_in, given) == (422, [])
    signed_in.post("/sign-out/")
    with_password(signed_in)
    assert show(signed_in, codes[2]).status_code == 302


def test_a_code_that_was_used_gives_no_fresh_set(signed_in, enrolled):
    secret = enrolled[0]
    with_password(signed_in)
    show(signed_in, code_of(secret))
    assert renew(signed_in, code_of(secret)) == (422, [])


def test_guessing_for_a_fresh_set_locks_the_account(signed_in, enrolled):
    with_password(signed_in)
    show(signed_in, code_of(enrolled[0]))
    for _ in range(settings.GUITU_SIGN_IN_TRIES):
        assert renew(signed_in, "wrong")[0] == 422
    assert renew(signed_in, PASSWORD)[0] == 422


def test_without_a_second_factor_there_is_no_set_to_renew(signed_in):
    assert renew(signed_in, PASSWORD) == (422, [])
    assert "换一套恢复码" not in signed_in.get("/account/").content.decode()


@pytest.fixture
def demanded(monkeypatch):
    """The installation demands a second factor of county officers."""
    monkeypatch.setattr(settings, "GUITU_SECOND_FACTOR_ROLES", ["COUNTY_OFFICER"])


def test_where_it_is_demanded_nobody_comes_in_before_it_is_set_up(browser, password, demanded):
    password("county")
    page = browser.get(with_password(browser))
    secret = secret_in(page)
    assert show(browser, "000000").status_code == 422
    answer = show(browser, code_of(secret))
    assert answer.content.decode().count('<li class="gt-ref">') == 10
    assert browser.get("/county/").status_code == 302
    assert show(browser, "")["Location"] == "/county/?queue=sign"
    assert browser.get("/county/").status_code == 200


def test_where_it_is_demanded_it_cannot_be_given_up(signed_in, enrolled, demanded, house):
    with_password(signed_in)
    show(signed_in, code_of(enrolled[0]))
    unspent(house)
    assert signed_in.post("/account/second-factor/end/", {"code": code_of(enrolled[0])}).status_code == 422
    with house.role("guitu_owner") as door:
        assert door.execute("SELECT count(*) FROM access_second_factor WHERE ended_at IS NULL").fetchone()[0] == 1


def test_a_post_that_demands_it_cannot_be_changed_to_without_it(signed_in, house, monkeypatch):
    with house.role("guitu_owner") as door:
        door.execute(
            "INSERT INTO access_post (id, account_id, unit_id, role, title, from_at) SELECT"
            " '00000000-0000-4000-8000-000000000001', %s, id, 'SUPERVISOR', '监督', '2026-01-01' FROM access_unit"
            " WHERE code = '910100000000'",
            (account_id("county"),),
        )
    chosen = {"post": "00000000-0000-4000-8000-000000000001"}
    monkeypatch.setattr(settings, "GUITU_SECOND_FACTOR_ROLES", ["SUPERVISOR"])
    assert signed_in.post("/post/", chosen).status_code == 403
    monkeypatch.setattr(settings, "GUITU_SECOND_FACTOR_ROLES", [])
    assert signed_in.post("/post/", chosen).status_code == 302


@pytest.fixture
def real(monkeypatch):
    """A real installation that has set nothing: it demands what the rulebook says."""
    monkeypatch.setattr(settings, "GUITU_DEMONSTRATION", False)


def test_a_real_installation_lets_no_officer_in_by_a_password_alone(browser, password, real):
    password("county")
    step = with_password(browser)
    for page in ("/", "/county/", "/search/", "/post/", "/account/"):
        answer = browser.get(page)
        assert (answer.status_code, answer.headers.get("Location", "").startswith("/sign-in/")) in {
            (302, True),
            (401, False),
        }, page
    assert show(browser, code_of(secret_in(browser.get(step)))).status_code == 200
    assert show(browser, "")["Location"] == "/county/?queue=sign"
    assert browser.get("/county/").status_code == 200


def test_control_a_demonstration_asks_for_none(signed_in):
    assert signed_in.get("/county/").status_code == 200


@pytest.mark.parametrize("profile", ["djbh3", "asvs"])
def test_a_real_installation_demands_it_of_every_role_of_staff_and_a_setting_only_adds(real, monkeypatch, profile):
    monkeypatch.setattr(settings, "GUITU_PASSWORD_PROFILE", profile)
    own = {code for code, role in ROLES.items() if role.seats == {"own"}}
    assert factor_rules().exempt == own == {"PERSON", "REPRESENTATIVE", "COMPANION"}
    assert rules().code_roles == set(ROLES) - own
    monkeypatch.setattr(settings, "GUITU_SECOND_FACTOR_ROLES", ["REPRESENTATIVE"])
    assert rules().code_roles == set(ROLES) - own | {"REPRESENTATIVE"}
    monkeypatch.setattr(settings, "GUITU_DEMONSTRATION", True)
    assert rules().code_roles == {"REPRESENTATIVE"}
