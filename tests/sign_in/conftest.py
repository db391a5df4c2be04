"""The window for tests of signing in: a browser without screen, and a password for the account of one post."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from tests.web.peopled import serve_from_source

PASSWORD = "青山-Return-2026"
AT = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def settings_for_pages(monkeypatch):
    """Styles and scripts come from where they are built, as in the other tests of pages."""
    serve_from_source(monkeypatch)


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
