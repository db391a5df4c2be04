"""Who can be written to: units near a county, with whether anybody reads letters there; people asked to attend."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q

from guitu.access.models import Post, Unit
from guitu.access.person_codes import mandate_name
from guitu.access.queries import UnitView, units_named
from guitu.access.roles import ROLES
from guitu.access.tree import Desk, tree_above

OWN = "OWN"
"""The unit in which people act for themselves, and in which those who are asked to attend have their posts."""


@dataclass(frozen=True)
class Addressee:
    """A unit that a letter can go to; `filled` says that a post there reads letters."""

    unit: UnitView
    filled: bool


@dataclass(frozen=True)
class Companion:
    """A guardian or a member of the group who can be asked to attend; `open` while the post is in office."""

    post_id: uuid.UUID
    name: str
    relation: str
    open: bool


def reading_roles() -> tuple[str, ...]:
    """The roles that read letters to their unit."""
    return tuple(sorted(code for code, role in ROLES.items() if "letter:read" in role.may))


def letters_desk(unit_id: uuid.UUID) -> Desk:
    """The desk of a unit that reads its letters."""
    return Desk(unit_id, reading_roles())


def addressees(kinds: Sequence[str], *, near: Collection[uuid.UUID], at: datetime) -> list[Addressee]:
    """The units of these kinds that stand beside the units `near` or above them: the nearest first, then by kind.

    Stations below such a unit count as beside it. `kinds` are in the order of preference.
    """
    tree = tree_above(near, at=at)
    chain: dict[uuid.UUID, int] = {}
    for start in near:
        for distance, above in enumerate([start, *(unit.id for unit in tree.above(start))]):
            chain[above] = min(distance, chain.get(above, distance))
    beside = {
        one.id: chain[one.parent_id]
        for one in Unit.objects.filter(parent_id__in=chain, to_at__isnull=True, kind__in=[*kinds, "police"])
        if one.parent_id is not None
    }
    below = dict(Unit.objects.filter(parent_id__in=beside, to_at__isnull=True).values_list("id", "parent_id"))
    distance_of = beside | {child: beside[parent] for child, parent in below.items() if parent in beside}
    units = [unit for unit in units_named(set(distance_of)).values() if unit.kind in kinds]
    filled = set(
        Post.objects.filter(Q(to_at__isnull=True) | Q(to_at__gt=at), from_at__lte=at, role__in=reading_roles())
        .filter(unit_id__in=[unit.id for unit in units])
        .values_list("unit_id", flat=True)
    )
    units.sort(key=lambda unit: (distance_of[unit.id], list(kinds).index(unit.kind), unit.code))
    return [Addressee(unit, unit.id in filled) for unit in units]


def companions_of(person_id: uuid.UUID, *, at: datetime) -> list[Companion]:
    """Who can, or once could, be asked to attend for this person. For posts with letter:send that see the person."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_companions_of(%s::uuid)", [person_id])
        rows = cursor.fetchall()
    return [
        Companion(post_id, mandate_name(sealed, mandate_id), relation, ended_at is None and from_at <= at < to_at)
        for post_id, mandate_id, sealed, relation, from_at, to_at, ended_at in rows
    ]


def own_unit_of_people() -> uuid.UUID:
    """The unit in which people act for themselves."""
    found: uuid.UUID = Unit.objects.values_list("id", flat=True).get(code=OWN)
    return found
