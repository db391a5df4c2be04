"""Passkeys in a real browser with a virtual device: made on one's own account, shown alone and after the password."""

import re

import pytest
from django.contrib.auth.hashers import make_password
from playwright.sync_api import expect

from tests.e2e.conftest import SHOTS
from tests.e2e.test_every_page_in_a_browser import ASK_AXE

PASSWORD = "青山-Return-2026"


class Desk:
    """A window at the site's host name with a virtual device that holds passkeys."""

    def __init__(self, served, *, language="zh-hans", width=1440) -> None:
        self.address = served.address.replace("127.0.0.1", "localhost")
        window = served.browser.new_context(viewport={"width": width, "height": 900}, base_url=self.address)
        window.add_cookies([{"name": "django_language", "value": language, "url": self.address}])
        self.page = window.new_page()
        self.protocol = window.new_cdp_session(self.page)
        self.protocol.send("WebAuthn.enable")
        device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
        told = self.protocol.send(
            "WebAuthn.addVirtualAuthenticator",
            {"options": device | {"isUserVerified": True, "automaticPresenceSimulation": True}},
        )
        self.device = told["authenticatorId"]

    def knows_its_user(self, knows: bool) -> None:
        """Whether the device recognises whoever holds it."""
        self.protocol.send("WebAuthn.setUserVerified", {"authenticatorId": self.device, "isUserVerified": knows})

    def with_password(self) -> None:
        """Sign in with login and password."""
        self.page.goto("/sign-in/")
        self.page.locator("#login").fill("county")
        self.page.locator("#password").fill(PASSWORD)
        self.page.keyboard.press("Enter")

    def sign_out(self) -> None:
        """End the session and wait for the sign-in."""
        self.page.get_by_role("button", name=re.compile("^(退出|Sign out)$")).click()
        expect(self.page).to_have_url(re.compile("/sign-in/$"))


@pytest.fixture
def desk(served) -> Desk:
    """The county's officer has a password; nobody is signed in."""
    with served.house.role("guitu_owner") as door:
        door.execute(
            "UPDATE access_account SET password = %s, password_set_at = clock_timestamp(), must_change = false"
            " WHERE login = 'county'",
            (make_password(PASSWORD),),
        )
    return Desk(served)


def make_one(desk) -> None:
    page = desk.page
    desk.with_password()
    expect(page).to_have_url(re.compile("/county/"))
    page.goto("/account/")
    page.locator("#passkey-name").fill("办公电脑")
    page.locator("#passkey-given").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.locator("[data-passkey-said]")).to_contain_text("验证码或口令不对")
    page.locator("#passkey-given").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("li.gt-ref")).to_have_count(10)
    page.goto("/account/")
    expect(page.locator("#passkeys td").first).to_have_text("办公电脑")


def test_a_passkey_is_made_and_signs_in_alone_and_after_the_password(desk):
    make_one(desk)
    page = desk.page
    desk.sign_out()
    page.get_by_role("button", name="用通行密钥登录").press("Enter")
    expect(page).to_have_url(re.compile("/county/"))
    desk.sign_out()
    desk.with_password()
    expect(page).to_have_url(re.compile("/sign-in/step/"))
    page.get_by_role("button", name="用通行密钥验证").press("Enter")
    expect(page).to_have_url(re.compile("/county/"))


def test_the_same_device_makes_no_second_one_and_says_so(desk):
    make_one(desk)
    desk.page.locator("#passkey-name").fill("又一个")
    desk.page.locator("#passkey-given").fill(PASSWORD)
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("[data-passkey-said]")).to_have_text("这台设备已经有这个账号的通行密钥。")


def test_a_device_that_does_not_know_its_user_is_told_of_and_can_be_tried_again(desk):
    make_one(desk)
    desk.sign_out()
    desk.knows_its_user(False)
    button = desk.page.get_by_role("button", name="用通行密钥登录")
    button.press("Enter")
    expect(desk.page.locator("[data-passkey-said]")).to_have_text("没有确认，或等得太久。可以再试一次。")
    desk.knows_its_user(True)
    button.press("Enter")
    expect(desk.page).to_have_url(re.compile("/county/"))


def test_a_browser_without_passkeys_and_an_ip_address_say_so(served, desk):
    page = desk.page
    page.add_init_script("delete window.PublicKeyCredential")
    page.goto("/sign-in/")
    expect(page.get_by_text("这个浏览器用不了通行密钥")).to_be_visible()
    expect(page.get_by_role("button", name="用通行密钥登录")).to_be_hidden()
    at_ip = served.visitor(None)
    at_ip.goto("/sign-in/")
    expect(at_ip.get_by_text("要从 localhost 打开本站才能用")).to_be_visible()
    expect(at_ip.get_by_role("button", name="用通行密钥登录")).to_have_count(0)


def test_the_pages_with_passkeys_leave_axe_nothing_to_say_and_fit_a_phone(desk, axe):
    make_one(desk)
    page, found = desk.page, {}

    def look(name):
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate(axe)
            wide = page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth")
            found[name, width] = page.evaluate(ASK_AXE) + (["sideways"] if wide else [])
            if SHOTS:
                page.screenshot(path=f"{SHOTS}/passkey-{name}-{width}.png", full_page=True)
        page.set_viewport_size({"width": 1440, "height": 900})

    page.locator("#passkeys summary").press("Enter")
    look("account")
    desk.sign_out()
    look("sign-in")
    desk.with_password()
    expect(page).to_have_url(re.compile("/sign-in/step/"))
    look("step")
    desk.knows_its_user(False)
    page.goto("/sign-in/person/")
    page.get_by_role("button", name="用通行密钥登录").press("Enter")
    expect(page.locator("[data-passkey-said]")).to_contain_text("没有确认")
    look("person")
    assert {where: said for where, said in found.items() if said} == {}
