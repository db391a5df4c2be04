"""Writes of people: register, update core items, move responsibility. Joining and separating are a human's acts."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from psycopg.types.range import Range

from guitu.access.acting import actor
from guitu.ledger import keys
from guitu.people import names
from guitu.people.facts import NewFact, end_facts, facts_compared, item_key, write_facts
from guitu.people.models import Fact, Identifier, Person, Responsibility
from guitu.people.queries import identities

_NUMBER_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BATCH = 1000
_RENAME = """
UPDATE people_person q SET name = g.n, name_sort = g.k, name_search = g.f, sex = g.s, birth_date = g.b
  FROM json_to_recordset(%s::json) AS g(p uuid, n text, k text, f text, s text, b date) WHERE q.id = g.p
"""


@dataclass(frozen=True)
class NewPerson:
    """A person to be registered: identity and the core items known now (item code → value, ISO dates)."""

    name: str
    sex: str
    birth_date: date | None
    legal_status: str
    id_kind: str
    id_number: str
    items: Mapping[str, str]
    source: str


@dataclass(frozen=True)
class Under:
    """The unit under whose responsibility a person is registered, and its twelve-digit division."""

    unit_id: uuid.UUID
    division: str


def search_text(name: str) -> str:
    """What a desk's search runs over: the name as written, all its readings, all its initials."""
    return " ".join((name.lower(), *names.search_keys(name), *names.initials(name)))


def person_number() -> str:
    """A new printed number: ten random characters, neither an identity number nor derived from one."""
    body = "".join(secrets.choice(_NUMBER_ALPHABET) for _ in range(10))
    return f"GT-{body[:5]}-{body[5:]}"


def register_many(news: Sequence[NewPerson], *, at: datetime, under: Under | None = None) -> list[uuid.UUID]:
    """Register persons under the responsibility of `under` (the acting unit if left out), set-wise; ids in order.

    Runs inside the caller's transaction. The caller has compared identities before (decision 9).
    """
    session = actor().session
    under = under or Under(session.unit_id, session.division)
    persons, identifiers, responsibilities = [], [], []
    facts: list[NewFact] = []
    for new in news:
        person = Person(
            number=person_number(),
            name=new.name,
            name_sort=names.sort_key(new.name),
            name_search=search_text(new.name),
            sex=new.sex,
            birth_date=new.birth_date,
            legal_status=new.legal_status,
            responsible_unit_id=under.unit_id,
            division=under.division,
            created_at=at,
        )
        persons.append(person)
        if new.id_number:
            identifiers.append(
                Identifier(
                    person=person,
                    division=under.division,
                    kind=new.id_kind,
                    value=keys.encrypt(new.id_number, belongs_to=item_key(person.id, "id_doc")),
                    blind_index=keys.blind_index(new.id_kind, new.id_number),
                    from_at=at,
                )
            )
        facts += [NewFact(person.id, under.division, item, value, new.source) for item, value in new.items.items()]
        responsibilities.append(
            Responsibility(
                person=person,
                division=under.division,
                unit_id=under.unit_id,
                period=Range(at, None, "[)"),
                reason="REGISTERED_FROM_ROSTER",
            )
        )
    Person.objects.bulk_create(persons, batch_size=_BATCH)
    Identifier.objects.bulk_create(identifiers, batch_size=_BATCH)
    Responsibility.objects.bulk_create(responsibilities, batch_size=_BATCH)
    write_facts(facts, at=at)
    return [person.id for person in persons]


@dataclass(frozen=True)
class Newer:
    """Newer values of one person's core items, and, where told, the name, sex and birth date for lists."""

    person_id: uuid.UUID
    items: Mapping[str, str]
    identity: tuple[str, str, date | None] | None = None


def update_many(newer: Sequence[Newer], *, source: str, at: datetime) -> None:
    """Write newer values of many persons, set-wise: the older ones end at `at` and stay as history.

    The columns that lists filter and sort by follow in the same statements. Inside the caller's transaction.
    """
    held = Person.objects.select_for_update(no_key=True).filter(id__in=[one.person_id for one in newer]).order_by("id")
    divisions = dict(held.values_list("id", "division"))
    end_facts([(one.person_id, item) for one in newer for item in one.items], at=at)
    facts = [
        NewFact(one.person_id, divisions[one.person_id], item, value, source)
        for one in newer
        for item, value in one.items.items()
    ]
    write_facts(facts, at=at)
    renamed = [
        {
            "p": str(one.person_id),
            "n": one.identity[0],
            "k": names.sort_key(one.identity[0]),
            "f": search_text(one.identity[0]),
            "s": one.identity[1],
            "b": one.identity[2].isoformat() if one.identity[2] else None,
        }
        for one in newer
        if one.identity is not None
    ]
    if renamed:
        with connection.cursor() as cursor:
            cursor.execute(_RENAME, [json.dumps(renamed, ensure_ascii=False)])


def update_items(person_id: uuid.UUID, items: Mapping[str, str], *, source: str, at: datetime) -> None:
    """Write newer values of one person's core items: `update_many` of one."""
    update_many([Newer(person_id, items)], source=source, at=at)


def add_identifier(person_id: uuid.UUID, *, kind: str, number: str, at: datetime) -> None:
    """Hold one more document number of this person, beside those held already. Idempotent."""
    held = Identifier.objects.filter(person_id=person_id, kind=kind, to_at__isnull=True)
    if held.filter(blind_index__in=keys.blind_indexes(kind, number)).exists():
        return
    Identifier.objects.create(
        person_id=person_id,
        division=Person.objects.values_list("division", flat=True).get(id=person_id),
        kind=kind,
        value=keys.encrypt(number, belongs_to=item_key(person_id, "id_doc")),
        blind_index=keys.blind_index(kind, number),
        from_at=at,
    )


def take_back(person_id: uuid.UUID, *, written_at: datetime, at: datetime) -> None:
    """Undo what was written of this person at `written_at`: later values end at `at`, the earlier ones hold again.

    Earlier values return as new rows with their old source; nothing of the history is changed or removed.
    """
    person = Person.objects.select_for_update(no_key=True).get(id=person_id)
    written = Fact.objects.filter(person=person, from_at=written_at, to_at__isnull=True)
    items = list(written.values_list("item", flat=True))
    written.update(to_at=at)
    earlier = [fact for fact in facts_compared([person_id], ended=written_at) if fact.item in items]
    for fact in earlier:
        fact.pk, fact.from_at, fact.to_at = uuid.uuid4(), at, None
    Fact.objects.bulk_create(earlier)
    Identifier.objects.filter(person=person, from_at=written_at, to_at__isnull=True).update(to_at=at)
    back = {fact.item: fact.value for fact in earlier if fact.item in {"name", "sex", "birth_date"}}
    born = back.get("birth_date")
    now = identities([person_id], with_numbers=False)[person_id]
    rename(
        person_id,
        name=back.get("name", now.name),
        sex=back.get("sex", now.sex or "0"),
        birth_date=date.fromisoformat(born) if born else now.birth_date,
    )
    moved = Responsibility.objects.filter(person=person, period__startswith=written_at).exists()
    before = Responsibility.objects.filter(person=person, period__endswith=written_at).select_related("unit").first()
    if moved and before is not None:
        move_responsibility(
            person_id, unit_id=before.unit_id, division=before.unit.division, reason="IDENTITY_SEPARATED", at=at
        )


def end(person_id: uuid.UUID, *, reason: str, at: datetime) -> None:
    """End a record that should not have been opened: it keeps its history, and its numbers meet nobody any more."""
    Person.objects.filter(id=person_id).update(ended_at=at, ended_reason=reason)
    Identifier.objects.filter(person_id=person_id, to_at__isnull=True).update(to_at=at)


def rename(person_id: uuid.UUID, *, name: str, sex: str, birth_date: date | None) -> None:
    """Bring the columns that lists filter and sort by in step with newer core items."""
    Person.objects.filter(id=person_id).update(
        name=name, sex=sex, birth_date=birth_date, name_sort=names.sort_key(name), name_search=search_text(name)
    )


def move_responsibility(person_id: uuid.UUID, *, unit_id: uuid.UUID, division: str, reason: str, at: datetime) -> None:
    """Make `unit_id` the one responsible unit from `at` on; every row about the person follows its division.

    Written by the receiving side, inside the caller's transaction. Idempotent for the unit that is responsible already.
    """
    person = Person.objects.select_for_update().get(id=person_id)
    if person.responsible_unit_id == unit_id:
        return
    current = Responsibility.objects.get(person=person, period__endswith__isnull=True)
    if current.period.lower >= at:
        # Responsible for no time at all: such a range would be empty and belongs to nobody.
        _place(person.id, unit_id, division)
        Responsibility.objects.filter(id=current.id).update(unit_id=unit_id, reason=reason)
        return
    current.period = Range(current.period.lower, at, "[)")
    current.save(update_fields=["period"])
    _place(person.id, unit_id, division)
    Responsibility.objects.create(
        person_id=person.id, division=division, unit_id=unit_id, period=Range(at, None, "[)"), reason=reason
    )


def _place(person_id: uuid.UUID, unit_id: uuid.UUID, division: str) -> None:
    """Where the person stands from now on, by the database's own function: the row leaves one range for another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT people_place(%s::uuid, %s::uuid, %s::text)", [person_id, unit_id, division])
