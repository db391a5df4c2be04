"""The units and posts among which a person's road runs: those of the specimens, and the ones they stand for."""

from __future__ import annotations

import random
import uuid
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

from guitu.access.establishing import NewPost, NewUnit, post_id, unit_id
from guitu.web import demonstration
from guitu.web.generation import regions

PRISON, DETENTION_HOUSE = "919901000000", "919921000000"
COUNTY, OTHER_COUNTY, OFFICE = "910121000000", "910122000000", "910121100000"
CITY, PROVINCE = "910100000000", "910000000000"
WOMENS_PRISON, JUVENILES_PRISON = regions.WOMENS_PRISON, regions.JUVENILES_PRISON
_ROLES = (PRISON, DETENTION_HOUSE, COUNTY, OTHER_COUNTY, OFFICE, CITY, PROVINCE)


@dataclass(frozen=True)
class Cast:
    """One unit for each part in a road: sending prison and detention house, county, neighbour, office, city, province.

    All codes of units in the order of the specimens' own cast.
    """

    codes: tuple[str, ...]

    @property
    def county(self) -> str:
        """The code of the county that receives."""
        return self.codes[2]


SPECIMENS = Cast(_ROLES)


@lru_cache(maxsize=1)
def units() -> dict[str, NewUnit]:
    """Every unit of the fictional province by its code, with those of the further regions that were asked for."""
    return {unit.code: unit for unit in (*demonstration.units(), *regions.further_units(regions.wanted()))}


@lru_cache(maxsize=1)
def posts() -> dict[str, tuple[NewPost, ...]]:
    """The posts of every unit by its code, in the order in which each unit of a kind has them."""
    held: dict[str, list[NewPost]] = defaultdict(list)
    for post in (*demonstration.posts(), *regions.further_posts(regions.wanted())):
        held[post.unit].append(post)
    return {code: tuple(found) for code, found in held.items()}


def id_of(post: NewPost) -> uuid.UUID:
    """The id of a founded post."""
    return post_id(post.login, post.unit, post.role)


@lru_cache(maxsize=1)
def _below() -> dict[tuple[str, str], tuple[str, ...]]:
    held: dict[tuple[str, str], list[str]] = defaultdict(list)
    for unit in units().values():
        held[unit.parent or "", unit.kind].append(unit.code)
    return {key: tuple(found) for key, found in held.items()}


@lru_cache(maxsize=1)
def counties() -> tuple[str, ...]:
    """The codes of all counties."""
    return tuple(code for code, unit in units().items() if unit.kind == "county")


@lru_cache(maxsize=1)
def _prisons() -> tuple[str, ...]:
    apart = {WOMENS_PRISON, JUVENILES_PRISON}
    return tuple(code for code, unit in units().items() if unit.kind == "prison" and code not in apart)


def of_women(around: Cast) -> Cast:
    """The same cast with the women's prison as the sender."""
    return Cast((WOMENS_PRISON, *around.codes[1:]))


def draw(dice: random.Random) -> Cast:
    """A cast for one person: a county, and around it what stands in the same relations as in the specimens' cast."""
    below = _below()
    county = dice.choice(counties())
    city = str(units()[county].parent)
    prison = dice.choice(_prisons())
    siblings = [code for code in below[city, "county"] if code != county]
    houses = below.get((city, "detention_house")) or (DETENTION_HOUSE,)
    return Cast(
        (
            prison,
            houses[regions.layer_of(county) % len(houses)],
            county,
            dice.choice(siblings),
            dice.choice(below[county, "judicial_office"]),
            city,
            str(units()[city].parent),
        )
    )


@lru_cache(maxsize=65536)
def _posts(code: str, like: str) -> tuple[str, ...]:
    """The ids of a unit's posts that stand for those of the specimens' unit `like`; where it has fewer, its first."""
    own = posts().get(code, ())
    return tuple(str(id_of(own[min(place, len(own) - 1)])) for place in range(len(posts().get(like, ()))))


@lru_cache(maxsize=65536)
def _id(code: str) -> str:
    return str(unit_id(code))


def tokens(cast: Cast) -> dict[str, tuple[str, ...]]:
    """What stands for this cast in stored rows, in one order for all casts: unit ids, post ids, divisions, names."""
    held = [units()[code] for code in cast.codes]
    stood_for = zip(cast.codes, SPECIMENS.codes, strict=True)
    return {
        "unit": tuple(_id(code) for code in cast.codes),
        "post": tuple(post for code, like in stood_for for post in _posts(code, like)),
        "division": tuple(unit.division for unit in held),
        "name": tuple(unit.name for unit in held),
    }
