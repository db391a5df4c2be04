"""Who the generated people are: invented names and numbers, and what a roster would say of them.

Pure: the same seed and place make the same person. Numbers begin with the code of a fictional county, which no real
number does.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from guitu.people.identity_numbers import check_digit
from guitu.web import invented_names
from guitu.web.generation import cast, regions
from guitu.web.generation.figures import shares

SURNAMES = (*invented_names.SURNAMES, "龙", "贺", "顾", "毛", "郝", "龚")
GIVEN = tuple(
    "柏舟以宁砚秋岳清若笙既明星野望川归远思齐云起怀谷听澜知夏长青晓棠之行南乔亦可松涛雨时立冬鸣谦和山春禾泽林文海安平志诚景"
)
OFFENCES = (*invented_names.OFFENCES, "抢劫罪", "走私、贩卖毒品罪")
SKILLS = ("电焊工（中级）", "缝纫工", "中式烹调师", "汽车修理工", "砌筑工")
_EDUCATION = ("80", "70", "70", "70", "60", "40", "90")
_MARRIAGE = ("10", "10", "20", "20", "40")
_GRADES = ("PG3", "PG4", "PG4", "PG5", "PG5", "PG2")
_NUMBER_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SHORT, _LONG = 36, 180
"""Sentences in months: the limit up to which they count as short, and the longest."""


@dataclass(frozen=True)
class Identity:
    """One invented person: the units around the road, the printed number, and the fields as a roster check reads them.

    `fields` lacks what the road decides: the release day, the kind of release and the marks of a key person.
    """

    index: int
    cast: cast.Cast
    printed_number: str
    fields: dict[str, str]


def identity(seed: str, index: int, release_on: date, *, of_specimens: bool = False) -> Identity:
    """Person `index` of the province of `seed`, whose sentence ends on `release_on`.

    `of_specimens` keeps the road among the specimens' own units.
    """
    dice, share = random.Random(f"{seed}:person:{index}"), shares()  # nosec B311 # noqa: S311 - invented people, the same again
    around = cast.draw(dice)
    around = cast.SPECIMENS if of_specimens else around
    printed = "".join(dice.choice(_NUMBER_ALPHABET) for _ in range(10))
    fields = _fields(index, dice, around, release_on)
    if index and dice.random() < share["near_duplicates"]:
        fields |= _like(_fields_before(seed, index, release_on, of_specimens=of_specimens), fields, around.county)
    if of_specimens:
        fields.setdefault("skills", SKILLS[0])  # a specimen shows how every item of a roster is kept
    elif fields["sex"] == "2":
        around = cast.of_women(around)
    return Identity(index, around, f"GT-{printed[:5]}-{printed[5:]}", fields)


def likeness(kind: str, fields: dict[str, str]) -> dict[str, str]:
    """The fields of a further roster row that may be the person of `fields`; `kind` is one of scripts.LIKENESSES."""
    if kind == "renamed":
        last = GIVEN.index(fields["name"][-1])
        return fields | {"name": fields["name"][:-1] + GIVEN[(last + 7) % len(GIVEN)]}
    if kind == "renumbered":
        order = int(fields["id_number"][14:17])
        body = f"{fields['id_number'][:14]}{(order + 200) % 1000:03d}"
        return fields | {"id_number": body + check_digit(body)}
    return fields


def _fields_before(seed: str, index: int, release_on: date, *, of_specimens: bool) -> dict[str, str]:
    dice = random.Random(f"{seed}:person:{index - 1}")  # nosec B311 # noqa: S311 - the person before, drawn again
    around = cast.draw(dice)
    for _ in range(10):
        dice.choice(_NUMBER_ALPHABET)
    return _fields(index - 1, dice, cast.SPECIMENS if of_specimens else around, release_on)


def _like(other: dict[str, str], own: dict[str, str], county: str) -> dict[str, str]:
    """Name, sex and birth date of another person, under a number of its own."""
    born = other["birth_date"].replace("-", "")
    body = f"{county[:6]}{born}{int(own['id_number'][14:17]):03d}"
    body = body[:16] + str(int(body[16]) // 2 * 2 + (1 if other["sex"] == "1" else 0))
    return {key: other[key] for key in ("name", "sex", "birth_date")} | {"id_number": body + check_digit(body)}


def _fields(index: int, dice: random.Random, around: cast.Cast, release_on: date) -> dict[str, str]:
    share = shares()
    name = dice.choice(SURNAMES) + dice.choice(GIVEN) + (dice.choice(GIVEN) if dice.random() < 0.85 else "")
    woman = dice.random() < share["women"]
    born = date(1958, 1, 1) + timedelta(days=_day_of(index, around.county))
    order = _order_of(index) * 2 + (0 if woman else 1)
    body = f"{regions.first_of(around.county)[:6]}{born:%Y%m%d}{order:03d}"
    short = dice.random() < share["sentence_up_to_three_years"]
    months = dice.randint(6, _SHORT) if short else dice.randint(_SHORT + 1, _LONG)
    home = _place(around.county)
    lives = _place(dice.choice(cast.counties())) if dice.random() < share["living_away"] else home
    fields = {
        "name": name,
        "sex": "2" if woman else "1",
        "id_number": body + check_digit(body),
        "birth_date": born.isoformat(),
        "ethnicity": "01" if dice.random() < 0.9 else dice.choice(("03", "05", "06", "07", "08", "11")),
        "education": dice.choice(_EDUCATION),
        "marital_status": dice.choice(_MARRIAGE),
        "household_division": regions.first_of(around.county)[:6],
        "household_address": f"{home}{dice.randint(1, 400)}号",
        "return_address": f"{lives}{dice.randint(1, 400)}号",
        "family_contact": name[0] + dice.choice(GIVEN),
        "family_phone": f"130000{dice.randint(0, 99999):05d}",
        "offence": dice.choice(OFFENCES),
        "sentence_text": f"{months}个月",
        "sentence_from": (release_on - timedelta(days=int(months * 30.4))).isoformat(),
        "sentence_to": release_on.isoformat(),
        "prison_grade": dice.choice(_GRADES),
    }
    if dice.random() < share["employed"]:
        fields["skills"] = dice.choice(SKILLS)
    return fields


_ORDERS, _DAYS = 490, 365 * 45 + 11
"""Orders of one sex within a day of birth, and days of birth: together they keep numbers of a county apart."""
_OF_A_HUNDRED = 49
"""Orders of one sex in a hundred; 00 is left out, since a number that ends in zeros looks rounded by a spreadsheet."""


def _slot(index: int) -> int:
    """A place of its own for each person among days and orders; 7919 is prime to their product."""
    return index * 7919 % (_ORDERS * _DAYS)


def _day_of(index: int, county: str) -> int:
    return (_slot(index) + int(county[2:6])) % _DAYS


def _order_of(index: int) -> int:
    hundreds, rest = divmod(_slot(index) // _DAYS, _OF_A_HUNDRED)
    return hundreds * (_OF_A_HUNDRED + 1) + rest + 1


@lru_cache(maxsize=1024)
def _place(county: str) -> str:
    return cast.units()[county].name.removesuffix("司法局")
