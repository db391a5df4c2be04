"""A roster file between its report and its import: encrypted in the database, readable by its own unit, lapsing."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from guitu.access import operations as access
from guitu.access.acting import actor
from guitu.ledger import keys
from guitu.prison import reports
from guitu.prison.models import Roster, RosterDraft


@dataclass(frozen=True)
class Draft:
    """A file that was handed in and not taken in yet, with the cells that were corrected on screen."""

    data: bytes
    file_name: str
    corrections: dict[tuple[str, int, str], str]


@dataclass(frozen=True)
class ImportedFile:
    """A file that was taken in: name, when, its counts, and as long as it is kept the draft of its report."""

    file_name: str
    imported_at: datetime
    rows_read: int
    accepted: int
    changed: int
    unchanged: int
    to_correct: int
    to_decide: int
    draft_id: uuid.UUID | None


def keep(data: bytes, *, file_name: str, at: datetime, lasts: timedelta) -> uuid.UUID:
    """Keep the file encrypted until `at + lasts`; drafts of the unit that have lapsed go at the same time."""
    session = actor().session
    draft_id = uuid.uuid4()
    with transaction.atomic():
        RosterDraft.objects.filter(unit_id=session.unit_id, expires_at__lte=at).delete()
        RosterDraft.objects.create(
            id=draft_id,
            unit_id=session.unit_id,
            division=session.division,
            post_id=session.post_id,
            file_name=file_name,
            sealed=keys.encrypt(base64.b64encode(data).decode(), belongs_to=f"roster-draft:{draft_id}"),
            created_at=at,
            expires_at=at + lasts,
        )
    return draft_id


def open_draft(draft_id: uuid.UUID, *, at: datetime) -> Draft | None:
    """The draft of the acting unit, or None if there is none or it has lapsed. Inside the caller's transaction."""
    found = RosterDraft.objects.filter(id=draft_id, unit_id=actor().session.unit_id, expires_at__gt=at).first()
    if found is None:
        return None
    key = f"roster-draft:{draft_id}"
    corrections: dict[tuple[str, int, str], str] = {}
    if found.sealed_corrections is not None:
        typed = json.loads(keys.decrypt(found.sealed_corrections, belongs_to=key))
        corrections = {(sheet, row, code): text for sheet, row, code, text in typed}
    return Draft(base64.b64decode(keys.decrypt(found.sealed, belongs_to=key)), found.file_name, corrections)


def correct(draft_id: uuid.UUID, typed: Mapping[tuple[str, int, str], str], *, at: datetime) -> bool:
    """Keep texts typed on screen in place of cells (sheet, row, field); an empty text takes one back.

    Returns False if the draft is gone.
    """
    access.require("roster:check")
    with transaction.atomic():
        draft = open_draft(draft_id, at=at)
        if draft is None:
            return False
        merged = {place: text for place, text in {**draft.corrections, **typed}.items() if text}
        rows = [[sheet, row, code, text] for (sheet, row, code), text in merged.items()]
        sealed = keys.encrypt(json.dumps(rows, ensure_ascii=False), belongs_to=f"roster-draft:{draft_id}")
        RosterDraft.objects.filter(id=draft_id, unit_id=actor().session.unit_id).update(sealed_corrections=sealed)
    return True


def spend(draft_id: uuid.UUID) -> None:
    """Remove a draft that was taken in."""
    with transaction.atomic():
        RosterDraft.objects.filter(id=draft_id, unit_id=actor().session.unit_id).delete()


def imported_lately(*, at: datetime, first: int = 0, most: int) -> tuple[list[ImportedFile], int]:
    """The acting unit's files, newest first: `most` from `first` on, and how many. Inside the caller's transaction."""
    found = Roster.objects.filter(unit_id=actor().session.unit_id).order_by("-imported_at", "id")
    rows = list(found[first : first + most])
    kept = reports.of_moments({row.imported_at for row in rows}, at=at)
    shown = [
        ImportedFile(
            row.file_name,
            row.imported_at,
            row.rows_read,
            row.accepted,
            row.changed,
            row.unchanged,
            row.to_correct,
            row.to_decide,
            kept.get(row.imported_at),
        )
        for row in rows
    ]
    return shown, found.count()
