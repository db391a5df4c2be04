"""The window for tests of signing in: a browser without screen, and a password for the account of one post."""

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from guitu.rulebook.sign_in import surroundings
from guitu.web import whereabouts
from tests.sign_in.authenticator import Device
from tests.sign_in.with_passkeys import PASSWORD, add
from tests.web.peopled import serve_from_source

AT = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def settings_for_pages(monkeypatch):
    """Styles and scripts come from where they are built, as in the other tests of pages; no hour is unusual."""
    serve_from_source(monkeypatch)
    usual = replace(surroundings(), opens=time.min, closes=time.max)
    monkeypatch.setattr(whereabouts, "surroundings", lambda: usual)


@pytest.fixture
def browser(house, settings_for_pages):
    """A browser at an address of its own, on a fresh installation; failures of views are raised, not rendered."""
    return Client(REMOTE_ADDR="192.0.2.10")


@pytest.fixture
def password(house):
    """Gives the account with this login the password of the tests, set just now, not to be changed."""

    def give(login, value=PASSWORD):
        with house.role("guitu_owner") as door:
            door.execute(
                "UPDATE access_account SET password = %s, password_set_at = clock_timestamp(), must_change = false"
                " WHERE login = %s",
                (make_password(value), login),
            )
        return value

    return give


@pytest.fixture
def at_host(house, settings_for_pages):
    """Makes browsers that have opened the site under its name, each at an address of its own."""
    return lambda number=10: Client(SERVER_NAME="localhost", REMOTE_ADDR=f"192.0.2.{number}")


@pytest.fixture
def signed_in(at_host, password):
    """A browser in which the county's officer has signed in with a password."""
    password("county")
    browser = at_host()
    assert browser.post("/sign-in/", {"login": "county", "password": PASSWORD})["Location"] == "/"
    return browser


@pytest.fixture
def device(signed_in):
    """The officer's device with a passkey; signed out again."""
    made = Device()
    assert add(signed_in, made).status_code == 200
    signed_in.post("/sign-out/")
    return made
