"""Fills the template database of the tests: schema, cage, units, posts, assessments. A process of its own, as owner."""

import os
import sys
from datetime import UTC, datetime, timedelta

os.environ["GUITU_ROLE"] = "owner"

import django

django.setup()

from django.db import connection

from guitu.access import signing_in
from guitu.access.acting import ActingSession
from guitu.access.establishing import account_id, declare, found, found_machine, post_id
from guitu.access.queries import session_of
from guitu.web import demonstration_impact as impact
from guitu.web.schema import prepare_schema
from tests.factories.units import POSTS, UNITS


def main() -> int:
    """Build the template in the database the environment names."""
    prepare_schema()
    at = datetime(2026, 1, 1, tzinfo=UTC)
    declare("DEMONSTRATION", at=at)
    found(UNITS, POSTS, at=at)
    found_machine(at=at)
    impact.load(_acting("province"), _acting("security"), at=at)
    with connection.cursor() as cursor:  # some tests go by the real clock, whatever the year
        cursor.execute("UPDATE access_impact_assessment SET ends_at = '2999-01-01Z', kept_until = '2999-01-01Z'")
        cursor.execute("DELETE FROM access_session")  # nobody works in a house that a test begins with
    return 0


def _acting(login: str) -> ActingSession:
    post = next(post for post in POSTS if post.login == login)
    token = signing_in.mint(account_id(login), post_id(login, post.unit, post.role), lasts=timedelta(hours=1))
    session = session_of(token)
    if session is None:
        raise RuntimeError(login)
    return session


if __name__ == "__main__":
    sys.exit(main())
