"""What ails the log, told to the system and audit administrators: a record changed, a witness silent or refusing.

And, to the system administrator, that the disk is nearly full: what comes after it is that nothing can be recorded.
"""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta

from django.db import transaction

from guitu.access.tree import administrators, separated_who_may
from guitu.ledger.queries import Finding, findings
from guitu.notices.operations import Telling, tell_all
from guitu.web.full_disk import nearly_full

SYSTEM = separated_who_may("installation:watch")
ADMINISTRATORS = (*SYSTEM, *separated_who_may("audit:read"))
DISK = uuid.UUID("6d1a6f2e-5a0b-4a57-9a3d-0c1b7f6f0d15")
"""The one disk, as the subject of a notice."""
NOTICES = {
    "WITNESS_STALE": "LOG_WITNESS_STALE",
    "WITNESS_AHEAD": "LOG_WITNESS_REFUSES",
    "WITNESS_REFUSED": "LOG_WITNESS_REFUSES",
    "LOG_BROKEN": "LOG_BROKEN",
}
CHANGED = "LOG_CHANGED"
_NO_PART = re.compile(r"[^0-9A-Z.\-]")
_LONGEST = 40


def tell_findings(*, at: datetime, lasts: timedelta) -> int:
    """Tell each administrators' desk once of each thing found within `lasts` before `at`; how many notices were new."""
    with transaction.atomic():
        found = findings(since=at - lasts)
        if not found:
            return 0
        desks = administrators(*ADMINISTRATORS, at=at)
        return tell_all(
            [Telling(desk, _code(one), one.id, _facts(one)) for one in found for desk in desks],
            at=at,
        )


def tell_low_disk(*, at: datetime, free: int, whole: int, percent: int) -> int:
    """Tell the system administrators once a day that less than `percent` of the disk is free; bytes."""
    if not nearly_full(free=free, whole=whole, percent=percent):
        return 0
    facts = {"percent": str(free * 100 // whole), "at": at.isoformat()}
    with transaction.atomic():
        desks = administrators(*SYSTEM, at=at)
        return tell_all([Telling(desk, "DISK_LOW", DISK, facts, f"{at:%Y%m%d}") for desk in desks], at=at)


def _code(one: Finding) -> str:
    return NOTICES.get(one.code, CHANGED)


def _facts(one: Finding) -> dict[str, str]:
    """Codes, places and moments; the place as a document's number is written, without strokes."""
    facts = {"which": _plain(one.which), "at": (one.since or one.at).isoformat()}
    if _code(one) == CHANGED:
        facts["kind"] = one.code
    return facts


def _plain(which: str) -> str:
    return _NO_PART.sub("-", which.upper())[:_LONGEST].rjust(4, "0")
