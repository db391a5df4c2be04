"""The tree of units seen from below: who stands above a unit, and which desk bears an office that a rule names.

An office of the duty unit's own level means those who lead it, if such a post is filled; an office that the tree does
not hold, or whose desk nobody fills, climbs to the next one above that exists.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from guitu.access.models import Post, Unit
from guitu.access.queries import UnitView, units_named
from guitu.access.roles import ROLES, SEPARATED

LEADERS = frozenset({"PRISON_LEADER", "COUNTY_HEAD"})
"""Roles that lead a unit: told when its own work is late, not of each matter."""
BESIDE = {"procuratorate": "procuratorate", "procuratorate_notice": "procuratorate"}
BESIDE |= {"county_procuratorate": "procuratorate", "police": "police", "county_police": "police"}
"""Offices that stand beside the tree, under the unit of the same level."""
_RANKS = {"judicial_office": 0, "county": 1, "prison": 1, "detention_house": 1}
_RANKS |= {"city": 2, "prison_bureau": 2, "province": 3, "nation": 4}
_LEVELS = {
    "judicial_office": "judicial_office",
    "county_agency": "county",
    "county_agency_head": "county",
    "county_justice_head": "county",
    "new_county_agency": "county",
    "destination_agency": "county",
    "aftercare_office": "county",
    "prison": "prison",
    "prison_leader": "prison",
    "detention_house": "detention_house",
    "prison_bureau": "prison_bureau",
    "city_agency": "city",
    "province_agency": "province",
    "national_agency": "nation",
}
_HIGHEST = 8
"""No tree of offices is deeper; a ring in the data ends here instead of never."""


@dataclass(frozen=True)
class Desk:
    """Whom a notice is for: the posts in office of these roles in this unit."""

    unit_id: uuid.UUID
    roles: tuple[str, ...]


def working_roles() -> tuple[str, ...]:
    """The roles that work on matters: whoever lists persons, without those who lead."""
    return tuple(sorted(code for code, role in ROLES.items() if "person:list" in role.may and code not in LEADERS))


def desk(unit_id: uuid.UUID) -> Desk:
    """The desk of a unit: all its posts that work on matters."""
    return Desk(unit_id, working_roles())


def counter_desk(unit_id: uuid.UUID) -> Desk:
    """The desk of a unit whose posts take matters at a counter, without those who lead; it need not see persons."""
    roles = (code for code, role in ROLES.items() if "matter:take" in role.may and code not in LEADERS)
    return Desk(unit_id, tuple(sorted(roles)))


def counter_kinds() -> frozenset[str]:
    """The kinds of unit in which a post takes matters at a counter."""
    return frozenset().union(*(role.seats for role in ROLES.values() if "matter:take" in role.may))


class Tree:
    """The part of the tree above some units, read once (three queries whatever their number)."""

    def __init__(
        self,
        above: Mapping[uuid.UUID, tuple[UnitView, ...]],
        filled: frozenset[tuple[uuid.UUID, str]],
        beside: Mapping[tuple[uuid.UUID, str], uuid.UUID],
    ) -> None:
        self._above, self._filled, self._beside = above, filled, beside

    def above(self, unit_id: uuid.UUID) -> tuple[UnitView, ...]:
        """The units above this one, the nearest first."""
        return self._above[unit_id][1:]

    def superior_of(self, unit_id: uuid.UUID, kind: str) -> UnitView | None:
        """The nearest unit above of this kind, or where there is none of it the next higher one, or None."""
        higher = self.above(unit_id)
        exact = next((unit for unit in higher if unit.kind == kind), None)
        if exact is not None:
            return exact
        rank = _RANKS.get(kind, 0)
        return next((unit for unit in higher if _RANKS.get(unit.kind, 0) >= rank), higher[-1] if higher else None)

    def common_superior(self, one: uuid.UUID, other: uuid.UUID) -> UnitView | None:
        """The nearest unit above both, or None."""
        others = {unit.id for unit in self._above[other]}
        return next((unit for unit in self.above(one) if unit.id in others), None)

    def superior_of_all(self, unit_ids: Iterable[uuid.UUID], roles: tuple[str, ...]) -> UnitView | None:
        """The nearest unit above all of these where a post of these roles is filled, or None; each was read here."""
        first, *others = unit_ids
        common = [unit for unit in self.above(first) if all(unit in self.above(one) for one in others)]
        return next((unit for unit in common if self._is_filled(unit.id, roles)), None)

    def level_of(self, unit_id: uuid.UUID) -> str:
        """ABOVE for a city and higher; COUNTY for every other unit, a prison too."""
        return "ABOVE" if _RANKS.get(self._above[unit_id][0].kind, 0) >= _RANKS["city"] else "COUNTY"

    def bearer(self, office: str, unit_id: uuid.UUID, other_id: uuid.UUID | None = None) -> Desk:
        """The desk that bears `office` for a matter of the duty unit; `other_id` is the other side of the matter."""
        own = self._above[unit_id][0]
        if office in BESIDE:
            for unit in self._above[unit_id]:
                found = self._beside.get((unit.id, BESIDE[office]))
                if found is not None and self._is_filled(found, working_roles()):
                    return desk(found)
        wanted = _LEVELS.get(office)
        if wanted is not None and _RANKS.get(wanted, 0) <= _RANKS.get(own.kind, 0):
            leaders = tuple(sorted(role for role in LEADERS if (own.id, role) in self._filled))
            if leaders:
                return Desk(own.id, leaders)
        start = None
        if wanted is not None:
            start = self.superior_of(unit_id, wanted)
        elif office == "common_superior" and other_id is not None:
            start = self.common_superior(unit_id, other_id)
        higher = self.above(unit_id)
        reach = higher[[unit.id for unit in higher].index(start.id) :] if start is not None else higher
        for unit in reach:
            if self._is_filled(unit.id, working_roles()):
                return desk(unit.id)
        return desk(reach[0].id if reach else own.id)

    def leaders_of(self, unit_id: uuid.UUID) -> Desk:
        """Who leads this unit, or the nearest unit above where such a post is filled; else the filled desk above."""
        for unit in self._above[unit_id]:
            leaders = tuple(sorted(role for role in LEADERS if (unit.id, role) in self._filled))
            if leaders:
                return Desk(unit.id, leaders)
        return self.bearer("next_superior", unit_id)

    def _is_filled(self, unit_id: uuid.UUID, roles: tuple[str, ...]) -> bool:
        return any((unit_id, role) in self._filled for role in roles)


def separated_who_may(permission: str) -> tuple[str, ...]:
    """The codes of those of the three administrators who hold a permission, in the order of the three."""
    return tuple(role.code for role in SEPARATED if permission in role.may)


def administrators(*roles: str, at: datetime) -> list[Desk]:
    """The desks, unit by unit, of the posts in office at `at` in these roles; inside the caller's transaction."""
    held: dict[uuid.UUID, set[str]] = {}
    for unit_id, role in (
        Post.objects.filter(role__in=roles, from_at__lte=at)
        .filter(Q(to_at__isnull=True) | Q(to_at__gt=at))
        .values_list("unit_id", "role")
    ):
        held.setdefault(unit_id, set()).add(role)
    return [Desk(unit_id, tuple(sorted(found))) for unit_id, found in sorted(held.items())]


def procuratorate_above(unit_id: uuid.UUID, *, at: datetime) -> Desk:
    """The desk of the next higher procuratorate, or of this one where none above is connected and filled."""
    beside = tree_above([unit_id], at=at).above(unit_id)
    higher = [unit.id for unit in beside[1:]]
    if higher:
        found = tree_above(higher[:1], at=at).bearer("procuratorate", higher[0])
        if found.unit_id != unit_id and units_named({found.unit_id})[found.unit_id].kind == "procuratorate":
            return found
    return desk(unit_id)


def tree_above(unit_ids: Iterable[uuid.UUID], *, at: datetime) -> Tree:
    """Read the tree above these units, with the posts in office at `at`. Inside the caller's transaction."""
    wanted = set(unit_ids)
    held: dict[uuid.UUID, UnitView] = {}
    asked = set(wanted)
    for _ in range(_HIGHEST):
        if not asked:
            break
        held |= units_named(asked)
        asked = {unit.parent_id for unit in held.values() if unit.parent_id} - set(held)
    above = {unit_id: _climb(unit_id, held) for unit_id in wanted}
    beside = {
        (parent_id, kind): unit_id
        for unit_id, parent_id, kind in Unit.objects.filter(
            parent_id__in=held, kind__in=set(BESIDE.values()), to_at__isnull=True
        )
        .order_by("code")
        .values_list("id", "parent_id", "kind")
        if parent_id is not None
    }
    filled = frozenset(
        Post.objects.filter(Q(to_at__isnull=True) | Q(to_at__gt=at), from_at__lte=at)
        .filter(unit_id__in=[*held, *beside.values()])
        .values_list("unit_id", "role")
    )
    return Tree(above, filled, beside)


def _climb(unit_id: uuid.UUID, held: Mapping[uuid.UUID, UnitView]) -> tuple[UnitView, ...]:
    chain: list[UnitView] = []
    here: uuid.UUID | None = unit_id
    while here is not None and here in held and len(chain) < _HIGHEST:
        chain.append(held[here])
        here = held[here].parent_id
    return tuple(chain)
