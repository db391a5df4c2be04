"""What the documents of the hand-over say: plain facts out of items, units and moments, in the words of the offices.

A value that is not known is left out; the document shows that it is not known.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from guitu.handover.policy import FREE_AT_RELEASE, REFUSAL_GROUNDS
from guitu.papers.policy import chinese_day
from guitu.rulebook.book import load_national
from guitu.rulebook.divisions import Divisions, fictional_province

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_TABLES = {
    "sex": "sex",
    "ethnicity": "ethnic_group",
    "education": "education",
    "marital_status": "marital_status",
    "prison_grade": "prison_danger_grade",
}
_PARTS = {
    "division": "户籍区划",
    "address": "地址",
    "phone": "本人电话",
    "family_contact": "家属",
    "family_phone": "家属电话",
    "text": "刑期",
    "from": "起",
    "to": "止",
    "release_on": "释放日",
}


@dataclass(frozen=True)
class Release:
    """The release that a dossier is about: who receives, on which legal day, of which kind, why to be met."""

    receiver: str
    on: date
    type: str
    key_grounds: tuple[str, ...]


@dataclass(frozen=True)
class Desk:
    """Who answers for a document: the officer and the telephone of the unit."""

    officer: str
    phone: str


def moment(at: datetime) -> str:
    """A moment as documents state it, Beijing time: 2026年11月2日10时30分."""
    local = at.astimezone(_SHANGHAI)
    return f"{chinese_day(local.date())}{local.hour}时{local.minute:02d}分"


def word(table: str, code: str) -> str:
    """The Chinese word of a code; what was written itself where the table does not hold it."""
    return next((entry.zh for entry in load_national().codes[table].codes if entry.code == code), code)


@lru_cache(maxsize=1)
def _divisions() -> Divisions:
    return Divisions.load().extended(fictional_province().divisions)


def _division(written: str) -> str:
    """The name of a division from its code; words as they were written."""
    if not written.isdecimal():
        return written
    held = _divisions().lookup(written.ljust(12, "0"))
    return held.name if held else written


def _day(written: str) -> str:
    return chinese_day(date.fromisoformat(written))


def _parts(value: str) -> dict[str, str]:
    return {key: str(part) for key, part in json.loads(value).items()} if value.startswith("{") else {}


def _household(value: str) -> str:
    parts = _parts(value)
    name, address = _division(parts.get("division", "")), parts.get("address", "")
    return address if name and name in address else f"{name}{address}"


def _sentence(value: str) -> str:
    parts = _parts(value)
    span = [_day(parts["from"]) + "起" if "from" in parts else "", _day(parts["to"]) + "止" if "to" in parts else ""]
    return "，".join(part for part in (parts.get("text", ""), "至".join(filter(None, span))) if part) or value


def readable(item: str, value: str) -> str:
    """A core item's stored value as a document prints it."""
    if item == "household_region":
        return _household(value)
    if item == "sentence":
        return _sentence(value)
    if item == "birth_date":
        return _day(value)
    if item in _TABLES:
        return word(_TABLES[item], value)
    parts = _parts(value)
    if parts:
        return "；".join(
            f"{_PARTS.get(key, key)}：{_day(part) if key == 'release_on' else part}" for key, part in parts.items()
        )
    return value


def needs_release_notice(release_type: str) -> bool:
    """Whether a release notice goes with the dossier: for those who are free at the release, not for parole."""
    return release_type in FREE_AT_RELEASE


def of_release_notice(items: Mapping[str, str], release: Release, desk: Desk) -> dict[str, str]:
    """The facts of a release notice (刑满释放人员通知书)."""
    said = {
        field: readable(item, items[item])
        for field, item in (
            ("name", "name"),
            ("sex", "sex"),
            ("birth_date", "birth_date"),
            ("ethnicity", "ethnicity"),
            ("id_doc", "id_doc"),
            ("household", "household_region"),
            ("residence", "residence"),
            ("offence", "offence"),
            ("sentence", "sentence"),
            ("orders", "orders"),
        )
        if item in items
    }
    return said | {
        "receiver": release.receiver,
        "release_on": chinese_day(release.on),
        "release_type": word("release_type", release.type),
        "key_grounds": "、".join(word("key_person", ground) for ground in release.key_grounds),
        "officer": desk.officer,
        "phone": desk.phone,
    }


def of_dossier(items: Mapping[str, str], release: Release, desk: Desk, *, parcel: str) -> dict[str, str]:
    """The facts of a dossier (衔接档案): every core item that was sent, in the order of the standard."""
    rows = [
        f"{item.zh}\t{_one_line(readable(code, items[code]))}"
        for code, item in load_national().items.items()
        if code in items
    ]
    return {
        "receiver": release.receiver,
        "name": items["name"],
        "parcel": parcel,
        "items": "\n".join(rows),
        "officer": desk.officer,
        "phone": desk.phone,
    }


def _one_line(text: str) -> str:
    return " ".join(text.split())


def of_answer(desk: Desk, *, sender: str, name: str, parcel: str, sent_at: datetime, receipt: str) -> dict[str, str]:
    """The facts that a receipt and a letter of refusal share."""
    return {
        "sender": sender,
        "name": name,
        "parcel": parcel,
        "sent_at": moment(sent_at),
        "receipt": receipt,
        "officer": desk.officer,
        "phone": desk.phone,
    }


def said_in_receipt(received_at: datetime, release_on: date) -> dict[str, str]:
    """What only a receipt says: when the dossier was received, and the day of release."""
    return {"received_at": moment(received_at), "release_on": chinese_day(release_on)}


def said_in_refusal(ground: str, remark: str) -> dict[str, str]:
    """What only a letter of refusal says: the ground in words, and the remark."""
    return {"ground": REFUSAL_GROUNDS[ground].zh, "remark": remark}


def due(at: datetime) -> str:
    """A due moment as documents state it: an exclusive midnight (Beijing time) is the legal day before it."""
    local = at.astimezone(_SHANGHAI)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return chinese_day((local - datetime.resolution).date())
    return moment(at)
