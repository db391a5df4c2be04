"""Long rosters: checked and taken in by the worker instead of a page, in the post and for the purpose of whoever asked.

Both are one transaction, so a worker that is killed leaves all or nothing, and the errand is simply taken again: a
report made twice is the same report, and a draft that was taken in is gone (adr/0027).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from guitu.access import errands
from guitu.access import operations as access
from guitu.access.acting import actor
from guitu.prison import drafts, operations, reports
from guitu.prison.models import RosterDraft, RosterReport
from guitu.prison.roster.catalogue import catalogue
from guitu.prison.roster.report import RosterRefusedError
from guitu.prison.roster.workbook import read_workbook
from guitu.prison.told import told_of

CHECK, IMPORT = "roster:check", "roster:import"
NOT_READ = "NOT_READ"
"""How an errand begins to say that its file is not read."""


@dataclass(frozen=True)
class LongRoster:
    """A long roster of the own unit: its draft, the file, and the newest errand about it."""

    draft_id: uuid.UUID
    file_name: str
    errand: errands.ErrandView


def is_long(data: bytes, *, file_name: str, at_once: int, bytes_at_once: int) -> bool:
    """Whether the file has more lines than a page checks `at_once`, or more bytes than a page even reads.

    What is wrong with one of so many bytes is told by the errand. Raises RosterRefusedError if it cannot be read.
    """
    if len(data) > bytes_at_once:
        return True
    book = read_workbook(data, file_name, catalogue().limits)
    return sum(len(sheet.rows) for sheet in book.sheets if sheet.visible) > at_once


def not_read(refusal: RosterRefusedError) -> str:
    """How an errand ends whose file is not read, with the code of why."""
    return f"{NOT_READ}:{refusal.code}:{refusal.limit}"


def refusal_of(outcome: str) -> RosterRefusedError | None:
    """Why the file of an errand that ended so was not read; None where it ended otherwise."""
    word, _colon, rest = outcome.partition(":")
    code, _colon, limit = rest.partition(":")
    return RosterRefusedError(code, limit=limit) if word == NOT_READ and code else None


def hand_over(action: str, draft_id: uuid.UUID, *, at: datetime) -> bool:
    """Give the check or the import of a draft to the worker; False if there is no such draft or it has lapsed.

    A check forgets the report of before. Twice is once while the errand is open.
    """
    access.require(action)
    with transaction.atomic():
        own = RosterDraft.objects.filter(unit_id=actor().session.unit_id, expires_at__gt=at)
        if not own.select_for_update().filter(id=draft_id).exists():
            return False
        if action == CHECK:
            RosterReport.objects.filter(id=draft_id, unit_id=actor().session.unit_id).delete()
        errands.give(action, draft_id)
    return True


def errand_about(draft_id: uuid.UUID) -> errands.ErrandView | None:
    """The newest errand about this draft; None for one that no worker was asked about. In the caller's transaction."""
    return errands.newest_about([draft_id]).get(draft_id)


def long_rosters(*, at: datetime) -> list[LongRoster]:
    """The own unit's long rosters that have not lapsed, newest first. Inside the caller's transaction."""
    unit = actor().session.unit_id
    names = dict(RosterReport.objects.filter(unit_id=unit, expires_at__gt=at).values_list("id", "file_name"))
    names |= dict(RosterDraft.objects.filter(unit_id=unit, expires_at__gt=at).values_list("id", "file_name"))
    given = sorted(errands.newest_about(names).values(), key=lambda one: (one.given_at, one.id), reverse=True)
    return [LongRoster(one.about, names[one.about], one) for one in given]


def check_draft(draft_id: uuid.UUID, *, today: date, at: datetime, noted: operations.Noted) -> bool:
    """Check a draft and keep the report for its page; False if the draft is gone. Done by the worker."""
    access.require(CHECK)
    with transaction.atomic():
        draft = drafts.open_draft(draft_id, at=at)
        if draft is None:
            return False
        comparison = operations.compare(
            draft.data, file_name=draft.file_name, today=today, corrections=draft.corrections, noted=noted
        )
        reports.keep(draft_id, told_of(comparison), at=at, taken_in_at=None)
    return True


def import_draft(draft_id: uuid.UUID, *, today: date, at: datetime, noted: operations.Noted) -> bool:
    """Take a draft in; done already is True, no such draft is False. Done by the worker."""
    access.require(IMPORT)
    with transaction.atomic():
        if reports.is_taken_in(draft_id):
            return True
        taken = operations.take_in_open_draft(draft_id, today=today, at=at, noted=noted)
    return taken is not None
