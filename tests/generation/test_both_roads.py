"""The same 200 people by both roads: taken in from rosters by operations, and pressed by COPY. The tables are equal."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import psycopg
from django.db import connection

from guitu.ledger import keys
from guitu.web.generation import offices
from guitu.web.generation.identities import identity
from guitu.web.generation.pressing import Press
from guitu.web.generation.scripts import script
from tests.conftest import Server
from tests.generation.conftest import TODAY, press

PERSONS, SPECIMENS, SEED = 200, 8, "7"
COMPARED = {
    "people_person": "q.id = t.id",
    "people_identifier": "q.id = t.person_id",
    "people_fact": "q.id = t.person_id",
    "people_responsibility": "q.id = t.person_id",
    "journeys_journey": "q.id = t.person_id",
    "journeys_clock": "q.id = t.person_id",
}
OWN = {"id", "person_id", "journey_id", "number", "value_sealed"}
"""Random ids and the printed number, which is drawn anew."""


@contextmanager
def working_in(database: str) -> Iterator[None]:
    connection.close()
    connection.settings_dict["NAME"] = database
    try:
        yield
    finally:
        connection.close()


def shown(server: Server, database: str) -> dict[str, list[tuple[object, ...]]]:
    """The compared tables, each row with the digest of its person's number in place of ids, sealed values opened."""
    found = {}
    with psycopg.connect(server.dsn("guitu_load", database), autocommit=True) as door:
        for table, joined in COMPARED.items():
            cursor = door.execute(
                f"SELECT i.blind_index AS whose, q.id AS held, t.* FROM {table} t JOIN people_person q ON {joined}"
                " JOIN people_identifier i ON i.person_id = q.id"
            )
            names = [column.name for column in cursor.description or ()]
            rows = []
            for row in cursor:
                told = dict(zip(names, row, strict=True))
                person = told.pop("held")
                for column in ("sealed_value", "value"):
                    if isinstance(told.get(column), bytes):
                        told[column] = keys.decrypt(told[column], belongs_to=f"{person}:{told.get('item', 'id_doc')}")
                rows.append(tuple(str(told[name]) for name in sorted(told) if name not in OWN))
            found[table] = sorted(rows)
    return found


def test_200_people_are_the_same_whether_taken_in_by_operations_or_pressed(
    server: Server, copy_of_the_province: Callable[[], str]
) -> None:
    today = date.fromisoformat(TODAY)
    scripts = [script(SEED, index, SPECIMENS, today) for index in range(SPECIMENS)]
    scratch, pressed, taken_in = (copy_of_the_province() for _ in range(3))
    with working_in(scratch):
        for index, road in enumerate(scripts):
            who = identity(SEED, index, road.release_on, of_specimens=True)
            offices.intake([(who, road)], sender=offices.sender_of(road, who.cast), at=road.steps[0].at)
    press(pressed, scratch, SEED, SPECIMENS, PERSONS)

    choose = Press(SEED, PERSONS, tuple(scripts), (), {})
    groups = defaultdict(list)
    for index in range(PERSONS):
        road = scripts[choose.road(index)]
        who = identity(SEED, index, road.release_on)
        groups[offices.sender_of(road, who.cast), road.steps[0].at].append((who, road))
    with working_in(taken_in):
        for (sender, at), people in sorted(groups.items(), key=lambda group: group[0]):
            offices.intake(people, sender=sender, at=at)

    one, other = shown(server, taken_in), shown(server, pressed)
    for table in COMPARED:
        assert len(one[table]) == len(other[table]) >= PERSONS
        assert one[table] == other[table], table
