"""Tables stand bare while COPY fills them: keys, indexes and checks on insertion are taken off and made again.

Making an index of a full table sorts it once; keeping one at every row of a large COPY touches a random page each time.
What is to be made again is read from a copy of the same database that was left as it was, so nothing is lost where the
loading ends early: a database that stands bare is thrown away, never repaired.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Any

from psycopg import Connection, sql

Connect = Callable[[], Connection[Any]]

_KEYS = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid), contype = 'f',
       coalesce(obj_description(oid, 'pg_constraint'), ''), convalidated
  FROM pg_constraint WHERE contype IN ('p', 'u', 'x', 'f') AND connamespace = 'public'::regnamespace
   AND (conrelid = ANY(%(tables)s::regclass[]) OR confrelid = ANY(%(tables)s::regclass[]))
 ORDER BY conrelid::regclass::text, contype = 'f', conname
"""
_INDEXES = """
SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid),
       coalesce(obj_description(i.indexrelid, 'pg_class'), ''), i.indisvalid
  FROM pg_index i WHERE i.indrelid = ANY(%(tables)s::regclass[]) AND NOT EXISTS (
       SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u', 'x'))
 ORDER BY 1, 2
"""
_TRIGGERS = """
SELECT tgrelid::regclass::text, quote_ident(tgname), pg_get_triggerdef(oid), tgenabled::text
  FROM pg_trigger WHERE tgrelid = ANY(%(tables)s::regclass[]) AND NOT tgisinternal AND tgtype & 4 <> 0 ORDER BY 1, 2
"""
_SIZES = "SELECT t::text FROM unnest(%(tables)s::regclass[]) AS t ORDER BY pg_table_size(t) DESC, t::text"
_NOBODY_RESPONSIBLE = """
SELECT count(*) FROM (
  SELECT q.id FROM people_person q LEFT JOIN (
    SELECT person_id, bool_or(upper_inf(period)) AS open,
           bool_and(upper_inf(period) OR upper(period) IS NOT DISTINCT FROM next) AS whole
      FROM (SELECT person_id, period, lead(lower(period)) OVER (PARTITION BY person_id ORDER BY lower(period)) AS next
              FROM people_responsibility) held GROUP BY person_id
  ) r ON r.person_id = q.id WHERE r.open IS NOT TRUE OR r.whole IS NOT TRUE) AS without
"""


class SchemaDiffers(RuntimeError):
    """After the loading the tables lack a key, an index or a trigger, or have another one; the text names them."""


class NobodyResponsible(RuntimeError):
    """For some loaded persons no unit, or not at every moment one, is responsible; the text says for how many."""


@dataclass(frozen=True)
class Fittings:
    """What some tables have besides their rows: keys with their kind, other indexes, triggers on insertion."""

    keys: tuple[tuple[Any, ...], ...]
    indexes: tuple[tuple[Any, ...], ...]
    triggers: tuple[tuple[Any, ...], ...]


def fittings(held: Connection[Any], tables: Iterable[str]) -> Fittings:
    """Read from the catalogue what these tables have, and the keys of others that refer to them."""
    named = {"tables": list(tables)}
    found = (tuple(map(tuple, held.execute(query, named).fetchall())) for query in (_KEYS, _INDEXES, _TRIGGERS))
    return Fittings(*found)


def lay_bare(held: Connection[Any], tables: Iterable[str]) -> None:
    """Take keys, indexes and triggers on insertion off these tables, in one transaction, as their owner."""
    found = fittings(held, tables)
    with held.transaction():
        for table, name, *_ in sorted(found.keys, key=lambda key: not key[3]):
            _do(held, f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for _table, name, *_ in found.indexes:
            _do(held, f"DROP INDEX {name}")
        for table, name, *_ in found.triggers:
            _do(held, f"ALTER TABLE {table} DISABLE TRIGGER {name}")


def fit_again(
    connect: Connect, untouched: Connection[Any], tables: tuple[str, ...], *, done: Callable[[int], None]
) -> None:
    """Make everything again that the same tables of the `untouched` database have, and hold the rows against it.

    Several tables at once, the largest first; each is vacuumed before, so that its rows are written only once more.
    `done` is told of each table whose indexes stand.
    Raises psycopg's IntegrityError for a row that breaks a key, NobodyResponsible, and SchemaDiffers if the catalogue
    does not say the same of both databases afterwards.
    """
    wanted = fittings(untouched, tables)
    with connect() as held:
        by_size = [str(table) for (table,) in held.execute(_SIZES, {"tables": list(tables)}).fetchall()]
    _each(connect, [[f"VACUUM {table}", *_of_table(wanted, table)] for table in by_size], done)
    foreign = [key for key in wanted.keys if key[3]]
    with connect() as held:
        for table, name, definition, *_ in foreign:
            _do(held, f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition} NOT VALID")
    checked: dict[str, list[str]] = {}
    for table, name, *_ in foreign:
        checked.setdefault(table, []).append(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
    _each(connect, [checked[table] for table in sorted(checked, key=_place_in(by_size))], lambda _: None)
    with connect() as held:
        for table, name, *_ in wanted.triggers:
            _do(held, f"ALTER TABLE {table} ENABLE TRIGGER {name}")
        (without,) = held.execute(_NOBODY_RESPONSIBLE).fetchone() or (0,)
        if without:
            raise NobodyResponsible(f"{without} persons")
        compare(fittings(held, tables), wanted)


def compare(found: Fittings, wanted: Fittings) -> None:
    """Raise SchemaDiffers, naming what differs, unless both say the same."""
    differing = [
        *(set(found.keys) ^ set(wanted.keys)),
        *(set(found.indexes) ^ set(wanted.indexes)),
        *(set(found.triggers) ^ set(wanted.triggers)),
    ]
    if differing:
        raise SchemaDiffers("; ".join(sorted(f"{table}: {name}" for table, name, *_ in differing)))


def _of_table(wanted: Fittings, table: str) -> list[str]:
    made = []
    for owner, name, definition, foreign, words, _ in wanted.keys:
        if owner == table and not foreign:
            made.append(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
            made += _described(f"CONSTRAINT {name} ON {table}", words)
    for owner, name, definition, words, _ in wanted.indexes:
        if owner == table:
            made += [definition, *_described(f"INDEX {name}", words)]
    return made


def _described(what: str, words: str) -> list[str]:
    return [sql.SQL("COMMENT ON {} IS {}").format(sql.SQL(what), sql.Literal(words)).as_string(None)] if words else []


def _place_in(order: list[str]) -> Callable[[str], int]:
    places = {table: place for place, table in enumerate(order)}
    return lambda table: places.get(table, len(order))


def _each(connect: Connect, lists: list[list[str]], done: Callable[[int], None]) -> None:
    """Carry out each list of statements in its order, as many lists at once as the machine has cores."""

    def one(statements: list[str]) -> None:
        with connect() as held:
            held.execute("SET maintenance_work_mem = '512MB'")
            held.execute("SET max_parallel_maintenance_workers = 1")
            for statement in statements:
                _do(held, statement)

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for waiting in as_completed([pool.submit(one, statements) for statements in lists]):
            waiting.result()
            done(1)


def _do(held: Connection[Any], statement: str) -> None:
    # Names and definitions come quoted from the catalogue of this database, never from a user.
    held.execute(sql.SQL(statement))  # type: ignore[arg-type]  # not a literal, for that reason
