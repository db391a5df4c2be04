"""Exports of a desk's list: asked for with a use, above the role's limit approved by a leader, gone in a day.

The columns are those of the list, with the same masks; juveniles are left out (G-10) and counted.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from guitu.access import errands, exports, impact
from guitu.access import operations as access
from guitu.access.acting import actor
from guitu.access.queries import unit, units_named
from guitu.access.rule_packs import active_book
from guitu.access.tree import tree_above
from guitu.handover.sheet_files import Sheet, as_csv, as_xlsx
from guitu.journeys import queries as roads
from guitu.ledger import keys
from guitu.ledger.operations import record
from guitu.notices.operations import Post, tell
from guitu.people.queries import divisions_of
from guitu.rulebook import looking
from guitu.rulebook.attempts import AttemptRefused
from guitu.rulebook.juveniles import SHELTERED, is_sheltered
from guitu.rulebook.looking import ExportRules, export_rules

ASK = "export:ask"
FORMATS = ("csv", "xlsx")
HEADINGS = ("编号", "姓名", "事项状态", "释放日", "释放方式", "最近时限", "规则", "送出单位", "承办单位")
_SHANGHAI = ZoneInfo("Asia/Shanghai")
_MINUTE = "%Y-%m-%d %H:%M"


class ExportRefused(PermissionError):
    """This list cannot be exported as asked; `zh` and `en` say why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


class ExportAboveMost(AttemptRefused, ExportRefused):
    """More rows than anybody may take at once."""


@dataclass(frozen=True)
class Offer:
    """What an export would hold: which list, how many rows, how many one person may still take, how many left out.

    `most` is what one person may take within the rulebook's time; of it `alone` is left. `free_at` (UTC): when this
    list may be taken alone, or, where it may be now, when nothing counts any more; None where nothing changes.
    """

    listed: str
    rows: int
    alone: int
    left_out: int
    most: int
    free_at: datetime | None

    @property
    def two(self) -> bool:
        """Whether a leader has to approve it."""
        return self.rows > self.alone


def digest(export_id: str, row: str) -> int:
    """0–3, how many spaces end this row of this export; keyed, so that nobody else can compute it, under the key of
    marks: the file is outside and cannot be marked anew when the keys change."""
    return keys.mark("export-mark", f"{export_id}\x1f{row}")[0] & 3


def side() -> str:
    """Which list is the acting post's own."""
    session = actor().session
    if session.role in {"PRISON_LIAISON", "DETENTION_OFFICER"}:
        return "sending"
    if session.role == "SUPERVISOR":
        return "superior"
    return "receiving" if session.unit_kind == "county" else "local"


def offer(*, states: Sequence[str] = (), late_only: bool, at: datetime) -> Offer:
    """How many rows the acting post's own list has now, in these states (none: in all).

    Inside the caller's transaction.
    """
    wanted = roads.Filters(states=tuple(states), late=late_only)
    every, juveniles = roads.how_many(side(), wanted, now=at, marks=SHELTERED)
    most, rows = export_rules().alone.get(actor().session.role, 0), every - juveniles
    alone = min(most, exports.left())
    free_at = exports.frees(rows if alone < rows <= most else most) if alone < most else None
    return Offer(_listed(side(), states), rows, alone, juveniles, most, free_at)


def _listed(which: str, states: Sequence[str]) -> str:
    """How the register names a list: the side, and the states it was narrowed to."""
    return f"{which}:{','.join(states)}" if states else which


def parts_of(listed: str) -> tuple[str, tuple[str, ...]]:
    """The side and the states of a list as the register names it; no states where it holds all."""
    which, _colon, states = listed.partition(":")
    return which, tuple(states.split(",")) if states else ()


def ask(
    export_id: uuid.UUID,
    *,
    states: Sequence[str] = (),
    late_only: bool,
    file_format: str,
    code: str,
    words: str,
    at: datetime,
) -> exports.ExportView:
    """Ask for the own list in these states (none: all) as a file; above the limit of the role a leader is told.

    Within the limit it may be made at once. The same `export_id` again is the same export. Raises NotAllowed,
    ReasonRefused, ExportRefused, NotAssessed.
    """
    access.require(ASK)
    rules = export_rules()
    said = rules.reason.reason(code, words)
    if file_format not in FORMATS:
        raise ExportRefused("请选文件格式。", "Choose a format.")
    with transaction.atomic():
        kept, _ = exports.exports_listed("OWN", first=0, most=1, only=export_id)
        if kept:
            return kept[0]
        session, offered = actor().session, offer(states=states, late_only=late_only, at=at)
        _check(offered, rules)
        if offered.two:
            impact.require_assessed(impact.EXPORT_ABOVE_LIMIT, at=at)
        number = f"DC{at.astimezone(_SHANGHAI):%Y%m%d}-{export_id.hex[:8].upper()}"
        alone = exports.register(
            export_id,
            number=number,
            listed=offered.listed,
            late_only=late_only,
            file_format=file_format,
            code=code,
            words=said,
            rows=offered.rows,
            alone=offered.alone,
        )
        record(
            "handover:export:asked",
            subjects=[],
            division=session.division,
            at=at,
            event_id=uuid.uuid5(export_id, "asked"),
            number=number,
            rows=offered.rows,
            alone=alone,
        )
        if not alone:
            tell(
                tree_above({session.unit_id}, at=at).leaders_of(session.unit_id),
                "EXPORT_ASKED",
                {"unit": str(session.unit_id), "number": number, "rows": str(offered.rows)},
                at,
                subject_id=export_id,
            )
        return exports.exports_listed("OWN", first=0, most=1, only=export_id)[0][0]


def _check(offered: Offer, rules: ExportRules) -> None:
    if not offered.rows:
        raise ExportRefused("这个清单现在没有可导出的行。", "This list has no row to export now.")
    if offered.rows + offered.left_out > rules.most_rows:
        most = rules.most_rows
        raise ExportAboveMost(
            f"超过一次最多的{most}行，请缩小范围。", f"More than {most} rows at once: narrow the list."
        )


def decide(export_id: uuid.UUID, *, approved: bool, finding: str, at: datetime) -> None:
    """Decide an export above the limit; the asker is told.

    Raises NotAllowed, ReasonRefused, PersonUnknown, NotAssessed.
    """
    access.require("export:approve")
    said = looking.finding(finding, export_rules().reason.words_min)
    with transaction.atomic():
        found = exports.decide(export_id, at=at, approved=approved, finding=said)
        if not found.fresh:
            return
        if approved:
            impact.require_assessed(impact.EXPORT_ABOVE_LIMIT, at=at)
        tell(
            Post(found.unit_id, found.post_id, found.role),
            "EXPORT_APPROVED" if approved else "EXPORT_REFUSED",
            {"number": found.number},
            at,
            subject_id=export_id,
        )
        record(
            "handover:export:decided",
            subjects=[],
            division=unit(found.unit_id).division,
            at=at,
            event_id=uuid.uuid5(export_id, "decided"),
            number=found.number,
            approved=approved,
        )


def make(
    export_id: uuid.UUID, *, today: date, at: datetime, noted: Callable[[int, int], None] = lambda done, of_all: None
) -> bool:
    """Make the file of an export that may be made, encrypt and keep it; False if there is none to make.

    Called by the page, or for a long one by the worker as the asker's errand. The rows are those of the moment; should
    they have become more than were asked for, the first of them. `today` is what every errand is told.
    """
    access.require(ASK)
    with transaction.atomic():
        found, _ = exports.exports_listed("OWN", first=0, most=1, only=export_id)
        if not found or (found[0].needs_two and not found[0].approved):
            return False
        one = found[0]
        if one.made_at is not None:
            return True
        tasks = rows_of(one, at=at)
        noted(0, len(tasks))
        data = as_file(one, tasks, at=at)
        persons = [task.person_id for task in tasks]
        kept = exports.keep(
            export_id,
            persons=persons,
            sealed=keys.encrypt_bytes(data, belongs_to=f"export:{export_id}"),
            sha256=hashlib.sha256(data).hexdigest(),
            at=at,
            until=at + export_rules().kept,
        )
        if kept:
            record(
                "handover:export:made",
                subjects=persons,
                division=_where_read(persons),
                at=at,
                event_id=export_id,
                number=one.number,
                use=one.code,
                rows=len(persons),
            )
        noted(len(tasks), len(tasks))
    return True


def _where_read(persons: Sequence[uuid.UUID]) -> str:
    """Under which division the line about all of them stands: the own where one of them does, else one of theirs."""
    own, theirs = actor().session.division, sorted(set(divisions_of(persons).values()))
    return own if own in theirs or not theirs else theirs[0]


def rows_of(one: exports.ExportView, *, at: datetime) -> list[roads.Task]:
    """The matters of an export as they stand, masked as in the list. Inside the caller's transaction."""
    which, states = parts_of(one.listed)
    wanted, most = roads.Filters(states=states, late=one.late_only), export_rules().most_rows
    listed = roads.queue_after(which, wanted, now=at, after=None, most=most)
    return [task for task in listed if not is_sheltered(task.marks)][: one.rows]


def as_file(one: exports.ExportView, tasks: list[roads.Task], *, at: datetime) -> bytes:
    """The file of these matters with watermark and marks, not yet encrypted."""
    sheet = _sheet(one, tasks, at=at)
    return as_csv(sheet, digest) if one.format == "csv" else as_xlsx(sheet, digest)


def give_to_worker(export_id: uuid.UUID) -> None:
    """Hand a long export to the worker; it waits as long as the file would be kept."""
    access.require(ASK)
    with transaction.atomic():
        errands.give(ASK, export_id)


def fetch(export_id: uuid.UUID, *, at: datetime) -> tuple[str, str, bytes] | None:
    """Number, format and bytes of the own file while it is kept; None when it is gone, or was approved and fetched."""
    access.require(ASK)
    with transaction.atomic():
        held = exports.fetch(export_id, at=at)
        if held is None:
            return None
        number, file_format, sealed = held
        record(
            "handover:export:fetched",
            subjects=[],
            division=actor().session.division,
            at=at,
            event_id=uuid.uuid4(),
            number=number,
        )
        return number, file_format, keys.decrypt_bytes(sealed, belongs_to=f"export:{export_id}")


def _sheet(one: exports.ExportView, tasks: list[roads.Task], *, at: datetime) -> Sheet:
    session, book = actor().session, active_book()
    states = {state.id: state.zh for state in book.journeys["return_home"].states}
    types = {code.code: code.zh for code in book.codes["release_type"].codes}
    names = units_named({task.sending_unit_id for task in tasks} | {task.duty_unit_id for task in tasks})
    local = at.astimezone(_SHANGHAI)
    rows = [
        (
            task.person_number,
            task.person_name,
            states.get(task.state, task.state),
            task.release_on.isoformat(),
            types.get(task.release_type, task.release_type),
            task.due_at.astimezone(_SHANGHAI).strftime(_MINUTE) if task.due_at else "",
            task.due_rule,
            names[task.sending_unit_id].name,
            names[task.duty_unit_id].name,
        )
        for task in tasks
    ]
    watermark = (
        f"{session.unit_name} · {session.post_title} · {session.account_name} · {local:{_MINUTE}} · {one.number}"
    )
    return Sheet(one.number, str(one.id), f"内部使用 · {watermark} · 不得外传", HEADINGS, rows)
