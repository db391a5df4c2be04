"""The province's cities, counties, offices, prisons and detention houses once more under further fictional codes.

A county of a large province is then no larger than that of a small one. The first region is the province as the
rulebook has it; each further one repeats it: cities 9107… to 9190…, prisons and detention houses in 9191 to 9198,
which hold no city. When the codes of cities are used up, a region's counties stand once more in the cities there are,
under county codes 30 and 60 higher. Courts, police, firms and the prisons for women and juveniles are not repeated.
"""

from __future__ import annotations

import os
from functools import lru_cache

from guitu.access.establishing import NewPost, NewUnit
from guitu.rulebook.units import end_of
from guitu.web import demonstration

_CITIES, _KEPT_APART, _FREE = 6, "9199", 9_191
_OF_CITIES, _LAYER = 15, 30
"""How many regions have cities of their own; by how much the county codes of the next so many are higher."""
MOST = 45
"""How many regions the free codes of counties allow."""
WOMENS_PRISON, JUVENILES_PRISON = "919902000000", "919903000000"
_REPEATED = ("city", "county", "judicial_office", "prison", "detention_house")
_A_HUNDRED = 100


def wanted() -> int:
    """How many regions this process works with, the first one included (GUITU_REGIONS, set by the launcher)."""
    return int(os.environ.get("GUITU_REGIONS", "1"))


def first_of(code: str) -> str:
    """The code in the first region of the same city or county: the one whose name the list of divisions knows."""
    city = int(code[2:4])
    if city > _CITIES * _OF_CITIES:
        return code
    return f"{code[:2]}{(city - 1) % _CITIES + 1:02d}{int(code[4:6]) % _LAYER:02d}{code[6:]}"


def layer_of(county: str) -> int:
    """How many regions before this county's have put theirs under the same city."""
    return int(county[4:6]) // _LAYER


@lru_cache(maxsize=1)
def _closed() -> dict[str, int]:
    """Places of prisons and detention houses among themselves."""
    kinds = ("prison", "detention_house")
    return {unit.code: place for place, unit in enumerate(u for u in demonstration.units() if u.kind in kinds)}


def _code(code: str, region: int) -> str:
    if code.startswith(_KEPT_APART):
        place = (region - 1) * len(_closed()) + _closed()[code]
        return f"{_FREE + place // _A_HUNDRED}{place % _A_HUNDRED:02d}{code[6:]}"
    city, county, (layer, place) = int(code[2:4]), int(code[4:6]), divmod(region, _OF_CITIES)
    if city == 0:
        return code
    return f"{code[:2]}{city + _CITIES * place:02d}{county + _LAYER * layer if county else 0:02d}{code[6:]}"


@lru_cache(maxsize=4)
def further_units(count: int) -> tuple[NewUnit, ...]:
    """The units of the regions after the first, superiors first."""
    made = []
    for region in range(1, count):
        for unit in _repeated_in(region):
            code = _code(unit.code, region)
            made.append(
                NewUnit(
                    code=code,
                    kind=unit.kind,
                    name=f"{unit.name}（{region + 1}）",
                    name_en=f"{unit.name_en} ({region + 1})",
                    parent=_code(unit.parent, region) if unit.parent else None,
                    division=code,
                    division_end=end_of(code),
                    phone=unit.phone,
                    latitude=unit.latitude,
                    longitude=unit.longitude,
                    opening_hours=unit.opening_hours,
                )
            )
    return tuple(made)


def further_posts(count: int) -> tuple[NewPost, ...]:
    """The posts of the units of the regions after the first, as the same unit of the first region has them."""
    held = demonstration.posts()
    codes = {
        (region, unit.code): _code(unit.code, region) for region in range(1, count) for unit in _repeated_in(region)
    }
    return tuple(
        NewPost(f"{post.login}-{region}", post.name, codes[region, post.unit], post.role, post.title)
        for region in range(1, count)
        for post in held
        if (region, post.unit) in codes
    )


@lru_cache(maxsize=1)
def _repeated() -> tuple[NewUnit, ...]:
    alone = {WOMENS_PRISON, JUVENILES_PRISON}
    return tuple(unit for unit in demonstration.units() if unit.kind in _REPEATED and unit.code not in alone)


def _repeated_in(region: int) -> tuple[NewUnit, ...]:
    return tuple(unit for unit in _repeated() if region < _OF_CITIES or unit.kind != "city")
