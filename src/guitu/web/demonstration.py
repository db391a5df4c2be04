"""The demonstration: a fictional province, its posts with one-click sign-ins, and people on the way home.

Units come from the fictional province of the rulebook. The people pass through the same operations that officers use,
with a moving clock, so that every clock, receipt and trace came about as it would in an office. Nobody can be real.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml
from django.utils.translation import get_language

from guitu.access.establishing import NewPost, NewUnit, account_id, post_id
from guitu.access.roles import ROLES
from guitu.rulebook.divisions import FICTIONAL

# The first post of each kind is offered for a one-click sign-in; the others are filled so that no unit stands empty.
_HOLDERS = [
    "侯知白",
    "林知遥",
    "许令仪",
    "周予安",
    "顾南枝",
    "沈见山",
    "郑书瑶",
    "孟千帆",
    "陶疏影",
    "江若渝",
    "程望舒",
    "苏秉文",
    "陆怀瑾",
    "温如故",
    "简以宁",
    "叶惊蛰",
    "白露浓",
    "祝青岚",
    "尹长歌",
    "聂云舟",
]
_WIDTH = {"province": 2, "city": 4, "county": 6, "judicial_office": 9}


@dataclass(frozen=True)
class DemoSignIn:
    """A post offered on the sign-in page of a demonstration."""

    key: str
    name: str
    unit: str
    role: str
    account_id: uuid.UUID
    post_id: uuid.UUID


@lru_cache(maxsize=1)
def _fictional() -> dict[str, Any]:
    data: dict[str, Any] = yaml.load(FICTIONAL.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return data


def _end(division: str, kind: str) -> str:
    width = _WIDTH.get(kind, 6)
    return str(int(division[:width]) + 1).ljust(12, "0")


@lru_cache(maxsize=1)
def units() -> tuple[NewUnit, ...]:
    """The units of the fictional province, superiors first."""
    return tuple(
        NewUnit(
            code=row["code"],
            kind=row["kind"],
            name=row["zh"],
            name_en=row["en"],
            parent=row["parent"] or None,
            division=row["division"],
            division_end=_end(row["division"], row["kind"]),
            phone=row.get("phone", ""),
        )
        for row in _fictional()["units"]
    )


@lru_cache(maxsize=1)
def posts() -> tuple[NewPost, ...]:
    """A liaison for every prison and detention house, officers for every county, supervisors, an administrator."""
    wanted = {
        "prison": [("PRISON_LIAISON", "监地协作专员")],
        "detention_house": [("PRISON_LIAISON", "监地协作专员")],
        "county": [("COUNTY_OFFICER", "安置帮教岗"), ("COUNTY_OFFICER", "安置帮教岗（二）")],
        "city": [("SUPERVISOR", "衔接监督岗")],
        "province": [("SUPERVISOR", "衔接监督岗"), ("SYSTEM_ADMINISTRATOR", "系统管理员")],
    }
    made: list[NewPost] = []
    in_office = sorted(units(), key=lambda unit: (unit.kind != "prison", unit.code))
    for unit in in_office:
        for number, (role, title) in enumerate(wanted.get(unit.kind, ())):
            name = _HOLDERS[len(made) % len(_HOLDERS)]
            made.append(NewPost(f"demo-{unit.code}-{number}", name, unit.code, role, title))
    made += [
        NewPost(f"demo-{unit.code}-identity", "沈见微", unit.code, "IDENTITY_DESK", "身份核对岗")
        for unit in in_office
        if unit.kind == "province"
    ]
    return tuple(made)


def sign_ins() -> tuple[DemoSignIn, ...]:
    """One post of each role, for the sign-in page and for the printed list; two counties, so that the limits show."""
    english = (get_language() or "").startswith("en")
    by_code = {unit.code: unit for unit in units()}
    offered: list[DemoSignIn] = []
    for code in ("919901000000", "910121000000", "910102000000", "910100000000", "910000000000"):
        for post in posts():
            if post.unit != code or (code.startswith("9101") and any(one.key.startswith(code) for one in offered)):
                continue
            word = ROLES[post.role].word
            unit = by_code[code]
            offered.append(
                DemoSignIn(
                    key=f"{code}-{post.role}",
                    name=post.name,
                    unit=unit.name_en if english else unit.name,
                    role=word.en if english else word.zh,
                    account_id=account_id(post.login),
                    post_id=post_id(post.login, post.unit, post.role),
                )
            )
    return tuple(offered)


def sign_ins_as_text() -> str:
    """The one-click sign-ins as the launcher prints them, a line each."""
    return "".join(f"  · {one.role} — {one.unit} — {one.name}\n" for one in sign_ins())
