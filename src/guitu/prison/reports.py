"""The report of a roster as a page shows it later: encrypted, for its own unit, until its draft would have lapsed.

Of a long file it is made by the worker before the import; of every file that was taken in it says what was written.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from guitu.access.acting import actor
from guitu.ledger import keys
from guitu.prison.models import RosterDraft, RosterReport
from guitu.prison.told import ToldReport, from_text


@dataclass(frozen=True)
class KeptReport:
    """The report of a roster as it was made; `taken_in_at` is empty until it was taken in."""

    told: ToldReport
    file_name: str
    made_at: datetime
    taken_in_at: datetime | None


def report_of(draft_id: uuid.UUID, *, at: datetime) -> KeptReport | None:
    """The report that is kept of this draft, or None. Inside the caller's transaction."""
    held = RosterReport.objects.filter(id=draft_id, unit_id=actor().session.unit_id, expires_at__gt=at).first()
    if held is None:
        return None
    told = from_text(keys.decrypt(held.sealed, belongs_to=_place(draft_id)))
    return KeptReport(told, held.file_name, held.made_at, held.taken_in_at)


def is_taken_in(draft_id: uuid.UUID) -> bool:
    """Whether this draft of the acting unit was taken in. Inside the caller's transaction."""
    own = RosterReport.objects.filter(id=draft_id, unit_id=actor().session.unit_id)
    return own.filter(taken_in_at__isnull=False).exists()


def of_moments(moments: Collection[datetime], *, at: datetime) -> dict[datetime, uuid.UUID]:
    """The kept reports of what the acting unit took in at these moments. Inside the caller's transaction."""
    own = RosterReport.objects.filter(unit_id=actor().session.unit_id, expires_at__gt=at)
    rows = own.filter(taken_in_at__in=list(moments)).values_list("taken_in_at", "id")
    return {taken_in_at: draft_id for taken_in_at, draft_id in rows if taken_in_at is not None}


def keep(draft_id: uuid.UUID, told: ToldReport, *, at: datetime, taken_in_at: datetime | None) -> None:
    """Keep the report in place of the draft's former one; those of the unit that have lapsed go at the same time."""
    session = actor().session
    draft = RosterDraft.objects.get(id=draft_id, unit_id=session.unit_id)
    RosterReport.objects.filter(unit_id=session.unit_id, expires_at__lte=at).delete()
    RosterReport.objects.update_or_create(
        id=draft_id,
        defaults={
            "unit_id": session.unit_id,
            "division": session.division,
            "file_name": draft.file_name,
            "sealed": keys.encrypt(told.as_text(), belongs_to=_place(draft_id)),
            "made_at": at,
            "taken_in_at": taken_in_at,
            "expires_at": draft.expires_at,
        },
    )


def _place(draft_id: uuid.UUID) -> str:
    return f"roster-report:{draft_id}"
