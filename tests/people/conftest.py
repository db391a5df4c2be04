"""Open questions about a near row, for the tests that decide them."""

from datetime import timedelta

import pytest

from tests.factories import rosters
from tests.factories.taking_in import take_in
from tests.people.asking import AT, HELD, MOVED, open_questions


@pytest.fixture
def near(house):
    """One person held by the prison, and the open question that a near row of a later roster raised."""
    take_in(house, HELD)
    take_in(house, rosters.row("陈柏舟", release=MOVED, order="143"), at=AT + timedelta(hours=1))
    (found,) = open_questions(house)
    return found


@pytest.fixture
def elsewhere(house):
    """The open question about a number that another prison holds."""
    take_in(house, HELD)
    take_in(house, rosters.row("陈柏舟", release=MOVED), login="other-prison", at=AT + timedelta(hours=1))
    (found,) = open_questions(house, "identity", own=False)
    return found
