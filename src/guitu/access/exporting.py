"""What this room holds about a person, for the personal copy; see ledger.holdings.

Its tables are closed to pages: the database hands out the rows without secrets, to whoever builds the copy. Looks are
those that the person sees on their own page, but for legal oversight and enquiries into looks: an office makes the copy
and may hand it over. What is held back there is held back here, wherever it left a line.
"""

from __future__ import annotations

import json
import uuid
from types import SimpleNamespace

from django.db import connection

from guitu.access.models import Glass, LookHold, LookReason, Mandate, Reach, SignInCode, Trace
from guitu.access.permissions import PERMISSIONS, PURPOSES
from guitu.access.person_codes import looks_by_others, mandate_name
from guitu.ledger.holdings import (
    TECHNICAL,
    TELL,
    TELL_POST,
    TELL_UNIT,
    Holding,
    Row,
    TableCopy,
    copied,
    tell,
    withheld,
)

MOST_LOOKS = 5000
"""Looks in one copy, the newest; the page of looks shows all."""


def _held(table: str, person_id: uuid.UUID) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT held FROM access_held_about(%s::uuid) WHERE what = %s", [person_id, table])
        rows = [SimpleNamespace(**json.loads(row[0])) for row in cursor.fetchall()]
    return sorted(rows, key=lambda row: str(row.id))


def glasses_held_back(person_id: uuid.UUID) -> list[uuid.UUID]:
    """Emergency looks at the person that are held back from them now: notices of these are too."""
    return [uuid.UUID(row.id) for row in _held("access_glass", person_id)]


def _mandates(person_id: uuid.UUID) -> list[Row]:
    """Mandates with the name of who holds them in the clear: the person named them."""
    rows = _held("access_mandate", person_id)
    for row in rows:
        row.sealed_name = mandate_name(bytes.fromhex(row.sealed_name.removeprefix("\\x")), uuid.UUID(row.id))
    return rows


def _looks(person_id: uuid.UUID) -> list[Row]:
    found, _ = looks_by_others(person_id, first=0, most=MOST_LOOKS)
    return [
        SimpleNamespace(
            at=look.at,
            post_id=look.post,
            unit_id=look.unit,
            purpose=look.purpose,
            action=look.action,
            fields=list(look.fields),
            outcome=look.outcome,
            reason=look.reason,
        )
        for look in found
    ]


HOLDINGS = (
    Holding(
        Reach,
        {
            "id": TECHNICAL,
            "person_id": TECHNICAL,
            "person_division": TECHNICAL,
            "division": TECHNICAL,
            "unit_id": TELL_UNIT,
            "post_id": TELL_POST,
            "relation": TELL,
            "from_at": TELL,
            "to_at": TELL,
        },
        rows=lambda person_id: _held("access_reach", person_id),
    ),
    Holding(
        Mandate,
        {
            "id": TELL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "post_id": TECHNICAL,
            "sealed_name": TELL,
            "relation": TELL,
            "scope": TELL,
            "document": TELL,
            "from_at": TELL,
            "to_at": TELL,
            "recorded_at": TELL,
            "recorded_by": TELL_POST,
            "ended_at": TELL,
            "ended_by": TELL_POST,
            "with_minority": TELL,
        },
        rows=_mandates,
    ),
    Holding(
        SignInCode,
        {
            "id": TECHNICAL,
            "account_id": TECHNICAL,
            "digest": TECHNICAL,
            "channel": TELL,
            "told_to": TELL,
            "issued_at": TELL,
            "issued_by": TELL_POST,
            "expires_at": TELL,
            "failed_count": TELL,
            "device": TECHNICAL,
            "bound_at": TELL,
            "used_at": TELL,
            "ended_at": TELL,
        },
        rows=lambda person_id: _held("access_sign_in_code", person_id),
    ),
    Holding(
        Trace,
        {
            "id": TECHNICAL,
            "at": TELL,
            "post_id": TELL,
            "unit_id": TELL,
            "purpose": tell(lambda row: PURPOSES[row.purpose].zh if row.purpose in PURPOSES else ""),
            "action": tell(lambda row: PERMISSIONS[row.action].zh if row.action in PERMISSIONS else ""),
            "subjects": TECHNICAL,
            "fields": TELL,
            "outcome": TELL,
            "reason": TELL,
            # What an officer wrote in their own words when asked why; it may speak of others.
            "words": withheld("LOOK_WORDS"),
            "glass_id": TECHNICAL,
        },
        rows=_looks,
        partly="OVERSIGHT",
    ),
    # Reasons and emergency looks are told with the looks themselves; what is said of them in words may speak of others.
    Holding(
        LookReason,
        {
            "id": TECHNICAL,
            "session_id": TECHNICAL,
            "post_id": TECHNICAL,
            "person_id": TECHNICAL,
            "code": TECHNICAL,
            "words": withheld("LOOK_WORDS"),
            "at": TECHNICAL,
        },
        closed="LOOK_WORDS",
    ),
    Holding(
        Glass,
        {
            name: withheld("LOOK_WORDS") if name in {"words", "finding"} else TECHNICAL
            for name in (
                *("id", "person_id", "division", "unit_id", "post_id", "responsible_unit_id", "code", "words"),
                *("opened_at", "until_at", "review_by", "reviewed_at", "reviewed_by", "justified", "finding"),
                "late_told_at",
            )
        },
        closed="LOOK_WORDS",
    ),
    # Which looks are held back is not told as long as they are; that it can happen, and how often, is told to all.
    Holding(
        LookHold,
        {
            name: withheld("HELD_BACK") if name in {"case_number", "ground", "words", "finding"} else TECHNICAL
            for name in (
                *("id", "person_id", "division", "unit_id", "post_id", "case_number", "ground", "words", "looks_from"),
                *("until_at", "decided_at", "decided_by_id", "decided_unit_id", "lengthens_id", "reviewed_at"),
                *("reviewed_by", "upheld", "finding"),
            )
        },
        closed="HELD_BACK",
    ),
)


def export(person_id: uuid.UUID) -> list[TableCopy]:
    """What this room holds about the person, table by table. In the open transaction of who may build the copy."""
    return copied(HOLDINGS, person_id)
