"""At every instant exactly one unit is responsible: the database refuses two at once and a gap."""

import psycopg
import pytest

from tests.roads.walking import AT, Walk


def attempt(house, person, *statements: str) -> None:
    """Run statements as owner in one transaction."""
    with house.role("guitu_owner") as door, door.transaction():
        for statement in statements:
            door.execute(statement, {"person": person})


ENDED = (
    "UPDATE people_responsibility SET period = tstzrange(lower(period), %(to)s) WHERE person_id = %(person)s"
).replace("%(to)s", "'2026-05-01'")
NEXT = """INSERT INTO people_responsibility (id, person_id, division, unit_id, period, reason)
  SELECT gen_random_uuid(), person_id, division, unit_id, tstzrange('{}', NULL), 'TEST'
  FROM people_responsibility WHERE person_id = %(person)s LIMIT 1"""


def test_a_range_that_ends_without_a_next_one_is_refused(house) -> None:
    walk = Walk(house, at=AT)
    with pytest.raises(psycopg.DatabaseError, match="nobody would be responsible"):
        attempt(house, walk.person, ENDED)


def test_a_gap_of_a_day_between_two_ranges_is_refused(house) -> None:
    walk = Walk(house, at=AT)
    with pytest.raises(psycopg.DatabaseError, match="nobody would be responsible"):
        attempt(house, walk.person, ENDED, NEXT.format("2026-05-02"))


def test_two_at_once_are_refused(house) -> None:
    walk = Walk(house, at=AT)
    with pytest.raises(psycopg.errors.ExclusionViolation):
        attempt(house, walk.person, ENDED, NEXT.format("2026-04-30"))


def test_control_one_range_after_the_other_without_a_gap_is_taken(house) -> None:
    walk = Walk(house, at=AT)
    attempt(house, walk.person, ENDED, NEXT.format("2026-05-01"))
