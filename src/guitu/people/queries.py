"""Reads of people: one file, lists, identity look-ups.

What leaves here is what the decision table lets the acting post see: in the clear, masked, or not at all; sensitive
items one at a time, through `reveal`. `identities`, `matches_of` and `items_of_many` compare inside an operation.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import connection

from guitu.access.deciding import WORDS, item_told_by, sight_and_held, sight_of
from guitu.ledger import keys
from guitu.people import by_name
from guitu.people.facts import clear, facts_compared, item_key
from guitu.people.identity_numbers import normalise_number
from guitu.people.matching import IdentityView, Match, block_keys, candidates
from guitu.people.models import Fact, Identifier, Person
from guitu.people.names import normalise_name
from guitu.rulebook.book import load_national
from guitu.rulebook.masking import COVER, MASKS


@dataclass(frozen=True)
class FactView:
    """A value of a core item with its origin; `value` is as the decision table lets it be seen, None where not.

    `effect` is the table's word (allow, mask, reveal, two_persons, deny). `collected_by` is the post,
    `purpose` its code; the value holds from `from_at` until `to_at` (None: still).
    """

    item: str
    value: str | None
    source: str
    collected_at: datetime
    collected_by: uuid.UUID
    purpose: str
    review_on: date | None
    from_at: datetime
    to_at: datetime | None
    effect: str


@dataclass(frozen=True)
class PersonFile:
    """What stands at the head of a file, and the core items by code; as the acting post may see them.

    `birth_date` is None also where no more than the year may be seen, `sex` and `legal_status` are empty where they
    may not.
    """

    id: uuid.UUID
    number: str
    name: str
    sex: str
    birth_date: date | None
    legal_status: str
    responsible_unit_id: uuid.UUID
    division: str
    items: Mapping[str, FactView]
    with_history: frozenset[str]


@dataclass(frozen=True)
class HeldNumber:
    """An identifier that is held: by a person within reach, or elsewhere (then nothing else is told)."""

    person_id: uuid.UUID | None
    elsewhere: bool


_NONE: frozenset[str] = frozenset()
NUMBER_KINDS = (
    "resident_id",
    "hk_macao_residence",
    "taiwan_residence",
    "hk_macao_permit",
    "taiwan_permit",
    "foreign_permanent",
    "passport",
    "other",
)
"""The kinds of documents under whose number a person may be held, as rosters name them."""
CLEAR = frozenset({"allow", "reveal"})
"""The effects under which a value may be opened, if only one at a time."""


def file_of(person_id: uuid.UUID) -> PersonFile:
    """The person's file, items masked. Raises Person.DoesNotExist outside the acting post's reach."""
    head = head_of(person_id)
    rows = _facts_shown([person_id])
    items = {view.item: view for _, view in rows if view.to_at is None}
    past = frozenset(view.item for _, view in rows if view.to_at is not None)
    return replace(head, items=items, with_history=past & items.keys())


def head_of(person_id: uuid.UUID) -> PersonFile:
    """What stands at the head of the file, without items. Raises Person.DoesNotExist outside the reach."""
    found = heads_of([person_id])
    if not found:
        raise Person.DoesNotExist
    return found[person_id]


def shown_items(person_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, dict[str, FactView]]:
    """The present core items of many persons as they may be seen, without those out of reach. Two statements."""
    ids = list(person_ids)
    sight = sight_of(ids)
    found: dict[uuid.UUID, dict[str, FactView]] = {one: {} for one in ids if one in sight.standings}
    for one, view in _facts_shown(list(found)):
        if view.to_at is None:
            found[one][view.item] = view
    return found


_HEADS = """
SELECT id, number, coalesce(name, %s), coalesce(sex, ''), birth_date, coalesce(legal_status, ''), responsible_unit_id,
  division FROM people_heads_shown(%b::uuid[])
"""


def heads_of(person_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, PersonFile]:
    """What stands at the head of these files, without items, as the database lets it be seen. One statement."""
    if not person_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_HEADS, [COVER, list(person_ids)])
        return {
            one: PersonFile(one, number, name, sex, _day(born), status, unit_id, division, {}, _NONE)
            for one, number, name, sex, born, status, unit_id, division in cursor.fetchall()
        }


def _day(shown: str | None) -> date | None:
    """A birth date that is shown whole; of a masked one there is no day."""
    try:
        return date.fromisoformat(shown or "")
    except ValueError:
        return None


_FACTS = """
SELECT person_id, item, effect, mask, value, sealed_value, source, collected_at, collected_by, purpose, review_on,
  from_at, to_at FROM people_facts_shown(%b::uuid[])
"""


def _facts_shown(person_ids: Sequence[uuid.UUID]) -> list[tuple[uuid.UUID, FactView]]:
    """Every value of these persons' core items, older ones too, as the database lets it be seen. One statement."""
    if not person_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, [list(person_ids)])
        return [_fact_view(row) for row in cursor.fetchall()]


def _fact_view(row: tuple[Any, ...]) -> tuple[uuid.UUID, FactView]:
    person_id, item, effect, mask, value, sealed, *origin = row
    source, collected_at, collected_by, purpose, review_on, from_at, to_at = origin
    if mask == "covered":
        value = COVER
    elif sealed is not None:
        whole = clear(person_id, item, "", sealed)
        value = MASKS[mask](whole) if effect == "mask" else whole
    return person_id, FactView(
        item, value, source, collected_at, collected_by, purpose, review_on, from_at, to_at, effect
    )


def history_of(person_id: uuid.UUID, item: str) -> list[FactView]:
    """Every value of one item as it may be seen, the present one first, then the older ones."""
    held = [view for _, view in _facts_shown([person_id]) if view.item == item]
    return sorted(held, key=lambda view: (view.from_at, view.to_at is None, view.to_at or view.from_at), reverse=True)


def open_items(person_id: uuid.UUID) -> list[str]:
    """The L3 and L4 items that are shown unmasked to the acting post: what a look at them is to be traced with."""
    levels = load_national().items
    sight, held = sight_and_held(person_id)
    return sorted(
        item
        for item in held.items
        if levels[item].level in {"L3", "L4"} and sight.of(person_id, item).effect == "allow"
    )


def items_told(person_id: uuid.UUID) -> list[str]:
    """The same with what special circumstances and words on the file's page tell, as far as the post may know them."""
    levels = load_national().items
    sight, held = sight_and_held(person_id)
    items = [*held.items, WORDS] if held.words else held.items
    told = {item for item in items if sight.of(person_id, item).effect == "allow"}
    told.update(
        item for mark in held.marks if sight.knows(person_id, mark) and (item := item_told_by(mark)) is not None
    )
    return sorted(item for item in told if levels[item].level in {"L3", "L4"})


def division_of(person_id: uuid.UUID) -> str:
    """The responsible unit's division of this person."""
    return Person.objects.values_list("division", flat=True).get(id=person_id)


def numbers_of(person_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The printed numbers of these persons' files, without those of whom the acting post sees no row. One statement."""
    return dict(Person.objects.filter(id__in=list(person_ids)).values_list("id", "number"))


def divisions_of(person_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The responsible units' divisions of these persons, in one statement."""
    return dict(Person.objects.filter(id__in=list(person_ids)).values_list("id", "division"))


def reveal(person_id: uuid.UUID, item: str) -> str | None:
    """The clear value of one item, or None where it is not known or the decision table does not let it be opened.

    The caller has asked and traced before; without that line the database gives nothing.
    """
    return values_of(person_id, [item]).get(item)


def may_reveal(person_id: uuid.UUID, item: str) -> bool:
    """Whether the item is held and `reveal` would give it once it is traced. Inside the caller's transaction."""
    held = Fact.objects.filter(person_id=person_id, item=item, to_at__isnull=True).exists()
    return held and sight_of([person_id]).of(person_id, item).effect in CLEAR


def is_empty() -> bool:
    """Whether no person is held at all. Asked as guitu_owner, before an installation is filled."""
    return not Person.objects.exists()


def values_of(person_id: uuid.UUID, items: Iterable[str]) -> dict[str, str]:
    """The present clear values of these items, as far as the acting post may see or open them: for a document.

    The caller has asked and traced before; without that line the database gives only what may be seen anyway.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM people_facts_opened(%s::uuid, %s::text[])", [person_id, list(items)])
        return {item: clear(person_id, item, value, sealed) for item, value, sealed in cursor.fetchall()}


def items_of_many(person_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, dict[str, str]]:
    """The present core items of many persons in the clear, for comparing a newer roster with what is held."""
    found: dict[uuid.UUID, dict[str, str]] = {person_id: {} for person_id in person_ids}
    for fact in facts_compared(found):
        found[fact.person_id][fact.item] = clear(fact.person_id, fact.item, fact.value, fact.sealed_value)
    return found


def held_numbers(kind: str, numbers: Iterable[str]) -> dict[str, HeldNumber]:
    """Which of these document numbers are held already, in two statements whatever their count."""
    wanted = {digest: number for number in numbers for digest in keys.blind_indexes(kind, number)}
    found: dict[str, HeldNumber] = {}
    own = Identifier.objects.filter(kind=kind, blind_index__in=list(wanted), to_at__isnull=True)
    for person_id, digest in own.values_list("person_id", "blind_index"):
        found[wanted[bytes(digest)]] = HeldNumber(person_id, elsewhere=False)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT f.digest FROM people_find_identifier(%s::text, %s::bytea[]) f WHERE f.held_elsewhere",
            [kind, list(wanted)],
        )
        for (digest,) in cursor.fetchall():
            found.setdefault(wanted[bytes(digest)], HeldNumber(None, elsewhere=True))
    return found


def person_numbered(digests: Sequence[tuple[str, bytes]]) -> uuid.UUID | None:
    """The person in reach who holds exactly one of these numbers (kind and blind index), or None."""
    held = Identifier.objects.filter(blind_index__in=[digest for _, digest in digests], to_at__isnull=True)
    found = set(held.values_list("person_id", flat=True))  # the kind is part of what is digested
    return found.pop() if len(found) == 1 else None


def digests_of(number: str) -> list[tuple[str, bytes]]:
    """The kinds and blind indexes under which a number may be held; none for an empty one."""
    written = normalise_number(number)
    kinds = NUMBER_KINDS if written else ()
    return [(kind, digest) for kind in kinds for digest in keys.blind_indexes(kind, written)]


def identities(person_ids: Iterable[uuid.UUID], *, with_numbers: bool = True) -> dict[uuid.UUID, IdentityView]:
    """These persons as identities for comparing; numbers are decrypted only if `with_numbers`. Two statements.

    Names of records that were joined into one of them count as its former names. The caller has asked for the work and
    traced it before; without that line the database refuses.
    """
    ids = list(person_ids)
    numbers: dict[uuid.UUID, list[tuple[str, str]]] = defaultdict(list)
    if with_numbers:
        held = Identifier.objects.filter(person_id__in=ids, to_at__isnull=True).order_by("-from_at", "id")
        for person_id, kind, sealed in held.values_list("person_id", "kind", "value"):
            numbers[person_id].append((kind, keys.decrypt(sealed, belongs_to=item_key(person_id, "id_doc"))))
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM people_identities(%s::uuid[])", [ids])
        people = cursor.fetchall()
    return {
        person_id: IdentityView(
            key=str(person_id),
            name=name,
            numbers=tuple(numbers[person_id]),
            birth_date=born,
            sex=sex,
            former_names=tuple(dict.fromkeys(former for former in formers if former != name)),
            division=household or None,
        )
        for person_id, name, born, sex, formers, household in people
    }


def matches_of(views: Sequence[IdentityView]) -> dict[str, list[Match]]:
    """For each of `views` by key: the persons in reach that it may be, the strongest rule first; never itself.

    A fixed number of statements whatever the count. Persons with an equal number are taken as they are; near ones are
    sought only inside the blocks of `matching.block_keys`, and only what shares a block is decrypted (decision 9).
    """
    digests: dict[bytes, list[str]] = defaultdict(list)
    for view in views:
        for sought in [digest for held in view.numbers for digest in keys.blind_indexes(*held)]:
            digests[sought].append(view.key)
    by_number: dict[str, set[uuid.UUID]] = defaultdict(set)
    equal = Identifier.objects.filter(blind_index__in=list(digests), to_at__isnull=True)
    for person_id, digest in equal.values_list("person_id", "blind_index"):
        for key in digests[bytes(digest)]:
            if key != str(person_id):
                by_number[key].add(person_id)
    numbered = identities({one for found in by_number.values() for one in found}, with_numbers=False)
    made: dict[str, list[Match]] = {}
    open_views = []
    for view in views:
        same = [replace(numbered[one], numbers=view.numbers) for one in by_number[view.key] if one in numbered]
        made[view.key] = candidates(view, same)
        if not any(match.joins for match in made[view.key]):
            open_views.append(view)
    for key, near in _near(open_views).items():
        known = {match.held.key for match in made[key]}
        made[key] += [match for match in near if match.held.key not in known]
    return made


def _near(views: Sequence[IdentityView]) -> dict[str, list[Match]]:
    if not views:
        return {}
    names = {normalise_name(name) for view in views for name in (view.name, *view.former_names)}
    births = {view.birth_date for view in views if view.birth_date}
    with connection.cursor() as cursor:
        cursor.execute("SELECT people_near(%s::date[], %s::text[])", [list(births), list(names)])
        pool = [row[0] for row in cursor.fetchall()]
    bare = identities(pool, with_numbers=False)
    met = {held.birth_date for held in bare.values()}
    met_names = {normalise_name(name) for held in bare.values() for name in (held.name, *held.former_names)}
    views = [
        view
        for view in views
        if view.birth_date in met or met_names & {*map(normalise_name, (view.name, *view.former_names))}
    ]
    blocks: dict[str, set[uuid.UUID]] = defaultdict(set)
    for person_id, held in bare.items():
        for block in block_keys(held):
            blocks[block].add(person_id)
    near = {
        view.key: {
            person_id for block in block_keys(view) for person_id in blocks.get(block, ()) if str(person_id) != view.key
        }
        for view in views
    }
    whole = identities({person_id for found in near.values() for person_id in found})
    return {view.key: candidates(view, [whole[one] for one in sorted(near[view.key])]) for view in views}


def id_of_number(number: str) -> uuid.UUID | None:
    """The person in reach whose file carries this printed number, or None."""
    return Person.objects.filter(number__iexact=number.strip()).values_list("id", flat=True).first()


def find(text: str, *, first: int = 0, most: int) -> list[PersonFile]:
    """Persons in reach whose name, pinyin, initials or printed number match `text`: by pinyin, `most` from `first` on.

    `people_find` keeps to the token's scope, and of a masked name to what is seen of it; no sealed file and no juvenile
    of others' matters is found.
    """
    wanted = text.strip()
    if not wanted:
        return []
    ids = by_name.found(wanted, most=first + most)[first:]
    if not ids:
        return []
    people = heads_of(ids)
    return [people[one] for one in ids if one in people]
