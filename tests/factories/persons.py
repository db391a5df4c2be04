"""Whom the acting session has in sight, by name; and the number that somebody would say."""

import uuid

from django.db import connection

from guitu.access.acting import actor
from guitu.access.operations import ask
from guitu.access.roles import ROLES
from guitu.ledger import keys
from guitu.people.facts import item_key


def ask_for_a_list() -> None:
    """Leave the line of a list, under some permission of the acting post."""
    ask(min(ROLES[actor().session.role].may))


def by_name() -> dict[str, uuid.UUID]:
    """Persons by their names as the session may see them, in their order. Inside its transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, id FROM people_masked_person ORDER BY name")
        return dict(cursor.fetchall())


def number_of(house: object, person_id: uuid.UUID) -> str:
    """The number of this person's document, as the person would say it."""
    with house.role("guitu_owner") as door:
        held = door.execute("SELECT value FROM people_identifier WHERE person_id = %s AND to_at IS NULL", [person_id])
        return keys.decrypt(held.fetchone()[0], belongs_to=item_key(person_id, "id_doc"))
