"""Browsers, devices and passkeys at the site's own name."""

import pytest

BOTH_WAYS = pytest.mark.parametrize("use", ["after-password", "alone"])
PASSWORD = "青山-Return-2026"
NEXT = "/county/?queue=sign"


def offered(browser, given=PASSWORD):
    answer = browser.post("/account/passkeys/options/", {"given": given})
    return answer.json().get("options"), answer.status_code


def add(browser, device, name="办公电脑", **bent):
    options, _ = offered(browser)
    return browser.post("/account/passkeys/add/", {"name": name, "credential": device.make(options, **bent)})


def with_password(browser, login="county"):
    answer = browser.post("/sign-in/", {"login": login, "password": PASSWORD, "next": NEXT})
    assert answer["Location"].startswith("/sign-in/step/")


def options_for(browser, use):
    return browser.post("/sign-in/passkey/options/", {"use": use}).json()["options"]


def send(browser, use, credential):
    return browser.post("/sign-in/passkey/", {"use": use, "credential": credential, "next": NEXT})


def came_in(browser, answer):
    return answer.status_code == 302 and answer["Location"] == NEXT and browser.get("/county/").status_code == 200


def start(browser, use):
    """Everything before the device is asked, for both ways."""
    if use == "after-password":
        with_password(browser)
    return options_for(browser, use)


def outcomes(house):
    with house.role("guitu_owner") as door:
        return [row[0] for row in door.execute("SELECT outcome FROM access_sign_in ORDER BY at, id").fetchall()]
