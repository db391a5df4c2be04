"""Fills the founded province with as many people as asked, by COPY as guitu_load, out of the walked specimens.

``python -m guitu.web.generation.pressing``. Each person takes the road of one specimen and everything else of its own;
where the number asked for is not above the number of specimens, each person is one of them.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

os.environ["GUITU_ROLE"] = "load"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guitu.settings.demo")

import django

django.setup()

import psycopg
from psycopg import sql

from guitu.web.generation import cast, specimens
from guitu.web.generation.connections import connect
from guitu.web.generation.connections import target as own_database
from guitu.web.generation.copies import rows_of
from guitu.web.generation.identities import identity
from guitu.web.generation.progress import Progress
from guitu.web.generation.scripts import Script, script

CHUNK = 1024
"""Persons of one transaction."""


@dataclass(frozen=True)
class Press:
    """What every worker knows: the seed, the scripts with their specimens, the columns to be filled."""

    seed: str
    persons: int
    scripts: tuple[Script, ...]
    specimens: tuple[specimens.Specimen, ...]
    columns: dict[str, tuple[str, ...]]

    def road(self, index: int) -> int:
        """Which specimen's road person `index` takes."""
        if self.persons <= len(self.scripts):
            return index
        return random.Random(f"{self.seed}:road:{index}").randrange(len(self.scripts))  # nosec B311 # noqa: S311 - invented people

    def rows(self, first: int, number: int) -> dict[str, list[str]]:
        """The rows of `number` persons from `first` on, table by table, as COPY reads them."""
        found: dict[str, list[str]] = defaultdict(list)
        for index in range(first, first + number):
            place = self.road(index)
            road = self.scripts[place]
            who = identity(self.seed, index, road.release_on)
            for table, text in rows_of(self.seed, who, road, self.specimens[place]).items():
                found[table].append(text)
        return found

    def fill(self, held: psycopg.Connection[Any], first: int, number: int) -> int:
        """COPY `number` persons in one transaction; returns how many."""
        made = self.rows(first, number)
        held.execute("SET synchronous_commit = off")  # what ends early is thrown away whole
        with held.transaction(), held.cursor() as cursor:
            for table, columns in self.columns.items():
                if not made.get(table):
                    continue
                statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
                    sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
                )
                with cursor.copy(statement) as into:
                    into.write("".join(made[table]))
        return number


def prepare(seed: str, persons: int, count: int, today: date, *, scratch: Sequence[str], target: str) -> Press:
    """Read the specimens out of the scratch databases and keep in the target what roads refer to (definitions).

    Where there are several, specimen `i` was walked in the one at `i` modulo their number.
    """
    scripts = tuple(script(seed, index, count, today) for index in range(count))
    numbers = [
        identity(seed, index, road.release_on, of_specimens=True).fields["id_number"]
        for index, road in enumerate(scripts)
    ]
    found: dict[int, specimens.Specimen] = {}
    columns: dict[str, tuple[str, ...]] = {}
    for part, database in enumerate(scratch):
        with connect(database) as source, connect(target) as into:
            places = range(part, count, len(scratch))
            found |= zip(places, specimens.read(source, [numbers[place] for place in places]), strict=True)
            tables = specimens.tables_of_persons(source)
            columns = {table: tuple(name for name, _ in specimens.columns_of(source, table)) for table in tables}
            _keep_definitions(source, into)
            _keep_what_is_read(source, into)
    return Press(seed, persons, scripts, tuple(found[place] for place in range(count)), columns)


def _keep_definitions(source: psycopg.Connection[Any], into: psycopg.Connection[Any]) -> None:
    kept = source.execute("SELECT id, sha256, kind, text, kept_at FROM journeys_definition").fetchall()
    with into.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO journeys_definition (id, sha256, kind, text, kept_at) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            kept,
        )


def _keep_what_is_read(source: psycopg.Connection[Any], into: psycopg.Connection[Any]) -> None:
    """What the first post of each unit in the specimens' cast has read, every unit of that kind has read too."""
    found = dict(source.execute("SELECT post_id, until FROM notices_read_up_to").fetchall())
    by_kind = {
        cast.units()[code].kind: found[cast.id_of(posts[0])]
        for code, posts in cast.posts().items()
        if cast.id_of(posts[0]) in found
    }
    until = [(cast.id_of(posts[0]), by_kind.get(cast.units()[code].kind)) for code, posts in cast.posts().items()]
    with into.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO notices_read_up_to (post_id, until, at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [(post, moment, moment) for post, moment in until if moment is not None],
        )


_press: list[Press] = []
_held: list[psycopg.Connection[Any]] = []


def _worker(press: Press, target: str) -> None:
    _press.append(press)
    _held.append(connect(target))


def _chunk(first: int) -> int:
    press = _press[0]
    return press.fill(_held[0], first, min(CHUNK, press.persons - first))


def press_all(press: Press, target: str, *, workers: int) -> Iterator[int]:
    """Fill `target` with `workers` processes; yields how many persons each finished chunk held."""
    firsts = range(0, press.persons, CHUNK)
    if workers == 1 or len(firsts) == 1:
        with connect(target) as held:
            for first in firsts:
                yield press.fill(held, first, min(CHUNK, press.persons - first))
        return
    context = multiprocessing.get_context("fork")
    with context.Pool(workers, initializer=_worker, initargs=(press, target)) as pool:
        yield from pool.imap_unordered(_chunk, firsts)


def main(arguments: list[str]) -> int:
    """Press as many people as asked; returns the exit code."""
    parser = argparse.ArgumentParser(prog="guitu.web.generation.pressing")
    parser.add_argument("--seed", required=True)
    parser.add_argument("--persons", type=int, required=True)
    parser.add_argument("--specimens", type=int, required=True)
    parser.add_argument("--today", type=date.fromisoformat, required=True)
    parser.add_argument("--scratch", required=True, nargs="+", help="the databases in which the specimens were walked")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args(arguments)
    target = own_database()
    press = prepare(given.seed, given.persons, given.specimens, given.today, scratch=given.scratch, target=target)
    progress = Progress("人员 · persons loaded", given.persons)
    for done in press_all(press, target, workers=given.workers):
        progress.add(done)
    progress.end()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
