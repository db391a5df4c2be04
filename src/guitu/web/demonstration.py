"""The demonstration: a fictional province, its posts with one-click sign-ins, and people on the way home.

Units come from the fictional province of the rulebook. The people pass through the same operations that officers use,
with a moving clock, so that every clock, receipt and trace came about as it would in an office. Nobody can be real.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from django.utils.translation import get_language

from guitu.access import signing_in
from guitu.access.establishing import NewPost, NewUnit, account_id, post_id
from guitu.access.roles import ROLES
from guitu.rulebook.divisions import fictional_province
from guitu.rulebook.opening_hours import DAYS, HOLIDAYS
from guitu.rulebook.units import end_of

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


_KM_A_DEGREE = 111.32
"""Kilometres of one degree on a sphere of the earth's size, at the equator both ways."""


@dataclass(frozen=True)
class DemoSignIn:
    """A post offered on the sign-in page of a demonstration."""

    key: str
    name: str
    unit: str
    role: str
    account_id: uuid.UUID
    post_id: uuid.UUID


def _degrees(kilometres: float) -> Decimal:
    """The invented plane lies in the open sea, its corner at 0°, 0°, so that no place is a real one."""
    return Decimal(str(kilometres / _KM_A_DEGREE)).quantize(Decimal("0.00001"))


@lru_cache(maxsize=1)
def _hours() -> dict[str, str]:
    """The schedules of the province as the text that units carry."""
    told = {}
    for name, schedule in fictional_province().schedules.items():
        days = f"{DAYS[schedule.days[0] - 1]}-{DAYS[schedule.days[-1] - 1]}"
        told[name] = f"{days} {','.join(schedule.open)}" + (f"; {HOLIDAYS}" if schedule.holidays else "")
    return told


@lru_cache(maxsize=1)
def units() -> tuple[NewUnit, ...]:
    """The units of the fictional province, superiors first."""
    return tuple(
        NewUnit(
            code=unit.code,
            kind=unit.kind,
            name=unit.zh,
            name_en=unit.en,
            parent=unit.parent or None,
            division=unit.division,
            division_end=end_of(unit.division),
            phone=unit.phone,
            latitude=_degrees(unit.y),
            longitude=_degrees(unit.x),
            opening_hours=_hours()[unit.hours],
        )
        for unit in fictional_province().units
    )


_WANTED: dict[str, tuple[tuple[str, str], ...]] = {
    "prison": (("PRISON_LIAISON", "监地协作专员"), ("PRISON_LEADER", "分管副监狱长")),
    "detention_house": (("DETENTION_OFFICER", "监地协作专员"),),
    "county": (
        ("COUNTY_OFFICER", "安置帮教岗"),
        ("COUNTY_OFFICER", "安置帮教岗（二）"),
        ("COUNTY_HEAD", "局长"),
        ("COUNSELLOR", "心理咨询师"),
    ),
    "judicial_office": (("TOWNSHIP_OFFICER", "司法助理员"), ("SOCIAL_WORKER", "社区矫正社工")),
    "social_organisation": (("SOCIAL_WORKER", "社工"), ("PARTNER", "项目负责人")),
    "employer": (("PARTNER", "用工联络员"),),
    "city": (("SUPERVISOR", "衔接监督岗"),),
    "evaluator": (("EVALUATOR", "评估员"),),
    "police_station": (("POLICE_STATION", "户籍民警"),),
    "civil_affairs": (("DEPARTMENT_CLERK", "社会救助岗"),),
    "human_resources": (("DEPARTMENT_CLERK", "就业服务岗"),),
    "health": (("DEPARTMENT_CLERK", "随访管理岗"),),
    "court": (("DECIDING_ORGAN", "文书收发岗"),),
    "procuratorate": (("PROCURATORATE", "检察监督岗"), ("DEPARTMENT_CLERK", "文书收发岗")),
    "province": (
        ("SUPERVISOR", "衔接监督岗"),
        ("SYSTEM_ADMINISTRATOR", "系统管理员"),
        ("SECURITY_ADMINISTRATOR", "安全管理员"),
        ("AUDIT_ADMINISTRATOR", "审计管理员"),
        ("IDENTITY_DESK", "身份核对岗"),
    ),
}
"""The posts of each kind of unit; the first is the one whose hand the demonstration's people pass through."""

_OFFERED = (
    ("919901000000", "PRISON_LIAISON"),
    ("919901000000", "PRISON_LEADER"),
    ("919921000000", "DETENTION_OFFICER"),
    ("910121000000", "COUNTY_OFFICER"),
    ("910102000000", "COUNTY_OFFICER"),
    ("910121000000", "COUNTY_HEAD"),
    ("910121100000", "TOWNSHIP_OFFICER"),
    ("910121100000", "SOCIAL_WORKER"),
    ("910121000000", "COUNSELLOR"),
    ("919990002000", "PARTNER"),
    ("919980001000", "PARTNER"),
    ("919938001000", "POLICE_STATION"),
    ("919960003000", "DEPARTMENT_CLERK"),
    ("919940004000", "DECIDING_ORGAN"),
    ("910100000000", "SUPERVISOR"),
    ("910000000000", "SUPERVISOR"),
    ("919950004000", "PROCURATORATE"),
    ("919991001000", "EVALUATOR"),
    ("910000000000", "IDENTITY_DESK"),
    ("910000000000", "SYSTEM_ADMINISTRATOR"),
    ("910000000000", "SECURITY_ADMINISTRATOR"),
    ("910000000000", "AUDIT_ADMINISTRATOR"),
)
"""Unit and role of the one-click sign-ins: every role once; two counties and two levels, so that the limits show."""


@lru_cache(maxsize=1)
def posts() -> tuple[NewPost, ...]:
    """The posts of every unit that works in the demonstration; each is held by an account of its own."""
    made: list[NewPost] = []
    for unit in sorted(units(), key=lambda unit: (unit.kind != "prison", unit.code)):
        for number, (role, title) in enumerate(_WANTED.get(unit.kind, ())):
            name = _HOLDERS[len(made) % len(_HOLDERS)]
            made.append(NewPost(f"demo-{unit.code}-{number}", name, unit.code, role, title))
    return tuple(made)


def sign_ins() -> tuple[DemoSignIn, ...]:
    """A post of every role, for the sign-in page and for the printed list."""
    english = (get_language() or "").startswith("en")
    by_code = {unit.code: unit for unit in units()}
    first = {(post.unit, post.role): post for post in reversed(posts())}
    offered: list[DemoSignIn] = []
    for code, role in _OFFERED:
        post, unit, word = first[code, role], by_code[code], ROLES[role].word
        offered.append(
            DemoSignIn(
                key=f"{code}-{role}",
                name=post.name,
                unit=unit.name_en if english else unit.name,
                role=word.en if english else word.zh,
                account_id=account_id(post.login),
                post_id=post_id(post.login, post.unit, post.role),
            )
        )
    return tuple(offered)


def all_sign_ins(*, at: datetime) -> tuple[DemoSignIn, ...]:
    """`sign_ins`, and the person and the representative that the demonstration's people hold posts of their own for."""
    english = (get_language() or "").startswith("en")
    own = [
        DemoSignIn(
            key=f"own-{one.role}",
            name=one.login,
            unit=_own_place(one.role, english=english),
            role=ROLES[one.role].word.en if english else ROLES[one.role].word.zh,
            account_id=one.account_id,
            post_id=one.post_id,
        )
        for one in signing_in.own_posts(at=at)
    ]
    return (*sign_ins(), *own)


def _own_place(role: str, *, english: bool) -> str:
    """Where somebody who acts for themself comes in: the one page of who is asked to attend, or the own road."""
    if role == "COMPANION":
        return "Asked to attend" if english else "请您到场"
    return "My road" if english else "我的路"


def sign_ins_as_text(*, at: datetime) -> str:
    """The one-click sign-ins as the launcher prints them, a line each."""
    return "".join(f"  · {one.role} — {one.unit} — {one.name}\n" for one in all_sign_ins(at=at))
