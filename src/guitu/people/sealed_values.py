"""Sealed values opened without being shown to anybody: do they open at all, after a restore; how do two compare."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import connection

from guitu.ledger.keys import KeyMissing, ValueTampered, decrypt
from guitu.people.facts import item_key
from guitu.people.models import Fact


def unopened_values(*, most: int) -> tuple[int, int]:
    """How many of the newest `most` sealed values were tried, and how many of them did not open."""
    tried = unopened = 0
    newest = Fact.objects.filter(sealed_value__isnull=False).order_by("-from_at")[:most]
    for person_id, item, sealed in newest.values_list("person_id", "item", "sealed_value"):
        if sealed is None:
            continue
        tried += 1
        try:
            decrypt(sealed, belongs_to=item_key(person_id, item))
        except (KeyMissing, ValueTampered):
            unopened += 1
    return tried, unopened


def opened_values(fact_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The grades in these rows in the clear, for comparing by the clock alone; shown to nobody. Raises KeyMissing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM people_grades_compared(%b::uuid[])", [list(set(fact_ids))])
        held = cursor.fetchall()
    return {
        fact_id: value if sealed is None else decrypt(sealed, belongs_to=item_key(person_id, item))
        for fact_id, person_id, item, value, sealed in held
    }
