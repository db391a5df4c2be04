"""What the tests of access ask of a house again and again: who is who in it."""

import pytest


@pytest.fixture
def unit(house):
    """The id of a unit by its code."""
    with house.role("guitu_owner") as door:
        return dict(door.execute("SELECT code, id FROM access_unit").fetchall()).__getitem__


@pytest.fixture
def posts(house):
    """The ids of posts by the login of who holds them."""
    with house.role("guitu_owner") as door:
        rows = door.execute("SELECT a.login, p.id FROM access_post p JOIN access_account a ON a.id = p.account_id")
        return dict(rows.fetchall()).__getitem__
