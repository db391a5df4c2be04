"""After a bulk load the tables have what they had: the same keys, indexes and triggers, and rows that keep them."""

import uuid
from collections.abc import Callable, Iterator
from functools import partial

import psycopg
import pytest
from psycopg import errors

from guitu.web.generation import bare_tables
from guitu.web.generation.bare_tables import NobodyResponsible, SchemaDiffers, fittings
from guitu.web.generation.specimens import tables_of_persons
from tests.conftest import Server

EVERYTHING = """
SELECT 'index', indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT conrelid::regclass::text, conname || ' ' || pg_get_constraintdef(oid) || convalidated::text
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) || tgenabled::text FROM pg_trigger
 WHERE NOT tgisinternal
UNION ALL SELECT attrelid::regclass::text, attname || attnotnull::text
  FROM pg_attribute JOIN pg_class c ON c.oid = attrelid WHERE relnamespace = 'public'::regnamespace AND attnum > 0
ORDER BY 1, 2
"""
Bare = tuple[Callable[[], psycopg.Connection], psycopg.Connection]


@pytest.fixture
def bare(server: Server, copy_of_the_province: Callable[[], str]) -> Iterator[Bare]:
    """A founded province whose tables of persons stand bare, and another that was left as it was."""
    into = partial(psycopg.connect, server.dsn("guitu_owner", copy_of_the_province()), autocommit=True)
    with psycopg.connect(server.dsn("guitu_owner", copy_of_the_province()), autocommit=True) as untouched:
        with into() as held:
            bare_tables.lay_bare(held, tables_of_persons(held))
        yield into, untouched


def person(held: psycopg.Connection, *, responsible: bool) -> uuid.UUID:
    """A person in two rows, as COPY would write them while nothing stands in the way."""
    made = uuid.uuid4()
    (unit, division) = held.execute("SELECT id, division FROM access_unit WHERE kind = 'prison' LIMIT 1").fetchone()
    held.execute(
        "INSERT INTO people_person (id, number, name, name_sort, name_search, sex, legal_status, responsible_unit_id,"
        " division, ended_reason, created_at)"
        " VALUES (%s, %s, '方砚', 'fang yan', '方砚', '1', 'SERVING', %s, %s, '', now())",
        (made, str(made)[:13], unit, division),
    )
    if responsible:
        held.execute(
            "INSERT INTO people_responsibility (id, person_id, division, unit_id, period, reason)"
            " VALUES (gen_random_uuid(), %s, %s, %s, tstzrange(now(), NULL), 'REGISTERED_FROM_ROSTER')",
            (made, division, unit),
        )
    return made


def fit(bare: Bare) -> None:
    into, untouched = bare
    bare_tables.fit_again(into, untouched, tables_of_persons(untouched), done=lambda _: None)


def test_the_whole_schema_is_the_same_after_tables_were_laid_bare_and_fitted_again(bare: Bare) -> None:
    into, untouched = bare
    tables = tables_of_persons(untouched)
    with into() as held:
        found = fittings(held, tables)
        assert (found.keys, found.indexes) == ((), ())
        person(held, responsible=True)
    fit(bare)
    with into() as held:
        assert held.execute(EVERYTHING).fetchall() == untouched.execute(EVERYTHING).fetchall()


def test_a_row_that_refers_to_nobody_stops_the_fitting(bare: Bare) -> None:
    with bare[0]() as held:
        person(held, responsible=True)
        held.execute("UPDATE people_responsibility SET person_id = gen_random_uuid()")
    with pytest.raises(errors.ForeignKeyViolation):
        fit(bare)


def test_two_units_responsible_at_one_moment_stop_the_fitting(bare: Bare) -> None:
    with bare[0]() as held:
        person(held, responsible=True)
        held.execute("INSERT INTO people_responsibility SELECT * FROM people_responsibility")  # the rows once more
    with pytest.raises(errors.ExclusionViolation):
        fit(bare)


def test_a_person_for_whom_nobody_is_responsible_stops_the_fitting(bare: Bare) -> None:
    with bare[0]() as held:
        person(held, responsible=False)
    with pytest.raises(NobodyResponsible, match="1 persons"):
        fit(bare)


def test_an_index_that_is_missing_afterwards_is_named(bare: Bare) -> None:
    into, untouched = bare
    fit(bare)
    with into() as held:
        held.execute("DROP INDEX people_person_birth")
        tables = tables_of_persons(untouched)
        with pytest.raises(SchemaDiffers, match="people_person: people_person_birth"):
            bare_tables.compare(fittings(held, tables), fittings(untouched, tables))
