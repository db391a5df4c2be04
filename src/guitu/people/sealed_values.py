"""Whether the sealed values of this database open with the keys at hand: asked after a restore, as guitu_owner."""

from __future__ import annotations

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
