"""Two files of one person become one, and can become two again: what happens in the tables of this room.

The joined record ends with a pointer to the kept one, which receives its document numbers and the items that it lacks
as new rows with their own source. Values that differ stay where they were written. A human decides (prison.joining).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from guitu.access.acting import actor
from guitu.access.deciding import shown_names
from guitu.ledger import keys
from guitu.people.facts import facts_compared, item_key
from guitu.people.models import CLOSED_COLUMNS, Fact, Identifier, Join, Person
from guitu.rulebook.attempts import AttemptRefused

JOINED = "JOINED"


class JoinRefused(AttemptRefused, ValueError):
    """The two records cannot be joined or separated; `zh` and `en` say why."""

    of_the_form = frozenset({"MISSING"})

    def __init__(self, zh: str, en: str, code: str = "") -> None:
        super().__init__(en)
        self.zh, self.en, self.code = zh, en, code


@dataclass(frozen=True)
class JoinView:
    """A joining: which file was kept, which one ended, when, by which post, why, and since when it is undone."""

    id: uuid.UUID
    kept_id: uuid.UUID
    kept_name: str
    kept_number: str
    joined_id: uuid.UUID
    joined_name: str
    joined_number: str
    withdrawn_journey_id: uuid.UUID | None
    reason: str
    at: datetime
    by_post_id: uuid.UUID
    undone_at: datetime | None


def _joins() -> QuerySet[Join]:
    """Joinings with what of both sides may be selected."""
    closed = [f"{side}__{column}" for side in ("person", "joined") for column in CLOSED_COLUMNS]
    return Join.objects.select_related("person", "joined").defer(*closed)


def _views(joins: Iterable[Join]) -> list[JoinView]:
    """Joinings with the names of both sides as the decision table lets the acting post see them."""
    found = list(joins)
    names = shown_names([one for join in found for one in (join.person_id, join.joined_id)])
    return [_view(join, names) for join in found]


def _view(join: Join, names: Mapping[uuid.UUID, str]) -> JoinView:
    return JoinView(
        join.id,
        join.person_id,
        names[join.person_id],
        join.person.number,
        join.joined_id,
        names[join.joined_id],
        join.joined.number,
        join.withdrawn_journey,
        join.reason,
        join.at,
        join.by_post,
        join.undone_at,
    )


def lock_both(kept_id: uuid.UUID, joined_id: uuid.UUID) -> None:
    """Lock both records in one order. Raises JoinRefused if they are one record, or one of them has ended."""
    if kept_id == joined_id:
        raise JoinRefused("这是同一份档案", "This is one and the same file")
    held = Person.objects.select_for_update(no_key=True).filter(id__in=[kept_id, joined_id]).order_by("id")
    if any(person.ended_at is not None for person in held):
        raise JoinRefused("其中一份档案已经结束", "One of the two files has ended already")


def join(
    kept_id: uuid.UUID, joined_id: uuid.UUID, *, reason: str, withdrawn_journey_id: uuid.UUID | None, at: datetime
) -> uuid.UUID:
    """Join the second of two locked records into the first; returns the id of the joining. Caller's transaction."""
    kept, joined = Person.objects.get(id=kept_id), Person.objects.get(id=joined_id)
    own = set(Fact.objects.filter(person=kept, to_at__isnull=True).values_list("item", flat=True))
    facts = [_copied(fact, kept, at) for fact in facts_compared([joined.id]) if fact.item not in own]
    Fact.objects.bulk_create(facts)
    numbers = Identifier.objects.filter(person=joined, to_at__isnull=True)
    known = {(one.kind, _number(one)) for one in Identifier.objects.filter(person=kept, to_at__isnull=True)}
    Identifier.objects.bulk_create(
        [
            Identifier(
                person=kept,
                division=kept.division,
                kind=one.kind,
                value=_sealed_again(one.value, joined.id, kept.id, "id_doc"),
                blind_index=keys.blind_index(one.kind, _number(one)),
                from_at=at,
            )
            for one in numbers
            if (one.kind, _number(one)) not in known
        ]
    )
    Identifier.objects.filter(person=joined, to_at__isnull=True).update(to_at=at)
    Person.objects.filter(id=joined.id).update(ended_at=at, ended_reason=JOINED)
    made = Join.objects.create(
        person=kept,
        division=kept.division,
        joined=joined,
        asking_division=joined.division,
        items=sorted(fact.item for fact in facts),
        withdrawn_journey=withdrawn_journey_id,
        reason=reason,
        at=at,
        by_post=actor().session.post_id,
    )
    return made.id


def _copied(fact: Fact, kept: Person, at: datetime) -> Fact:
    """The value as it was collected, on the kept record from `at` on."""
    sealed = None
    if fact.sealed_value is not None:
        sealed = _sealed_again(fact.sealed_value, fact.person_id, kept.id, fact.item)
    return Fact(
        person=kept,
        division=kept.division,
        item=fact.item,
        value=fact.value,
        sealed_value=sealed,
        source=fact.source,
        collected_at=fact.collected_at,
        collected_by=fact.collected_by,
        purpose=fact.purpose,
        review_on=fact.review_on,
        from_at=at,
    )


def _number(held: Identifier) -> str:
    return keys.decrypt(held.value, belongs_to=item_key(held.person_id, "id_doc"))


def _sealed_again(sealed: bytes | memoryview, of: uuid.UUID, to: uuid.UUID, item: str) -> bytes:
    return keys.encrypt(keys.decrypt(sealed, belongs_to=item_key(of, item)), belongs_to=item_key(to, item))


def locked(join_id: uuid.UUID) -> JoinView | None:
    """The joining, its row and both records locked; None where the acting post does not see both sides."""
    held = _joins().select_for_update(no_key=True, of=("self",))
    found = held.filter(id=join_id).first()
    if found is None:
        return None
    pair = Person.objects.select_for_update(no_key=True).filter(id__in=[found.person_id, found.joined_id])
    list(pair.order_by("id").values_list("id", flat=True))
    return _views([found])[0]


def separate(found: JoinView, *, at: datetime) -> None:
    """Undo a locked joining: the joined record lives again, what the kept one had received from it ends at `at`.

    Raises JoinRefused if it is undone already, or the kept record has itself ended since.
    """
    held = _joins().get(id=found.id)
    if held.undone_at is not None:
        raise JoinRefused("已经分开", "They are separated already")
    if held.person.ended_at is not None:
        raise JoinRefused(
            "保留的档案后来又并入别的档案，请先分开后一次", "The kept file was joined in turn; undo that first"
        )
    Fact.objects.filter(person=held.person, item__in=held.items, from_at=held.at, to_at__isnull=True).update(to_at=at)
    given = Identifier.objects.filter(person_id=held.joined_id, to_at=held.at)
    Identifier.objects.filter(
        person=held.person,
        from_at=held.at,
        to_at__isnull=True,
        blind_index__in=[digest for one in given for digest in keys.blind_indexes(one.kind, _number(one))],
    ).update(to_at=at)
    given.update(to_at=None)
    Person.objects.filter(id=held.joined_id).update(ended_at=None, ended_reason="")
    Join.objects.filter(id=held.id).update(undone_at=at, undone_by=actor().session.post_id)


def joinings(*, first: int = 0, most: int) -> tuple[list[JoinView], int]:
    """The joinings in sight, newest first, undone ones too: `most` from `first` on, and how many there are."""
    held = _joins().order_by("-at", "id")
    return _views(held[first : first + most]), held.count()


def sides(join_id: uuid.UUID) -> list[uuid.UUID]:
    """Whose files are joined here, the kept one first; none where the acting post does not see both. Reads no name."""
    found = _joins().filter(id=join_id).values_list("person_id", "joined_id").first()
    return list(found or ())


def kept_for(person_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """For records that are joined into another now: the record that is kept."""
    held = Join.objects.filter(joined_id__in=list(person_ids), undone_at__isnull=True)
    return dict(held.values_list("joined_id", "person_id"))
