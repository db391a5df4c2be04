"""Before and after the people: the empty province is founded, its tables stand bare while they are filled.

``python -m guitu.web.generation.founding [--lay-bare | --finish --untouched DATABASE]``, as guitu_owner.
"""

from __future__ import annotations

import argparse
import os
import sys

os.environ["GUITU_ROLE"] = "owner"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guitu.settings.demo")

import django

django.setup()

from functools import partial

from guitu.access import establishing
from guitu.people.queries import is_empty
from guitu.web.clock import now
from guitu.web.generation import bare_tables, cast
from guitu.web.generation.connections import connect, target
from guitu.web.generation.progress import Progress
from guitu.web.generation.specimens import tables_of_persons
from guitu.web.schema import prepare_schema, rulebook_stands

OPENED_BEFORE = 2


def found() -> int:
    """Migrate, compile, and found units and posts; the exit code.

    An installation that holds persons already is left as it is: exit code OPENED_BEFORE.
    """
    if not rulebook_stands():
        return 1
    prepare_schema()
    establishing.declare("DEMONSTRATION", at=now())
    establishing.found_machine(at=establishing.beginning())
    if not is_empty():
        return OPENED_BEFORE
    if not establishing.has_units():
        posts = [post for held in cast.posts().values() for post in held]
        establishing.found(cast.units().values(), posts, at=establishing.beginning())
    return 0


def finish(untouched: str) -> None:
    """Make keys and indexes again as they are in the database `untouched`, analyse, and note the province as whole."""
    with connect(untouched) as before:
        tables = tables_of_persons(before)
        progress = Progress("键与索引 · keys and indexes, tables", len(tables))
        bare_tables.fit_again(partial(connect, target()), before, tables, done=progress.add)
        progress.end()
    with connect(target()) as held:
        held.execute("ANALYZE")
    establishing.mark_filled(at=now())


def main(arguments: list[str]) -> int:
    """Do one of the three; returns the exit code."""
    parser = argparse.ArgumentParser(prog="guitu.web.generation.founding")
    parser.add_argument("--lay-bare", action="store_true", help="take keys and indexes off the tables of persons")
    parser.add_argument("--finish", action="store_true", help="make them again and analyse")
    parser.add_argument("--untouched", help="a database of this server whose tables still have theirs")
    given = parser.parse_args(arguments)
    if given.lay_bare:
        with connect(target()) as held:
            bare_tables.lay_bare(held, tables_of_persons(held))
    elif given.finish:
        finish(given.untouched)
    else:
        return found()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
