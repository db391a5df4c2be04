"""The personal copy: built room by room by the worker, kept encrypted until it expires, fetched or handed over.

One readable file (PDF/A) and one for machines (JSON, `SCHEMA`; docs/rights.md). Both say what was left out and why.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from guitu.access import operations as access
from guitu.access.acting import actor
from guitu.access.queries import posts_named, unit, units_named
from guitu.ledger import keys
from guitu.ledger.holdings import POST, UNIT, Cell, TableCopy, without
from guitu.ledger.operations import record
from guitu.notices.operations import Person, tell
from guitu.papers import operations as papers
from guitu.papers.personal_copies import Chapter, set_copy
from guitu.papers.policy import chinese_day
from guitu.people.exporting import items_held
from guitu.rights import policy
from guitu.rights.deciding import BUILD, RequestUnknown
from guitu.rights.models import Copy, Request
from guitu.rights.rooms import ROOMS, Room
from guitu.rulebook.rights import rights_rules

Noted = Callable[[int, int], None]
SCHEMA = "guitu-personal-copy-1"
READABLE, MACHINE = "pdf", "json"
FORMS = {READABLE: "application/pdf", MACHINE: "application/json"}
RECEIPT = "signed_statement"
FETCH, HAND_OVER = "rights:fetch", "rights:hand_over"
_SHANGHAI = ZoneInfo("Asia/Shanghai")
OPENING = (
    "这是本平台所存的、关于您的全部个人信息，按存放的地方分章。代码旁边写了意思；单位写名称，经办人只写岗位，不写姓名。",
    "您要更正、要求解释、要求删除，或者不同意哪项决定，可以在“我的路”上说，也可以到窗口书面提出。",
)


@dataclass(frozen=True)
class _Told:
    """What one room tells."""

    room: Room
    tables: list[TableCopy]


def build(request_id: uuid.UUID, *, today: date, at: datetime, noted: Noted) -> bool:
    """Build the copy of a granted request; False if there is none. Done by the worker, in the post that decided.

    Every item that stands in it is named in the line of the look. Built already is True.
    """
    with transaction.atomic():
        request = Request.objects.filter(id=request_id).first()
        if request is None or not policy.builds_copy(request.kind, request.outcome):
            return False
    _require_seeing(BUILD, request.person_id)
    with transaction.atomic():
        if Copy.objects.filter(id=request_id).exists():
            return True
        told: list[_Told] = []
        for done, room in enumerate(ROOMS, start=1):
            made = room.export(request.person_id)
            told.append(_Told(room, [without(table, request.left_out) for table in made]))
            noted(done, len(ROOMS) + 1)
        machine = json.dumps(_machine(request, told, at), ensure_ascii=False, indent=1).encode()
        readable = _readable(request, told, at)
        rules = rights_rules()
        Copy.objects.create(
            id=request_id,
            person_id=request.person_id,
            division=request.division,
            readable=keys.encrypt_bytes(readable, belongs_to=bound(request_id, READABLE)),
            machine=keys.encrypt_bytes(machine, belongs_to=bound(request_id, MACHINE)),
            made_at=at,
            expires_at=at + timedelta(days=rules.copy_days),
        )
        record(
            "rights:copy:made",
            subjects=[request.person_id],
            division=request.division,
            at=at,
            event_id=uuid.uuid5(request_id, f"copy:{at.isoformat()}"),
            number=request.number,
            legal_day=today,
        )
        facts = {"number": request.number, "until": (today + timedelta(days=rules.copy_days)).isoformat()}
        tell(Person(request.person_id), "OWN_COPY_READY", facts, at, subject_id=request_id, key=at.isoformat())
        noted(len(ROOMS) + 1, len(ROOMS) + 1)
    return True


def _require_seeing(permission: str, person_id: uuid.UUID) -> None:
    """Ask as `access.require` does, with every item of the person named. Raises NotAllowed, PersonUnknown."""
    with transaction.atomic():
        seen = items_held(person_id)
    answer = access.ask(permission, [person_id], seen=seen)
    if answer == "DENIED":
        raise access.NotAllowed(permission)
    if answer != "ALLOWED":
        raise access.PersonUnknown


def bound(request_id: uuid.UUID, form: str) -> str:
    """What an encrypted copy is bound to."""
    return f"copy:{request_id}:{form}"


def fetch(person_id: uuid.UUID, request_id: uuid.UUID, form: str, *, event_id: uuid.UUID, at: datetime) -> bytes:
    """Hand the copy to the person on their own page; each time is recorded.

    A representative may ask for it and is not given it: it holds what the decision table gives the person alone.
    Raises NotAllowed, PersonUnknown, RequestUnknown where none is kept (any more), KeyError for an unknown form.
    """
    access.require(FETCH, [person_id])
    with transaction.atomic():
        copy = _kept(person_id, request_id, at)
        if copy.fetched_at is None:
            copy.fetched_at = at
            copy.save(update_fields=["fetched_at"])
        return _given(copy, form, how="OWN_ROAD", event_id=event_id, at=at)


def print_out(person_id: uuid.UUID, request_id: uuid.UUID, *, event_id: uuid.UUID, at: datetime) -> bytes:
    """The readable copy for an officer to print and hand over; the line of the look names every item in it.

    Raises NotAllowed, PersonUnknown, RequestUnknown.
    """
    _require_seeing(HAND_OVER, person_id)
    with transaction.atomic():
        return _given(_kept(person_id, request_id, at), READABLE, how="PRINTED", event_id=event_id, at=at)


def hand_over(
    person_id: uuid.UUID, request_id: uuid.UUID, *, sheet: bytes, file_name: str, event_id: uuid.UUID, at: datetime
) -> None:
    """Record that the printed copy was handed over, with the sheet on which the person signed for it.

    Done once; again changes nothing. Raises NotAllowed, PersonUnknown, RequestUnknown, papers.policy.AttachmentRefused.
    """
    access.require(HAND_OVER, [person_id])
    with transaction.atomic():
        _kept(person_id, request_id, at)
    sheet_id = papers.attach(
        person_id,
        kind=RECEIPT,
        source="本人签收副本",
        data=sheet,
        file_name=file_name,
        event_id=uuid.uuid5(request_id, "guitu:copy-receipt"),
        at=at,
    )
    with transaction.atomic():
        copy = _kept(person_id, request_id, at)
        if copy.handed_at is not None:
            return
        copy.handed_at, copy.handed_by, copy.sheet_id = at, actor().session.post_id, sheet_id
        copy.save(update_fields=["handed_at", "handed_by", "sheet_id"])
        record(
            "rights:copy:handed_over",
            subjects=[person_id],
            division=copy.division,
            at=at,
            event_id=event_id,
            sheet=str(sheet_id),
        )


def _kept(person_id: uuid.UUID, request_id: uuid.UUID, at: datetime) -> Copy:
    found = (
        Copy.objects.select_for_update(no_key=True)
        .filter(id=request_id, person_id=person_id, expires_at__gt=at)
        .first()
    )
    if found is None:
        raise RequestUnknown
    return found


def _given(copy: Copy, form: str, *, how: str, event_id: uuid.UUID, at: datetime) -> bytes:
    sealed = {READABLE: copy.readable, MACHINE: copy.machine}[form]
    record(
        "people:copy:given",
        subjects=[copy.person_id],
        division=copy.division,
        at=at,
        event_id=event_id,
        form=form,
        how=how,
    )
    return keys.decrypt_bytes(sealed, belongs_to=bound(copy.id, form))


def _cells(told: Iterable[_Told]) -> Iterable[Cell]:
    return (cell for one in told for table in one.tables for row in table.rows for cell in row)


def _names(told: list[_Told]) -> dict[str, str]:
    """Names of units, titles of posts (no names of officers), by the id as it stands in the copy."""
    ids: dict[str, set[uuid.UUID]] = {UNIT: set(), POST: set()}
    for cell in _cells(told):
        if cell.points_at in ids:
            ids[cell.points_at].add(uuid.UUID(str(cell.value)))
    named = {str(key): found.name for key, found in units_named(ids[UNIT]).items()}
    return named | {str(key): title for key, (_name, title) in posts_named(ids[POST]).items()}


def _machine(request: Request, told: list[_Told], at: datetime) -> dict[str, Any]:
    """The copy for machines: rooms, tables, rows of columns, and what was kept out with ground and article."""
    names, grounds = _names(told), rights_rules().withheld
    return {
        "schema": SCHEMA,
        "request": request.number,
        "made_at": at.isoformat(),
        "rooms": [
            {
                "room": one.room.name,
                "title": one.room.zh,
                "tables": [
                    {
                        "table": table.table,
                        "title": table.title,
                        "columns": {cell.column: cell.label for row in table.rows for cell in row},
                        "rows": [
                            {cell.column: {"value": cell.value} | _words(cell, names) for cell in row}
                            for row in table.rows
                        ],
                        "left_out": [
                            {
                                "what": kept.label,
                                "ground": kept.ground,
                                "why": grounds[kept.ground].words.zh,
                                "article": grounds[kept.ground].article,
                            }
                            for kept in table.kept
                        ],
                    }
                    for table in one.tables
                ],
            }
            for one in told
        ],
    }


def _words(cell: Cell, names: dict[str, str]) -> dict[str, str]:
    said = cell.shown or names.get(str(cell.value), "")
    return {"words": said} if said else {}


def _readable(request: Request, told: list[_Told], at: datetime) -> bytes:
    names, grounds = _names(told), rights_rules().withheld
    chapters = [
        Chapter(
            one.room.zh,
            [
                (table.title, [[(_short(cell.label), _line(cell, names)) for cell in row] for row in table.rows])
                for table in one.tables
                if table.rows
            ],
        )
        for one in told
    ]
    kept = {
        (
            _short(table.title) if one.label == table.title else f"{_short(table.title)}：{_short(one.label)}",
            one.ground,
        ): None
        for each in told
        for table in each.tables
        for one in table.kept
    }
    return set_copy(
        number=request.number,
        unit=unit(request.duty_unit_id).name,
        opening=OPENING,
        chapters=[chapter for chapter in chapters if chapter.tables],
        kept=[(label, grounds[ground].words.zh, grounds[ground].article) for label, ground in kept],
        at=at,
        day=chinese_day(at.astimezone(_SHANGHAI).date()),
    )


def _short(label: str) -> str:
    """What a column is, without how it is stored or coded."""
    return label.partition("（")[0].partition("：")[0]


def _line(cell: Cell, names: dict[str, str]) -> str:
    """One value as people read it: moments in local time, codes and ids with their words, files by name only."""
    if cell.points_at == "file":
        return "（文件原文在机器可读的副本里；文书另可在“我的路”上打开）"
    said = cell.shown or names.get(str(cell.value), "")
    if cell.points_at and said:
        return said
    plain = _plain(cell.value)
    return f"{said}（{plain}）" if said else plain


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_plain(one) for one in value)
    if isinstance(value, dict):
        return "；".join(f"{key}：{_plain(one)}" for key, one in value.items())
    text = str(value)
    if len(text) > len("2026-01-01T00:00") and text[10:11] == "T":
        try:
            return f"{datetime.fromisoformat(text).astimezone(_SHANGHAI):%Y-%m-%d %H:%M}"
        except ValueError:
            return text
    return text
