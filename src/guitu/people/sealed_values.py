"""Sealed values opened without being shown to anybody: do they open at all, after a restore; how do two compare."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

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
    """The values of these rows in the clear, for comparing by the clock; shown to nobody. Raises KeyMissing."""
    held = Fact.objects.filter(id__in=set(fact_ids)).values_list("id", "person_id", "item", "value", "sealed_value")
    return {
        fact_id: value if sealed is None else decrypt(sealed, belongs_to=item_key(person_id, item))
        for fact_id, person_id, item, value, sealed in held
    }
