"""Finding by name: what was typed, and the characters that sound so, compared with no more than the post sees."""

from __future__ import annotations

import functools
import uuid
from typing import Final

from django.db import connection
from django.db.models.expressions import RawSQL

from guitu.access.acting import actor
from guitu.people.names import readings
from guitu.rulebook.decision_table import decision_table

COMMON_SURNAMES: Final = (
    "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田"
    "任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季"
    "俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐闫梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃"
    "霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来缪苟全褚廉简娄盖符奚木穆党燕郎邸"
    "冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩嵇井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠佘桑荆谌银扬明沙"
    "伏岑习胥保和蔺水云昌凤酆皮卡元平伯萍湛汲邴松富乌巴弓牧隗山宓蓬班仰秋伊仡钭厉戎祖束幸韶蓟印宿怀蒲鄂索咸籍肖付代占麻仝"
)
"""Surnames that a desk types by sound where no more than a surname is seen; the others are found as written."""


@functools.cache
def _spoken() -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((one, readings(one)[0]) for one in COMMON_SURNAMES)


def sounding(words: str) -> list[str]:
    """The surnames of one character whose sound begins with these letters; none for anything but letters."""
    letters = words.strip().lower()
    if not (letters.isascii() and letters.isalpha()):
        return []
    return [one for one, spoken in _spoken() if any(reading.startswith(letters) for reading in spoken)]


def by_surname_alone() -> bool:
    """Whether the acting post sees of some persons the masked name only, and so finds them by no more than that."""
    now = actor()
    return any(
        line.effect == "mask"
        and "name" in line.items
        and now.session.role in line.roles
        and now.purpose in line.purposes
        for line in decision_table().lines
    )


def called(words: str) -> RawSQL:
    """The persons in sight who are called so, as far as the acting post sees names, for ``person_id__in=…``."""
    return RawSQL("SELECT people_called(%s::text, %b::text[])", [words, sounding(words)])


def found(words: str, *, most: int) -> list[uuid.UUID]:
    """The ids of the first persons that the search finds, in its order; of several readings all."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id FROM people_find(%s::text, %b::text[], %s::integer)", [words, sounding(words), most]
        )
        return [row[0] for row in cursor.fetchall()]
