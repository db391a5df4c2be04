"""An officer records a newer value of one core item by hand: checked, with source and reason, the older value kept.

What the roster intake reports of a file is reported here of a form, by the same rules; nothing is repaired.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from django.db import DatabaseError, transaction

from guitu.access import operations as access
from guitu.access.founding import divisions_in_force
from guitu.access.queries import is_demonstration
from guitu.ledger.operations import record
from guitu.ledger.queries import is_recorded
from guitu.people import operations as people
from guitu.people import queries as persons
from guitu.people.identity_numbers import IdentityCheck, check_identity_number
from guitu.people.matching import IdentityView
from guitu.people.names import check_name
from guitu.rulebook.book import load_national
from guitu.rulebook.catalogues import Item, Part

RESIDENT = "resident_id"
_LEGAL_ZONE = ZoneInfo("Asia/Shanghai")
_LONGEST = 500
_PHONE = re.compile(r"\+?[0-9][0-9 \-]{5,19}")
_MAY_BE_RIGHT = frozenset({"ID_SEX_MISMATCH", "ID_BIRTH_MISMATCH", "ID_DIVISION_UNKNOWN"})
_IDENTITY = frozenset({"name", "sex", "birth_date", "id_doc"})
HEAD = _IDENTITY - {"id_doc"}
"""What also stands at the head of a file and is corrected by who has it in hand."""
_NOT_IN_HAND = "GU006"
NOT_IN_HAND = (
    "档案现在不在本单位手里，请由现在负责的单位更正",
    "This file is no longer in the hands of this unit; the unit responsible now corrects it",
)
"""Why the head of a file is not corrected by whoever had it before."""


class ItemRefused(ValueError):
    """The value is not taken; `zh` and `en` say why. `confirmable`: it may stand if the document says so."""

    def __init__(self, zh: str, en: str, *, confirmable: bool = False) -> None:
        super().__init__(en)
        self.zh, self.en, self.confirmable = zh, en, confirmable


def record_item(
    person_id: uuid.UUID,
    code: str,
    typed: Mapping[str, str],
    *,
    source: str,
    reason: str,
    confirmed: bool,
    event_id: uuid.UUID,
    at: dt.datetime,
) -> None:
    """Record a newer value of the item `code`; `typed` holds its parts, or its one value under ``value``.

    `confirmed` states that an unusual number was read from the document itself. `event_id` (the form's mark) makes a
    second press harmless. Raises NotAllowed, PersonUnknown, ItemRefused.
    """
    access.require("item:record", [person_id])
    with _in_hand(), transaction.atomic():
        if is_recorded("people:item:recorded", event_id):
            return
        item = load_national().items.get(code)
        if item is None or not item.by_hand:
            raise ItemRefused("这一项不在这里填写", "This item is not recorded here")
        if not source.strip() or not reason.strip():
            raise ItemRefused("来源和理由都要写", "Both the source and the reason are needed")
        today = at.astimezone(_LEGAL_ZONE).date()
        value = _value(item, typed, today=today)
        before = persons.identities([person_id])[person_id]
        identity = _identity(before, code, value)
        if code in _IDENTITY:
            _check_identity(identity, code, confirmed=confirmed, today=today)
        facts = people.Newer(
            person_id,
            {code: value},
            (identity.name, identity.sex or "0", identity.birth_date) if code in HEAD else None,
        )
        people.update_many([facts], source=source.strip(), at=at)
        if code == "id_doc":
            people.add_identifier(person_id, kind=RESIDENT, number=value, at=at)
        record(
            "people:item:recorded",
            subjects=[person_id],
            division=persons.division_of(person_id),
            at=at,
            event_id=event_id,
            items=[code],
            reason=reason.strip(),
        )


@contextmanager
def _in_hand() -> Iterator[None]:
    """Say in words what the database refuses: the head of a file is corrected by who has it in hand now."""
    try:
        yield
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) != _NOT_IN_HAND:
            raise
        raise ItemRefused(*NOT_IN_HAND) from error


def _value(item: Item, typed: Mapping[str, str], *, today: dt.date) -> str:
    """The value as stored: plain, or canonical JSON for an item of several parts. Raises ItemRefused."""
    if item.parts:
        told = {part.id: _part(part, typed.get(part.id, "").strip(), today=today) for part in item.parts}
        told = {key: value for key, value in told.items() if value}
        if not told:
            raise ItemRefused("还没有填", "Nothing is filled in")
        return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    value = typed.get("value", "").strip()
    if not value:
        raise ItemRefused("还没有填", "Nothing is filled in")
    if len(value) > _LONGEST:
        raise ItemRefused(f"不超过{_LONGEST}字", f"At most {_LONGEST} characters")
    if item.id == "name":
        checked = check_name(value)
        if checked.problems:
            raise ItemRefused(checked.problems[0].zh, checked.problems[0].en)
        return checked.normalised
    if item.type == "date":
        return _day(value, today=today)
    if item.id != "id_doc" and item.type == "code" and item.code_table is not None:
        known = {entry.code for entry in load_national().codes[item.code_table].codes}
        if value not in known:
            raise ItemRefused("请从列表中选", "Choose from the list")
    return value


def _part(part: Part, value: str, *, today: dt.date) -> str:
    if not value:
        return ""
    if len(value) > _LONGEST:
        raise ItemRefused(f"不超过{_LONGEST}字", f"At most {_LONGEST} characters")
    if part.kind == "date":
        return _day(value, today=None)
    if part.kind == "phone" and not _PHONE.fullmatch(value):
        raise ItemRefused(f"{part.zh}不像电话号码", f"{part.en}: this does not look like a telephone number")
    if part.kind == "division":
        held = divisions_in_force().lookup(value.ljust(12, "0")) if re.fullmatch(r"\d{6,12}", value) else None
        if held is None or not held.living:
            raise ItemRefused(f"{part.zh}应为现行的区划代码", f"{part.en}: a division code in force is needed")
    return value


def _day(text: str, *, today: dt.date | None) -> str:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise ItemRefused("日期应写作2026-03-05", "A date is written 2026-03-05") from None
    if today is not None and day > today:
        raise ItemRefused("日期不能晚于今天", "The date cannot lie after today")
    return day.isoformat()


def _identity(before: IdentityView, code: str, value: str) -> IdentityView:
    """The identity as it would stand with the newer value."""
    return IdentityView(
        key=before.key,
        name=value if code == "name" else before.name,
        numbers=((RESIDENT, value),) if code == "id_doc" else before.numbers,
        birth_date=dt.date.fromisoformat(value) if code == "birth_date" else before.birth_date,
        sex=value if code == "sex" else before.sex,
        former_names=before.former_names,
        division=before.division,
    )


def _check_identity(told: IdentityView, code: str, *, confirmed: bool, today: dt.date) -> None:
    """Number against sex and birth date; and whether anybody else is held who may be this person."""
    for kind, number in told.numbers:
        if kind != RESIDENT:
            continue
        for problem in _check(told, number, confirmed=confirmed, today=today).problems:
            if not (confirmed and problem.code in _MAY_BE_RIGHT):
                raise ItemRefused(
                    f"{problem.zh}。{problem.remedy_zh}",
                    f"{problem.en}. {problem.remedy_en}",
                    confirmable=problem.code in _MAY_BE_RIGHT,
                )
    others = persons.matches_of([told])[told.key]
    if others:
        raise ItemRefused(
            f"这样改之后，与另一份档案相近（{others[0].zh}）。请先在“身份核对”里判定是否同一人",
            f"With this value another file comes close ({others[0].en}). Decide first, under Identity check",
        )
    if code == "id_doc" and any(
        held.elsewhere for held in persons.held_numbers(RESIDENT, [number for _, number in told.numbers]).values()
    ):
        raise ItemRefused(
            "这个号码别处已有人使用，须由共同上级的身份核对岗判定",
            "This number is held elsewhere; the common superior's identity desk decides",
        )


def _check(told: IdentityView, number: str, *, confirmed: bool, today: dt.date) -> IdentityCheck:
    return check_identity_number(
        number,
        birth_date=told.birth_date,
        sex=told.sex,
        on=today,
        read_from_document=confirmed,
        fictional_allowed=is_demonstration(),
        divisions=divisions_in_force().identity_prefixes,
    )
