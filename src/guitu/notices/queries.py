"""Reads of notices: the acting post's own list and bell, its account's choices. Inside the caller's transaction."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection
from django.db.models import OuterRef, QuerySet
from django.db.models.expressions import RawSQL

from guitu.access.acting import actor
from guitu.ledger.keys import decrypt
from guitu.notices.models import Failure, Notice, Reading, SwitchedOff
from guitu.rulebook.notice import CHANNELS

BELL_MOST = 99
"""The bell counts no further; the list counts all."""


@dataclass(frozen=True)
class NoticeView:
    """One notice of the acting post: code and facts, to be worded; `person_id` is None where it tells of no person."""

    id: uuid.UUID
    code: str
    person_id: uuid.UUID | None
    facts: Mapping[str, str]
    at: datetime
    read_at: datetime | None


@dataclass(frozen=True)
class MessageView:
    """One message over another channel, for its account."""

    made_at: datetime
    channel: str
    matters: int
    state: str
    tries: int
    sent_at: datetime | None


def _page(*, code: str, only_unread: bool, before: datetime | None, first: int, most: int) -> QuerySet[Notice]:
    """That many of the acting post's notices, the newest first: chosen inside the cage, read under the row policy."""
    asked = [CHANNELS[0], code, only_unread, before, first, most]
    chosen = RawSQL("SELECT notices_listed(%s::text, %s::text, %s, %s::timestamptz, %s::integer, %s::integer)", asked)
    return Notice.objects.filter(id__in=chosen).order_by("-at", "id")


def _own_mark() -> tuple[datetime | None, datetime | None]:
    """Up to which moment the acting post has read everything, and when it said so; (None, None) where it never did."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT until, at FROM notices_own_mark()")
        until, at = cursor.fetchone() or (None, None)
        return until, at


def unread() -> int:
    """How many notices the acting post has not read, counted up to one more than BELL_MOST. One query.

    The same notices as `own_notices` lists as unread; counted inside the cage, where those read long ago cost little.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT notices_unread(%s::text, %s::integer)", [CHANNELS[0], BELL_MOST + 1])
        return int(cursor.fetchone()[0])


def own_notices(*, code: str, only_unread: bool, first: int, most: int) -> tuple[list[NoticeView], bool]:
    """One page of the acting post's notices, the newest first; and whether there are more behind it.

    Nobody counts them: a superior's unit may have been told a million times.
    """
    read = Reading.objects.filter(notice=OuterRef("id"), post_id=actor().session.post_id)
    found = _page(code=code, only_unread=only_unread, before=None, first=first, most=most + 1)
    rows = list(
        found.annotate(read_at=read.values("at")[:1]).values_list("id", "code", "person_id", "facts", "at", "read_at")
    )
    until, marked_at = _own_mark()
    page = [NoticeView(*row) for row in rows[:most]]
    if until is not None:
        page = [replace(one, read_at=marked_at) if one.read_at is None and one.at <= until else one for one in page]
    return page, len(rows) > most


def newest_before(at: datetime) -> uuid.UUID | None:
    """The acting post's newest notice told before `at` (aware); None where there is none."""
    found = _page(code="", only_unread=False, before=at, first=0, most=1)
    return found.values_list("id", flat=True).first()


def told_to_person(person_id: uuid.UUID, *, first: int = 0, most: int = 100) -> tuple[list[NoticeView], int]:
    """One page of what the person concerned has been told, newest first, for whoever may see the person; how many."""
    found = Notice.objects.filter(to_person=True, person_id=person_id)
    rows = found.order_by("-at", "id")[first : first + most]
    return [NoticeView(row.id, row.code, row.person_id, row.facts, row.at, None) for row in rows], found.count()


def own_choices(account_id: uuid.UUID) -> frozenset[tuple[str, str]]:
    """Which (code, channel) this account has switched off."""
    return frozenset(SwitchedOff.objects.filter(account_id=account_id).values_list("code", "channel"))


def own_addresses() -> dict[str, str]:
    """The own account's addresses by channel, readable for their owner alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM notices_own_addresses()")
        return {
            channel: decrypt(sealed, belongs_to=f"{account_id}:{channel}")
            for account_id, channel, sealed in cursor.fetchall()
        }


def own_messages(*, most: int) -> list[MessageView]:
    """What was last sent to the own account over other channels, newest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM notices_own_messages(%s::integer)", [most])
        return [MessageView(*row) for row in cursor.fetchall()]


def failures() -> int:
    """How many notices could not be told and wait to be tried again."""
    return Failure.objects.count()
