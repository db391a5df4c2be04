"""Reads of people: one file, lists, identity look-ups. Sensitive items come out only through `reveal`."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from guitu.ledger import keys
from guitu.people.models import Fact, Identifier, Person
from guitu.people.operations import item_key


@dataclass(frozen=True)
class FactView:
    """The present value of a core item with its origin; `value` is None where the item is sealed (L4)."""

    item: str
    value: str | None
    source: str
    collected_at: datetime
    review_on: date | None


@dataclass(frozen=True)
class PersonFile:
    """What stands at the head of a file, and the core items by code."""

    id: uuid.UUID
    number: str
    name: str
    sex: str
    birth_date: date | None
    legal_status: str
    responsible_unit_id: uuid.UUID
    division: str
    items: Mapping[str, FactView]


@dataclass(frozen=True)
class HeldNumber:
    """An identifier that is held: by a person within reach, or elsewhere (then nothing else is told)."""

    person_id: uuid.UUID | None
    elsewhere: bool


def file_of(person_id: uuid.UUID) -> PersonFile:
    """The person's file without sealed values. Raises Person.DoesNotExist outside the acting post's reach."""
    person = Person.objects.get(id=person_id)
    facts = Fact.objects.filter(person_id=person_id, to_at__isnull=True)
    return PersonFile(
        person.id,
        person.number,
        person.name,
        person.sex,
        person.birth_date,
        person.legal_status,
        person.responsible_unit_id,
        person.division,
        {
            fact.item: FactView(
                fact.item,
                None if fact.sealed_value is not None else fact.value,
                fact.source,
                fact.collected_at,
                fact.review_on,
            )
            for fact in facts
        },
    )


def division_of(person_id: uuid.UUID) -> str:
    """The responsible unit's division of this person."""
    return Person.objects.values_list("division", flat=True).get(id=person_id)


def reveal(person_id: uuid.UUID, item: str) -> str | None:
    """The clear value of one item, or None if it is not known. The caller has asked and traced before."""
    fact = Fact.objects.filter(person_id=person_id, item=item, to_at__isnull=True).first()
    if fact is None:
        return None
    if fact.sealed_value is None:
        return fact.value
    return keys.decrypt(fact.sealed_value, belongs_to=item_key(person_id, item))


def items_for_dossier(person_id: uuid.UUID) -> dict[str, str]:
    """All present core items in the clear: what the receiving county is lawfully sent."""
    found: dict[str, str] = {}
    for fact in Fact.objects.filter(person_id=person_id, to_at__isnull=True):
        found[fact.item] = (
            fact.value
            if fact.sealed_value is None
            else keys.decrypt(fact.sealed_value, belongs_to=item_key(person_id, fact.item))
        )
    return found


def items_of_many(person_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, dict[str, str]]:
    """The present core items of many persons in the clear, for comparing a newer roster with what is held."""
    found: dict[uuid.UUID, dict[str, str]] = {person_id: {} for person_id in person_ids}
    for fact in Fact.objects.filter(person_id__in=list(found), to_at__isnull=True):
        found[fact.person_id][fact.item] = (
            fact.value
            if fact.sealed_value is None
            else keys.decrypt(fact.sealed_value, belongs_to=item_key(fact.person_id, fact.item))
        )
    return found


def held_numbers(kind: str, numbers: Iterable[str]) -> dict[str, HeldNumber]:
    """Which of these document numbers are held already, in two statements whatever their count."""
    wanted = {keys.blind_index(kind, number): number for number in numbers}
    found: dict[str, HeldNumber] = {}
    own = Identifier.objects.filter(kind=kind, blind_index__in=list(wanted), to_at__isnull=True)
    for person_id, digest in own.values_list("person_id", "blind_index"):
        found[wanted[bytes(digest)]] = HeldNumber(person_id, elsewhere=False)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT digest FROM unnest(%s::bytea[]) AS digest WHERE EXISTS"
            " (SELECT 1 FROM people_find_identifier(%s::text, digest) f WHERE f.held_elsewhere)",
            [list(wanted), kind],
        )
        for (digest,) in cursor.fetchall():
            found.setdefault(wanted[bytes(digest)], HeldNumber(None, elsewhere=True))
    return found


def find(text: str, *, most: int) -> list[PersonFile]:
    """Persons in reach whose name, pinyin, initials or printed number match `text`, best twenty first by pinyin."""
    wanted = text.strip().lower()
    rows = Person.objects.filter(name_search__contains=wanted).order_by("name_sort", "id")[:most]
    if not wanted:
        return []
    found = list(rows) or list(Person.objects.filter(number__iexact=text.strip())[:most])
    return [
        PersonFile(p.id, p.number, p.name, p.sex, p.birth_date, p.legal_status, p.responsible_unit_id, p.division, {})
        for p in found
    ]
