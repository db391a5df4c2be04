"""What a notice says: its sentence in both languages, the facts it may hold, whether it can be switched off.

A notice is stored as code and facts and worded when it is read. No kind of fact can hold a name: a person is named by
the placeholder ``{person}``, which the reader's own rights turn into a name or leave as a word.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from guitu.rulebook.reading import Section
from guitu.rulebook.records import STANDINGS, Citation
from guitu.rulebook.rules import read_basis

CHANNELS = ("IN_APP", "SMS", "EMAIL")
PERSON = "person"
"""The placeholder of the person a notice is about."""
KINDS = ("rule", "part", "office", "unit", "day", "moment", "document", "count")
"""What a fact can be: ids of rules, of states and steps of a journey (part), of offices and units, days, moments,
document numbers, counts; never free text."""
CLOCK = "CLOCK"
"""Told by the machine post of the clock, which no session of an account is."""
OWN_POST = "OWN_POST"
"""Told by a post to itself alone."""
_TELLER = re.compile("CLOCK|OWN_POST|[a-z_]+:[a-z_]+")
_PLACE = re.compile(r"\{([^{}]*)\}")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_CODE = re.compile(r"[A-Z][A-Z_]+")
_DOCUMENT = re.compile(r"[0-9A-Z〔〕()（）.\-号]{4,40}|〔[0-9]{4}〕[\u4e00-\u9fff]{2,8}字第[0-9]{4,8}号")


class FactRefused(ValueError):
    """A fact that this notice does not know, one that is missing, or one that is not of its kind."""

    def __init__(self, notice: str, fact: str) -> None:
        super().__init__(f"{notice}: {fact}")
        self.notice, self.fact = notice, fact


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice (通知): its wording, facts by kind, whether statutory, over which channels, and its source."""

    id: str
    zh: str
    en: str
    facts: Mapping[str, str]
    told_by: tuple[str, ...]
    """Who may tell it: whoever holds one of these permissions, CLOCK, or OWN_POST; where there is none, nobody."""
    statutory: bool
    channels: tuple[str, ...]
    basis: tuple[Citation, ...]
    checked_on: dt.date
    file: str
    line: int

    def check(self, facts: Mapping[str, str]) -> None:
        """Raises FactRefused unless exactly the declared facts are there, each of its kind."""
        for name in facts.keys() ^ self.facts.keys():
            raise FactRefused(self.id, name)
        for name, kind in self.facts.items():
            if not _is_of_kind(kind, facts[name]):
                raise FactRefused(self.id, name)


def _is_of_kind(kind: str, value: str) -> bool:
    if kind == "document":
        return _DOCUMENT.fullmatch(value) is not None
    if kind in {"rule", "part", "office"}:
        return re.fullmatch(r"[A-Za-z0-9_\-]{2,40}", value) is not None
    if kind == "count":
        return value.isdecimal()
    try:
        if kind == "unit":
            uuid.UUID(value)
        elif kind == "day":
            dt.date.fromisoformat(value)
        else:
            return dt.datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
    return True


def read_notice(section: Section) -> Notice:
    """One notice of ``notices/*.yaml``; both sentences hold the same places, and no place is unknown."""
    code = section.text("code")
    if not _CODE.fullmatch(code):
        raise section.error("通知代码用大写英文", "the code of a notice is in capitals", "code")
    zh, en = section.text("zh"), section.text("en")
    facts = dict(section.pairs("facts")) if section.has("facts") else {}
    for name, kind in facts.items():
        if kind not in KINDS or name == PERSON:
            listed = ", ".join(KINDS)
            raise section.error(f"事实 {name} 的类别只能是：{listed}", f"the fact {name} is one of: {listed}", "facts")
    if not _HAN.search(zh) or _HAN.search(en):
        raise section.error("zh 应为中文，en 应为英文", "zh is Chinese, en is English", "en")
    for key, sentence in (("zh", zh), ("en", en)):
        unknown = set(_PLACE.findall(sentence)) - {PERSON, *facts}
        if unknown:
            raise section.error(f"未列出的事实：{sorted(unknown)}", f"facts not listed: {sorted(unknown)}", key)
    if set(_PLACE.findall(zh)) != set(_PLACE.findall(en)):
        raise section.error("中英文所用的事实不同", "the two sentences do not hold the same facts", "en")
    told_by = section.texts("told_by")
    if not all(_TELLER.fullmatch(one) for one in told_by):
        raise section.error(
            f"told_by 只能是权限代码、{CLOCK} 或 {OWN_POST}",
            f"told_by holds permissions, {CLOCK} or {OWN_POST}",
            "told_by",
        )
    channels = section.texts("channels", required=True)
    if CHANNELS[0] not in channels or set(channels) - set(CHANNELS) or len(set(channels)) != len(channels):
        raise section.error(
            "channels 必须含 IN_APP，其余只能是 SMS、EMAIL",
            "channels hold IN_APP, and otherwise only SMS and EMAIL",
            "channels",
        )
    notice = Notice(
        id=code,
        zh=zh,
        en=en,
        facts=facts,
        told_by=told_by,
        statutory=section.flag("statutory"),
        channels=channels,
        basis=read_basis(section, section.choice("standing", STANDINGS)),
        checked_on=section.date("checked_on"),
        file=section.file,
        line=section.line,
    )
    section.done()
    return notice
